/* Reads a MailStore job log once, for how the fetching of messages went. */
#ifndef EXDIAG_GATHER_MAILSTORE_LOG_H
#define EXDIAG_GATHER_MAILSTORE_LOG_H

#include "diag/evidence/mailstore_log.h"

/*
 * Makes the observation of a new `struct mailstore_digest`, whose question is its path. Blocks;
 * for a pool thread. STATUS_INVALID for a file that is no job log. Memory is bounded, whatever the
 * file's size.
 */
void gather_mailstore_log(struct evidence *item);

#endif
