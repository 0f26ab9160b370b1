#include "tests/unit/unit.h"

#include "diag/evidence/dns_redact.h"

#include <string.h>

enum { STRINGS_MOST = 8 };

static struct {
    struct redactor *redactor;
    struct arena memory;
} bench;

static int set_up(void **state)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {7, 1, 4};

    (void)state;
    bench.redactor = redactor_new(key);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    redactor_free(bench.redactor);
    arena_release(&bench.memory);
    return 0;
}

static struct dns_record redacted(const char *const *texts, size_t count)
{
    struct dns_string *strings = arena_new(&bench.memory, count, sizeof *strings);
    struct dns_record record = {.owner = "a.example", .type = DNS_TXT};

    for (size_t i = 0; i < count; i++)
        strings[i] = (struct dns_string){texts[i], strlen(texts[i])};
    record.data.txt.strings = strings;
    record.data.txt.count = count;
    dns_redact_txt(&record, bench.redactor, &bench.memory);
    return record;
}

static void check_string(const struct dns_record *record, size_t index, const char *expected)
{
    const struct dns_string *string = &record->data.txt.strings[index];

    assert_int_equal(string->size, strlen(expected));
    assert_memory_equal(string->bytes, expected, string->size);
}

/* What has no name or address is as it was, where its strings end included. */
static void structure_stays(void **state)
{
    static const char *const texts[] = {"v=sp", "f1", "", " mx  ", "~al", "l ", ""};
    struct dns_record record = redacted(texts, sizeof texts / sizeof *texts);

    (void)state;
    assert_int_equal(record.data.txt.count, sizeof texts / sizeof *texts);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_string(&record, i, texts[i]);
}

/* An end within an address is as many bytes into what stands for it, however long that is. */
static void split_terms_stay_split(void **state)
{
    static const char *const texts[] = {"v=spf1 ip4:198.51.", "100.7 include:spf.cont",
                                        "oso.com -all"};
    static const char *const whole[] = {"v=spf1 ip4:198.51.100.7 include:spf.contoso.com -all"};
    struct dns_record split = redacted(texts, 3), joined = redacted(whole, 1);
    size_t size, joined_size;
    const char *text = dns_record_text(&split, &bench.memory, &size);
    const char *expected = dns_record_text(&joined, &bench.memory, &joined_size);
    const struct dns_string *strings = split.data.txt.strings;

    (void)state;
    assert_int_equal(split.data.txt.count, 3);
    assert_string_equal(text, expected);
    assert_null(strstr(text, "198.51.100.7"));
    assert_null(strstr(text, "contoso"));
    assert_int_equal(strings[0].size, strlen(texts[0]));
    assert_memory_equal(strings[0].bytes, "v=spf1 ip4:", 11);
    assert_non_null(memchr(strings[1].bytes, ' ', strings[1].size));
    assert_memory_equal(strings[2].bytes + strings[2].size - 5, " -all", 5);
    assert_int_equal(strings[2].size, strlen(texts[2]));
}

/* A verification token names who issued it, or is a secret. */
static void other_text_is_left_out(void **state)
{
    static const char *const texts[] = {"contoso-site-verification=1",
                                        "v=spf1 behind the beginning"};
    struct dns_record record = redacted(texts, 2);

    (void)state;
    assert_int_equal(record.data.txt.count, 0);
    record = redacted(texts, 0);
    assert_int_equal(record.data.txt.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structure_stays),
        cmocka_unit_test(split_terms_stay_split),
        cmocka_unit_test(other_text_is_left_out),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
