#include "diag/read/dns_name.h"

#include "diag/text.h"

#include <string.h>

/* What next_unit() gives beside the bytes 0 to 255 of labels. */
enum { LABEL_END = 256, TEXT_END = 257, BROKEN_ESCAPE = 258 };

/* Takes a byte of a label, or a dot, off presentation text. */
static int next_unit(const char **text)
{
    const char *at = *text;
    int value;

    if (at[0] == '\0')
        return TEXT_END;
    *text = at + 1;
    if (at[0] == '.')
        return LABEL_END;
    if (at[0] != '\\')
        return (unsigned char)at[0];
    if (at[1] == '\0')
        return BROKEN_ESCAPE;
    if (!text_is_digit(at[1])) {
        *text = at + 2;
        return (unsigned char)at[1];
    }
    if (!text_is_digit(at[2]) || !text_is_digit(at[3]))
        return BROKEN_ESCAPE;
    value = (at[1] - '0') * 100 + (at[2] - '0') * 10 + (at[3] - '0');
    if (value > UINT8_MAX)
        return BROKEN_ESCAPE;
    *text = at + 4;
    return value;
}

static int fold_unit(int unit)
{
    return unit >= 'A' && unit <= 'Z' ? unit - 'A' + 'a' : unit;
}

/* A byte of a label that stands for itself in presentation text. */
static bool is_plain(int byte)
{
    return byte > ' ' && byte < 0x7F && byte != '.' && byte != '\\';
}

/* Writes a byte of a label as presentation text; how many characters it took, at most 4. */
static size_t write_byte(int byte, char *out)
{
    if (is_plain(byte)) {
        out[0] = (char)byte;
        return 1;
    }
    if (byte == '.' || byte == '\\') {
        out[0] = '\\';
        out[1] = (char)byte;
        return 2;
    }
    out[0] = '\\';
    out[1] = (char)('0' + byte / 100);
    out[2] = (char)('0' + byte / 10 % 10);
    out[3] = (char)('0' + byte % 10);
    return 4;
}

static bool is_root(const char *name)
{
    return name[0] == '\0' || (name[0] == '.' && name[1] == '\0');
}

/* The next label of a text as wire bytes, its length first; their number, 0 if it is invalid. */
static size_t take_label(const char **text, uint8_t *wire, size_t room)
{
    size_t size = 0;
    int unit;

    while ((unit = next_unit(text)) <= UINT8_MAX) {
        if (size == DNS_LABEL_MOST || size + 1 >= room)
            return 0;
        wire[++size] = (uint8_t)unit;
    }
    if (unit == BROKEN_ESCAPE || size == 0)
        return 0;
    wire[0] = (uint8_t)size;
    return size + 1;
}

enum status dns_name_to_wire(const char *text, uint8_t *wire, size_t *size)
{
    size_t used = 0;

    if (text[0] == '\0')
        return STATUS_INVALID;
    if (is_root(text))
        text++;
    while (*text != '\0') {
        size_t label = take_label(&text, wire + used, DNS_NAME_WIRE_MOST - 1 - used);

        if (label == 0)
            return STATUS_INVALID;
        used += label;
    }
    wire[used] = 0;
    *size = used + 1;
    return STATUS_OK;
}

enum status dns_name_from_wire(const uint8_t *wire, size_t size, char *text)
{
    size_t at = 0;
    char *end = text;

    if (size > DNS_NAME_WIRE_MOST)
        size = DNS_NAME_WIRE_MOST;
    while (at < size && wire[at] != 0) {
        size_t label = wire[at++];

        if (label > DNS_LABEL_MOST || label > size - at)
            return STATUS_MALFORMED;
        if (end != text)
            *end++ = '.';
        for (; label > 0; label--)
            end += write_byte(wire[at++], end);
    }
    if (at == size)
        return STATUS_MALFORMED;
    if (end == text)
        *end++ = '.';
    *end = '\0';
    return STATUS_OK;
}

/* The next unit of a name, in lower case and without the trailing dot. */
static int next_folded(const char **name)
{
    int unit = next_unit(name);

    if (unit == LABEL_END && **name == '\0')
        return TEXT_END;
    return fold_unit(unit);
}

bool dns_name_equal(const char *a, const char *b)
{
    int unit;

    if (strcmp(a, b) == 0)
        return true;
    do {
        unit = next_folded(&a);
        if (unit != next_folded(&b))
            return false;
    } while (unit != TEXT_END);
    return true;
}

bool dns_name_is_below(const char *name, const char *zone)
{
    unsigned labels = dns_name_labels(name), zone_labels = dns_name_labels(zone);

    for (; labels > zone_labels; labels--)
        name = dns_name_parent(name);
    return labels == zone_labels && dns_name_equal(name, zone);
}

static bool is_everyday(char character)
{
    return (character >= 'a' && character <= 'z') || text_is_digit(character) || character == '-' ||
           character == '_';
}

bool dns_name_is_folded(const char *name)
{
    bool in_label = false;

    for (; *name; name++) {
        if (!is_everyday(*name) && !(in_label && *name == '.'))
            return false;
        in_label = *name != '.';
    }
    return in_label;
}

/* Takes the bytes that stand for themselves off the front, in lower case; true if there were any.
 */
static bool fold_plain(const char **name, struct buffer *out)
{
    char text[DNS_LABEL_MOST];
    size_t size = 0;

    while (size<sizeof text &&* * name> ' ' && **name < 0x7F && **name != '.' && **name != '\\')
        text[size++] = (char)fold_unit(*(*name)++);
    buffer_add(out, text, size);
    return size > 0;
}

void dns_name_fold(const char *name, struct buffer *out)
{
    bool in_label = false;
    char text[4];

    if (is_root(name) || dns_name_is_folded(name)) {
        buffer_add_string(out, name);
        return;
    }
    for (;;) {
        const char *at;
        int unit;

        if (fold_plain(&name, out))
            in_label = true;
        at = name;
        unit = fold_unit(next_unit(&name));
        if (unit == BROKEN_ESCAPE)
            buffer_add_string(out, at);
        if (unit == BROKEN_ESCAPE || unit == TEXT_END ||
            (unit == LABEL_END && *name == '\0' && in_label))
            return;
        in_label = unit != LABEL_END;
        if (in_label)
            buffer_add(out, text, write_byte(unit, text));
        else
            buffer_add_char(out, '.');
    }
}

unsigned dns_name_labels(const char *name)
{
    unsigned labels = 0;

    while (!is_root(name)) {
        name = dns_name_parent(name);
        labels++;
    }
    return labels;
}

const char *dns_name_parent(const char *name)
{
    int unit;

    do {
        unit = next_unit(&name);
    } while (unit != LABEL_END && unit != TEXT_END);
    return *name == '\0' ? "." : name;
}

bool dns_label_is_private(const char *label, size_t size)
{
    static const char *const labels[] = {
        "local", "localhost", "internal", "test", "invalid",  "example", "onion",
        "lan",   "corp",      "home",     "mail", "intranet", "private", "localdomain",
    };

    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (text_equal_fold_sized(label, size, labels[i], strlen(labels[i])))
            return true;
    }
    return false;
}

bool dns_name_is_private(const char *name)
{
    const char *top = name;

    if (dns_name_labels(name) < 2 || dns_name_is_below(name, "home.arpa"))
        return true;
    while (dns_name_labels(top) > 1)
        top = dns_name_parent(top);
    return dns_label_is_private(top, strcspn(top, "."));
}
