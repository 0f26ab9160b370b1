/* The native modules that the PowerShell virtual directories need. */
#include "probes/powershell/kinds.h"

#include <stddef.h>

const struct finding_kind kerbauth_path = {
    .id = "kerbauth-path",
    .severity = SEVERITY_CRITICAL,
    .title = "IIS loads kerbauth.dll from a folder that is not Exchange's",
    .why = "The Exchange Management Shell cannot connect to this server.",
    .applies_to = "Exchange 2010 and later",
    .no_undo = "nothing is changed by looking",
};

const struct finding_kind kerbauth_managed = {
    .id = "kerbauth-managed",
    .severity = SEVERITY_CRITICAL,
    .title = "kerbauth is no native module of the PowerShell virtual directory",
    .why = "The Exchange Management Shell cannot connect to this server.",
    .applies_to = "Exchange 2010 and later",
    .no_undo = "nothing is changed by looking",
};

const struct finding_kind wsman_module_missing = {
    .id = "wsman-module-missing",
    .severity = SEVERITY_CRITICAL,
    .title = "IIS has no native module WSMan",
    .why = "The Exchange Management Shell cannot connect to this server.",
    .applies_to = "Exchange 2010 and later",
    .no_undo = "nothing is changed by looking",
};

const struct finding_kind winrm_iis_ext_missing = {
    .id = "winrm-iis-ext-missing",
    .severity = SEVERITY_WARNING,
    .title = "the feature WinRM IIS Extension is not installed",
    .why = "The Exchange Management Shell cannot connect to this server.",
    .applies_to = "Exchange 2010 and later",
    .no_undo = "nothing is changed by looking",
};
