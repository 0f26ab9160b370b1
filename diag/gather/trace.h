/* Reads a network trace once, from its beginning to its end, for what it shows of mail. */
#ifndef EXDIAG_GATHER_TRACE_H
#define EXDIAG_GATHER_TRACE_H

#include "diag/evidence/trace.h"

/*
 * Makes the observation of a new `struct trace_digest`, whose question is its path.
 * Blocks; for a pool thread. The file is read in pieces, whatever its size.
 * STATUS_INVALID for what is no ordinary file, or no trace.
 */
void gather_trace(struct evidence *item);

#endif
