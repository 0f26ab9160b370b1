/* Authentication in protocol logs as evidence: read from files, kept exactly, redacted. */
#include "diag/evidence/auth_log.h"
#include "diag/evidence/redact.h"
#include "diag/gather/auth_log.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char file_path[] = EXDIAG_BINARY "/test_evidence_auth_log.data";

#define HEAD(type)                                                                                 \
    "#Software: Microsoft Exchange Server\r\n#Version: 15.01.2507.006\r\n#Log-type: SMTP " type    \
    " Protocol Log\r\n#Date: 2026-11-20T08:00:00.000Z\r\n"                                         \
    "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,"                   \
    "remote-endpoint,event,data,context\r\n"
#define IN(time, id, client, rest)                                                                 \
    "2026-11-20T" time ".000Z,EX1\\Default EX1," id ",1,10.0.0.1:25," client "," rest "\r\n"

/* A server that fails twice in two hours, one that succeeds, a guesser. */
static const char receive_text[] = HEAD("Receive") IN("08:00:01", "A1", "8.8.4.4:5000", "+,,")
    IN("08:00:01", "A1", "8.8.4.4:5000", "<,EHLO ex2.contoso.com,")
        IN("08:00:01", "A1", "8.8.4.4:5000", ">,250-mail.contoso.com Hello [8.8.4.4],")
            IN("08:00:01", "A1", "8.8.4.4:5000",
               ">,250 X-EXPS GSSAPI NTLM,") IN("08:00:01", "A1", "8.8.4.4:5000", "<,X-EXPS GSSAPI,")
                IN("08:00:02", "A1", "8.8.4.4:5000",
                   "*,,Inbound authentication failed because of LogonDenied")
                    IN("08:00:02", "A1", "8.8.4.4:5000",
                       ">,535 5.7.3 Authentication unsuccessful for CONTOSO\\EX2$,")
                        IN("08:00:02", "A1", "8.8.4.4:5000", "-,,Remote")
                            IN("09:00:01", "A2", "8.8.4.4:5001", "<,X-EXPS GSSAPI,")
                                IN("09:00:02", "A2", "8.8.4.4:5001",
                                   ">,454 4.7.0 Temporary authentication failure,")
                                    IN("10:00:01", "A3", "10.0.0.3:5001",
                                       "<,X-EXPS EXCHANGEAUTH SHA256,")
                                        IN("10:00:02", "A3", "10.0.0.3:5001",
                                           ">,235 <authentication response>,")
                                            IN("11:00:01", "A4", "1.1.1.1:5001", "<,AUTH LOGIN,")
                                                IN("11:00:02", "A4", "1.1.1.1:5001",
                                                   ">,535 5.7.3 Authentication unsuccessful,");

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

static struct auth_log_digest *gathered(const char *path)
{
    struct auth_log_digest question = {.path = path};
    struct evidence *item = evidence_new(&evidence_auth_log, &question.evidence);

    gather_auth_log(item);
    assert_true(item->settled);
    item->key = "auth-log x";
    return (struct auth_log_digest *)item;
}

/* Any encoding is read alike: who failed how, with what, in which hours. */
static void test_gather(void **state)
{
    (void)state;
    for (size_t width = 1; width <= 2; width++) {
        struct auth_log_digest *digest;
        const struct smtp_auth_peer *peer;

        write_file(receive_text, width);
        digest = gathered(file_path);
        peer = digest->log.peers;
        assert_int_equal(digest->evidence.status, STATUS_OK);
        assert_int_equal(digest->log.type, FILE_TYPE_SMTP_RECEIVE_LOG);
        assert_int_equal(digest->log.damaged, 0);
        assert_int_equal(digest->log.peer_count, 3);
        assert_int_equal(peer->outcomes[SMTP_AUTH_EXPS_GSSAPI][SMTP_AUTH_DENIED], 1);
        assert_int_equal(peer->outcomes[SMTP_AUTH_EXPS_GSSAPI][SMTP_AUTH_TEMPORARY], 1);
        assert_int_equal(peer->streak, 2);
        assert_int_equal(peer[1].taken, 1795168802000);
        assert_int_equal(peer->by_hour[8], 1);
        assert_int_equal(peer->by_hour[9], 1);
        assert_int_equal(peer->by_hour[10], 0);
        assert_int_equal(peer[1].by_hour[10], 0);
        assert_int_equal(peer[2].by_hour[11], 1);
        evidence_free(&digest->evidence);
    }
}

static void test_send_log(void **state)
{
    struct auth_log_digest *digest;

    (void)state;
    write_file(HEAD("Send") IN("08:00:01", "A1", "10.0.0.9:25",
                               "*,,Outbound Authentication failed with "
                               "KdcUnknownEncryptionType"),
               1);
    digest = gathered(file_path);
    assert_int_equal(digest->log.type, FILE_TYPE_SMTP_SEND_LOG);
    assert_int_equal(digest->log.peers[0].outcomes[SMTP_AUTH_NONE][SMTP_AUTH_REMARKED], 1);
    evidence_free(&digest->evidence);
}

/* What is no protocol log, no file or a folder is said to be so. */
static void test_refusals(void **state)
{
    struct auth_log_digest *digest;

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

/* A log that is cut off anywhere says what comes before that. */
static void test_cut_off(void **state)
{
    char *copy = strdup(receive_text);

    (void)state;
    for (size_t size = strlen(copy); size > 400; size -= 7) {
        struct auth_log_digest *digest;

        copy[size] = '\0';
        write_file(copy, 1);
        digest = gathered(file_path);
        assert_int_equal(digest->evidence.status, STATUS_OK);
        assert_true(digest->log.peer_count <= 3);
        assert_true(digest->log.damaged <= 1);
        evidence_free(&digest->evidence);
    }
    free(copy);
}

static struct auth_log_digest *reloaded(struct evidence_store *store,
                                        const struct auth_log_digest *digest)
{
    json_t *object = evidence_to_json(&digest->evidence);
    struct auth_log_digest question = {.path = digest->path};
    struct evidence *item;

    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    item = evidence_store_find(store, &evidence_auth_log, &question.evidence);
    assert_non_null(item);
    return (struct auth_log_digest *)item;
}

static void expect_place(const struct smtp_auth_place *is, const struct smtp_auth_place *was)
{
    assert_int_equal(is->line, was->line);
    assert_int_equal(is->time, was->time);
    assert_true(!is->text == !was->text);
    if (was->text)
        assert_string_equal(is->text, was->text);
}

static void expect_peer(const struct smtp_auth_peer *is, const struct smtp_auth_peer *was)
{
    assert_true(net_address_equal(&is->address, &was->address));
    assert_string_equal(is->connector, was->connector);
    assert_true(!is->server == !was->server && !is->client == !was->client);
    if (was->server)
        assert_string_equal(is->server, was->server);
    if (was->client)
        assert_string_equal(is->client, was->client);
    assert_int_equal(is->sessions, was->sessions);
    assert_int_equal(is->greetings, was->greetings);
    assert_memory_equal(is->offers, was->offers, sizeof was->offers);
    assert_memory_equal(is->outcomes, was->outcomes, sizeof was->outcomes);
    assert_memory_equal(is->by_hour, was->by_hour, sizeof was->by_hour);
    assert_int_equal(is->error_count, was->error_count);
    for (size_t i = 0; i < was->error_count; i++) {
        assert_string_equal(is->errors[i].token, was->errors[i].token);
        assert_int_equal(is->errors[i].count, was->errors[i].count);
    }
    expect_place(&is->first, &was->first);
    expect_place(&is->last, &was->last);
    assert_int_equal(is->taken, was->taken);
    assert_int_equal(is->streak, was->streak);
}

/* Everything there is comes back from a file as it was. */
static void test_round_trip(void **state)
{
    struct evidence_store *store = evidence_store_new(), *again = evidence_store_new();
    struct auth_log_digest *digest, *first, *second;
    json_t *one, *two;

    (void)state;
    write_file(receive_text, 1);
    digest = gathered(file_path);
    digest->log.damaged = 3;
    digest->log.more = true;
    first = reloaded(store, digest);
    second = reloaded(again, first);
    assert_int_equal(first->log.type, FILE_TYPE_SMTP_RECEIVE_LOG);
    assert_string_equal(first->log.software, "Microsoft Exchange Server 15.01.2507.006");
    assert_int_equal(first->log.lines, digest->log.lines);
    assert_int_equal(first->log.damaged, 3);
    assert_true(first->log.more);
    assert_int_equal(first->log.first, digest->log.first);
    assert_int_equal(first->log.last, digest->log.last);
    assert_memory_equal(first->log.outcomes, digest->log.outcomes, sizeof digest->log.outcomes);
    assert_int_equal(first->log.peer_count, 3);
    for (size_t i = 0; i < 3; i++)
        expect_peer(&first->log.peers[i], &digest->log.peers[i]);
    one = evidence_to_json(&first->evidence);
    two = evidence_to_json(&second->evidence);
    assert_true(json_equal(one, two));
    json_decref(one);
    json_decref(two);
    evidence_free(&digest->evidence);
    evidence_store_free(again);
    evidence_store_free(store);
}

/* Members of other types say nothing; what has no connector is no peer; no more than are kept. */
static void test_damaged_evidence(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct auth_log_digest question = {.path = "x"};
    const struct auth_log_digest *digest;
    struct buffer text;
    json_t *object;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_string(&text,
                      "{\"key\":\"auth-log x\",\"status\":\"ok\",\"path\":\"x\",\"lines\":-1,"
                      "\"outcomes\":7,\"peers\":[7,{\"connector\":\"c\",\"address\":\"x\","
                      "\"outcomes\":{\"auth-login\":{\"denied\":-1,\"broken\":2},\"x\":{}},"
                      "\"errors\":[7,{\"token\":\"a\",\"count\":1},{},{\"token\":\"b\"},"
                      "{\"token\":\"c\"},{\"token\":\"d\"},{\"token\":\"e\"}],\"first\":7}");
    for (size_t i = 0; i < SMTP_AUTH_PEERS_KEPT; i++)
        buffer_add_string(&text, ",{\"connector\":\"x\"}");
    buffer_add_string(&text, "]}");
    object = json_loads(text.text, 0, NULL);
    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    digest = (const struct auth_log_digest *)evidence_store_find(store, &evidence_auth_log,
                                                                 &question.evidence);
    assert_int_equal(digest->log.lines, 0);
    assert_true(digest->log.more);
    assert_int_equal(digest->log.peer_count, SMTP_AUTH_PEERS_KEPT - 1);
    assert_int_equal(digest->log.peers[0].address.ip.family, IP_NONE);
    assert_int_equal(digest->log.peers[0].outcomes[SMTP_AUTH_AUTH_LOGIN][SMTP_AUTH_DENIED], 0);
    assert_int_equal(digest->log.peers[0].outcomes[SMTP_AUTH_AUTH_LOGIN][SMTP_AUTH_BROKEN], 2);
    assert_int_equal(digest->log.peers[0].error_count, SMTP_AUTH_ERRORS_KEPT);
    assert_null(digest->log.peers[0].first.text);
    buffer_release(&text);
    evidence_store_free(store);
}

/* No name and no address is left; codes, commands and errors are, and one name has one pseudonym.
 */
static void test_redact(void **state)
{
    static const char key[REDACTOR_KEY_SIZE] = "protocol";
    struct redactor *redactor = redactor_new(key);
    struct evidence_store *store = evidence_store_new();
    const struct smtp_auth_peer *peer;
    struct auth_log_digest *digest;
    struct arena memory = {0};
    struct evidence *copy;
    json_t *object;
    char *text;

    (void)state;
    write_file(receive_text, 1);
    digest = gathered(file_path);
    assert_int_equal(evidence_add_redacted(store, &digest->evidence, redactor, &copy), STATUS_OK);
    object = evidence_to_json(copy);
    text = json_dumps(object, 0);
    for (char *at = text; *at; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
    assert_null(strstr(text, "contoso"));
    assert_null(strstr(text, "ex1"));
    assert_null(strstr(text, "ex2"));
    assert_null(strstr(text, "8.8.4.4"));
    assert_null(strstr(text, "1.1.1.1"));
    assert_null(strstr(text, "auth_log.data"));
    peer = ((const struct auth_log_digest *)copy)->log.peers;
    assert_string_equal(peer->client, redact_name_copy(redactor, "ex2.contoso.com", &memory));
    assert_string_equal(peer->errors[0].token, "LogonDenied");
    assert_int_equal(peer->outcomes[SMTP_AUTH_EXPS_GSSAPI][SMTP_AUTH_DENIED], 1);
    assert_int_equal(strncmp(peer->first.text, "2026-11-20T08:00:02.000Z,", 25), 0);
    assert_non_null(strstr(peer->first.text, ",>,535 5.7.3 Authentication unsuccessful for "));
    assert_non_null(strstr(peer->last.text, ",>,454 4.7.0 Temporary authentication failure,"));
    assert_string_equal(((const struct auth_log_digest *)copy)->log.software,
                        "Microsoft Exchange Server 15.01.2507.006");
    free(text);
    json_decref(object);
    arena_release(&memory);
    evidence_free(&digest->evidence);
    evidence_store_free(store);
    redactor_free(redactor);
}

/* Directives and lines may hold anything: what is none of Exchange's words does not stay. */
static void test_redact_hostile(void **state)
{
    static const char key[REDACTOR_KEY_SIZE] = "hostile";
    static const char hostile_text[] =
        "#Software: Microsoft Exchange Server contoso\r\n#Log-type: SMTP Receive Protocol Log\r\n"
        "#Fields: date-time,connector-id,session-id,remote-endpoint,event,data,context\r\n"
        "2026-11-20T08:00:01.000Z,contoso-25-x,A1,contoso:25,<,X-EXPS GSSAPI,\r\n"
        "2026-11-20T08:00:02.000Z,contoso,A1,,>,535 5.7.3 (contoso) contoso.5.7.3,5.7.3.contoso 5.7.3.42 1.2.3\r\n";
    struct redactor *redactor = redactor_new(key);
    struct evidence_store *store = evidence_store_new();
    struct auth_log_digest *digest;
    struct evidence *copy;
    json_t *object;
    char *text;

    (void)state;
    write_file(hostile_text, 1);
    digest = gathered(file_path);
    assert_int_equal(digest->log.peer_count, 1);
    assert_int_equal(evidence_add_redacted(store, &digest->evidence, redactor, &copy), STATUS_OK);
    object = evidence_to_json(copy);
    text = json_dumps(object, 0);
    assert_null(strstr(text, "ontoso"));
    assert_non_null(strstr(text, ",>,535 5.7.3 ("));
    assert_null(strstr(text, "5.7.3.42"));
    assert_null(strstr(text, "1.2.3"));
    assert_null(((const struct auth_log_digest *)copy)->log.software);
    free(text);
    json_decref(object);
    evidence_free(&digest->evidence);
    evidence_store_free(store);
    redactor_free(redactor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_gather, remove_file),
        cmocka_unit_test_teardown(test_send_log, remove_file),
        cmocka_unit_test_teardown(test_refusals, remove_file),
        cmocka_unit_test_teardown(test_cut_off, remove_file),
        cmocka_unit_test_teardown(test_round_trip, remove_file),
        cmocka_unit_test_teardown(test_damaged_evidence, remove_file),
        cmocka_unit_test_teardown(test_redact, remove_file),
        cmocka_unit_test_teardown(test_redact_hostile, remove_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
