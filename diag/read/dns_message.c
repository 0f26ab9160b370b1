#include "diag/read/dns_message.h"

#include "diag/text.h"

#include <string.h>

enum {
    HEADER_SIZE = 12,
    RECORD_LEAST = 11, /* a record of the root without data */
    POINTERS_MOST = 127,
    NAMES_MOST = 1 << 20, /* bytes of text: compression could make 12 MiB of one message */
    CLASS_IN = 1,
    TYPE_OPT = 41
};

enum { /* the second word of the header, RFC 1035 4.1.1 and RFC 4035 3.2 */
       HEADER_RESPONSE = 0x8000,
       HEADER_AUTHORITATIVE = 0x0400,
       HEADER_TRUNCATED = 0x0200,
       HEADER_RECURSION_DESIRED = 0x0100,
       HEADER_RECURSION_AVAILABLE = 0x0080,
       HEADER_AUTHENTICATED = 0x0020,
       HEADER_RCODE = 0x000F
};

/* ---- building ---- */

static size_t put16(uint8_t *wire, size_t at, unsigned value)
{
    wire[at] = (uint8_t)(value >> 8);
    wire[at + 1] = (uint8_t)value;
    return at + 2;
}

size_t dns_message_ask(uint8_t *wire, uint16_t id, const uint8_t *name, size_t name_size,
                       enum dns_type type, bool recursive, bool edns)
{
    size_t at = 0;

    at = put16(wire, at, id);
    at = put16(wire, at, recursive ? HEADER_RECURSION_DESIRED | HEADER_AUTHENTICATED : 0);
    at = put16(wire, at, 1);
    at = put16(wire, at, 0);
    at = put16(wire, at, 0);
    at = put16(wire, at, edns ? 1 : 0);
    memcpy(wire + at, name, name_size);
    at += name_size;
    at = put16(wire, at, (unsigned)type);
    at = put16(wire, at, CLASS_IN);
    if (!edns)
        return at;
    wire[at++] = 0; /* OPT (RFC 6891 6.1.2): the root, our size for the class, no flags, no data */
    at = put16(wire, at, TYPE_OPT);
    at = put16(wire, at, DNS_EDNS_SIZE);
    at = put16(wire, at, 0);
    at = put16(wire, at, 0);
    return put16(wire, at, 0);
}

/* ---- reading: a cursor that fails once and for all when it would pass its end ---- */

struct cursor {
    const uint8_t *wire; /* the whole message: pointers refer to it */
    size_t size;
    size_t at;
    size_t end; /* of what may be read now: the message, or the data of one record */
    bool failed;
    struct arena *arena;
    const char *last_owner; /* most records of a message share one */
    size_t last_target;     /* and say it with the same pointer; 0: without */
    size_t names_size;      /* of the text of all names */
};

static bool has(struct cursor *cursor, size_t size)
{
    if (!cursor->failed && size <= cursor->end - cursor->at)
        return true;
    cursor->failed = true;
    return false;
}

static uint8_t take8(struct cursor *cursor)
{
    return has(cursor, 1) ? cursor->wire[cursor->at++] : 0;
}

static uint16_t take16(struct cursor *cursor)
{
    unsigned high = take8(cursor);

    return (uint16_t)(high << 8 | take8(cursor));
}

static uint32_t take32(struct cursor *cursor)
{
    uint32_t high = take16(cursor);

    return high << 16 | take16(cursor);
}

/*
 * Copies a possibly compressed name to plain wire form. Each pointer must lead
 * before the part that holds it, so no name can be read for ever.
 */
static bool expand_name(struct cursor *cursor, uint8_t *name, size_t *size)
{
    size_t at = cursor->at, end = cursor->end, part = at, used = 0;
    int pointers = 0;

    while (at < end) {
        size_t label = cursor->wire[at];

        if (label > DNS_LABEL_MOST) {
            size_t target;

            if (label < 0xC0 || end - at < 2 || ++pointers > POINTERS_MOST)
                return false;
            target = (label & 0x3F) << 8 | cursor->wire[at + 1];
            if (pointers == 1)
                cursor->at = at + 2;
            if (target < HEADER_SIZE || target >= part)
                return false;
            at = part = target;
            end = cursor->size;
            continue;
        }
        if (label >= end - at || label + 1 > DNS_NAME_WIRE_MOST - used)
            return false;
        memcpy(name + used, cursor->wire + at, label + 1);
        used += label + 1;
        at += label + 1;
        if (label == 0) {
            if (pointers == 0)
                cursor->at = at;
            *size = used;
            return true;
        }
    }
    return false;
}

/* A name as text on the stack; false once the cursor has failed. */
static bool take_name_text(struct cursor *cursor, char *text)
{
    uint8_t name[DNS_NAME_WIRE_MOST];
    size_t size;

    if (cursor->failed || !expand_name(cursor, name, &size) ||
        dns_name_from_wire(name, size, text) != STATUS_OK)
        cursor->failed = true;
    return !cursor->failed;
}

static const char *keep_name(struct cursor *cursor, const char *text)
{
    size_t size = strlen(text);

    cursor->names_size += size + 1;
    if (cursor->names_size > NAMES_MOST)
        cursor->failed = true;
    return cursor->failed ? NULL : arena_copy(cursor->arena, text, size);
}

static const char *take_name(struct cursor *cursor)
{
    char text[DNS_NAME_TEXT_SIZE];

    return take_name_text(cursor, text) ? keep_name(cursor, text) : NULL;
}

/* Where the pointer leads that is the whole of the next name; 0 if there is none. */
static size_t pointer_target(const struct cursor *cursor)
{
    const uint8_t *at = cursor->wire + cursor->at;

    if (cursor->failed || cursor->end - cursor->at < 2 || at[0] < 0xC0)
        return 0;
    return (size_t)(at[0] & 0x3F) << 8 | at[1];
}

static const char *take_owner(struct cursor *cursor)
{
    size_t target = pointer_target(cursor);
    char text[DNS_NAME_TEXT_SIZE];

    if (target != 0 && target == cursor->last_target) {
        cursor->at += 2;
        return cursor->last_owner;
    }
    cursor->last_target = target;
    if (!take_name_text(cursor, text))
        return NULL;
    if (!cursor->last_owner || strcmp(cursor->last_owner, text) != 0)
        cursor->last_owner = keep_name(cursor, text);
    return cursor->last_owner;
}

static size_t left(const struct cursor *cursor)
{
    return cursor->end - cursor->at;
}

/* ---- the data of records ---- */

static void read_ip(struct cursor *cursor, struct dns_record *record)
{
    size_t size = record->type == DNS_A ? 4 : 16;

    if (!has(cursor, size))
        return;
    record->data.ip.family = record->type == DNS_A ? IP_V4 : IP_V6;
    memcpy(record->data.ip.bytes, cursor->wire + cursor->at, size);
    cursor->at += size;
}

static void read_name(struct cursor *cursor, struct dns_record *record)
{
    record->data.name = take_name(cursor);
}

static void read_mx(struct cursor *cursor, struct dns_record *record)
{
    record->data.mx.preference = take16(cursor);
    record->data.mx.exchange = take_name(cursor);
}

static void read_srv(struct cursor *cursor, struct dns_record *record)
{
    record->data.srv.priority = take16(cursor);
    record->data.srv.weight = take16(cursor);
    record->data.srv.port = take16(cursor);
    record->data.srv.target = take_name(cursor);
}

static void read_soa(struct cursor *cursor, struct dns_record *record)
{
    record->data.soa.primary = take_name(cursor);
    record->data.soa.mailbox = take_name(cursor);
    record->data.soa.serial = take32(cursor);
    record->data.soa.refresh = take32(cursor);
    record->data.soa.retry = take32(cursor);
    record->data.soa.expire = take32(cursor);
    record->data.soa.minimum = take32(cursor);
}

/* How many character-strings fill the data exactly. */
static bool count_strings(const struct cursor *cursor, size_t *count)
{
    size_t at = cursor->at;

    for (*count = 0; at < cursor->end; (*count)++)
        at += 1u + cursor->wire[at];
    return at == cursor->end;
}

static void read_txt(struct cursor *cursor, struct dns_record *record)
{
    struct dns_string *strings;
    size_t count;
    const char *bytes;

    if (!count_strings(cursor, &count)) {
        cursor->failed = true;
        return;
    }
    strings = arena_new(cursor->arena, count, sizeof *strings);
    bytes = arena_copy(cursor->arena, cursor->wire + cursor->at, left(cursor));
    for (size_t i = 0; i < count; i++) {
        strings[i].size = take8(cursor);
        strings[i].bytes = bytes + 1;
        bytes += 1 + strings[i].size;
        cursor->at += strings[i].size;
    }
    record->data.txt.strings = strings;
    record->data.txt.count = count;
}

static void read_tlsa(struct cursor *cursor, struct dns_record *record)
{
    record->data.tlsa.usage = take8(cursor);
    record->data.tlsa.selector = take8(cursor);
    record->data.tlsa.matching = take8(cursor);
    if (cursor->failed)
        return;
    record->data.tlsa.size = left(cursor);
    record->data.tlsa.bytes =
        (uint8_t *)arena_copy(cursor->arena, cursor->wire + cursor->at, left(cursor));
    cursor->at = cursor->end;
}

static const struct {
    uint16_t type;
    void (*read)(struct cursor *cursor, struct dns_record *record);
} data_readers[] = {
    {DNS_A, read_ip},     {DNS_NS, read_name},   {DNS_CNAME, read_name}, {DNS_SOA, read_soa},
    {DNS_PTR, read_name}, {DNS_MX, read_mx},     {DNS_TXT, read_txt},    {DNS_AAAA, read_ip},
    {DNS_SRV, read_srv},  {DNS_TLSA, read_tlsa}, {DNS_SPF, read_txt},
};

/* Reads the data if its type is known, which must then fill it exactly; passes it otherwise. */
static bool read_data(struct cursor *cursor, size_t size, struct dns_record *record)
{
    bool is_known = false;

    if (!has(cursor, size))
        return false;
    cursor->end = cursor->at + size;
    for (size_t i = 0; i < sizeof data_readers / sizeof *data_readers; i++) {
        if (data_readers[i].type != record->type)
            continue;
        is_known = true;
        data_readers[i].read(cursor, record);
        if (cursor->at != cursor->end)
            cursor->failed = true;
    }
    cursor->at = cursor->end;
    cursor->end = cursor->size;
    return is_known && !cursor->failed;
}

/* ---- records, sections, messages ---- */

static void read_opt(uint32_t ttl, struct dns_message *out)
{
    out->has_edns = true;
    out->rcode = (uint16_t)((out->rcode & HEADER_RCODE) | ttl >> 24 << 4);
}

/* False for a record that is left out, and once the cursor has failed. */
static bool read_record(struct cursor *cursor, struct dns_message *message,
                        struct dns_record *record)
{
    uint16_t record_class, size;

    memset(record, 0, sizeof *record);
    record->owner = take_owner(cursor);
    record->type = take16(cursor);
    record_class = take16(cursor);
    record->ttl = take32(cursor);
    size = take16(cursor);
    if (record->type != TYPE_OPT && record_class != CLASS_IN)
        record->type = 0;
    if (record->type == TYPE_OPT && !cursor->failed)
        read_opt(record->ttl, message);
    if (record->ttl > INT32_MAX)
        record->ttl = 0;
    return read_data(cursor, size, record);
}

static void read_section(struct cursor *cursor, size_t count, struct dns_message *message,
                         struct dns_section *section)
{
    size_t most = left(cursor) / RECORD_LEAST;
    struct dns_record *records;

    if (count == 0 || cursor->failed)
        return;
    records = arena_new(cursor->arena, count < most ? count : most, sizeof *records);
    section->records = records;
    for (; count > 0 && !cursor->failed; count--) {
        struct dns_record record;

        if (read_record(cursor, message, &record))
            records[section->count++] = record;
    }
}

static const struct {
    unsigned bit;
    enum dns_flag flag;
} header_flags[] = {
    {HEADER_AUTHORITATIVE, DNS_AUTHORITATIVE},
    {HEADER_TRUNCATED, DNS_TRUNCATED},
    {HEADER_RECURSION_AVAILABLE, DNS_RECURSION_AVAILABLE},
    {HEADER_AUTHENTICATED, DNS_AUTHENTICATED},
};

static void read_header_bits(unsigned bits, struct dns_message *out)
{
    out->is_response = (bits & HEADER_RESPONSE) != 0;
    out->rcode = bits & HEADER_RCODE;
    for (size_t i = 0; i < sizeof header_flags / sizeof *header_flags; i++) {
        if (bits & header_flags[i].bit)
            out->flags |= (uint8_t)header_flags[i].flag;
    }
}

static void read_questions(struct cursor *cursor, size_t count, struct dns_message *out)
{
    for (size_t i = 0; i < count && !cursor->failed; i++) {
        out->question_name = take_owner(cursor);
        out->question_type = take16(cursor);
        take16(cursor);
    }
    if (count != 1 || cursor->failed) {
        out->question_name = NULL;
        out->question_type = 0;
    }
}

enum status dns_message_read(const uint8_t *wire, size_t size, struct arena *arena,
                             struct dns_message *out)
{
    struct cursor cursor = {.wire = wire, .size = size, .end = size, .arena = arena};
    size_t questions, answers, authorities, additionals;

    memset(out, 0, sizeof *out);
    if (size < HEADER_SIZE || size > UINT16_MAX)
        return STATUS_MALFORMED;
    out->id = take16(&cursor);
    read_header_bits(take16(&cursor), out);
    questions = take16(&cursor);
    answers = take16(&cursor);
    authorities = take16(&cursor);
    additionals = take16(&cursor);
    read_questions(&cursor, questions, out);
    if (cursor.failed)
        return STATUS_MALFORMED;
    read_section(&cursor, answers, out, &out->answer);
    read_section(&cursor, authorities, out, &out->authority);
    read_section(&cursor, additionals, out, &out->additional);
    return cursor.failed && !(out->flags & DNS_TRUNCATED) ? STATUS_MALFORMED : STATUS_OK;
}

/* Length octets are below 64 and so never letters: both wire forms fold byte by byte. */
bool dns_message_answers(const uint8_t *wire, size_t size, uint16_t id, const uint8_t *name,
                         size_t name_size, enum dns_type type)
{
    struct cursor cursor = {.wire = wire, .size = size, .end = size};
    struct dns_message header = {0};
    unsigned questions;

    if (take16(&cursor) != id)
        return false;
    read_header_bits(take16(&cursor), &header);
    questions = take16(&cursor);
    if (size < HEADER_SIZE || !header.is_response)
        return false;
    if (questions == 0)
        return header.rcode == DNS_FORMERR || header.rcode == DNS_SERVFAIL ||
               header.rcode == DNS_NOTIMP || header.rcode == DNS_REFUSED;
    cursor.at = HEADER_SIZE;
    if (questions != 1 || !has(&cursor, name_size + 4) ||
        !text_equal_fold_sized((const char *)wire + HEADER_SIZE, name_size, (const char *)name,
                               name_size))
        return false;
    cursor.at += name_size;
    return take16(&cursor) == (uint16_t)type && take16(&cursor) == CLASS_IN;
}

/* ---- text of several strings ---- */

const char *dns_record_text(const struct dns_record *txt, struct arena *arena, size_t *size)
{
    const struct dns_string *strings = txt->data.txt.strings;
    char *text, *end;

    *size = 0;
    for (size_t i = 0; i < txt->data.txt.count; i++)
        *size += strings[i].size;
    text = end = arena_new(arena, *size + 1, 1);
    for (size_t i = 0; i < txt->data.txt.count; i++) {
        memcpy(end, strings[i].bytes, strings[i].size);
        end += strings[i].size;
    }
    return text;
}

/* ---- names of numbers ---- */

struct word {
    const char *name;
    uint16_t number;
};

static const struct word types[] = {
#define X(name, number) {#name, number},
    DNS_TYPE_LIST(X)
#undef X
};

static const struct word rcodes[] = {
    {"NOERROR", DNS_NOERROR},
    {"FORMERR", DNS_FORMERR},
    {"SERVFAIL", DNS_SERVFAIL},
    {"NXDOMAIN", DNS_NXDOMAIN},
    {"NOTIMP", DNS_NOTIMP},
    {"REFUSED", DNS_REFUSED},
    {"YXDOMAIN", 6},
    {"YXRRSET", 7},
    {"NXRRSET", 8},
    {"NOTAUTH", 9},
    {"NOTZONE", 10},
    {"BADVERS", DNS_BADVERS},
    {"BADCOOKIE", 23},
};

static const struct word *find_number(const struct word *words, size_t count, uint16_t number)
{
    for (size_t i = 0; i < count; i++) {
        if (words[i].number == number)
            return &words[i];
    }
    return NULL;
}

static uint16_t number_of(const struct word *words, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal_fold(words[i].name, name))
            return words[i].number;
    }
    return 0;
}

const char *dns_type_name(uint16_t type)
{
    const struct word *word = find_number(types, sizeof types / sizeof *types, type);

    return word ? word->name : "TYPE?";
}

uint16_t dns_type_from_name(const char *name)
{
    return number_of(types, sizeof types / sizeof *types, name);
}

const char *dns_rcode_name(uint16_t rcode)
{
    const struct word *word = find_number(rcodes, sizeof rcodes / sizeof *rcodes, rcode);

    return word ? word->name : "RCODE?";
}

uint16_t dns_rcode_from_name(const char *name)
{
    return number_of(rcodes, sizeof rcodes / sizeof *rcodes, name);
}
