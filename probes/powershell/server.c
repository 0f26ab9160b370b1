#include "probes/powershell/server.h"

#include "diag/text.h"
#include "probes/folder.h"

#include <string.h>

bool powershell_files_ask(struct examination *x, struct powershell_files *out)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);
    bool is_complete = true;

    *out = (struct powershell_files){.count = 0};
    for (size_t i = 0; i < files.count && out->count < POWERSHELL_FILES_MOST; i++) {
        const char *path = files.list[i]->name;
        const struct file_digest *digest = ask_file(x, path);
        struct powershell_file file = {.path = path, .host = ask_file_host(x, path)};

        is_complete = is_complete && digest;
        if (!digest || digest->evidence.status != STATUS_OK)
            continue;
        file.type = digest->type;
        if (file.type == FILE_TYPE_IIS_CONFIG) {
            file.config = ask_iis_config(x, path);
            is_complete = is_complete && file.config;
        }
        if (file.config && file.config->evidence.status != STATUS_OK)
            file.config = NULL;
        out->list[out->count++] = file;
    }
    return is_complete;
}

static bool is_server(const struct powershell_file *file)
{
    return file->config && file->config->config.role == IIS_ROLE_SERVER;
}

static const struct powershell_file *file_at(const struct powershell_files *files, const char *path)
{
    for (size_t i = 0; i < files->count; i++) {
        if (strcmp(files->list[i].path, path) == 0)
            return &files->list[i];
    }
    return NULL;
}

static bool is_only_server(const struct powershell_files *files)
{
    size_t servers = 0;

    for (size_t i = 0; i < files->count; i++)
        servers += is_server(&files->list[i]);
    return servers == 1;
}

/* Where both are said to be of a machine, that settles it; else any may be the other's. */
static bool may_be_of(const char *machine, const char *other)
{
    return !machine || !other || text_equal_fold(machine, other);
}

const struct powershell_file *powershell_host_of(const struct powershell_files *files,
                                                 const char *path)
{
    const struct powershell_file *own = file_at(files, path);
    const struct powershell_file *nearest = NULL;
    size_t most = 0;

    if (own && is_server(own))
        return own;
    for (size_t i = 0; own && i < files->count; i++) {
        const struct powershell_file *file = &files->list[i];
        size_t common = folders_shared(file->path, path);

        if (!is_server(file) || !may_be_of(own->host, file->host))
            continue;
        if (own->host && file->host)
            return file;
        if (common == most && most > 0)
            nearest = NULL;
        if (common > most || is_only_server(files))
            nearest = file;
        most = common > most ? common : most;
    }
    return nearest;
}
