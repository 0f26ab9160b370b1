/*
 * The engine: subjects x probes, run in passes until nothing more is asked.
 *
 * It does no I/O and knows no clock. Asks that are not in the store go to `fetch`;
 * whoever observes them settles the item and calls exam_settled(). Without a
 * fetch, or once the exam is told to end, absent asks end at once with a status
 * that says why, and the probes conclude from what there is.
 *
 * An examination is run again when all it waits for has been settled, or
 * EXAM_PATIENCE after the first of it was: one slow answer does not hold up what
 * follows from the others.
 *
 * Subjects stay with the exam, and their findings are there at its end; or, with
 * `concluded`, each is examined by itself and is forgotten once it has been handed
 * over, so that any number of them can pass through. Then findings have no texts, steps
 * or anything seen, probes cannot add subjects and know of none but the one at hand,
 * and the same name may be added again.
 */
#ifndef EXDIAG_EXAM_H
#define EXDIAG_EXAM_H

#include "diag/evidence/evidence.h"
#include "diag/probe.h"

enum {
    EXAM_PATIENCE = 50000, /* microseconds */
    EXAM_PASSES_MOST = 64, /* of one examination; more means a probe that never settles */
    EXAM_ASKS_MOST = 2 * SUBJECTS_MOST /* in one pass: of each file what it is, and what it says */
};

struct exam;
struct visit;

struct exam_options {
    const struct settings *settings; /* borrowed for the life of the exam */
    const struct probe *const
        *probes; /* ended by NULL; `probes` of probe.h unless a test says otherwise */
    struct evidence_store *store; /* borrowed */
    int64_t started;              /* the probes' "now": milliseconds since 1970 UTC */
    const char *machine;          /* that the run was made on, by its own name; or NULL */
    enum status absent;           /* how asks end that nobody fetches */
    void (*fetch)(void *context,
                  struct evidence *item); /* or NULL; must not settle the item at once */
    /* All that is to be said of a subject is there; `visit` is gone afterwards. Or NULL. */
    void (*concluded)(void *context, const struct visit *visit);
    void *context;
};

struct exam *exam_new(const struct exam_options *options);
void exam_free(struct exam *exam);

/*
 * Adds a subject, once unless `concluded` is set; `name` canonical, `shown` for people
 * (subject.h), made printable here, or with `concluded` not looked at. Both are copied.
 */
void exam_add_subject(struct exam *exam, enum subject_kind kind, const char *name,
                      const char *shown, bool given);

/* The same of a subject of the command line or of a file of evidence, with all that is said of it.
 */
void exam_add_given(struct exam *exam, const struct subject *subject);

/*
 * Runs every examination that is ready. `now`: microseconds on a monotonic clock,
 * or 0 where nothing is ever fetched.
 */
void exam_work(struct exam *exam, int64_t now);

/* To be called once for each item that `fetch` was given, after it was settled. */
void exam_settled(struct exam *exam, struct evidence *item, int64_t now);

/* When exam_work() should be called though nothing was settled; INT64_MAX if never. */
int64_t exam_due(const struct exam *exam);

/* Asks given to `fetch` and not yet settled. */
size_t exam_open(const struct exam *exam);

/*
 * Ends the exam early: open asks are settled with `status` (items later settled
 * by their gatherer must not be reported any more), and so is every new one.
 */
void exam_end(struct exam *exam, enum status status);

/* True unless --only or --skip rule this finding of the probe out. */
bool exam_is_finding_selected(const struct settings *settings, const struct probe *probe,
                              const char *id);

/* True unless they rule out all that the probe can find. */
bool exam_is_selected(const struct settings *settings, const struct probe *probe);

/* A `fetch` for --plan: items stay unsettled, so that a pass shows what is asked first. */
void exam_fetch_nothing(void *context, struct evidence *item);

/* The subjects in report order; valid until one is added. None with `concluded`. */
struct subject_list exam_subjects(struct exam *exam);

/*
 * The findings of all examinations, in no particular order; they live as long as
 * the exam. Calls `take` for each.
 */
void exam_findings(struct exam *exam, void (*take)(void *context, struct finding *finding),
                   void *context);

/*
 * What complete passes placed on scales, with the subject of the examination; of one
 * examination in the order placed. None with `concluded`. They live as long as the exam.
 */
void exam_spans(const struct exam *exam,
                void (*take)(void *context, const struct subject *subject,
                             const struct scale *scale, const struct span *span),
                void *context);

/* Evidence that an examination was given, in the order first asked for. */
struct exam_given {
    struct evidence *const *list;
    size_t count;
};

enum { EXAM_SHARED_MOST = 8, EXAM_GIVEN_MOST = 1 + EXAM_SHARED_MOST };

struct exam_looked { /* an examination that came to its end, whatever it found */
    const struct subject *subject;
    const struct probe *probe;
    struct exam_given given[EXAM_GIVEN_MOST]; /* its own, and of what is made for all */
    size_t given_count;
};

/* Calls `take` for each. What was given lives as long as the exam. */
void exam_examinations(const struct exam *exam,
                       void (*take)(void *context, const struct exam_looked *looked),
                       void *context);

/* The same of what they measured. */
void exam_measures(const struct exam *exam,
                   void (*take)(void *context, const struct subject *subject,
                                const struct probe *probe, const struct measure *measure),
                   void *context);

/* Of one visit: its subject. */
const struct subject *visit_subject(const struct visit *visit);

/* Its findings, as exam_findings(). */
void visit_findings(const struct visit *visit, void (*take)(void *context, struct finding *finding),
                    void *context);

/* Its facts: the first of each probe that told any, in the order of the probes. */
void visit_facts(const struct visit *visit,
                 void (*take)(void *context, const struct probe *probe, const struct fact *facts),
                 void *context);

/*
 * Why the subject could not be examined: what a probe asked first could not be had.
 * NULL if all could be.
 */
const struct evidence *visit_obstacle(const struct visit *visit);

/* What a probe made of a subject with set_result(); NULL if it did not, or is not done. */
const void *exam_result(const struct exam *exam, const struct probe *probe);

#endif
