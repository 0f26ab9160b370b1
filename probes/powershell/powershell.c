/* The PowerShell virtual directory, through which the Exchange Management Shell comes in. */
#include "probes/powershell/kinds.h"
#include "probes/powershell/modules.h"
#include "probes/powershell/server.h"
#include "probes/powershell/settings.h"

static void judge_config(struct examination *x, const struct subject *file)
{
    struct powershell_files *files = arena_new(pass_memory(x), 1, sizeof *files);
    const struct powershell_file *host;

    if (!powershell_files_ask(x, files))
        return;
    host = powershell_host_of(files, file->name);
    if (!host || host->path != file->name)
        return;
    powershell_judge_modules(x, files, host);
    powershell_judge_settings(x, files, host);
}

static const struct {
    enum file_type type;
    void (*judge)(struct examination *x, const struct subject *file);
} judges[] = {
    {FILE_TYPE_IIS_CONFIG, judge_config},
};

static void examine_file(struct examination *x, const struct subject *file)
{
    const struct file_digest *digest = ask_file(x, file->name);

    if (!digest || digest->evidence.status != STATUS_OK)
        return;
    for (size_t i = 0; i < sizeof judges / sizeof *judges; i++) {
        if (judges[i].type == digest->type)
            judges[i].judge(x, file);
    }
}

static void examine(struct examination *x, const struct subject *subject)
{
    if (subject->kind == SUBJECT_FILE)
        examine_file(x, subject);
}

static const struct finding_kind *const kinds[] = {
    &kerbauth_path,         &kerbauth_managed,         &wsman_module_missing,
    &winrm_iis_ext_missing, &powershell_vdir_settings, NULL,
};

const struct probe probe_powershell = {
    .name = "powershell",
    .summary = "the PowerShell virtual directory: why the Exchange Management Shell gets HTTP 500",
    .needs = NEEDS_FILE,
    .subjects = PROBE_EXAMINES(SUBJECT_FILE),
    .reads = PROBE_READS(FILE_TYPE_IIS_CONFIG),
    .touches = "applicationHost.config and web.config of IIS given with --file",
    .noticed = "nothing",
    .kinds = kinds,
    .examine = examine,
};
