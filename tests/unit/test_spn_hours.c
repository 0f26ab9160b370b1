/* When of the day something happened, in words. */
#include "probes/spn/hours.h"
#include "tests/unit/unit.h"

static const struct {
    uint32_t hours[SPN_HOURS];
    const char *text; /* NULL: nothing is said */
} cases[] = {
    {{0}, NULL},
    {{[6] = 2}, NULL},
    {{[6] = 3}, "3 of 3 times between 06:00 and 07:00 UTC"},
    {{[6] = 3, [7] = 2, [20] = 1}, "5 of 6 times between 06:00 and 08:00 UTC"},
    {{[6] = 4, [20] = 1}, "4 of 5 times between 06:00 and 07:00 UTC"},
    {{[23] = 5, [0] = 5}, "10 of 10 times between 23:00 and 01:00 UTC"},
    {{[15] = 1, [22] = 1, [20] = 1}, "3 of 3 times between 15:00 and 23:00 UTC"},
    {{[2] = 1, [9] = 1, [16] = 1, [23] = 1}, "spread over the day"},
    {{[4] = UINT32_MAX, [5] = UINT32_MAX},
     "8589934590 of 8589934590 times between 04:00 and 06:00 UTC"},
};

static void test_texts(void **state)
{
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = spn_hours_text(cases[i].hours, &arena);

        assert_int_equal(text == NULL, cases[i].text == NULL);
        if (text)
            assert_string_equal(text, cases[i].text);
    }
    arena_release(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
