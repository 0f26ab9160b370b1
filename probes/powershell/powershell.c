/* The PowerShell virtual directory, through which the Exchange Management Shell comes in. */
#include "probes/powershell/kinds.h"
#include "probes/powershell/modules.h"
#include "probes/powershell/server.h"
#include "probes/powershell/settings.h"

static void judge_server(struct examination *x, const struct powershell_files *files,
                         const struct powershell_file *host)
{
    powershell_judge_modules(x, files, host);
    powershell_judge_settings(x, files, host);
}

static struct finding *tell_unknown(struct examination *x, const struct powershell_file *file,
                                    const struct finding_kind *kind, const char *text)
{
    struct finding *finding = unknown(x, kind, "%s", text);
    const struct powershell_server server = {.machine = file ? file->host : NULL};

    powershell_name_host(&server, finding);
    return finding;
}

static void judge_config(struct examination *x, const struct subject *subject)
{
    struct powershell_files *files = arena_new(pass_memory(x), 1, sizeof *files);
    const struct iis_config_file *config = ask_iis_config(x, subject->name);
    const struct powershell_file *file, *host;

    if (!powershell_files_ask(x, files) || !config)
        return;
    file = powershell_file_at(files, subject->name);
    if (config->evidence.status != STATUS_OK) {
        saw_failure(
            tell_unknown(x, file, &powershell_vdir_settings, "the configuration could not be read"),
            &config->evidence);
        return;
    }
    host = powershell_host_of(files, subject->name);
    if (file && host == file)
        judge_server(x, files, file);
    else if (!powershell_is_web_config(file))
        return;
    else if (host)
        not_applicable(x, &powershell_vdir_settings, "judged together with %s", host->path);
    else if (powershell_has_server(files))
        tell_unknown(x, file, &kerbauth_managed,
                     "which applicationHost.config it belongs to is open");
    else
        judge_server(x, files, file);
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
    &kerbauth_path,
    &kerbauth_managed,
    &wsman_module_missing,
    &winrm_iis_ext_missing,
    &powershell_vdir_settings,
    &exchange_install_path,
    NULL,
};

const struct probe probe_powershell = {
    .name = "powershell",
    .summary = "the PowerShell virtual directory: why the Exchange Management Shell gets HTTP 500",
    .needs = NEEDS_FILE,
    .subjects = PROBE_EXAMINES(SUBJECT_FILE),
    .reads = PROBE_READS(FILE_TYPE_IIS_CONFIG) | POWERSHELL_FACT_FILES,
    .touches = "applicationHost.config and web.config of IIS given with --file, and beside them "
               "registry exports, variables, lists of features and of files",
    .noticed = "nothing",
    .kinds = kinds,
    .examine = examine,
};
