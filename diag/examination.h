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
    struct value *values;
    size_t value_count;
    size_t value_room;
};

struct examination {
    struct exam *exam;
    const struct probe *probe;
    const struct subject *subject;

    /* of the pass at hand */
    struct arena memory;
    struct draft *drafts; /* in the order told */
    struct draft **drafts_end;
    const struct fact *facts; /* in the order told */
    const struct fact **facts_end;
    const void *result; /* set_result() */
    bool incomplete;    /* something asked is still on its way */
    unsigned asks;
    unsigned asked_subjects; /* PROBE_EXAMINES(kind) of the lists it looked at */

    unsigned passes; /* so far, since the subjects it asked for last grew */

    /* waiting */
    struct evidence **waits_for; /* unsettled items that know of this examination */
    size_t wait_count;
    size_t wait_room;
    bool ready; /* it stands in the queue */
    bool fresh; /* some, not all, of what it waited for was settled since its last pass */
    struct examination *next_ready;
    struct examination *next; /* all of the exam */
};

/* The item of a question; unsettled while it is on its way. */
const struct evidence *exam_ask(struct examination *x, const struct evidence_kind *kind,
                                const struct evidence *question);

struct subject_list exam_subjects_of_kind(struct exam *exam, enum subject_kind kind);
const struct exam_options *exam_options_of(const struct exam *exam);

/* Fills in the texts and steps of the drafts of a complete pass. */
void examination_conclude(struct examination *x);

#endif
