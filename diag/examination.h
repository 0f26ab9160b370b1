/*
 * One probe on one subject: what a probe knows as `x`. Shared by the engine
 * (exam.c) and the functions of probe.h (probe.c), and by nobody else.
 */
#ifndef EXDIAG_EXAMINATION_H
#define EXDIAG_EXAMINATION_H

#include "diag/exam.h"

/* A finding under construction; `finding` is what a probe holds. */
struct draft {
    struct finding finding; /* first: see draft_of() in probe.c */
    struct examination *x;
    struct draft *next;
    struct seen *seen;
    size_t seen_room;
    const struct evidence **sources;
    size_t source_room;
    struct series *series;
    size_t series_room;
    struct value *values;
    size_t value_count;
    size_t value_room;
    const char *only; /* of the templates of steps those alone that are printed `when` this */
};

/* A span that an examination placed. */
struct placed {
    const struct scale *scale;
    struct span span;
    const struct placed *next;
};

/* What an examination measured. */
struct measured {
    struct measure measure;
    const struct measured *next;
};

/* A subject and all that is examined of it. */
struct visit {
    struct subject subject;
    struct arena memory; /* holds the visit, its examinations and what they were given */
    struct examination *examinations;
    size_t unfinished; /* examinations that are not done */
    struct visit *previous, *next;
};

struct examination {
    struct exam *exam;
    const struct probe *probe;
    shared_maker *make; /* of what is made for others, instead of a probe: see ask_shared() */
    unsigned number;    /* of that: `awaited` */
    const struct subject *subject;
    struct visit *visit;

    /* of the pass at hand; after an incomplete one it is gone */
    struct arena memory;
    struct draft *drafts; /* in the order told */
    struct draft **drafts_end;
    const struct fact *facts; /* in the order told */
    const struct fact **facts_end;
    const struct placed *placed; /* in the order placed */
    const struct placed **placed_end;
    unsigned placed_count;
    const struct measured *measured; /* in the order measured */
    const struct measured **measured_end;
    unsigned measured_count;
    const void *result; /* set_result(), or what was made for others */
    bool incomplete;    /* something asked is still on its way */
    unsigned asks;
    unsigned asked_subjects; /* PROBE_EXAMINES(kind) of the lists it looked at */

    unsigned passes; /* so far, since the subjects it asked for last grew */

    /* What it was given, unsettled or not, in the order first asked for; all pinned. */
    struct evidence **given;
    uint64_t *given_hashes; /* of their keys */
    size_t given_count;
    size_t given_room;
    size_t hash_room;
    size_t next_given; /* probably asked for next: a pass asks what the last one did */

    size_t wait_count;               /* unsettled items of these, and what is made for it */
    struct evidence_waiter *waiters; /* who waits for what this one makes */
    unsigned awaited;                /* of what is made for others: 1u << its number */
    unsigned used; /* the same, in the pass at hand, whether it was there or not */
    bool ready;    /* it stands in the queue */
    bool due;      /* and is to run: what is made for others may have run meanwhile */
    bool fresh;    /* some, not all, of what it waited for was settled since its last pass */
    bool done;     /* it is complete for good */
    struct examination *next_ready;
    struct examination *next; /* of the same subject */
};

/* The item of a question; unsettled while it is on its way. */
const struct evidence *exam_ask(struct examination *x, const struct evidence_kind *kind,
                                const struct evidence *question);

/* See ask_shared(). */
const void *exam_ask_shared(struct examination *x, shared_maker *make);

struct subject_list exam_subjects_of_kind(struct examination *x, enum subject_kind kind);
const struct exam_options *exam_options_of(const struct exam *exam);

/* Fills in the texts and steps of the drafts of a complete pass. */
void examination_conclude(struct examination *x);

#endif
