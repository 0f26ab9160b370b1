#include "diag/read/spf_macro.h"

#include "diag/buffer.h"
#include "diag/read/dns_name.h"
#include "diag/text.h"

#include <string.h>

enum {
    DOT = 256,       /* a unit of a value that separates labels, beside the bytes 0 to 255 */
    NAME_MOST = 253, /* characters of an expanded name */
    UNITS_MOST = 2 * SPF_VALUE_MOST, /* of a value: a sender, its domain included */
    TAIL_MOST = 1024
};

/* ---- reading ---- */

static bool refuse(struct spf_macro *macro, const char *error)
{
    macro->error = error;
    return false;
}

static size_t read_parts(const char *text, size_t size, struct spf_macro *macro)
{
    size_t digits = 0;

    for (; digits < size && text_is_digit(text[digits]); digits++) {
        macro->parts = macro->parts * 10 + (unsigned)(text[digits] - '0');
        if (macro->parts > UNITS_MOST)
            macro->parts = UNITS_MOST;
    }
    if (digits > 0 && macro->parts == 0)
        refuse(macro, "a macro cannot keep 0 parts of its value");
    return digits;
}

bool spf_macro_read(const char *text, size_t size, bool in_explanation, struct spf_macro *out)
{
    size_t at = 3;

    memset(out, 0, sizeof *out);
    if (size >= 2 && (text[1] == '%' || text[1] == '_' || text[1] == '-')) {
        out->letter = text[1];
        out->size = 2;
        return true;
    }
    if (size < 4 || text[1] != '{')
        return refuse(out, "this % begins no macro");
    out->letter = text_lower(text[2]);
    out->is_escaped = out->letter != text[2];
    if (!memchr("slodiphvcrt", out->letter, 11))
        return refuse(out, "no macro has this letter");
    if (!in_explanation && memchr("crt", out->letter, 3))
        return refuse(out, "the macros c, r and t belong into explanations only");
    at += read_parts(text + at, size - at, out);
    if (at < size && text_lower(text[at]) == 'r') {
        out->is_reversed = true;
        at++;
    }
    out->delimiters = text + at;
    while (at < size && memchr(".-+,/_=", text[at], 7))
        at++;
    out->delimiter_count = (size_t)(text + at - out->delimiters);
    if (at == size || text[at] != '}')
        return refuse(out, "this macro has no proper end");
    out->size = at + 1;
    return !out->error;
}

bool spf_macro_uses(const char *text, size_t size, char letter)
{
    const char *end = text + size, *at = text;

    while (at < end && (at = memchr(at, '%', (size_t)(end - at)))) {
        struct spf_macro macro;
        bool is_macro = spf_macro_read(at, (size_t)(end - at), true, &macro);

        if (is_macro && macro.letter == letter)
            return true;
        at += is_macro ? macro.size : 1;
    }
    return false;
}

/* ---- values ---- */

struct value { /* bytes and DOTs */
    uint16_t units[UNITS_MOST];
    size_t count;
};

static void add_unit(struct value *value, int unit)
{
    if (value->count < UNITS_MOST)
        value->units[value->count++] = (uint16_t)unit;
}

static void add_bytes(struct value *value, const char *text)
{
    for (size_t i = 0; i < SPF_VALUE_MOST && text[i]; i++)
        add_unit(value, text[i] == '.' ? DOT : (unsigned char)text[i]);
}

static void add_name(struct value *value, const char *name)
{
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t size;

    if (dns_name_to_wire(name, wire, &size) != STATUS_OK) {
        add_bytes(value, name);
        return;
    }
    for (size_t at = 0; wire[at] != 0; at += wire[at] + 1) {
        if (at > 0)
            add_unit(value, DOT);
        for (unsigned i = 1; i <= wire[at]; i++)
            add_unit(value, wire[at + i]);
    }
}

/* 192.0.2.1, or the 32 nibbles of an IPv6 address (RFC 7208 7.3). */
static void add_dotted(struct value *value, const struct ip_address *ip)
{
    static const char digits[] = "0123456789ABCDEF";
    char text[IP_TEXT_SIZE];

    if (ip->family != IP_V6) {
        ip_format(ip, text);
        add_bytes(value, text);
        return;
    }
    for (size_t i = 0; i < sizeof ip->bytes; i++) {
        if (i > 0)
            add_unit(value, DOT);
        add_unit(value, digits[ip->bytes[i] >> 4]);
        add_unit(value, DOT);
        add_unit(value, digits[ip->bytes[i] & 15]);
    }
}

static void add_address(struct value *value, const struct ip_address *ip)
{
    char text[IP_TEXT_SIZE];

    ip_format(ip, text);
    add_bytes(value, text);
}

static void add_number(struct value *value, int64_t number)
{
    struct buffer text;

    buffer_init(&text, 20);
    buffer_add_number(&text, number > 0 ? (unsigned long long)number : 0);
    add_bytes(value, text.text);
    buffer_release(&text);
}

static void add_sender(struct value *value, const struct spf_macro_values *values)
{
    add_bytes(value, values->local);
    add_unit(value, '@');
    add_name(value, values->sender_domain);
}

static void set_macro_value(struct value *value, char letter, const struct spf_macro_values *values)
{
    switch (letter) {
    case 's':
        add_sender(value, values);
        break;
    case 'l':
        add_bytes(value, values->local);
        break;
    case 'o':
        add_name(value, values->sender_domain);
        break;
    case 'd':
        add_name(value, values->domain);
        break;
    case 'i':
        add_dotted(value, &values->ip);
        break;
    case 'p':
        add_name(value, values->validated ? values->validated : "unknown");
        break;
    case 'v':
        add_bytes(value, values->ip.family == IP_V6 ? "ip6" : "in-addr");
        break;
    case 'h':
        add_bytes(value, values->helo ? values->helo : "unknown");
        break;
    case 'c':
        add_address(value, &values->ip);
        break;
    case 't':
        add_number(value, values->now);
        break;
    default:
        add_bytes(value, "unknown");
        break; /* r: who receives is not known */
    }
}

/* ---- transformers (RFC 7208 7.3) ---- */

static bool is_delimiter(const struct spf_macro *macro, unsigned unit)
{
    if (unit == DOT)
        return macro->delimiter_count == 0 ||
               memchr(macro->delimiters, '.', macro->delimiter_count);
    return unit != '.' && unit < 128 && macro->delimiter_count > 0 &&
           memchr(macro->delimiters, (int)unit, macro->delimiter_count);
}

/* Appends the units from `start` up to `end` and a dot. */
static void add_part(struct value *out, const struct value *value, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++)
        add_unit(out, value->units[i]);
    add_unit(out, DOT);
}

/* Parts in reverse, of which the last `parts` are kept: from the left of the value. */
static void reverse_parts(const struct value *value, const struct spf_macro *macro, size_t count,
                          struct value *out)
{
    size_t end = value->count,
           skip = macro->parts && macro->parts < count ? count - macro->parts : 0;

    for (size_t at = value->count + 1; at-- > 0;) {
        if (at > 0 && !is_delimiter(macro, value->units[at - 1]))
            continue;
        if (skip > 0)
            skip--;
        else
            add_part(out, value, at, end);
        end = at > 0 ? at - 1 : 0;
    }
}

static void keep_parts(const struct value *value, const struct spf_macro *macro, size_t count,
                       struct value *out)
{
    size_t start = 0, skip = macro->parts && macro->parts < count ? count - macro->parts : 0;

    for (size_t at = 0; at <= value->count; at++) {
        if (at < value->count && !is_delimiter(macro, value->units[at]))
            continue;
        if (skip > 0)
            skip--;
        else
            add_part(out, value, start, at);
        start = at + 1;
    }
}

static void transform(const struct value *value, const struct spf_macro *macro, struct value *out)
{
    size_t count = 1;

    for (size_t i = 0; i < value->count; i++)
        count += is_delimiter(macro, value->units[i]);
    if (macro->is_reversed)
        reverse_parts(value, macro, count, out);
    else
        keep_parts(value, macro, count, out);
    if (out->count > 0)
        out->count--; /* the dot behind the last part */
}

/* ---- where the units go ---- */

/*
 * The text of an explanation, or the last units of a name: cut from the left in the end,
 * it needs no more of them.
 */
struct sink {
    struct buffer *text;
    uint16_t tail[TAIL_MOST];
    size_t count;
};

static void put(struct sink *sink, unsigned unit)
{
    if (sink->text) {
        buffer_add_char(sink->text, unit == DOT ? '.' : unit == 0 ? '?' : (char)unit);
        return;
    }
    if (sink->count == TAIL_MOST) {
        memcpy(sink->tail, sink->tail + TAIL_MOST / 2, sizeof sink->tail / 2);
        sink->count = TAIL_MOST / 2;
    }
    sink->tail[sink->count++] = (uint16_t)unit;
}

static void put_text(struct sink *sink, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        put(sink, text[i] == '.' ? DOT : (unsigned char)text[i]);
}

/* RFC 3986 2.3: what is not unreserved is escaped. */
static void put_escaped(struct sink *sink, unsigned unit)
{
    static const char digits[] = "0123456789ABCDEF";

    if (unit == DOT || (unit < 128 && (text_is_letter((char)unit) || text_is_digit((char)unit))) ||
        unit == '-' || unit == '.' || unit == '_' || unit == '~') {
        put(sink, unit);
        return;
    }
    put(sink, '%');
    put(sink, (unsigned char)digits[unit >> 4]);
    put(sink, (unsigned char)digits[unit & 15]);
}

static void put_macro(struct sink *sink, const struct spf_macro *macro,
                      const struct spf_macro_values *values)
{
    struct value value, parts;
    const struct value *shown = &value;

    value.count = parts.count = 0;
    set_macro_value(&value, macro->letter, values);
    if (macro->parts || macro->is_reversed || macro->delimiter_count > 0) {
        transform(&value, macro, &parts);
        shown = &parts;
    }
    for (size_t i = 0; i < shown->count; i++) {
        if (macro->is_escaped)
            put_escaped(sink, shown->units[i]);
        else
            put(sink, shown->units[i]);
    }
}

/* False where a % begins no macro. */
static bool expand(const char *text, size_t size, const struct spf_macro_values *values,
                   struct sink *sink)
{
    for (size_t at = 0; at < size;) {
        const char *percent = memchr(text + at, '%', size - at);
        size_t literal = percent ? (size_t)(percent - text) - at : size - at;
        struct spf_macro macro;

        put_text(sink, text + at, literal);
        at += literal;
        if (at == size)
            break;
        if (!spf_macro_read(text + at, size - at, sink->text != NULL, &macro))
            return false;
        if (sink->text && sink->text->truncated)
            macro.letter = '\0';
        else if (macro.letter == '_')
            put(sink, ' ');
        else if (macro.letter == '-')
            put_text(sink, "%20", 3);
        else if (macro.letter == '%')
            put(sink, '%');
        else
            put_macro(sink, &macro, values);
        at += macro.size;
    }
    return true;
}

/* ---- names ---- */

/* Where the name begins in the tail, so that it has at most NAME_MOST characters. */
static size_t cut_left(const struct sink *sink)
{
    size_t at;

    if (sink->count <= NAME_MOST)
        return 0;
    at = sink->count - NAME_MOST;
    while (at < sink->count && sink->tail[at - 1] != DOT)
        at++;
    return at;
}

static enum status make_name(struct sink *sink, struct arena *arena, const char **name)
{
    uint8_t wire[DNS_NAME_WIRE_MOST];
    char text[DNS_NAME_TEXT_SIZE];
    size_t used = 0;

    if (sink->count > 0 && sink->tail[sink->count - 1] == DOT)
        sink->count--;
    for (size_t at = cut_left(sink); at < sink->count; at++) {
        size_t start = used++;

        while (at < sink->count && sink->tail[at] != DOT)
            wire[used++] = (uint8_t)sink->tail[at++];
        if (used - start - 1 == 0 || used - start - 1 > DNS_LABEL_MOST || at + 1 == sink->count)
            return STATUS_INVALID;
        wire[start] = (uint8_t)(used - start - 1);
    }
    if (used == 0)
        return STATUS_INVALID;
    wire[used++] = 0;
    dns_name_from_wire(wire, used, text);
    *name = arena_copy_string(arena, text);
    return STATUS_OK;
}

enum status spf_expand_domain(const char *spec, size_t size, const struct spf_macro_values *values,
                              struct arena *arena, const char **name)
{
    struct sink sink;

    sink.text = NULL;
    sink.count = 0;
    if (!expand(spec, size, values, &sink))
        return STATUS_INVALID;
    return make_name(&sink, arena, name);
}

/* ---- explanations ---- */

static bool is_explain_string(const char *text, size_t size)
{
    size_t i = 0;

    while (i < size && text[i] >= ' ' && text[i] <= '~')
        i++;
    return i == size;
}

const char *spf_expand_explanation(const char *text, size_t size,
                                   const struct spf_macro_values *values, struct arena *arena)
{
    struct buffer out;
    struct sink sink;
    bool is_right;

    if (!is_explain_string(text, size))
        return NULL;
    buffer_init(&out, SPF_EXPLANATION_MOST);
    sink.text = &out;
    is_right = expand(text, size, values, &sink);
    if (is_right)
        return buffer_keep(&out, arena);
    buffer_release(&out);
    return NULL;
}
