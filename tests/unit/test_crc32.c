/* CRC-32: the check value that every description of it gives, in pieces too. */
#include "diag/read/crc32.h"
#include "tests/unit/unit.h"

#include <string.h>

static uint32_t sum_of(struct crc32 *crc, const char *text, size_t first)
{
    const unsigned char *bytes = (const unsigned char *)text;

    crc32_again(crc);
    crc32_add(crc, bytes, first);
    crc32_add(crc, bytes + first, strlen(text) - first);
    return crc32_end(crc);
}

static void test_sums(void **state)
{
    static const char fox[] = "The quick brown fox jumps over the lazy dog";
    struct crc32 crc;

    (void)state;
    crc32_begin(&crc);
    assert_int_equal(crc32_end(&crc), 0);
    for (size_t first = 0; first <= 9; first++)
        assert_int_equal(sum_of(&crc, "123456789", first), 0xCBF43926);
    for (size_t first = 0; first < sizeof fox; first++)
        assert_int_equal(sum_of(&crc, fox, first), 0x414FA339);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sums)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
