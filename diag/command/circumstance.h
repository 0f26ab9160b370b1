/* When a step of a finding is one to take, in words: `exdiag explain` shows steps without a
 * finding. */
#ifndef EXDIAG_COMMAND_CIRCUMSTANCE_H
#define EXDIAG_COMMAND_CIRCUMSTANCE_H

#include "diag/remedy.h"

/* Behind "only ", such as "where ..."; NULL for a step that is always one to take. `id`: of the
 * finding. */
const char *circumstance_text(const char *id, const struct step_template *template);

/* What it says of a step that it has no words for. */
extern const char circumstance_otherwise[];

#endif
