/* An event log as evidence: read from a file, kept exactly, redacted without a loss. */
#include "diag/evidence/event_log.h"
#include "diag/evidence/redact.h"
#include "diag/gather/event_log.h"
#include "tests/unit/events.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char file_path[] = EXDIAG_BINARY "/test_evidence_event_log.data";

/* Two days of KB 914137, a guesser, a server since 2007, one with other strings, one of no
 * interest. */
static const struct made_event events[] = {
    {.provider = "MSExchangeTransport",
     .id = 1706,
     .record = 1,
     .computer = "EX1.contoso.com",
     .time = "2026-11-20T08:00:00.0000000Z",
     .strings = {"mail.contoso.com", "A", "B", "0x8009030c", "c:\\contoso\\context.cpp", "1799"},
     .binary = "0C030980"},
    {.provider = "MSExchangeTransport",
     .id = 7004,
     .record = 2,
     .computer = "EX1.contoso.com",
     .time = "2026-11-20T09:00:00.0000000Z",
     .strings = {"1", "44", "mail.contoso.com", "rcpt",
                 "550 5.7.1 Unable to relay for ann@contoso.com ", "RCPT TO:<ann@contoso.com>"}},
    {.provider = "MSExchangeTransport",
     .id = 7004,
     .record = 3,
     .computer = "EX1.contoso.com",
     .time = "2026-11-21T09:00:00.0000000Z",
     .strings = {"1", "45", "mail.contoso.com", "rcpt",
                 "550 5.7.1 Unable to relay for bob@contoso.com ", "RCPT TO:<bob@contoso.com>"}},
    {.provider = "MSExchangeTransport",
     .id = 1035,
     .record = 4,
     .computer = "EX1.contoso.com",
     .time = "2026-11-21T10:00:00.0000000Z",
     .strings = {"LogonDenied", "Default EX1", "ExchangeAuth", "8.8.4.4"}},
    {.provider = "MSExchangeTransport",
     .id = 2017,
     .record = 5,
     .computer = "EX1.contoso.com",
     .time = "2026-11-21T11:00:00.0000000Z",
     .strings = {"KdcUnknownEncryptionType", "Contoso relay", "Gssapi",
                 "SMTPSVC/mail.contoso.com"}},
    {.provider = "MSExchangeTransport", .id = 7010, .record = 6, .strings = {"contoso"}},
    {.provider = "ESENT", .id = 102, .record = 7, .strings = {"contoso"}},
};

enum { EVENTS = sizeof events / sizeof *events };

static FILE *begin_file(void)
{
    FILE *file = fopen(file_path, "wb");

    assert_non_null(file);
    return file;
}

/* ASCII as it is, or with zeros before or behind each byte, and a mark or none. */
static void write_wide(const char *text, size_t size, unsigned encoding)
{
    static const char *const marks[] = {"", "\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"};
    FILE *file = begin_file();

    fputs(marks[encoding], file);
    for (size_t i = 0; i < size; i++) {
        if (encoding == 3)
            fputc(0, file);
        fputc(text[i], file);
        if (encoding == 2)
            fputc(0, file);
    }
    assert_int_equal(fclose(file), 0);
}

static void make_xml(struct buffer *text)
{
    buffer_init(text, EVENTS * (size_t)4096);
    for (size_t i = 0; i < EVENTS; i++)
        events_xml(text, events[i]);
}

static void write_xml(unsigned encoding)
{
    struct buffer text;

    make_xml(&text);
    write_wide(text.text, text.size, encoding);
    buffer_release(&text);
}

/* Two chunks, of which `size` bytes are written. */
static void write_evtx(size_t size)
{
    static struct evtx_writer writer;
    static char bytes[EVTX_HEADER_SIZE + 2 * (size_t)EVTX_CHUNK_SIZE];
    FILE *file = begin_file();

    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, "ElfFile", 8);
    for (size_t chunk = 0; chunk < 2; chunk++) {
        evtx_begin(&writer);
        for (size_t i = chunk * 4; i < (chunk ? (size_t)EVENTS : 4); i++)
            evtx_event(&writer, events[i]);
        evtx_end_chunk(&writer, 0);
        memcpy(bytes + EVTX_HEADER_SIZE + chunk * EVTX_CHUNK_SIZE, writer.chunk, EVTX_CHUNK_SIZE);
    }
    fwrite(bytes, 1, size, file);
    assert_int_equal(fclose(file), 0);
}

static int remove_file(void **state)
{
    (void)state;
    remove(file_path);
    return 0;
}

static struct event_log_digest *gathered(const char *path)
{
    struct event_log_digest question = {.path = path};
    struct evidence *item = evidence_new(&evidence_event_log, &question.evidence);

    gather_event_log(item);
    assert_true(item->settled);
    item->key = "event-log x";
    return (struct event_log_digest *)item;
}

static void expect_groups(const struct event_log_digest *log)
{
    assert_int_equal(log->evidence.status, STATUS_OK);
    assert_int_equal(log->account.events, EVENTS);
    assert_int_equal(log->account.damaged, 0);
    assert_false(log->account.cut_off);
    assert_int_equal(log->strange, 1);
    assert_false(log->more);
    assert_int_equal(log->group_count, 4);
    for (size_t i = 0; i < log->group_count; i++) {
        assert_string_equal(log->groups[i].computer, "EX1.contoso.com");
        assert_int_equal(log->groups[i].count,
                         1 + (log->groups[i].event.kind == MAIL_EVENT_PEER_REFUSED));
    }
}

/* XML of every encoding says the same. */
static void test_xml(void **state)
{
    (void)state;
    for (unsigned encoding = 0; encoding < 4; encoding++) {
        struct event_log_digest *log;

        write_xml(encoding);
        log = gathered(file_path);
        assert_int_equal(log->type, FILE_TYPE_EVENT_XML);
        expect_groups(log);
        assert_string_equal(log->groups[0].event.host, "mail.contoso.com");
        assert_int_equal(log->groups[1].first, INT64_C(1795165200000));
        assert_int_equal(log->groups[1].last - log->groups[1].first, 86400000);
        assert_int_equal(log->groups[1].by_hour[9], 2);
        evidence_free(&log->evidence);
    }
}

/* And so does .evtx, whose records here all have one time. */
static void test_evtx(void **state)
{
    struct event_log_digest *log;

    (void)state;
    write_evtx(EVTX_HEADER_SIZE + 2 * (size_t)EVTX_CHUNK_SIZE);
    log = gathered(file_path);
    assert_int_equal(log->type, FILE_TYPE_EVTX);
    expect_groups(log);
    assert_string_equal(log->groups[3].event.target, "SMTPSVC/mail.contoso.com");
    evidence_free(&log->evidence);
}

/* A log that ends within an event or a chunk is one all the same, and said to be cut off. */
static void test_cut_off(void **state)
{
    struct event_log_digest *log;
    struct buffer text;

    (void)state;
    make_xml(&text);
    for (size_t size = 600; size < text.size; size += 97) {
        write_wide(text.text, size, 0);
        log = gathered(file_path);
        assert_int_equal(log->evidence.status, STATUS_OK);
        assert_true(log->account.events <= EVENTS);
        assert_true(log->group_count <= 4);
        evidence_free(&log->evidence);
    }
    write_wide(text.text, text.size - 20, 0);
    log = gathered(file_path);
    assert_true(log->account.cut_off);
    assert_int_equal(log->group_count, 4);
    evidence_free(&log->evidence);
    buffer_release(&text);
    write_evtx(EVTX_HEADER_SIZE + (size_t)EVTX_CHUNK_SIZE + 600);
    log = gathered(file_path);
    assert_true(log->account.cut_off);
    assert_int_equal(log->group_count, 3);
    evidence_free(&log->evidence);
    write_evtx(EVTX_HEADER_SIZE);
    log = gathered(file_path);
    assert_int_equal(log->evidence.status, STATUS_OK);
    assert_int_equal(log->group_count, 0);
    assert_false(log->account.cut_off);
    evidence_free(&log->evidence);
    write_evtx(100);
    log = gathered(file_path);
    assert_true(log->account.cut_off);
    evidence_free(&log->evidence);
}

/* What is no event log, no file or a folder is said to be so, and nothing is kept of it. */
static void test_refusals(void **state)
{
    struct event_log_digest *log;

    (void)state;
    write_wide("hello\n", 6, 0);
    log = gathered(file_path);
    assert_int_equal(log->evidence.status, STATUS_INVALID);
    assert_non_null(log->evidence.reason);
    assert_int_equal(log->group_count, 0);
    assert_int_equal(log->type, FILE_TYPE_UNKNOWN);
    evidence_free(&log->evidence);
    write_wide("dn: CN=a\nobjectClass: b\n\n", 24, 0);
    log = gathered(file_path);
    assert_int_equal(log->evidence.status, STATUS_INVALID);
    assert_int_equal(log->type, FILE_TYPE_UNKNOWN);
    evidence_free(&log->evidence);
    log = gathered(EXDIAG_BINARY);
    assert_int_equal(log->evidence.status, STATUS_INVALID);
    evidence_free(&log->evidence);
    log = gathered(EXDIAG_BINARY "/no such file");
    assert_int_equal(log->evidence.status, STATUS_NOT_FOUND);
    evidence_free(&log->evidence);
}

static struct event_log_digest *reloaded(struct evidence_store *store,
                                         const struct event_log_digest *log)
{
    json_t *object = evidence_to_json(&log->evidence);
    struct event_log_digest question = {.path = log->path};
    struct evidence *item;

    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    item = evidence_store_find(store, &evidence_event_log, &question.evidence);
    assert_non_null(item);
    return (struct event_log_digest *)item;
}

/* Everything there is comes back from a file as it was. */
static void test_round_trip(void **state)
{
    struct evidence_store *store = evidence_store_new(), *again = evidence_store_new();
    struct event_log_digest *log, *first, *second;
    json_t *one, *two;

    (void)state;
    write_xml(0);
    log = gathered(file_path);
    log->account.damaged = 3;
    log->account.cut_off = true;
    log->more = true;
    first = reloaded(store, log);
    second = reloaded(again, first);
    assert_int_equal(first->type, FILE_TYPE_EVENT_XML);
    assert_int_equal(first->account.events, EVENTS);
    assert_int_equal(first->account.damaged, 3);
    assert_int_equal(first->account.first, log->account.first);
    assert_int_equal(first->account.last, log->account.last);
    assert_true(first->account.cut_off);
    assert_true(first->more);
    assert_int_equal(first->strange, 1);
    assert_int_equal(first->group_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct event_group *was = &log->groups[i], *is = &first->groups[i];

        assert_int_equal(is->event.kind, was->event.kind);
        assert_string_equal(is->event.host, was->event.host);
        assert_string_equal(is->event.error, was->event.error);
        assert_string_equal(is->event.command, was->event.command);
        assert_string_equal(is->event.reply, was->event.reply);
        assert_string_equal(is->event.connector, was->event.connector);
        assert_string_equal(is->event.mechanism, was->event.mechanism);
        assert_string_equal(is->event.address, was->event.address);
        assert_string_equal(is->event.target, was->event.target);
        assert_string_equal(is->computer, was->computer);
        assert_int_equal(is->count, was->count);
        assert_int_equal(is->first, was->first);
        assert_int_equal(is->last, was->last);
        assert_memory_equal(is->by_hour, was->by_hour, sizeof was->by_hour);
    }
    one = evidence_to_json(&first->evidence);
    two = evidence_to_json(&second->evidence);
    assert_true(json_equal(one, two));
    json_decref(one);
    json_decref(two);
    evidence_free(&log->evidence);
    evidence_store_free(again);
    evidence_store_free(store);
}

/* A failure comes back as one, without an observation. */
static void test_failure(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct event_log_digest *log = gathered(EXDIAG_BINARY "/no such file"), *copy;

    (void)state;
    copy = reloaded(store, log);
    assert_int_equal(copy->evidence.status, STATUS_NOT_FOUND);
    assert_int_equal(copy->group_count, 0);
    evidence_free(&log->evidence);
    evidence_store_free(store);
}

static const struct event_log_digest *loaded(struct evidence_store *store, const char *text)
{
    struct event_log_digest question = {.path = "x"};
    json_t *object = json_loads(text, 0, NULL);

    assert_non_null(object);
    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    return (const struct event_log_digest *)evidence_store_find(store, &evidence_event_log,
                                                                &question.evidence);
}

/* Members of other types, kinds of later versions and numbers out of range say nothing. */
static void test_damaged_evidence(void **state)
{
    struct evidence_store *store = evidence_store_new();
    const struct event_log_digest *log = loaded(
        store,
        "{\"key\":\"event-log x\",\"status\":\"ok\",\"path\":\"x\",\"events\":-1,\"type\":7,"
        "\"groups\":[7,{\"kind\":\"later\"},{\"kind\":3},{\"kind\":\"peer-refused\",\"host\":7,"
        "\"count\":\"x\",\"first\":\"y\",\"by_hour\":[-1,4294967297,7,\"x\",4294967295]},"
        "{\"kind\":\"exps-failed\",\"by_hour\":{}}]}");

    (void)state;
    assert_int_equal(log->account.events, 0);
    assert_int_equal(log->group_count, 2);
    assert_string_equal(log->groups[0].event.host, "");
    assert_int_equal(log->groups[0].count, 0);
    assert_int_equal(log->groups[0].first, 0);
    assert_int_equal(log->groups[0].by_hour[0], 0);
    assert_int_equal(log->groups[0].by_hour[1], 0);
    assert_int_equal(log->groups[0].by_hour[2], 7);
    assert_int_equal(log->groups[0].by_hour[3], 0);
    assert_int_equal(log->groups[0].by_hour[4], UINT32_MAX);
    assert_int_equal(log->groups[1].event.kind, MAIL_EVENT_EXPS_FAILED);
    evidence_store_free(store);
}

/* More groups, or longer texts, than there is room for are not taken from a file either. */
static void test_limits_of_evidence(void **state)
{
    struct evidence_store *store = evidence_store_new();
    const struct event_log_digest *log;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_string(&text,
                      "{\"key\":\"event-log x\",\"status\":\"ok\",\"path\":\"x\",\"groups\":[");
    for (size_t i = 0; i <= EVENT_GROUPS_MOST; i++)
        buffer_print(&text, "{\"kind\":\"exps-failed\",\"host\":\"%0*d\"},",
                     MAIL_EVENT_TEXT_MOST + (i == 1), 1);
    buffer_add_string(&text, "7]}");
    log = loaded(store, text.text);
    assert_int_equal(log->group_count, EVENT_GROUPS_MOST);
    assert_true(log->more);
    assert_int_equal(strlen(log->groups[0].event.host), MAIL_EVENT_TEXT_MOST);
    assert_string_equal(log->groups[1].event.host, "");
    buffer_release(&text);
    evidence_store_free(store);
}

/* No name and no address is left; what a verdict rests on is, and one name has one pseudonym. */
static void test_redact(void **state)
{
    static const char key[REDACTOR_KEY_SIZE] = "events";
    struct redactor *redactor = redactor_new(key);
    struct evidence_store *store = evidence_store_new();
    const struct event_log_digest *redacted;
    struct event_log_digest *log;
    struct arena memory = {0};
    struct evidence *copy;
    const char *host, *place;
    json_t *object;
    char *text;

    (void)state;
    write_xml(0);
    log = gathered(file_path);
    assert_int_equal(evidence_add_redacted(store, &log->evidence, redactor, &copy), STATUS_OK);
    redacted = (const struct event_log_digest *)copy;
    object = evidence_to_json(copy);
    text = json_dumps(object, 0);
    for (char *at = text; *at; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
    assert_null(strstr(text, "contoso"));
    assert_null(strstr(text, "ann"));
    assert_null(strstr(text, "ex1"));
    assert_null(strstr(text, "8.8.4.4"));
    assert_null(strstr(text, "event_log.data"));
    host = redact_name_copy(redactor, "mail.contoso.com", &memory);
    assert_string_equal(redacted->groups[0].event.host, host);
    assert_string_equal(redacted->groups[0].event.error, "0x8009030c");
    assert_string_equal(redacted->groups[1].event.reply, "550 5.7.1");
    assert_string_equal(redacted->groups[1].event.command, "rcpt");
    assert_string_equal(redacted->groups[1].event.connector, "1");
    assert_int_equal(redacted->groups[1].count, 2);
    assert_string_equal(redacted->groups[2].event.error, "LogonDenied");
    assert_string_equal(redacted->groups[2].event.mechanism, "ExchangeAuth");
    assert_int_equal(strncmp(redacted->groups[2].event.connector, "Default ", 8), 0);
    place = strchr(redacted->groups[3].event.target, '/');
    assert_int_equal(strncmp(redacted->groups[3].event.target, "SMTPSVC/", 8), 0);
    assert_string_equal(place + 1, host);
    assert_string_equal(redacted->groups[3].event.error, "KdcUnknownEncryptionType");
    free(text);
    json_decref(object);
    arena_release(&memory);
    evidence_free(&log->evidence);
    evidence_store_free(store);
    redactor_free(redactor);
}

/* What only looks like a word of Windows or SMTP does not stay. */
static void test_redact_tokens(void **state)
{
    static const char key[REDACTOR_KEY_SIZE] = "tokens";
    static const struct made_event made[] = {
        {.provider = "MSExchangeTransport",
         .id = 1035,
         .record = 1,
         .strings = {"Contoso", "contoso-in", "Fabrikam", "host.contoso.com"}},
        {.provider = "MSExchangeTransport",
         .id = 7004,
         .record = 2,
         .strings = {"1", "2", "[10.9.8.7] contoso", "contoso", "550-contoso", ""}},
        {.provider = "MSExchangeTransport",
         .id = 1035,
         .record = 3,
         .strings = {"LogonDenied.contoso", "12", "Ntlm", "contoso 8.8.4.4"}},
    };
    struct redactor *redactor = redactor_new(key);
    struct evidence_store *store = evidence_store_new();
    struct event_log_digest *log;
    struct evidence *copy;
    struct buffer xml;
    json_t *object;
    char *text;

    (void)state;
    buffer_init(&xml, 1 << 16);
    for (size_t i = 0; i < 3; i++)
        events_xml(&xml, made[i]);
    write_wide(xml.text, xml.size, 0);
    buffer_release(&xml);
    log = gathered(file_path);
    assert_int_equal(log->group_count, 3);
    assert_int_equal(evidence_add_redacted(store, &log->evidence, redactor, &copy), STATUS_OK);
    object = evidence_to_json(copy);
    text = json_dumps(object, 0);
    assert_null(strstr(text, "ontoso"));
    assert_null(strstr(text, "abrikam"));
    assert_null(strstr(text, "8.8.4.4"));
    assert_non_null(strstr(text, "550"));
    assert_non_null(strstr(text, "Ntlm"));
    free(text);
    json_decref(object);
    evidence_free(&log->evidence);
    evidence_store_free(store);
    redactor_free(redactor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_xml, remove_file),
        cmocka_unit_test_teardown(test_evtx, remove_file),
        cmocka_unit_test_teardown(test_cut_off, remove_file),
        cmocka_unit_test_teardown(test_refusals, remove_file),
        cmocka_unit_test_teardown(test_round_trip, remove_file),
        cmocka_unit_test_teardown(test_failure, remove_file),
        cmocka_unit_test_teardown(test_damaged_evidence, remove_file),
        cmocka_unit_test_teardown(test_limits_of_evidence, remove_file),
        cmocka_unit_test_teardown(test_redact, remove_file),
        cmocka_unit_test_teardown(test_redact_tokens, remove_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
