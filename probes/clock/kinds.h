/* What the probe can say. */
#ifndef EXDIAG_PROBES_CLOCK_KINDS_H
#define EXDIAG_PROBES_CLOCK_KINDS_H

#include "diag/finding.h"

extern const struct finding_kind clock_skew;
extern const struct finding_kind clock_sources_disagree;
extern const struct finding_kind time_hierarchy;
extern const struct finding_kind time_pdc_source;
extern const struct finding_kind time_vm_sync;

/* ---- references that several have ---- */

#define CLOCK_TOOLS_AND_SETTINGS                                                                   \
    {                                                                                              \
        "Microsoft Learn: Windows Time service tools and settings",                                \
            "https://learn.microsoft.com/en-us/windows-server/networking/windows-time-service/"    \
            "windows-time-service-tools-and-settings"                                              \
    }

#endif
