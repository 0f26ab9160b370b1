/* Any bytes as a DNS message: all that was read is then looked at, name by name. */
#include "diag/read/dns_message.h"
#include "diag/read/dns_chain.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t seen; /* keeps what is only looked at */

static void require(bool right)
{
    if (!right)
        abort();
}

/* What was read is a name: it has a wire form. */
static void look_at_name(const char *name)
{
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t size;

    require(dns_name_to_wire(name, wire, &size) == STATUS_OK);
    seen += size;
}

static void look_at_bytes(const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        seen += ((const uint8_t *)bytes)[i];
}

static void look_at_record(const struct dns_record *record)
{
    look_at_name(record->owner);
    if (record->type == DNS_NS || record->type == DNS_CNAME || record->type == DNS_PTR)
        look_at_name(record->data.name);
    if (record->type == DNS_MX)
        look_at_name(record->data.mx.exchange);
    if (record->type == DNS_SRV)
        look_at_name(record->data.srv.target);
    if (record->type == DNS_SOA) {
        look_at_name(record->data.soa.primary);
        look_at_name(record->data.soa.mailbox);
    }
    if (record->type == DNS_TLSA)
        look_at_bytes(record->data.tlsa.bytes, record->data.tlsa.size);
    if (record->type == DNS_TXT || record->type == DNS_SPF) {
        for (size_t i = 0; i < record->data.txt.count; i++)
            look_at_bytes(record->data.txt.strings[i].bytes, record->data.txt.strings[i].size);
    }
}

static void look_at_section(const struct dns_section *section)
{
    for (size_t i = 0; i < section->count; i++)
        look_at_record(&section->records[i]);
}

static void look_at_chain(const struct dns_message *message, const char *name, struct arena *arena)
{
    struct dns_section section;
    struct dns_chain chain;

    (void)dns_chain_follow(&message->answer, name, DNS_TXT, &chain);
    look_at_name(chain.end);
    section = dns_chain_section(&chain, &message->answer, DNS_TXT, arena);
    require(section.count <= message->answer.count + DNS_ALIASES_MOST);
    look_at_section(&section);
    seen += dns_chain_is_denied(&chain, &message->authority);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t name[DNS_NAME_WIRE_MOST];
    struct dns_message message;
    struct arena arena = {0};
    size_t name_size;

    if (dns_message_read(data, size, &arena, &message) == STATUS_OK) {
        look_at_section(&message.answer);
        look_at_section(&message.authority);
        look_at_section(&message.additional);
        if (message.question_name) {
            look_at_name(message.question_name);
            look_at_chain(&message, message.question_name, &arena);
        }
    }
    require(dns_name_to_wire("example.com", name, &name_size) == STATUS_OK);
    seen += dns_message_answers(data, size, 0x1234, name, name_size, DNS_TXT);
    arena_release(&arena);
    return 0;
}
