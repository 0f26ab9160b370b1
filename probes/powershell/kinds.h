/*
 * What the powershell probe can say: the knowledge is in the files kinds_*.c. A symptom is
 * powershell-vdir-500 and its neighbours; root causes are the others, and explain it.
 *
 *   powershell-vdir-500      the virtual directory answers 500, live or in logs
 *   powershell-unavailable   503, nothing that listens, TLS that fails: more is down than a page
 *   powershell-forbidden     403 without SSL, which the shell comes without
 *   powershell-not-found     404: the directory, or the binding that leads there, is gone
 *   powershell-refused       a ticket that the server refuses, a shell that WS-Management refuses
 *
 *   kerbauth-path            kerbauth.dll is loaded from a folder that is not Exchange's
 *   kerbauth-managed         kerbauth is no native module of the directory, or where it must not be
 *   wsman-module-missing     globalModules do not have WSMan, or not its DLL
 *   winrm-iis-ext-missing    its role service is gone; only beside wsman-module-missing
 *   powershell-vdir-settings bindings, path, pool, authentication, SSL of the directories
 *   exchange-install-path    the variable ExchangeInstallPath is missing or leads elsewhere
 *   backend-certificate      what the back end's port is bound to is gone, lacks its key, is
 * expired frontend-certificate     the same of port 443, where clients come in
 */
#ifndef EXDIAG_PROBES_POWERSHELL_KINDS_H
#define EXDIAG_PROBES_POWERSHELL_KINDS_H

#include "diag/finding.h"

/* kinds_cause.c: judged in cause.c and requests.c. */
extern const struct finding_kind powershell_vdir_500;

/* kinds_live.c: judged in live.c. */
extern const struct finding_kind powershell_unavailable;
extern const struct finding_kind powershell_forbidden;
extern const struct finding_kind powershell_not_found;
extern const struct finding_kind powershell_refused;

/* kinds_modules.c: judged in modules.c. */
extern const struct finding_kind kerbauth_path;
extern const struct finding_kind kerbauth_managed;
extern const struct finding_kind wsman_module_missing;
extern const struct finding_kind winrm_iis_ext_missing;

/* kinds_settings.c: judged in settings.c. */
extern const struct finding_kind powershell_vdir_settings;
extern const struct finding_kind exchange_install_path;

/* kinds_certificates.c: judged in certificates.c. */
extern const struct finding_kind backend_certificate;
extern const struct finding_kind frontend_certificate;

#endif
