#include "diag/evidence/redact.h"

#include "diag/evidence/pseudonym.h"
#include "diag/memory.h"
#include "diag/read/dns_name.h"
#include "diag/read/machine_path.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

/* What runs of letters, digits, - and _ begin with. */
static bool is_word(char character)
{
    return text_is_letter(character) || text_is_digit(character) || character == '_' ||
           (unsigned char)character >= 0x80;
}

/* ---- names ---- */

/* How many characters spell one byte of a label: \DDD, \X, or the byte itself. */
static size_t spelling_size(const char *text, size_t size)
{
    if (*text != '\\' || size == 1)
        return 1;
    for (size_t i = 1; i < 4; i++) {
        if (i >= size || !text_is_digit(text[i]))
            return 2;
    }
    return memcmp(text + 1, "255", 3) <= 0 ? 4 : 2;
}

static unsigned char spelt_byte(const char *text, size_t size)
{
    if (size == 4)
        return (unsigned char)((text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0'));
    return (unsigned char)text[size - 1];
}

static void spell_byte(char *text, size_t size, unsigned char byte)
{
    if (size < 4) {
        text[size - 1] = (char)byte;
        return;
    }
    text[1] = (char)('0' + byte / 100);
    text[2] = (char)('0' + byte / 10 % 10);
    text[3] = (char)('0' + byte % 10);
}

/* A label, or the part of one between characters that no host name has. */
static void redact_run(const struct redactor *redactor, unsigned char *bytes, size_t size)
{
    size_t prefix = text_starts_fold((const char *)bytes, size, "xn--") ? 4 : 0; /* RFC 5890 */

    if (bytes[0] != '_')
        pseudonym_write(redactor, bytes + prefix, size - prefix);
}

/* In place. `bytes` has room for `size`. An escape stays an escape. */
static void redact_label(const struct redactor *redactor, char *label, size_t size,
                         unsigned char *bytes)
{
    size_t count = 0, used;

    for (size_t at = 0; at < size; at += used) {
        used = spelling_size(label + at, size - at);
        bytes[count++] = spelt_byte(label + at, used);
    }
    for (size_t start = 0; start < count; start++) {
        size_t end = start;

        while (end < count && (is_word((char)bytes[end]) || (end > start && bytes[end] == '-')))
            end++;
        if (end > start)
            redact_run(redactor, bytes + start, end - start);
        start = end;
    }
    count = 0;
    for (size_t at = 0; at < size; at += used) {
        used = spelling_size(label + at, size - at);
        spell_byte(label + at, used, bytes[count++]);
    }
}

static size_t label_size(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size && text[at] != '.')
        at += spelling_size(text + at, size - at);
    return at;
}

/*
 * Public top-level domains lead to nobody; other last labels may be an organisation's
 * own, such as that of a forest, or of a machine named by one label.
 */
static bool is_top_level(const char *label, size_t size)
{
    static const char *const generic[] = {"com", "net", "org",  "edu",  "gov",  "mil",
                                          "int", "biz", "info", "arpa", "name", "pro"};

    if (size == 2 && text_is_letter(label[0]) && text_is_letter(label[1]))
        return true; /* a country's (ISO 3166) */
    for (size_t i = 0; i < sizeof generic / sizeof *generic; i++) {
        if (text_equal_fold_sized(label, size, generic[i], strlen(generic[i])))
            return true;
    }
    return dns_label_is_private(label, size);
}

/*
 * What Active Directory publishes below _msdcs: its domain controllers, the first of them, the
 * catalogs and the domains (MS-ADTS 6.3.2.3). Without that word a name there would not be found.
 */
static bool is_directory_word(const char *label, size_t size, const char *rest, size_t rest_size)
{
    static const char *const words[] = {"dc", "pdc", "gc", "domains"};
    static const char below[] = "._msdcs";

    if (!text_starts_fold(rest, rest_size, below) ||
        (rest_size > sizeof below - 1 && rest[sizeof below - 1] != '.'))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (text_equal_fold_sized(label, size, words[i], strlen(words[i])))
            return true;
    }
    return false;
}

/*
 * How many bytes at the end of a name are of Microsoft's public cloud, which has the same there for
 * everybody: what a host of it may be asked, and what not, goes by that. With each name its parents
 * are there. 0 for other names.
 */
static size_t cloud_size(const char *name, size_t size)
{
    static const char *const clouds[] = {"mail.protection.outlook.com",
                                         "spf.protection.outlook.com",
                                         "protection.outlook.com",
                                         "outlook.com",
                                         "mail.onmicrosoft.com",
                                         "onmicrosoft.com",
                                         "mail.protection.office365.us",
                                         "protection.office365.us",
                                         "office365.us",
                                         "onmicrosoft.us",
                                         "mail.protection.partner.outlook.cn",
                                         "protection.partner.outlook.cn",
                                         "partner.outlook.cn",
                                         "outlook.cn",
                                         "partner.onmschina.cn",
                                         "onmschina.cn",
                                         "office365.com",
                                         "office.com",
                                         "mx.microsoft",
                                         "microsoft"};

    for (size_t i = 0; i < sizeof clouds / sizeof *clouds; i++) {
        size_t cloud = strlen(clouds[i]);

        if (size >= cloud && (size == cloud || name[size - cloud - 1] == '.') &&
            text_equal_fold_sized(name + size - cloud, cloud, clouds[i], cloud))
            return cloud;
    }
    return 0;
}

/* In place. `keep_last`: its last label may be a top-level domain, which is kept. */
static void redact_labels(const struct redactor *redactor, char *name, size_t size, bool keep_last,
                          unsigned char *bytes)
{
    const size_t end = keep_last ? size - cloud_size(name, size) : size;

    for (size_t at = 0; at < end; at++) {
        size_t label = label_size(name + at, size - at);

        bool is_kept = at + label < size ? is_directory_word(name + at, label, name + at + label,
                                                             size - at - label)
                                         : keep_last && is_top_level(name + at, label);

        if (!is_kept)
            redact_label(redactor, name + at, label, bytes);
        at += label;
    }
}

/* A malformed dotted quad stays malformed: where its digits became an address, once more. */
static void add_labels(const struct redactor *redactor, const char *text, size_t size,
                       bool keep_last, struct buffer *out)
{
    char *name = memory_new(2, size + 1);
    struct ip_address ip;

    memcpy(name, text, size);
    do {
        redact_labels(redactor, name, size, keep_last, (unsigned char *)name + size + 1);
    } while (ip_parse(name, size, &ip) == STATUS_OK);
    buffer_add(out, name, size);
    free(name);
}

static void add_ip(const struct ip_address *ip, struct buffer *out)
{
    char text[IP_TEXT_SIZE];

    ip_format(ip, text);
    buffer_add_string(out, text);
}

/* ---- names that spell an address: RFC 1035 3.5, RFC 3596 2.5 ---- */

static const struct reverse_zone {
    const char *name;
    uint8_t family;
    unsigned bits; /* that one label spells */
    unsigned base;
    unsigned digits;
    unsigned labels; /* of a whole address */
    const char *format;
} reverse_zones[] = {
    {"in-addr.arpa", IP_V4, 8, 10, 3, 4, "%u."},
    {"ip6.arpa", IP_V6, 4, 16, 1, 32, "%x."},
};

static bool read_address_label(const struct reverse_zone *zone, const char *label, size_t size,
                               unsigned *value)
{
    static const char digits[] = "0123456789abcdef";

    *value = 0;
    if (size < 1 || size > zone->digits || (size > 1 && *label == '0'))
        return false;
    for (size_t i = 0; i < size; i++) {
        const char *digit = memchr(digits, text_lower(label[i]), zone->base);

        if (!digit)
            return false;
        *value = *value * zone->base + (unsigned)(digit - digits);
    }
    return *value >> zone->bits == 0;
}

/* Where the label for these bits of an address is: in which byte, and how far up. */
static unsigned shift_of(const struct reverse_zone *zone, unsigned label)
{
    return 8 - zone->bits - label * zone->bits % 8;
}

/*
 * `text` ends with the dot before the zone. The labels there, last first, are an
 * address or its beginning; what stands before them are labels like any others.
 */
static void add_reverse_name(const struct redactor *redactor, const struct reverse_zone *zone,
                             const char *text, size_t size, struct buffer *out)
{
    struct ip_address ip = {.family = zone->family};
    unsigned count = 0, value;

    while (size > 0 && count < zone->labels) {
        size_t start = size - 1;

        while (start > 0 && text[start - 1] != '.')
            start--;
        if (!read_address_label(zone, text + start, size - 1 - start, &value))
            break;
        ip.bytes[count * zone->bits / 8] |= (uint8_t)(value << shift_of(zone, count));
        count++;
        size = start;
    }
    add_labels(redactor, text, size, false, out);
    redact_ip(redactor, &ip);
    while (count-- > 0) {
        value = (unsigned)ip.bytes[count * zone->bits / 8] >> shift_of(zone, count);
        buffer_print(out, zone->format, value & ((1u << zone->bits) - 1));
    }
}

/* The zone that a name is or is below, or NULL. */
static const struct reverse_zone *reverse_zone_of(const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof reverse_zones / sizeof *reverse_zones; i++) {
        const struct reverse_zone *zone = &reverse_zones[i];
        size_t zone_size = strlen(zone->name);

        if (size >= zone_size && (size == zone_size || name[size - zone_size - 1] == '.') &&
            text_equal_fold_sized(name + size - zone_size, zone_size, zone->name, zone_size))
            return zone;
    }
    return NULL;
}

/* A name without a trailing dot. */
static void add_name(const struct redactor *redactor, const char *text, size_t size, bool keep_last,
                     struct buffer *out)
{
    const struct reverse_zone *zone = keep_last ? reverse_zone_of(text, size) : NULL;
    struct ip_address ip;

    if (ip_parse(text, size, &ip) == STATUS_OK) {
        redact_ip(redactor, &ip);
        add_ip(&ip, out);
    } else if (zone) {
        size -= strlen(zone->name);
        add_reverse_name(redactor, zone, text, size, out);
        buffer_add(out, text + size, strlen(zone->name));
    } else {
        add_labels(redactor, text, size, keep_last, out);
    }
}

void redact_name(const struct redactor *redactor, const char *name, struct buffer *out)
{
    size_t size = strlen(name), dot = size > 0 && name[size - 1] == '.';

    add_name(redactor, name, size - dot, true, out);
    buffer_add(out, name + size - dot, dot);
}

const char *redact_name_copy(const struct redactor *redactor, const char *name, struct arena *arena)
{
    struct buffer out;

    if (!name)
        return NULL;
    buffer_init(&out, DNS_NAME_TEXT_SIZE);
    redact_name(redactor, name, &out);
    return buffer_keep(&out, arena);
}

/* ---- text ---- */

/* Text with the place that is looked at. */
struct reader {
    const char *text;
    size_t size;
    size_t at;
};

static char peek(const struct reader *reader, size_t ahead)
{
    return ahead < reader->size - reader->at ? reader->text[reader->at + ahead] : '\0';
}

static char before(const struct reader *reader)
{
    return reader->at ? reader->text[reader->at - 1] : '\0';
}

static bool is_word_at(const struct reader *reader, size_t ahead)
{
    return is_word(peek(reader, ahead));
}

static bool is_digit_at(const struct reader *reader, size_t ahead)
{
    return text_is_digit(peek(reader, ahead));
}

/* An SPF macro, RFC 7208 7.1, such as %{ir} or %%; its size, or 0. */
static size_t macro_size(const struct reader *reader, size_t at)
{
    size_t size = 3;

    if (peek(reader, at) != '%')
        return 0;
    if (peek(reader, at + 1) && strchr("%_-", peek(reader, at + 1)))
        return 2;
    if (peek(reader, at + 1) != '{' || !text_is_letter(peek(reader, at + 2)))
        return 0;
    while (is_digit_at(reader, at + size))
        size++;
    if ((peek(reader, at + size) | 0x20) == 'r')
        size++;
    while (peek(reader, at + size) && strchr(".-+,/_=", peek(reader, at + size)))
        size++;
    return peek(reader, at + size) == '}' ? size + 1 : 0;
}

/* An IPv6 address here; its size in the text, or 0. */
static size_t read_ipv6(const struct reader *reader, struct ip_address *ip)
{
    static const char characters[] = "0123456789abcdefABCDEF:.";
    const char *text = reader->text + reader->at;
    size_t size = 0;

    while (size < IP_TEXT_SIZE && peek(reader, size) && strchr(characters, peek(reader, size)))
        size++;
    if (is_word_at(reader, size) || !memchr(text, ':', size))
        return 0;
    while (size > 0 && ip_parse(text, size, ip) != STATUS_OK) {
        if (text[size - 1] != '.' && text[size - 1] != ':')
            return 0;
        size--;
    }
    return size;
}

/* The number of a prefix length /n that follows, or the whole address. */
static unsigned prefix_after(const struct reader *reader, size_t size, unsigned whole)
{
    unsigned bits = 0;

    if (peek(reader, size) != '/' || !is_digit_at(reader, size + 1))
        return whole;
    for (size++; is_digit_at(reader, size) && bits < whole; size++)
        bits = bits * 10 + (unsigned)(peek(reader, size) - '0');
    return bits < whole ? bits : whole;
}

/* A network stays one: where all bits behind its /n were zero, they are again. */
static size_t redact_address(const struct redactor *redactor, const struct reader *reader,
                             struct ip_address *ip, size_t size, struct buffer *out)
{
    unsigned whole = ip->family == IP_V4 ? 32 : 128, prefix = prefix_after(reader, size, whole);
    bool is_network = true;

    for (unsigned bit = prefix; bit < whole; bit++)
        is_network = is_network && !(ip->bytes[bit / 8] & 0x80u >> bit % 8);
    redact_ip(redactor, ip);
    for (unsigned bit = prefix; is_network && bit < whole; bit++)
        ip->bytes[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
    add_ip(ip, out);
    return size;
}

static bool is_vocabulary(const char *const *words, const char *text, size_t size)
{
    for (; *words; words++) {
        if (text_equal_fold_sized(*words, strlen(*words), text, size))
            return true;
    }
    return false;
}

static bool is_prefix_length(const struct reader *reader, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!is_digit_at(reader, i))
            return false;
    }
    return before(reader) == '/' && size <= 3;
}

/* Letters, digits, - and _, and dots among them; without what is punctuation at the end. */
static size_t name_size(const struct reader *reader)
{
    size_t size = 0;

    while (is_word_at(reader, size) || peek(reader, size) == '-' || peek(reader, size) == '.')
        size++;
    while (peek(reader, size - 1) == '.')
        size--;
    return size;
}

/* A name or a word; what was used of the text. */
static size_t redact_word(const struct redactor *redactor, const struct reader *reader,
                          const char *const *words, struct buffer *out)
{
    const char *text = reader->text + reader->at;
    size_t size = name_size(reader), dot = peek(reader, size) == '.';
    bool goes_on = macro_size(reader, size + dot) > 0;
    bool is_name = memchr(text, '.', size) || before(reader) == '.' || goes_on;
    struct ip_address ip;

    if (!goes_on && before(reader) != '.' && ip_parse(text, size, &ip) == STATUS_OK)
        return redact_address(redactor, reader, &ip, size, out);
    if (is_name)
        add_name(redactor, text, size, !goes_on, out);
    else if (is_vocabulary(words, text, size) || is_prefix_length(reader, size))
        buffer_add(out, text, size);
    else
        add_labels(redactor, text, size, false, out);
    return size;
}

static size_t redact_next(const struct redactor *redactor, const struct reader *reader,
                          const char *const *words, struct buffer *out)
{
    size_t size = macro_size(reader, 0);
    struct ip_address ip;

    if (size == 0 && (is_word_at(reader, 0) || peek(reader, 0) == ':')) {
        size = read_ipv6(reader, &ip);
        if (size > 0)
            return redact_address(redactor, reader, &ip, size, out);
    }
    if (size == 0 && is_word_at(reader, 0))
        return redact_word(redactor, reader, words, out);
    size = size ? size : 1;
    buffer_add(out, reader->text + reader->at, size);
    return size;
}

void redact_text(const struct redactor *redactor, const char *text, size_t size,
                 const char *const *words, struct buffer *out)
{
    struct reader reader = {text, size, 0};

    while (reader.at < size)
        reader.at += redact_next(redactor, &reader, words, out);
}

/* ---- paths ---- */

/* Where the extension begins, at its dot: a few letters or digits at the end; or the end. */
static size_t extension_of(const char *path, size_t size)
{
    enum { EXTENSION_MOST = 6 };
    size_t at = size;

    while (at > 0 && (text_is_letter(path[at - 1]) || text_is_digit(path[at - 1])))
        at--;
    if (at < 2 || path[at - 1] != '.' || strchr("/\\", path[at - 2]) || size - at > EXTENSION_MOST)
        return size;
    return at - 1;
}

static void redact_file_path(const struct redactor *redactor, const char *path, struct buffer *out)
{
    size_t size = strlen(path), end = extension_of(path, size), at = 0;
    char *copy = memory_copy_string(path);

    if (text_is_letter(path[0]) && path[1] == ':')
        at = 2;
    while (at < end) {
        size_t label = strcspn(path + at, "/\\.");

        if (label > end - at)
            label = end - at;
        pseudonym_write(redactor, (unsigned char *)copy + at, label);
        at += label + 1;
    }
    buffer_add(out, copy, size);
    free(copy);
}

void redact_path(const struct redactor *redactor, const char *path, struct buffer *out)
{
    const char *machine = machine_in_path(path);

    if (!machine) {
        redact_file_path(redactor, path, out);
        return;
    }
    buffer_add(out, path, (size_t)(machine - path));
    redact_name(redactor, machine, out);
}

const char *redact_path_copy(const struct redactor *redactor, const char *path, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, strlen(path) + NET_ADDRESS_TEXT_SIZE); /* of which one may be longer */
    redact_path(redactor, path, &out);
    return buffer_keep(&out, arena);
}
