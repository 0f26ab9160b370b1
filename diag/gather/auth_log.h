/* Reads one of Exchange's SMTP protocol logs once, for how authentication went. */
#ifndef EXDIAG_GATHER_AUTH_LOG_H
#define EXDIAG_GATHER_AUTH_LOG_H

#include "diag/evidence/auth_log.h"

/*
 * Makes the observation of a new `struct auth_log_digest`, whose question is its path. Blocks; for
 * a pool thread. STATUS_INVALID for a file that is no protocol log of SMTP. Memory is bounded,
 * whatever the file's size.
 */
void gather_auth_log(struct evidence *item);

#endif
