/* A sender's records as evidence: read from a file, kept exactly, redacted without a loss. */
#include "diag/evidence/mail_log.h"
#include "diag/evidence/redact.h"
#include "diag/gather/mail_log.h"
#include "diag/gather/trace.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static const char file_path[] = EXDIAG_BINARY "/test_evidence_mail_log.data";

static const char log_text[] =
    "#Software: Microsoft Exchange Server\r\n#Version: 15.01.2507.006\r\n"
    "#Log-type: SMTP Send Protocol Log\r\n"
    "#Fields: date-time,connector-id,session-id,remote-endpoint,event,data,context\r\n"
    "2026-11-20T08:00:00.000Z,Out,A1,203.0.113.9:25,+,,\r\n"
    "2026-11-20T08:05:00.000Z,Out,A1,203.0.113.9:25,-,,Local\r\n"
    "2026-11-20T08:06:00.000Z,Out,A2,8.8.4.4:25,*,,\"Failed to connect. Winsock error code: 10061, "
    "Destination domain: contoso.com\"\r\n";

/* As `width` bytes a character, with a byte order mark where it is 2. */
static void write_file(const char *text, size_t width)
{
    FILE *file = fopen(file_path, "wb");

    assert_non_null(file);
    if (width == 2)
        fwrite("\xff\xfe", 1, 2, file);
    for (; *text; text++)
        fwrite((const char[]){*text, 0}, 1, width, file);
    assert_int_equal(fclose(file), 0);
}

static int remove_file(void **state)
{
    (void)state;
    remove(file_path);
    return 0;
}

static struct mail_log_digest *gathered(const char *path)
{
    struct mail_log_digest question = {.path = path};
    struct evidence *item = evidence_new(&evidence_mail_log, &question.evidence);

    gather_mail_log(item);
    assert_true(item->settled);
    return (struct mail_log_digest *)item;
}

/* Any encoding is read alike. */
static void test_gather(void **state)
{
    (void)state;
    for (size_t width = 1; width <= 2; width++) {
        struct mail_log_digest *digest;

        write_file(log_text, width);
        digest = gathered(file_path);
        assert_int_equal(digest->evidence.status, STATUS_OK);
        assert_int_equal(digest->log.type, FILE_TYPE_SMTP_SEND_LOG);
        assert_int_equal(digest->log.lines, 7);
        assert_int_equal(digest->log.damaged, 0);
        assert_int_equal(digest->log.peer_count, 2);
        evidence_free(&digest->evidence);
    }
}

/* What is no record, no file or a folder is said to be so. */
static void test_refusals(void **state)
{
    struct mail_log_digest *digest;

    (void)state;
    write_file("hello\n", 1);
    digest = gathered(file_path);
    assert_int_equal(digest->evidence.status, STATUS_INVALID);
    assert_non_null(digest->evidence.reason);
    evidence_free(&digest->evidence);
    digest = gathered(EXDIAG_BINARY);
    assert_int_equal(digest->evidence.status, STATUS_INVALID);
    evidence_free(&digest->evidence);
    digest = gathered(EXDIAG_BINARY "/no such file");
    assert_int_equal(digest->evidence.status, STATUS_NOT_FOUND);
    evidence_free(&digest->evidence);
}

static struct mail_log_digest *reloaded(struct evidence_store *store,
                                        const struct mail_log_digest *digest)
{
    json_t *object = evidence_to_json(&digest->evidence);
    struct mail_log_digest question = {.path = digest->path};
    struct evidence *item;

    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    item = evidence_store_find(store, &evidence_mail_log, &question.evidence);
    assert_non_null(item);
    return (struct mail_log_digest *)item;
}

/* Everything there is comes back from a file as it was. */
static void test_round_trip(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct evidence_store *again = evidence_store_new();
    struct mail_log_digest *digest, *first, *second;
    json_t *one, *two;

    (void)state;
    write_file(log_text, 1);
    digest = gathered(file_path);
    digest->evidence.key = "mail-log x";
    first = reloaded(store, digest);
    second = reloaded(again, first);
    assert_string_equal(first->log.software, "Microsoft Exchange Server 15.01.2507.006");
    assert_int_equal(first->log.peers[0].faults[MAIL_LOG_SILENT], 1);
    assert_int_equal(first->log.peers[0].longest_silence, 300000);
    assert_int_equal(first->log.peers[0].first.line, 6);
    assert_int_equal(first->log.peers[1].longest_silence, -1);
    assert_string_equal(first->log.peers[1].domain, "contoso.com");
    one = evidence_to_json(&first->evidence);
    two = evidence_to_json(&second->evidence);
    assert_true(json_equal(one, two));
    json_decref(one);
    json_decref(two);
    evidence_free(&digest->evidence);
    evidence_store_free(again);
    evidence_store_free(store);
}

/* No name and no address is left, and every count is. */
static void test_redact(void **state)
{
    static const char key[REDACTOR_KEY_SIZE] = "records";
    struct redactor *redactor = redactor_new(key);
    struct evidence_store *store = evidence_store_new();
    struct evidence *copy;
    struct mail_log_digest *digest;
    json_t *object;
    char *text;

    (void)state;
    write_file(log_text, 1);
    digest = gathered(file_path);
    digest->evidence.key = "mail-log x";
    assert_int_equal(evidence_add_redacted(store, &digest->evidence, redactor, &copy), STATUS_OK);
    object = evidence_to_json(copy);
    text = json_dumps(object, 0);
    assert_null(strstr(text, "contoso"));
    assert_null(strstr(text, "8.8.4.4"));
    assert_non_null(strstr(text, "10061"));
    assert_int_equal(((struct mail_log_digest *)copy)->log.peers[1].faults[MAIL_LOG_REFUSED], 1);
    free(text);
    json_decref(object);
    evidence_free(&digest->evidence);
    evidence_store_free(store);
    redactor_free(redactor);
}

/* Who wrote a report is kept, and given a pseudonym. */
static void test_reporter(void **state)
{
    static const char key[REDACTOR_KEY_SIZE] = "reports";
    struct redactor *redactor = redactor_new(key);
    struct evidence_store *store = evidence_store_new();
    struct evidence *copy;
    struct mail_log_digest *digest;

    (void)state;
    write_file("Generating server: EX01.contoso.com\n\nann@fabrikam.com\n"
               "Remote Server returned '550 5.4.316 Message expired'\n",
               1);
    digest = gathered(file_path);
    digest->evidence.key = "mail-log x";
    assert_int_equal(digest->log.type, FILE_TYPE_NDR);
    assert_string_equal(reloaded(store, digest)->log.reporter, "ex01.contoso.com");
    assert_int_equal(evidence_add_redacted(store, &digest->evidence, redactor, &copy), STATUS_OK);
    assert_null(strstr(((struct mail_log_digest *)copy)->log.reporter, "contoso"));
    evidence_free(&digest->evidence);
    evidence_store_free(store);
    redactor_free(redactor);
}

/* Printed frames from a file in UTF-16, as Windows PowerShell writes them. */
static void test_netmon_text(void **state)
{
    struct trace_digest question = {.path = file_path};
    struct evidence *item = evidence_new(&evidence_trace, &question.evidence);

    (void)state;
    write_file("FRAME: Base frame properties\r\n"
               "TCP: ....S., len: 0, seq: 1-1, ack: 0, src: 9 dst: 25\r\n",
               2);
    gather_trace(item);
    assert_int_equal(item->status, STATUS_OK);
    assert_int_equal(((struct trace_digest *)item)->trace.connection_count, 1);
    evidence_free(item);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_gather, remove_file),
        cmocka_unit_test_teardown(test_refusals, remove_file),
        cmocka_unit_test_teardown(test_round_trip, remove_file),
        cmocka_unit_test_teardown(test_redact, remove_file),
        cmocka_unit_test_teardown(test_reporter, remove_file),
        cmocka_unit_test_teardown(test_netmon_text, remove_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
