/* What the calls of a subject amount to, judged together; all are known. */
#ifndef EXDIAG_PROBES_MX_JUDGE_H
#define EXDIAG_PROBES_MX_JUDGE_H

#include "probes/mx/call.h"

/* Port 25: the exchangers of a domain, or a server. */
void mx_judge_calls(struct examination *x, const struct mx_calls *calls);

/* Submission (587) or submissions (465) of a server: that it is not offered is no fault. */
void mx_judge_submission(struct examination *x, const struct mx_calls *calls);

/* What is said once they are connected. Asks for TLSA records, and returns while they are pending.
 */
void mx_judge_speech(struct examination *x, const struct mx_calls *calls);

/*
 * What the MX records themselves say, of a domain or of the addresses of a server. Asks for
 * the public view of addresses that are private, and returns while it is pending.
 */
void mx_judge_records(struct examination *x, const struct subject *subject,
                      const struct mx_exchangers *mx);

#endif
