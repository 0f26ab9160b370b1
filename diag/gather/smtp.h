/*
 * One SMTP conversation, on a worker: connects, waits for the greeting without a word,
 * and goes through the steps of evidence/smtp.h, each with a deadline.
 *
 * In EHLO it names itself by an address literal, the local end of the connection (RFC 5321
 * 4.1.3), behind a translated address too: no server may refuse mail because that is not
 * where it comes from (4.1.4), nothing is looked up, and a name that DNS does not know, as
 * most machines have, is refused more often than an inner address. Where EHLO is refused,
 * HELO is tried by the machine's own name if that can be one of public DNS: HELO takes no
 * literals (4.1.1.1), so a server that dislikes those is heard out.
 * QUIT is answered within 2 s or not at all. A QUIT into silence is given a 40th of the
 * patience, and 750 ms at most, until it is acknowledged and 50 ms have passed.
 */
#ifndef EXDIAG_GATHER_SMTP_H
#define EXDIAG_GATHER_SMTP_H

#include "diag/evidence/smtp.h"
#include "diag/gather/gather.h"
#include "diag/gather/tls.h"
#include "diag/platform.h"

/* Settles the item. Blocks for no longer than gather_smtp_allowance(). */
void gather_smtp(struct evidence *item, const struct gather_options *options,
                 struct tls_trust *trust);

enum { SMTP_OWN_NAME_SIZE = PLATFORM_HOST_NAME_SIZE };

/* "[192.0.2.1]", "[IPv6:2001:db8::1]". */
void smtp_address_literal(const struct ip_address *own, char out[SMTP_OWN_NAME_SIZE]);

/* For HELO: the host's name if others can know it, else the literal. */
void smtp_helo_name(const char *host_name, const struct ip_address *own,
                    char out[SMTP_OWN_NAME_SIZE]);

/* Microseconds that a conversation may take, and some more. */
int64_t gather_smtp_allowance(const struct gather_options *options);

#endif
