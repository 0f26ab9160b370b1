#include "probes/spf/intent.h"

#include "diag/text.h"
#include "probes/spf/respell.h"

#include <string.h>

enum {
    WORD_MOST = 1024, /* bytes of a word that is guessed at */
    LIST_MOST = 4096, /* of the terms that a list becomes */
    TRIES_MOST = 16,  /* places of a word at which a space may be missing */
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

size_t spf_find_odd_character(const char *name, size_t size)
{
    size_t at = 0;

    if (memchr(name, '%', size))
        return size;
    while (at < size &&
           (text_is_letter(name[at]) || text_is_digit(name[at]) || strchr("-_.", name[at])))
        at++;
    return at;
}

/* One of the words names what no host is called. */
static bool has_odd_name(struct arena *arena, const char *words)
{
    const char *text = arena_print(arena, "v=spf1 %s", words);
    struct spf_record record;

    spf_read(text, strlen(text), arena, &record);
    for (size_t i = 0; i < record.term_count; i++) {
        const struct spf_term *term = &record.terms[i];

        if (term->value && term->kind != SPF_IP4 && term->kind != SPF_IP6 &&
            spf_find_odd_character(term->value, term->value_size) < term->value_size)
            return true;
    }
    return false;
}

bool spf_mean_what_they_say(const char *words, size_t size, struct arena *arena)
{
    const char *text = arena_copy(arena, words, size);

    return spf_are_terms(words, size, arena) && !misses_space(arena, text) &&
           !has_odd_name(arena, text);
}

/* Settles the guess if what is proposed is right. */
static bool propose(struct guess *guess, const char *instead, const char *reason)
{
    if (*instead && (!spf_mean_what_they_say(instead, strlen(instead), guess->arena) ||
                     admits_everybody(guess->arena, instead)))
        return false;
    guess->out->instead = instead;
    guess->out->reason = reason;
    return true;
}

/* ---- whole words ---- */

static bool is_qualifier(char character)
{
    return character && strchr("+-~?", character);
}

/* As one term with another name, separator or value. */
static bool respell(struct guess *guess)
{
    struct spf_intent intent;

    return spf_respell(guess->word, guess->arena, &intent) &&
           propose(guess, intent.instead, intent.reason);
}

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
    static const char *const mechanisms[] = {"ip4", "ip6"};

    for (size_t i = 0; i < sizeof mechanisms / sizeof *mechanisms; i++) {
        const char *rest = guess->word + strlen(mechanisms[i]);

        if (!text_starts_fold(guess->word, guess->size, mechanisms[i]))
            continue;
        rest += strspn(rest, ".-_/");
        if (propose(guess, arena_print(guess->arena, "%s:%s", mechanisms[i], rest),
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
    buffer_init(&terms, LIST_MOST);
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
    struct spf_loose loose;
    enum spf_term_kind kind;

    spf_take_apart(text, &loose);
    kind = spf_kind_named(loose.name, loose.name_size);
    if (kind == SPF_UNKNOWN || loose.qualifier_count > 1)
        return false;
    return loose.qualifier_count == 1 || loose.separator == ':' || loose.separator == '=';
}

size_t spf_find_missing_space(const char *word, size_t size, struct arena *arena)
{
    unsigned tries = 0;
    const char *text;

    if (size > WORD_MOST || memchr(word, '%', size))
        return 0;
    text = arena_copy(arena, word, size);
    for (size_t at = 1; at < size && tries < TRIES_MOST; at++) {
        if (!text_is_letter(text[at - 1]) && !text_is_digit(text[at - 1]))
            continue; /* not behind a value */
        if (!begins_term(text + at))
            continue;
        tries++;
        if (spf_are_terms(text, at, arena))
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
    struct spf_loose loose;
    bool is_name = strchr(word, '.') != NULL;

    for (const char *at = word; *at; at++)
        is_name = is_name && is_name_character(*at);
    if (is_name && text_is_letter(word[guess->size - 1]))
        return arena_print(guess->arena,
                           "a name alone is no term: a:%s if that host itself sends, include:%s if "
                           "its owner publishes a record for you, mx:%s for the hosts that receive "
                           "mail for it",
                           word, word, word);
    spf_take_apart(word, &loose);
    if (spf_kind_meant(loose.name, loose.name_size) == SPF_IP4 && *loose.rest &&
        (strchr(loose.rest, '*') || strchr(loose.rest, '-') || strchr(loose.rest, '.')))
        return "a network is written as its first address and a prefix length, such as "
               "192.0.2.0/24; what is meant here only its author knows";
    if (spf_kind_meant(loose.name, loose.name_size) == SPF_ALL && loose.qualifier_count == 0)
        return "all without a qualifier would let everybody send: -all or ~all is meant";
    if (strchr(loose.rest, '@'))
        return "a domain belongs there, not the address of a mailbox";
    if (strchr(loose.rest, '*'))
        return "* stands for nothing in a record: every name is written out";
    if (loose.qualifier_count > 1)
        return "which of its qualifiers is meant only its author knows";
    if (spf_kind_named(loose.name, loose.name_size) != SPF_UNKNOWN)
        return has_odd_name(guess->arena, word) ? "no host has such a name" : NULL;
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
    if (spf_mean_what_they_say(word, size, arena))
        return false;
    if (!guess_word(arena, word, size, 0, &intent))
        return false;
    /* A modifier that nobody has heard of is no mistake for sure. */
    if (!intent.instead && equals)
        return false;
    *out = intent;
    return true;
}
