#include "probes/spf/words.h"

#include "diag/text.h"
#include "probes/spf/characters.h"
#include "probes/spf/intent.h"

#include <string.h>

enum {
    GUESSES_MOST = 64, /* words that are guessed at */
    TERM_MOST = 1024,  /* bytes of a term that is looked at for slips */
    FAULTS_MOST = 256
};

struct word {
    const char *text;
    size_t size;
    size_t start; /* of what it was made of, in the record */
    size_t end;
    bool is_right; /* a term, or a modifier that is none of our business */
};

struct mending {
    const struct spf_record *record;
    const struct dns_record *published;
    struct arena *arena;
    struct word *words;
    size_t word_count;
    size_t word_room;
    struct spf_fault *faults;
    size_t fault_count;
    size_t fault_room;
    unsigned guesses;
    bool is_stuck; /* a word is left to a person */
};

static void add_fault(struct mending *mending, size_t start, size_t end, const char *instead,
                      const char *reason)
{
    if (!instead)
        mending->is_stuck = true;
    if (mending->fault_count == FAULTS_MOST)
        return;
    mending->faults = arena_grow(mending->arena, mending->faults, &mending->fault_room,
                                 mending->fault_count, sizeof *mending->faults);
    mending->faults[mending->fault_count++] =
        (struct spf_fault){start, end - start, instead, reason};
}

static void add_word(struct mending *mending, const char *text, size_t size, size_t start,
                     size_t end, bool is_right)
{
    if (size == 0)
        return;
    mending->words = arena_grow(mending->arena, mending->words, &mending->word_room,
                                mending->word_count, sizeof *mending->words);
    mending->words[mending->word_count++] =
        (struct word){arena_copy(mending->arena, text, size), size, start, end, is_right};
}

static bool is_right(struct mending *mending, const char *text, size_t size)
{
    return spf_mean_what_they_say(text, size, mending->arena);
}

/* ---- strings that lose a space ---- */

/* Half of a term that cannot be the rest of a name: -all, ip4:192.0.2.1 */
static bool stands_alone(const char *text, size_t size)
{
    return strchr("+-~?", *text) || memchr(text, ':', size) || memchr(text, '=', size);
}

static bool loses_space(const struct spf_record *record, const struct spf_term *term, size_t at,
                        struct arena *arena)
{
    const char *text = record->text + term->start, *rest = text + at;
    size_t rest_size = term->size - at;

    if (!term->error && !stands_alone(rest, rest_size))
        return false;
    return spf_are_terms(text, at, arena) && spf_are_terms(rest, rest_size, arena);
}

size_t spf_find_lost_space(const struct spf_record *record, const struct spf_term *term,
                           const struct dns_record *published, struct arena *arena)
{
    size_t end = 0;

    if (term->size > TERM_MOST)
        return 0;
    for (size_t i = 0; published && i < published->data.txt.count; i++) {
        end += published->data.txt.strings[i].size;
        if (end > term->start && end < term->start + term->size &&
            loses_space(record, term, end - term->start, arena))
            return end - term->start;
    }
    return 0;
}

/* ---- characters ---- */

/* The term's characters with every slip repaired: what is left of it, spaces perhaps among. */
static const char *mend_characters(struct mending *mending, const struct spf_term *term,
                                   size_t *size)
{
    const char *text = mending->record->text;
    size_t end = term->start + term->size;
    struct buffer mended;

    buffer_init(&mended, TERM_MOST);
    for (size_t at = term->start; at < end;) {
        struct spf_slip slip = spf_slip_at(text + at, end - at);
        size_t taken = slip.size ? slip.size : text_next(text + at, end - at);

        if (slip.size) {
            add_fault(mending, at, at + taken, slip.instead, slip.what);
            buffer_add_string(&mended, slip.instead);
        } else {
            buffer_add(&mended, text + at, taken);
        }
        at += taken;
    }
    *size = mended.size;
    return buffer_keep(&mended, mending->arena);
}

/* Nobody is to be let through by a repair. */
static bool is_open_all(const char *text, size_t size)
{
    return text_equal_fold_sized(text, size, "all", 3) ||
           text_equal_fold_sized(text, size, "+all", 4);
}

static void mend_faulty_term(struct mending *mending, const struct spf_term *term)
{
    size_t size, end = term->start + term->size, faults = mending->fault_count;
    const char *text = mend_characters(mending, term, &size);

    for (size_t at = 0; at <= size;) {
        size_t word = strcspn(text + at, " ");

        if (word > size - at)
            word = size - at;
        if (is_open_all(text + at, word))
            add_fault(mending, term->start, end, NULL,
                      "all without a qualifier would let everybody send: -all or ~all is meant");
        add_word(mending, text + at, word, term->start, end,
                 faults < mending->fault_count && is_right(mending, text + at, word));
        at += word + 1;
    }
}

static void add_halves(struct mending *mending, const struct spf_term *term, size_t at)
{
    const char *text = mending->record->text + term->start;
    size_t middle = term->start + at, end = term->start + term->size;

    add_fault(mending, middle, middle, " ",
              "the record's strings are joined without a space here: one has to stand at the end "
              "of the first");
    add_word(mending, text, at, term->start, middle, true);
    add_word(mending, text + at, term->size - at, middle, end, true);
}

/* What may be valid and is meant otherwise; the rest is right as it stands. */
static bool is_suspicious(const struct spf_term *term)
{
    const char *value = term->value;

    if (term->kind == SPF_OTHER_MODIFIER)
        return true;
    if (!value || term->kind == SPF_IP4 || term->kind == SPF_IP6)
        return false;
    return spf_find_odd_character(value, term->value_size) < term->value_size ||
           (term->value_size > 4 && memcmp(value + term->value_size - 4, "-all", 4) == 0);
}

static void take_term(struct mending *mending, const struct spf_term *term)
{
    const char *text = mending->record->text + term->start;
    size_t end = term->start + term->size;
    size_t lost = spf_find_lost_space(mending->record, term, mending->published, mending->arena);

    if (lost)
        add_halves(mending, term, lost);
    else if (term->error && term->size <= TERM_MOST)
        mend_faulty_term(mending, term);
    else
        add_word(mending, text, term->size, term->start, end, !term->error && !is_suspicious(term));
}

/* ---- words ---- */

static bool is_open(const struct word *word)
{
    char last = word->text[word->size - 1];

    return last == ':' || last == '=' || strspn(word->text, "+-~?") >= word->size;
}

static bool continues(const struct word *word)
{
    return strchr("/:=", *word->text) != NULL;
}

/* "ip4: 192.0.2.1" and "- all" are one word each. */
static bool join_next(struct mending *mending, size_t index)
{
    struct word *word = &mending->words[index], *next = word + 1;
    const char *joined, *reason;
    size_t size;

    if (index + 1 >= mending->word_count || word->size + next->size > TERM_MOST ||
        !(is_open(word) || (continues(next) && !next->is_right)))
        return false;
    size = word->size + next->size;
    joined = arena_print(mending->arena, "%.*s%.*s", (int)word->size, word->text, (int)next->size,
                         next->text);
    if (!is_right(mending, joined, size) || is_open_all(joined, size))
        return false;
    reason = "no space stands within a term";
    add_fault(mending, word->start, next->end, joined, reason);
    *word = (struct word){joined, size, word->start, next->end, true};
    memmove(next, next + 1, (mending->word_count - index - 2) * sizeof *next);
    mending->word_count--;
    return true;
}

/* The grammar's own complaint about a word that nothing can be guessed of. */
static const char *complaint_of(struct mending *mending, const struct word *word)
{
    for (size_t i = 0; i < mending->record->term_count; i++) {
        const struct spf_term *term = &mending->record->terms[i];

        if (term->start == word->start)
            return term->error;
    }
    return NULL;
}

static void guess_word(struct mending *mending, struct word *word)
{
    struct spf_intent intent = {NULL, NULL};
    bool has_error = !spf_are_terms(word->text, word->size, mending->arena);

    if (mending->guesses++ < GUESSES_MOST &&
        spf_guess(word->text, word->size, mending->arena, &intent)) {
        add_fault(mending, word->start, word->end, intent.instead, intent.reason);
        if (intent.instead) {
            word->text = intent.instead;
            word->size = strlen(intent.instead);
        }
        return;
    }
    has_error = has_error && complaint_of(mending, word);
    if (has_error)
        add_fault(mending, word->start, word->end, NULL, complaint_of(mending, word));
}

static const char *join_words(struct mending *mending)
{
    struct buffer text;

    buffer_init(&text, 65535);
    buffer_add_string(&text, "v=spf1");
    for (size_t i = 0; i < mending->word_count; i++) {
        if (mending->words[i].size == 0)
            continue;
        buffer_add_char(&text, ' ');
        buffer_add(&text, mending->words[i].text, mending->words[i].size);
    }
    return buffer_keep(&text, mending->arena);
}

/* Faults of characters and words come in two rounds: into one order. */
static void sort_faults(struct mending *mending)
{
    for (size_t i = 1; i < mending->fault_count; i++) {
        struct spf_fault fault = mending->faults[i];
        size_t at = i;

        for (; at > 0 && mending->faults[at - 1].start > fault.start; at--)
            mending->faults[at] = mending->faults[at - 1];
        mending->faults[at] = fault;
    }
}

void spf_mend_words(const struct spf_record *record, const struct dns_record *published,
                    struct arena *arena, struct spf_words *out)
{
    struct mending mending = {.record = record, .published = published, .arena = arena};

    for (size_t i = 0; i < record->term_count; i++)
        take_term(&mending, &record->terms[i]);
    for (size_t i = 0; i < mending.word_count && mending.fault_count < FAULTS_MOST; i++) {
        if (!join_next(&mending, i) && !mending.words[i].is_right)
            guess_word(&mending, &mending.words[i]);
    }
    sort_faults(&mending);
    mending.is_stuck = mending.is_stuck || mending.fault_count == FAULTS_MOST;
    out->text = mending.is_stuck ? NULL : join_words(&mending);
    out->faults = mending.faults;
    out->fault_count = mending.fault_count;
}
