/*
 * One server's evidence, put together: its applicationHost.config, the web.config files of its
 * PowerShell virtual directories, and what else the run has of the same machine. Of one machine
 * are files that the user says are (--file HOST=PATH), else those in the folders nearest to its
 * applicationHost.config.
 */
#ifndef EXDIAG_PROBES_POWERSHELL_SERVER_H
#define EXDIAG_PROBES_POWERSHELL_SERVER_H

#include "diag/probe.h"
#include "diag/read/iis_effective.h"

enum { POWERSHELL_FILES_MOST = 256, POWERSHELL_DIRECTORIES_MOST = 4 };

struct powershell_file { /* of the run, in report order */
    const char *path;
    const char *host; /* by the user's word; or NULL */
    enum file_type type;
    const struct iis_config_file *config; /* of FILE_TYPE_IIS_CONFIG that could be read; or NULL */
};

struct powershell_files {
    struct powershell_file list[POWERSHELL_FILES_MOST];
    size_t count;
};

/* False while one of them is on its way. */
bool powershell_files_ask(struct examination *x, struct powershell_files *out);

/*
 * The applicationHost.config of the server that the file at this path is of, itself included; NULL
 * if none is in the run, or several may be. Causes are found at the subject of that path.
 */
const struct powershell_file *powershell_host_of(const struct powershell_files *files,
                                                 const char *path);

#endif
