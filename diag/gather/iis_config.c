#include "diag/gather/iis_config.h"

#include "diag/gather/file.h"
#include "diag/gather/machine.h"
#include "diag/read/file_type.h"
#include "diag/read/machine_path.h"
#include "diag/text.h"
#include "diag/xml_library.h"

#include <stdio.h>
#include <string.h>

enum { BYTES_MOST = 2 * XML_DOCUMENT_MOST + 2, PIECE = 65536 }; /* of UTF-16, with its mark */

static enum status read_bytes(FILE *file, struct buffer *bytes, const char **reason)
{
    char piece[PIECE];
    size_t size;

    while (!bytes->truncated && (size = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(bytes, piece, size);
    if (ferror(file))
        return STATUS_IO;
    if (!bytes->truncated)
        return STATUS_OK;
    *reason = "a configuration of more than 8 MB is not read";
    return STATUS_TOO_LARGE;
}

static enum status check_type(const struct buffer *bytes, const char **reason)
{
    enum text_encoding encoding;

    if (file_type_of((const unsigned char *)bytes->text, bytes->size, &encoding) ==
        FILE_TYPE_IIS_CONFIG)
        return STATUS_OK;
    *reason = "it is no configuration file of IIS";
    return STATUS_INVALID;
}

static void tell_problem(const struct xml_problem *problem, struct arena *memory,
                         const char **reason)
{
    if (problem->line)
        *reason =
            arena_print(memory, "line %lu: %s", (unsigned long)problem->line, problem->reason);
    else
        *reason = arena_copy_string(memory, problem->reason);
}

static enum status read_config(const struct buffer *bytes, struct arena *memory,
                               struct iis_config *config, const char **reason)
{
    struct xml_library library;
    struct xml_problem problem;
    enum status status = xml_library_load(&library, reason);

    if (status != STATUS_OK)
        return status;
    status = iis_config_read(&library, bytes->text, bytes->size, memory, config, &problem);
    if (status != STATUS_OK)
        tell_problem(&problem, memory, reason);
    return status;
}

/* The file is closed. */
static enum status read_file(FILE *file, struct arena *memory, struct iis_config *config,
                             const char **reason)
{
    struct buffer bytes;
    enum status status;

    buffer_init(&bytes, BYTES_MOST);
    status = read_bytes(file, &bytes, reason);
    fclose(file);
    if (status == STATUS_OK)
        status = check_type(&bytes, reason);
    if (status == STATUS_OK)
        status = read_config(&bytes, memory, config, reason);
    buffer_release(&bytes);
    return status;
}

/* ---- a machine ---- */

/* What redirection.config says: with shared configuration, the files here have no say. */
static enum status check_redirection(const struct buffer *bytes, struct arena *memory,
                                     const char **reason)
{
    struct xml_library library;
    struct xml_problem problem;
    const struct xml_node *root, *element;
    const char *enabled;
    enum status status = xml_library_load(&library, reason);

    if (status != STATUS_OK)
        return status;
    status = xml_parse(&library, bytes->text, bytes->size, memory, &root, &problem);
    if (status != STATUS_OK) {
        *reason =
            "whether IIS takes its configuration from elsewhere (redirection.config) cannot be read";
        return status;
    }
    element = xml_child(root, "configurationRedirection");
    enabled = element ? xml_value(element, "enabled") : NULL;
    if (!enabled || !text_equal_fold(enabled, "true"))
        return STATUS_OK;
    *reason = "IIS takes its configuration from elsewhere (redirection.config): give that "
              "applicationHost.config with --file";
    return STATUS_NOT_FOLLOWED;
}

static enum status read_redirection(const char *machine, struct arena *memory, const char **reason)
{
    struct buffer bytes;
    FILE *file;
    enum status status = machine_iis_open(machine, "redirection.config", &file, reason);

    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    buffer_init(&bytes, BYTES_MOST);
    status = read_bytes(file, &bytes, reason);
    fclose(file);
    if (status == STATUS_OK)
        status = check_redirection(&bytes, memory, reason);
    buffer_release(&bytes);
    return status;
}

static enum status read_server(const char *machine, struct arena *memory, struct iis_config *config,
                               const char **reason)
{
    FILE *file;
    enum status status = read_redirection(machine, memory, reason);

    if (status == STATUS_OK)
        status = machine_iis_open(machine, "applicationHost.config", &file, reason);
    return status == STATUS_OK ? read_file(file, memory, config, reason) : status;
}

/* The folder of the application at "Default Web Site/PowerShell"; NULL if there is none. */
static const char *folder_of(const struct iis_config *config, const char *place,
                             struct arena *memory)
{
    size_t size = strcspn(place, "/");
    const struct iis_site *site = iis_site_of(config, arena_copy(memory, place, size));
    const struct iis_application *application =
        site ? iis_application_of(site, place[size] ? place + size : "/") : NULL;

    for (size_t i = 0; application && i < application->directory_count; i++) {
        const struct iis_directory *directory = &application->directories[i];

        if (directory->path && strcmp(directory->path, "/") == 0)
            return directory->physical_path;
    }
    return NULL;
}

static enum status open_web(const char *machine, struct iis_config_file *config, FILE **file,
                            const char **reason)
{
    struct arena memory = {0};
    struct iis_config server;
    const char *folder;
    enum status status = read_server(machine, &memory, &server, reason);

    if (status != STATUS_OK) {
        if (*reason)
            *reason = arena_print(&config->evidence.memory, "applicationHost.config: %s", *reason);
        goto out;
    }
    folder = folder_of(&server, config->place, &memory);
    status =
        folder ? machine_file_open(machine, folder, "web.config", file, reason) : STATUS_NOT_FOUND;
    if (!folder)
        *reason = "IIS has no such application";
out:
    arena_release(&memory);
    return status;
}

static enum status read_machine(const char *machine, struct iis_config_file *config,
                                const char **reason)
{
    struct arena *memory = &config->evidence.memory;
    FILE *file;
    enum status status;

    if (!config->place || !*config->place)
        return read_server(machine, memory, &config->config, reason);
    status = open_web(machine, config, &file, reason);
    return status == STATUS_OK ? read_file(file, memory, &config->config, reason) : status;
}

void gather_iis_config(struct evidence *item)
{
    struct iis_config_file *config = (struct iis_config_file *)item;
    const char *machine = machine_in_path(config->path), *reason = NULL;
    FILE *file;
    enum status status;

    if (machine) {
        status = read_machine(machine, config, &reason);
    } else {
        status = gather_file_open(config->path, &file, &reason);
        if (status == STATUS_OK)
            status = read_file(file, &item->memory, &config->config, &reason);
    }
    item->settled = true;
    if (status == STATUS_OK)
        return;
    memset(&config->config, 0, sizeof config->config);
    evidence_fail(item, status, reason);
}
