/* Job logs as evidence: read from files, kept exactly, redacted, and hostile JSON. */
#include "diag/evidence/mailstore_log.h"
#include "diag/evidence/redact.h"
#include "diag/gather/mailstore_log.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char file_path[] = EXDIAG_BINARY "/test_evidence_mailstore_log.data";

#define T       "08:00:"
#define REQUEST "] INFO Sending EWS Request (GetMimeContent)\r\n"
#define NAMED(subject)                                                                             \
    "] INFO Processing message: 23.1.2014 7:42:45 UTC '" subject "', UID 1: secretid, UID 2: x\r\n"

static const char text[] =
    T "00.000 [1] INFO Archiving mailbox jan.novak@contoso.com\r\n" T "00.000 [7" REQUEST T
      "00.500 [7] EXCEPTION x ErrorInternalServerTransientError\r\n" T
      "01.000 [1" NAMED("FW: Salaries") T
    "02.000 [1" REQUEST T "03.000 [1" REQUEST T "05.000 [1" REQUEST T "05.100 [1] EXCEPTION x\r\n"
    ": of Salaries ErrorInternalServerTransientError\r\n" T "06.000 [1" NAMED("Fine") T
    "07.000 [1" REQUEST T "08.000 [1" NAMED("Slow") T
    "09.000 [1" REQUEST T "10.000 [1" REQUEST T
    "11.000 [1] INFO Sending EWS Request (FindItem)\r\n" T
    "11.500 [1] INFO Sending EWS Request (FindContoso)\r\n" T
    "12.000 [1] EXCEPTION ErrorOfContoso\r\n" T "12.000 [2" NAMED("Last") T "13.000 [2" REQUEST;

/* As `width` bytes a character, with a byte order mark where it is 2. */
static void write_file(const char *bytes, size_t width)
{
    FILE *file = fopen(file_path, "wb");

    assert_non_null(file);
    if (width == 2)
        fwrite("\xff\xfe", 1, 2, file);
    for (; *bytes; bytes++)
        fwrite((const char[]){*bytes, 0}, 1, width, file);
    assert_int_equal(fclose(file), 0);
}

static int remove_file(void **state)
{
    (void)state;
    remove(file_path);
    return 0;
}

static struct mailstore_digest *gathered(const char *path)
{
    struct mailstore_digest question = {.path = path};
    struct evidence *item = evidence_new(&evidence_mailstore_log, &question.evidence);

    gather_mailstore_log(item);
    assert_true(item->settled);
    item->key = "mailstore-log x";
    return (struct mailstore_digest *)item;
}

static char *saved(const struct mailstore_digest *digest)
{
    json_t *object = json_object();
    char *result;

    evidence_mailstore_log.save(&digest->evidence, object);
    result = json_dumps(object, JSON_SORT_KEYS);
    json_decref(object);
    assert_non_null(result);
    return result;
}

/* Any encoding is read alike. */
static void test_gather(void **state)
{
    (void)state;
    for (size_t width = 1; width <= 2; width++) {
        struct mailstore_digest *digest;

        write_file(text, width);
        digest = gathered(file_path);
        assert_int_equal(digest->evidence.status, STATUS_OK);
        assert_int_equal(digest->log.messages, 4);
        assert_int_equal(digest->log.outcomes[MAILSTORE_FINE], 1);
        assert_int_equal(digest->log.outcomes[MAILSTORE_RECOVERED], 1);
        assert_int_equal(digest->log.outcomes[MAILSTORE_FAILED], 2);
        assert_int_equal(digest->log.outcomes[MAILSTORE_UNFINISHED], 1);
        assert_int_equal(digest->log.damaged, 0);
        evidence_free(&digest->evidence);
    }
}

static void test_refusals(void **state)
{
    struct mailstore_digest *digest;

    (void)state;
    write_file("hello\n", 1);
    digest = gathered(file_path);
    assert_int_equal(digest->evidence.status, STATUS_INVALID);
    assert_string_equal(digest->evidence.reason, "it is no MailStore job log");
    evidence_free(&digest->evidence);
    digest = gathered(EXDIAG_BINARY);
    assert_int_equal(digest->evidence.status, STATUS_INVALID);
    evidence_free(&digest->evidence);
    digest = gathered(EXDIAG_BINARY "/no such file");
    assert_int_equal(digest->evidence.status, STATUS_NOT_FOUND);
    evidence_free(&digest->evidence);
}

static struct mailstore_digest *loaded(const char *json)
{
    struct mailstore_digest question = {.path = ""};
    struct evidence *item = evidence_new(&evidence_mailstore_log, &question.evidence);
    json_t *object = json_loads(json, 0, NULL);

    assert_non_null(object);
    assert_int_equal(evidence_mailstore_log.load(item, object), STATUS_OK);
    json_decref(object);
    return (struct mailstore_digest *)item;
}

/* What is saved and loaded is the same, and holds neither subjects nor ids. */
static void test_round_trip(void **state)
{
    struct mailstore_digest *digest, *again;
    char *before, *after;

    (void)state;
    write_file(text, 1);
    digest = gathered(file_path);
    before = saved(digest);
    assert_null(strstr(before, "Salaries"));
    assert_null(strstr(before, "secretid"));
    assert_non_null(strstr(before, "jan.novak@contoso.com"));
    again = loaded(before);
    after = saved(again);
    assert_string_equal(before, after);
    assert_int_equal(again->log.failed_count, 2);
    assert_int_equal(again->log.failed[1].delays[1], 2000);
    assert_int_equal(again->log.open_count, 1);
    assert_int_equal(again->log.begun_count, 1);
    assert_int_equal(again->log.first, digest->log.first);
    free(before);
    free(after);
    evidence_free(&again->evidence);
    evidence_free(&digest->evidence);
}

/* A log without a time that was looked at. */
static void test_empty(void **state)
{
    struct mailstore_digest *digest, *again;
    char *before;

    (void)state;
    write_file(T "00.000 [1] INFO x\r\n", 1);
    digest = gathered(file_path);
    before = saved(digest);
    again = loaded(before);
    assert_int_equal(again->log.first, -1);
    assert_int_equal(again->log.last, -1);
    free(before);
    evidence_free(&again->evidence);
    evidence_free(&digest->evidence);
}

static void test_redaction(void **state)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {1, 2, 3};
    struct redactor *redactor = redactor_new(key);
    struct arena memory = {0};
    struct mailstore_digest *digest;
    const char *domain, *mailbox;
    char *json;

    (void)state;
    write_file(text, 1);
    digest = gathered(file_path);
    evidence_mailstore_log.redact(&digest->evidence, redactor);
    json = saved(digest);
    assert_null(strstr(json, "jan"));
    assert_null(strstr(json, "novak"));
    assert_null(strstr(json, "ontoso"));
    assert_null(strstr(json, "7:42"));
    assert_null(strstr(json, file_path));
    assert_non_null(strstr(json, "ErrorInternalServerTransientError"));
    assert_non_null(strstr(json, "FindItem"));
    mailbox = digest->log.mailboxes[0].name;
    domain = redact_name_copy(redactor, "contoso.com", &memory);
    assert_int_equal(strlen(mailbox), strlen("jan.novak@contoso.com"));
    assert_string_equal(strchr(mailbox, '@') + 1, domain);
    assert_string_equal(digest->log.failed[1].mailbox, mailbox);
    assert_int_equal(ews_class_of(digest->log.codes[1].code), EWS_CLASS_OTHER);
    free(json);
    arena_release(&memory);
    redactor_free(redactor);
    evidence_free(&digest->evidence);
}

/* Whatever stands in an evidence file is within the reader's own bounds. */
static void test_hostile_json(void **state)
{
    struct mailstore_digest *digest = loaded(
        "{\"path\": \"x\", \"lines\": -1, \"first_ms\": -5, \"last_ms\": \"x\", \"outcomes\": 7,"
        "\"failed\": [{\"delays_ms\": [-1, 99999999999, \"x\", 5], \"outcome\": \"odd\","
        "\"manner\": 3, \"code\": 5, \"requests\": 99999999999}, 5, null],"
        "\"codes\": [5, {\"by_hour\": 5, \"manners\": []}], \"calls\": [{}, 1], \"mailboxes\": [{}],"
        "\"delays\": [1, {\"count\": 2}], \"begun\": {}, \"open\": null}");

    (void)state;
    assert_int_equal(digest->log.lines, 0);
    assert_int_equal(digest->log.first, -1);
    assert_int_equal(digest->log.last, -1);
    assert_int_equal(digest->log.failed_count, 3);
    assert_int_equal(digest->log.failed[0].delay_count, 4);
    assert_int_equal(digest->log.failed[0].delays[0], 0);
    assert_int_equal(digest->log.failed[0].delays[1], 0);
    assert_int_equal(digest->log.failed[0].delays[3], 5);
    assert_int_equal(digest->log.failed[0].outcome, MAILSTORE_UNFINISHED);
    assert_int_equal(digest->log.failed[0].requests, 0);
    assert_null(digest->log.failed[0].code);
    assert_int_equal(digest->log.call_count, 0);
    assert_int_equal(digest->log.mailbox_count, 0);
    assert_int_equal(digest->log.code_count, 2);
    assert_int_equal(digest->log.delay_count, 2);
    assert_int_equal(digest->log.open_count, 0);
    assert_false(digest->log.more);
    evidence_free(&digest->evidence);
}

static void test_too_many(void **state)
{
    struct mailstore_digest *digest;
    json_t *object = json_pack("{s:s}", "path", "x"), *list = json_array();
    char *json;

    (void)state;
    for (unsigned i = 0; i < 1000; i++)
        json_array_append_new(list, json_pack("{s:s, s:i}", "name", "a@b.c", "failures", i));
    for (unsigned i = 0; i < 3; i++) {
        static const char *const names[] = {"failed", "mailboxes", "delays"};

        json_object_set(object, names[i], list);
    }
    json = json_dumps(object, 0);
    digest = loaded(json);
    assert_true(digest->log.more);
    assert_int_equal(digest->log.failed_count, MAILSTORE_MESSAGES_KEPT);
    assert_int_equal(digest->log.mailbox_count, MAILSTORE_MAILBOXES_KEPT);
    assert_int_equal(digest->log.delay_count, MAILSTORE_DELAYS_KEPT);
    free(json);
    json_decref(list);
    json_decref(object);
    evidence_free(&digest->evidence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gather),     cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_empty),
        cmocka_unit_test(test_redaction),  cmocka_unit_test(test_hostile_json),
        cmocka_unit_test(test_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, remove_file);
}
