/* What a KDC's answer to a question for a ticket says of a service principal name. */
#ifndef EXDIAG_PROBES_SPN_TICKET_H
#define EXDIAG_PROBES_SPN_TICKET_H

#include "diag/evidence/ticket.h"

enum { /* RFC 4120 7.5.9 */
       KDC_ERR_S_PRINCIPAL_UNKNOWN = 7,
       KDC_ERR_PRINCIPAL_NOT_UNIQUE = 8,
       KDC_ERR_ETYPE_NOSUPP = 14,
       KRB_AP_ERR_BAD_INTEGRITY = 31,
       KRB_AP_ERR_SKEW = 37
};

/* "KDC_ERR_S_PRINCIPAL_UNKNOWN"; NULL for a code that is not explained here. */
const char *spn_ticket_error(int32_t code);

/* What it means for the name, in one line. */
const char *spn_ticket_meaning(int32_t code);

/* The KDC answered, one way or the other. */
bool spn_ticket_is_answered(const struct ticket_answer *ticket);

#endif
