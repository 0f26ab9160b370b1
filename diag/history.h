/*
 * What became of findings over several runs: which of them is the newest word on its subject,
 * since when a problem is there, and what became of those that the newest word does not have.
 *
 * Runs are on a *line* if what they say of one subject can be held against each other: they come
 * from one machine, or ask the same (history_lines.h). A probe's examinations of one subject in
 * runs of one line, in the order of time, are looked at together; runs of different lines stand
 * side by side, and so do those of several machines on one day.
 *
 * A problem that a later run does not have is fixed only if that run could tell:
 *  - it looked as thoroughly: as long a patience, the same credentials, the same view of DNS, the
 *    same options of the probe, and the finding was not left out;
 *  - nothing is unknown to it that was known before, and nothing was asked in vain that was
 *    answered then, least of all where the problem was seen;
 *  - it says that this very thing is right; or it says of all that was right before how it stands,
 *    and no other problem has come that may hide this one;
 *  - where what was seen came from a file, it read one, too.
 * A problem is new only if an earlier run could have told it by the same rules.
 */
#ifndef EXDIAG_HISTORY_H
#define EXDIAG_HISTORY_H

#include "diag/exam.h"
#include "diag/finding.h"
#include "diag/probe.h"

#define HISTORY_ALONE SIZE_MAX

/* A run, as far as it decides whether others compare. In the order of time. */
struct history_run {
    int64_t started; /* 0: not known */
    const char *machine;
    const struct subject *subjects; /* that the user named */
    size_t subject_count;
    const struct settings *settings;
    struct evidence_store *store; /* or NULL: nothing is known of what it was answered */
    unsigned patience;            /* milliseconds; 0: not known */
    bool logs_on;
    const char *user; /* NULL: none, or it is not known which */
    bool shows_token, uses_ntlm, is_insecure;
    const char *authorities; /* a mark of those that were trusted; NULL: the system's own */
    int64_t builds_as_of;    /* the day of the table that builds are judged by; 0: not known */
    bool complete;
    bool has_own_names; /* pseudonyms, which mean nothing to others */
    size_t line;        /* HISTORY_ALONE: it compares with none */
};

/* One examination of a subject by a probe that came to its end, whatever it found. */
struct history_look {
    size_t run;
    const struct subject *subject;
    const struct probe *probe;
    const struct exam_given *given; /* what it asked for, and what came of that */
    size_t given_count;
};

struct history_input {
    const struct history_run *runs;
    size_t run_count;
    const struct history_look *looks;
    size_t look_count;
    struct finding **findings; /* of all runs; `run` is filled in */
    size_t finding_count;
    bool
        is_comparison; /* of runs[0], the old one, and runs[1]: what is said is what runs[1] says */
};

struct successor {
    const struct finding *old;
    const struct finding *now; /* or NULL */
};

struct history_result {
    struct finding **findings; /* the newest word on each subject, `history` filled in */
    size_t finding_count;
    struct past *past; /* in no particular order */
    size_t past_count;
    bool is_history;                    /* at least one examination has an older one */
    bool *is_superseded;                /* of each run: newer ones looked at all that it did */
    bool *look_is_superseded;           /* of each look: a newer one counts */
    const char **run_remarks;           /* of each run: why it compares with no other, or NULL */
    const struct successor *successors; /* for history_successor() */
    size_t successor_count;
};

/* Everything of the result lives in `arena`, in the findings and in the runs. */
void history_judge(const struct history_input *input, struct arena *arena,
                   struct history_result *result);

/*
 * The finding that has taken the place of one that is not in the result: the same problem in newer
 * evidence. NULL where it is gone, or where nothing took its place.
 */
const struct finding *history_successor(const struct history_result *result,
                                        const struct finding *finding);

#endif
