/* Several SPF records at one name: the finding, with one merged record where that is safe. */
#ifndef EXDIAG_PROBES_SPF_MULTIPLE_H
#define EXDIAG_PROBES_SPF_MULTIPLE_H

#include "probes/spf/published.h"

void spf_tell_multiple(struct examination *x, const struct subject *subject,
                       const struct spf_published *published);

#endif
