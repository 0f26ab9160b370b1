/* Base64, RFC 4648 4 and 10. */
#include "diag/read/base64.h"
#include "tests/unit/unit.h"

#include <string.h>

static const struct {
    const char *bytes;
    const char *text;
} vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xef\xbe\xff\xff", "++++//8="},
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct buffer out;

        buffer_init(&out, 64);
        base64_encode(vectors[i].bytes, strlen(vectors[i].bytes), &out);
        assert_string_equal(out.text, vectors[i].text);
        buffer_clear(&out);
        assert_int_equal(base64_decode(vectors[i].text, strlen(vectors[i].text), &out), STATUS_OK);
        assert_int_equal(out.size, strlen(vectors[i].bytes));
        assert_string_equal(out.text, vectors[i].bytes);
        buffer_release(&out);
    }
}

/* What is refused leaves the buffer as it was. */
static void test_refused(void **state)
{
    static const char *const texts[] = {"Z",        "Zg",    "Zg=",      "Zm9vYg=", "Z===",
                                        "====",     "Zh==",  "Zm9=",     "Zm 9",    "Zm9v\n",
                                        "Zm9vZg=a", "Zg==a", "Zg==Zg==", "Zm-_",    "Zm\x80v"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct buffer out;

        buffer_init(&out, 64);
        buffer_add_string(&out, "before");
        if (base64_decode(texts[i], strlen(texts[i]), &out) != STATUS_MALFORMED)
            fail_msg("'%s' is accepted", texts[i]);
        assert_string_equal(out.text, "before");
        assert_int_equal(out.size, 6);
        buffer_release(&out);
    }
}

static void test_room(void **state)
{
    struct buffer out;

    (void)state;
    buffer_init(&out, 4);
    assert_int_equal(base64_decode("Zm9vYmE=", 8, &out), STATUS_TOO_LARGE);
    assert_int_equal(out.size, 0);
    assert_int_equal(base64_decode("Zm9vYg==", 8, &out), STATUS_OK);
    assert_string_equal(out.text, "foob");
    buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
