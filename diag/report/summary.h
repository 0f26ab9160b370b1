/*
 * What those ask who pay for the repair: what is broken, what it costs while it lasts, and what to
 * do first. Made of the outline: a fault is an entry of problems that no other problem explains, so
 * ten servers with one fault are one line, and what follows from a fault is none of its own.
 */
#ifndef EXDIAG_REPORT_SUMMARY_H
#define EXDIAG_REPORT_SUMMARY_H

#include "diag/report/outline.h"

struct summary_fault {
    const struct outline_entry *entry;
    enum severity rank;       /* the worst of it and of what follows from it */
    const char *cost;         /* a sentence: of its own, or else the worst that follows; or NULL */
    const char *repair;       /* what is to be done, in a sentence; or NULL */
    const struct step *first; /* what to do first, of its first member; NULL if there is no fix */
    const size_t
        *consequences; /* numbers of the entries that follow from it, along chains of them */
    size_t consequence_count;
};

/* What one sentence of cost is for: whoever costs the same is named beside it. */
struct summary_cost {
    const char *text;
    enum severity rank;   /* the worst of its faults */
    const size_t *faults; /* indices of the summary's faults, in their order */
    size_t fault_count;
};

struct summary {
    const struct summary_fault *faults; /* in the order of the outline; worse than info */
    size_t fault_count;
    size_t
        counts[SEVERITY_COUNT]; /* of faults by their rank; those of info are remarks, not faults */
    const struct summary_cost *costs; /* in the order of their first faults; no text twice */
    size_t cost_count;
};

/* Everything in it lives in `arena`, in the outline and in the report. */
void summary_make(const struct outline *outline, struct arena *arena, struct summary *summary);

/*
 * In a sentence: "3 faults, 2 of them critical, are behind 5 problems; 4 things could not be
 * checked." No word of what is not there; "Nothing is wrong in what was checked." where that is so.
 */
void summary_headline(const struct report *report, const struct summary *summary,
                      struct buffer *out);

/* "a.example", "a.example and b.example", "a.example, b.example and 8 more": at most `most` names.
 */
void summary_subjects(const struct outline_entry *entry, size_t most, struct buffer *out);

/*
 * Of words for people as much as makes one line of `most` columns or fewer: all, or its first
 * sentences, or "" where even the first is longer. Never a part of a sentence.
 */
void summary_sentence(const char *text, size_t most, struct buffer *out);

#endif
