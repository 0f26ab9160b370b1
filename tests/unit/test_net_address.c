#include "tests/unit/unit.h"

#include "diag/read/net_address.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static void check_canonical(const char *text, const char *expected)
{
    struct ip_address ip;
    char out[IP_TEXT_SIZE];

    assert_int_equal(ip_parse(text, strlen(text), &ip), STATUS_OK);
    ip_format(&ip, out);
    assert_string_equal(out, expected);
}

/* RFC 5952: lower case, no leading zeros, "::" for the first of the longest runs, never for one. */
static void ip_text_becomes_canonical(void **state)
{
    static const char *const list[][2] = {
        {"0.0.0.0", "0.0.0.0"},
        {"255.255.255.255", "255.255.255.255"},
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        {"0:0:1:2:3:4:5:6", "::1:2:3:4:5:6"},
        {"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
        {"::ffff:c000:201", "::ffff:192.0.2.1"},
        {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
        {"1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(list); i++)
        check_canonical(list[i][0], list[i][1]);
}

/* Nothing else is an address: no octal, no short forms, no signs, no spaces, one "::" at most. */
static void other_text_is_no_ip(void **state)
{
    static const char *const list[] = {
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.4.",
        ".1.2.3.4",
        "1..3.4",
        "01.2.3.4",
        "256.1.1.1",
        "1.2.3.4 ",
        " 1.2.3.4",
        "+1.2.3.4",
        "-1.2.3.4",
        "0x1.2.3.4",
        "1.2.3.99999999999",
        ":",
        ":::",
        "1:",
        ":1",
        "::1:",
        "1::2::3",
        "1:2:3",
        "12345::",
        "g::",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3",
        "::1.2.3.4:5",
        "1.2.3.4::",
        "::1.2.3.4.5",
        "fe80::1%1",
        "[::1]",
        "1:2:3:4:5:6:7:1.2",
        "::1 ",
        "1:2:3:4:5:6:7:",
    };
    struct ip_address ip;

    (void)state;
    for (size_t i = 0; i < COUNT(list); i++) {
        if (ip_parse(list[i], strlen(list[i]), &ip) != STATUS_INVALID)
            fail_msg("%s was taken for an address", list[i]);
        assert_int_equal(ip.family, IP_NONE);
    }
}

/* The text ends where its size says, NUL or not. */
static void ip_text_has_a_size(void **state)
{
    struct ip_address ip;

    (void)state;
    assert_int_equal(ip_parse("192.0.2.123/24", 11, &ip), STATUS_OK);
    assert_int_equal(ip.bytes[3], 123);
    assert_int_equal(ip_parse("192.0.2.123", 10, &ip), STATUS_OK);
    assert_int_equal(ip.bytes[3], 12);
    assert_int_equal(ip_parse("::1\0", 4, &ip), STATUS_INVALID);
}

static void no_address_has_no_text(void **state)
{
    const struct ip_address none = {0};
    char out[IP_TEXT_SIZE] = "x";

    (void)state;
    ip_format(&none, out);
    assert_string_equal(out, "");
}

static void check_address(const char *text, const char *expected)
{
    struct net_address address;
    char out[NET_ADDRESS_TEXT_SIZE];

    if (net_address_parse(text, 53, &address) != STATUS_OK)
        fail_msg("%s was not taken", text);
    net_address_format(&address, 53, out);
    assert_string_equal(out, expected);
}

/* All forms of the command line; the usual port is left out again. */
static void addresses_have_ports_and_scopes(void **state)
{
    static const char *const list[][2] = {
        {"192.0.2.1", "192.0.2.1"},
        {"192.0.2.1:53", "192.0.2.1"},
        {"192.0.2.1:5353", "192.0.2.1:5353"},
        {"192.0.2.1:65535", "192.0.2.1:65535"},
        {"2001:db8::1", "2001:db8::1"},
        {"[2001:db8::1]", "2001:db8::1"},
        {"[2001:db8::1]:53", "2001:db8::1"},
        {"[2001:db8::1]:54", "[2001:db8::1]:54"},
        {"2001:db8::1:5353", "2001:db8::1:5353"},
        {"fe80::1%2", "fe80::1%2"},
        {"[fe80::1%2]:5353", "[fe80::1%2]:5353"},
        {"[febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535",
         "[febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(list); i++)
        check_address(list[i][0], list[i][1]);
}

static void other_text_is_no_address(void **state)
{
    static const char *const list[] = {
        "",
        "localhost",
        "192.0.2.1:",
        "192.0.2.1:0",
        "192.0.2.1:65536",
        "192.0.2.1:053",
        "192.0.2.1:5 3",
        "192.0.2.1:+53",
        ":53",
        "[192.0.2.1]:53",
        "[]:53",
        "[::1",
        "[::1]53",
        "[::1]:",
        "[::1]:0",
        "[::1]:53]",
        "[::1]]:53",
        "::1%1",
        "192.0.2.1%1",
        "fe80::1%",
        "fe80::1%0",
        "fe80::1%eth0",
        "fe80::1%4294967296",
        "fe80::1%1%1",
    };
    struct net_address address;

    (void)state;
    for (size_t i = 0; i < COUNT(list); i++) {
        if (net_address_parse(list[i], 53, &address) != STATUS_INVALID)
            fail_msg("%s was taken for an address", list[i]);
    }
}

/* Address, port and scope all count. */
static void equal_addresses_are_equal_in_all(void **state)
{
    static const char *const list[] = {"192.0.2.1", "192.0.2.2", "192.0.2.1:54",
                                       "fe80::1",   "fe80::1%1", "::ffff:192.0.2.1"};

    (void)state;
    for (size_t i = 0; i < COUNT(list); i++) {
        for (size_t k = 0; k < COUNT(list); k++) {
            struct net_address a, b;

            assert_int_equal(net_address_parse(list[i], 53, &a), STATUS_OK);
            assert_int_equal(net_address_parse(list[k], 53, &b), STATUS_OK);
            assert_int_equal(net_address_equal(&a, &b), i == k);
        }
    }
}

/* Only ::ffff:0:0/96 of IPv6 maps. */
static void mapped_addresses_are_known(void **state)
{
    static const char *const list[] = {"::ffff:192.0.2.1", "192.0.2.1", "::192.0.2.1",
                                       "1::ffff:192.0.2.1", "::fffe:192.0.2.1"};
    struct ip_address ip = {.family = IP_NONE};

    (void)state;
    assert_false(ip_is_v4_mapped(&ip));
    for (size_t i = 0; i < COUNT(list); i++) {
        assert_int_equal(ip_parse(list[i], strlen(list[i]), &ip), STATUS_OK);
        assert_int_equal(ip_is_v4_mapped(&ip), i == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ip_text_becomes_canonical),
        cmocka_unit_test(other_text_is_no_ip),
        cmocka_unit_test(ip_text_has_a_size),
        cmocka_unit_test(no_address_has_no_text),
        cmocka_unit_test(mapped_addresses_are_known),
        cmocka_unit_test(addresses_have_ports_and_scopes),
        cmocka_unit_test(other_text_is_no_address),
        cmocka_unit_test(equal_addresses_are_equal_in_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
