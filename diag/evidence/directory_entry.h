/* An entry of a directory in evidence files, wherever it came from. */
#ifndef EXDIAG_EVIDENCE_DIRECTORY_ENTRY_H
#define EXDIAG_EVIDENCE_DIRECTORY_ENTRY_H

#include "diag/evidence/directory.h"

json_t *directory_entry_to_json(const struct directory_entry *entry);

/* False for what is none. Values that are no bytes are left out. */
bool directory_entry_from_json(const json_t *object, struct arena *arena,
                               struct directory_entry *entry);

#endif
