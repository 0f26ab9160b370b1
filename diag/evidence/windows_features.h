/*
 * Evidence of kind "windows-features": which features of Windows a machine has
 * (read/windows_feature.h): from a file, FILE_TYPE_WINDOWS_FEATURES, or, on Windows, "" for the
 * machine at hand.
 *
 * Redacted, names that Windows has for features stay with their states, others are dropped; a
 * computer becomes the pseudonym that it has everywhere (redact.h).
 */
#ifndef EXDIAG_EVIDENCE_WINDOWS_FEATURES_H
#define EXDIAG_EVIDENCE_WINDOWS_FEATURES_H

#include "diag/evidence/evidence.h"
#include "diag/read/windows_feature.h"

struct windows_features {
    struct evidence evidence;
    const char *path;                 /* the question */
    struct windows_feature_list list; /* the observation */
};

extern const struct evidence_kind evidence_windows_features;

/*
 * The state of WinRM's extension for IIS, by either of its names; FEATURE_UNKNOWN where the list
 * does not tell, or where two say different things.
 */
enum feature_state windows_features_winrm_iis_ext(const struct windows_features *features);

#endif
