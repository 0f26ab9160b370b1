/* Reads a log of web requests once, of IIS or of Exchange. */
#ifndef EXDIAG_GATHER_HTTP_LOG_H
#define EXDIAG_GATHER_HTTP_LOG_H

#include "diag/evidence/http_log.h"

/*
 * Makes the observation of a new `struct http_log_digest`, whose question is its path. Blocks; for
 * a pool thread. STATUS_INVALID for a file that is none of them. Memory is bounded, whatever the
 * file's size.
 */
void gather_http_log(struct evidence *item);

#endif
