/* What a KDC's answer to a question for a ticket says of a service principal name. */
#ifndef EXDIAG_PROBES_SPN_TICKET_H
#define EXDIAG_PROBES_SPN_TICKET_H

#include "diag/evidence/ticket.h"
#include "diag/read/kerberos_error.h"

enum { KDC_ERR_PRINCIPAL_NOT_UNIQUE = 8, KDC_ERR_ETYPE_NOSUPP = 14 /* RFC 4120 7.5.9 */ };

/* "KDC_ERR_S_PRINCIPAL_UNKNOWN"; NULL for a code without a name. */
const char *spn_ticket_error(int32_t code);

/* What it means for the name, in one line. */
const char *spn_ticket_meaning(int32_t code);

/* The KDC answered, one way or the other. */
bool spn_ticket_is_answered(const struct ticket_answer *ticket);

#endif
