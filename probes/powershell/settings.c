#include "probes/powershell/settings.h"

#include "probes/powershell/kinds.h"

unsigned powershell_judge_settings(struct examination *x, const struct powershell_files *files,
                                   const struct powershell_file *host)
{
    const struct iis_config *config = &host->config->config;

    (void)files;
    for (size_t i = 0; i < config->site_count; i++) {
        if (iis_application_of(&config->sites[i], "/PowerShell"))
            return 0;
    }
    not_applicable(x, &powershell_vdir_settings, "this server has no PowerShell virtual directory");
    return 0;
}
