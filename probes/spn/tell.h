/* What is made of a server's names, told. */
#ifndef EXDIAG_PROBES_SPN_TELL_H
#define EXDIAG_PROBES_SPN_TELL_H

#include "probes/spn/view.h"

/* smtp-spn-missing, smtp-spn-duplicate and smtp-spn-misplaced of the subject at hand. */
void spn_tell_names(struct examination *x, const struct spn_view *view);

/*
 * Of the exports of a directory, at the first of them: servers with something wrong become
 * subjects; the others are told of together, and so is what belongs to no server.
 */
void spn_tell_exports(struct examination *x, const struct subject *file);

/* exps-absent of a server. */
void spn_tell_offers(struct examination *x, const struct spn_view *view);

/* "SMTPSVC/mail.contoso.com", in pass memory. */
const char *spn_text(struct examination *x, const char *service, const char *host);

/* {spn} for each name that logging on to the server takes. */
void spn_set_names(struct examination *x, struct finding *finding, const struct spn_view *view);

/* A line for each of these: where it is, which ties what was seen to its cause. */
void spn_saw_verdicts(struct examination *x, struct finding *finding, const struct spn_view *view);

/* What the KDC said, where it was asked and answered. */
void spn_saw_ticket(struct finding *finding, const struct ticket_answer *ticket);

#endif
