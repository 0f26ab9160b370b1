/* What the spf probe can say: the knowledge is in spf_kinds.c, the judgement in spf.c. */
#ifndef EXDIAG_PROBES_SPF_KINDS_H
#define EXDIAG_PROBES_SPF_KINDS_H

#include "diag/finding.h"

extern const struct finding_kind spf_multiple;
extern const struct finding_kind spf_none;
extern const struct finding_kind dns_servers_disagree;
extern const struct finding_kind dns_split_view;

#endif
