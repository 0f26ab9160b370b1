#include "tests/lab/dns_fault.h"

#include <string.h>

enum {
    HEADER_SIZE = 12,
    OPT_SIZE = 11,
    UDP_USUAL = 512, /* RFC 1035 4.2.1 */
    OUR_UDP_SIZE = 4096,
    FLAG_QR = 0x8000,
    FLAG_AA = 0x0400,
    FLAG_TC = 0x0200,
    FLAG_RD = 0x0100,
    FLAG_RA = 0x0080,
    CLASS_IN = 1
};

static const struct {
    const char *word;
    unsigned bit;
} fault_words[] = {
#define X(name, bit, word) {word, LAB_##name},
    LAB_FAULT_LIST(X)
#undef X
};

unsigned lab_fault_from_word(const char *word)
{
    for (size_t i = 0; i < sizeof fault_words / sizeof *fault_words; i++) {
        if (strcmp(fault_words[i].word, word) == 0)
            return fault_words[i].bit;
    }
    return 0;
}

unsigned lab_faults_without_damage(unsigned faults)
{
    static const unsigned damage = LAB_WRONG_ID | LAB_WRONG_QUESTION | LAB_WRONG_OWNER |
                                   LAB_WRONG_SOURCE | LAB_NAME_LOOP | LAB_GARBAGE | LAB_GARBLED |
                                   LAB_SHORT | LAB_BARE;

    return faults & ~damage;
}

/* ---- questions ---- */

static unsigned get_16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static void read_edns(const uint8_t *bytes, size_t size, struct lab_question *out)
{
    if (size < OPT_SIZE || bytes[0] != 0 || get_16(bytes + 1) != LAB_TYPE_OPT)
        return;
    out->edns = true;
    if (get_16(bytes + 3) > UDP_USUAL)
        out->udp_size = get_16(bytes + 3);
}

enum status lab_question_read(const uint8_t *bytes, size_t size, bool over_tcp,
                              struct lab_question *out)
{
    const uint8_t *rest;
    size_t left;

    memset(out, 0, sizeof *out);
    if (size < HEADER_SIZE)
        return STATUS_MALFORMED;
    out->id = (uint16_t)get_16(bytes);
    out->flags = (uint16_t)get_16(bytes + 2);
    out->udp_size = UDP_USUAL;
    out->over_tcp = over_tcp;
    if (out->flags & FLAG_QR || get_16(bytes + 4) != 1)
        return STATUS_MALFORMED;
    if (lab_name_read(bytes + HEADER_SIZE, size - HEADER_SIZE, &out->name) != STATUS_OK)
        return STATUS_MALFORMED;
    rest = bytes + HEADER_SIZE + out->name.size;
    left = size - HEADER_SIZE - out->name.size;
    if (left < 4 || get_16(rest + 2) != CLASS_IN)
        return STATUS_MALFORMED;
    out->type = (uint16_t)get_16(rest);
    if (get_16(bytes + 10) == 1)
        read_edns(rest + 4, left - 4, out);
    return STATUS_OK;
}

/* ---- replies ---- */

static const struct {
    unsigned fault;
    unsigned rcode;
    bool from_zone; /* with the SOA record that a negative answer has */
} forced[] = {
    {LAB_NXDOMAIN, 3, true},  {LAB_NODATA, 0, true},  {LAB_FORMERR, 1, false},
    {LAB_SERVFAIL, 2, false}, {LAB_NOTIMP, 4, false}, {LAB_REFUSED, 5, false},
};

static void decide(const struct lab_zone *zone, bool authoritative,
                   const struct lab_question *question, unsigned faults, struct lab_reply *reply)
{
    if (faults & LAB_OLD && question->edns)
        faults |= LAB_FORMERR;
    for (size_t i = 0; i < sizeof forced / sizeof *forced; i++) {
        if (!(faults & forced[i].fault))
            continue;
        reply->rcode = forced[i].rcode;
        reply->authoritative = authoritative && forced[i].from_zone;
        if (forced[i].from_zone)
            lab_zone_deny(zone, &question->name, forced[i].rcode, reply);
        return;
    }
    lab_zone_answer(zone, &question->name, question->type, authoritative, reply);
    if (faults & LAB_ALIAS_ONLY && reply->answer.count > 0) {
        reply->rcode = 0;
        reply->answer.count = 1;
        reply->authority.count = 0;
    }
}

static void name_other(struct lab_name *name)
{
    (void)lab_name_parse("other.invalid", name);
}

static void put_header(struct lab_writer *writer, bool authoritative,
                       const struct lab_question *question, const struct lab_reply *reply,
                       unsigned faults)
{
    unsigned flags = FLAG_QR | (question->flags & FLAG_RD) | reply->rcode;

    if (!authoritative)
        flags |= FLAG_RA;
    if (reply->authoritative && !(faults & LAB_NO_AUTHORITY))
        flags |= FLAG_AA;
    lab_put_16(writer, faults & LAB_WRONG_ID ? question->id ^ 0x5555U : question->id);
    lab_put_16(writer, flags);
    for (int i = 0; i < 4; i++)
        lab_put_16(writer, 0);
}

static void put_question(struct lab_writer *writer, const struct lab_question *question,
                         unsigned faults)
{
    struct lab_name name = question->name;

    if (faults & LAB_WRONG_QUESTION)
        name.wire[1] ^= 1; /* of the same length, so that only the letters tell */
    lab_patch_16(writer, 4, 1);
    lab_put_name(writer, &name, true);
    lab_put_16(writer, question->type);
    lab_put_16(writer, CLASS_IN);
}

static void set_flag(struct lab_writer *writer, unsigned flag)
{
    lab_patch_16(writer, 2, get_16((const uint8_t *)writer->out.text + 2) | flag);
}

/* The records that fit; false, and TC, where not all did. */
static bool put_section(struct lab_writer *writer, const struct lab_section *section,
                        const struct lab_name *owner, size_t count_at, size_t limit)
{
    for (size_t i = 0; i < section->count; i++) {
        const struct lab_entry *entry = section->items[i].entry;
        size_t before = writer->out.size;

        lab_put_record(writer, owner ? owner : section->items[i].owner, entry->type, entry->ttl,
                       entry->data, entry->size, entry->exact);
        if (writer->out.truncated || writer->out.size > limit) {
            lab_writer_cut(writer, before);
            set_flag(writer, FLAG_TC);
            return false;
        }
        lab_patch_16(writer, count_at, (unsigned)i + 1);
    }
    return true;
}

static void put_sections(struct lab_writer *writer, const struct lab_question *question,
                         const struct lab_reply *reply, unsigned faults)
{
    size_t limit = question->over_tcp ? LAB_MESSAGE_MOST : question->udp_size;
    struct lab_name other;

    if (question->edns)
        limit -= OPT_SIZE;
    if (faults & LAB_TRUNCATE && !question->over_tcp) {
        set_flag(writer, FLAG_TC);
        return;
    }
    name_other(&other);
    if (put_section(writer, &reply->answer, faults & LAB_WRONG_OWNER ? &other : NULL, 6, limit) &&
        put_section(writer, &reply->authority, NULL, 8, limit))
        (void)put_section(writer, &reply->additional, NULL, 10, limit);
}

static void put_edns(struct lab_writer *writer)
{
    unsigned count = get_16((const uint8_t *)writer->out.text + 10);

    lab_put_8(writer, 0);
    lab_put_16(writer, LAB_TYPE_OPT);
    lab_put_16(writer, OUR_UDP_SIZE);
    lab_put_32(writer, 0);
    lab_put_16(writer, 0);
    lab_patch_16(writer, 10, count + 1);
}

/* A record whose owner is the label "a" and a pointer back to that label, for ever. */
static void put_name_loop(struct lab_writer *writer, uint16_t type)
{
    size_t here = writer->out.size;

    lab_patch_16(writer, 6, 1);
    lab_put_8(writer, 1);
    lab_put_8(writer, 'a');
    lab_put_16(writer, 0xC000U | (unsigned)here);
    lab_put_16(writer, type);
    lab_put_16(writer, CLASS_IN);
    lab_put_32(writer, LAB_TTL_USUAL);
    lab_put_16(writer, 0);
}

static void put_garbage(struct lab_writer *writer, size_t size)
{
    for (size_t i = 0; i < size; i++)
        lab_put_8(writer, (unsigned)(0xA5 ^ i * 7) & 0xFF);
}

static void write_damaged(struct lab_writer *writer, const struct lab_question *question,
                          const struct lab_reply *reply, unsigned faults)
{
    if (faults & LAB_NAME_LOOP) {
        put_name_loop(writer, question->type);
    } else if (faults & LAB_GARBLED) {
        lab_patch_16(writer, 6, 3);
        put_garbage(writer, 40);
    } else {
        put_sections(writer, question, reply, faults);
        lab_writer_cut(writer, writer->out.size - 1);
    }
}

void lab_reply_write(const struct lab_zone *zone, bool authoritative,
                     const struct lab_question *question, unsigned faults,
                     struct lab_writer *writer)
{
    struct lab_reply reply = {0};

    lab_writer_cut(writer, 0);
    if (faults & LAB_GARBAGE || (faults & LAB_TCP_GARBAGE && question->over_tcp)) {
        put_garbage(writer, 64);
        return;
    }
    decide(zone, authoritative, question, faults, &reply);
    put_header(writer, authoritative, question, &reply, faults);
    if (faults & LAB_BARE)
        goto out;
    put_question(writer, question, faults);
    if (faults & (LAB_NAME_LOOP | LAB_GARBLED | LAB_SHORT)) {
        write_damaged(writer, question, &reply, faults);
        goto out;
    }
    put_sections(writer, question, &reply, faults);
    if (question->edns && !(faults & LAB_OLD))
        put_edns(writer);
out:
    lab_reply_release(&reply);
}
