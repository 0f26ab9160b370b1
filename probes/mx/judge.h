/* What the calls of a subject amount to, judged together; all are known. */
#ifndef EXDIAG_PROBES_MX_JUDGE_H
#define EXDIAG_PROBES_MX_JUDGE_H

#include "probes/mx/call.h"

/* Port 25: the exchangers of a domain, or a server. */
void mx_judge_calls(struct examination *x, const struct mx_calls *calls);

/* Submission (587) or submissions (465) of a server: that it is not offered is no fault. */
void mx_judge_submission(struct examination *x, const struct mx_calls *calls);

/* What the MX records themselves say. */
void mx_judge_records(struct examination *x, const struct subject *domain,
                      const struct mx_exchangers *mx);

#endif
