/* A few words about where a term of an SPF tree leads, for trees in any report. */
#ifndef EXDIAG_PROBES_SPF_REMARK_H
#define EXDIAG_PROBES_SPF_REMARK_H

#include "probes/spf/tree.h"

/*
 * What stands at a node, NULL for a valid record. `is_error`: receivers come to a permanent error
 * there, or it is only not known.
 */
const char *spf_node_remark(const struct spf_node *node, bool *is_error);

/* What a term asks for in vain, "no IPv6 address"; NULL for one that finds all it asks for. */
const char *spf_void_remark(const struct spf_place *place);

#endif
