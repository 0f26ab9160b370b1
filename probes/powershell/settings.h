/* The PowerShell virtual directories: bindings, paths, pools, authentication and SSL. */
#ifndef EXDIAG_PROBES_POWERSHELL_SETTINGS_H
#define EXDIAG_PROBES_POWERSHELL_SETTINGS_H

#include "probes/powershell/server.h"

/*
 * Judges the server of this applicationHost.config, which is of `files`; gives the causes found,
 * POWERSHELL_CAUSE_ bits of cause.h.
 */
unsigned powershell_judge_settings(struct examination *x, const struct powershell_files *files,
                                   const struct powershell_file *host);

#endif
