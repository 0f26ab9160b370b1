/* Timelines behind what addresses did when they were called. */
#ifndef EXDIAG_PROBES_MX_PICTURE_H
#define EXDIAG_PROBES_MX_PICTURE_H

#include "probes/mx/call.h"
#include "probes/mx/trace.h"

extern const struct timeline_kind mx_timeline;

/* All calls, each from the moment it was made, in the order of preference. */
void mx_draw_calls(struct examination *x, struct finding *finding, const struct mx_calls *calls);

/* The same of what a trace shows, each connection from its first frame; of those that have times.
 */
void mx_draw_connections(struct finding *finding, const struct mx_trace *shown);

#endif
