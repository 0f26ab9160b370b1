#include "diag/command/option_files.h"

#include "diag/command/command.h"
#include "diag/command/option_lines.h"
#include "diag/command/option_table.h"
#include "diag/gather/ca_file.h"
#include "diag/gather/text_file.h"
#include "diag/platform.h"
#include "diag/read/build_table.h"

#include <string.h>

/* "name value", "name=value", "name", each with or without the dashes. */
static enum status take_config_line(struct options *options, char *line)
{
    char *name = line + (strncmp(line, "--", 2) == 0 ? 2 : 0);
    char *end = name + strcspn(name, "= \t"), *value = NULL;
    bool used_value = false;
    enum status status;

    if (*end) {
        value = end + strspn(end, "= \t");
        *end = '\0';
    }
    status = options_take(options, name, value, &used_value);
    if (status == STATUS_OK && value && !used_value) {
        complain("--%s takes no value", name);
        return STATUS_INVALID;
    }
    return status;
}

enum status options_read_config(struct options *options, const char *path)
{
    enum status status;

    if (options->in_config) {
        complain("a configuration file cannot name another");
        return STATUS_INVALID;
    }
    options->in_config = true;
    status = option_lines_read(options, path, "--config", take_config_line);
    options->in_config = false;
    return status;
}

bool options_file_is_of_plugin(const char *path)
{
    bool is_plugin = false;
    struct buffer text;
    size_t at = 0;
    char *line;

    if (platform_file_kind(path) != PLATFORM_FILE)
        return false;
    buffer_init(&text, OPTION_LINES_MOST);
    text_file_read_whole(path, &text);
    while ((line = option_lines_next(&text, &at)) != NULL) {
        char *name = line + (strncmp(line, "--", 2) == 0 ? 2 : 0);
        size_t size = strcspn(name, "= \t");

        if (size == strlen("format") && strncmp(name, "format", size) == 0)
            is_plugin = strcmp(name + size + strspn(name + size, "= \t"), "nagios") == 0;
    }
    buffer_release(&text);
    return is_plugin;
}

enum status options_take_ca_file(struct options *options, const char *path)
{
    enum status status = ca_file_load(path, NULL);

    if (status == STATUS_MALFORMED)
        complain("--ca-file: '%s': no certificates as PEM, or damaged ones", path);
    else if (status != STATUS_OK)
        complain("--ca-file: '%s': %s", path, status_text(status));
    if (status != STATUS_OK)
        return STATUS_INVALID;
    options->ca_file = arena_copy_string(&options->memory, path);
    return STATUS_OK;
}

enum status options_read_builds(struct options *options, const char *path)
{
    struct build_table table;
    struct build_table_fault fault;
    struct buffer text;
    enum status status;

    buffer_init(&text, BUILD_TABLE_BYTES_MOST + 1);
    status = text_file_read_whole(path, &text);
    if (status != STATUS_OK && status != STATUS_TOO_LARGE) {
        complain("--builds: '%s': %s", path, status_text(status));
    } else {
        status = build_table_read(text.text, text.size, &options->memory, &table, &fault);
        if (status != STATUS_OK && fault.line > 0)
            complain("--builds: '%s', line %zu: %s", path, fault.line, fault.reason);
        else if (status != STATUS_OK)
            complain("--builds: '%s': %s", path, fault.reason);
        else
            options->settings.builds = arena_copy(&options->memory, text.text, text.size);
        option_note_input(options, path);
    }
    buffer_release(&text);
    return status == STATUS_OK ? STATUS_OK : STATUS_INVALID;
}
