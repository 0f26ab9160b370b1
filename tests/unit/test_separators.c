/* Where separators stand, beside a search that looks at one byte after another. */
#include "diag/read/separators.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE_MOST = 300 };

static size_t find_plainly(const char *text, size_t size, char separator, uint32_t *places,
                           size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < size && count < most; i++) {
        if (text[i] == separator)
            places[count++] = (uint32_t)i;
    }
    return count;
}

/* In memory of its own size, so that a sanitizer sees what is read beyond. */
static void check(const char *text, size_t size, char separator, size_t most)
{
    uint32_t found[SIZE_MOST + 1], expected[SIZE_MOST + 1];
    char *copy = malloc(size ? size : 1);
    size_t count = find_plainly(text, size, separator, expected, most);

    assert_non_null(copy);
    memcpy(copy, text, size);
    assert_int_equal(separators_find(copy, size, separator, found, most), count);
    assert_memory_equal(found, expected, count * sizeof *found);
    free(copy);
}

/* One alone, at every place of texts of every size. */
static void test_every_place(void **state)
{
    char text[200];

    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t at = 0; at < sizeof text; at++) {
        text[at] = ',';
        for (size_t size = 0; size <= sizeof text; size += size < 140 ? 1 : 20)
            check(text, size, ',', SIZE_MOST);
        text[at] = 'x';
    }
}

/* None, all, and any bytes: NULs, those above 127, and those that differ by one bit. */
static void test_any_bytes(void **state)
{
    char text[SIZE_MOST] = {0};
    uint32_t random = 1;

    (void)state;
    check(text, sizeof text, ' ', SIZE_MOST);
    memset(text, ' ', sizeof text);
    check(text, sizeof text, ' ', SIZE_MOST);
    for (unsigned round = 0; round < 2000; round++) {
        static const char some[] = " !,\x21\xa0\xac\xff\x80\0-";

        for (size_t i = 0; i < sizeof text; i++) {
            random = random * 1664525 + 1013904223;
            text[i] = round % 2 ? some[(random >> 16) % sizeof some] : (char)(random >> 24);
        }
        check(text, (random >> 8) % (sizeof text + 1), round % 3 ? ' ' : '\xa0', round % 90);
    }
}

/* No more than are asked for, wherever a block ends. */
static void test_most(void **state)
{
    char text[SIZE_MOST];

    (void)state;
    memset(text, ' ', sizeof text);
    for (size_t most = 0; most <= sizeof text; most++)
        check(text, sizeof text, ' ', most);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_place),
                                       cmocka_unit_test(test_any_bytes),
                                       cmocka_unit_test(test_most)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
