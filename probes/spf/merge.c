#include "probes/spf/merge.h"

#include "diag/buffer.h"
#include "probes/spf/network.h"

#include <string.h>

enum {
    MERGED_MOST = 65279, /* text of the largest TXT record: 65,535 bytes, one of 256 a length */
    TERMS_MOST = 2048    /* of all records; below SPF_TERMS_MOST, so none was left out */
};

static const char *quote_term(struct arena *arena, const struct spf_record *record,
                              const struct spf_term *term)
{
    return arena_copy(arena, record->text + term->start, term->size);
}

static bool says_the_same(const struct spf_record *a, const struct spf_record *b)
{
    if (a->term_count != b->term_count)
        return false;
    for (size_t i = 0; i < a->term_count; i++) {
        if (!spf_same_term(a, &a->terms[i], b, &b->terms[i]))
            return false;
    }
    return true;
}

/* +all, or a network as good as that. */
static bool admits_everybody(const struct spf_record *record, const struct spf_term *term)
{
    if (term->qualifier != '+' || !spf_is_reached(record, term))
        return false;
    return term->kind == SPF_ALL || spf_width_of(term) == SPF_WIDTH_EVERYBODY;
}

/* Why a term cannot be moved into another record; NULL if it can. */
static const char *obstacle_of(struct arena *arena, const struct spf_record *record,
                               const struct spf_term *term)
{
    const char *text = quote_term(arena, record, term);

    if (term->kind == SPF_REDIRECT)
        return arena_print(arena,
                           "one of them hands everything to another domain with %s, and a record "
                           "with terms of its own would never get there",
                           text);
    if (term->kind < SPF_REDIRECT && term->kind != SPF_ALL && term->qualifier != '+')
        return arena_print(arena, "%s excludes or doubts senders, so the order of terms matters",
                           text);
    return NULL;
}

/*
 * Characters that RFC 7208 allows in a term and no mail host's name has. A person may
 * paste the record into a shell after all.
 */
static bool has_odd_characters(const struct spf_record *record, const struct spf_term *term)
{
    static const char usual[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                ".:/_-+=,%{}~?@";

    for (size_t i = 0; i < term->size; i++) {
        if (!memchr(usual, record->text[term->start + i], sizeof usual - 1))
            return true;
    }
    return false;
}

/* What stands against any of the records, merged or alone. */
static const char *find_fault(const struct spf_record *records, size_t count, struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        const struct spf_record *record = &records[i];

        if (record->error)
            return arena_print(arena, "%s is not valid (%s); that has to be repaired first",
                               quote_term(arena, record, record->error), record->error->error);
        for (size_t j = 0; j < record->term_count; j++) {
            const struct spf_term *term = &record->terms[j];

            if (has_odd_characters(record, term))
                return arena_print(arena, "%s holds characters that no mail host's name has",
                                   quote_term(arena, record, term));
            if (admits_everybody(record, term))
                return arena_print(arena, "%s lets everybody send in the domain's name",
                                   term->kind == SPF_ALL ? "+all"
                                                         : quote_term(arena, record, term));
        }
    }
    return NULL;
}

static const char *find_obstacle(const struct spf_record *records, size_t count,
                                 struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        const struct spf_record *record = &records[i];

        for (size_t j = 0; j < record->term_count; j++) {
            const struct spf_term *term = &record->terms[j];
            const char *obstacle =
                spf_is_reached(record, term) ? obstacle_of(arena, record, term) : NULL;

            if (obstacle)
                return obstacle;
        }
    }
    return NULL;
}

/* + - ~ ? from the strictest to the mildest end of a record. */
static int mildness(char qualifier)
{
    return qualifier == '-' ? 0 : qualifier == '~' ? 1 : 2;
}

/* The mildest of their ends; a record without `all` ends neutral (RFC 7208 4.7). */
static char mildest_end(const struct spf_record *records, size_t count)
{
    char mildest = '-';

    for (size_t i = 0; i < count; i++) {
        const struct spf_term *all = records[i].all;
        char end = all ? all->qualifier : '?';

        if (mildness(end) > mildness(mildest))
            mildest = end;
    }
    return mildest;
}

/* What a person should know of the ends, or NULL. */
static const char *remark_on_ends(const struct spf_record *records, size_t count, char end,
                                  struct arena *arena)
{
    bool differ = false;

    for (size_t i = 0; i < count; i++) {
        const struct spf_term *all = records[i].all;

        if (!all)
            return "one of the records has no all, which says nothing about other senders (?all), "
                   "and so does the merged one; change it to ~all or -all once you know that every "
                   "sender is named";
        differ = differ || all->qualifier != end;
    }
    if (!differ)
        return NULL;
    return arena_print(arena,
                       "the records end differently; the merged one ends in %call, the mildest of "
                       "their ends",
                       end);
}

/* The first mechanism that is dropped because it was never evaluated, or NULL. */
static const char *remark_on_unreached(const struct spf_record *records, size_t count,
                                       struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < records[i].term_count; j++) {
            const struct spf_term *term = &records[i].terms[j];

            if (!spf_is_reached(&records[i], term))
                return arena_print(arena,
                                   "left out is what stands behind all and was never looked at, "
                                   "such as %s: add it if it is a sender of yours",
                                   quote_term(arena, &records[i], term));
        }
    }
    return NULL;
}

static const char *join_remarks(const char *first, const char *second, struct arena *arena)
{
    if (!first || !second)
        return first ? first : second;
    return arena_print(arena, "%s; %s", first, second);
}

static bool is_first_of_its_kind(const struct spf_record *records, size_t record, size_t term)
{
    for (size_t i = 0; i <= record; i++) {
        size_t end = i < record ? records[i].term_count : term;

        for (size_t j = 0; j < end; j++) {
            const struct spf_term *earlier = &records[i].terms[j];

            if (spf_same_term(&records[i], earlier, &records[record],
                              &records[record].terms[term]) &&
                spf_is_reached(&records[i], earlier))
                return false;
        }
    }
    return true;
}

static bool has_two_explanations(const struct spf_record *records, size_t count)
{
    size_t explanations = 0;

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < records[i].term_count; j++)
            explanations +=
                records[i].terms[j].kind == SPF_EXP && is_first_of_its_kind(records, i, j);
    }
    return explanations > 1;
}

static bool are_too_long(const struct spf_record *records, size_t count)
{
    size_t terms = 0;

    for (size_t i = 0; i < count; i++)
        terms += records[i].term_count;
    return terms > TERMS_MOST;
}

static void add_terms(const struct spf_record *records, size_t count, struct buffer *merged)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < records[i].term_count; j++) {
            const struct spf_term *term = &records[i].terms[j];

            if (term->kind == SPF_ALL || !spf_is_reached(&records[i], term) ||
                !is_first_of_its_kind(records, i, j))
                continue;
            buffer_add_char(merged, ' ');
            buffer_add(merged, records[i].text + term->start, term->size);
        }
    }
}

/* NULL if it is longer than a record can be. */
static const char *join_records(const struct spf_record *records, size_t count, char end,
                                struct arena *arena)
{
    struct buffer merged;
    bool truncated;
    const char *text;

    buffer_init(&merged, MERGED_MOST);
    buffer_add_string(&merged, "v=spf1");
    add_terms(records, count, &merged);
    buffer_print(&merged, " %call", end);
    truncated = merged.truncated;
    text = buffer_keep(&merged, arena);
    return truncated ? NULL : text;
}

/* One record stands for all; its version in the usual letters. */
static const char *keep_one(const struct spf_record *record, struct arena *arena)
{
    char *text = arena_copy(arena, record->text, record->size);

    memcpy(text, "v=spf1", strlen("v=spf1"));
    return text;
}

static bool are_identical(const struct spf_record *records, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (!says_the_same(&records[0], &records[i]))
            return false;
    }
    return true;
}

void spf_merge(const struct spf_record *records, size_t count, struct arena *arena,
               struct spf_merge *out)
{
    static const char too_long[] = "together they are longer than one record can be";
    char end;

    memset(out, 0, sizeof *out);
    if (are_too_long(records, count)) {
        out->obstacle = too_long;
        return;
    }
    out->identical = are_identical(records, count);
    out->obstacle = find_fault(records, count, arena);
    if (!out->obstacle && out->identical) {
        out->text = keep_one(&records[0], arena);
        return;
    }
    if (!out->obstacle)
        out->obstacle = find_obstacle(records, count, arena);
    if (!out->obstacle && has_two_explanations(records, count))
        out->obstacle = "they name different explanations (exp=), and a record may have one";
    if (out->obstacle)
        return;
    end = mildest_end(records, count);
    out->text = join_records(records, count, end, arena);
    if (!out->text)
        out->obstacle = too_long;
    else
        out->remark = join_remarks(remark_on_ends(records, count, end, arena),
                                   remark_on_unreached(records, count, arena), arena);
}
