/*
 * What the powershell probe can say: the knowledge is in the files kinds_*.c. A symptom is
 * powershell-vdir-500 and its neighbours; root causes are the others, and explain it.
 *
 *   powershell-vdir-500      the virtual directory answers 500, live or in logs
 *   powershell-unavailable   503, no connection, TLS that fails: more is down than the directory
 *   powershell-refused       302, 401, 403, 404, 405 where the caller ought to come in
 *   kerbauth-path            globalModules load kerbauth.dll from a folder that is not Exchange's
 *   kerbauth-managed         kerbauth is no native module of the directory, or is where it must not
 * be wsman-module-missing     globalModules do not have WSMan, or not its DLL winrm-iis-ext-missing
 * its role service is gone; only beside wsman-module-missing powershell-vdir-settings bindings,
 * path, pool, authentication, SSL of the directories exchange-install-path    the variable
 * ExchangeInstallPath is missing or leads elsewhere
 */
#ifndef EXDIAG_PROBES_POWERSHELL_KINDS_H
#define EXDIAG_PROBES_POWERSHELL_KINDS_H

#include "diag/finding.h"

/* kinds_cause.c: judged in cause.c and requests.c. */
extern const struct finding_kind powershell_vdir_500;

/* kinds_live.c: judged in live.c. */
extern const struct finding_kind powershell_unavailable;
extern const struct finding_kind powershell_refused;

/* kinds_modules.c: judged in modules.c. */
extern const struct finding_kind kerbauth_path;
extern const struct finding_kind kerbauth_managed;
extern const struct finding_kind wsman_module_missing;
extern const struct finding_kind winrm_iis_ext_missing;

/* kinds_settings.c: judged in settings.c. */
extern const struct finding_kind powershell_vdir_settings;
extern const struct finding_kind exchange_install_path;

#endif
