/* Lines of fields: quoted, empty, too many, and found by the names in a header. */
#include "diag/read/log_fields.h"
#include "tests/unit/unit.h"

#include <stdint.h>
#include <string.h>

static void expect(const char *line, char separator, const char *const *wanted)
{
    struct log_fields fields = {.count = 0};
    size_t count = 0;

    log_fields_split(&fields, line, separator);
    for (; wanted[count]; count++)
        assert_string_equal(log_field(&fields, count), wanted[count]);
    assert_int_equal(fields.count, count);
    assert_string_equal(log_field(&fields, count), "");
    assert_string_equal(log_field(&fields, SIZE_MAX), "");
    buffer_release(&fields.text);
}

#define EXPECT(line, ...) expect(line, ',', (const char *const[]){__VA_ARGS__, NULL})

static void test_split(void **state)
{
    (void)state;
    EXPECT("a,b,c", "a", "b", "c");
    EXPECT("", "");
    EXPECT(",", "", "");
    EXPECT(",a,,", "", "a", "", "");
    EXPECT("a;b", "a;b");
    expect("a;b", ';', (const char *const[]){"a", "b", NULL});
    EXPECT("\"a,b\",c", "a,b", "c");
    EXPECT("\"say \"\"x, y\"\"\",\"\"", "say \"x, y\"", "");
    EXPECT("\"a\"b\"c,d", "ab\"c", "d");
    EXPECT("a\"b,c\"", "a\"b", "c\"");
    EXPECT("\"a,b", "a,b");
    EXPECT("\"", "");
    EXPECT("a,\"", "a", "");
    EXPECT("\"\"\"", "\"");
}

/* What is beyond the last field that is kept is no part of it, and none is written beyond. */
static void test_most(void **state)
{
    struct log_fields fields = {.count = 0};
    char line[2 * LOG_FIELDS_MOST + 8];

    (void)state;
    for (size_t i = 0; i < sizeof line - 1; i++)
        line[i] = i % 2 ? ',' : 'x';
    line[sizeof line - 1] = '\0';
    log_fields_split(&fields, line, ',');
    assert_int_equal(fields.count, LOG_FIELDS_MOST);
    assert_string_equal(log_field(&fields, LOG_FIELDS_MOST - 1), "x");
    log_fields_split(&fields, "a", ',');
    assert_int_equal(fields.count, 1);
    assert_string_equal(log_field(&fields, 0), "a");
    buffer_release(&fields.text);
}

/* In whatever order and case; of two of one name the first. */
static void test_columns(void **state)
{
    static const char *const names[] = {"event", "data", "none", "session-id", NULL};
    struct log_fields header = {.count = 0};
    size_t columns[4] = {7, 7, 7, 7};

    (void)state;
    log_fields_split(&header, "Session-ID, data,EVENT,data", ',');
    log_columns(&header, names, columns);
    assert_int_equal(columns[0], 2);
    assert_int_equal(columns[1], 1);
    assert_true(columns[2] == SIZE_MAX);
    assert_int_equal(columns[3], 0);
    buffer_release(&header.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_most),
        cmocka_unit_test(test_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
