/* Who may send, of records whose tree is grown over the zone below. */
#include "probes/spf/senders.h"
#include "tests/unit/spf_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HUGE = 4000, HUGE_SIZE = 24 * HUGE };

static const struct spf_bench_record zone[] = {
    {"two.example", DNS_TXT, "v=spf1 ip4:192.0.2.0/25 -ip4:198.51.100.0/25 ip4:198.51.100.0/24"},
    {"deep.example", DNS_TXT, "v=spf1 include:two.example ip4:192.0.2.128/25 ?all"},
    {"all.example", DNS_TXT, "v=spf1 +all"},
    {"macro.example", DNS_TXT, "v=spf1 exists:%{i}.example -all"},
    {"slow.example", DNS_TXT, NULL},
    {"host.example", DNS_A, "203.0.113.9"},
    {"host.example", DNS_A, "203.0.113.8"},
    {"host.example", DNS_AAAA, "2001:db8::9"},
    {"mail.example", DNS_MX, "host.example"},
};

enum { ZONE_SIZE = sizeof zone / sizeof *zone };

static const char *record_text;
static struct spf_senders senders;

/* ---- the probe ---- */

static void examine(struct examination *x, const struct subject *subject)
{
    struct arena *arena = pass_memory(x);
    struct spf_tree *tree = arena_new(arena, 1, sizeof *tree);
    struct spf_record *record = arena_new(arena, 1, sizeof *record);

    spf_read(record_text, strlen(record_text), arena, record);
    if (!spf_tree_grow(x, subject->name, NULL, record, 3, tree))
        return;
    spf_senders(x, tree, &senders);
    set_result(x, &senders);
}

static const struct finding_kind kind = {.id = "a", .title = "a", .why = "a"};
static const struct finding_kind *const kinds[] = {&kind, NULL};
static const struct probe probe = {
    .name = "spf", .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN), .kinds = kinds, .examine = examine};

static int end(void **state)
{
    (void)state;
    spf_bench_end();
    return 0;
}

static void flatten(const char *text)
{
    record_text = text;
    spf_bench_run(zone, ZONE_SIZE, &probe, "top.example", &(struct settings){0});
    assert_ptr_equal(exam_result(spf_bench.exam, &probe), &senders);
}

/* ---- claims ---- */

static void write_networks(const struct spf_network *networks, size_t count, struct buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        char text[IP_TEXT_SIZE];

        ip_format(&networks[i].ip, text);
        buffer_print(out, "%s%s/%u", i ? " " : "", text, networks[i].length);
    }
}

static void assert_blocks(const char *text, const char *expected)
{
    struct buffer blocks;

    flatten(text);
    buffer_init(&blocks, 1 << 20);
    write_networks(senders.blocks, senders.block_count, &blocks);
    assert_string_equal(blocks.text, expected);
    buffer_release(&blocks);
}

static void assert_networks(const char *expected)
{
    struct buffer networks;

    buffer_init(&networks, 1 << 20);
    write_networks(senders.networks, senders.count, &networks);
    assert_string_equal(networks.text, expected);
    buffer_release(&networks);
}

/* Neighbours become one block, whatever their order; host bits are no matter. */
static void networks_are_merged(void **state)
{
    (void)state;
    assert_blocks("v=spf1 ip4:192.0.2.128/25 ip4:192.0.2.5/25 -all", "192.0.2.0/24");
    assert_networks("192.0.2.128/25 192.0.2.0/25");
    assert_blocks("v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.7 -all", "192.0.2.0/24");
    assert_blocks("v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ip4:192.0.2.3 ip4:192.0.2.4",
                  "192.0.2.1/32 192.0.2.2/31 192.0.2.4/32");
    assert_blocks("v=spf1 ip4:255.255.255.255 ip4:0.0.0.0", "0.0.0.0/32 255.255.255.255/32");
    assert_blocks("v=spf1 ip6:2001:db8::/33 ip4:192.0.2.1 ip6:2001:db8:8000::/33",
                  "192.0.2.1/32 2001:db8::/32");
    assert_blocks("v=spf1 ip6:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128");
    assert_blocks("v=spf1 -all", "");
}

/* The first match wins, so what stands before an ip4 with another qualifier is cut out of it. */
static void exclusions_are_exact(void **state)
{
    (void)state;
    assert_blocks("v=spf1 -ip4:192.0.2.64/26 ip4:192.0.2.0/24 -all", "192.0.2.0/26 192.0.2.128/25");
    assert_blocks("v=spf1 ip4:192.0.2.0/24 -ip4:192.0.2.64/26", "192.0.2.0/24");
    assert_blocks("v=spf1 ~ip4:192.0.2.0/24 ip4:192.0.2.0/25 ip4:198.51.100.1", "198.51.100.1/32");
    assert_networks("198.51.100.1/32");
    assert_blocks("v=spf1 ?ip6:2001:db8::1 ip6:2001:db8::/126", "2001:db8::/128 2001:db8::2/127");
    assert_blocks("v=spf1 -all ip4:192.0.2.1", "");
}

/* What an include lets pass, and nothing that it refuses (RFC 7208 5.2). */
static void includes_give_what_they_let_pass(void **state)
{
    (void)state;
    assert_blocks("v=spf1 include:two.example -all", "192.0.2.0/25 198.51.100.128/25");
    assert_string_equal(senders.blocks[0].branch->node->domain, "two.example");
    assert_int_equal(senders.blocks[0].by->term->kind, SPF_IP4);
    assert_blocks("v=spf1 include:two.example ip4:198.51.100.0/25", "192.0.2.0/25 198.51.100.0/24");
    assert_blocks("v=spf1 -include:two.example ip4:192.0.2.0/24", "192.0.2.128/25");
    assert_networks("192.0.2.0/24");
    assert_blocks("v=spf1 include:deep.example", "192.0.2.0/24 198.51.100.128/25");
    assert_string_equal(senders.blocks[1].branch->node->domain, "deep.example");
    assert_blocks("v=spf1 redirect=two.example ip4:203.0.113.1",
                  "192.0.2.0/25 198.51.100.128/25 203.0.113.1/32");
}

static void names_give_their_addresses(void **state)
{
    (void)state;
    assert_blocks("v=spf1 a:host.example -all", "203.0.113.8/31 2001:db8::9/128");
    assert_blocks("v=spf1 mx:mail.example/30//64 -all", "203.0.113.8/30 2001:db8::/64");
    assert_false(senders.is_cut);
    assert_blocks("v=spf1 a:nobody.example -all", "");
    assert_false(senders.is_cut);
}

static void everybody_is_told(void **state)
{
    (void)state;
    assert_blocks("v=spf1 +all", "0.0.0.0/0 ::/0");
    assert_true(senders.is_everybody);
    assert_int_equal(senders.count, 0);
    assert_blocks("v=spf1 ip4:0.0.0.0/0 -all", "0.0.0.0/0");
    assert_true(senders.is_everybody);
    assert_blocks("v=spf1 include:all.example -all", "0.0.0.0/0 ::/0");
    assert_true(senders.is_everybody);
    assert_blocks("v=spf1 exists:host.example -all", "0.0.0.0/0 ::/0");
    assert_true(senders.is_everybody);
    assert_blocks("v=spf1 ?include:all.example -all", "");
    assert_false(senders.is_everybody);
    assert_blocks("v=spf1 -ip4:128.0.0.0/1 a:host.example/0 -all", "0.0.0.0/1 2001:db8::9/128");
    assert_true(senders.is_everybody);
}

/* What depends on the message, and what could not be read, is said. */
static void limits_are_told(void **state)
{
    (void)state;
    assert_blocks("v=spf1 include:macro.example ip4:192.0.2.1 -all", "192.0.2.1/32");
    assert_true(senders.is_conditional);
    assert_blocks("v=spf1 ptr -all", "");
    assert_true(senders.is_conditional);
    assert_blocks("v=spf1 a:%{o} -all", "");
    assert_true(senders.is_conditional);
    assert_blocks("v=spf1 -ptr ip4:192.0.2.1 -all", "192.0.2.1/32");
    assert_false(senders.is_conditional);
    assert_blocks("v=spf1 include:slow.example ip4:192.0.2.1 -all", "192.0.2.1/32");
    assert_true(senders.is_cut);
}

/* Terms with errors match nobody; the others are taken at their word. */
static void errors_are_passed_over(void **state)
{
    (void)state;
    assert_blocks("v=spf1 ip4:192.0.2.1 ip4:192.0.2.300 ipv4:192.0.2.2 -all", "192.0.2.1/32");
}

/* A record as long as any: every other address, and an exclusion in each. */
static void many_networks_are_flattened(void **state)
{
    struct buffer text;

    (void)state;
    buffer_init(&text, HUGE_SIZE);
    buffer_add_string(&text, "v=spf1");
    for (unsigned i = 0; i < HUGE; i++)
        buffer_print(&text, " ip4:10.%u.%u.%u", i / 100 % 100, i % 100, i % 2 ? 1 : 255);
    flatten(text.text);
    assert_int_equal(senders.count, HUGE);
    assert_int_equal(senders.block_count, HUGE);
    assert_false(senders.is_cut);
    buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_are_merged),
        cmocka_unit_test(exclusions_are_exact),
        cmocka_unit_test(includes_give_what_they_let_pass),
        cmocka_unit_test(names_give_their_addresses),
        cmocka_unit_test(everybody_is_told),
        cmocka_unit_test(limits_are_told),
        cmocka_unit_test(errors_are_passed_over),
        cmocka_unit_test(many_networks_are_flattened),
    };

    return cmocka_run_group_tests(tests, NULL, end);
}
