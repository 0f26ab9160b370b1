#include "probes/spf_merge.h"

#include "diag/buffer.h"

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

static bool is_modifier(const struct spf_term *term)
{
    return term->kind == SPF_REDIRECT || term->kind == SPF_EXP || term->kind == SPF_OTHER_MODIFIER;
}

/* Terms behind `all` are never reached (RFC 7208 5.1); modifiers count wherever they stand. */
static bool is_reached(const struct spf_record *record, const struct spf_term *term)
{
    if (is_modifier(term))
        return true;
    for (const struct spf_term *earlier = record->terms; earlier < term; earlier++) {
        if (earlier->kind == SPF_ALL)
            return false;
    }
    return true;
}

static const struct spf_term *all_of(const struct spf_record *record)
{
    for (size_t i = 0; i < record->term_count; i++) {
        if (record->terms[i].kind == SPF_ALL)
            return &record->terms[i];
    }
    return NULL;
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
    if (term->kind == SPF_ALL)
        return term->qualifier == '+' ? "one of them ends in +all, which lets everybody send"
                                      : NULL;
    if (term->kind < SPF_REDIRECT && term->qualifier != '+')
        return arena_print(arena, "%s excludes or doubts senders, so the order of terms matters",
                           text);
    return NULL;
}

static const char *find_obstacle(const struct spf_record *records, size_t count,
                                 struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        const struct spf_record *record = &records[i];

        if (record->error)
            return arena_print(arena, "%s is not valid (%s); that has to be repaired first",
                               quote_term(arena, record, record->error), record->error->error);
        for (size_t j = 0; j < record->term_count; j++) {
            const struct spf_term *term = &record->terms[j];
            const char *obstacle =
                is_reached(record, term) ? obstacle_of(arena, record, term) : NULL;

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

/* A record without `all` ends neutral (RFC 7208 4.7). */
static char mildest_end(const struct spf_record *records, size_t count, bool *differ)
{
    char mildest = '-';

    *differ = false;
    for (size_t i = 0; i < count; i++) {
        const struct spf_term *all = all_of(&records[i]);
        char end = all ? all->qualifier : '?';

        if (i > 0 && end != mildest)
            *differ = true;
        if (i == 0 || mildness(end) > mildness(mildest))
            mildest = end;
    }
    return mildest;
}

/* Among those that are reached. */
static bool is_first_of_its_kind(const struct spf_record *records, size_t record, size_t term)
{
    for (size_t i = 0; i <= record; i++) {
        size_t end = i < record ? records[i].term_count : term;
        bool reached = true;

        for (size_t j = 0; j < end; j++) {
            const struct spf_term *earlier = &records[i].terms[j];

            if ((reached || is_modifier(earlier)) &&
                spf_same_term(&records[i], earlier, &records[record], &records[record].terms[term]))
                return false;
            reached = reached && earlier->kind != SPF_ALL;
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

            if (term->kind == SPF_ALL || !is_reached(&records[i], term) ||
                !is_first_of_its_kind(records, i, j))
                continue;
            buffer_add_char(merged, ' ');
            buffer_add(merged, records[i].text + term->start, term->size);
        }
    }
}

void spf_merge(const struct spf_record *records, size_t count, struct arena *arena,
               struct spf_merge *out)
{
    static const char too_long[] = "together they are longer than one record can be";
    struct buffer merged;
    bool differ;
    char end;

    memset(out, 0, sizeof *out);
    if (are_too_long(records, count)) {
        out->obstacle = too_long;
        return;
    }
    out->identical = true;
    for (size_t i = 1; i < count; i++)
        out->identical = out->identical && says_the_same(&records[0], &records[i]);
    if (out->identical && !records[0].error) {
        char *text = arena_copy(arena, records[0].text, records[0].size);

        out->text = memcpy(text, "v=spf1", strlen("v=spf1"));
        return;
    }
    out->obstacle = find_obstacle(records, count, arena);
    if (!out->obstacle && has_two_explanations(records, count))
        out->obstacle = "they name different explanations (exp=), and a record may have one";
    if (out->obstacle)
        return;
    end = mildest_end(records, count, &differ);
    buffer_init(&merged, MERGED_MOST);
    buffer_add_string(&merged, "v=spf1");
    add_terms(records, count, &merged);
    buffer_print(&merged, " %call", end);
    if (merged.truncated)
        out->obstacle = too_long;
    else
        out->text = arena_copy(arena, merged.text, merged.size);
    buffer_release(&merged);
    if (out->text && differ)
        out->remark = arena_print(arena,
                                  "the records end differently; the merged one keeps the mildest "
                                  "end, %call, so that no mail is lost that one of them would have "
                                  "let through",
                                  end);
}
