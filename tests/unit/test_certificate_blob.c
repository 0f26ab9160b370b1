#include "diag/read/certificate_blob.h"
#include "tests/unit/unit.h"

#define HEAD(number, size) number, 0, 0, 0, 1, 0, 0, 0, size, 0, 0, 0

static enum status read(const unsigned char *bytes, size_t size, struct certificate_blob *out)
{
    return certificate_blob_read(bytes, size, out);
}

/* As Windows writes one: the place of the key, a hash, a name, and last the certificate. */
static void reads_certificate_and_key(void **state)
{
    static const unsigned char bytes[] = {HEAD(2, 2),  'k',         'k',  HEAD(3, 1), 'h',
                                          HEAD(11, 0), HEAD(32, 3), 0x30, 0x01,       0x00};
    struct certificate_blob blob;

    (void)state;
    assert_int_equal(read(bytes, sizeof bytes, &blob), STATUS_OK);
    assert_int_equal(blob.size, 3);
    assert_ptr_equal(blob.der, bytes + sizeof bytes - 3);
    assert_true(blob.has_key);
}

/* Without property 2, and with an empty one, nobody says where a key would be. */
static void knows_one_without_key(void **state)
{
    static const unsigned char none[] = {HEAD(32, 1), 0x30};
    static const unsigned char empty[] = {HEAD(32, 1), 0x30, HEAD(2, 0)};
    struct certificate_blob blob;

    (void)state;
    assert_int_equal(read(none, sizeof none, &blob), STATUS_OK);
    assert_false(blob.has_key);
    assert_int_equal(read(empty, sizeof empty, &blob), STATUS_OK);
    assert_false(blob.has_key);
}

static void refuses_what_is_cut(void **state)
{
    static const unsigned char bytes[] = {HEAD(3, 1), 'h', HEAD(32, 2), 0x30, 0x00};
    struct certificate_blob blob;

    (void)state;
    assert_int_equal(read(bytes, 0, &blob), STATUS_NOT_FOUND);
    assert_int_equal(read(bytes, 13, &blob), STATUS_NOT_FOUND);
    for (size_t size = 1; size < sizeof bytes; size++) {
        if (size != 13)
            assert_int_equal(read(bytes, size, &blob), STATUS_MALFORMED);
    }
}

static void refuses_sizes_that_lie(void **state)
{
    static const unsigned char most[] = {32, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x30};
    static const unsigned char twice[] = {HEAD(32, 1), 0x30, HEAD(32, 1), 0x30};
    static const unsigned char empty[] = {HEAD(32, 0)};
    struct certificate_blob blob;

    (void)state;
    assert_int_equal(read(most, sizeof most, &blob), STATUS_MALFORMED);
    assert_int_equal(read(twice, sizeof twice, &blob), STATUS_MALFORMED);
    assert_int_equal(read(empty, sizeof empty, &blob), STATUS_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_certificate_and_key),
        cmocka_unit_test(knows_one_without_key),
        cmocka_unit_test(refuses_what_is_cut),
        cmocka_unit_test(refuses_sizes_that_lie),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
