/* Reads a sender's records once, from beginning to end. */
#ifndef EXDIAG_GATHER_MAIL_LOG_H
#define EXDIAG_GATHER_MAIL_LOG_H

#include "diag/evidence/mail_log.h"

/*
 * Makes the observation of a new `struct mail_log_digest`, whose question is its path. Blocks;
 * for a pool thread. STATUS_INVALID for a file that is none of read/mail_log.h. Memory is
 * bounded, whatever the file's size.
 */
void gather_mail_log(struct evidence *item);

#endif
