#include "diag/read/ldap_text.h"

#include "diag/read/case_fold.h"
#include "diag/text.h"

#include <string.h>

/* ---- writing ---- */

static void add_hex(struct buffer *out, char byte)
{
    static const char digits[] = "0123456789abcdef";
    unsigned value = (unsigned char)byte;

    buffer_add_char(out, '\\');
    buffer_add_char(out, digits[value >> 4]);
    buffer_add_char(out, digits[value & 15]);
}

/* Bytes of the character that a text begins with; 0 where that is none. */
static size_t character_size(const char *text, size_t size)
{
    uint32_t code_point;

    return text_decode(text, size, &code_point);
}

void ldap_filter_value(const char *bytes, size_t size, struct buffer *out)
{
    for (size_t i = 0, used; i < size; i += used ? used : 1) {
        used = character_size(bytes + i, size - i);
        if (used == 0 || (used == 1 && memchr("()*\\", bytes[i], 5))) /* 5: with its NUL */
            add_hex(out, bytes[i]);
        else
            buffer_add(out, bytes + i, used);
    }
}

static bool is_control(char character)
{
    return (unsigned char)character < 0x20 || character == 0x7F;
}

/* What a backslash may stand before in a value, besides two digits: RFC 4514 2.4 and 3. */
static bool is_special(char character)
{
    return memchr("\"+,;<>\\=# ", character, 10) != NULL;
}

static bool needs_escape(const char *bytes, size_t size, size_t at)
{
    if (bytes[at] == '#')
        return at == 0;
    if (bytes[at] == ' ')
        return at == 0 || at + 1 == size;
    return is_special(bytes[at]);
}

void ldap_dn_value(const char *bytes, size_t size, struct buffer *out)
{
    for (size_t i = 0, used; i < size; i += used ? used : 1) {
        used = character_size(bytes + i, size - i);
        if (used == 0 || is_control(bytes[i])) {
            add_hex(out, bytes[i]);
            continue;
        }
        if (needs_escape(bytes, size, i))
            buffer_add_char(out, '\\');
        buffer_add(out, bytes + i, used);
    }
}

/* ---- reading ---- */

struct part { /* one type and value: of a component, or beside another in it */
    struct ldap_rdn rdn;
    bool is_beside;
};

struct name {
    struct part *parts;
    size_t count, room;
};

static const char *skip_spaces(const char *text)
{
    return text + strspn(text, " ");
}

static int digit_of(char character)
{
    if (text_is_digit(character))
        return character - '0';
    character = text_lower(character);
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

/* Two digits as a byte; -1 if they are none. */
static int byte_of(const char *text)
{
    int high = digit_of(text[0]), low = high < 0 ? -1 : digit_of(text[1]);

    return low < 0 ? -1 : high << 4 | low;
}

/* "CN", or an object identifier; gives what follows it, or NULL. */
static const char *read_type(const char *text, struct arena *arena, struct ldap_rdn *rdn)
{
    bool is_number = text_is_digit(*text);
    size_t size = 0;

    while (text_is_digit(text[size]) ||
           (is_number ? text[size] == '.' : text_is_letter(text[size]) || text[size] == '-'))
        size++;
    if (size == 0 || *text == '-')
        return NULL;
    rdn->type = arena_copy(arena, text, size);
    text = skip_spaces(text + size);
    return *text == '=' ? skip_spaces(text + 1) : NULL;
}

/* "#04024869" */
static const char *read_hex_value(const char *text, struct buffer *out)
{
    int byte;

    for (text++; (byte = byte_of(text)) >= 0; text += 2)
        buffer_add_char(out, (char)byte);
    return out->size > 0 ? skip_spaces(text) : NULL;
}

/* Spaces behind a value are no part of it, unless they are escaped. */
static const char *read_text_value(const char *text, struct buffer *out)
{
    size_t end = 0;

    for (; *text && *text != ',' && *text != '+'; text++) {
        if (*text == '\\') {
            int byte = byte_of(text + 1);

            if (byte < 0 && !(text[1] && is_special(text[1])))
                return NULL;
            buffer_add_char(out, byte < 0 ? text[1] : (char)byte);
            text += byte < 0 ? 1 : 2;
        } else if (strchr("\";<>", *text)) {
            return NULL;
        } else {
            buffer_add_char(out, *text);
            if (*text == ' ')
                continue;
        }
        end = out->size;
    }
    out->text[end] = '\0';
    out->size = end;
    return text;
}

static enum status parse(const char *dn, struct arena *arena, struct name *out)
{
    struct buffer value;
    bool is_beside = false;
    const char *text = skip_spaces(dn);
    enum status status = STATUS_OK;

    *out = (struct name){.count = 0};
    if (strlen(dn) > LDAP_DN_MOST)
        return STATUS_TOO_LARGE;
    buffer_init(&value, LDAP_DN_MOST);
    while (*text || out->count > 0) {
        struct part part = {.is_beside = is_beside};

        buffer_clear(&value);
        text = read_type(text, arena, &part.rdn);
        if (text)
            text = *text == '#' ? read_hex_value(text, &value) : read_text_value(text, &value);
        if (!text || (*text && *text != ',' && *text != '+')) {
            status = STATUS_MALFORMED;
            break;
        }
        part.rdn.value = arena_copy(arena, value.text, value.size);
        part.rdn.value_size = value.size;
        out->parts = arena_grow(arena, out->parts, &out->room, out->count, sizeof part);
        out->parts[out->count++] = part;
        if (!*text)
            break;
        is_beside = *text == '+';
        text = skip_spaces(text + 1);
    }
    buffer_release(&value);
    return status;
}

enum status ldap_dn_parse(const char *dn, struct arena *arena, struct ldap_rdn **rdns,
                          size_t *count)
{
    struct name name;
    enum status status = parse(dn, arena, &name);

    *count = 0;
    *rdns = NULL;
    if (status != STATUS_OK)
        return status;
    *rdns = arena_new(arena, name.count, sizeof **rdns);
    for (size_t i = 0; i < name.count; i++) {
        if (!name.parts[i].is_beside)
            (*rdns)[(*count)++] = name.parts[i].rdn;
    }
    return STATUS_OK;
}

/* ---- domains ---- */

static bool is_domain_component(const struct ldap_rdn *rdn)
{
    return text_equal_fold(rdn->type, "DC") || strcmp(rdn->type, "0.9.2342.19200300.100.1.25") == 0;
}

static bool is_label(const struct ldap_rdn *rdn)
{
    for (size_t i = 0; i < rdn->value_size; i++) {
        char character = rdn->value[i];

        if (!text_is_letter(character) && !text_is_digit(character) && character != '-' &&
            character != '_' && !(character & 0x80))
            return false;
    }
    return rdn->value_size > 0 && text_is_utf8(rdn->value, rdn->value_size);
}

const char *ldap_dn_domain(const char *dn, struct arena *arena)
{
    struct ldap_rdn *rdns;
    struct buffer domain;
    size_t count, first;

    if (ldap_dn_parse(dn, arena, &rdns, &count) != STATUS_OK)
        return NULL;
    for (first = count; first > 0 && is_domain_component(&rdns[first - 1]); first--) {
        if (!is_label(&rdns[first - 1]))
            return NULL;
    }
    if (first == count)
        return NULL;
    buffer_init(&domain, LDAP_DN_MOST);
    for (size_t i = first; i < count; i++) {
        if (i > first)
            buffer_add_char(&domain, '.');
        buffer_add(&domain, rdns[i].value, rdns[i].value_size);
    }
    return buffer_keep(&domain, arena);
}

/* ---- comparing ---- */

/* Without spaces around it, and runs of them as one. */
static size_t squeeze(char *text, size_t size)
{
    size_t kept = 0;

    for (size_t i = 0; i < size; i++) {
        if (text[i] != ' ' || (kept > 0 && text[kept - 1] != ' '))
            text[kept++] = text[i];
    }
    return kept > 0 && text[kept - 1] == ' ' ? kept - 1 : kept;
}

static bool is_same(const struct part *one, const struct part *other, struct arena *arena)
{
    const struct ldap_rdn *a = &one->rdn, *b = &other->rdn;
    char *a_text = arena_copy(arena, a->value, a->value_size);
    char *b_text = arena_copy(arena, b->value, b->value_size);
    size_t a_size = squeeze(a_text, a->value_size), b_size = squeeze(b_text, b->value_size);

    return one->is_beside == other->is_beside && text_equal_fold(a->type, b->type) &&
           case_equal(a_text, a_size, b_text, b_size);
}

bool ldap_dn_equal(const char *one, const char *other)
{
    struct arena arena = {0};
    struct name a, b;
    bool is_equal = parse(one, &arena, &a) == STATUS_OK && parse(other, &arena, &b) == STATUS_OK &&
                    a.count == b.count;

    for (size_t i = 0; is_equal && i < a.count; i++)
        is_equal = is_same(&a.parts[i], &b.parts[i], &arena);
    arena_release(&arena);
    return is_equal;
}
