/* What the calls of a subject amount to, judged together; all are known. */
#ifndef EXDIAG_PROBES_MX_JUDGE_H
#define EXDIAG_PROBES_MX_JUDGE_H

#include "probes/mx/call.h"

/* Port 25: the exchangers of a domain, or a server. */
void mx_judge_calls(struct examination *x, const struct mx_calls *calls);

/* Submission (587) or submissions (465) of a server: that it is not offered is no fault. */
void mx_judge_submission(struct examination *x, const struct mx_calls *calls);

/* No address greets, and of none of them it is not known: mail has nowhere to go. */
bool mx_lets_nobody_in(const struct mx_calls *calls);

/* What is said once they are connected. */
void mx_judge_speech(struct examination *x, const struct mx_calls *calls);

/*
 * The TLSA records of each exchanger of `mx`, some of them NULL where nothing is asked for;
 * NULL while one is on its way.
 */
const struct dns_answer **mx_ask_tlsa(struct examination *x, const struct mx_exchangers *mx);

/* Whether the certificates are those that the records promise. */
void mx_judge_tlsa(struct examination *x, const struct mx_calls *calls,
                   const struct dns_answer *const *answers);

/*
 * What the MX records themselves say, of a domain or of the addresses of a server. Asks for
 * the public view of addresses that are private, and returns while it is pending.
 */
void mx_judge_records(struct examination *x, const struct subject *subject,
                      const struct mx_exchangers *mx);

/* A domain that does not exist: a name that somebody misspelt, or a registration that ended. */
void mx_judge_no_domain(struct examination *x, const struct subject *domain,
                        const struct mx_exchangers *mx);

#endif
