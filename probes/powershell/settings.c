#include "probes/powershell/settings.h"

#include "diag/text.h"
#include "probes/powershell/cause.h"
#include "probes/powershell/kinds.h"
#include "probes/powershell/paths.h"

#include <string.h>

enum { HTTP_PORT = 80, BACK_END_PORT = 444 };

/* How setup makes each directory; what of Exchange 2010 nobody has written down is left out. */
static const struct {
    const char *folder; /* below the one of Exchange */
    const char *pool;
    const char *runtime;
    const char *path_value; /* of the finding: the directory whose folder is another one */
    const char *pool_value;
    const char *absent_value; /* its pool */
    const char *ssl_value;
    const char *web_value; /* a copy of its web.config is to be kept */
} by_setup[POWERSHELL_END_COUNT] = {
    [POWERSHELL_FRONT] = {"FrontEnd\\HttpProxy\\PowerShell", "MSExchangePowerShellFrontEndAppPool",
                          "v4.0", "path-front", "pool-front", "pool-absent", "requires-ssl",
                          "front-web"},
    [POWERSHELL_BACK] = {"ClientAccess\\PowerShell-Proxy", "MSExchangePowerShellAppPool", "v4.0",
                         "path-back", "pool-back", "pool-absent", "back-ssl", "back-web"},
    [POWERSHELL_ONLY] = {"ClientAccess\\PowerShell", "MSExchangePowerShellAppPool", NULL,
                         "path-only", "pool-back", "pool-absent-2010", "requires-ssl", "only-web"},
};

struct judgement {
    struct examination *x;
    const struct powershell_server *server;
    struct finding *finding;                    /* NULL until something is wrong */
    enum severity severity;                     /* the worst so far */
    bool is_cause;                              /* one of them makes it answer 500 */
    bool is_root_told;                          /* where Exchange is */
    const struct powershell_directory *covered; /* of which a section is not in its file */
    const struct powershell_directory *perhaps; /* it is redirected */
};

/* Its steps are chosen by the values that have the names of what is wrong. */
static struct finding *tell(struct judgement *judgement, enum severity severity, const char *value,
                            const char *name)
{
    if (!judgement->finding) {
        judgement->finding = found(judgement->x, &powershell_vdir_settings);
        judgement->severity = severity;
        powershell_name_host(judgement->server, judgement->finding);
    }
    if (severity < judgement->severity) /* the worst comes first */
        judgement->severity = severity;
    powershell_set_name(judgement->finding, value, name);
    return judgement->finding;
}

/* The same for what is answered with 500, where others are with 401, 403, 404 or 503. */
static struct finding *tell_cause(struct judgement *judgement, const char *value, const char *name)
{
    judgement->is_cause = true;
    return tell(judgement, SEVERITY_CRITICAL, value, name);
}

static const struct evidence *said_by(const struct powershell_directory *directory,
                                      enum iis_section_kind kind)
{
    return powershell_source_of(directory, directory->effective.origins[kind].file);
}

static const char *above_or_own(const struct powershell_directory *directory,
                                enum iis_section_kind kind)
{
    return directory->effective.origins[kind].is_inherited ? ", inherited" : "";
}

/* To make the front end's directory again repairs it. */
static void offer_remake(const struct judgement *judgement)
{
    set_text(judgement->finding, judgement->server->is_2010 ? "remake-2010" : "remake", "yes");
}

/* ---- SSL and authentication ---- */

static void judge_ssl(struct judgement *judgement, const struct powershell_directory *directory)
{
    const char *flags = directory->effective.texts[IIS_ACCESS];
    const char *value = by_setup[directory->end].ssl_value;
    bool is_back = directory->end == POWERSHELL_BACK;

    if (!flags)
        return;
    if (!is_back && iis_has_flag(flags, "Ssl"))
        saw(tell(judgement, SEVERITY_WARNING, value, directory->path),
            said_by(directory, IIS_ACCESS),
            "%s: sslFlags=\"%s\"%s: the shell comes over plain HTTP at port 80, and gets 403.4",
            directory->name, flags, above_or_own(directory, IIS_ACCESS));
    if (iis_has_flag(flags, "SslRequireCert"))
        saw(tell(judgement, SEVERITY_WARNING, value, directory->path),
            said_by(directory, IIS_ACCESS),
            "%s: sslFlags=\"%s\"%s: whoever has no client certificate gets 403.7", directory->name,
            flags, above_or_own(directory, IIS_ACCESS));
    if (is_back && !iis_has_flag(flags, "Ssl"))
        saw(tell(judgement, SEVERITY_INFO, value, directory->path), said_by(directory, IIS_ACCESS),
            "%s: sslFlags=\"%s\"%s; setup requires SSL there", directory->name, flags,
            above_or_own(directory, IIS_ACCESS));
}

static void judge_authentication(struct judgement *judgement,
                                 const struct powershell_directory *directory)
{
    const enum iis_setting *enabled = directory->effective.enabled;

    if (enabled[IIS_ANONYMOUS] == IIS_TRUE)
        saw(tell(judgement, SEVERITY_WARNING, "anonymous-on", directory->path),
            said_by(directory, IIS_ANONYMOUS),
            "%s: anonymousAuthentication is on%s; setup leaves it off, so that nobody comes in "
            "unknown",
            directory->name, above_or_own(directory, IIS_ANONYMOUS));
    if (directory->end == POWERSHELL_BACK && enabled[IIS_WINDOWS] == IIS_FALSE)
        saw(tell(judgement, SEVERITY_CRITICAL, "windows-off", directory->path),
            said_by(directory, IIS_WINDOWS),
            "%s: windowsAuthentication is off%s: front ends, which log on with it, are refused",
            directory->name, above_or_own(directory, IIS_WINDOWS));
}

static void judge_redirect(struct judgement *judgement,
                           const struct powershell_directory *directory)
{
    const char *destination = directory->effective.texts[IIS_REDIRECT];
    struct finding *finding;

    if (directory->effective.enabled[IIS_REDIRECT] != IIS_TRUE)
        return;
    if (directory->effective.is_redirect_child_only &&
        directory->effective.origins[IIS_REDIRECT].is_inherited) {
        judgement->perhaps = directory;
        return;
    }
    finding = tell(judgement, SEVERITY_CRITICAL, "redirected", directory->path);
    set_text(finding, by_setup[directory->end].web_value, "yes");
    saw(finding, said_by(directory, IIS_REDIRECT),
        "%s: httpRedirect is on%s: requests are sent to %s", directory->name,
        above_or_own(directory, IIS_REDIRECT), destination ? destination : "another address");
}

/* ---- what IIS does not take ---- */

/* Those are told as the modules that they are. */
static bool is_told_elsewhere(const struct iis_fault *fault)
{
    return (fault->section == IIS_MODULES || fault->section == IIS_GLOBAL_MODULES) && fault->name &&
           (text_equal_fold(fault->name, "kerbauth") || text_equal_fold(fault->name, "WSMan"));
}

static void judge_faults(struct judgement *judgement, const struct powershell_directory *directory)
{
    static const char *const texts[IIS_FAULT_COUNT] = {
        [IIS_FAULT_DUPLICATE] = "is added twice: IIS answers 500.19",
        [IIS_FAULT_LOCKED] = "is locked above, and said here: IIS answers 500.19",
        [IIS_FAULT_LOCKED_ITEM] = "is locked above, and removed here: IIS answers 500.19",
        [IIS_FAULT_NO_IMAGE] = "is native by its form, without an image: IIS answers 500.21",
    };

    for (size_t i = 0; i < directory->effective.fault_count; i++) {
        const struct iis_fault *fault = &directory->effective.faults[i];

        if (is_told_elsewhere(fault))
            continue;
        saw(tell_cause(judgement, "not-taken", directory->path),
            powershell_source_of(directory, fault->file), "%s: %s %s (%s, line %lu)",
            directory->name, fault->name ? fault->name : iis_section_path(fault->section),
            texts[fault->kind], iis_section_path(fault->section), (unsigned long)fault->line);
    }
}

/* ---- folders ---- */

static void judge_folder(struct judgement *judgement, const struct powershell_directory *directory)
{
    const struct powershell_server *server = judgement->server;
    const char *root = server->install.root;
    const char *written = powershell_folder_of(directory->application);
    const char *folder = written ? powershell_expand(judgement->x, server, written) : NULL;
    const char *own = by_setup[directory->end].folder;
    struct arena *arena = pass_memory(judgement->x);
    bool is_own;

    if (!folder || path_is_short(folder))
        return;
    is_own = root ? path_is(folder, arena_print(arena, "%s\\%s", root, own))
                  : path_ends_with(folder, own);
    if (is_own)
        return;
    saw(tell_cause(judgement, by_setup[directory->end].path_value,
                   arena_print(arena, "%s/", directory->path)),
        server->source, "%s: physicalPath=\"%s\" (line %lu); its own is %s%s%s", directory->name,
        written, (unsigned long)directory->application->line, root ? root : "", root ? "\\" : "",
        own);
    if (root && !judgement->is_root_told)
        saw(judgement->finding, server->install.source, "Exchange is in %s, by %s", root,
            server->install.by);
    judgement->is_root_told = true;
    if (directory->end != POWERSHELL_BACK)
        offer_remake(judgement);
}

/* ---- application pools ---- */

/* Another pool than its own is not to be changed: the directory is to leave it. */
static struct finding *tell_pool(struct judgement *judgement,
                                 const struct powershell_directory *directory,
                                 const struct iis_pool *pool, const char *value)
{
    if (text_equal_fold(pool->name, by_setup[directory->end].pool))
        return tell(judgement, SEVERITY_CRITICAL, value, pool->name);
    return tell(judgement, SEVERITY_CRITICAL, by_setup[directory->end].pool_value, directory->path);
}

/* The same for what is answered with 500. */
static struct finding *tell_pool_cause(struct judgement *judgement,
                                       const struct powershell_directory *directory,
                                       const struct iis_pool *pool, const char *value)
{
    judgement->is_cause = true;
    return tell_pool(judgement, directory, pool, value);
}

static void judge_pool_settings(struct judgement *judgement,
                                const struct powershell_directory *directory,
                                const struct iis_pool *pool)
{
    const struct evidence *source = judgement->server->source;
    const char *runtime = by_setup[directory->end].runtime;

    if (pool->enable_32_bit == IIS_TRUE)
        saw(tell_pool_cause(judgement, directory, pool, "pool-32-bit"), source,
            "pool %s runs as 32 bits (line %lu), and Exchange's modules are of 64", pool->name,
            (unsigned long)pool->line);
    if (pool->auto_start == IIS_FALSE)
        saw(tell_pool(judgement, directory, pool, "pool-stopped"), source,
            "pool %s does not start by itself (autoStart, line %lu): 503 until somebody starts it",
            pool->name, (unsigned long)pool->line);
    if (runtime && pool->identity && !text_equal_fold(pool->identity, "LocalSystem"))
        saw(tell_pool_cause(judgement, directory, pool, "pool-identity"), source,
            "pool %s runs as %s (line %lu); Exchange's runs as LocalSystem", pool->name,
            pool->identity, (unsigned long)pool->line);
    if (pool->pipeline && !text_equal_fold(pool->pipeline, "Integrated"))
        saw(tell_pool_cause(judgement, directory, pool, "pool-pipeline"), source,
            "pool %s is of the %s pipeline (line %lu), in which modules of web.config do not run",
            pool->name, pool->pipeline, (unsigned long)pool->line);
    if (runtime && pool->runtime && !text_equal_fold(pool->runtime, runtime))
        saw(tell_pool_cause(judgement, directory, pool, "pool-runtime"), source,
            "pool %s has the runtime \"%s\" (line %lu), and is to have %s", pool->name,
            pool->runtime, (unsigned long)pool->line, runtime);
}

static void judge_pool(struct judgement *judgement, const struct powershell_directory *directory)
{
    const struct iis_config *config = judgement->server->config;
    const char *own = by_setup[directory->end].pool;
    const char *name = iis_pool_name_of(config, directory->application);
    const char *value = by_setup[directory->end].pool_value;
    bool is_own = !name || text_equal_fold(name, own);
    const struct iis_pool *pool = iis_pool_of(config, is_own ? own : name);

    if (!is_own)
        saw(tell(judgement, SEVERITY_WARNING, value, directory->path), judgement->server->source,
            "%s runs in the pool %s (line %lu); its own is %s", directory->name, name,
            (unsigned long)directory->application->line, own);
    if (config->pool_count > 0 && !iis_pool_of(config, own)) /* to go back to */
        tell(judgement, SEVERITY_WARNING, by_setup[directory->end].absent_value, own);
    if (config->pool_count > 0 && !pool)
        saw(tell(judgement, SEVERITY_CRITICAL,
                 is_own ? by_setup[directory->end].absent_value : value,
                 is_own ? own : directory->path),
            judgement->server->source, "there is no pool %s: what runs in it answers 503",
            is_own ? own : name);
    if (pool)
        judge_pool_settings(judgement, directory, pool);
}

/* ---- sites ---- */

static bool is_of_protocol(const struct iis_binding *binding, const char *protocol, uint16_t port)
{
    return text_equal_fold(binding->protocol, protocol) && binding->port == port;
}

/* Any name, and not from the machine itself alone. */
static bool is_open(const struct iis_binding *binding)
{
    return !*binding->host && strcmp(binding->ip, "127.0.0.1") != 0 &&
           strcmp(binding->ip, "[::1]") != 0;
}

static bool is_taken(const struct powershell_server *server, const struct iis_site *site)
{
    const struct iis_config *config = server->config;

    for (size_t i = 0; i < config->site_count; i++) {
        for (size_t k = 0; &config->sites[i] != site && k < config->sites[i].binding_count; k++) {
            const struct iis_binding *binding = &config->sites[i].bindings[k];

            if (is_of_protocol(binding, "http", HTTP_PORT) && is_open(binding))
                return true;
        }
    }
    return false;
}

static const char *address_of(const struct iis_binding *binding)
{
    return *binding->ip ? binding->ip : "*";
}

/* The shell asks for http://SERVER/PowerShell by the server's own name. */
static void judge_http_binding(struct judgement *judgement, const struct iis_site *site)
{
    const struct evidence *source = judgement->server->source;
    struct finding *finding;

    for (size_t i = 0; i < site->binding_count; i++) {
        const struct iis_binding *binding = &site->bindings[i];

        if (text_equal_fold(binding->protocol, "http") &&
            (!binding->port || (binding->port == HTTP_PORT && is_open(binding))))
            return;
    }
    finding = tell(judgement, SEVERITY_CRITICAL,
                   is_taken(judgement->server, site) ? "no-http-taken" : "no-http", site->name);
    saw(finding, source,
        "%s has no binding of http at port 80 for every name: the shell, which asks for the "
        "server's own one, gets 404 or no connection (line %lu)",
        site->name, (unsigned long)site->line);
    for (size_t i = 0; i < site->binding_count; i++) {
        const struct iis_binding *binding = &site->bindings[i];

        if (is_of_protocol(binding, "http", HTTP_PORT) && *binding->host)
            saw(finding, source, "%s answers at %s:80 for the name %s alone (line %lu)", site->name,
                address_of(binding), binding->host, (unsigned long)binding->line);
    }
}

static void judge_back_end_binding(struct judgement *judgement, const struct iis_site *site)
{
    const struct iis_binding *named = NULL;

    for (size_t i = 0; i < site->binding_count; i++) {
        const struct iis_binding *binding = &site->bindings[i];

        if (!is_of_protocol(binding, "https", BACK_END_PORT))
            continue;
        if (is_open(binding))
            return;
        named = binding;
    }
    saw(tell(judgement, SEVERITY_CRITICAL, "no-back-end", site->name), judgement->server->source,
        "%s has no binding of https at port 444 for every name, where front ends pass requests on "
        "to (line %lu)",
        site->name, (unsigned long)(named ? named->line : site->line));
}

static void judge_start(struct judgement *judgement, const struct iis_site *site)
{
    if (site->auto_start == IIS_FALSE)
        saw(tell(judgement, SEVERITY_CRITICAL, "site-stopped", site->name),
            judgement->server->source, "%s does not start by itself (serverAutoStart, line %lu)",
            site->name, (unsigned long)site->line);
}

static bool has_part(const char *text, const char *part)
{
    for (; text && *text; text++) {
        if (text_starts_fold(text, strlen(text), part))
            return true;
    }
    return false;
}

/* What setup makes there beside PowerShell. Exchange 2007 has Outlook on the web, and no shell. */
static bool has_exchange(const struct powershell_server *server, const struct iis_site *site)
{
    const struct iis_application *ews = iis_application_of(site, "/EWS");
    const char *folder = ews ? powershell_folder_of(ews) : NULL;

    return ews && (!server->is_2010 || has_part(folder, "\\V14\\"));
}

/* Remove- without New- leaves a site of Exchange's without PowerShell. */
static void judge_presence(struct judgement *judgement, const struct iis_site *site,
                           enum powershell_end end)
{
    if (!site || iis_application_of(site, "/PowerShell") || !has_exchange(judgement->server, site))
        return;
    saw(tell(judgement, SEVERITY_CRITICAL,
             end == POWERSHELL_BACK ? "missing-back" : "missing-front", site->name),
        judgement->server->source,
        "%s has EWS and the others that setup makes, and no application /PowerShell (line %lu)",
        site->name, (unsigned long)site->line);
    if (end != POWERSHELL_BACK)
        offer_remake(judgement);
}

static void judge_sites(struct judgement *judgement)
{
    const struct powershell_server *server = judgement->server;
    const struct powershell_directory *front =
        powershell_directory_of(server, server->is_2010 ? POWERSHELL_ONLY : POWERSHELL_FRONT);

    judge_presence(judgement, server->front, POWERSHELL_FRONT);
    judge_presence(judgement, server->back, POWERSHELL_BACK);
    if (front) {
        judge_http_binding(judgement, front->site);
        judge_start(judgement, front->site);
    }
    if (powershell_directory_of(server, POWERSHELL_BACK)) {
        judge_back_end_binding(judgement, server->back);
        judge_start(judgement, server->back);
    }
}

/* ---- the whole ---- */

static void judge_directory(struct judgement *judgement,
                            const struct powershell_directory *directory)
{
    judge_ssl(judgement, directory);
    judge_authentication(judgement, directory);
    judge_redirect(judgement, directory);
    judge_faults(judgement, directory);
    judge_folder(judgement, directory);
    judge_pool(judgement, directory);
    for (unsigned kind = IIS_AUTHENTICATION_FIRST; kind <= IIS_REDIRECT; kind++) {
        if (directory->effective.elsewhere[kind].file)
            judgement->covered = directory;
    }
}

static void conclude(struct judgement *judgement)
{
    struct finding *finding;

    if (judgement->finding) {
        finding_severity(judgement->finding, judgement->severity);
    } else if (judgement->covered) {
        finding = unknown(judgement->x, &powershell_vdir_settings,
                          "a section of authentication or SSL is not in this file");
        saw(finding, judgement->covered->sources[0],
            "configSource or configProtectionProvider stands in its place; the file that it "
            "names is not opened");
        powershell_name_host(judgement->server, finding);
    } else if (judgement->perhaps) {
        finding = unknown(judgement->x, &powershell_vdir_settings,
                          "whether the redirect of %s, which is of its own content alone, takes "
                          "requests of %s too is seen when one is sent",
                          judgement->perhaps->site->name, judgement->perhaps->name);
        saw(finding, said_by(judgement->perhaps, IIS_REDIRECT),
            "httpRedirect is on with childOnly");
        powershell_name_host(judgement->server, finding);
    } else if (judgement->server->count > 0) {
        healthy(judgement->x, &powershell_vdir_settings,
                "bindings, folder, pool, authentication and SSL of %s are as Exchange needs them",
                judgement->server->count > 1 ? "both directories"
                                             : judgement->server->directories[0].name);
    } else {
        not_applicable(judgement->x, &powershell_vdir_settings,
                       "this server has no PowerShell virtual directory");
    }
}

/* Behind the variable the name of a folder follows at once. */
static const char *fault_of_variable(const struct powershell_server *server, struct arena *arena)
{
    const char *text = server->facts.exchange_path.said.text;
    size_t size = text ? strlen(text) : 0;

    if (size == 0)
        return "is not set";
    if (text[size - 1] != '\\')
        return "does not end with a backslash";
    if (server->install.root && !path_is_short(text) &&
        !path_is(path_tidy(text, arena), server->install.root))
        return "leads elsewhere";
    return NULL;
}

static bool judge_variable(struct examination *x, const struct powershell_server *server)
{
    const struct powershell_fact *fact = &server->facts.exchange_path;
    const struct powershell_install *install = &server->install;
    struct finding *finding;
    const char *fault;

    if (!fact->source)
        return false;
    fault = fault_of_variable(server, pass_memory(x));
    if (!fault) {
        healthy(x, &exchange_install_path, "ExchangeInstallPath leads to Exchange's own folder");
        return false;
    }
    finding = found(x, &exchange_install_path);
    powershell_name_host(server, finding);
    if (fact->said.text && *fact->said.text)
        saw(finding, fact->source, "ExchangeInstallPath=\"%s\" %s", fact->said.text, fault);
    else
        saw(finding, fact->source, "ExchangeInstallPath %s", fault);
    if (install->root)
        saw(finding, install->source, "Exchange is in %s, by %s", install->root, install->by);
    return true;
}

unsigned powershell_judge_settings(struct examination *x, const struct powershell_files *files,
                                   const struct powershell_file *host)
{
    struct powershell_server *server = arena_new(pass_memory(x), 1, sizeof *server);
    struct judgement judgement = {.x = x, .server = server};
    unsigned causes = 0;

    if (!powershell_server_ask(x, files, host, server) || !server->config)
        return 0;
    for (size_t i = 0; i < server->count; i++)
        judge_directory(&judgement, &server->directories[i]);
    judge_sites(&judgement);
    conclude(&judgement);
    if (server->count > 0 && judge_variable(x, server))
        causes |= POWERSHELL_CAUSE_INSTALL_PATH;
    return judgement.is_cause ? causes | POWERSHELL_CAUSE_SETTINGS : causes;
}
