#include "probes/spf_intent.h"

#include "diag/idn.h"
#include "diag/text.h"

#include <string.h>

enum {
    WORD_MOST = 1024, /* bytes of a word that is guessed at */
    NAME_MOST = 12,   /* of a mechanism's name, misspelt */
    DEPTH_MOST = 6    /* of guesses within guesses */
};

struct guess {
    struct arena *arena;
    const char *word; /* NUL-terminated */
    size_t size;
    unsigned depth;
    struct spf_intent *out;
};

static bool guess_word(struct arena *arena, const char *word, size_t size, unsigned depth,
                       struct spf_intent *out);

/* ---- what is right ---- */

bool spf_are_terms(const char *words, size_t size, struct arena *arena)
{
    struct spf_record record;
    char *text = arena_new(arena, 1, size + sizeof "v=spf1 ");

    memcpy(text, "v=spf1 ", 7);
    memcpy(text + 7, words, size);
    spf_read(text, size + 7, arena, &record);
    if (record.error || record.term_count == 0)
        return false;
    for (size_t i = 0; i < record.term_count; i++) {
        if (record.terms[i].kind == SPF_OTHER_MODIFIER)
            return false;
    }
    return true;
}

static bool is_right(struct arena *arena, const char *words)
{
    return spf_are_terms(words, strlen(words), arena);
}

bool spf_is_registered_modifier(const char *name, size_t size)
{
    static const char *const names[] = {"ra", "rp", "rr"}; /* RFC 6652 */

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_equal_fold_sized(name, size, names[i], strlen(names[i])))
            return true;
    }
    return false;
}

/* Nobody is to be let through by a guess. */
static bool admits_everybody(struct arena *arena, const char *words)
{
    const char *text = arena_print(arena, "v=spf1 %s", words);
    struct spf_record record;

    spf_read(text, strlen(text), arena, &record);
    for (size_t i = 0; i < record.term_count; i++) {
        if (record.terms[i].kind == SPF_ALL && record.terms[i].qualifier == '+')
            return true;
    }
    return false;
}

static bool misses_space(struct arena *arena, const char *words)
{
    while (*words) {
        size_t size = strcspn(words, " ");

        if (spf_find_missing_space(words, size, arena))
            return true;
        words += size + (words[size] == ' ');
    }
    return false;
}

/* Settles the guess if what is proposed is right. */
static bool propose(struct guess *guess, const char *instead, const char *reason)
{
    if (*instead && (!is_right(guess->arena, instead) || misses_space(guess->arena, instead) ||
                     admits_everybody(guess->arena, instead)))
        return false;
    guess->out->instead = instead;
    guess->out->reason = reason;
    return true;
}

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

static enum spf_term_kind kind_named(const char *name, size_t size)
{
    for (unsigned i = 0; i < NAMES; i++) {
        if (text_equal_fold_sized(name, size, names[i].text, strlen(names[i].text)))
            return (enum spf_term_kind)i;
    }
    return SPF_UNKNOWN;
}

/* The name that was meant; SPF_UNKNOWN where none is near. Names of one or two letters are near
 * to anything, so they have to be right. */
static enum spf_term_kind kind_meant(const char *name, size_t size)
{
    enum spf_term_kind kind = kind_named(name, size);

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

struct loose {
    const char *qualifiers;
    size_t qualifier_count;
    const char *name;
    size_t name_size;
    char separator;   /* : = / or NUL */
    const char *rest; /* behind the name, its separator left out where it is : or = */
};

static bool is_qualifier(char character)
{
    return character && strchr("+-~?", character);
}

static void take_apart(const char *word, struct loose *out)
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

/* What stands behind the slash of an address or name: "" or a length with its slash. */
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
    if (mask >= 0) {
        blame(repair, "a network has a prefix length, not a mask");
        return arena_print(repair->arena, "/%d", mask);
    }
    if (repair->kind != SPF_IP4 && repair->kind != SPF_IP6)
        return length;
    if (digits > length + 1)
        blame(repair, "one slash stands before the length");
    if (digits[0] == '0' && text_is_digit(digits[1])) {
        blame(repair, "a length has no leading zero");
        digits += strspn(digits, "0");
    }
    return arena_print(repair->arena, "/%s", *digits ? digits : "0");
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
               strpbrk(host, "ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ") && strchr(host, '.')) {
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

static const char *repair_qualifier(struct repair *repair, const struct loose *loose)
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

static void blame_name(struct repair *repair, const struct loose *loose, enum spf_term_kind named)
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
static const char *term_without_value(struct repair *repair, const struct loose *loose)
{
    if (*loose->rest)
        blame(repair, "nothing may follow all");
    return "";
}

static const char *value_part(struct repair *repair, const struct loose *loose)
{
    const char *value;

    if (repair->kind == SPF_ALL)
        return term_without_value(repair, loose);
    if (!*loose->rest || loose->separator == '/')
        return loose->rest;
    repair->value = arena_copy_string(repair->arena, loose->rest);
    value = repair_value(repair);
    return arena_print(repair->arena, "%c%s", names[repair->kind].is_modifier ? '=' : ':', value);
}

static bool respell(struct guess *guess)
{
    struct repair repair = {.arena = guess->arena};
    const char *qualifier, *value, *instead, *reasons;
    enum spf_term_kind named;
    struct loose loose;

    take_apart(guess->word, &loose);
    named = kind_named(loose.name, loose.name_size);
    repair.kind = kind_meant(loose.name, loose.name_size);
    if (repair.kind == SPF_UNKNOWN)
        return false;
    buffer_init(&repair.reasons, WORD_MOST);
    qualifier = repair_qualifier(&repair, &loose);
    blame_name(&repair, &loose, named);
    value = value_part(&repair, &loose);
    reasons = buffer_keep(&repair.reasons, guess->arena);
    if (!qualifier)
        return false;
    instead = arena_print(guess->arena, "%s%s%s", qualifier, names[repair.kind].text, value);
    return strcmp(instead, guess->word) != 0 && propose(guess, instead, reasons);
}

/* ---- whole words ---- */

static bool drop_version(struct guess *guess)
{
    if (text_starts_fold(guess->word, guess->size, "v=spf"))
        return propose(guess, "", "the version stands at the beginning, once");
    if (text_starts_fold(guess->word, guess->size, "spf2.0"))
        return propose(guess, "",
                       "that is Sender ID, which has a record of its own and is obsolete");
    return false;
}

/* "~all." and "mx," */
static bool strip_punctuation(struct guess *guess)
{
    size_t start = strspn(guess->word, ",;.:"), end = guess->size;
    struct spf_intent inner;
    const char *rest;

    while (end > start && strchr(",;.:", guess->word[end - 1]))
        end--;
    if (end == start || (start == 0 && end == guess->size))
        return false;
    rest = arena_copy(guess->arena, guess->word + start, end - start);
    if (propose(guess, rest, "only spaces stand between terms: no comma, full stop or the like"))
        return true;
    return guess_word(guess->arena, rest, end - start, guess->depth + 1, &inner) && inner.instead &&
           propose(guess, inner.instead, inner.reason);
}

/* "all-" */
static bool move_qualifier(struct guess *guess)
{
    char last = guess->word[guess->size - 1];
    const char *moved;

    if (!is_qualifier(last) || guess->size < 2)
        return false;
    moved = arena_print(guess->arena, "%c%.*s", last, (int)guess->size - 1, guess->word);
    return propose(guess, moved, "a qualifier stands before its mechanism");
}

/* An address without a mechanism. */
static bool name_address(struct guess *guess)
{
    size_t sign = is_qualifier(*guess->word), host = strcspn(guess->word + sign, "/");
    struct ip_address ip;

    if (ip_parse(guess->word + sign, host, &ip) != STATUS_OK)
        return false;
    return propose(guess,
                   arena_print(guess->arena, "%.*s%s:%s", (int)sign, guess->word,
                               ip.family == IP_V4 ? "ip4" : "ip6", guess->word + sign),
                   "an address needs its mechanism, ip4 or ip6");
}

/* ip4192.0.2.1 and ip4.192.0.2.1 */
static bool insert_colon(struct guess *guess)
{
    for (int kind = SPF_IP4; kind <= SPF_IP6; kind++) {
        size_t name = strlen(names[kind].text);
        const char *rest = guess->word + name;

        if (!text_starts_fold(guess->word, guess->size, names[kind].text))
            continue;
        rest += strspn(rest, ".-_/");
        if (propose(guess, arena_print(guess->arena, "%s:%s", names[kind].text, rest),
                    "a colon stands between a mechanism and its address"))
            return true;
    }
    return false;
}

/* One of a list: right as it stands, with the name of the one before it, or guessed. */
static const char *repair_piece(struct guess *guess, const char *piece, size_t size,
                                const char *prefix)
{
    const char *text = arena_copy(guess->arena, piece, size);
    const char *named = arena_print(guess->arena, "%s%s", prefix, text);
    struct spf_intent inner;

    if (is_right(guess->arena, text))
        return text;
    if (*prefix && is_right(guess->arena, named))
        return named;
    if (guess_word(guess->arena, text, size, guess->depth + 1, &inner))
        return inner.instead;
    return NULL;
}

/* a,mx,-all and ip4:192.0.2.1,192.0.2.2 */
static bool split_list(struct guess *guess)
{
    const char *separators = ",;|", *prefix = "";
    struct buffer terms;
    const char *at = guess->word;

    if (!strpbrk(at, separators))
        return false;
    buffer_init(&terms, 2 * WORD_MOST);
    while (*at) {
        size_t size = strcspn(at, separators), name = strcspn(at, ":=");
        const char *piece = size ? repair_piece(guess, at, size, prefix) : "";

        if (!piece) {
            buffer_release(&terms);
            return false;
        }
        if (name < size)
            prefix = arena_copy(guess->arena, at, name + 1);
        buffer_print(&terms, "%s%s", terms.size && *piece ? " " : "", piece);
        at += size + (at[size] != '\0');
    }
    return propose(guess, buffer_keep(&terms, guess->arena), "terms are separated by a space");
}

/* Whether a term begins here that cannot be the middle of a name: -all, ip4:, redirect= */
static bool begins_term(const char *text)
{
    struct loose loose;
    enum spf_term_kind kind;

    take_apart(text, &loose);
    kind = kind_named(loose.name, loose.name_size);
    if (kind == SPF_UNKNOWN || loose.qualifier_count > 1)
        return false;
    return loose.qualifier_count == 1 || loose.separator == ':' || loose.separator == '=';
}

size_t spf_find_missing_space(const char *word, size_t size, struct arena *arena)
{
    const char *text;

    if (size > WORD_MOST || memchr(word, '%', size))
        return 0;
    text = arena_copy(arena, word, size);
    for (size_t at = 1; at < size; at++) {
        bool is_behind_value = text_is_letter(text[at - 1]) || text_is_digit(text[at - 1]);

        if (is_behind_value && begins_term(text + at) && spf_are_terms(text, at, arena))
            return at;
    }
    return 0;
}

static bool split_terms(struct guess *guess)
{
    size_t at = spf_find_missing_space(guess->word, guess->size, guess->arena);
    const char *rest = guess->word + at;
    struct spf_intent inner;

    if (at == 0)
        return false;
    if (!is_right(guess->arena, rest) || spf_find_missing_space(rest, strlen(rest), guess->arena)) {
        if (!guess_word(guess->arena, rest, strlen(rest), guess->depth + 1, &inner))
            return false;
        rest = inner.instead;
    }
    if (!rest)
        return false;
    return propose(guess, arena_print(guess->arena, "%.*s %s", (int)at, guess->word, rest),
                   "a space is missing between two terms");
}

/* ---- what a person has to choose ---- */

static bool is_name_character(char character)
{
    return text_is_letter(character) || text_is_digit(character) || character == '-' ||
           character == '_' || character == '.';
}

static const char *advise(struct guess *guess)
{
    const char *word = guess->word;
    struct loose loose;
    bool is_name = strchr(word, '.') != NULL;

    for (const char *at = word; *at; at++)
        is_name = is_name && is_name_character(*at);
    if (is_name && text_is_letter(word[guess->size - 1]))
        return arena_print(guess->arena,
                           "a name alone is no term: a:%s if that host itself sends, include:%s if "
                           "its owner publishes a record for you, mx:%s for the hosts that receive "
                           "mail for it",
                           word, word, word);
    take_apart(word, &loose);
    if (kind_meant(loose.name, loose.name_size) == SPF_IP4 && *loose.rest &&
        (strchr(loose.rest, '*') || strchr(loose.rest, '-') || strchr(loose.rest, '.')))
        return "a network is written as its first address and a prefix length, such as "
               "192.0.2.0/24; what is meant here only its author knows";
    if (kind_meant(loose.name, loose.name_size) == SPF_ALL && loose.qualifier_count == 0)
        return "all without a qualifier would let everybody send: -all or ~all is meant";
    if (loose.qualifier_count > 1)
        return "which of its qualifiers is meant only its author knows";
    if (kind_named(loose.name, loose.name_size) != SPF_UNKNOWN)
        return NULL;
    return "there are eight mechanisms, all include a mx ptr ip4 ip6 exists, and two modifiers, "
           "redirect= and exp=";
}

static bool guess_word(struct arena *arena, const char *word, size_t size, unsigned depth,
                       struct spf_intent *out)
{
    static bool (*const repairs[])(struct guess *) = {
        drop_version,   split_terms,  respell,      strip_punctuation,
        move_qualifier, name_address, insert_colon, split_list};
    struct guess guess = {arena, arena_copy(arena, word, size), size, depth, out};

    *out = (struct spf_intent){NULL, NULL};
    if (size == 0 || size > WORD_MOST || depth > DEPTH_MOST)
        return false;
    for (size_t i = 0; i < sizeof repairs / sizeof *repairs; i++) {
        if (repairs[i](&guess))
            return true;
    }
    out->reason = advise(&guess);
    return out->reason != NULL;
}

bool spf_guess(const char *word, size_t size, struct arena *arena, struct spf_intent *out)
{
    const char *equals = memchr(word, '=', size);
    struct spf_intent intent;

    *out = (struct spf_intent){NULL, NULL};
    if (spf_are_terms(word, size, arena) && !spf_find_missing_space(word, size, arena))
        return false;
    if (!guess_word(arena, word, size, 0, &intent))
        return false;
    /* A modifier that nobody has heard of is no mistake for sure. */
    if (!intent.instead && equals)
        return false;
    *out = intent;
    return true;
}
