/* What logons with the caller's own ticket (--authenticate) come to, told. */
#ifndef EXDIAG_PROBES_SPN_TELL_LOGON_H
#define EXDIAG_PROBES_SPN_TELL_LOGON_H

#include "probes/spn/logon.h"
#include "probes/spn/view.h"

struct spn_told_logon {
    const struct smtp_logon *evidence;
    struct spn_logon judged;
};

struct spn_logons {
    struct spn_told_logon list[SPN_CASES_MOST]; /* a name each */
    size_t count;
    const struct spn_told_logon *bad, *open, *good; /* the first of each, or NULL */
};

/* All that were asked for; judged. */
void spn_logons_of(const struct spn_view *view, struct spn_logons *out);

/* Of the first that proves the server's failure: "X-EXPS is answered 535". */
const char *spn_logons_what(struct examination *x, const struct spn_logons *logons);

/* A line for each, and what a clock may have to do with it. */
void spn_saw_logons(struct examination *x, struct finding *finding, const struct spn_view *view,
                    const struct spn_logons *logons);

/*
 * exps-refused where no logon proves a failure: taken, or not known and how to know it. False
 * where none was to be tried.
 */
bool spn_tell_logons(struct examination *x, const struct spn_view *view,
                     const struct spn_logons *logons);

#endif
