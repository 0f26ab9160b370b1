#include "tests/lab/dns_wire.h"

#include "diag/read/net_address.h"
#include "diag/text.h"

#include <string.h>

enum { LABEL_MOST = 63, STRING_MOST = 255, WORD_SIZE = 1100, POINTER = 0xC000, REACH = 0x4000 };

/*
 * The fields of each type's data: a A addresses; B H L numbers of 8, 16 and 32 bits;
 * n a name; N a name that is never compressed (RFC 2782); t strings; x hex digits.
 */
static const struct record_type {
    const char *name;
    uint16_t number;
    const char *fields;
} record_types[] = {
    {"A", 1, "a"},       {"NS", 2, "n"},       {"CNAME", 5, "n"}, {"SOA", 6, "nnLLLLL"},
    {"PTR", 12, "n"},    {"MX", 15, "Hn"},     {"TXT", 16, "t"},  {"AAAA", 28, "A"},
    {"SRV", 33, "HHHN"}, {"TLSA", 52, "BBBx"}, {"SPF", 99, "t"},
};

static const char *fields_of(uint16_t type)
{
    for (size_t i = 0; i < sizeof record_types / sizeof *record_types; i++) {
        if (record_types[i].number == type)
            return record_types[i].fields;
    }
    return "";
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool parse_number(const char *text, uint32_t most, uint32_t *out)
{
    uint64_t value = 0;

    if (!*text)
        return false;
    for (; *text; text++) {
        if (!is_digit(*text))
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
        if (value > most)
            return false;
    }
    *out = (uint32_t)value;
    return true;
}

uint16_t lab_type_number(const char *word)
{
    uint32_t number = 0;

    for (size_t i = 0; i < sizeof record_types / sizeof *record_types; i++) {
        if (text_equal_fold(record_types[i].name, word))
            return record_types[i].number;
    }
    if (text_starts_fold(word, strlen(word), "TYPE") && parse_number(word + 4, UINT16_MAX, &number))
        return (uint16_t)number;
    return 0;
}

/* ---- names ---- */

uint8_t lab_fold(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

static bool equal_fold(const uint8_t *a, const uint8_t *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (lab_fold(a[i]) != lab_fold(b[i]))
            return false;
    }
    return true;
}

/* One byte of presentation text; the text behind it, or NULL for a broken escape. */
static const char *take_byte(const char *text, uint8_t *byte)
{
    unsigned value;

    if (*text != '\\') {
        *byte = (uint8_t)*text;
        return text + 1;
    }
    text++;
    if (!*text)
        return NULL;
    if (!is_digit(*text)) {
        *byte = (uint8_t)*text;
        return text + 1;
    }
    if (!is_digit(text[1]) || !is_digit(text[2]))
        return NULL;
    value = (unsigned)(text[0] - '0') * 100 + (unsigned)(text[1] - '0') * 10 +
            (unsigned)(text[2] - '0');
    *byte = (uint8_t)value;
    return value > UINT8_MAX ? NULL : text + 3;
}

enum status lab_name_parse(const char *text, struct lab_name *out)
{
    size_t label = 0, size = 1; /* where the length of this label stands; bytes so far */

    if (strcmp(text, ".") == 0)
        text = "";
    while (*text) {
        if (*text == '.') {
            if (size - label == 1)
                return STATUS_INVALID;
            out->wire[label] = (uint8_t)(size - label - 1);
            label = size++;
            text++;
            continue;
        }
        if (size - label > LABEL_MOST || size >= LAB_NAME_MOST - 1)
            return STATUS_INVALID;
        text = take_byte(text, &out->wire[size++]);
        if (!text)
            return STATUS_INVALID;
    }
    if (size - label > 1) {
        out->wire[label] = (uint8_t)(size - label - 1);
        label = size;
    }
    out->wire[label] = 0;
    out->size = label + 1;
    return STATUS_OK;
}

enum status lab_name_read(const uint8_t *bytes, size_t size, struct lab_name *out)
{
    size_t at = 0;

    while (at < size && at < LAB_NAME_MOST && bytes[at] != 0) {
        if (bytes[at] > LABEL_MOST)
            return STATUS_MALFORMED;
        at += (size_t)bytes[at] + 1;
    }
    if (at >= size || at >= LAB_NAME_MOST)
        return STATUS_MALFORMED;
    out->size = at + 1;
    memcpy(out->wire, bytes, out->size);
    return STATUS_OK;
}

bool lab_name_equal(const struct lab_name *a, const struct lab_name *b)
{
    return a->size == b->size && equal_fold(a->wire, b->wire, a->size);
}

bool lab_name_below(const struct lab_name *name, const struct lab_name *zone)
{
    size_t at = 0;

    while (name->size - at > zone->size)
        at += (size_t)name->wire[at] + 1;
    return name->size - at == zone->size && equal_fold(name->wire + at, zone->wire, zone->size);
}

bool lab_name_ascend(struct lab_name *name)
{
    size_t first = (size_t)name->wire[0] + 1;

    if (name->wire[0] == 0)
        return false;
    name->size -= first;
    memmove(name->wire, name->wire + first, name->size);
    return true;
}

bool lab_name_make_wildcard(struct lab_name *name)
{
    if (name->size + 2 > LAB_NAME_MOST)
        return false;
    memmove(name->wire + 2, name->wire, name->size);
    name->wire[0] = 1;
    name->wire[1] = '*';
    name->size += 2;
    return true;
}

/* ---- data of records from text ---- */

static void add_number(struct buffer *out, uint32_t value, unsigned size)
{
    while (size-- > 0)
        buffer_add_char(out, (char)(value >> (8 * size) & 0xFF));
}

static void add_strings(struct buffer *out, const struct buffer *text)
{
    size_t at = 0;

    do {
        size_t size = text->size - at < STRING_MOST ? text->size - at : STRING_MOST;

        add_number(out, (uint32_t)size, 1);
        buffer_add(out, text->text + at, size);
        at += size;
    } while (at < text->size);
}

static const char *skip_spaces(const char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    return text;
}

/* The bytes up to `end` ('"', or NUL for all of the text); what follows, or NULL. */
static const char *take_string(const char *text, char end, struct buffer *out)
{
    uint8_t byte;

    buffer_clear(out);
    while (*text && *text != end) {
        text = take_byte(text, &byte);
        if (!text)
            return NULL;
        buffer_add_char(out, (char)byte);
    }
    if (*text != end)
        return NULL;
    return *text ? text + 1 : text;
}

static bool parse_strings(const char *text, struct buffer *out)
{
    struct buffer string;

    buffer_init(&string, LAB_MESSAGE_MOST);
    if (*text != '"') {
        text = take_string(text, '\0', &string);
        if (text)
            add_strings(out, &string);
    }
    while (text && *text == '"') {
        text = take_string(text + 1, '"', &string);
        if (!text)
            break;
        add_strings(out, &string);
        text = skip_spaces(text);
    }
    buffer_release(&string);
    return text && *text == '\0';
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    c = text_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hex(const char *text, struct buffer *out)
{
    for (text = skip_spaces(text); *text; text = skip_spaces(text + 2)) {
        int high = hex_value(text[0]), low = high < 0 ? -1 : hex_value(text[1]);

        if (low < 0)
            return false;
        buffer_add_char(out, (char)(high * 16 + low));
    }
    return true;
}

static const char *take_word(const char *text, char *word)
{
    size_t size = 0;

    text = skip_spaces(text);
    while (*text && *text != ' ' && *text != '\t' && size + 1 < WORD_SIZE)
        word[size++] = *text++;
    word[size] = '\0';
    return text;
}

static bool parse_exact(const char *text, struct buffer *out)
{
    size_t before = out->size;
    char word[WORD_SIZE];
    uint32_t size;

    text = take_word(text, word);
    return parse_number(word, UINT16_MAX, &size) && parse_hex(text, out) &&
           out->size - before == size;
}

static bool parse_address(const char *word, enum ip_family family, struct buffer *out)
{
    struct ip_address ip;

    if (ip_parse(word, strlen(word), &ip) != STATUS_OK || ip.family != family)
        return false;
    buffer_add(out, ip.bytes, family == IP_V4 ? 4 : 16);
    return true;
}

static bool parse_name(const char *word, struct buffer *out)
{
    struct lab_name name;

    if (!*word || lab_name_parse(word, &name) != STATUS_OK)
        return false;
    buffer_add(out, name.wire, name.size);
    return true;
}

static bool parse_integer(const char *word, unsigned size, struct buffer *out)
{
    uint32_t value;

    if (!parse_number(word, UINT32_MAX >> (32 - 8 * size), &value))
        return false;
    add_number(out, value, size);
    return true;
}

static bool parse_field(char field, const char *word, struct buffer *out)
{
    switch (field) {
    case 'a':
        return parse_address(word, IP_V4, out);
    case 'A':
        return parse_address(word, IP_V6, out);
    case 'B':
        return parse_integer(word, 1, out);
    case 'H':
        return parse_integer(word, 2, out);
    case 'L':
        return parse_integer(word, 4, out);
    default:
        return parse_name(word, out);
    }
}

enum status lab_data_parse(uint16_t type, const char *text, struct buffer *out)
{
    const char *fields = fields_of(type);
    char word[WORD_SIZE];

    text = skip_spaces(text);
    if (strncmp(text, "\\#", 2) == 0)
        return parse_exact(text + 2, out) ? STATUS_OK : STATUS_INVALID;
    if (!*fields)
        return STATUS_INVALID;
    for (; *fields; fields++) {
        if (*fields == 't')
            return parse_strings(text, out) ? STATUS_OK : STATUS_INVALID;
        if (*fields == 'x')
            return parse_hex(text, out) ? STATUS_OK : STATUS_INVALID;
        text = take_word(text, word);
        if (!parse_field(*fields, word, out))
            return STATUS_INVALID;
    }
    return *skip_spaces(text) ? STATUS_INVALID : STATUS_OK;
}

/* ---- messages ---- */

void lab_writer_init(struct lab_writer *writer)
{
    memset(writer, 0, sizeof *writer);
    buffer_init(&writer->out, LAB_MESSAGE_MOST);
}

void lab_writer_release(struct lab_writer *writer)
{
    buffer_release(&writer->out);
}

void lab_put_8(struct lab_writer *writer, unsigned value)
{
    add_number(&writer->out, value, 1);
}

void lab_put_16(struct lab_writer *writer, unsigned value)
{
    add_number(&writer->out, value, 2);
}

void lab_put_32(struct lab_writer *writer, uint32_t value)
{
    add_number(&writer->out, value, 4);
}

void lab_patch_16(struct lab_writer *writer, size_t at, unsigned value)
{
    if (at + 2 > writer->out.size)
        return;
    writer->out.text[at] = (char)(value >> 8 & 0xFF);
    writer->out.text[at + 1] = (char)(value & 0xFF);
}

void lab_writer_cut(struct lab_writer *writer, size_t size)
{
    writer->out.size = size;
    writer->out.text[size] = '\0';
    writer->out.truncated = false;
    while (writer->name_count > 0 && writer->names[writer->name_count - 1] >= size)
        writer->name_count--;
}

/* Only for places this writer remembered: its own pointers lead backwards and end. */
static bool same_name_at(const struct lab_writer *writer, size_t at, const uint8_t *name)
{
    const uint8_t *message = (const uint8_t *)writer->out.text;

    for (;;) {
        while (message[at] >= POINTER >> 8)
            at = (size_t)(message[at] << 8 | message[at + 1]) & ~(size_t)POINTER;
        if (!equal_fold(message + at, name, (size_t)message[at] + 1))
            return false;
        if (message[at] == 0)
            return true;
        name += (size_t)message[at] + 1;
        at += (size_t)message[at] + 1;
    }
}

static unsigned find_name(const struct lab_writer *writer, const uint8_t *name)
{
    for (size_t i = 0; i < writer->name_count; i++) {
        if (same_name_at(writer, writer->names[i], name))
            return writer->names[i];
    }
    return 0;
}

static void remember_labels(struct lab_writer *writer, size_t from, size_t end)
{
    while (from < end && from < REACH && writer->name_count < LAB_NAMES_REMEMBERED) {
        writer->names[writer->name_count++] = (uint16_t)from;
        from += (size_t)(uint8_t)writer->out.text[from] + 1;
    }
}

void lab_put_name(struct lab_writer *writer, const struct lab_name *name, bool compress)
{
    const uint8_t *label = name->wire;
    size_t start = writer->out.size, end;
    unsigned known = 0;

    while (*label) {
        known = compress ? find_name(writer, label) : 0;
        if (known)
            break;
        buffer_add(&writer->out, label, (size_t)*label + 1);
        label += (size_t)*label + 1;
    }
    end = writer->out.size;
    if (known)
        lab_put_16(writer, POINTER | known);
    else
        lab_put_8(writer, 0);
    if (!writer->out.truncated)
        remember_labels(writer, start, end);
}

static void put_data(struct lab_writer *writer, const char *fields, const uint8_t *data,
                     size_t size)
{
    struct lab_name name;

    for (; *fields && strchr("BHLn", *fields); fields++) {
        size_t taken = *fields == 'B' ? 1 : *fields == 'H' ? 2 : 4;

        if (*fields == 'n') {
            if (lab_name_read(data, size, &name) != STATUS_OK)
                break;
            lab_put_name(writer, &name, true);
            taken = name.size;
        } else {
            buffer_add(&writer->out, data, taken);
        }
        data += taken;
        size -= taken;
    }
    buffer_add(&writer->out, data, size);
}

void lab_put_record(struct lab_writer *writer, const struct lab_name *owner, uint16_t type,
                    uint32_t ttl, const uint8_t *data, size_t size, bool exact)
{
    size_t length;

    lab_put_name(writer, owner, true);
    lab_put_16(writer, type);
    lab_put_16(writer, 1);
    lab_put_32(writer, ttl);
    length = writer->out.size;
    lab_put_16(writer, 0);
    put_data(writer, exact ? "" : fields_of(type), data, size);
    lab_patch_16(writer, length, (unsigned)(writer->out.size - length - 2));
}
