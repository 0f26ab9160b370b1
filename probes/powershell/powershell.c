/* The PowerShell virtual directory, through which the Exchange Management Shell comes in. */
#include "probes/powershell/case.h"
#include "probes/powershell/cause.h"
#include "probes/powershell/certificates.h"
#include "probes/powershell/kinds.h"
#include "probes/powershell/live.h"
#include "probes/powershell/machine.h"
#include "probes/powershell/modules.h"
#include "probes/powershell/server.h"
#include "probes/powershell/settings.h"
#include "probes/site.h"

/* Gives the causes found. */
static unsigned judge_server(struct examination *x, const struct powershell_files *files,
                             const struct powershell_file *host)
{
    unsigned causes = powershell_judge_modules(x, files, host);

    return causes | powershell_judge_settings(x, files, host);
}

static struct finding *tell_unknown(struct examination *x, const struct powershell_file *file,
                                    const struct finding_kind *kind, const char *text)
{
    struct finding *finding = unknown(x, kind, "%s", text);
    const struct powershell_server server = {.machine = file ? file->host : NULL};

    powershell_name_host(&server, finding);
    return finding;
}

/* A file of a configuration; gives the causes found. */
static unsigned judge_config(struct examination *x, const struct powershell_files *files,
                             const struct subject *subject)
{
    const struct iis_config_file *config = ask_iis_config(x, subject->name);
    const struct powershell_file *file;

    if (!config)
        return 0;
    file = powershell_file_at(files, subject->name);
    if (config->evidence.status != STATUS_OK) {
        saw_failure(
            tell_unknown(x, file, &powershell_vdir_settings, "the configuration could not be read"),
            &config->evidence);
        return 0;
    }
    if (file->of == file)
        return judge_server(x, files, file);
    if (!powershell_is_web_config(file))
        return 0;
    if (!file->of)
        return judge_server(x, files, file);
    not_applicable(x, &powershell_vdir_settings, "judged together with %s", file->of->path);
    return 0;
}

/* An applicationHost.config. Several of one machine are each a configuration by itself. */
static bool is_host(const struct powershell_file *file)
{
    return file->of == file;
}

/* Each is judged; which of them the machine has, decides what that is worth. */
static void tell_several(struct examination *x, const struct powershell_case *of)
{
    struct finding *finding;
    size_t count = 0;

    for (size_t i = 0; i < of->own_count; i++)
        count += is_host(of->own[i]);
    if (count < 2)
        return;
    finding = tell_unknown(x, of->host, &powershell_vdir_settings,
                           arena_print(pass_memory(x),
                                       "%zu configurations of IIS are said to be of one machine: "
                                       "which of them it has is not known, so each is judged",
                                       count));
    for (size_t i = 0; i < of->own_count; i++) {
        if (is_host(of->own[i]))
            saw(finding, &of->own[i]->config->evidence, "one of them");
    }
}

static bool is_config(const struct file_digest *digest)
{
    return digest->type == FILE_TYPE_IIS_CONFIG;
}

/* Others are facts about a server, judged with its configuration. */
static bool tells_of_servers(enum file_type type)
{
    return type == FILE_TYPE_IIS_CONFIG || type == FILE_TYPE_REGISTRY ||
           type == FILE_TYPE_REGISTRY_QUERY || (PROBE_READS(type) & POWERSHELL_LOGS) != 0;
}

/* Of a server that is examined under its own name nothing is told at its files. */
static void examine_file(struct examination *x, const struct subject *file)
{
    const struct file_digest *digest = ask_file(x, file->name);
    const struct powershell_case *of;
    unsigned causes = 0;

    if (!digest || digest->evidence.status != STATUS_OK || !tells_of_servers(digest->type))
        return;
    of = powershell_case_of(x, file);
    if (!of)
        return;
    if (of->server) {
        if (is_config(digest))
            not_applicable(x, &powershell_vdir_settings, "judged as %s", of->server->shown);
        return;
    }
    if (is_config(digest))
        causes = judge_config(x, of->files, file);
    if (powershell_is_told_at(of, file)) {
        tell_several(x, of);
        powershell_judge_500(x, of, NULL, causes | powershell_judge_certificates(x, of, NULL));
    }
}

/* Gives the causes found. What belongs to no applicationHost.config is judged by itself. */
static unsigned judge_case(struct examination *x, const struct powershell_case *of)
{
    unsigned causes = of->host ? judge_server(x, of->files, of->host) : 0;

    for (size_t i = 0; i < of->own_count; i++) {
        const struct powershell_file *file = of->own[i];

        if (file != of->host && (is_host(file) || (!file->of && powershell_is_web_config(file))))
            causes |= judge_server(x, of->files, file);
    }
    return causes;
}

/* Or it is not known yet whether it has. */
static bool has_no_directory(struct examination *x, const struct subject *server)
{
    bool is_pending = false;

    if (site_online(server->name) != SITE_NOT_ONLINE) {
        if (server->given)
            not_applicable(x, &powershell_vdir_500,
                           "Exchange Online: its PowerShell is the module "
                           "ExchangeOnlineManagement's, and Microsoft's business");
        return true;
    }
    if (!site_is_edge(x, server, &is_pending))
        return is_pending;
    not_applicable(x, &powershell_vdir_500,
                   "an Edge Transport server: it has no virtual directories, and its shell is "
                   "a local one");
    return true;
}

static void examine_server(struct examination *x, const struct subject *server)
{
    const struct powershell_view *view;
    const struct powershell_case *of;
    unsigned causes;
    bool is_500;

    if (has_no_directory(x, server))
        return;
    view = powershell_look_at(x, server);
    of = powershell_case_of(x, server);
    if (!of || (view && view->is_pending))
        return;
    powershell_tell_unread(x, of, server);
    causes = judge_case(x, of) | powershell_judge_certificates(x, of, view);
    tell_several(x, of);
    is_500 = powershell_judge_500(x, of, view, causes);
    if (view)
        powershell_tell_live(view, causes, is_500);
}

static void examine(struct examination *x, const struct subject *subject)
{
    if (subject->kind == SUBJECT_FILE)
        examine_file(x, subject);
    else
        examine_server(x, subject);
}

static const struct finding_kind *const kinds[] = {
    &powershell_vdir_500,   &powershell_unavailable,
    &powershell_forbidden,  &powershell_not_found,
    &powershell_refused,    &kerbauth_path,
    &kerbauth_managed,      &wsman_module_missing,
    &winrm_iis_ext_missing, &powershell_vdir_settings,
    &exchange_install_path, &backend_certificate,
    &frontend_certificate,  NULL,
};

const struct probe probe_powershell = {
    .name = "powershell",
    .summary = "the PowerShell virtual directory: why the Exchange Management Shell gets HTTP 500",
    .needs = NEEDS_NETWORK | NEEDS_FILE | NEEDS_HOST,
    .subjects = PROBE_EXAMINES(SUBJECT_SERVER) | PROBE_EXAMINES(SUBJECT_FILE),
    .reads = POWERSHELL_FILES,
    .touches =
        "each --server, and each of Exchange's servers that the directory lists: /PowerShell/ at "
        "TCP 80, 443 and 444, by a request for a page and WS-Management's Identify, without a "
        "logon, and at TCP 443 /owa/healthcheck.htm, /PowerShell/healthcheck.htm and "
        "/powershell-liveid/. From Windows, of each --server below "
        "this machine's own domain or forest, as far as its machine lets this user: its registry, "
        "the configuration of IIS, the DLLs that this names, event logs. Given with --file: applicationHost.config and web.config of IIS, "
        "logs of IIS and of Logging\\HttpProxy, event logs, registry exports, variables, lists of "
        "features and of files",
    .noticed = "nine requests in the logs of IIS, most of them with status 401; of another machine "
               "that is read from Windows, logons over the network (4624), and what is read of its "
               "administrative shares (5140)",
    .logs_on = "at each --server, once at TCP 80, 443 and 444: as the bearer of --token-file, as "
               "--user, or as the caller with a ticket; by ticket also at each of Exchange's "
               "servers that a directory lists which showed who it is. What is asked for is the "
               "first request of a remote PowerShell, which is made so that it is refused: no "
               "shell is left behind",
    .kinds = kinds,
    .examine = examine,
};
