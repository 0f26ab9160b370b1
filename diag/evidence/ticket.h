/*
 * Evidence of kind "ticket": what a KDC answers when the caller asks it for a ticket for one
 * service (RFC 4120 3.3, the TGS exchange), with the ticket-granting ticket that is at hand.
 * The ticket itself is thrown away at once and enters nothing.
 *
 * STATUS_OK: the KDC answered, a ticket or an error of its own, see `error_code`. NOT_FOUND: the
 * caller has no ticket-granting ticket for this realm (no logon, or it expired). NOT_SUPPORTED:
 * this machine has no Kerberos library.
 */
#ifndef EXDIAG_EVIDENCE_TICKET_H
#define EXDIAG_EVIDENCE_TICKET_H

#include "diag/evidence/evidence.h"
#include "diag/read/net_address.h"

struct ticket_answer {
    struct evidence evidence;

    /* the question */
    struct net_address address; /* of the KDC; on Windows the system asks one of its choice */
    const char *realm;          /* upper case */
    const char *spn;            /* "SMTPSVC/mail.contoso.com": the user's or the directory's word */

    /* the observation */
    int32_t error_code;  /* RFC 4120 7.5.9; 0: a ticket was granted */
    int32_t encryption;  /* of the ticket, RFC 3961 numbers; 0 where none was granted */
    int64_t server_time; /* of a KRB-ERROR: microseconds since 1970 UTC; 0 */
    const char *cross;   /* the realm that a referral led to, or NULL */
};

extern const struct evidence_kind evidence_ticket;

#endif
