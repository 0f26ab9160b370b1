/*
 * What is wrong with the one SPF record of a name: findings from its text and from the
 * tree below it. All that can be repaired without a choice is repaired in one
 * corrected record, which every finding shows, so that following one of them does not
 * undo another.
 */
#ifndef EXDIAG_PROBES_SPF_JUDGE_H
#define EXDIAG_PROBES_SPF_JUDGE_H

#include "probes/spf/tree.h"

struct spf_judged {
    const struct subject *subject;
    const char *name;                      /* where the record stands: the end of aliases */
    const struct spf_tree *tree;           /* its top is VALID or INVALID */
    const struct spf_published *published; /* with the one record; NULL: it is not published yet */
};

/* Tells every finding that stands against the record (SPF_RECORD_KINDS), and what is right. */
void spf_judge(struct examination *x, const struct spf_judged *judged);

#endif
