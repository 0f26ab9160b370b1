/* What a job log shows of a fault, in words and pictures. */
#ifndef EXDIAG_PROBES_EWS_JOB_TELL_H
#define EXDIAG_PROBES_EWS_JOB_TELL_H

#include "diag/probe.h"

struct job_joined { /* a message whose requests begin in another file */
    struct mailstore_message whole;
    const char *path; /* of the other file: `whole.line` is its */
    const struct mailstore_message *begun;
};

struct job_view {
    struct examination *x;
    const struct mailstore_digest *digest;
    const struct mailstore_log *log;
    struct job_joined joined[MAILSTORE_OPEN_KEPT];
    size_t joined_count;
    bool is_continued[MAILSTORE_OPEN_KEPT]; /* of log->open: another file goes on with it */
};

struct job_fault { /* all codes that mean one kind of finding */
    const struct finding_kind *kind;
    const struct mailstore_code *codes[MAILSTORE_CODES_KEPT];
    size_t code_count;
    uint64_t messages, elsewhere, distinct, lasting; /* of struct mailstore_code */
    uint64_t fetched_later, lasting_fetched;
    uint64_t uncounted; /* of `messages`: with codes beyond those that are kept */
};

/* "1 message", "3 messages"; in pass memory. */
const char *job_messages(const struct job_view *view, uint64_t count);

/* How many, which, when, whose and of what kind; `count`: of the title. */
void job_tell_fault(struct finding *finding, const struct job_view *view,
                    const struct job_fault *fault, uint64_t count);

/* The waits between requests, and the hours of the day. */
void job_plot(struct finding *finding, const struct job_view *view, const struct job_fault *fault);

/* How many failed for other reasons. */
void job_tell_others(struct finding *finding, const struct job_view *view,
                     const struct job_fault *fault);

/* How many lines could not be read, if any. */
void job_tell_damage(struct finding *finding, const struct job_view *view);

/* The messages that were asked for again and again when the log ended: how many. */
uint64_t job_open(const struct job_view *view);
void job_tell_open(struct finding *finding, const struct job_view *view);

/* How many were fetched after several requests, or by a later try, with what in between. */
void job_tell_recovered(struct finding *finding, const struct job_view *view,
                        const struct job_fault *fault);

#endif
