#include "diag/json.h"
#include "tests/unit/unit.h"

#include <string.h>

static json_t *object_of(const char *text)
{
    json_t *object = json_loads(text, 0, NULL);

    assert_non_null(object);
    return object;
}

static void assert_round_trip(const char *bytes, size_t size, bool as_text)
{
    json_t *value = json_from_bytes(bytes, size);
    struct arena arena = {0};
    const char *back;
    size_t back_size;

    assert_non_null(value);
    assert_true(json_is_string(value) == as_text);
    assert_true(json_to_bytes(value, &arena, &back, &back_size));
    assert_int_equal(back_size, size);
    assert_memory_equal(back, bytes, size);
    assert_int_equal(back[back_size], '\0');
    json_decref(value);
    arena_release(&arena);
}

/* UTF-8 stays readable; all else is base64, whatever is left over at its end. */
static void bytes_make_a_round_trip(void **state)
{
    static const char high[] = "\xff\xfe\xfd\xfc\xfb";

    (void)state;
    assert_round_trip("", 0, true);
    assert_round_trip("v=spf1 -all", 11, true);
    assert_round_trip("tab\tquote\"back\\slash\x01\x1f\x7f", 23, true);
    assert_round_trip("gr\xc3\xbc\xc3\x9f \xf0\x9f\x93\xa8", 11, true);
    assert_round_trip("a\0b", 3, false);
    assert_round_trip("\0", 1, false);
    assert_round_trip("\xc3", 1, false);
    assert_round_trip("\xc0\x80", 2, false);
    assert_round_trip("\xed\xa0\x80", 3, false);
    for (size_t size = 1; size < sizeof high; size++)
        assert_round_trip(high, size, false);
}

static void all_bytes_make_a_round_trip(void **state)
{
    char bytes[768];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    for (size_t size = 128; size <= sizeof bytes; size++)
        assert_round_trip(bytes, size, false);
}

/* What is neither text nor base64 gives nothing; a size never goes wrong. */
static void broken_base64_is_refused(void **state)
{
    static const char *const broken[] = {
        "{\"v\": {\"base64\": \"QUE\"}}",
        "{\"v\": {\"base64\": \"Q\"}}",
        "{\"v\": {\"base64\": \"QU!=\"}}",
        "{\"v\": {\"base64\": \"QUE=\\n\"}}",
        "{\"v\": {\"base64\": 5}}",
        "{\"v\": {\"other\": \"QUE=\"}}",
        "{\"v\": {\"base64\": \"QU\\u00fc\"}}",
        "{\"v\": {\"base64\": \"-_-_\"}}",
        "{\"v\": []}",
        "{\"v\": null}",
        "{\"v\": 5}",
        "{\"v\": true}",
        "{}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        json_t *object = object_of(broken[i]);
        struct arena arena = {0};
        const char *bytes;
        size_t size;

        if (json_to_bytes(json_object_get(object, "v"), &arena, &bytes, &size))
            fail_msg("%s is taken for bytes", broken[i]);
        assert_null(json_copy_text(object, "v", &arena));
        json_decref(object);
        arena_release(&arena);
    }
}

/* A file from anywhere may hold padding where none belongs: the result stays within its bytes. */
static void odd_padding_stays_within_bounds(void **state)
{
    static const char *const odd[] = {"",         "====",     "A===",     "=AAA",    "QUE=\n\n\n\n",
                                      "    QUE=", "        ", "QQ==QQ==", "QUE=    "};

    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        json_t *object = json_object();
        struct arena arena = {0};
        const char *bytes;
        size_t size;

        json_object_set_new(object, "base64", json_string(odd[i]));
        if (json_to_bytes(object, &arena, &bytes, &size))
            assert_true(size <= strlen(odd[i]) / 4 * 3 && bytes[size] == '\0');
        json_decref(object);
        arena_release(&arena);
    }
}

/* Text is text to C: one that holds a NUL is none. */
static void copied_text_has_no_nul(void **state)
{
    json_t *object = object_of("{\"plain\": \"a\", \"coded\": {\"base64\": \"/2E=\"},"
                               " \"nul\": {\"base64\": \"YQBi\"}}");
    struct arena arena = {0};

    (void)state;
    assert_string_equal(json_copy_text(object, "plain", &arena), "a");
    assert_string_equal(json_copy_text(object, "coded", &arena), "\xff"
                                                                 "a");
    assert_null(json_copy_text(object, "nul", &arena));
    assert_null(json_copy_text(object, "absent", &arena));
    assert_null(json_get_text(object, "coded"));
    json_decref(object);
    arena_release(&arena);
}

static void times_are_rfc_3339(void **state)
{
    json_t *object = object_of("{\"bad\": \"yesterday\", \"number\": 5}");

    (void)state;
    json_put_time(object, "time", 1795338307123);
    assert_string_equal(json_get_text(object, "time"), "2026-11-22T09:05:07.123Z");
    assert_int_equal(json_get_time(object, "time"), 1795338307123);
    assert_int_equal(json_get_time(object, "bad"), 0);
    assert_int_equal(json_get_time(object, "number"), 0);
    assert_int_equal(json_get_time(object, "absent"), 0);
    json_decref(object);
}

static void durations_are_milliseconds_with_a_fraction(void **state)
{
    json_t *object =
        object_of("{\"a\": 1.2, \"b\": 0.001, \"c\": 12, \"d\": -1, \"e\": 1e300,"
                  " \"f\": \"1\", \"g\": 0.0004, \"h\": 999999999999.999, \"i\": 1.001}");

    (void)state;
    assert_int_equal(json_get_microseconds(object, "a"), 1200);
    assert_int_equal(json_get_microseconds(object, "b"), 1);
    assert_int_equal(json_get_microseconds(object, "c"), 12000);
    assert_int_equal(json_get_microseconds(object, "d"), 0);
    assert_int_equal(json_get_microseconds(object, "e"), 0);
    assert_int_equal(json_get_microseconds(object, "f"), 0);
    assert_int_equal(json_get_microseconds(object, "g"), 0);
    assert_int_equal(json_get_microseconds(object, "h"), 999999999999999);
    assert_int_equal(json_get_microseconds(object, "i"), 1001);
    assert_int_equal(json_get_microseconds(object, "absent"), 0);
    json_decref(object);
}

static void numbers_are_whole_and_bounded(void **state)
{
    json_t *object = object_of("{\"zero\": 0, \"most\": 65535, \"over\": 65536, \"minus\": -1,"
                               " \"real\": 1.0, \"text\": \"1\", \"yes\": true}");

    (void)state;
    assert_int_equal(json_get_number(object, "zero", 65535, 7), 0);
    assert_int_equal(json_get_number(object, "most", 65535, 7), 65535);
    assert_int_equal(json_get_number(object, "over", 65535, 7), 7);
    assert_int_equal(json_get_number(object, "minus", 65535, 7), 7);
    assert_int_equal(json_get_number(object, "minus", UINT64_MAX, 7), 7);
    assert_int_equal(json_get_number(object, "real", 65535, 7), 7);
    assert_int_equal(json_get_number(object, "text", 65535, 7), 7);
    assert_int_equal(json_get_number(object, "absent", 65535, 7), 7);
    assert_true(json_get_bool(object, "yes"));
    assert_false(json_get_bool(object, "text"));
    assert_false(json_get_bool(object, "absent"));
    json_decref(object);
}

/* Lines that are no objects, or nothing at all, are asked the same questions. */
static void what_is_no_object_has_no_members(void **state)
{
    json_t *list = object_of("[1]");
    struct arena arena = {0};

    (void)state;
    assert_null(json_get_text(NULL, "a"));
    assert_null(json_get_text(list, "a"));
    assert_null(json_copy_text(NULL, "a", &arena));
    assert_int_equal(json_get_time(NULL, "a"), 0);
    assert_int_equal(json_get_microseconds(list, "a"), 0);
    assert_int_equal(json_get_number(NULL, "a", 9, 7), 7);
    assert_false(json_get_bool(list, "a"));
    json_decref(list);
    arena_release(&arena);
}

static void members_are_put(void **state)
{
    json_t *object = json_object();

    (void)state;
    json_put_number(object, "none", 0);
    json_put_number(object, "large", INT64_MAX);
    json_put_bool(object, "yes", true);
    json_put_bool(object, "no", false);
    assert_int_equal(json_get_number(object, "none", 9, 7), 0);
    assert_true(json_get_number(object, "large", INT64_MAX, 7) == INT64_MAX);
    assert_true(json_get_bool(object, "yes"));
    assert_true(json_is_false(json_object_get(object, "no")));
    json_decref(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_make_a_round_trip),
        cmocka_unit_test(all_bytes_make_a_round_trip),
        cmocka_unit_test(broken_base64_is_refused),
        cmocka_unit_test(odd_padding_stays_within_bounds),
        cmocka_unit_test(copied_text_has_no_nul),
        cmocka_unit_test(times_are_rfc_3339),
        cmocka_unit_test(durations_are_milliseconds_with_a_fraction),
        cmocka_unit_test(numbers_are_whole_and_bounded),
        cmocka_unit_test(members_are_put),
        cmocka_unit_test(what_is_no_object_has_no_members),
    };

    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
