/* What a corrected record would lead to, before anybody is told to publish it. */
#ifndef EXDIAG_PROBES_SPF_VET_H
#define EXDIAG_PROBES_SPF_VET_H

#include "probes/spf/fix.h"

/*
 * Takes the corrected record out of `fix`, and says why as its obstacle, if a term that it
 * brings into force leads to an error, or if it would break a limit that the former one keeps;
 * a limit that it goes on breaking is said with the changes. An include or redirect that is
 * brought into force has to have a valid record: it is asked for, and there is no corrected
 * record while the answer is on its way. An audit (settings.h: not deep) asks for nothing, and
 * gets no record with such a term. `former`: the tree as it is published; NULL where that is
 * no record.
 */
void spf_vet(struct examination *x, const char *domain, const struct spf_tree *former,
             struct spf_fix *fix);

#endif
