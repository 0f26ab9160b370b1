/*
 * What a mail server offers in its replies to EHLO: in the clear, behind STARTTLS, and behind
 * X-ANONYMOUSTLS, where Exchange's servers see more than others do.
 */
#ifndef EXDIAG_PROBES_SPN_OFFERS_H
#define EXDIAG_PROBES_SPN_OFFERS_H

#include "diag/evidence/smtp.h"

enum spn_place { SPN_IN_THE_CLEAR, SPN_BEHIND_STARTTLS, SPN_BEHIND_ANONYMOUS_TLS, SPN_PLACE_COUNT };

/* "behind STARTTLS" */
const char *spn_place_text(enum spn_place place);

/* The reply to EHLO there; NULL: none came. */
const struct smtp_reply *spn_ehlo(const struct smtp_conversation *conversation,
                                  enum spn_place place);

/* There is such a place, for all that is known, and no reply came there. */
bool spn_is_unseen(const struct smtp_conversation *conversation, enum spn_place place);

/* Why not: the last step that was begun there; NULL: none was. */
const struct smtp_exchange *spn_end_of(const struct smtp_conversation *conversation,
                                       enum spn_place place);

/* The parameters of a keyword of EHLO, wherever it is offered; NULL: nowhere. */
const char *spn_offered(const struct smtp_conversation *conversation, const char *keyword);

/* X-EXPS, or AUTH with GSSAPI: others may log on to it by Kerberos. */
bool spn_offers_kerberos(const struct smtp_conversation *conversation);

/* ---- X-EXPS ---- */

enum spn_offer {
    SPN_OFFER_NOT_NEEDED, /* no other server of the organisation is known */
    SPN_OFFER_NOT_SEEN,   /* no reply to EHLO came */
    SPN_OFFERED,
    SPN_OFFER_ABSENT,      /* from all replies, and each place has one */
    SPN_OFFER_PARTLY_SEEN, /* from all replies, but a place has none */
    SPN_OFFER_MASKED       /* from all replies, and something has written over one */
};

/* `servers`: of the organisation, that are known. */
enum spn_offer spn_offer_of(const struct smtp_conversation *conversation, size_t servers);

#endif
