#include "probes/powershell/modules.h"

#include "probes/powershell/kinds.h"

unsigned powershell_judge_modules(struct examination *x, const struct powershell_files *files,
                                  const struct powershell_file *host)
{
    const struct iis_config *config = &host->config->config;

    (void)files;
    for (size_t i = 0; i < config->site_count; i++) {
        if (iis_application_of(&config->sites[i], "/PowerShell"))
            return 0;
    }
    not_applicable(x, &kerbauth_path, "this server has no PowerShell virtual directory");
    return 0;
}
