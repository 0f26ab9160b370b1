/*
 * Evidence of kind "registry": the values of one key, of the machine at hand ("" for a path; on
 * Windows) or from an export (FILE_TYPE_REGISTRY, FILE_TYPE_REGISTRY_QUERY). For settings that a
 * probe reads one by one; those of the time service have their own kind (time_settings.h).
 *
 * Redacted, the key stays, for the probe asks for it, and so do types, numbers, and the names of
 * values that say something of authentication; in the text of those, hosts become the pseudonyms
 * that they have everywhere (redact.h). Of other values names and texts become labels, and bytes
 * are dropped.
 */
#ifndef EXDIAG_EVIDENCE_REGISTRY_H
#define EXDIAG_EVIDENCE_REGISTRY_H

#include "diag/evidence/evidence.h"
#include "diag/read/registry_text.h"

enum {
    REGISTRY_ANSWER_MOST = 1000,         /* values */
    REGISTRY_ANSWER_BYTES_MOST = 1 << 20 /* of the text and data of all of them */
};

struct registry_answer {
    struct evidence evidence;

    /* the question */
    const char *path;
    const char *key; /* below HKEY_LOCAL_MACHINE, any case: "SYSTEM\\CurrentControlSet\\…" */

    /*
     * The observation. STATUS_NOT_FOUND: the key is not there, or the file is not; in an export,
     * `is_whole` tells whether it would be if it existed.
     */
    struct registry_value *values; /* of the key itself, not of those below it; all have its name */
    size_t value_count;
    bool is_whole;        /* what is not here does not exist; an export has the key, or one above
                             it. reg query may have been asked for one value alone */
    bool more;            /* values than are kept, or longer ones */
    const char *computer; /* that this is of, where it tells; or NULL */
};

extern const struct evidence_kind evidence_registry;

/* The value of this name, of any case; NULL if there is none. */
const struct registry_value *registry_answer_value(const struct registry_answer *answer,
                                                   const char *name);

#endif
