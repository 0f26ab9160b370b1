#include "diag/evidence/digest.h"
#include "diag/evidence/dns.h"
#include "diag/evidence/evidence_file.h"
#include "diag/evidence/redact.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the store ---- */

static struct dns_answer question_of(const char *name, enum dns_type type)
{
    return (struct dns_answer){.name = name, .type = type};
}

static struct evidence *add(struct evidence_store *store, const char *name, enum dns_type type)
{
    struct dns_answer question = question_of(name, type);

    return evidence_store_add(store, &evidence_dns, &question.evidence);
}

static struct evidence *find(struct evidence_store *store, const char *name, enum dns_type type)
{
    struct dns_answer question = question_of(name, type);

    return evidence_store_find(store, &evidence_dns, &question.evidence);
}

/* One question has one item, in whatever case and with or without a trailing dot. */
static void a_question_is_found_again(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct evidence *item;

    (void)state;
    assert_null(evidence_store_first(store));
    assert_null(find(store, "a.example", DNS_TXT));
    item = add(store, "A.Example", DNS_TXT);
    assert_false(item->settled);
    assert_string_equal(item->key, "dns TXT a.example");
    assert_ptr_equal(find(store, "a.example", DNS_TXT), item);
    assert_ptr_equal(find(store, "a.EXAMPLE.", DNS_TXT), item);
    assert_null(find(store, "a.example", DNS_MX));
    assert_null(find(store, "b.example", DNS_TXT));
    assert_int_equal(evidence_store_count(store), 1);
    evidence_store_free(store);
}

/* A server's own answer is not that of the resolvers; its port has a say, 53 is not written. */
static void a_server_is_part_of_the_question(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct dns_answer question = question_of("a.example", DNS_TXT);
    struct evidence *items[3];

    (void)state;
    items[0] = add(store, "a.example", DNS_TXT);
    assert_int_equal(net_address_parse("192.0.2.53", 53, &question.at), STATUS_OK);
    items[1] = evidence_store_add(store, &evidence_dns, &question.evidence);
    question.at.port = 5353;
    assert_null(evidence_store_find(store, &evidence_dns, &question.evidence));
    items[2] = evidence_store_add(store, &evidence_dns, &question.evidence);
    assert_string_equal(items[1]->key, "dns TXT a.example at 192.0.2.53");
    assert_string_equal(items[2]->key, "dns TXT a.example at 192.0.2.53:5353");
    assert_ptr_equal(evidence_store_find(store, &evidence_dns, &question.evidence), items[2]);
    assert_ptr_equal(find(store, "a.example", DNS_TXT), items[0]);
    evidence_store_free(store);
}

/* 10,000 items, settled: all are found, and `next` gives them in the order asked. */
static void a_store_grows_and_keeps_its_order(void **state)
{
    enum { ITEMS = 10000 };
    struct evidence_store *store = evidence_store_new();
    const struct evidence *item;
    char name[32];

    (void)state;
    for (unsigned i = 0; i < ITEMS; i++) {
        snprintf(name, sizeof name, "%u.example", i);
        assert_null(find(store, name, DNS_TXT));
        add(store, name, DNS_TXT);
    }
    for (struct evidence *each = evidence_store_first(store); each; each = each->next) {
        struct evidence *found = evidence_new(&evidence_dns, each);

        evidence_adopt(each, found);
        evidence_free(found);
    }
    assert_int_equal(evidence_store_count(store), ITEMS);
    item = evidence_store_first(store);
    for (unsigned i = 0; i < ITEMS; i++, item = item->next) {
        snprintf(name, sizeof name, "%u.example", i);
        assert_non_null(item);
        assert_string_equal(((const struct dns_answer *)item)->name, name);
        assert_ptr_equal(find(store, name, DNS_TXT), item);
    }
    assert_null(item);
    evidence_store_free(store);
}

/* The item keeps its place in the store; what was found brings its memory along. */
static void an_observation_is_adopted(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct evidence *item = add(store, "a.example", DNS_TXT),
                    *next = add(store, "b.example", DNS_MX);
    struct evidence *found = evidence_new(&evidence_dns, item);

    (void)state;
    found->status = STATUS_SERVER_FAILURE;
    found->reason = arena_copy_string(&found->memory, "as it was");
    found->time = 1795338307123;
    found->took = 1200;
    ((struct dns_answer *)found)->tries = 3;
    evidence_adopt(item, found);
    evidence_free(found);
    assert_true(item->settled);
    assert_int_equal(item->status, STATUS_SERVER_FAILURE);
    assert_string_equal(item->reason, "as it was");
    assert_int_equal(item->time, 1795338307123);
    assert_int_equal(item->took, 1200);
    assert_int_equal(((struct dns_answer *)item)->tries, 3);
    assert_string_equal(((struct dns_answer *)item)->name, "a.example");
    assert_string_equal(item->key, "dns TXT a.example");
    assert_ptr_equal(item->next, next);
    assert_ptr_equal(find(store, "a.example", DNS_TXT), item);
    evidence_store_free(store);
}

static void a_failure_settles(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct evidence *item = add(store, "a.example", DNS_TXT);
    char reason[] = "because";

    (void)state;
    evidence_fail(item, STATUS_REFUSED, reason);
    reason[0] = 'B';
    assert_true(item->settled);
    assert_int_equal(item->status, STATUS_REFUSED);
    assert_string_equal(item->reason, "because");
    evidence_fail(item, STATUS_CANCELLED, NULL);
    assert_null(item->reason);
    evidence_store_free(store);
}

/* ---- DNS answers to and from JSON ---- */

static const struct dns_string strings[] = {
    {"v=spf1 ", 7}, {"", 0}, {"\xff\xfe", 2}, {"a\0b", 3}, {"gr\xc3\xbcn \"quoted\"\n", 15}};

static const struct dns_record records[] = {
    {"alias.example", DNS_CNAME, 300, .data.name = "a\\.b\\\\c\\010\\255.Example"},
    {"a.example", DNS_A, 0, .data.ip = {IP_V4, {192, 0, 2, 1}}},
    {"a.example", DNS_AAAA, 1, .data.ip = {IP_V6, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}}},
    {"\\000.example", DNS_NS, 2, .data.name = "ns.a.example"},
    {".", DNS_PTR, 3, .data.name = "."},
    {"a.example", DNS_MX, 4, .data.mx = {"mx.a.example", 65535}},
    {"a.example", DNS_TXT, INT32_MAX, .data.txt = {strings, 5}},
    {"a.example", DNS_TXT, 5, .data.txt = {NULL, 0}},
    {"a.example", DNS_SPF, 6, .data.txt = {strings, 1}},
    {"_s._tcp.a.example", DNS_SRV, 7, .data.srv = {"srv.a.example", 1, 2, 65535}},
    {"a.example", DNS_SOA, 8,
     .data.soa = {"ns.a.example", "root\\.user.a.example", UINT32_MAX, 1, 2, 3, 4}},
    {"_25._tcp.a.example", DNS_TLSA, 9,
     .data.tlsa = {(const uint8_t *)"\x00\x80\xff", 3, 255, 1, 2}},
};

enum { RECORDS = sizeof records / sizeof *records };

static struct evidence *add_whole_answer(struct evidence_store *store)
{
    struct dns_answer question = question_of("A\\.b.example", DNS_TXT);
    struct dns_answer *answer;

    assert_int_equal(net_address_parse("[2001:db8::53]:5353", 53, &question.at), STATUS_OK);
    answer = (struct dns_answer *)evidence_store_add(store, &evidence_dns, &question.evidence);
    answer->evidence.settled = true;
    answer->evidence.time = 1795338307123;
    answer->evidence.took = 123456789;
    answer->evidence.reason = "a \"reason\"";
    assert_int_equal(net_address_parse("192.0.2.53", 53, &answer->server), STATUS_OK);
    answer->rcode = DNS_NXDOMAIN;
    answer->flags = DNS_AUTHORITATIVE | DNS_TRUNCATED | DNS_RECURSION_AVAILABLE | DNS_AUTHENTICATED;
    answer->tries = 255;
    answer->over_tcp = true;
    answer->answer = (struct dns_section){records, RECORDS};
    answer->authority = (struct dns_section){records + 3, 2};
    answer->additional = (struct dns_section){records + 1, 1};
    return &answer->evidence;
}

static bool has_record(uint16_t type)
{
    for (size_t i = 0; i < RECORDS; i++) {
        if (records[i].type == type)
            return true;
    }
    return false;
}

static void assert_same_txt(const struct dns_record *a, const struct dns_record *b)
{
    assert_int_equal(a->data.txt.count, b->data.txt.count);
    for (size_t i = 0; i < a->data.txt.count; i++) {
        assert_int_equal(a->data.txt.strings[i].size, b->data.txt.strings[i].size);
        assert_memory_equal(a->data.txt.strings[i].bytes, b->data.txt.strings[i].bytes,
                            a->data.txt.strings[i].size);
    }
}

/* A line in a file and back: nothing of any type of record is lost. */
static void answers_make_a_round_trip(void **state)
{
    struct evidence_store *from = evidence_store_new(), *to = evidence_store_new();
    json_t *object = evidence_to_json(add_whole_answer(from)), *again;
    char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_t *read = json_loads(line, 0, NULL);
    const struct dns_answer *answer;

    (void)state;
#define X(name, number) assert_true(has_record(number));
    DNS_TYPE_LIST(X)
#undef X
    assert_int_equal(evidence_from_json(to, read), STATUS_OK);
    answer = (const struct dns_answer *)evidence_store_first(to);
    assert_true(answer->evidence.settled);
    assert_string_equal(answer->evidence.key, "dns TXT a\\.b.example at [2001:db8::53]:5353");
    assert_int_equal(answer->evidence.took, 123456789);
    assert_int_equal(answer->answer.count, RECORDS);
    assert_same_txt(&answer->answer.records[6], &records[6]);
    assert_string_equal(answer->answer.records[0].data.name, records[0].data.name);
    assert_int_equal(answer->answer.records[11].data.tlsa.size, 3);
    assert_memory_equal(answer->answer.records[11].data.tlsa.bytes, "\x00\x80\xff", 3);
    again = evidence_to_json(&answer->evidence);
    assert_true(json_equal(read, again));
    json_decref(object);
    json_decref(again);
    json_decref(read);
    free(line);
    evidence_store_free(from);
    evidence_store_free(to);
}

static enum status load(struct evidence_store *store, const char *text)
{
    json_t *object = json_loads(text, JSON_DECODE_ANY, NULL);
    enum status status;

    assert_non_null(object);
    status = evidence_from_json(store, object);
    json_decref(object);
    return status;
}

/* The item a line makes in an empty store; free the store. */
static const struct dns_answer *load_one(struct evidence_store **store, const char *text)
{
    *store = evidence_store_new();
    assert_int_equal(load(*store, text), STATUS_OK);
    assert_int_equal(evidence_store_count(*store), 1);
    return (const struct dns_answer *)evidence_store_first(*store);
}

/* Newer versions may say more, and say it in members of other types. */
static void unknown_members_are_ignored(void **state)
{
    struct evidence_store *store;
    const struct dns_answer *answer = load_one(
        &store, "{\"key\": \"dns MX a.example\", \"status\": \"ok\", \"name\": \"a.example\","
                " \"type\": \"MX\", \"colour\": {\"of\": [1]}, \"flags\": [\"aa\", \"new\", 5],"
                " \"answer\": [{\"name\": \"a.example\", \"type\": \"MX\", \"preference\": 5,"
                " \"exchange\": \"b.example\", \"more\": null}, {\"name\": \"a.example\","
                " \"type\": \"HTTPS\", \"priority\": 1}]}");

    (void)state;
    assert_int_equal(answer->flags, DNS_AUTHORITATIVE);
    assert_int_equal(answer->answer.count, 1);
    assert_int_equal(answer->answer.records[0].data.mx.preference, 5);
    evidence_store_free(store);
}

/* Only the question must be there. */
static void missing_members_are_empty(void **state)
{
    struct evidence_store *store;
    const struct dns_answer *answer = load_one(
        &store,
        "{\"key\": \"dns\", \"status\": \"ok\", \"name\": \"A.example\", \"type\": \"txt\"}");

    (void)state;
    assert_string_equal(answer->evidence.key, "dns TXT a.example");
    assert_int_equal(answer->evidence.status, STATUS_OK);
    assert_int_equal(answer->evidence.time, 0);
    assert_int_equal(answer->evidence.took, 0);
    assert_null(answer->evidence.reason);
    assert_int_equal(answer->server.ip.family, IP_NONE);
    assert_int_equal(answer->rcode, DNS_NOERROR);
    assert_int_equal(answer->flags, 0);
    assert_false(answer->over_tcp);
    assert_int_equal(answer->answer.count + answer->authority.count + answer->additional.count, 0);
    assert_null(dns_answer_next(answer, NULL));
    evidence_store_free(store);
}

/* A record that cannot be understood is left out, the others stay. */
static void wrong_types_are_left_out(void **state)
{
    static const char text[] =
        "{\"key\": \"dns TXT a\", \"status\": 5, \"reason\": [], \"time\": 5, \"took_ms\": \"x\","
        " \"name\": \"a\", \"type\": \"TXT\", \"server\": \"nowhere\", \"tries\": -1, \"tcp\": 1,"
        " \"rcode\": [], \"flags\": {}, \"authority\": {}, \"additional\": \"x\", \"answer\": ["
        "5, null, [], {}, {\"name\": \"a\"}, {\"name\": 5, \"type\": \"TXT\", \"strings\": []},"
        " {\"name\": \"a\", \"type\": \"TXT\", \"strings\": {}},"
        " {\"name\": \"a\", \"type\": \"TXT\", \"strings\": [5]},"
        " {\"name\": \"a\", \"type\": \"TXT\", \"strings\": [{\"base64\": \"!!!!\"}]},"
        " {\"name\": \"a\", \"type\": \"A\", \"address\": \"::g\"},"
        " {\"name\": \"a\", \"type\": \"MX\", \"preference\": 1},"
        " {\"name\": \"a\", \"type\": \"SOA\", \"primary\": \"a\"},"
        " {\"name\": \"a\", \"type\": \"TLSA\", \"association\": 7},"
        " {\"name\": \"a\", \"type\": \"TXT\", \"ttl\": -5, \"strings\": [\"kept\"]}]}";
    struct evidence_store *store;
    const struct dns_answer *answer = load_one(&store, text);

    (void)state;
    assert_int_equal(answer->evidence.status, STATUS_MALFORMED);
    assert_null(answer->evidence.reason);
    assert_int_equal(answer->server.ip.family, IP_NONE);
    assert_false(answer->over_tcp);
    assert_int_equal(answer->flags, 0);
    assert_int_equal(answer->answer.count, 1);
    assert_int_equal(answer->answer.records[0].ttl, 0);
    assert_memory_equal(answer->answer.records[0].data.txt.strings[0].bytes, "kept", 4);
    evidence_store_free(store);
}

/* A string of a TXT record has one byte for its length (RFC 1035 3.3). */
static void strings_are_no_longer_than_they_can_be(void **state)
{
    char text[600], string[257];
    struct evidence_store *store;

    (void)state;
    for (int size = 255; size <= 256; size++) {
        memset(string, 'x', sizeof string);
        string[size] = '\0';
        snprintf(text, sizeof text,
                 "{\"key\": \"dns TXT a\", \"status\": \"ok\", \"name\": \"a\", \"type\": \"TXT\","
                 " \"answer\": [{\"name\": \"a\", \"type\": \"TXT\", \"strings\": [\"%s\"]}]}",
                 string);
        assert_int_equal(load_one(&store, text)->answer.count, size == 255);
        evidence_store_free(store);
    }
}

static void lines_without_a_question_are_refused(void **state)
{
    static const struct {
        const char *text;
        enum status status;
    } rows[] = {
        {"{}", STATUS_MALFORMED},
        {"[]", STATUS_MALFORMED},
        {"5", STATUS_MALFORMED},
        {"\"dns\"", STATUS_MALFORMED},
        {"{\"key\": 5}", STATUS_MALFORMED},
        {"{\"key\": \"dns TXT a\"}", STATUS_MALFORMED},
        {"{\"key\": \"dns TXT a\", \"name\": \"a\"}", STATUS_MALFORMED},
        {"{\"key\": \"dns TXT a\", \"type\": \"TXT\"}", STATUS_MALFORMED},
        {"{\"key\": \"dns TXT a\", \"name\": \"a\", \"type\": \"NONE\"}", STATUS_MALFORMED},
        {"{\"key\": \"dns TXT a\", \"name\": 5, \"type\": \"TXT\"}", STATUS_MALFORMED},
        {"{\"key\": \"file /a\"}", STATUS_MALFORMED},
        {"{\"key\": \"\"}", STATUS_NOT_SUPPORTED},
        {"{\"key\": \"dnssec TXT a\", \"name\": \"a\", \"type\": \"TXT\"}", STATUS_NOT_SUPPORTED},
        {"{\"key\": \"ldap mx.example 25\", \"banner\": \"220\"}", STATUS_NOT_SUPPORTED},
    };
    struct evidence_store *store = evidence_store_new();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (load(store, rows[i].text) != rows[i].status)
            fail_msg("%s", rows[i].text);
    }
    assert_int_equal(evidence_store_count(store), 0);
    evidence_store_free(store);
}

/* The answer of a server that cannot be read must not pass for that of the resolvers. */
static void a_broken_server_is_no_resolver(void **state)
{
    struct evidence_store *store = evidence_store_new();

    (void)state;
    assert_int_equal(load(store,
                          "{\"key\": \"dns TXT a at x\", \"status\": \"ok\", \"name\": \"a\","
                          " \"type\": \"TXT\", \"at\": \"x\"}"),
                     STATUS_MALFORMED);
    assert_int_equal(load(store,
                          "{\"key\": \"dns TXT a at x\", \"status\": \"ok\", \"name\": \"a\","
                          " \"type\": \"TXT\", \"at\": 5}"),
                     STATUS_MALFORMED);
    assert_int_equal(evidence_store_count(store), 0);
    evidence_store_free(store);
}

/* The question makes the key, not the line's word for it; and no question has two answers. */
static void the_first_answer_stays(void **state)
{
    struct evidence_store *store;
    const struct dns_answer *answer =
        load_one(&store, "{\"key\": \"dns TXT b\", \"status\": \"timeout\", \"name\": \"a\","
                         " \"type\": \"TXT\"}");

    (void)state;
    assert_string_equal(answer->evidence.key, "dns TXT a");
    assert_int_equal(load(store, "{\"key\": \"dns TXT a\", \"status\": \"ok\", \"name\": \"A.\","
                                 " \"type\": \"TXT\"}"),
                     STATUS_EXISTS);
    assert_int_equal(answer->evidence.status, status_from_token("timeout"));
    evidence_store_free(store);
}

/* An unknown status is a failure: never an answer. */
static void an_unknown_status_is_no_answer(void **state)
{
    struct evidence_store *store;

    (void)state;
    assert_int_equal(load_one(&store, "{\"key\": \"dns TXT a\", \"status\": \"splendid\","
                                      " \"name\": \"a\", \"type\": \"TXT\"}")
                         ->evidence.status,
                     STATUS_MALFORMED);
    evidence_store_free(store);
    assert_int_equal(
        load_one(&store, "{\"key\": \"dns TXT a\", \"name\": \"a\", \"type\": \"TXT\"}")
            ->evidence.status,
        STATUS_MALFORMED);
    evidence_store_free(store);
}

static void what_an_answer_says_is_told_apart(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct dns_answer *answer = (struct dns_answer *)add_whole_answer(store);
    const struct dns_record *first = dns_answer_next(answer, NULL);
    const struct dns_record *second = dns_answer_next(answer, first);

    (void)state;
    assert_ptr_equal(first, &records[6]);
    assert_ptr_equal(second, &records[7]);
    assert_null(dns_answer_next(answer, second));
    assert_true(dns_answer_has_records(answer));
    assert_true(dns_answer_no_such_name(answer));
    answer->evidence.status = STATUS_CANCELLED;
    assert_false(dns_answer_has_records(answer));
    assert_false(dns_answer_no_such_name(answer));
    evidence_store_free(store);
}

/* ---- digests ---- */

static struct file_digest *add_digest(struct evidence_store *store, const char *path)
{
    const struct file_digest question = {.path = path};
    struct file_digest *digest =
        (struct file_digest *)evidence_store_add(store, &evidence_digest, &question.evidence);

    digest->evidence.settled = true;
    digest->size = INT64_MAX;
    digest->lines = 3;
    digest->longest_line = 2;
    memset(digest->sha256, 'a', 64);
    return digest;
}

/* A path may be any bytes: they are in the key too. */
static void digests_make_a_round_trip(void **state)
{
    static const char *const paths[] = {"/var/log/smtp.log", "C:\\logs\\gr\xc3\xbc\xc3\x9f.log",
                                        "/tmp/\xff\xfe b", ""};
    struct evidence_store *from = evidence_store_new(), *to = evidence_store_new();

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        json_t *object = evidence_to_json(&add_digest(from, paths[i])->evidence);

        assert_int_equal(evidence_from_json(to, object), STATUS_OK);
        json_decref(object);
    }
    for (struct evidence *item = evidence_store_first(to); item; item = item->next) {
        const struct file_digest *digest = (const struct file_digest *)item;

        assert_ptr_equal(evidence_store_find(from, &evidence_digest, item)->kind, item->kind);
        assert_true(digest->size == INT64_MAX && digest->lines == 3 && digest->longest_line == 2);
        assert_int_equal(strlen(digest->sha256), 64);
    }
    assert_int_equal(evidence_store_count(to), evidence_store_count(from));
    evidence_store_free(from);
    evidence_store_free(to);
}

static void a_sum_that_is_none_is_dropped(void **state)
{
    struct evidence_store *store = evidence_store_new();

    (void)state;
    assert_int_equal(load(store, "{\"key\": \"file a\", \"status\": \"ok\", \"path\": \"a\","
                                 " \"size\": -1, \"type\": \"splendid\", \"encoding\": \"?\","
                                 " \"sha256\": \"<script>\"}"),
                     STATUS_OK);
    assert_string_equal(((struct file_digest *)evidence_store_first(store))->sha256, "");
    assert_int_equal(((struct file_digest *)evidence_store_first(store))->size, 0);
    evidence_store_free(store);
}

/* ---- redacted copies ---- */

/* Nothing of the names, no reason, no opaque text; the original stays as it is. */
static void a_redacted_copy_has_no_names(void **state)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {1};
    struct evidence_store *from = evidence_store_new(), *to = evidence_store_new();
    struct redactor *redactor = redactor_new(key);
    struct evidence *item, *copy;
    json_t *object;
    char *line;

    (void)state;
    assert_int_equal(
        load(from,
             "{\"key\": \"dns TXT contoso.example\", \"status\": \"ok\", \"reason\": \"contoso\","
             " \"name\": \"mail.contoso.example\", \"type\": \"TXT\", \"answer\": [{\"name\":"
             " \"mail.contoso.example\", \"type\": \"TXT\", \"strings\": [\"v=spf1 \","
             " \"include:contoso.example -all\"]}, {\"name\": \"mail.contoso.example\","
             " \"type\": \"TXT\", \"strings\": [\"contoso-site-verification=1\"]}]}"),
        STATUS_OK);
    item = evidence_store_first(from);
    assert_int_equal(evidence_add_redacted(to, item, redactor, &copy), STATUS_OK);
    assert_ptr_equal(evidence_store_first(to), copy);
    assert_string_equal(item->key, "dns TXT mail.contoso.example");
    assert_true(copy->settled);
    assert_null(copy->reason);
    object = evidence_to_json(copy);
    line = json_dumps(object, 0);
    assert_null(strstr(line, "contoso"));
    assert_non_null(strstr(line, "v=spf1 "));
    assert_non_null(strstr(line, " -all"));
    assert_int_equal(evidence_add_redacted(to, item, redactor, &copy), STATUS_EXISTS);
    assert_int_equal(evidence_store_count(to), 1);
    free(line);
    json_decref(object);
    redactor_free(redactor);
    evidence_store_free(from);
    evidence_store_free(to);
}

/* ---- evidence files ---- */

struct loaded { /* a file that was read */
    struct evidence_run run;
    struct evidence_store *store;
    enum status status;
};

static struct loaded read_file(FILE *file)
{
    struct loaded loaded = {.store = evidence_store_new()};

    rewind(file);
    loaded.status = evidence_file_read(file, &loaded.run, loaded.store);
    fclose(file);
    return loaded;
}

static struct loaded read_bytes(const char *bytes, size_t size)
{
    FILE *file = tmpfile();

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    return read_file(file);
}

static struct loaded read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

static void release(struct loaded *loaded)
{
    evidence_run_release(&loaded->run);
    evidence_store_free(loaded->store);
}

#define HEADER                                                                                     \
    "{\"exdiag_evidence\":1,\"tool\":\"exdiag 0.1\",\"started\":\"2026-11-22T09:05:07Z\"}"
#define ITEM(name)                                                                                 \
    "{\"key\":\"dns TXT " name "\",\"status\":\"ok\",\"name\":\"" name "\",\"type\":\"TXT\"}"
#define LAST "{\"finished\":\"2026-11-22T09:05:08Z\",\"complete\":true}"

static void a_whole_file_is_read(void **state)
{
    struct loaded loaded = read_text(HEADER "\n" ITEM("a") "\n" ITEM("b") "\n" LAST "\n");

    (void)state;
    assert_int_equal(loaded.status, STATUS_OK);
    assert_string_equal(loaded.run.tool, "exdiag 0.1");
    assert_int_equal(loaded.run.started, 1795338307000);
    assert_int_equal(loaded.run.finished, 1795338308000);
    assert_true(loaded.run.complete);
    assert_false(loaded.run.redacted);
    assert_int_equal(loaded.run.subject_count, 0);
    assert_int_equal(loaded.run.settings.ports[SERVICE_DNS], 0);
    assert_int_equal(loaded.run.damaged_lines, 0);
    assert_int_equal(evidence_store_count(loaded.store), 2);
    release(&loaded);
}

static void what_is_no_evidence_file_is_refused(void **state)
{
    static const char *const none[] = {
        "",
        "\n",
        "\n" HEADER "\n",
        "hello\n",
        "{}\n",
        "[]\n",
        "5\n",
        ITEM("a") "\n" HEADER "\n",
        "{\"exdiag_evidence\":0}\n",
        "{\"exdiag_evidence\":\"1\"}\n",
        "{\"exdiag_evidence\":1\n}\n",
        "\xef\xbb\xbf",
        "\xef\xbb\xbf\xef\xbb\xbf" HEADER "\n",
        "\xff\xfe{",
        "\x1f\x8b\x08",
    };

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct loaded loaded = read_text(none[i]);

        if (loaded.status != STATUS_MALFORMED)
            fail_msg("\"%s\" is read", none[i]);
        assert_int_equal(evidence_store_count(loaded.store), 0);
        release(&loaded);
    }
}

/* A later form of the file is no damage: the user needs a later version. */
static void a_later_form_is_told_apart(void **state)
{
    struct loaded loaded = read_text("{\"exdiag_evidence\":2,\"started\":5}\n" ITEM("a") "\n");

    (void)state;
    assert_int_equal(loaded.status, STATUS_NOT_SUPPORTED);
    assert_int_equal(evidence_store_count(loaded.store), 0);
    release(&loaded);
}

/* Text editors end lines with CR LF and begin files with a mark. */
static void editors_leave_a_file_readable(void **state)
{
    struct loaded loaded = read_text("\xef\xbb\xbf" HEADER "\r\n" ITEM("a") "\r\n" LAST "\r\n");

    (void)state;
    assert_int_equal(loaded.status, STATUS_OK);
    assert_int_equal(evidence_store_count(loaded.store), 1);
    assert_int_equal(loaded.run.damaged_lines, 0);
    assert_true(loaded.run.complete);
    release(&loaded);
}

/* Damaged lines are counted, the first is named, and the others are read. */
static void damaged_lines_are_passed_over(void **state)
{
    struct loaded loaded = read_text(HEADER "\n" ITEM("a") "\n\n{\"key\":\"dns TXT x\n" ITEM(
        "b") "\n{}\n[]\n5\n"
             "{\"key\":\"dns TXT \xff\"}\n{\"key\":\"\\u0000\"}\n" ITEM("c") "\n" LAST "\n");

    (void)state;
    assert_int_equal(loaded.status, STATUS_OK);
    assert_int_equal(evidence_store_count(loaded.store), 3);
    assert_int_equal(loaded.run.damaged_lines, 6);
    assert_int_equal(loaded.run.first_damaged_line, 4);
    assert_true(loaded.run.complete);
    release(&loaded);
}

/* A file cut anywhere is read as far as it is whole, and never passes for a finished one. */
static void a_truncated_file_is_read_as_far_as_it_is_whole(void **state)
{
    static const char whole[] = HEADER "\n" ITEM("a") "\n" ITEM("b") "\n" LAST;
    const size_t header = sizeof HEADER - 1, item = sizeof ITEM("a");

    (void)state;
    for (size_t size = 0; size < sizeof whole - 1; size++) {
        struct loaded loaded = read_bytes(whole, size);
        size_t items = size < header + item ? 0 : size < header + 2 * item ? 1 : 2;
        size_t end = size < header + item ? header + 1 : header + 1 + items * item;

        assert_int_equal(loaded.status, size < header ? STATUS_MALFORMED : STATUS_OK);
        assert_int_equal(evidence_store_count(loaded.store), items);
        assert_int_equal(loaded.run.damaged_lines, size > end);
        assert_int_equal(loaded.run.finished, 0);
        assert_false(loaded.run.complete);
        release(&loaded);
    }
}

/* A NUL spoils its own line alone: a crash leaves whole blocks of them at the end of a file. */
static void a_nul_damages_its_line_alone(void **state)
{
    static const char text[] =
        HEADER "\n" ITEM("a\0") "\n" ITEM("b") "\n\0\n" ITEM("c") "\n\0\0\0\0";
    struct loaded loaded = read_bytes(text, sizeof text - 1);

    (void)state;
    assert_int_equal(loaded.status, STATUS_OK);
    assert_int_equal(evidence_store_count(loaded.store), 2);
    assert_int_equal(loaded.run.damaged_lines, 3);
    assert_int_equal(loaded.run.first_damaged_line, 2);
    release(&loaded);
}

/* Over 64 MiB no line is read; the next one is. */
static void an_overlong_line_is_damaged(void **state)
{
    FILE *file = tmpfile();
    struct loaded loaded;

    (void)state;
    assert_non_null(file);
    fputs(HEADER "\n{\"key\":\"dns TXT a\",\"name\":\"a\",\"type\":\"TXT\",\"padding\":\"", file);
    for (size_t i = 0; i < 65 << 20; i++)
        fputc('x', file);
    fputs("\"}\n" ITEM("b") "\n" LAST "\n", file);
    loaded = read_file(file);
    assert_int_equal(loaded.status, STATUS_OK);
    assert_int_equal(evidence_store_count(loaded.store), 1);
    assert_int_equal(loaded.run.damaged_lines, 1);
    assert_int_equal(loaded.run.first_damaged_line, 2);
    assert_true(loaded.run.complete);
    release(&loaded);
}

/* What a newer version gathered is counted and is no damage. */
static void unknown_kinds_are_counted(void **state)
{
    struct loaded loaded =
        read_text(HEADER "\n{\"key\":\"ldap a\"}\n" ITEM("a") "\n{\"key\":\"ntp b\"}\n" LAST "\n");

    (void)state;
    assert_int_equal(loaded.run.unknown_items, 2);
    assert_int_equal(loaded.run.damaged_lines, 0);
    assert_int_equal(evidence_store_count(loaded.store), 1);
    release(&loaded);
}

/* Nothing but the version is needed; members of wrong types are as missing ones. */
static void a_header_may_say_little(void **state)
{
    static const char *const headers[] = {
        "{\"exdiag_evidence\":1}\n",
        "{\"exdiag_evidence\":1,\"tool\":5,\"started\":[],\"redacted\":\"yes\",\"subjects\":{},"
        "\"settings\":[]}\n",
        "{\"exdiag_evidence\":1,\"subjects\":[5,null,{},{\"kind\":\"domain\"},{\"name\":\"a\"},"
        "{\"kind\":\"planet\",\"name\":\"a\"},{\"kind\":5,\"name\":\"a\"}],\"settings\":{"
        "\"dns\":[5,\"nowhere\"],\"dns_port\":65536,\"only\":[5],\"skip\":{},\"severity\":"
        "{\"a\":\"dreadful\",\"b\":5},\"accepted\":[5,{},{\"id\":\"a\",\"subject\":\"*\"},"
        "{\"id\":\"a\",\"subject\":\"*\",\"expires\":\"2027-01-31\",\"reason\":\"\\u001b[2J\"}],"
        "\"senders\":[5,\"here\"],\"references\":[7,\"a..b\",\"Upper.example\",\"\"],"
        "\"helo\":5,\"record\":{\"base64\":\"AA==\"},\"deep\":1}}\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct loaded loaded = read_text(headers[i]);
        const struct settings *settings = &loaded.run.settings;
        FILE *file = tmpfile();

        assert_int_equal(loaded.status, STATUS_OK);
        assert_string_equal(loaded.run.tool, "");
        assert_int_equal(loaded.run.started, 0);
        assert_false(loaded.run.redacted);
        assert_int_equal(loaded.run.subject_count, 0);
        assert_int_equal(loaded.run.unknown_subjects, i == 2 ? 7 : 0);
        assert_int_equal(settings->ports[SERVICE_DNS], 0);
        assert_int_equal(settings->dns_count + settings->only_count + settings->skip_count +
                             settings->severity_count + settings->accepted_count +
                             settings->sender_count,
                         0);
        assert_int_equal(settings->reference_count, 0);
        assert_null(settings->helo);
        assert_null(settings->record);
        assert_false(settings->deep);
        assert_int_equal(evidence_file_begin(file, &loaded.run), STATUS_OK);
        fclose(file);
        release(&loaded);
    }
}

static const struct subject subjects[] = {
    {SUBJECT_DOMAIN, "xn--grn-joa.example", "gr\xc3\xbcn.example", true, NULL},
    {SUBJECT_SERVER, "192.0.2.1", "192.0.2.1", true, NULL},
    {SUBJECT_FILE, "/tmp/\xff", "/tmp/\xff", true, "ex02.contoso.com"},
};

static struct settings all_settings(void)
{
    static struct net_address dns[2];
    static struct ip_address senders[2];
    static const char *const only[] = {"spf", "spf-multiple"}, *const skip[] = {"file"};
    static const char *const references[] = {"ntp1.example.net", "2001:db8::123"};
    static const struct severity_override severities[] = {
        {"spf-none", SEVERITY_CRITICAL},
        {"dns-split-view", SEVERITY_WARNING},
    };
    static const struct acceptance accepted[] = {
        {"spf-none", "*", "2027-01-31", "parked \"domains\""},
        {"spf-none", "a.example", "2027-02-28", "gr\xc3\xbcn"},
    };

    assert_int_equal(net_address_parse("192.0.2.53", 53, &dns[0]), STATUS_OK);
    assert_int_equal(net_address_parse("[fe80::53%2]:5353", 53, &dns[1]), STATUS_OK);
    assert_int_equal(ip_parse("192.0.2.25", 10, &senders[0]), STATUS_OK);
    assert_int_equal(ip_parse("2001:db8::25", 12, &senders[1]), STATUS_OK);
    return (struct settings){.senders = senders,
                             .sender_count = 2,
                             .sender_local = "o'hara\xff",
                             .helo = "[192.0.2.25]",
                             .record = "v=spf1 \"mx\" \x01-all",
                             .deep = true,
                             .references = references,
                             .reference_count = 2,
                             .dns = dns,
                             .dns_count = 2,
                             .ports[SERVICE_DNS] = 5354,
                             .only = only,
                             .only_count = 2,
                             .skip = skip,
                             .skip_count = 1,
                             .severities = severities,
                             .severity_count = 2,
                             .accepted = accepted,
                             .accepted_count = 2};
}

static void assert_same_subjects(const struct evidence_run *run)
{
    assert_int_equal(run->subject_count, 3);
    for (size_t i = 0; i < run->subject_count; i++) {
        assert_int_equal(run->subjects[i].kind, subjects[i].kind);
        assert_string_equal(run->subjects[i].name, subjects[i].name);
        assert_string_equal(run->subjects[i].shown, subjects[i].shown);
        assert_true(run->subjects[i].given);
        if (subjects[i].host)
            assert_string_equal(run->subjects[i].host, subjects[i].host);
        else
            assert_null(run->subjects[i].host);
    }
}

static void assert_same_settings(const struct settings *a, const struct settings *b)
{
    assert_int_equal(a->dns_count, b->dns_count);
    assert_int_equal(a->ports[SERVICE_DNS], b->ports[SERVICE_DNS]);
    for (size_t i = 0; i < a->dns_count; i++)
        assert_true(net_address_equal(&a->dns[i], &b->dns[i]));
    assert_int_equal(a->only_count, b->only_count);
    for (size_t i = 0; i < a->only_count; i++)
        assert_string_equal(a->only[i], b->only[i]);
    assert_int_equal(a->skip_count, b->skip_count);
    for (size_t i = 0; i < a->skip_count; i++)
        assert_string_equal(a->skip[i], b->skip[i]);
    assert_int_equal(a->severity_count, b->severity_count);
    for (size_t i = 0; i < a->severity_count; i++) {
        assert_string_equal(a->severities[i].id, b->severities[i].id);
        assert_int_equal(a->severities[i].severity, b->severities[i].severity);
    }
    assert_int_equal(a->accepted_count, b->accepted_count);
    for (size_t i = 0; i < a->accepted_count; i++) {
        assert_string_equal(a->accepted[i].id, b->accepted[i].id);
        assert_string_equal(a->accepted[i].subject, b->accepted[i].subject);
        assert_string_equal(a->accepted[i].expires, b->accepted[i].expires);
        assert_string_equal(a->accepted[i].reason, b->accepted[i].reason);
    }
    assert_int_equal(a->sender_count, b->sender_count);
    for (size_t i = 0; i < a->sender_count; i++)
        assert_true(ip_equal(&a->senders[i], &b->senders[i]));
    assert_string_equal(a->sender_local, b->sender_local);
    assert_int_equal(a->reference_count, b->reference_count);
    for (size_t i = 0; i < a->reference_count; i++)
        assert_string_equal(a->references[i], b->references[i]);
    assert_string_equal(a->helo, b->helo);
    assert_string_equal(a->record, b->record);
    assert_int_equal(a->deep, b->deep);
}

/* All that has a say in a verdict is in the file. */
static void a_run_makes_a_round_trip(void **state)
{
    struct evidence_run run = {.tool = "exdiag 0.1",
                               .started = 1795338307123,
                               .redacted = true,
                               .subjects = (struct subject *)subjects,
                               .subject_count = 3,
                               .settings = all_settings()};
    struct evidence_store *store = evidence_store_new();
    struct evidence *item = add_whole_answer(store);
    FILE *file = tmpfile();
    struct loaded loaded;

    (void)state;
    assert_non_null(file);
    assert_int_equal(evidence_file_begin(file, &run), STATUS_OK);
    assert_int_equal(evidence_file_add(file, item), STATUS_OK);
    assert_true(item->saved);
    assert_int_equal(evidence_file_end(file, 1795338308456, false), STATUS_OK);
    loaded = read_file(file);
    assert_int_equal(loaded.status, STATUS_OK);
    assert_string_equal(loaded.run.tool, run.tool);
    assert_int_equal(loaded.run.started, run.started);
    assert_int_equal(loaded.run.finished, 1795338308456);
    assert_false(loaded.run.complete);
    assert_true(loaded.run.redacted);
    assert_int_equal(loaded.run.damaged_lines, 0);
    assert_int_equal(evidence_store_count(loaded.store), 1);
    assert_same_subjects(&loaded.run);
    assert_same_settings(&loaded.run.settings, &run.settings);
    release(&loaded);
    evidence_store_free(store);
}

/* A stream that takes nothing is reported, and the item is not marked as saved. */
static void a_file_that_cannot_be_written_is_reported(void **state)
{
    FILE *file = fopen(EXDIAG_SOURCE "/CMakeLists.txt", "rb");
    struct evidence_store *store = evidence_store_new();
    struct evidence *item = add_whole_answer(store);

    (void)state;
    assert_non_null(file);
    assert_int_not_equal(evidence_file_add(file, item), STATUS_OK);
    assert_false(item->saved);
    assert_int_not_equal(evidence_file_end(file, 0, true), STATUS_OK);
    fclose(file);
    evidence_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_is_found_again),
        cmocka_unit_test(a_server_is_part_of_the_question),
        cmocka_unit_test(a_store_grows_and_keeps_its_order),
        cmocka_unit_test(an_observation_is_adopted),
        cmocka_unit_test(a_failure_settles),
        cmocka_unit_test(answers_make_a_round_trip),
        cmocka_unit_test(unknown_members_are_ignored),
        cmocka_unit_test(missing_members_are_empty),
        cmocka_unit_test(wrong_types_are_left_out),
        cmocka_unit_test(strings_are_no_longer_than_they_can_be),
        cmocka_unit_test(lines_without_a_question_are_refused),
        cmocka_unit_test(a_broken_server_is_no_resolver),
        cmocka_unit_test(the_first_answer_stays),
        cmocka_unit_test(an_unknown_status_is_no_answer),
        cmocka_unit_test(what_an_answer_says_is_told_apart),
        cmocka_unit_test(digests_make_a_round_trip),
        cmocka_unit_test(a_sum_that_is_none_is_dropped),
        cmocka_unit_test(a_redacted_copy_has_no_names),
        cmocka_unit_test(a_whole_file_is_read),
        cmocka_unit_test(what_is_no_evidence_file_is_refused),
        cmocka_unit_test(a_later_form_is_told_apart),
        cmocka_unit_test(editors_leave_a_file_readable),
        cmocka_unit_test(damaged_lines_are_passed_over),
        cmocka_unit_test(a_truncated_file_is_read_as_far_as_it_is_whole),
        cmocka_unit_test(a_nul_damages_its_line_alone),
        cmocka_unit_test(an_overlong_line_is_damaged),
        cmocka_unit_test(unknown_kinds_are_counted),
        cmocka_unit_test(a_header_may_say_little),
        cmocka_unit_test(a_run_makes_a_round_trip),
        cmocka_unit_test(a_file_that_cannot_be_written_is_reported),
    };

    return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
