#include "diag/read/spf.h"

#include "diag/read/net_address.h"
#include "diag/read/spf_macro.h"
#include "diag/text.h"

#include <string.h>

static const char version[] = "v=spf1";

bool spf_is_record(const char *text, size_t size)
{
    return text_starts_fold(text, size, version) &&
           (size == SPF_VERSION_SIZE || text[SPF_VERSION_SIZE] == ' ');
}

/* ---- look-alikes ---- */

/*
 * A space, a quotation mark or what cannot be seen, at the beginning: its bytes, in UTF-8 or
 * Windows-1252; 0 if it is something else.
 */
static size_t padding_at(const char *text, size_t size)
{
    static const char *const wide[] = {"\xc2\xa0", "\xc2\xab", "\xc2\xbb", "\xef\xbb\xbf"};
    unsigned char third;

    if (size > 0 && text[0] != '\0' && strchr(" \t\"'`\x91\x92\x93\x94\xa0", text[0]))
        return 1;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        if (size >= strlen(wide[i]) && memcmp(text, wide[i], strlen(wide[i])) == 0)
            return strlen(wide[i]);
    }
    if (size < 3 || text[0] != '\xe2' || text[1] != '\x80')
        return 0;
    third = (unsigned char)text[2];
    return third <= 0x8f || (third >= 0x98 && third <= 0x9f) || third == 0xb9 || third == 0xba ? 3
                                                                                               : 0;
}

static size_t skip_padding(const char *text, size_t size)
{
    size_t at = 0, taken;

    while ((taken = padding_at(text + at, size - at)) > 0)
        at += taken;
    return at;
}

/* Where the version stands in a text that begins otherwise; the size if it does not. */
static size_t find_version(const char *text, size_t size)
{
    enum { PREFACE_MOST = 512 };

    for (size_t at = 1; at < size && at < PREFACE_MOST; at++) {
        if (text_starts_fold(text + at, size - at, version) &&
            strchr(" \t\"':=", text[at - 1] ? text[at - 1] : 'x'))
            return at;
    }
    return size;
}

/* "example.com. 300 IN TXT" */
static bool is_zone_line(const char *text, size_t size)
{
    return size > 4 && (text[size - 4] == ' ' || text[size - 4] == '\t') &&
           (text_equal_fold_sized(text + size - 3, 3, "TXT", 3) ||
            text_equal_fold_sized(text + size - 3, 3, "SPF", 3));
}

size_t spf_preface(const char *text, size_t size, const char **what)
{
    static const char *const labels[] = {"spf", "txt", "spf record", "txt record", "spf-record"};
    size_t start = skip_padding(text, size), at = find_version(text, size), end = at;

    if (at == size || at <= start)
        return 0;
    while (end > start && strchr(" \t\"':=", text[end - 1] ? text[end - 1] : 'x'))
        end--;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        *what = "other words stand before v=spf1";
        if (text_equal_fold_sized(text + start, end - start, labels[i], strlen(labels[i])))
            return at;
    }
    *what = "a whole line of a zone file stands there, and only its text is the record";
    return is_zone_line(text + start, end - start) ? at : 0;
}

const char *spf_look_alike(const char *text, size_t size)
{
    static const char *const misspelt[] = {"v=sfp1",   "v=spf ",  "v= spf1", "v =spf1",
                                           "v = spf1", "v=spf 1", "v-spf1",  "v:spf1",
                                           "spf1 ",    "vspf1",   "=spf1"};
    size_t padding = skip_padding(text, size);
    const char *what;

    if (spf_is_record(text, size))
        return NULL;
    if (padding > 0 && text_starts_fold(text + padding, size - padding, version))
        return "a space or a quotation mark stands before v=spf1";
    if (text_starts_fold(text, size, version)) {
        bool digit = text_is_digit(text[SPF_VERSION_SIZE]);

        return digit ? "the version is not spf1" : "no space follows v=spf1";
    }
    if (text_starts_fold(text + padding, size - padding, "v=spf2.0") ||
        text_starts_fold(text + padding, size - padding, "spf2.0/"))
        return "it is meant for Sender ID, which is obsolete and has no say in SPF";
    for (size_t i = 0; i < sizeof misspelt / sizeof *misspelt; i++) {
        if (text_starts_fold(text + padding, size - padding, misspelt[i]))
            return "v=spf1 is misspelt";
    }
    return spf_preface(text, size, &what) ? what : NULL;
}

/* ---- terms ---- */

struct word {
    const char *name;
    uint8_t size;
    bool is_mechanism;
    bool costs_lookup;
};

static const struct word words[SPF_TERM_KIND_COUNT] = {
#define X(name, word, is_mechanism, costs)                                                         \
    [SPF_##name] = {word, sizeof(word) - 1, is_mechanism, costs},
    SPF_TERM_LIST(X)
#undef X
};

bool spf_is_mechanism(enum spf_term_kind kind)
{
    return words[kind].is_mechanism;
}

bool spf_costs_lookup(enum spf_term_kind kind)
{
    return words[kind].costs_lookup;
}

/* An audit reads many records: what is done for every character is done inline. */
static inline bool is_letter(char character)
{
    return (unsigned char)((character | 0x20) - 'a') < 26;
}

static inline bool is_digit(char character)
{
    return (unsigned char)(character - '0') < 10;
}

/* All that the grammar of RFC 7208 12 can make of a term is visible ASCII. */
static inline bool is_visible(char character)
{
    return (unsigned char)(character - '!') <= '~' - '!';
}

static bool is_word(const struct word *word, const char *name, size_t size)
{
    if (word->size != size)
        return false;
    for (size_t i = 0; i < size; i++) {
        if ((is_letter(name[i]) ? name[i] | 0x20 : name[i]) != word->name[i])
            return false;
    }
    return true;
}

/* name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ) */
static size_t name_size(const char *text, size_t size)
{
    size_t length = 0;

    if (size == 0 || !is_letter(text[0]))
        return 0;
    while (length < size && (is_letter(text[length]) || is_digit(text[length]) ||
                             text[length] == '-' || text[length] == '_' || text[length] == '.'))
        length++;
    return length;
}

static enum spf_term_kind kind_of(const char *name, size_t size, bool is_modifier)
{
    for (unsigned i = 0; i < SPF_OTHER_MODIFIER; i++) {
        if (words[i].is_mechanism != is_modifier && is_word(&words[i], name, size))
            return (enum spf_term_kind)i;
    }
    return is_modifier ? SPF_OTHER_MODIFIER : SPF_UNKNOWN;
}

/* The first error of a term counts. */
static void set_error(struct spf_term *term, const char *error, size_t start, size_t size)
{
    if (term->error)
        return;
    term->error = error;
    term->error_start = start;
    term->error_size = size;
}

/* A decimal number without leading zeros, at most `most`. */
static bool read_length(const char *text, size_t size, unsigned most, uint8_t *length)
{
    unsigned value = 0;

    if (size == 0 || size > 3 || (size > 1 && text[0] == '0'))
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!is_digit(text[i]))
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    if (value > most)
        return false;
    *length = (uint8_t)value;
    return true;
}

/* ip4:ADDRESS[/LENGTH] and ip6:ADDRESS[/LENGTH] (RFC 7208 5.6). `at`: where the value begins. */
static void read_network(struct spf_term *term, size_t at)
{
    bool is_v4 = term->kind == SPF_IP4;
    const char *slash = term->value ? memchr(term->value, '/', term->value_size) : NULL;
    uint8_t *length = is_v4 ? &term->v4_length : &term->v6_length;
    size_t whole = term->value_size;

    if (!term->value) {
        set_error(term, "an address is missing", term->start, term->size);
        return;
    }
    if (slash) {
        term->value_size = (size_t)(slash - term->value);
        if (!read_length(slash + 1, whole - term->value_size - 1, is_v4 ? 32 : 128, length))
            set_error(term, "not a prefix length", at + term->value_size, whole - term->value_size);
    }
    if (ip_parse(term->value, term->value_size, &term->network) != STATUS_OK ||
        term->network.family != (is_v4 ? IP_V4 : IP_V6))
        set_error(term, is_v4 ? "not an IPv4 address" : "not an IPv6 address", at,
                  term->value_size);
    if (term->error)
        term->network = (struct ip_address){0};
}

/* How many bytes at the end of `text` are a slash and digits; 0 if there is no such end. */
static size_t length_suffix(const char *text, size_t size)
{
    size_t digits = 0;

    while (digits < size && is_digit(text[size - 1 - digits]))
        digits++;
    return digits < size && text[size - 1 - digits] == '/' ? digits + 1 : 0;
}

/*
 * a[:DOMAIN][/LENGTH][//LENGTH] and mx likewise (RFC 7208 5.3, 5.4): takes the lengths off the
 * end of `rest`, which begins at `at`, and gives what is left of its size.
 */
static size_t read_dual_length(struct spf_term *term, const char *rest, size_t at, size_t size)
{
    size_t suffix = length_suffix(rest, size);
    bool is_v6 = suffix > 0 && suffix < size && rest[size - suffix - 1] == '/';

    if (is_v6) {
        size -= suffix;
        if (!read_length(rest + size + 1, suffix - 1, 128, &term->v6_length))
            set_error(term, "not a prefix length", at + size, suffix);
        size--;
        suffix = length_suffix(rest, size);
    }
    if (suffix > 0) {
        size -= suffix;
        if (!read_length(rest + size + 1, suffix - 1, 32, &term->v4_length))
            set_error(term, "not a prefix length for IPv4, which is 32 at the most", at + size,
                      suffix);
    }
    return size;
}

/* ---- domain-spec (RFC 7208 7.1) ---- */

/* Letters, digits and inner hyphens, not digits alone. */
static bool is_top_label(const char *text, size_t size)
{
    bool all_digits = true;

    if (size == 0 || text[0] == '-' || text[size - 1] == '-')
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!is_letter(text[i]) && !is_digit(text[i]) && text[i] != '-')
            return false;
        all_digits = all_digits && is_digit(text[i]);
    }
    return !all_digits;
}

/* Where the last macro of a macro-string ends; a % that begins none is an error. */
static size_t check_macros(struct spf_term *term, size_t at)
{
    const char *text = term->value, *percent;
    size_t end = 0, size = term->value_size;

    for (size_t i = 0; i < size && (percent = memchr(text + i, '%', size - i));) {
        struct spf_macro macro;

        i = (size_t)(percent - text);
        if (spf_macro_read(percent, size - i, false, &macro)) {
            end = i += macro.size;
        } else {
            set_error(term, macro.error, at + i, 1);
            i++;
        }
    }
    return end;
}

/* `at`: the position of the value in the record. */
static void check_domain(struct spf_term *term, size_t at)
{
    size_t macros = check_macros(term, at), size = term->value_size, dot;

    if (term->error || (macros == size && size > 0))
        return;
    if (size > 0 && term->value[size - 1] == '.')
        size--;
    for (dot = size; dot > macros && term->value[dot - 1] != '.';)
        dot--;
    if (dot == macros || !is_top_label(term->value + dot, size - dot))
        set_error(term, "not a domain name with a top-level domain", at, term->value_size);
}

/* `rest`: what follows the name. */
static void read_mechanism(struct spf_term *term, const char *rest, size_t size)
{
    size_t at = term->start + term->size - size;

    if (term->kind == SPF_UNKNOWN) {
        set_error(term, "no mechanism has this name", term->start, term->size);
        return;
    }
    if (term->kind == SPF_A || term->kind == SPF_MX)
        size = read_dual_length(term, rest, at, size);
    if (size > 0 && rest[0] == ':') {
        term->value = rest + 1;
        term->value_size = size - 1;
    } else if (size > 0) {
        set_error(term, "not understood after the name", at, size);
    }
    if (term->kind == SPF_IP4 || term->kind == SPF_IP6)
        read_network(term, at + 1);
    else if (term->kind == SPF_ALL && term->value)
        set_error(term, "all takes no value", at, size);
    else if ((term->kind == SPF_INCLUDE || term->kind == SPF_EXISTS) && !term->value)
        set_error(term, "a domain is missing", term->start, term->size);
    else if (term->value && term->value_size == 0)
        set_error(term, "nothing follows the colon", at, 1);
    else if (term->value)
        check_domain(term, at + 1);
}

static void read_modifier(struct spf_term *term, const char *rest, size_t size)
{
    term->value = rest + 1;
    term->value_size = size - 1;
    if (term->kind == SPF_OTHER_MODIFIER)
        check_macros(term, term->start + term->size - term->value_size);
    else if (term->value_size == 0)
        set_error(term, "a domain is missing", term->start, term->size);
    else
        check_domain(term, term->start + term->size - term->value_size);
}

static void check_characters(const char *word, struct spf_term *term)
{
    size_t i = 0;

    while (i < term->size && is_visible(word[i]))
        i++;
    if (i < term->size)
        set_error(term, "no term may hold this character", term->start + i, 1);
}

static void read_term(const char *text, struct spf_term *term)
{
    const char *word = text + term->start;
    size_t size = term->size, name;
    bool is_qualified = word[0] == '+' || word[0] == '-' || word[0] == '~' || word[0] == '?';

    term->qualifier = is_qualified ? word[0] : '+';
    term->v4_length = 32;
    term->v6_length = 128;
    check_characters(word, term);
    word += is_qualified;
    size -= is_qualified;
    name = name_size(word, size);
    if (name > 0 && name < size && word[name] == '=' && !is_qualified) {
        term->kind = kind_of(word, name, true);
        read_modifier(term, word + name, size - name);
    } else {
        term->kind = kind_of(word, name, false);
        read_mechanism(term, word + name, size - name);
    }
}

/* RFC 7208 6: redirect and exp may each appear once. */
static void note_single(const struct spf_term **single, struct spf_term *term)
{
    if (*single)
        set_error(term, "it may appear only once", term->start, term->size);
    else
        *single = term;
}

static void take_term(struct spf_record *record, struct spf_term *term)
{
    read_term(record->text, term);
    if (term->kind == SPF_REDIRECT)
        note_single(&record->redirect, term);
    else if (term->kind == SPF_EXP)
        note_single(&record->exp, term);
    else if (term->kind == SPF_ALL && !record->all)
        record->all = term;
    record->lookups += words[term->kind].costs_lookup;
    if (term->error && !record->error)
        record->error = term;
    record->term_count++;
}

static size_t count_terms(const char *text, size_t size)
{
    size_t count = 0;

    for (size_t i = SPF_VERSION_SIZE; i < size; i++)
        count += text[i] != ' ' && text[i - 1] == ' ';
    return count;
}

void spf_read(const char *text, size_t size, struct arena *arena, struct spf_record *out)
{
    size_t count = count_terms(text, size), at = SPF_VERSION_SIZE;
    size_t most = count < SPF_TERMS_MOST ? count : SPF_TERMS_MOST;
    struct spf_term *term = arena_new(arena, most, sizeof *term);

    memset(out, 0, sizeof *out);
    out->text = text;
    out->size = size;
    out->terms = term;
    for (; out->term_count < most; term++) {
        while (text[at] == ' ')
            at++;
        term->start = at;
        while (at < size && text[at] != ' ')
            at++;
        term->size = at - term->start;
        if (out->term_count + 1 < count && out->term_count + 1 == most)
            set_error(term, "no TXT record can hold more terms than up to here", term->start,
                      term->size);
        take_term(out, term);
    }
}

bool spf_is_reached(const struct spf_record *record, const struct spf_term *term)
{
    if (term->kind == SPF_EXP || term->kind == SPF_OTHER_MODIFIER || !record->all)
        return true;
    return term->kind != SPF_REDIRECT && term <= record->all;
}

/* The bits that count, whatever stands behind them. */
static bool same_network(const struct spf_term *a, const struct spf_term *b)
{
    unsigned length = a->kind == SPF_IP4 ? a->v4_length : a->v6_length;
    uint8_t mask = (uint8_t)(0xff00u >> length % 8);

    if (a->v4_length != b->v4_length || a->v6_length != b->v6_length ||
        memcmp(a->network.bytes, b->network.bytes, length / 8) != 0)
        return false;
    return length % 8 == 0 ||
           ((a->network.bytes[length / 8] ^ b->network.bytes[length / 8]) & mask) == 0;
}

/* Of names without macros: one with a dot at its end is the same name. */
static bool same_domain(const struct spf_term *a, const struct spf_term *b)
{
    size_t a_size = a->value_size, b_size = b->value_size;

    if (!a->value || !b->value)
        return a->value == b->value;
    a_size -= a_size > 0 && a->value[a_size - 1] == '.';
    b_size -= b_size > 0 && b->value[b_size - 1] == '.';
    return text_equal_fold_sized(a->value, a_size, b->value, b_size);
}

bool spf_same_term(const struct spf_record *a_record, const struct spf_term *a,
                   const struct spf_record *b_record, const struct spf_term *b)
{
    const char *a_text = a_record->text + a->start, *b_text = b_record->text + b->start;
    size_t a_sign = a->size > 0 && a_text[0] == '+', b_sign = b->size > 0 && b_text[0] == '+';
    size_t a_size = a->size - a_sign, b_size = b->size - b_sign;

    if (a->kind != b->kind || a->qualifier != b->qualifier)
        return false;
    if (memchr(a_text, '%', a->size))
        return a_size == b_size && memcmp(a_text + a_sign, b_text + b_sign, a_size) == 0;
    if (a->error || b->error || a->kind == SPF_OTHER_MODIFIER || memchr(b_text, '%', b->size))
        return text_equal_fold_sized(a_text + a_sign, a_size, b_text + b_sign, b_size);
    if (a->kind == SPF_IP4 || a->kind == SPF_IP6)
        return same_network(a, b);
    return a->v4_length == b->v4_length && a->v6_length == b->v6_length && same_domain(a, b);
}
