/*
 * What logs say of the PowerShell virtual directory: those of IIS (sc-status, sc-substatus,
 * sc-win32-status) and Logging\HttpProxy\PowerShell. Single requests that end with 500 are
 * everyday: WS-Management answers its own faults so, one for each wait that ends without output.
 * Broken is a directory that answers nothing else any more: what a later log shows answered is
 * over.
 */
#ifndef EXDIAG_PROBES_POWERSHELL_REQUESTS_H
#define EXDIAG_PROBES_POWERSHELL_REQUESTS_H

#include "probes/powershell/case.h"

enum {
    POWERSHELL_FAILURES_LEAST = 3,  /* where nothing else was answered */
    POWERSHELL_FAILURES_OFTEN = 10, /* where something was, and by far the most */
    POWERSHELL_FAILURES_PER_CENT = 80,
    POWERSHELL_SILENCE = 3600000 /* milliseconds without an answer, of a log that goes on */
};

enum powershell_course { /* of requests to one side of a server, by one log: the later the worse */
                         POWERSHELL_COURSE_NONE,    /* no requests, or too few */
                         POWERSHELL_COURSE_GOOD,    /* answered, at the end at least */
                         POWERSHELL_COURSE_OTHER,   /* none is answered, and not because of 500 */
                         POWERSHELL_COURSE_OFTEN,   /* by far the most fail */
                         POWERSHELL_COURSE_FAILING, /* all do, or all do in the end */
                         POWERSHELL_COURSE_COUNT
};

struct powershell_stretch { /* the requests to the front end or to the back end of one log */
    const struct http_log_digest *digest;
    bool is_back_end;
    enum powershell_course course;
    uint64_t requests;
    uint64_t concluded; /* all but the 401 that clients begin with, and what clients broke off */
    uint64_t answered;  /* of these, below 400, or waits that ended without output */
    uint64_t failed;    /* of these, with 500 */
    const struct http_log_row *most; /* of those that failed or were refused the commonest way */
    struct http_log_mark last_answer;
    int64_t last; /* when the last was concluded: milliseconds since 1970 UTC; 0: not told */
    bool is_over; /* a later log shows requests answered: `course` was worse, and is GOOD */
};

/* Puts together what one log has of the front end (false) or of the back end. Pure. */
struct powershell_stretch powershell_stretch_of(const struct http_log_digest *digest,
                                                bool is_back_end);

struct powershell_requests {         /* of one server */
    struct powershell_stretch *list; /* the latest first, without those of NONE */
    size_t count;
    enum powershell_course worst;
};

void powershell_requests_of(const struct powershell_case *of, struct arena *arena,
                            struct powershell_requests *out);

/* What was seen of one: how many requests, how they ended, since when. */
void powershell_tell_stretch(struct examination *x, struct finding *finding,
                             const struct powershell_stretch *stretch);

#endif
