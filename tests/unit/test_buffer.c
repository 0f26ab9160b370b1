#include "tests/unit/unit.h"

#include "diag/buffer.h"

#include <stdio.h>
#include <string.h>

static void test_empty_buffer_is_a_string(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 0);
    assert_string_equal(buffer.text, "");
    buffer_add(&buffer, NULL, 0);
    assert_false(buffer.truncated);
    buffer_add_char(&buffer, 'a');
    assert_string_equal(buffer.text, "");
    assert_true(buffer.truncated);
    buffer_release(&buffer);
    assert_null(buffer.text);
}

/* Up to its maximum everything is kept, NULs too; what is over it is dropped, and said. */
static void test_stated_maximum(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 5);
    buffer_add(&buffer, "a\0b", 3);
    buffer_add_string(&buffer, "cd");
    assert_memory_equal(buffer.text, "a\0bcd", 6);
    assert_int_equal(buffer.size, 5);
    assert_false(buffer.truncated);
    buffer_add_string(&buffer, "ef");
    assert_memory_equal(buffer.text, "a\0bcd", 6);
    assert_true(buffer.truncated);
    buffer_release(&buffer);
}

static void test_what_fits_of_an_addition_is_kept(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 5);
    buffer_add_string(&buffer, "abc");
    buffer_add_string(&buffer, "def");
    assert_string_equal(buffer.text, "abcde");
    assert_true(buffer.truncated);
    buffer_clear(&buffer);
    assert_string_equal(buffer.text, "");
    assert_int_equal(buffer.size, 0);
    assert_false(buffer.truncated);
    buffer_add_string(&buffer, "xyz");
    assert_string_equal(buffer.text, "xyz");
    buffer_release(&buffer);
}

/* It grows byte by byte over every size near its first ones, and is a string all the while. */
static void test_growth(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 100000);
    for (size_t i = 0; i < 100000; i++) {
        buffer_add_char(&buffer, (char)('a' + i % 26));
        assert_int_equal(buffer.text[buffer.size], '\0');
    }
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(buffer.text[i], 'a' + i % 26);
    assert_false(buffer.truncated);
    buffer_release(&buffer);
}

static void test_maximum_around_the_first_room(void **state)
{
    (void)state;
    for (size_t most = 250; most < 260; most++) {
        struct buffer buffer;

        buffer_init(&buffer, most);
        for (size_t i = 0; i < 300; i++)
            buffer_add_char(&buffer, 'a');
        assert_int_equal(buffer.size, most);
        assert_int_equal(strlen(buffer.text), most);
        assert_true(buffer.truncated);
        buffer_release(&buffer);
    }
}

static void test_numbers(void **state)
{
    static const unsigned long long numbers[] = {0, 1, 9, 10, 18446744073709551615ULL};
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 100);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        buffer_add_number(&buffer, numbers[i]);
        buffer_add_char(&buffer, ' ');
    }
    assert_string_equal(buffer.text, "0 1 9 10 18446744073709551615 ");
    buffer_release(&buffer);
}

/* Shorter than, as long as, and longer than what is formatted without allocating. */
static void test_print(void **state)
{
    struct buffer buffer;
    char expected[1100];

    (void)state;
    buffer_init(&buffer, 1000);
    for (int width = 250; width < 260; width++) {
        buffer_clear(&buffer);
        buffer_print(&buffer, "%s%*d|", "a", width, 7);
        snprintf(expected, sizeof expected, "a%*d|", width, 7);
        assert_string_equal(buffer.text, expected);
    }
    buffer_clear(&buffer);
    buffer_print(&buffer, "%*d", 1050, 7);
    assert_int_equal(buffer.size, 1000);
    assert_true(buffer.truncated);
    buffer_release(&buffer);
}

/* What is kept is the text, NULs and all; the buffer is gone. */
static void test_keep(void **state)
{
    struct arena memory = {0};
    struct buffer buffer;
    const char *kept;

    (void)state;
    buffer_init(&buffer, 100);
    buffer_add(&buffer, "a\0b", 3);
    kept = buffer_keep(&buffer, &memory);
    assert_memory_equal(kept, "a\0b", 4);
    assert_null(buffer.text);
    buffer_init(&buffer, 0);
    assert_string_equal(buffer_keep(&buffer, &memory), "");
    arena_release(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_buffer_is_a_string),
        cmocka_unit_test(test_stated_maximum),
        cmocka_unit_test(test_what_fits_of_an_addition_is_kept),
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_maximum_around_the_first_room),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_keep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
