#include "probes/ews/directory.h"

#include "diag/text.h"

#include <string.h>

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
        out->list[out->count++] = file;
        out->servers += file->config.role == IIS_ROLE_SERVER;
    }
    return is_complete;
}

/* ---- which files belong together ---- */

/* Bytes of the folders that two paths have in common, from their beginning. */
static size_t common_folders(const char *a, const char *b)
{
    size_t common = 0;

    for (size_t i = 0; a[i] && a[i] == b[i]; i++) {
        if (a[i] == '/' || a[i] == '\\')
            common = i + 1;
    }
    return common;
}

const struct iis_config_file *ews_host_of(const struct ews_configs *configs,
                                          const struct iis_config_file *web)
{
    const struct iis_config_file *nearest = NULL;
    size_t most = 0;

    for (size_t i = 0; i < configs->count; i++) {
        const struct iis_config_file *file = configs->list[i];
        size_t common = common_folders(file->path, web->path);

        if (file->config.role != IIS_ROLE_SERVER)
            continue;
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
static enum iis_role role_of(const struct iis_application *application)
{
    for (size_t i = 0; i < application->directory_count; i++) {
        if (holds_fold(application->directories[i].physical_path, "HttpProxy"))
            return IIS_ROLE_EWS_FRONT;
    }
    return IIS_ROLE_EWS_BACK;
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
    const struct iis_config_file *web = web_of(configs, file, role_of(application));

    *out =
        (struct ews_directory){.name = arena_print(arena, "%s%s", site->name, application->path)};
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
                                                  : "EWS of the back end"};
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

const struct evidence *ews_source_of(const struct ews_directory *directory,
                                     const struct iis_file *file)
{
    return file == &directory->files[1] && directory->file_count > 1 ? directory->sources[1]
                                                                     : directory->sources[0];
}
