/*
 * One SMTP conversation, on a worker: connects, waits for the greeting without a word,
 * and goes through the steps of evidence/smtp.h, each with a deadline.
 *
 * It names itself by an address literal, the local end of the connection (RFC 5321
 * 4.1.3): nothing is looked up for that, and no server may refuse mail over it (4.1.4).
 * QUIT is answered within 2 s or not at all. A QUIT into silence is given a 40th of the
 * patience, and 750 ms at most, until it is acknowledged and 50 ms have passed.
 */
#ifndef EXDIAG_GATHER_SMTP_H
#define EXDIAG_GATHER_SMTP_H

#include "diag/evidence/smtp.h"
#include "diag/gather/gather.h"
#include "diag/gather/tls.h"

/* Settles the item. Blocks for no longer than gather_smtp_allowance(). */
void gather_smtp(struct evidence *item, const struct gather_options *options,
                 struct tls_trust *trust);

/* Microseconds that a conversation may take, and some more. */
int64_t gather_smtp_allowance(const struct gather_options *options);

#endif
