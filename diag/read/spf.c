#include "diag/read/spf.h"

#include "diag/read/net_address.h"
#include "diag/text.h"

#include <string.h>

static const char version[] = "v=spf1";

enum { VERSION_SIZE = sizeof version - 1 };

bool spf_is_record(const char *text, size_t size)
{
    return text_starts_fold(text, size, version) &&
           (size == VERSION_SIZE || text[VERSION_SIZE] == ' ');
}

/* ---- look-alikes ---- */

static bool is_padding(char character)
{
    return character == ' ' || character == '\t' || character == '"' || character == '\'';
}

const char *spf_look_alike(const char *text, size_t size)
{
    static const char *const misspelt[] = {"v=sfp1", "v=spf ", "v= spf1", "v =spf1", "v-spf1",
                                           "v:spf1", "spf1 ",  "vspf1",   "=spf1"};
    size_t padding = 0;

    if (spf_is_record(text, size))
        return NULL;
    while (padding < size && is_padding(text[padding]))
        padding++;
    if (padding > 0 && text_starts_fold(text + padding, size - padding, version))
        return "a space or a quotation mark stands before v=spf1";
    if (text_starts_fold(text, size, version)) {
        bool digit = text_is_digit(text[VERSION_SIZE]);

        return digit ? "the version is not spf1" : "no space follows v=spf1";
    }
    for (size_t i = 0; i < sizeof misspelt / sizeof *misspelt; i++) {
        if (text_starts_fold(text + padding, size - padding, misspelt[i]))
            return "v=spf1 is misspelt";
    }
    return NULL;
}

/* ---- terms ---- */

static const struct {
    const char *name;
    bool is_mechanism;
    bool costs_lookup;
} words[SPF_TERM_KIND_COUNT] = {
#define X(name, word, is_mechanism, costs) [SPF_##name] = {word, is_mechanism, costs},
    SPF_TERM_LIST(X)
#undef X
};

/* name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ) */
static size_t name_size(const char *text, size_t size)
{
    size_t length = 0;

    if (size == 0 || !text_is_letter(text[0]))
        return 0;
    while (length < size && (text_is_letter(text[length]) || text_is_digit(text[length]) ||
                             text[length] == '-' || text[length] == '_' || text[length] == '.'))
        length++;
    return length;
}

static enum spf_term_kind kind_of(const char *name, size_t size, bool is_modifier)
{
    for (unsigned i = 0; i < SPF_OTHER_MODIFIER; i++) {
        if (words[i].is_mechanism != is_modifier &&
            text_equal_fold_sized(name, size, words[i].name, strlen(words[i].name)))
            return (enum spf_term_kind)i;
    }
    return is_modifier ? SPF_OTHER_MODIFIER : SPF_UNKNOWN;
}

static void set_error(struct spf_term *term, const char *error, size_t start, size_t size)
{
    if (term->error)
        return;
    term->error = error;
    term->error_start = start;
    term->error_size = size;
}

/* A decimal number without leading zeros, at most `most`. */
static bool is_length(const char *text, size_t size, unsigned most)
{
    unsigned value = 0;

    if (size == 0 || size > 3 || (size > 1 && text[0] == '0'))
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!text_is_digit(text[i]))
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    return value <= most;
}

/* How many bytes at the end of `text` are a slash and digits; 0 if there is no such end. */
static size_t length_suffix(const char *text, size_t size)
{
    size_t digits = 0;

    while (digits < size && text_is_digit(text[size - 1 - digits]))
        digits++;
    return digits < size && text[size - 1 - digits] == '/' ? digits + 1 : 0;
}

/* ip4:ADDRESS[/LENGTH] and ip6:ADDRESS[/LENGTH] (RFC 7208 5.6). */
static void read_network(struct spf_term *term, size_t at)
{
    const char *slash = term->value ? memchr(term->value, '/', term->value_size) : NULL;
    enum ip_family family = term->kind == SPF_IP4 ? IP_V4 : IP_V6;
    size_t whole = term->value_size;
    struct ip_address ip;

    if (!term->value) {
        set_error(term, "an address is missing", term->start, term->size);
        return;
    }
    if (slash) {
        term->value_size = (size_t)(slash - term->value);
        if (!is_length(slash + 1, whole - term->value_size - 1, family == IP_V4 ? 32 : 128))
            set_error(term, "not a prefix length", at + term->value_size, whole - term->value_size);
    }
    if (ip_parse(term->value, term->value_size, &ip) != STATUS_OK || ip.family != family)
        set_error(term, family == IP_V4 ? "not an IPv4 address" : "not an IPv6 address", at,
                  term->value_size);
}

/* a[:DOMAIN][/LENGTH][//LENGTH] and mx likewise (RFC 7208 5.3, 5.4). */
static void read_dual_length(struct spf_term *term, const char *end, size_t *value_size)
{
    const char *value = end - *value_size;
    size_t suffix = length_suffix(value, *value_size);
    bool is_v6 = suffix > 0 && suffix < *value_size && end[-(ptrdiff_t)suffix - 1] == '/';

    if (suffix == 0)
        return;
    if (!is_length(end - suffix + 1, suffix - 1, is_v6 ? 128 : 32))
        set_error(term, "not a prefix length", term->start + term->size - suffix, suffix);
    *value_size -= suffix + (is_v6 ? 1 : 0);
    if (!is_v6)
        return;
    suffix = length_suffix(value, *value_size);
    if (suffix > 0 && !is_length(value + *value_size - suffix + 1, suffix - 1, 32))
        set_error(term, "not a prefix length", term->start, term->size);
    *value_size -= suffix;
}

/* ---- domain-spec (RFC 7208 7.1) ---- */

/* A macro-expand at the beginning of `text`: its size, 0 if there is none. */
static size_t macro_size(const char *text, size_t size)
{
    size_t at = 3;

    if (size < 2 || text[0] != '%')
        return 0;
    if (memchr("%_-", text[1], 3))
        return 2;
    if (size < 4 || text[1] != '{' || !memchr("slodiphv", text_lower(text[2]), 8))
        return 0;
    while (at < size && text_is_digit(text[at]))
        at++;
    if (at < size && text_lower(text[at]) == 'r')
        at++;
    while (at < size && memchr(".-+,/_=", text[at], 7))
        at++;
    return at < size && text[at] == '}' ? at + 1 : 0;
}

/* Letters, digits and inner hyphens, not digits alone. */
static bool is_top_label(const char *text, size_t size)
{
    bool all_digits = true;

    if (size == 0 || text[0] == '-' || text[size - 1] == '-')
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!text_is_letter(text[i]) && !text_is_digit(text[i]) && text[i] != '-')
            return false;
        all_digits = all_digits && text_is_digit(text[i]);
    }
    return !all_digits;
}

/* Where the last macro of a macro-string ends; a % that begins none is an error. */
static size_t check_macros(struct spf_term *term, size_t at)
{
    size_t end = 0;

    for (size_t i = 0; i < term->value_size;) {
        size_t macro = macro_size(term->value + i, term->value_size - i);

        if (macro == 0 && term->value[i] == '%')
            set_error(term, "this % begins no macro", at + i, 1);
        i += macro ? macro : 1;
        end = macro ? i : end;
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

static void read_mechanism(struct spf_term *term, const char *rest, size_t size)
{
    size_t at = term->start + term->size - size;

    if (term->kind == SPF_UNKNOWN) {
        set_error(term, "no mechanism has this name", term->start, term->size);
        return;
    }
    if (term->kind == SPF_A || term->kind == SPF_MX)
        read_dual_length(term, rest + size, &size);
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

/* All that the grammar of RFC 7208 12 can make is visible ASCII. */
static void check_characters(const char *word, struct spf_term *term)
{
    for (size_t i = 0; i < term->size; i++) {
        if (word[i] < '!' || word[i] > '~') {
            set_error(term, "no term may hold this character", term->start + i, 1);
            return;
        }
    }
}

static void read_term(const char *text, struct spf_term *term)
{
    const char *word = text + term->start;
    size_t size = term->size, name;

    term->qualifier = '+';
    check_characters(word, term);
    if (memchr("+-~?", word[0], 4)) {
        term->qualifier = word[0];
        word++;
        size--;
    }
    name = name_size(word, size);
    if (name > 0 && name < size && word[name] == '=' && word == text + term->start) {
        term->kind = kind_of(word, name, true);
        read_modifier(term, word + name, size - name);
    } else {
        term->kind = kind_of(word, name, false);
        read_mechanism(term, word + name, size - name);
    }
}

/* RFC 7208 6: redirect and exp may each appear once. */
static void check_repetition(const struct spf_term *terms, struct spf_term *term)
{
    if (term->kind != SPF_REDIRECT && term->kind != SPF_EXP)
        return;
    for (const struct spf_term *earlier = terms; earlier < term; earlier++) {
        if (earlier->kind == term->kind)
            set_error(term, "it may appear only once", term->start, term->size);
    }
}

static size_t count_terms(const char *text, size_t size)
{
    size_t count = 0;

    for (size_t i = VERSION_SIZE; i < size; i++)
        count += text[i] != ' ' && text[i - 1] == ' ';
    return count < SPF_TERMS_MOST ? count : SPF_TERMS_MOST;
}

void spf_read(const char *text, size_t size, struct arena *arena, struct spf_record *out)
{
    size_t most = count_terms(text, size);
    struct spf_term *terms = arena_new(arena, most, sizeof *terms);

    memset(out, 0, sizeof *out);
    out->text = text;
    out->size = size;
    out->terms = terms;
    for (size_t at = VERSION_SIZE; at < size && out->term_count < most;) {
        struct spf_term *term = &terms[out->term_count];

        if (text[at] == ' ') {
            at++;
            continue;
        }
        term->start = at;
        while (at < size && text[at] != ' ')
            at++;
        term->size = at - term->start;
        read_term(text, term);
        check_repetition(terms, term);
        out->lookups += words[term->kind].costs_lookup;
        if (term->error && !out->error)
            out->error = term;
        out->term_count++;
    }
}

bool spf_is_reached(const struct spf_record *record, const struct spf_term *term)
{
    if (term->kind == SPF_EXP || term->kind == SPF_OTHER_MODIFIER)
        return true;
    for (size_t i = 0; i < record->term_count; i++) {
        const struct spf_term *other = &record->terms[i];

        if (other->kind == SPF_ALL && (other < term || term->kind == SPF_REDIRECT))
            return false;
    }
    return true;
}

const struct spf_term *spf_all_of(const struct spf_record *record)
{
    for (size_t i = 0; i < record->term_count; i++) {
        if (record->terms[i].kind == SPF_ALL)
            return &record->terms[i];
    }
    return NULL;
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
    return text_equal_fold_sized(a_text + a_sign, a_size, b_text + b_sign, b_size);
}
