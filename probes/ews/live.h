/*
 * A mailbox, asked over EWS as an archiver asks, through each server that the user named: what the
 * items come to, and whether one server gives what another does not.
 */
#ifndef EXDIAG_PROBES_EWS_LIVE_H
#define EXDIAG_PROBES_EWS_LIVE_H

#include "diag/probe.h"

enum { LIVE_NODES_MOST = 16 };

struct live_node { /* one server, and the survey through it */
    const struct subject *server;
    const struct ews_survey *survey;
    const struct evidence *obstacle; /* why it could not be asked; or NULL */
};

struct live_view {
    struct examination *x;
    const struct subject *mailbox;
    struct live_node nodes[LIVE_NODES_MOST]; /* in report order */
    size_t count;
};

void ews_judge_mailbox(struct examination *x, const struct subject *mailbox);

/* What an item's outcome is told as; NULL where nothing is wrong, or nothing is known. */
const struct finding_kind *live_kind_of(const struct ews_item *item);

/* The same of a survey that found no items, by the code of its search. */
const struct finding_kind *live_kind_of_search(const struct ews_survey *survey);

#endif
