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

struct evidence;

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
    const char *cost;   /* what it costs while it lasts, for managers: a sentence without jargon,
                           at most 120 characters; NULL where it can be no problem */
    const char *repair; /* what is to be done, for managers too: a sentence of at most 110
                           characters; NULL where nothing is */
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

/*
 * What several examinations of one subject say of a problem: history.h. X(NAME, "word in JSON")
 */
#define CHANGE_LIST(X)                                                                             \
    X(NONE, "none")   /* there is nothing that it could be compared with */                        \
    X(NEW, "new")     /* it was looked for before, and was not there */                            \
    X(STILL, "still") /* it was there before */                                                    \
    X(BACK, "back")   /* it was there, was gone, and is there again */

enum change {
#define X(name, word) CHANGE_##name,
    CHANGE_LIST(X)
#undef X
        CHANGE_COUNT
};

const char *change_word(enum change change);

/* Times are the starts of runs: milliseconds since 1970 UTC. 0 with CHANGE_NONE, but for as_of. */
struct history {
    enum change change;
    int64_t since;   /* the first run that saw it, this time */
    int64_t before;  /* the last run before that, which looked and saw nothing of it; 0: there is
                        none, so that it may be older */
    int64_t earlier; /* of CHANGE_BACK: the last run that saw it the time before; or 0 */
    size_t runs;     /* that saw it since */
    const char *const *left;    /* of CHANGE_STILL: where it was seen first and is not seen now, */
    const char *const *entered; /* and where it is seen in place of that: keys of evidence,
                                   printable, ended by NULL. NULL: no other has its place */
    bool is_first; /* of CHANGE_NONE: no earlier run examined its subject for this at all */
    int64_t as_of; /* its own run, where the report has runs of later days; else 0. Of any change,
                      and of all outcomes */
};

/*
 * What became of a problem that the newest evidence does not have. X(NAME, "word in JSON")
 */
#define PAST_LIST(X)                                                                               \
    X(FIXED, "fixed")                   /* the newer run looked for it, and it is not there */     \
    X(NOT_APPLICABLE, "not-applicable") /* there is nothing any more that could have it */         \
    X(UNKNOWN, "unknown")               /* the newer run could not tell */                         \
    X(NOT_COMPARABLE, "not-comparable") /* the newer run did not look as thoroughly */             \
    X(NOT_EXAMINED, "not-examined")     /* of a comparison of two: NEW did not look there at all */

enum past_state {
#define X(name, word) PAST_##name,
    PAST_LIST(X)
#undef X
        PAST_COUNT
};

const char *past_word(enum past_state state);

/* A site has accepted this finding: --accept. */
struct acceptance {
    const char *id;      /* of the finding */
    const char *subject; /* canonical name, or "*" */
    const char *expires; /* YYYY-MM-DD, the last day it holds */
    const char *reason;
};

/* Of what one alone can have: whose it is, or will be by the finding's repair. */
struct claim {
    const char *what; /* compared byte for byte: "SMTPSVC/mail.contoso.com" */
    const char *whose;
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
    const char *cost;   /* in place of the kind's; or NULL */
    const char *repair; /* in place of the kind's; or NULL */
    const struct seen *seen;
    size_t seen_count;
    const struct series *series; /* behind what was seen */
    size_t series_count;
    const struct tree *tree;         /* behind what was seen, or NULL; the next one, too */
    const struct timeline *timeline; /* (picture.h) */
    struct steps fix;                /* of an unknown: what would make it known */
    struct steps verify;
    struct steps undo;
    const struct claim *claims; /* verdict_rivals.h */
    size_t claim_count;
    bool is_contested;         /* others claim the same */
    const char *const *causes; /* ids, ended by NULL: kinds that alone explain it; NULL: any may */
    struct subject due_to;     /* whose findings may explain it, too; name NULL: nobody else's */
    const struct finding *const *explained_by;
    size_t explained_by_count;
    const struct acceptance *accepted; /* NULL: it counts */
    const struct acceptance *expired;  /* held once and does not any more; or NULL */
    size_t run;                        /* the run it is of: an index of report.runs */
    size_t index;                      /* in the list that the verdict has at hand */
    struct history history;            /* of problems */
    const size_t *also; /* other runs that tell the very same of this subject, newest first */
    size_t also_count;
    const struct evidence *const *sources; /* of what was seen: for the verdict, not for reports */
    size_t source_count;
};

/* A problem of an older run. */
struct past {
    const struct finding *finding; /* as it was when it was last seen */
    enum past_state state;
    int64_t first_seen; /* the first run that saw it, that time */
    int64_t last_seen;
    int64_t gone;    /* the first run after that which looked, or was to */
    const char *why; /* of what is not known, in words: "it waited 30 s, not 60 s"; or NULL */
};

/* For managers: the finding's own sentence, else its kind's; or NULL. */
const char *finding_cost(const struct finding *finding);
const char *finding_repair(const struct finding *finding);

/* Everything a report is made of. */
struct report_run {     /* one examination, live or from a file */
    const char *source; /* the evidence file, or NULL */
    int64_t started;    /* milliseconds since 1970 UTC */
    int64_t finished;
    bool complete; /* false: interrupted, or the file is damaged */
    bool redacted;
    const char *machine; /* that exdiag ran on, by its own name; or NULL */
    bool has_offset;     /* its clock was so many minutes ahead of UTC: */
    int offset;
    bool is_superseded; /* newer runs looked at all that this one did */
    bool is_repeated;   /* it is the same as one before it */
    const char
        *remark; /* what a reader should know of this run, or NULL: "damaged after line 12" */
};

struct report {
    const char *title; /* --title, or NULL */
    const char *version;
    const struct report_run *runs;
    size_t run_count;
    int64_t now;     /* when saved evidence is reported on; 0: the runs are of just now, or it does
                        not matter */
    int64_t max_age; /* milliseconds, of evidence that is to tell the state of today; 0: any */
    const struct subject *const *subjects;
    size_t subject_count;
    const struct chart *charts; /* in the order of the runs */
    size_t chart_count;
    const struct measure *measures; /* by gauge, subject and part; none twice */
    size_t measure_count;
    const struct finding *const *findings; /* in their stable order: finding_compare() */
    size_t finding_count;
    const struct past *past; /* what is not in the newest evidence any more, fixed ones first */
    size_t past_count;
    size_t change_counts[CHANGE_COUNT]; /* of the problems, accepted ones too */
    size_t past_counts[PAST_COUNT];
    bool is_history;              /* several runs looked at the same */
    bool is_comparison;           /* of two runs, `exdiag diff`: findings are those of runs[1] */
    size_t counts[OUTCOME_COUNT]; /* accepted problems are not counted as problems */
    size_t accepted_count;
    const struct acceptance *const *idle_acceptances; /* that match no finding */
    size_t idle_acceptance_count;
};

/*
 * Problems first, then unknown, ok, not applicable; within problems the worse first, where a cause
 * is as bad as the worst that it explains; then by subject, where what has causes stands behind
 * them, along chains of them; then the worse by itself first; then by id.
 */
int finding_compare(const struct finding *a, const struct finding *b);

/* What finding_compare() goes by: where a finding's causes stand, and how many are behind it. */
struct finding_place {
    const struct subject *subject;
    size_t cause_count;
};

enum { FINDING_CAUSES_MOST = 4 }; /* behind each other, that the order minds */

/* The same order, of places that are known already. */
int finding_compare_placed(const struct finding *a, const struct finding_place *a_place,
                           const struct finding *b, const struct finding_place *b_place);

/* The exit status of INTERFACE.md: 0 nothing wrong, 1 problems, 3 something unknown. */
int report_exit_status(const struct report *report);

#endif
