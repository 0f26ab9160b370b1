/* What a trace shows, as evidence: the file it is saved in, redaction, reading it at all. */
#include "diag/evidence/redact.h"
#include "diag/evidence/trace.h"
#include "diag/gather/trace.h"
#include "diag/read/dns_message.h"
#include "tests/unit/frames.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

static const char file_path[] = EXDIAG_BINARY "/test_evidence_trace.data";

static void write_file(const void *bytes, size_t size)
{
    FILE *file = fopen(file_path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int remove_file(void **state)
{
    (void)state;
    remove(file_path);
    return 0;
}

static struct trace_digest *gathered(struct evidence_store *store, const char *path)
{
    struct trace_digest question = {.path = path};
    struct evidence *item = evidence_store_add(store, &evidence_trace, &question.evidence);

    gather_trace(item);
    assert_true(item->settled);
    return (struct trace_digest *)item;
}

/* One with everything that can be saved. */
static void fill(struct mail_trace *trace)
{
    static const struct trace_record exchanges[] = {
        {"mx1.contoso.com", {IP_V4, {198, 51, 100, 25}}, 10}, {"mx2.contoso.com", {0}, 20}};
    static const struct trace_record addresses[] = {{NULL, {IP_V4, {198, 51, 100, 25}}, 0}};
    static struct trace_lookup lookups[] = {
        {"contoso.com", DNS_MX, {IP_V4, {192, 0, 2, 53}}, {1, 10}, {2, 20}, 0, exchanges, 2, true},
        {"mx1.contoso.com", DNS_A, {IP_V4, {192, 0, 2, 53}}, {3, 30}, {0}, 3, addresses, 1, false}};
    static const char greeting[] = "220-mx1.contoso.com\r\n220 ***\0\xff\r\n";
    static struct trace_connection connection;

    connection = (struct trace_connection){
        .client = {{IP_V4, {8, 8, 4, 4}}, 5000, 0},
        .server = {{IP_V6, {0x26, 6, 1}}, 25, 0},
        .syn = {4, 40},
        .syns = 2,
        .syn_ack = {5, 50},
        .ack = {6, 60},
        .client_first = {7, 70},
        .server_first = {8, 80},
        .greeted = {9, 90},
        .end = {10, 100},
        .replaced = {12, 120},
        .last = {11, INT64_MAX},
        .ended_by = TRACE_SERVER_RST,
        .client_bytes = 5000000000,
        .server_bytes = 12,
        .greeting = greeting,
        .greeting_size = sizeof greeting - 1,
        .greeting_code = 220,
        .is_cut = true,
        .has_gap = true,
        .mx_lookup = 0,
        .address_lookup = SIZE_MAX,
        .exchange = "mx1.contoso.com",
    };
    *trace = (struct mail_trace){.frames = 5000000000,
                                 .first = {1, 10},
                                 .last = {11, 110},
                                 .connection_total = 7,
                                 .connections = &connection,
                                 .connection_count = 1,
                                 .lookups = lookups,
                                 .lookup_count = 2,
                                 .unread = 3,
                                 .is_local_time = true,
                                 .remark = "the file is damaged"};
}

static struct trace_digest *filled(struct evidence_store *store)
{
    struct trace_digest question = {.path = "C:\\traces\\contoso.cap"};
    struct evidence *item = evidence_store_add(store, &evidence_trace, &question.evidence);

    fill(&((struct trace_digest *)item)->trace);
    item->settled = true;
    return (struct trace_digest *)item;
}

static const struct trace_digest *loaded(struct evidence_store *store, const json_t *object)
{
    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    return (const struct trace_digest *)evidence_store_first(store);
}

/* What is saved and loaded is saved again as the same. */
static void test_round_trip(void **state)
{
    struct evidence_store *store = evidence_store_new(), *other = evidence_store_new();
    json_t *first, *second;
    const struct trace_digest *copy;

    (void)state;
    first = evidence_to_json(&filled(store)->evidence);
    copy = loaded(other, first);
    second = evidence_to_json(&copy->evidence);
    assert_true(json_equal(first, second));
    assert_int_equal(copy->trace.frames, 5000000000);
    assert_int_equal(copy->trace.lookup_count, 2);
    assert_string_equal(copy->trace.lookups[0].records[0].name, "mx1.contoso.com");
    assert_int_equal(copy->trace.lookups[0].records[0].ip.bytes[0], 198);
    assert_true(copy->trace.lookups[0].is_partial);
    assert_int_equal(copy->trace.lookups[1].answer.frame, 0);
    assert_int_equal(copy->trace.connections[0].last.time, INT64_MAX);
    assert_int_equal(copy->trace.connections[0].greeting_size, 32);
    assert_memory_equal(copy->trace.connections[0].greeting, "220-mx1.contoso.com\r\n220 ***\0",
                        29);
    assert_int_equal(copy->trace.connections[0].mx_lookup, 0);
    assert_int_equal(copy->trace.connections[0].address_lookup, SIZE_MAX);
    assert_int_equal(copy->trace.connections[0].client_bytes, 5000000000);
    assert_int_equal(copy->trace.connections[0].ended_by, TRACE_SERVER_RST);
    assert_int_equal(copy->trace.connections[0].replaced.frame, 12);
    assert_string_equal(copy->trace.remark, "the file is damaged");
    json_decref(first);
    json_decref(second);
    evidence_store_free(store);
    evidence_store_free(other);
}

/* A name anywhere in the redacted item would be one too many. */
static void test_redaction(void **state)
{
    struct evidence_store *store = evidence_store_new(), *other = evidence_store_new();
    struct redactor *redactor = redactor_new("0123456789abcdef0123456789abcdef");
    struct evidence *copy = NULL;
    const struct mail_trace *trace;
    json_t *object;
    char *text;

    (void)state;
    assert_int_equal(evidence_add_redacted(other, &filled(store)->evidence, redactor, &copy),
                     STATUS_OK);
    trace = &((struct trace_digest *)copy)->trace;
    assert_int_equal(trace->connections[0].greeting_size, 15);
    assert_memory_equal(trace->connections[0].greeting, "220-\r\n220 ***\r\n", 15);
    assert_string_equal(trace->connections[0].exchange, trace->lookups[1].name);
    assert_string_equal(trace->connections[0].exchange, trace->lookups[0].records[0].name);
    assert_string_equal(trace->remark, "the file is damaged");
    assert_int_equal(trace->connections[0].greeting_code, 220);
    object = evidence_to_json(copy);
    text = json_dumps(object, 0);
    assert_null(strstr(text, "contoso"));
    assert_null(strstr(text, "8.8.4.4"));
    assert_null(strstr(text, "2606"));
    free(text);
    json_decref(object);
    redactor_free(redactor);
    evidence_store_free(store);
    evidence_store_free(other);
}

/* Lists longer than a trace has, indices that lead nowhere, members of other types. */
static void test_hostile_items(void **state)
{
    static const char *const broken[] = {
        "{\"key\":\"trace x\",\"status\":\"ok\",\"path\":7}",
        "{\"key\":\"trace x\",\"status\":\"ok\",\"path\":\"x\",\"lookups\":[7]}",
        "{\"key\":\"trace x\",\"status\":\"ok\",\"path\":\"x\",\"connections\":[{\"client\":\"a\"}]}",
    };
    struct evidence_store *store = evidence_store_new(), *other = evidence_store_new();
    json_t *object = evidence_to_json(&filled(store)->evidence);
    json_t *connections = json_object_get(object, "connections");
    json_t *connection = json_array_get(connections, 0);
    const struct mail_trace *trace;

    (void)state;
    json_object_set_new(connection, "mx_lookup", json_integer(2));
    json_object_set_new(connection, "syn", json_pack("[i,i]", -1, 5));
    json_object_set_new(connection, "end", json_string("now"));
    json_object_set_new(connection, "ended_by", json_string("nobody"));
    for (unsigned i = 0; i < 3000; i++)
        json_array_append(connections, connection);
    trace = &loaded(other, object)->trace;
    assert_int_equal(trace->connection_count, TRACE_CONNECTIONS_KEPT);
    assert_int_equal(trace->connections[0].mx_lookup, SIZE_MAX);
    assert_int_equal(trace->connections[0].syn.frame, 0);
    assert_int_equal(trace->connections[0].end.frame, 0);
    assert_int_equal(trace->connections[0].ended_by, TRACE_OPEN);
    json_decref(object);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        object = json_loads(broken[i], 0, NULL);
        assert_non_null(object);
        assert_int_not_equal(evidence_from_json(other, object), STATUS_OK);
        json_decref(object);
    }
    evidence_store_free(store);
    evidence_store_free(other);
}

/* A capture on disk, larger than what is read at once, and cut off. */
static void test_gathering(void **state)
{
    const struct segment syn = {"192.0.2.1", "192.0.2.25", 5000, 25, 99, 0, FRAME_SYN, "", 0};
    struct segment other = {.from = "192.0.2.1", .to = "192.0.2.2", .from_port = 9, .to_port = 9};
    static const struct part all = {0, SIZE_MAX, 0};
    struct evidence_store *store = evidence_store_new();
    struct trace_digest *digest;
    struct frames_file file;
    struct buffer datagram;

    (void)state;
    buffer_init(&datagram, FRAMES_DATAGRAM_MOST);
    frames_file_begin(&file, FRAMES_NETMON_2, FRAMES_ETHERNET);
    other.data = memory_new(60000, 1);
    other.size = 60000;
    frames_datagram(&other, false, &all, &datagram);
    for (unsigned i = 0; i < 50; i++)
        frames_file_add(&file, FRAMES_BEGAN * (int64_t)1000000, FRAMES_ETHERNET, &datagram,
                        SIZE_MAX);
    buffer_clear(&datagram);
    frames_datagram(&syn, false, &all, &datagram);
    frames_file_add(&file, FRAMES_BEGAN * (int64_t)1000000, FRAMES_ETHERNET, &datagram, SIZE_MAX);
    frames_file_end(&file);
    write_file(file.bytes.text, file.bytes.size);
    digest = gathered(store, file_path);
    assert_int_equal(digest->evidence.status, STATUS_OK);
    assert_null(digest->trace.remark);
    assert_int_equal(digest->trace.frames, 51);
    assert_int_equal(digest->trace.connection_count, 1);
    evidence_store_free(store);

    store = evidence_store_new();
    write_file(file.bytes.text, file.bytes.size / 2);
    digest = gathered(store, file_path);
    assert_int_equal(digest->evidence.status, STATUS_OK);
    assert_non_null(digest->trace.remark);
    assert_int_equal(digest->trace.frames, 25);
    evidence_store_free(store);
    buffer_release(&datagram);
    frames_file_release(&file);
    free((void *)other.data);
}

/* Text that is no trace, a folder, and nothing at all. */
static void test_no_trace(void **state)
{
    struct evidence_store *store = evidence_store_new();

    (void)state;
    write_file("dear diary", 10);
    assert_int_equal(gathered(store, file_path)->evidence.status, STATUS_INVALID);
    assert_int_equal(gathered(store, EXDIAG_BINARY)->evidence.status, STATUS_INVALID);
    assert_int_equal(gathered(store, EXDIAG_BINARY "/no such file")->evidence.status,
                     STATUS_NOT_FOUND);
    evidence_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_redaction),
        cmocka_unit_test(test_hostile_items),
        cmocka_unit_test_teardown(test_gathering, remove_file),
        cmocka_unit_test_teardown(test_no_trace, remove_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
