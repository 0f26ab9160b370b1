/* What a network trace shows of mail: the failing connections as the six steps of KB Q182821. */
#ifndef EXDIAG_PROBES_MX_TRACE_H
#define EXDIAG_PROBES_MX_TRACE_H

#include "probes/mx/verdict.h"

struct mx_trace {
    struct examination *x;
    const struct trace_digest *digest;
    const struct mail_trace *trace;
    const enum mx_verdict *verdicts; /* of each connection */
};

/* Judges the trace in this file, once it is there. */
void mx_judge_trace(struct examination *x, const struct subject *file);

/*
 * The first connection after this one whose ports are the same and whose numbers are not:
 * whoever made it had ended this one. NULL if there is none.
 */
const struct trace_connection *mx_successor(const struct mail_trace *trace, size_t connection);

/* Milliseconds from the handshake to the greeting, the end or the last frame; -1: no times. */
int64_t mx_trace_waited(const struct mail_trace *trace, const struct trace_connection *connection);

/* trace_steps.c: the six steps as seen lines, and what the client did next. */
void mx_saw_steps(struct finding *finding, const struct mx_trace *shown, size_t connection);

/* The same in a line. */
void mx_saw_connection(struct finding *finding, const struct mx_trace *shown, size_t connection);

#endif
