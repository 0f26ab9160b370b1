/* How the PowerShell virtual directories are set up. */
#include "probes/powershell/kinds.h"

#include <stddef.h>

const struct finding_kind powershell_vdir_settings = {
    .id = "powershell-vdir-settings",
    .severity = SEVERITY_WARNING,
    .title = "the PowerShell virtual directory is not set up as Exchange needs it",
    .why = "The Exchange Management Shell cannot connect to this server.",
    .applies_to = "Exchange 2010 and later",
    .no_undo = "nothing is changed by looking",
};
