/* A value of a registry in evidence files, without its key. */
#ifndef EXDIAG_EVIDENCE_REGISTRY_VALUE_H
#define EXDIAG_EVIDENCE_REGISTRY_VALUE_H

#include "diag/read/registry_text.h"

#include <jansson.h>

json_t *registry_value_to_json(const struct registry_value *value);

/* False for what no registry has. Its key is left as NULL. */
bool registry_value_from_json(const json_t *object, struct arena *arena,
                              struct registry_value *value);

#endif
