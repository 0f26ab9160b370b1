/*
 * What an answer's head says of logons: the challenges of WWW-Authenticate (RFC 9110 11.6.1), and
 * in their tokens the error of Kerberos or the challenge of NTLM that a server explains itself by.
 */
#ifndef EXDIAG_GATHER_WEB_CHALLENGE_H
#define EXDIAG_GATHER_WEB_CHALLENGE_H

#include "diag/evidence/web.h"

/* The first WEB_CHALLENGES_MOST, in the order of the head, into the arena: how many. */
size_t web_challenges_read(const struct buffer *head, struct arena *arena,
                           struct web_challenge **out);

#endif
