#include "probes/ews/directory.h"

#include "diag/text.h"
#include "probes/folder.h"
#include "probes/machine.h"

#include <string.h>

enum { EWS_BACK_END_PORT = 444 };

bool ews_configs_ask(struct examination *x, struct ews_configs *out)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);
    bool is_complete = true;

    *out = (struct ews_configs){.count = 0};
    for (size_t i = 0; i < files.count && out->count < EWS_CONFIGS_MOST; i++) {
        const struct file_digest *digest = ask_file(x, files.list[i]->name);
        const struct iis_config_file *file;

        is_complete = is_complete && digest;
        if (!digest || digest->evidence.status != STATUS_OK || digest->type != FILE_TYPE_IIS_CONFIG)
            continue;
        file = ask_iis_config(x, files.list[i]->name);
        is_complete = is_complete && file;
        if (!file || file->evidence.status != STATUS_OK)
            continue;
        out->hosts[out->count] = ask_file_host(x, files.list[i]->name);
        out->list[out->count++] = file;
        out->servers += file->config.role == IIS_ROLE_SERVER;
    }
    return is_complete;
}

static void add_of_machine(struct ews_configs *out, const struct subject *server,
                           const struct iis_config_file *file)
{
    if (out->count == EWS_CONFIGS_MOST || file->evidence.status != STATUS_OK)
        return;
    out->hosts[out->count] = server->name;
    out->list[out->count++] = file;
    out->servers += file->config.role == IIS_ROLE_SERVER;
}

/* False while one of them is on its way. */
static bool ask_webs(struct examination *x, const char *machine, const struct subject *server,
                     const struct iis_config *config, struct ews_configs *out)
{
    bool is_complete = true;

    for (size_t i = 0; i < config->site_count; i++) {
        const struct iis_application *application = iis_application_of(&config->sites[i], "/EWS");
        const struct iis_config_file *web;

        if (!application)
            continue;
        web = ask_iis_config_of(
            x, machine,
            arena_print(pass_memory(x), "%s%s", config->sites[i].name, application->path));
        is_complete = is_complete && web;
        if (web && machine_is_unread(&web->evidence))
            out->obstacle = &web->evidence;
        if (web)
            add_of_machine(out, server, web);
    }
    return is_complete;
}

static bool ask_machine_configs(struct examination *x, const struct subject *server,
                                struct ews_configs *out)
{
    const struct iis_config_file *file;
    const char *machine;

    if (!machine_of(x, server, &machine))
        return false;
    if (!machine)
        return true;
    file = ask_iis_config(x, machine);
    if (!file || file->evidence.status != STATUS_OK)
        return file;
    add_of_machine(out, server, file);
    return ask_webs(x, machine, server, &file->config, out);
}

bool ews_machines_ask(struct examination *x, const struct subject *server, struct ews_configs *out)
{
    struct subject_list servers = ask_subjects(x, SUBJECT_SERVER);
    bool is_complete = true;

    *out = (struct ews_configs){.count = 0};
    for (size_t i = 0; i < servers.count; i++) {
        if (servers.list[i] == server)
            out->obstacle = NULL;
        is_complete = ask_machine_configs(x, servers.list[i], out) && is_complete;
        if (servers.list[i] == server)
            break;
    }
    return is_complete;
}

/* ---- which files belong together ---- */

const char *ews_machine_of(const struct ews_configs *configs, const struct iis_config_file *file)
{
    for (size_t i = 0; i < configs->count; i++) {
        if (configs->list[i] == file)
            return configs->hosts[i];
    }
    return NULL;
}

/* Where both are said to be of a machine, that settles it; else any may be the other's. */
static bool may_be_of(const char *machine, const char *other)
{
    return !machine || !other || text_equal_fold(machine, other);
}

const struct iis_config_file *ews_host_of(const struct ews_configs *configs,
                                          const struct iis_config_file *web)
{
    const char *machine = ews_machine_of(configs, web);
    const struct iis_config_file *nearest = NULL;
    size_t most = 0;

    for (size_t i = 0; i < configs->count; i++) {
        const struct iis_config_file *file = configs->list[i];
        size_t common = folders_shared(file->path, web->path);

        if (file->config.role != IIS_ROLE_SERVER || !may_be_of(machine, configs->hosts[i]))
            continue;
        if (machine && configs->hosts[i])
            return file;
        if (common == most && most > 0)
            nearest = NULL;
        if (common > most || configs->servers == 1)
            nearest = file;
        most = common > most ? common : most;
    }
    return nearest;
}

/* The web.config of this role that belongs to a server's file; NULL if none, or several do. */
static const struct iis_config_file *web_of(const struct ews_configs *configs,
                                            const struct iis_config_file *host, enum iis_role role)
{
    const struct iis_config_file *found = NULL;

    for (size_t i = 0; i < configs->count; i++) {
        const struct iis_config_file *file = configs->list[i];

        if (file->config.role != role || ews_host_of(configs, file) != host)
            continue;
        if (found)
            return NULL;
        found = file;
    }
    return found;
}

/* ---- directories ---- */

static bool holds_fold(const char *text, const char *part)
{
    size_t size = strlen(part);

    for (; *text; text++) {
        if (text_starts_fold(text, strlen(text), part) && strlen(text) >= size)
            return true;
    }
    return false;
}

/* The front end of Exchange 2013 and later is below FrontEnd\HttpProxy. */
static bool is_front_end(const struct iis_application *application)
{
    for (size_t i = 0; i < application->directory_count; i++) {
        if (holds_fold(application->directories[i].physical_path, "HttpProxy"))
            return true;
    }
    return false;
}

static void add_file(struct ews_directory *directory, const struct iis_config_file *file,
                     const char *place)
{
    directory->files[directory->file_count] = (struct iis_file){&file->config, place};
    directory->sources[directory->file_count++] = &file->evidence;
}

static void read_effective(struct ews_directory *directory, const char *path, struct arena *arena)
{
    const struct iis_view view = {directory->files, directory->file_count, path, path};

    iis_effective_read(&view, arena, &directory->effective);
}

static void read_directory(const struct ews_configs *configs, const struct iis_config_file *file,
                           const struct iis_site *site, const struct iis_application *application,
                           struct arena *arena, struct ews_directory *out)
{
    bool is_front = is_front_end(application);
    const struct iis_config_file *web =
        web_of(configs, file, is_front ? IIS_ROLE_EWS_FRONT : IIS_ROLE_EWS_BACK);

    *out = (struct ews_directory){.name = arena_print(arena, "%s%s", site->name, application->path),
                                  .site = site,
                                  .is_front = is_front};
    out->path = out->name;
    add_file(out, file, "");
    if (web)
        add_file(out, web, out->name);
    read_effective(out, out->name, arena);
}

static bool is_of_ews(enum iis_role role)
{
    return role == IIS_ROLE_EWS_FRONT || role == IIS_ROLE_EWS_BACK;
}

size_t ews_directories_of(const struct ews_configs *configs, const struct iis_config_file *file,
                          struct arena *arena, struct ews_directory *out)
{
    const struct iis_config *config = &file->config;
    size_t count = 0;

    if (is_of_ews(config->role) && configs->servers == 0) {
        *out = (struct ews_directory){.name = config->role == IIS_ROLE_EWS_FRONT
                                                  ? "EWS of the front end"
                                                  : "EWS of the back end",
                                      .is_front = config->role == IIS_ROLE_EWS_FRONT};
        add_file(out, file, "EWS");
        read_effective(out, "EWS", arena);
        return 1;
    }
    for (size_t i = 0; i < config->site_count && count < EWS_DIRECTORIES_MOST; i++) {
        const struct iis_application *application = iis_application_of(&config->sites[i], "/EWS");

        if (application)
            read_directory(configs, file, &config->sites[i], application, arena, &out[count++]);
    }
    return count;
}

const char *ews_version_of(const struct iis_config *config)
{
    /* All since 2013 are 15 by their first number. */
    static const struct {
        const char *begins, *name;
    } versions[] = {{"8.", "Exchange 2007"},
                    {"14.", "Exchange 2010"},
                    {"15.0.", "Exchange 2013"},
                    {"15.1.", "Exchange 2016"},
                    {"15.2.", "Exchange 2019 or SE"}};

    for (size_t i = sizeof versions / sizeof *versions; i-- > 0;) {
        for (size_t j = 0; j < config->build_count; j++) {
            if (text_starts_fold(config->builds[j], strlen(config->builds[j]), versions[i].begins))
                return versions[i].name;
        }
    }
    return NULL;
}

struct ews_directory ews_directory_alone(const struct ews_directory *directory, struct arena *arena)
{
    struct ews_directory alone = *directory;

    alone.file_count = 1;
    read_effective(&alone, alone.name, arena);
    return alone;
}

/*
 * By what setup makes in its two sites and nobody in another one: PowerShell, beside Outlook on the
 * web or behind the port of back ends. A server without the role of client access has PowerShell
 * alone.
 */
static bool is_of_setup(const struct iis_site *site)
{
    bool is_back_end = false;

    for (size_t i = 0; i < site->binding_count; i++)
        is_back_end = is_back_end || site->bindings[i].port == EWS_BACK_END_PORT;
    return iis_application_of(site, "/PowerShell") &&
           (is_back_end || iis_application_of(site, "/owa") || iis_application_of(site, "/ecp"));
}

const struct iis_site *ews_site_without(const struct iis_config *config)
{
    for (size_t i = 0; i < config->site_count; i++) {
        const struct iis_site *site = &config->sites[i];

        if (is_of_setup(site) && !iis_application_of(site, "/EWS"))
            return site;
    }
    return NULL;
}

const struct evidence *ews_source_of(const struct ews_directory *directory,
                                     const struct iis_file *file)
{
    return file == &directory->files[1] && directory->file_count > 1 ? directory->sources[1]
                                                                     : directory->sources[0];
}
