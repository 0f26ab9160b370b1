/*
 * Findings: what an examination has to say. Reports know findings, never probes.
 *
 * Everything a probe can ever say is a const `struct finding_kind` beside its
 * code. A finding adds to its kind the subject, what was seen, and the values
 * that fill the kind's texts.
 */
#ifndef EXDIAG_FINDING_H
#define EXDIAG_FINDING_H

#include "diag/picture.h"
#include "diag/remedy.h"
#include "diag/scale.h"
#include "diag/series.h"
#include "diag/subject.h"

#include <stdint.h>

/* X(NAME, "word in JSON") */
#define OUTCOME_LIST(X)                                                                            \
    X(PROBLEM, "problem")                                                                          \
    X(UNKNOWN, "unknown")                                                                          \
    X(OK, "ok")                                                                                    \
    X(NOT_APPLICABLE, "not-applicable")

enum outcome {
#define X(name, word) OUTCOME_##name,
    OUTCOME_LIST(X)
#undef X
        OUTCOME_COUNT
};

/* X(NAME, "word in JSON"): worst first */
#define SEVERITY_LIST(X)                                                                           \
    X(CRITICAL, "critical")                                                                        \
    X(WARNING, "warning")                                                                          \
    X(INFO, "info")

enum severity {
#define X(name, word) SEVERITY_##name,
    SEVERITY_LIST(X)
#undef X
        SEVERITY_COUNT
};

const char *outcome_word(enum outcome outcome);
const char *severity_word(enum severity severity);
enum severity severity_from_word(const char *word); /* SEVERITY_COUNT if there is none */

struct reference {
    const char *title; /* NULL ends a list */
    const char *url;   /* or NULL */
};

struct finding_kind {
    const char *id;         /* kebab-case; a contract once released */
    enum severity severity; /* unless the finding or --severity says otherwise */
    const char *title;      /* of the problem; one line, lower case, {values} allowed */
    const char *why;        /* why it matters, {values} allowed */
    const char *symptom;    /* what people notice (`exdiag explain`) */
    const char *cause;      /* how it comes about (`exdiag explain`) */
    const char *applies_to; /* products and versions (`exdiag explain`) */
    const char *cost; /* what it costs while it lasts, for managers: a sentence without jargon,
                         at most 120 characters; NULL where it can be no problem */
    const struct step_template *fix;
    const struct step_template *verify;
    const struct step_template *undo;
    const char *no_undo;                    /* why there is no undo step, where there is none */
    const struct step_template *make_known; /* what would turn "unknown" into a verdict */
    const struct reference *references;
};

/* One thing that was seen. All printable text. */
struct seen {
    const char *text;
    const char *source; /* the evidence it is from, or NULL */
    int64_t time;       /* milliseconds since 1970 UTC; 0 if it has no time of its own */
    bool is_read;       /* from a file, and that is when it was read */
    size_t mark_start;  /* the offending characters, in code points of text; */
    size_t mark_end;    /* equal to mark_start if nothing is marked */
};

/* A figure or word beside the findings: what `exdiag audit` prints under the probe's name. */
struct fact {
    const char *name;
    const char *text; /* printable; NULL: it is a number */
    uint64_t number;
    const struct fact *next; /* in the order told */
};

/* A site has accepted this finding: --accept. */
struct acceptance {
    const char *id;      /* of the finding */
    const char *subject; /* canonical name, or "*" */
    const char *expires; /* YYYY-MM-DD, the last day it holds */
    const char *reason;
};

struct finding {
    const struct finding_kind *kind;
    const char *probe;
    enum outcome outcome;
    enum severity severity; /* of problems */
    enum severity rank;     /* of problems: the worst of this and of what they explain */
    const struct subject *subject;
    const char *title; /* filled in, printable */
    const char *why;
    const struct seen *seen;
    size_t seen_count;
    const struct series *series; /* behind what was seen */
    size_t series_count;
    const struct tree *tree;         /* behind what was seen, or NULL; the next one, too */
    const struct timeline *timeline; /* (picture.h) */
    struct steps fix;                /* of an unknown: what would make it known */
    struct steps verify;
    struct steps undo;
    const char *const *causes; /* ids, ended by NULL: kinds that alone explain it; NULL: any may */
    struct subject due_to;     /* whose findings may explain it, too; name NULL: nobody else's */
    const struct finding *const *explained_by;
    size_t explained_by_count;
    const struct acceptance *accepted; /* NULL: it counts */
};

/* Everything a report is made of. */
struct report_run {     /* one examination, live or from a file */
    const char *source; /* the evidence file, or NULL */
    int64_t started;    /* milliseconds since 1970 UTC */
    int64_t finished;
    bool complete; /* false: interrupted, or the file is damaged */
    bool redacted;
    const char
        *remark; /* what a reader should know of this run, or NULL: "damaged after line 12" */
};

struct report {
    const char *title; /* --title, or NULL */
    const char *version;
    const struct report_run *runs;
    size_t run_count;
    const struct subject *const *subjects;
    size_t subject_count;
    const struct chart *charts; /* in the order of the runs */
    size_t chart_count;
    const struct finding *const *findings; /* in their stable order: finding_compare() */
    size_t finding_count;
    size_t counts[OUTCOME_COUNT]; /* accepted problems are not counted as problems */
    size_t accepted_count;
};

/*
 * Problems first, then unknown, ok, not applicable; within problems the worse first, where a cause
 * is as bad as the worst that it explains; then by subject, where what has causes stands behind
 * them, along chains of them; then by id.
 */
int finding_compare(const struct finding *a, const struct finding *b);

/* The exit status of INTERFACE.md: 0 nothing wrong, 1 problems, 3 something unknown. */
int report_exit_status(const struct report *report);

#endif
