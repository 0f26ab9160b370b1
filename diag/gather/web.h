/* Gathering of evidence of kind "web": one exchange with a web server, in a session of its own. */
#ifndef EXDIAG_GATHER_WEB_H
#define EXDIAG_GATHER_WEB_H

#include "diag/evidence/web.h"
#include "diag/gather/gather.h"
#include "diag/gather/http_session.h"

/* On a worker: fills in the observation and settles the item. */
void gather_web(struct evidence *item, const struct gather_options *options,
                struct http_library *library, struct http_access *access);

/* Microseconds that it may take. */
int64_t gather_web_allowance(const struct gather_options *options);

#endif
