/* What is kept of a message: the same, somewhere else. */
#include "tests/unit/unit.h"

#include "diag/read/dns_copy.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct dns_string strings[] = {{"v=spf1 a\0b", 10}, {"", 0}, {" -all", 5}};

static const struct dns_record every_type[] = {
    {.owner = "example.com", .type = DNS_A, .ttl = 1, .data.ip = {.family = IP_V4, .bytes = {192}}},
    {.owner = "example.com", .type = DNS_NS, .data.name = "ns.example.com"},
    {.owner = "alias.example.com", .type = DNS_CNAME, .data.name = "target.example.com"},
    {.owner = "example.com",
     .type = DNS_SOA,
     .data.soa = {.primary = "ns", .mailbox = "hostmaster", .serial = 7, .minimum = 900}},
    {.owner = "alias.example.com", .type = DNS_PTR, .data.name = "."},
    {.owner = "example.com", .type = DNS_MX, .data.mx = {.exchange = "mx", .preference = 10}},
    {.owner = "example.com", .type = DNS_TXT, .data.txt = {strings, COUNT(strings)}},
    {.owner = "example.com", .type = DNS_SPF, .data.txt = {strings, 1}},
    {.owner = "example.com", .type = DNS_AAAA, .data.ip = {.family = IP_V6, .bytes = {32}}},
    {.owner = "_sip.example.com", .type = DNS_SRV, .data.srv = {.target = "sip", .port = 5060}},
    {.owner = "_sip.example.com",
     .type = DNS_TLSA,
     .data.tlsa = {.bytes = (const uint8_t *)"\0\1\2", .size = 3, .usage = 3}},
};

static void assert_same_text(const char *copy, const char *text)
{
    assert_string_equal(copy, text);
    assert_ptr_not_equal(copy, text);
}

static void assert_same_strings(const struct dns_record *copy, const struct dns_record *record)
{
    assert_int_equal(copy->data.txt.count, record->data.txt.count);
    for (size_t i = 0; i < copy->data.txt.count; i++) {
        const struct dns_string *string = &record->data.txt.strings[i];

        assert_int_equal(copy->data.txt.strings[i].size, string->size);
        assert_memory_equal(copy->data.txt.strings[i].bytes, string->bytes, string->size);
        assert_ptr_not_equal(copy->data.txt.strings[i].bytes, string->bytes);
    }
}

/* Every type's data is there, byte for byte, and nothing points to where it came from. */
static void every_type_is_kept(void **state)
{
    struct dns_message message = {.rcode = 3, .answer = {every_type, COUNT(every_type)}};
    const struct dns_record *kept;
    struct arena arena = {0};

    (void)state;
    dns_message_keep(&message, "other.example", &arena);
    kept = message.answer.records;
    assert_int_equal(message.answer.count, COUNT(every_type));
    assert_int_equal(message.rcode, 3);
    for (size_t i = 0; i < COUNT(every_type); i++) {
        assert_same_text(kept[i].owner, every_type[i].owner);
        assert_int_equal(kept[i].type, every_type[i].type);
        assert_int_equal(kept[i].ttl, every_type[i].ttl);
    }
    assert_true(ip_equal(&kept[0].data.ip, &every_type[0].data.ip));
    assert_same_text(kept[1].data.name, "ns.example.com");
    assert_same_text(kept[2].data.name, "target.example.com");
    assert_same_text(kept[3].data.soa.primary, "ns");
    assert_same_text(kept[3].data.soa.mailbox, "hostmaster");
    assert_int_equal(kept[3].data.soa.minimum, 900);
    assert_same_text(kept[4].data.name, ".");
    assert_same_text(kept[5].data.mx.exchange, "mx");
    assert_same_strings(&kept[6], &every_type[6]);
    assert_same_strings(&kept[7], &every_type[7]);
    assert_true(ip_equal(&kept[8].data.ip, &every_type[8].data.ip));
    assert_same_text(kept[9].data.srv.target, "sip");
    assert_memory_equal(kept[10].data.tlsa.bytes, "\0\1\2", 3);
    arena_release(&arena);
}

/* The name that was asked for, and an owner of several records, is there once. */
static void owners_are_shared(void **state)
{
    static const char asked[] = "example.com";
    static const char owner[] = "mx.example.com";
    const struct dns_record records[] = {
        {.owner = "example.com", .type = DNS_A},
        {.owner = owner, .type = DNS_A},
        {.owner = owner, .type = DNS_AAAA},
    };
    struct dns_message message = {.answer = {records, 1}, .additional = {records + 1, 2}};
    struct arena arena = {0};

    (void)state;
    dns_message_keep(&message, asked, &arena);
    assert_ptr_equal(message.answer.records[0].owner, asked);
    assert_same_text(message.additional.records[0].owner, owner);
    assert_ptr_equal(message.additional.records[0].owner, message.additional.records[1].owner);
    arena_release(&arena);
}

/* It takes what it needs and no more: nothing for nothing. */
static void copies_are_small(void **state)
{
    struct dns_message empty = {0}, one = {.answer = {every_type + 7, 1}};
    struct arena arena = {0};

    (void)state;
    dns_message_keep(&empty, "example.com", &arena);
    assert_int_equal(arena_footprint(&arena), 0);
    dns_message_keep(&one, "example.com", &arena);
    assert_true(arena_footprint(&arena) <
                sizeof(struct dns_record) + sizeof(struct dns_string) + strings[0].size + 64);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_kept),
        cmocka_unit_test(owners_are_shared),
        cmocka_unit_test(copies_are_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
