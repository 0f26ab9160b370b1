/* Lists of NTP peers, and what is none. */
#include "tests/unit/unit.h"

#include "diag/read/ntp_peers.h"

#include <string.h>

static void test_peers(void **state)
{
    static const struct {
        const char *text;
        const char *host;
        uint32_t flags;
        bool has_flags, is_malformed;
    } cases[] = {
        {"ntp1.example.net", "ntp1.example.net", 0, false, false},
        {"ntp1.example.net,0x8", "ntp1.example.net", 8, true, false},
        {"ntp1,0XA", "ntp1", 10, true, false},
        {"ntp1,9", "ntp1", 9, true, false},
        {"ntp1,0x00000009", "ntp1", 9, true, false},
        {"[2001:db8::1],0x8", "[2001:db8::1]", 8, true, false},
        {"fe80::1%4", "fe80::1%4", 0, false, false},
        {"z\xC3\xBCrich.example", "z\xC3\xBCrich.example", 0, false, false},
        {"ntp1,", "ntp1", 0, false, true},
        {"ntp1,0x", "ntp1", 0, false, true},
        {"ntp1,0xg", "ntp1", 0, false, true},
        {"ntp1,x8", "ntp1", 0, false, true},
        {"ntp1,4294967296", "ntp1", 0, false, true},
        {"ntp1,0x8,ntp2,0x8", "ntp1", 0, false, true},
        {"ntp1;ntp2", "ntp1;ntp2", 0, false, true},
        {"\"ntp1\"", "\"ntp1\"", 0, false, true},
        {",0x8", "", 8, true, true},
        {"", "", 0, false, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ntp_peer peer = ntp_peer_read(cases[i].text, strlen(cases[i].text));

        assert_int_equal(peer.host_size, strlen(cases[i].host));
        assert_memory_equal(peer.text, cases[i].host, peer.host_size);
        assert_int_equal(peer.flags, cases[i].flags);
        assert_int_equal(peer.has_flags, cases[i].has_flags);
        assert_int_equal(peer.is_malformed, cases[i].is_malformed);
    }
}

/* Of a text of a size nothing behind it is read. */
static void test_size_is_the_end(void **state)
{
    struct ntp_peer peer = ntp_peer_read("ntp1,0x89", strlen("ntp1,0x8"));

    (void)state;
    assert_int_equal(peer.flags, 8);
    assert_false(ntp_peer_read("ntp1,0x8", strlen("ntp1")).has_flags);
}

static void test_lists(void **state)
{
    const char *list = "  ntp1,0x8\tntp2\r\n ,0x1 ";
    struct ntp_peer peer;

    (void)state;
    assert_true(ntp_peer_next(&list, &peer));
    assert_memory_equal(peer.text, "ntp1,0x8", peer.size);
    assert_true(ntp_peer_next(&list, &peer));
    assert_memory_equal(peer.text, "ntp2", peer.size);
    assert_true(ntp_peer_next(&list, &peer));
    assert_true(peer.is_malformed);
    assert_false(ntp_peer_next(&list, &peer));
    assert_string_equal(list, "");
    assert_false(ntp_peer_next(&list, &peer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_peers),
        cmocka_unit_test(test_size_is_the_end),
        cmocka_unit_test(test_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
