/* What is to be looked at where servers cannot log on to each other: which steps a finding has. */
#ifndef EXDIAG_PROBES_SPN_CAUSES_H
#define EXDIAG_PROBES_SPN_CAUSES_H

#include "probes/spn/view.h"

enum spn_causes {
    SPN_CAUSES_TODAY,
    SPN_CAUSES_OF_2003, /* with the commands that its machines have */
    SPN_CAUSES_RIGHTS   /* the account is known and has not the right */
};

void spn_set_causes(struct finding *finding, enum spn_causes causes);

/* Beside these: whether the names are to be looked for, or how they are is known. */
void spn_set_judged(struct finding *finding, const struct spn_view *view);

#endif
