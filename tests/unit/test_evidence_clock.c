/* A clock's reading as evidence: kept to the microsecond, redacted, and read from anywhere. */
#include "tests/unit/unit.h"

#include "diag/evidence/clock.h"
#include "diag/evidence/redact.h"

#include <stdlib.h>
#include <string.h>

static struct clock_reading *sample(struct evidence_store *store)
{
    struct clock_reading question = {.source = CLOCK_SNTP,
                                     .tls_at_once = true,
                                     .host = "dc1.contoso.com",
                                     .realm = "CONTOSO.COM"};
    struct clock_reading *reading;

    question.address.ip.family = IP_V4;
    memcpy(question.address.ip.bytes, "\xc6\x0a\x01\x02", 4);
    question.address.port = 10123;
    reading =
        (struct clock_reading *)evidence_store_add(store, &evidence_clock, &question.evidence);
    reading->examiner = INT64_C(1795338307123457);
    reading->resolution = 15;
    reading->samples[0] = (struct clock_sample){
        .sent = 1, .received = 4000003, .remote = INT64_C(1795338727123459), .held = 17};
    reading->samples[1] = (struct clock_sample){
        .sent = 5000000, .received = 5000400, .remote = INT64_C(1795338732123459)};
    reading->sample_count = 2;
    reading->stratum = 2;
    reading->reference = "198.10.1.77";
    reading->told_host = "dc1.contoso.com";
    reading->told_domain = "CONTOSO.COM";
    reading->told_forest = "example.com";
    reading->told_build = "10.0.20348";
    reading->error_code = -37;
    reading->evidence.settled = true;
    return reading;
}

static char *text_of(const struct evidence *item)
{
    json_t *object = evidence_to_json(item);
    char *text = json_dumps(object, JSON_COMPACT);

    json_decref(object);
    return text;
}

/* Puts a line's text into a store; STATUS_OK with the reading in *out. */
static enum status load(struct evidence_store *store, const char *text, struct clock_reading **out)
{
    json_t *object = json_loads(text, 0, NULL);
    enum status status;

    assert_non_null(object);
    status = evidence_from_json(store, object);
    json_decref(object);
    if (status == STATUS_OK)
        *out = (struct clock_reading *)evidence_store_first(store);
    return status;
}

/* Through a file and back: every member, to the microsecond. */
static void test_round_trip(void **state)
{
    struct evidence_store *store = evidence_store_new(), *other = evidence_store_new();
    struct clock_reading *reading = sample(store), *loaded = NULL;
    char *text = text_of(&reading->evidence), *again;

    (void)state;
    assert_string_equal(reading->evidence.key, "clock sntp 198.10.1.2:10123 with TLS");
    assert_int_equal(load(other, text, &loaded), STATUS_OK);
    again = text_of(&loaded->evidence);
    assert_string_equal(text, again);
    assert_string_equal(loaded->evidence.key, reading->evidence.key);
    assert_memory_equal(loaded->samples, reading->samples, 2 * sizeof *reading->samples);
    assert_int_equal(loaded->sample_count, 2);
    assert_int_equal(loaded->examiner, reading->examiner);
    assert_int_equal(loaded->resolution, 15);
    assert_int_equal(loaded->stratum, 2);
    assert_int_equal(loaded->error_code, -37);
    assert_string_equal(loaded->host, "dc1.contoso.com");
    assert_string_equal(loaded->realm, "CONTOSO.COM");
    assert_string_equal(loaded->reference, "198.10.1.77");
    assert_string_equal(loaded->told_host, "dc1.contoso.com");
    assert_string_equal(loaded->told_domain, "CONTOSO.COM");
    assert_string_equal(loaded->told_forest, "example.com");
    assert_string_equal(loaded->told_build, "10.0.20348");
    assert_int_equal(clock_interval_of(loaded).least, clock_interval_of(reading).least);
    assert_int_equal(clock_interval_of(loaded).most, clock_interval_of(reading).most);
    free(text);
    free(again);
    evidence_store_free(store);
    evidence_store_free(other);
}

/* Names and addresses go, times and what a verdict needs stay; one name has one pseudonym. */
static void test_redacted(void **state)
{
    struct redactor *redactor = redactor_new("0123456789abcdef0123456789abcdef");
    struct evidence_store *store = evidence_store_new(), *other = evidence_store_new();
    struct clock_reading *reading = sample(store);
    const struct clock_reading *redacted;
    struct evidence *copy;
    char *text;

    (void)state;
    assert_int_equal(evidence_add_redacted(other, &reading->evidence, redactor, &copy), STATUS_OK);
    redacted = (const struct clock_reading *)copy;
    text = text_of(copy);
    assert_null(strstr(text, "contoso"));
    assert_null(strstr(text, "CONTOSO"));
    assert_null(strstr(text, "example"));
    assert_non_null(redacted->told_forest);
    assert_null(strstr(text, "198.10.1"));
    assert_string_equal(redacted->host, redacted->told_host);
    assert_string_equal(redacted->realm, redacted->told_domain);
    assert_string_equal(redacted->told_build, "10.0.20348");
    assert_memory_equal(redacted->samples, reading->samples, 2 * sizeof *reading->samples);
    assert_int_equal(clock_interval_of(redacted).least, clock_interval_of(reading).least);
    free(text);
    redactor_free(redactor);
    evidence_store_free(store);
    evidence_store_free(other);
}

#define LINE(source, address, rest)                                                                \
    "{\"key\":\"clock\",\"time\":\"2026-11-22T09:00:00.000Z\",\"took_ms\":1,\"status\":\"ok\","    \
    "\"source\":\"" source "\",\"address\":\"" address "\"" rest "}"

#define SAMPLE(sent, received, remote, held)                                                       \
    "{\"sent_us\":" sent ",\"received_us\":" received ",\"remote_us\":" remote                     \
    ",\"held_us\":" held "}"

/* Lines of a file from anywhere: what could not have been measured is no number. */
static void test_strange_lines(void **state)
{
    static const struct {
        const char *text;
        enum status loaded;
        enum status status;
        size_t samples;
    } lines[] = {
        {LINE("ntp", "192.0.2.1:123", ""), STATUS_NOT_SUPPORTED, STATUS_OK, 0},
        {LINE("sntp", "192.0.2.1", ""), STATUS_MALFORMED, STATUS_OK, 0},
        {LINE("sntp", "dc1", ""), STATUS_MALFORMED, STATUS_OK, 0},
        {LINE("sntp", "192.0.2.1:123", ""), STATUS_OK, STATUS_MALFORMED, 0},
        {LINE("sntp", "192.0.2.1:123", ",\"samples\":7,\"resolution_us\":-1"), STATUS_OK,
         STATUS_MALFORMED, 0},
        {LINE("sntp", "192.0.2.1:123", ",\"samples\":[" SAMPLE("1", "2", "3", "0") "]"), STATUS_OK,
         STATUS_OK, 1},
        {LINE(
             "sntp", "192.0.2.1:123",
             ",\"samples\":[" SAMPLE("9", "2", "3", "0") "," SAMPLE("1", "2", "3", "90") "," SAMPLE(
                 "-1", "2", "3",
                 "0") "," SAMPLE("1", "2", "-3",
                                 "0") "," SAMPLE("1", "2", "253402300800000000",
                                                 "0") "," SAMPLE("1", "9223372036854775807", "3",
                                                                 "0") "," SAMPLE("1", "2.5", "3",
                                                                                 "0") ",null]"),
         STATUS_OK, STATUS_MALFORMED, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct evidence_store *store = evidence_store_new();
        struct clock_reading *reading = NULL;

        assert_int_equal(load(store, lines[i].text, &reading), lines[i].loaded);
        if (reading) {
            assert_int_equal(reading->evidence.status, lines[i].status);
            assert_int_equal(reading->sample_count, lines[i].samples);
            assert_int_equal(reading->stratum, -1);
        }
        evidence_store_free(store);
    }
}

/* No more samples than there is room for. */
static void test_many_samples(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct clock_reading *reading = NULL;
    struct buffer text;

    (void)state;
    buffer_init(&text, 65536);
    buffer_add_string(&text, "{\"key\":\"clock\",\"time\":\"2026-11-22T09:00:00.000Z\","
                             "\"status\":\"ok\",\"source\":\"sntp\",\"address\":\"[::1]:123\","
                             "\"samples\":[null");
    for (int i = 0; i < 100; i++)
        buffer_add_string(&text, "," SAMPLE("1", "2", "3", "0"));
    buffer_add_string(&text, "]}");
    assert_int_equal(load(store, text.text, &reading), STATUS_OK);
    assert_int_equal(reading->sample_count, CLOCK_SAMPLES_MOST);
    buffer_release(&text);
    evidence_store_free(store);
}

/* Every source has a word of its own that leads back to it. */
static void test_words(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CLOCK_SOURCE_COUNT; i++) {
        assert_int_equal(clock_source_from_word(clock_source_word((enum clock_source)i)), i);
        assert_true(clock_source_resolution((enum clock_source)i) > 0);
        assert_true(strlen(clock_source_text((enum clock_source)i)) > 0);
    }
    assert_int_equal(clock_source_from_word("sundial"), CLOCK_SOURCE_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_redacted),
        cmocka_unit_test(test_strange_lines), cmocka_unit_test(test_many_samples),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
