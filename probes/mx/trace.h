/* What a network trace shows of mail: the failing connections as the six steps of KB Q182821. */
#ifndef EXDIAG_PROBES_MX_TRACE_H
#define EXDIAG_PROBES_MX_TRACE_H

#include "probes/mx/verdict.h"

struct mx_trace {
    struct examination *x;
    const struct trace_digest *digest;
    const struct mail_trace *trace;
    const enum mx_verdict *verdicts; /* of each connection */
    /* Of each the milliseconds that a greeting was waited for, or came after; -1: no times. */
    const int64_t *waited;
};

/* Judges the trace in this file, once it is there. */
void mx_judge_trace(struct examination *x, const struct subject *file);

/*
 * The first frame of the connection that took the ports of this one: whoever made it had
 * ended this one. NULL if there is none, or the end of this one is in the trace.
 */
const struct trace_moment *mx_replaced(const struct mail_trace *trace, size_t connection);

/* trace_steps.c: the six steps as seen lines, and what the client did next. */
void mx_saw_steps(struct finding *finding, const struct mx_trace *shown, size_t connection);

/* The same in a line. */
void mx_saw_connection(struct finding *finding, const struct mx_trace *shown, size_t connection);

#endif
