#include "diag/finding.h"

#include <string.h>

static const char *const outcome_words[OUTCOME_COUNT] = {
#define X(name, word) [OUTCOME_##name] = word,
    OUTCOME_LIST(X)
#undef X
};

static const char *const severity_words[SEVERITY_COUNT] = {
#define X(name, word) [SEVERITY_##name] = word,
    SEVERITY_LIST(X)
#undef X
};

static const char *const change_words[CHANGE_COUNT] = {
#define X(name, word) [CHANGE_##name] = word,
    CHANGE_LIST(X)
#undef X
};

static const char *const past_words[PAST_COUNT] = {
#define X(name, word) [PAST_##name] = word,
    PAST_LIST(X)
#undef X
};

const char *change_word(enum change change)
{
    return change_words[change];
}

const char *past_word(enum past_state state)
{
    return past_words[state];
}

const char *outcome_word(enum outcome outcome)
{
    return outcome < OUTCOME_COUNT ? outcome_words[outcome] : "unknown";
}

const char *severity_word(enum severity severity)
{
    return severity < SEVERITY_COUNT ? severity_words[severity] : "warning";
}

enum severity severity_from_word(const char *word)
{
    for (unsigned i = 0; i < SEVERITY_COUNT; i++) {
        if (strcmp(severity_words[i], word) == 0)
            return (enum severity)i;
    }
    return SEVERITY_COUNT;
}

static int compare_numbers(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_seen(const struct finding *a, const struct finding *b)
{
    for (size_t i = 0; i < a->seen_count && i < b->seen_count; i++) {
        int order = strcmp(a->seen[i].text, b->seen[i].text);

        if (order)
            return order;
        order = compare_numbers(a->seen[i].mark_start, b->seen[i].mark_start);
        if (order)
            return order;
    }
    return compare_numbers(a->seen_count, b->seen_count);
}

/* Two findings of one kind about one subject: told apart by what they say. */
static int compare_contents(const struct finding *a, const struct finding *b)
{
    int order = strcmp(a->title, b->title);

    return order ? order : compare_seen(a, b);
}

/* How many causes stand behind each other, as far as anybody follows them. */
static size_t count_causes(const struct finding *finding, size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < finding->explained_by_count && most > 0; i++) {
        size_t behind = 1 + count_causes(finding->explained_by[i], most - 1);

        count = behind > count ? behind : count;
    }
    return count;
}

/* The subject at which a finding stands: the last of its causes', where it has any. */
static const struct subject *place_of(const struct finding *finding, size_t most)
{
    const struct subject *place = NULL;

    for (size_t i = 0; i < finding->explained_by_count && most > 0; i++) {
        const struct subject *other = place_of(finding->explained_by[i], most - 1);

        if (!place || subject_compare(other, place) > 0)
            place = other;
    }
    return place ? place : finding->subject;
}

int finding_compare_placed(const struct finding *a, const struct finding_place *a_place,
                           const struct finding *b, const struct finding_place *b_place)
{
    int order = compare_numbers(a->outcome, b->outcome);

    if (!order && a->outcome == OUTCOME_PROBLEM)
        order = compare_numbers(a->rank, b->rank);
    if (!order)
        order = subject_compare(a_place->subject, b_place->subject);
    if (!order)
        order = compare_numbers(a_place->cause_count, b_place->cause_count);
    if (!order)
        order = subject_compare(a->subject, b->subject);
    if (!order && a->outcome == OUTCOME_PROBLEM)
        order = compare_numbers(a->severity, b->severity);
    if (!order)
        order = strcmp(a->kind->id, b->kind->id);
    return order ? order : compare_contents(a, b);
}

static struct finding_place place_finding(const struct finding *finding)
{
    return (struct finding_place){place_of(finding, FINDING_CAUSES_MOST),
                                  count_causes(finding, FINDING_CAUSES_MOST)};
}

const char *finding_cost(const struct finding *finding)
{
    return finding->cost ? finding->cost : finding->kind->cost;
}

const char *finding_repair(const struct finding *finding)
{
    return finding->repair ? finding->repair : finding->kind->repair;
}

int finding_compare(const struct finding *a, const struct finding *b)
{
    const struct finding_place a_place = place_finding(a), b_place = place_finding(b);

    return finding_compare_placed(a, &a_place, b, &b_place);
}

static bool is_complete(const struct report *report)
{
    for (size_t i = 0; i < report->run_count; i++) {
        if (!report->runs[i].complete && !report->runs[i].is_superseded)
            return false;
    }
    return true;
}

/* A problem of before may be there still, and the newest evidence does not say. */
static bool is_in_doubt(const struct report *report)
{
    for (size_t i = 0; i < report->past_count && !report->is_comparison; i++) {
        const struct past *past = &report->past[i];

        if ((past->state == PAST_UNKNOWN || past->state == PAST_NOT_COMPARABLE) &&
            past->finding->severity != SEVERITY_INFO && !past->finding->accepted)
            return true;
    }
    return false;
}

int report_exit_status(const struct report *report)
{
    bool unknown = !is_complete(report) || is_in_doubt(report);

    for (size_t i = 0; i < report->finding_count; i++) {
        const struct finding *finding = report->findings[i];

        if (finding->outcome == OUTCOME_PROBLEM && finding->severity != SEVERITY_INFO &&
            !finding->accepted)
            return 1;
        if (finding->outcome == OUTCOME_UNKNOWN)
            unknown = true;
    }
    return unknown ? 3 : 0;
}
