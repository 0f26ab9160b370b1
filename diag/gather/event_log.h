/* Reads a Windows event log once, from beginning to end; or asks those of the machine at hand. */
#ifndef EXDIAG_GATHER_EVENT_LOG_H
#define EXDIAG_GATHER_EVENT_LOG_H

#include "diag/evidence/event_log.h"

/*
 * Makes the observation of a new `struct event_log_digest`, whose question is its path. Blocks;
 * for a pool thread. STATUS_INVALID for a file that is no event log, STATUS_NOT_SUPPORTED for XML
 * without libxml2. For the path "" as machine_events.h says. Memory is bounded, whatever the file's
 * size.
 */
void gather_event_log(struct evidence *item);

#endif
