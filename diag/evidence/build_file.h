/*
 * Evidence of kind "build-file": builds that a file tells on its own: ExSetup.exe by its version
 * resource (read/pe_version.h), what PowerShell prints of servers (read/build_list.h).
 *
 * Redacted, numbers stay; servers become the pseudonyms that they have everywhere (redact.h).
 */
#ifndef EXDIAG_EVIDENCE_BUILD_FILE_H
#define EXDIAG_EVIDENCE_BUILD_FILE_H

#include "diag/evidence/evidence.h"
#include "diag/read/build_list.h"

struct build_file {
    struct evidence evidence;
    const char *path;       /* the question */
    struct build_list list; /* the observation */
};

extern const struct evidence_kind evidence_build_file;

#endif
