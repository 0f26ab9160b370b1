/* Redaction: what must be gone, what must stay, and that both sides of a question agree. */
#include "diag/evidence/redact.h"
#include "diag/read/dns_name.h"
#include "diag/text.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MOST = 4096 };

static const char *const words[] = {"v",   "spf1",   "all",     "a",        "mx",  "ptr", "ip4",
                                    "ip6", "exists", "include", "redirect", "exp", NULL};

static struct redactor *new_redactor(unsigned char seed)
{
    unsigned char key[REDACTOR_KEY_SIZE];

    memset(key, seed, sizeof key);
    return redactor_new(key);
}

static int set_up(void **state)
{
    *state = new_redactor(42);
    return 0;
}

static int tear_down(void **state)
{
    redactor_free(*state);
    return 0;
}

/* The results live in a few turns of a static array: good for comparing them. */
static const char *keep(const struct buffer *text)
{
    static char turns[8][TEXT_MOST + 1];
    static unsigned turn;
    char *kept = turns[turn++ % 8];

    assert_false(text->truncated);
    memcpy(kept, text->text, text->size + 1);
    return kept;
}

static const char *name_of(const struct redactor *redactor, const char *name)
{
    struct buffer out;
    const char *kept;

    buffer_init(&out, TEXT_MOST);
    redact_name(redactor, name, &out);
    kept = keep(&out);
    buffer_release(&out);
    return kept;
}

static const char *text_of(const struct redactor *redactor, const char *text)
{
    struct buffer out;
    const char *kept;

    buffer_init(&out, TEXT_MOST);
    redact_text(redactor, text, strlen(text), words, &out);
    kept = keep(&out);
    buffer_release(&out);
    return kept;
}

static const char *path_of(const struct redactor *redactor, const char *path)
{
    struct buffer out;
    const char *kept;

    buffer_init(&out, TEXT_MOST);
    redact_path(redactor, path, &out);
    kept = keep(&out);
    buffer_release(&out);
    return kept;
}

static struct ip_address ip(const char *text)
{
    struct ip_address parsed;

    assert_int_equal(ip_parse(text, strlen(text), &parsed), STATUS_OK);
    return parsed;
}

static const char *ip_of(const struct redactor *redactor, const char *text)
{
    struct ip_address address = ip(text);
    char out[IP_TEXT_SIZE];
    struct buffer kept;
    const char *result;

    redact_ip(redactor, &address);
    ip_format(&address, out);
    buffer_init(&kept, TEXT_MOST);
    buffer_add_string(&kept, out);
    result = keep(&kept);
    buffer_release(&kept);
    return result;
}

/* A small generator of its own, so that a failure can be repeated. */
static uint32_t random_number(void)
{
    static uint64_t state = 20240229;

    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

static char class_of(char character)
{
    if (character >= 'a' && character <= 'z')
        return 'a';
    if (character >= 'A' && character <= 'Z')
        return 'A';
    return character >= '0' && character <= '9' ? '0' : character;
}

static void assert_same_shape(const char *a, const char *b)
{
    size_t size = strlen(a);

    assert_int_equal(strlen(b), size);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(class_of(a[i]), class_of(b[i]));
}

/* ---- names ---- */

/* Every label changes, keeping length and kinds of characters; a top-level domain stays. */
static void test_name_shape(void **state)
{
    static const char *const names[] = {
        "mail.contoso.com", "EX01-2.corp.contoso.local", "3com.example",
        "a.b.c.d.de",       "x--y.example.org",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *redacted = name_of(*state, names[i]);

        assert_same_shape(names[i], redacted);
        assert_string_equal(strrchr(redacted, '.'), strrchr(names[i], '.'));
    }
    assert_null(strstr(name_of(*state, "mail.contoso.com"), "contoso"));
    assert_null(strstr(name_of(*state, "mail.contoso.com"), "mail"));
}

/* A machine's one label, or the top of a forest of its own, is the customer's name. */
static void test_last_labels_of_an_organisation(void **state)
{
    assert_string_not_equal(name_of(*state, "exch01"), "exch01");
    assert_null(strstr(name_of(*state, "ad.contoso"), "contoso"));
    assert_string_equal(name_of(*state, "com"), "com");
}

/* What stays of names: the root, a lone label, underscores, *, xn--, the trailing dot. */
static void test_kept_in_names(void **state)
{
    const char *name;

    assert_string_equal(name_of(*state, "."), ".");
    assert_string_equal(name_of(*state, ""), "");
    assert_string_equal(name_of(*state, "com"), "com");
    name = name_of(*state, "_dmarc.contoso.com.");
    assert_memory_equal(name, "_dmarc.", 7);
    assert_string_equal(name + 14, ".com.");
    name = name_of(*state, "*.contoso.com");
    assert_memory_equal(name, "*.", 2);
    name = name_of(*state, "xn--mller-kva.example");
    assert_memory_equal(name, "xn--", 4);
    assert_null(strstr(name, "mller"));
    assert_same_shape(name, "xn--mller-kva.example");
}

/* What a directory publishes is found again below the pseudonym of its domain. */
static void test_kept_below_msdcs(void **state)
{
    char domain[DNS_NAME_TEXT_SIZE];
    const char *name;

    snprintf(domain, sizeof domain, "%s", name_of(*state, "_msdcs.contoso.com"));
    name = name_of(*state, "_ldap._tcp.dc._msdcs.contoso.com");
    assert_memory_equal(name, "_ldap._tcp.dc.", 14);
    assert_string_equal(name + 14, domain);
    name = name_of(*state, "_ldap._tcp.PDC._msdcs.contoso.com");
    assert_memory_equal(name, "_ldap._tcp.PDC._msdcs.", 22);
    name = name_of(*state, "dc.contoso.com");
    assert_string_not_equal(name, "dc.contoso.com");
    assert_memory_not_equal(name, "dc.", 3);
    assert_memory_not_equal(name_of(*state, "dc1._msdcs.contoso.com"), "dc1.", 4);
    assert_memory_not_equal(name_of(*state, "dc._msdcsx.contoso.com"), "dc.", 3);
}

/* One key, one pseudonym, whatever the case; another key, another. */
static void test_same_in_same_out(void **state)
{
    struct redactor *again = new_redactor(42), *other = new_redactor(43);
    const char *name = name_of(*state, "mail.contoso.com");

    assert_string_equal(name, name_of(*state, "mail.contoso.com"));
    assert_string_equal(name, name_of(again, "mail.contoso.com"));
    assert_string_not_equal(name, name_of(other, "mail.contoso.com"));
    assert_string_not_equal(name, name_of(*state, "Mail.CONTOSO.com"));
    assert_true(dns_name_equal(name, name_of(*state, "Mail.CONTOSO.com")));
    redactor_free(again);
    redactor_free(other);
}

/* What Microsoft has for everybody is judged by its name, and tells of nobody. */
static void test_names_of_the_cloud(void **state)
{
    static const char *const rows[][2] = {
        {"contoso-com.mail.protection.outlook.com", ".mail.protection.outlook.com"},
        {"spf.protection.outlook.com", "spf.protection.outlook.com"},
        {"contoso.mail.onmicrosoft.com", ".mail.onmicrosoft.com"},
        {"contoso.office365.com", ".office365.com"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *redacted = name_of(*state, rows[i][0]);

        assert_true(strlen(redacted) >= strlen(rows[i][1]));
        assert_string_equal(redacted + strlen(redacted) - strlen(rows[i][1]), rows[i][1]);
        assert_null(strstr(redacted, "contoso"));
    }
    assert_null(strstr(name_of(*state, "contoso.myoutlook.com"), "outlook"));
}

/* The parent's pseudonym is the pseudonym's parent, all the way up. */
static void test_names_keep_their_tree(void **state)
{
    static const char *const names[] = {
        "a.long.way.down.in.contoso.com",
        "_spf.mail-2.contoso.co.uk",
        "\\097\\.b.c\\\\d.example.net",
        "7.6.5.20.in-addr.arpa",
        "*.x.example",
        "a.mail.protection.outlook.com",
        "a-com.b-v1.mx.microsoft",
        "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.2.ip6.arpa",
    };
    char whole[256];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *name = names[i], *redacted = whole;

        strcpy(whole, name_of(*state, name));
        while (strcmp(name, ".") != 0) {
            assert_string_equal(redacted, name_of(*state, name));
            name = dns_name_parent(name);
            redacted = dns_name_parent(redacted);
        }
    }
}

/* Escapes stay escapes: the same number of labels, the same bytes that are no letters. */
static void test_escapes(void **state)
{
    const char *name = name_of(*state, "a\\.b\\\\c\\000\\255x.example.com");

    assert_same_shape(name, "a\\.b\\\\c\\000\\255x.example.com");
    assert_non_null(strstr(name, "\\000\\255"));
    assert_int_equal(dns_name_labels(name), 3);
    name = name_of(*state, "\\097bc.example.com"); /* \097 is "a" */
    assert_int_equal(name[0], '\\');
    assert_string_not_equal(name, "\\097bc.example.com");
    assert_int_equal(dns_name_labels(name), 3);
    assert_string_equal(name_of(*state, "\\"), "\\");
    assert_same_shape(name_of(*state, "x\\9.y\\.com"), "x\\9.y\\.com");
}

/* All labels of one shape have different pseudonyms of that shape: it is a permutation. */
static void test_no_two_labels_alike(void **state)
{
    static bool seen[26][26][10];
    char name[] = "aa0.example";

    for (unsigned i = 0; i < 26 * 26 * 10; i++) {
        const char *redacted;
        bool *entry;

        name[0] = (char)('a' + i / 260);
        name[1] = (char)('a' + i / 10 % 26);
        name[2] = (char)('0' + i % 10);
        redacted = name_of(*state, name);
        assert_same_shape(name, redacted);
        entry = &seen[redacted[0] - 'a'][redacted[1] - 'a'][redacted[2] - '0'];
        assert_false(*entry);
        *entry = true;
    }
}

/* One changed letter changes all of the pseudonym, wherever it stands. */
static void test_labels_are_mixed(void **state)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmn.example";
    char changed[sizeof name], redacted[sizeof name];

    strcpy(redacted, name_of(*state, name));
    for (size_t at = 0; at < 40; at++) {
        const char *other;
        unsigned same = 0;

        memcpy(changed, name, sizeof name);
        changed[at] = changed[at] == 'z' ? 'a' : (char)(changed[at] + 1);
        other = name_of(*state, changed);
        for (size_t i = 0; i < 40; i++)
            same += redacted[i] == other[i];
        assert_in_range(same, 0, 12);
    }
}

/* An MX that names an address goes on doing so, and with the right one. */
static void test_address_as_name(void **state)
{
    assert_string_equal(name_of(*state, "20.5.6.7"), ip_of(*state, "20.5.6.7"));
    assert_string_equal(name_of(*state, "2a01:db9::5"), ip_of(*state, "2a01:db9::5"));
}

/* Names for reverse lookup spell the redacted address, in part too. */
static void test_reverse_names(void **state)
{
    static const char v6[] = "20010400000300000000000000000abc";
    struct ip_address address = ip("20.5.6.7");
    char expected[256];

    redact_ip(*state, &address);
    snprintf(expected, sizeof expected, "%u.%u.%u.%u.in-addr.arpa.", address.bytes[3],
             address.bytes[2], address.bytes[1], address.bytes[0]);
    assert_string_equal(name_of(*state, "7.6.5.20.in-addr.arpa."), expected);
    assert_string_equal(strchr(name_of(*state, "0-63.6.5.20.in-addr.arpa"), '.'),
                        strchr(name_of(*state, "9.6.5.20.in-addr.arpa"), '.'));
    assert_string_equal(name_of(*state, "in-addr.arpa"), "in-addr.arpa");
    assert_string_equal(name_of(*state, "1.0.0.127.in-addr.arpa"), "1.0.0.127.in-addr.arpa");

    address = ip("2001:400:3::abc");
    for (size_t i = 0; i < 32; i++) {
        expected[2 * (31 - i)] = v6[i];
        expected[2 * (31 - i) + 1] = '.';
    }
    strcpy(expected + 64, "ip6.arpa");
    redact_ip(*state, &address);
    for (size_t i = 0, at = 62; i < 16; i++, at -= 4) {
        const char *redacted = name_of(*state, expected);
        char high[2] = {redacted[at], '\0'}, low[2] = {redacted[at - 2], '\0'};

        assert_int_equal(strtoul(high, NULL, 16) * 16 + strtoul(low, NULL, 16), address.bytes[i]);
    }
}

/* ---- addresses ---- */

static unsigned shared_bits(const struct ip_address *a, const struct ip_address *b)
{
    unsigned bits = 0, most = a->family == IP_V4 ? 32 : 128;

    while (bits < most && ((a->bytes[bits / 8] ^ b->bytes[bits / 8]) >> (7 - bits % 8) & 1) == 0)
        bits++;
    return bits;
}

static struct ip_address random_ip(uint8_t family)
{
    struct ip_address address = {.family = family};

    for (unsigned i = 0; i < (family == IP_V4 ? 4u : 16u); i++)
        address.bytes[i] = (uint8_t)(random_number() >> 8);
    return address;
}

/* Two addresses share as many leading bits after redaction as before: so it is injective too. */
static void test_prefixes_are_kept(void **state)
{
    unsigned changed = 0;

    for (unsigned i = 0; i < 20000; i++) {
        uint8_t family = i % 2 ? IP_V4 : IP_V6;
        unsigned bits = family == IP_V4 ? 32 : 128, same = random_number() % bits;
        struct ip_address a = random_ip(family), b = a, old_a, old_b;

        b.bytes[same / 8] ^= (uint8_t)(0x80 >> same % 8);
        for (unsigned bit = same + 1; bit < bits; bit++)
            b.bytes[bit / 8] ^= (uint8_t)((random_number() & 1) << (7 - bit % 8));
        old_a = a;
        old_b = b;
        redact_ip(*state, &a);
        redact_ip(*state, &b);
        assert_int_equal(shared_bits(&a, &b), shared_bits(&old_a, &old_b));
        assert_int_equal(a.family, family);
        changed += !ip_equal(&a, &old_a);
    }
    assert_in_range(changed, 19900, 20000);
}

static const struct {
    const char *network;
    unsigned bits;
} special[] = {
    {"0.0.0.0", 8},      {"10.0.0.0", 8},     {"100.64.0.0", 10}, {"127.0.0.0", 8},
    {"169.254.0.0", 16}, {"172.16.0.0", 12},  {"192.0.0.0", 24},  {"192.0.2.0", 24},
    {"192.88.99.0", 24}, {"192.168.0.0", 16}, {"198.18.0.0", 15}, {"198.51.100.0", 24},
    {"203.0.113.0", 24}, {"224.0.0.0", 4},    {"240.0.0.0", 4},   {"64:ff9b::", 96},
    {"100::", 64},       {"2001::", 32},      {"2001:db8::", 32}, {"2002::", 16},
    {"fc00::", 7},       {"fe80::", 10},      {"ff00::", 8},
};

static bool is_in(const struct ip_address *address, size_t range)
{
    struct ip_address network = ip(special[range].network);

    return network.family == address->family &&
           shared_bits(address, &network) >= special[range].bits;
}

/* Private stays private and public public: nothing crosses the border of a special range. */
static void test_special_ranges(void **state)
{
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        struct ip_address network = ip(special[i].network);
        unsigned moved = 0;

        for (unsigned j = 0; j < 200; j++) {
            struct ip_address inside = random_ip(network.family), before, near = network;

            for (unsigned bit = 0; bit < special[i].bits; bit++) {
                unsigned mask = 0x80u >> bit % 8;

                inside.bytes[bit / 8] =
                    (uint8_t)((inside.bytes[bit / 8] & ~mask) | (network.bytes[bit / 8] & mask));
            }
            before = inside;
            redact_ip(*state, &inside);
            assert_true(is_in(&inside, i));
            moved += !ip_equal(&inside, &before);

            near.bytes[(special[i].bits - 1) / 8] ^= (uint8_t)(0x80 >> (special[i].bits - 1) % 8);
            near.bytes[3] |= (uint8_t)(random_number() & 0xff) & (special[i].bits <= 24 ? 0xff : 0);
            redact_ip(*state, &near);
            assert_false(is_in(&near, i));
        }
        assert_in_range(moved, 50, 200);
    }
    for (unsigned i = 0; i < 20000; i++) {
        struct ip_address before = random_ip(i % 2 ? IP_V4 : IP_V6), after = before;

        redact_ip(*state, &after);
        for (size_t j = 0; j < sizeof special / sizeof *special; j++)
            assert_int_equal(is_in(&before, j), is_in(&after, j));
    }
}

static void test_well_known_addresses_stay(void **state)
{
    static const char *const kept[] = {"127.0.0.1", "0.0.0.0",          "255.255.255.255", "::1",
                                       "::",        "::ffff:127.0.0.1", "::ffff:0.0.0.0"};
    struct ip_address none = {.family = IP_NONE};

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct ip_address address = ip(kept[i]), before = address;

        redact_ip(*state, &address);
        assert_true(ip_equal(&address, &before));
    }
    redact_ip(*state, &none);
    assert_int_equal(none.family, IP_NONE);
}

/* An IPv4 address has one pseudonym, mapped into IPv6 (RFC 4291 2.5.5.2) or not. */
static void test_mapped_addresses(void **state)
{
    struct ip_address v4 = ip("20.5.6.7"), mapped = ip("::ffff:20.5.6.7");

    redact_ip(*state, &v4);
    redact_ip(*state, &mapped);
    assert_memory_equal(mapped.bytes + 12, v4.bytes, 4);
}

/* ---- text ---- */

/* A record keeps its language; everything in it that names somebody is replaced. */
static void test_record(void **state)
{
    static const char record[] =
        "V=spf1 +mx a:mail.contoso.com/24 include:spf.contoso.com. ?exists:%{i}._spf.contoso.com "
        "redirect=_spf.contoso.com custom=secret99 ~all";
    struct buffer expected;

    buffer_init(&expected, TEXT_MOST);
    buffer_print(&expected, "V=spf1 +mx a:%s/24", name_of(*state, "mail.contoso.com"));
    buffer_print(&expected, " include:%s", name_of(*state, "spf.contoso.com."));
    buffer_print(&expected, " ?exists:%%{i}.%s", name_of(*state, "_spf.contoso.com"));
    buffer_print(&expected, " redirect=%s ", name_of(*state, "_spf.contoso.com"));
    assert_memory_equal(text_of(*state, record), expected.text, expected.size);
    assert_same_shape(record, text_of(*state, record));
    assert_string_equal(text_of(*state, record) + strlen(record) - 5, " ~all");
    assert_null(strstr(text_of(*state, record), "contoso"));
    assert_null(strstr(text_of(*state, record), "secret"));
    buffer_release(&expected);
}

/* What a record names is asked for: text and question must get the same pseudonym. */
static void test_names_in_text_are_the_names_asked(void **state)
{
    static const char *const names[] = {
        "spf.contoso.com",       "SPF.Contoso.COM", "_spf.contoso.com",    "contoso.com.",
        "mx.contoso.com",        "all.a.mx",        "a-1.b_2.contoso.com", "3com.com",
        "xn--mller-kva.example", "_a._b.c.example", "x--y.example.org",    "7.6.5.20.in-addr.arpa",
    };
    static const char *const around[][2] = {
        {"include:", ""},      {"include:", " "}, {"redirect=", " -all"}, {"a:", "/24"},
        {"mx:", "//64"},       {"%{d} ", ","},    {"a:%{l}.", ""},        {"<", ">"},
        {"postmaster@", "\""}, {"-", ""},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        for (size_t j = 0; j < sizeof around / sizeof *around; j++) {
            char text[256], *found;
            const char *name = name_of(*state, names[i]), *redacted;

            snprintf(text, sizeof text, "%s%s%s", around[j][0], names[i], around[j][1]);
            redacted = text_of(*state, text);
            found = strstr(redacted, name);
            if (!found)
                fail_msg("%s: %s has no %s", text, redacted, name);
            assert_string_equal(found + strlen(name), around[j][1]);
        }
    }
}

/* Parts of names around a macro are parts of the name that the macro makes. */
static void test_macros(void **state)
{
    static const char *const macros[] = {"%{i}",         "%{ir}", "%{d2}", "%{L1R-}",
                                         "%{o10.+,/_=}", "%%",    "%_",    "%-"};
    char text[128], kept[128];

    for (size_t i = 0; i < sizeof macros / sizeof *macros; i++) {
        const char *redacted;

        assert_string_equal(text_of(*state, macros[i]), macros[i]);
        snprintf(text, sizeof text, "exists:%s._spf.contoso.com", macros[i]);
        snprintf(kept, sizeof kept, "exists:%s.%s", macros[i], name_of(*state, "_spf.contoso.com"));
        assert_string_equal(text_of(*state, text), kept);
        snprintf(text, sizeof text, "exists:in.contoso.%s", macros[i]);
        redacted = text_of(*state, text);
        assert_same_shape(redacted, text);
        assert_memory_equal(redacted + 7, name_of(*state, "in.contoso.com"), 11);
    }
    assert_string_not_equal(text_of(*state, "%{contoso}"), "%{contoso}");
    assert_string_not_equal(text_of(*state, "%{d.contoso"), "%{d.contoso");
    assert_string_not_equal(text_of(*state, "%contoso"), "%contoso");
}

/* Addresses are addresses wherever they stand, whatever follows them. */
static void test_addresses_in_text(void **state)
{
    static const char *const addresses[] = {"20.5.6.7", "2a01:db9::5",
                                            "2a01:db9::", "::ffff:20.5.6.7"};
    static const char *const around[][2] = {
        {"ip4:", ""}, {"ip6:", " -all"}, {"[", "]"}, {"", "."}, {" ", ", "}, {"=", "/128 "},
    };

    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        for (size_t j = 0; j < sizeof around / sizeof *around; j++) {
            char text[256], expected[256];

            snprintf(text, sizeof text, "%s%s%s", around[j][0], addresses[i], around[j][1]);
            snprintf(expected, sizeof expected, "%s%s%s", around[j][0], ip_of(*state, addresses[i]),
                     around[j][1]);
            assert_string_equal(text_of(*state, text), expected);
        }
    }
    assert_string_equal(text_of(*state, "ip6:::1"), "ip6:::1");
    assert_string_equal(text_of(*state, "ip4:127.0.0.1"), "ip4:127.0.0.1");
}

/* A network stays a network: prefix length and zero host bits, so no new mistakes appear. */
static void test_networks_in_text(void **state)
{
    struct ip_address network = ip("20.5.6.0");
    char text[IP_TEXT_SIZE], expected[64];

    redact_ip(*state, &network);
    network.bytes[3] = 0;
    ip_format(&network, text);
    snprintf(expected, sizeof expected, "ip4:%s/24", text);
    assert_string_equal(text_of(*state, "ip4:20.5.6.0/24"), expected);
    snprintf(expected, sizeof expected, "ip4:%s/24", ip_of(*state, "20.5.6.7"));
    assert_string_equal(text_of(*state, "ip4:20.5.6.7/24"), expected);
    assert_string_equal(text_of(*state, "ip4:10.0.0.0/8"), "ip4:10.0.0.0/8");
    assert_string_equal(text_of(*state, "ip6:2001:db8::/32"), "ip6:2001:db8::/32");
    assert_string_equal(text_of(*state, "a/24//64 mx//128"), "a/24//64 mx//128");
    assert_string_equal(text_of(*state, "ip4:0.0.0.0/0"), "ip4:0.0.0.0/0");
}

/* A mistyped address is still one: the finding about it must not go away. */
static void test_no_address_becomes_one(void **state)
{
    (void)state;
    for (unsigned char seed = 0; seed < 100; seed++) {
        static const char *const wrong[] = {"256.0.0.1", "20.5.6.700", "20.05.6.7", "1.2.3",
                                            "1.2.3.4.5"};
        struct redactor *redactor = new_redactor(seed);

        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            const char *redacted = text_of(redactor, wrong[i]);
            struct ip_address address;

            assert_same_shape(redacted, wrong[i]);
            assert_int_equal(ip_parse(redacted, strlen(redacted), &address), STATUS_INVALID);
        }
        redactor_free(redactor);
    }
}

/* Words of the vocabulary stay only where they are whole words and no part of a name. */
static void test_vocabulary(void **state)
{
    assert_string_equal(text_of(*state, "-ALL +mx ~all ?a, (ptr) exp=v"),
                        "-ALL +mx ~all ?a, (ptr) exp=v");
    assert_string_not_equal(text_of(*state, "allx"), "allx");
    assert_string_not_equal(text_of(*state, "a-mx"), "a-mx");
    assert_string_equal(text_of(*state, "a.com"), name_of(*state, "a.com"));
}

/* Text in UTF-8 stays text in UTF-8, of the same length; stray bytes stay as they are. */
static void test_other_scripts(void **state)
{
    static const char text[] = "\xd0\x9f\xd0\xbe\xd1\x87\xd1\x82\xd0\xb0 \xe9\x83\xb5\xe4\xbb\xb6";
    const char *redacted = text_of(*state, text);

    assert_int_equal(strlen(redacted), strlen(text));
    assert_string_not_equal(redacted, text);
    assert_true(text_is_utf8(redacted, strlen(redacted)));
    assert_string_equal(text_of(*state, "\xe2\x80\x9c\xff\x80\xc2\xa7"),
                        "\xe2\x80\x9c\xff\x80\xc2\xa7");
}

/* Long runs of anything are as long afterwards. */
static void test_long_text(void **state)
{
    char text[1001];
    const char *redacted;

    memset(text, 'k', 1000);
    text[1000] = '\0';
    redacted = text_of(*state, text);
    assert_same_shape(redacted, text);
    assert_string_not_equal(redacted, text);
    for (size_t i = 0; i < 1000; i++)
        text[i] = i % 2 ? '.' : 'k';
    assert_same_shape(text_of(*state, text), text);
}

/* ---- paths ---- */

static void test_paths(void **state)
{
    const char *path = path_of(*state, "C:\\Users\\jan.novak\\Mail Store 2014.LOG");

    assert_same_shape(path, "C:\\Users\\jan.novak\\Mail Store 2014.LOG");
    assert_memory_equal(path, "C:\\", 3);
    assert_string_equal(strrchr(path, '.'), ".LOG");
    assert_null(strstr(path, "Users"));
    assert_null(strstr(path, "novak"));

    path = path_of(*state, "../_contoso/mail.contosocorp");
    assert_memory_equal(path, "../_", 4);
    assert_null(strstr(path, "contoso"));
    assert_string_equal(path_of(*state, "/"), "/");
    assert_string_equal(path_of(*state, ""), "");
    assert_string_equal(path_of(*state, "./.."), "./..");
    assert_string_not_equal(path_of(*state, ".hosts"), ".hosts");
    assert_string_not_equal(path_of(*state, "folder.name/file"), "folder.name/file");
    assert_string_equal(strrchr(path_of(*state, "/var/a.b/capture.pcapng"), '.'), ".pcapng");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_name_shape),
        cmocka_unit_test(test_last_labels_of_an_organisation),
        cmocka_unit_test(test_kept_in_names),
        cmocka_unit_test(test_kept_below_msdcs),
        cmocka_unit_test(test_same_in_same_out),
        cmocka_unit_test(test_names_keep_their_tree),
        cmocka_unit_test(test_names_of_the_cloud),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_no_two_labels_alike),
        cmocka_unit_test(test_labels_are_mixed),
        cmocka_unit_test(test_address_as_name),
        cmocka_unit_test(test_reverse_names),
        cmocka_unit_test(test_prefixes_are_kept),
        cmocka_unit_test(test_special_ranges),
        cmocka_unit_test(test_well_known_addresses_stay),
        cmocka_unit_test(test_mapped_addresses),
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_names_in_text_are_the_names_asked),
        cmocka_unit_test(test_macros),
        cmocka_unit_test(test_addresses_in_text),
        cmocka_unit_test(test_networks_in_text),
        cmocka_unit_test(test_no_address_becomes_one),
        cmocka_unit_test(test_vocabulary),
        cmocka_unit_test(test_other_scripts),
        cmocka_unit_test(test_long_text),
        cmocka_unit_test(test_paths),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
