/* TLSA records and the certificates that they promise: RFC 6698 2.1, RFC 7672. Pure. */
#ifndef EXDIAG_PROBES_MX_TLSA_H
#define EXDIAG_PROBES_MX_TLSA_H

#include "diag/evidence/dns.h"
#include "diag/evidence/smtp.h"

enum mx_tlsa_match {
    MX_TLSA_NONE,        /* no record is there that senders of mail would use (RFC 7672 3.1) */
    MX_TLSA_MATCHES,     /* one of them fits, and one is enough */
    MX_TLSA_DIFFERS,     /* all that can be compared were, and none fits */
    MX_TLSA_INCOMPARABLE /* one that could not be compared here might fit */
};

/* `host`: the exchanger's name, which an authority's certificate (usage 2) must hold. */
enum mx_tlsa_match mx_tlsa_match(const struct dns_answer *answer, const struct smtp_tls *tls,
                                 const char *host);

/* "3 1 1 d2ab..." of a record, in `arena`. */
const char *mx_tlsa_text(const struct dns_record *record, struct arena *arena);

#endif
