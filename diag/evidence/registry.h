/*
 * Evidence of kind "registry": the values of one key, of the machine at hand ("" for a path; on
 * Windows) or from an export (FILE_TYPE_REGISTRY). For settings that a probe reads one by one;
 * those of the time service have their own kind (time_settings.h).
 */
#ifndef EXDIAG_EVIDENCE_REGISTRY_H
#define EXDIAG_EVIDENCE_REGISTRY_H

#include "diag/evidence/evidence.h"
#include "diag/read/registry_text.h"

enum { REGISTRY_ANSWER_MOST = 1000 }; /* values */

struct registry_answer {
    struct evidence evidence;

    /* the question */
    const char *path;
    const char *key; /* below HKEY_LOCAL_MACHINE, any case: "SYSTEM\\CurrentControlSet\\…" */

    /* the observation. STATUS_NOT_FOUND: the key is not there (in an export: not part of it) */
    const struct registry_value *values; /* of the key itself, not of those below it */
    size_t value_count;
    const char *computer; /* that the export is of, where it tells; or NULL */
};

extern const struct evidence_kind evidence_registry;

#endif
