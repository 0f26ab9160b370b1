#include "probes/spf/respell.h"

#include "diag/buffer.h"
#include "diag/idn.h"
#include "diag/text.h"

#include <string.h>

enum {
    REASONS_MOST = 1024, /* bytes */
    NAME_MOST = 12       /* of a mechanism's name, misspelt */
};

/* ---- names of mechanisms and modifiers ---- */

static const struct name {
    const char *text;
    bool is_modifier;
} names[] = {
#define X(name, word, is_mechanism, costs) [SPF_##name] = {word, !(is_mechanism)},
    SPF_TERM_LIST(X)
#undef X
};

enum { NAMES = SPF_OTHER_MODIFIER }; /* those before it have one */

/* What the distance between words does not tell. */
static const struct {
    const char *wrong;
    enum spf_term_kind kind;
} habits[] = {{"ip", SPF_IP4},       {"ipv4", SPF_IP4},      {"ipaddr", SPF_IP4},
              {"address", SPF_A},    {"ipv6", SPF_IP6},      {"host", SPF_A},
              {"hostname", SPF_A},   {"inc", SPF_INCLUDE},   {"spf", SPF_INCLUDE},
              {"domain", SPF_A},     {"incl", SPF_INCLUDE},  {"everything", SPF_ALL},
              {"exist", SPF_EXISTS}, {"redir", SPF_REDIRECT}};

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Letters to insert, drop, change, or swap with their neighbour. Both at most NAME_MOST. */
static unsigned distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
    unsigned rows[NAME_MOST + 1][NAME_MOST + 1];

    for (unsigned i = 0; i <= a_size; i++) {
        for (unsigned j = 0; j <= b_size; j++) {
            unsigned differ;

            if (i == 0 || j == 0) {
                rows[i][j] = i + j;
                continue;
            }
            differ = text_lower(a[i - 1]) != text_lower(b[j - 1]);
            rows[i][j] =
                least(least(rows[i - 1][j], rows[i][j - 1]) + 1, rows[i - 1][j - 1] + differ);
            if (i > 1 && j > 1 && text_lower(a[i - 1]) == text_lower(b[j - 2]) &&
                text_lower(a[i - 2]) == text_lower(b[j - 1]))
                rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    }
    return rows[a_size][b_size];
}

enum spf_term_kind spf_kind_named(const char *name, size_t size)
{
    for (unsigned i = 0; i < NAMES; i++) {
        if (text_equal_fold_sized(name, size, names[i].text, strlen(names[i].text)))
            return (enum spf_term_kind)i;
    }
    return SPF_UNKNOWN;
}

/* Names of one or two letters are near to anything, so they have to be right. */
enum spf_term_kind spf_kind_meant(const char *name, size_t size)
{
    enum spf_term_kind kind = spf_kind_named(name, size);

    if (kind != SPF_UNKNOWN || size < 2 || size > NAME_MOST)
        return kind;
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++) {
        if (text_equal_fold_sized(name, size, habits[i].wrong, strlen(habits[i].wrong)))
            return habits[i].kind;
    }
    for (unsigned i = 0; i < NAMES; i++) {
        size_t right = strlen(names[i].text);
        unsigned most = right > 5 ? 2 : right > 2 ? 1 : 0;

        if (most && distance(name, size, names[i].text, right) <= most)
            return (enum spf_term_kind)i;
    }
    return SPF_UNKNOWN;
}

/* ---- a word, taken apart without asking whether it is right ---- */

void spf_take_apart(const char *word, struct spf_loose *out)
{
    out->qualifiers = word;
    out->qualifier_count = strspn(word, "+-~?");
    out->name = word + out->qualifier_count;
    out->name_size = strcspn(out->name, ":=/");
    out->rest = out->name + out->name_size;
    out->separator = *out->rest;
    if (out->separator == ':' || out->separator == '=')
        out->rest++;
}

/* ---- values ---- */

struct repair { /* of one term, step by step */
    struct arena *arena;
    struct buffer reasons;
    enum spf_term_kind kind;
    char *value; /* to be changed in place */
};

static void blame(struct repair *repair, const char *format, ...) PRINTF_LIKE(2, 3);

static void blame(struct repair *repair, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (repair->reasons.size > 0)
        buffer_add_string(&repair->reasons, "; ");
    buffer_add_string(&repair->reasons, arena_print_list(repair->arena, format, arguments));
    va_end(arguments);
}

static bool takes_length(enum spf_term_kind kind)
{
    return kind == SPF_IP4 || kind == SPF_IP6 || kind == SPF_A || kind == SPF_MX;
}

/* https://spf.example.com/ and the brackets that people put around things. */
static void strip_wrapping(struct repair *repair)
{
    char *value = repair->value, *scheme = strstr(value, "://");
    size_t size;

    if (scheme) {
        blame(repair, "a name stands there, not the address of a web page");
        value = scheme + 3;
        value[strcspn(value, "/?#")] = '\0';
    }
    if (*value == ':' || *value == '=') {
        blame(repair, "the separator stands there twice");
        value += strspn(value, ":=");
    }
    size = strlen(value);
    if (size > 2 && strchr("<([", *value) && strchr(">)]", value[size - 1])) {
        blame(repair, "no brackets belong around it");
        value[size - 1] = '\0';
        value++;
    }
    repair->value = value;
}

/* 255.255.255.0 is 24; -1 if the text is no such mask. */
static int mask_length(const char *text)
{
    struct ip_address mask;
    uint32_t bits = 0;
    int length = 0;

    if (ip_parse(text, strlen(text), &mask) != STATUS_OK || mask.family != IP_V4)
        return -1;
    for (int i = 0; i < 4; i++)
        bits = bits << 8 | mask.bytes[i];
    while (length < 32 && bits & 0x80000000u >> length)
        length++;
    return length == 32 || (bits & (0xffffffffu >> length)) == 0 ? length : -1;
}

/*
 * What stands behind the slash of an address or name: "" or a length with its slash. No length
 * at all, or one of nothing but zeros, is left as it is: to repair it would let everybody pass.
 */
static const char *repair_length(struct repair *repair, const char *length)
{
    const char *digits = length + strspn(length, "/");
    int mask = repair->kind == SPF_IP4 ? mask_length(digits) : -1;

    if (!*length)
        return length;
    if (!takes_length(repair->kind)) {
        blame(repair, "%s takes no prefix length", names[repair->kind].text);
        return "";
    }
    if (mask > 0) {
        blame(repair, "a network has a prefix length, not a mask");
        return arena_print(repair->arena, "/%d", mask);
    }
    if (repair->kind != SPF_IP4 && repair->kind != SPF_IP6)
        return length;
    if (!digits[strspn(digits, "0.")])
        return length;
    if (digits > length + 1)
        blame(repair, "one slash stands before the length");
    if (digits[0] == '0' && text_is_digit(digits[1])) {
        blame(repair, "a length has no leading zero");
        digits += strspn(digits, "0");
    }
    return arena_print(repair->arena, "/%s", digits);
}

/* example.com:25 */
static void strip_port(struct repair *repair, char *host)
{
    char *colon = strrchr(host, ':');

    if (!colon || strchr(host, ':') != colon || !colon[1] ||
        colon[1 + strspn(colon + 1, "0123456789")])
        return;
    blame(repair, "SPF knows no ports");
    *colon = '\0';
}

/* mail.example.org does; 192.0.2.O and 192.O.2.1 are addresses with a letter for a digit. */
static bool ends_like_a_name(const char *host)
{
    const char *top = strrchr(host, '.');

    return top && strpbrk(host, "ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ") &&
           text_is_letter(top[1]) && text_is_letter(top[2]);
}

/* What an address belongs into, whatever the term is called. */
static void suit_kind(struct repair *repair, const char *host)
{
    struct ip_address ip;
    bool is_address = ip_parse(host, strlen(host), &ip) == STATUS_OK;
    enum spf_term_kind family = is_address && ip.family == IP_V6 ? SPF_IP6 : SPF_IP4;

    if (is_address && repair->kind != family &&
        (takes_length(repair->kind) || repair->kind == SPF_INCLUDE)) {
        blame(repair, "%s is an %s address, and %s is the mechanism for those", host,
              family == SPF_IP4 ? "IPv4" : "IPv6", names[family].text);
        repair->kind = family;
    } else if (!is_address && (repair->kind == SPF_IP4 || repair->kind == SPF_IP6) &&
               ends_like_a_name(host)) {
        blame(repair, "%s takes addresses, and a the name of a host", names[repair->kind].text);
        repair->kind = SPF_A;
    }
}

/* A name in another script as DNS has it. */
static const char *repair_script(struct repair *repair, const char *host)
{
    char *ascii = arena_new(repair->arena, 1, DNS_NAME_TEXT_SIZE);
    bool is_ascii = true;

    for (const char *at = host; *at; at++)
        is_ascii = is_ascii && (unsigned char)*at < 0x80;
    if (is_ascii || idn_to_ascii(host, ascii) != STATUS_OK)
        return host;
    blame(repair, "names in records are in their ASCII form (xn--)");
    return ascii;
}

/* %(i) and so on. */
static void repair_macros(struct repair *repair)
{
    for (char *at = repair->value; (at = strstr(at, "%(")); at++) {
        char *end = strchr(at, ')');

        if (!end)
            return;
        at[1] = '{';
        *end = '}';
        blame(repair, "macros have braces");
    }
}

static const char *repair_value(struct repair *repair)
{
    const char *length, *host;
    char *slash;

    repair_macros(repair);
    strip_wrapping(repair);
    if (strchr(repair->value, '%'))
        return repair->value;
    slash = strchr(repair->value, '/');
    length = slash ? arena_copy_string(repair->arena, slash) : "";
    if (slash)
        *slash = '\0';
    strip_port(repair, repair->value);
    suit_kind(repair, repair->value);
    host = repair_script(repair, repair->value);
    return arena_print(repair->arena, "%s%s", host, repair_length(repair, length));
}

/* ---- one term ---- */

static const char *repair_qualifier(struct repair *repair, const struct spf_loose *loose)
{
    char first = *loose->qualifiers;

    if (loose->qualifier_count == 0)
        return "";
    if (names[repair->kind].is_modifier) {
        blame(repair, "a modifier has no qualifier");
        return "";
    }
    for (size_t i = 1; i < loose->qualifier_count; i++) {
        if (loose->qualifiers[i] != first)
            return NULL; /* which one is meant? */
    }
    if (loose->qualifier_count > 1)
        blame(repair, "one qualifier is enough");
    return arena_copy(repair->arena, &first, 1);
}

static void blame_name(struct repair *repair, const struct spf_loose *loose,
                       enum spf_term_kind named)
{
    const char *written = arena_copy(repair->arena, loose->name, loose->name_size);

    if (named == SPF_UNKNOWN)
        blame(repair, "there is no %s: %s was meant", written, names[repair->kind].text);
    else if (names[repair->kind].is_modifier && loose->separator != '=')
        blame(repair, "%s is a modifier and takes =", written);
    else if (!names[repair->kind].is_modifier && loose->separator == '=')
        blame(repair,
              "with = it is an unknown modifier that is ignored: a mechanism takes a colon");
}

/* all takes nothing; so what stands behind it goes. */
static const char *term_without_value(struct repair *repair, const struct spf_loose *loose)
{
    if (*loose->rest)
        blame(repair, "nothing may follow all");
    return "";
}

static const char *value_part(struct repair *repair, const struct spf_loose *loose)
{
    const char *value;

    if (repair->kind == SPF_ALL)
        return term_without_value(repair, loose);
    if (!*loose->rest && loose->separator)
        blame(repair, "nothing follows the %s", loose->separator == ':' ? "colon" : "=");
    if (!*loose->rest || loose->separator == '/')
        return loose->rest;
    repair->value = arena_copy_string(repair->arena, loose->rest);
    value = repair_value(repair);
    return arena_print(repair->arena, "%c%s", names[repair->kind].is_modifier ? '=' : ':', value);
}

bool spf_respell(const char *word, struct arena *arena, struct spf_intent *out)
{
    struct repair repair = {.arena = arena};
    const char *qualifier, *value;
    enum spf_term_kind named;
    struct spf_loose loose;

    spf_take_apart(word, &loose);
    named = spf_kind_named(loose.name, loose.name_size);
    repair.kind = spf_kind_meant(loose.name, loose.name_size);
    if (repair.kind == SPF_UNKNOWN)
        return false;
    buffer_init(&repair.reasons, REASONS_MOST);
    qualifier = repair_qualifier(&repair, &loose);
    blame_name(&repair, &loose, named);
    value = value_part(&repair, &loose);
    out->reason = buffer_keep(&repair.reasons, arena);
    if (!qualifier)
        return false;
    out->instead = arena_print(arena, "%s%s%s", qualifier, names[repair.kind].text, value);
    return strcmp(out->instead, word) != 0;
}
