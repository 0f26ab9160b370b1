#include "diag/command/option_files.h"

#include "diag/clock.h"
#include "diag/command/command.h"
#include "diag/command/option_subjects.h"
#include "diag/command/option_table.h"
#include "diag/gather/ca_file.h"
#include "diag/platform.h"
#include "diag/read/build_table.h"
#include "diag/text.h"

#include <string.h>

enum { LINE_MOST = 4096 };

static void note_input(struct options *options, const char *path)
{
    options->inputs = arena_grow(&options->memory, options->inputs, &options->input_room,
                                 options->input_count, sizeof *options->inputs);
    options->inputs[options->input_count++] = arena_copy_string(&options->memory, path);
}

/* A line without the white space around it, which is cut off. */
static char *trim(char *line)
{
    char *start = line + strspn(line, " \t\r\n");
    size_t size = strlen(start);

    while (size > 0 && memchr(" \t\r\n", start[size - 1], 4))
        start[--size] = '\0';
    return start;
}

static enum status take_line(struct options *options, char *line, bool is_whole,
                             enum status (*take)(struct options *options, char *line))
{
    char *text = trim(line);

    if (strncmp(line, "\xff\xfe", 2) == 0 || strncmp(line, "\xfe\xff", 2) == 0) {
        complain("it is UTF-16: save it as UTF-8 (Out-File -Encoding utf8)");
        return STATUS_INVALID;
    }
    if (!is_whole) {
        complain("it is longer than %d bytes", LINE_MOST - 2);
        return STATUS_INVALID;
    }
    return *text && *text != '#' ? take(options, text) : STATUS_OK;
}

/* The bytes of a byte order mark, which editors of Windows put before the first line. */
static size_t mark_of(const char *line, size_t number)
{
    static const char mark[] = "\xef\xbb\xbf";

    return number == 1 && strncmp(line, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0;
}

/* Calls `take` for each line that is neither empty nor a comment. Messages name file and line. */
static enum status read_lines(struct options *options, const char *path, const char *option,
                              enum status (*take)(struct options *options, char *line))
{
    char line[LINE_MOST];
    FILE *file;
    enum status status = platform_file_open(path, &file);

    if (status != STATUS_OK) {
        complain("%s: '%s': %s", option, path, status_text(status));
        return STATUS_INVALID;
    }
    note_input(options, path);
    for (size_t number = 1; status == STATUS_OK && fgets(line, sizeof line, file); number++) {
        struct arena memory = {0};

        complain_at(arena_print(&memory, "%s: '%s', line %zu", option, path, number));
        status =
            take_line(options, line + mark_of(line, number), strlen(line) < sizeof line - 1, take);
        complain_at(NULL);
        arena_release(&memory);
    }
    fclose(file);
    return status;
}

/* The next word of a line, which is cut off behind it; "" at the end. */
static char *take_word(char **line)
{
    char *word = *line + strspn(*line, " \t"), *end = word + strcspn(word, " \t");

    *line = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

/* A subject as people write it, made canonical; paths, and what is no name, stay as they are. */
static const char *canonical_subject(struct options *options, const char *id, const char *text)
{
    const struct probe *probe = options_probe_of(id);
    const char *subject = text;
    struct buffer name;

    if (!probe || probe->subjects & PROBE_EXAMINES(SUBJECT_FILE))
        return text;
    buffer_init(&name, DNS_NAME_TEXT_SIZE);
    if (options_canonical_name(text, &name) == STATUS_OK)
        subject = arena_copy_string(&options->memory, name.text);
    buffer_release(&name);
    return subject;
}

/* ID SUBJECT YYYY-MM-DD REASON... */
static enum status take_accepted(struct options *options, char *line)
{
    struct settings *settings = &options->settings;
    struct arena *memory = &options->memory;
    struct acceptance accepted;
    int64_t day;

    accepted.id = arena_copy_string(memory, take_word(&line));
    accepted.subject = arena_copy_string(memory, take_word(&line));
    accepted.expires = arena_copy_string(memory, take_word(&line));
    accepted.reason = arena_copy_string(memory, line + strspn(line, " \t"));
    if (!options_probe_of(accepted.id) || clock_parse_day(accepted.expires, &day) != STATUS_OK ||
        !*accepted.reason || !text_is_printable(accepted.reason, strlen(accepted.reason))) {
        complain("a line is ID SUBJECT YYYY-MM-DD REASON, not '%s %s %s %s'", accepted.id,
                 accepted.subject, accepted.expires, accepted.reason);
        return STATUS_INVALID;
    }
    accepted.subject = canonical_subject(options, accepted.id, accepted.subject);
    options->accepted = arena_grow(memory, options->accepted, &options->accepted_room,
                                   settings->accepted_count, sizeof accepted);
    options->accepted[settings->accepted_count++] = accepted;
    settings->accepted = options->accepted;
    return STATUS_OK;
}

enum status options_read_accepted(struct options *options, const char *path)
{
    return read_lines(options, path, "--accept", take_accepted);
}

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
    status = read_lines(options, path, "--config", take_config_line);
    options->in_config = false;
    return status;
}

bool options_file_is_of_plugin(const char *path)
{
    char line[LINE_MOST];
    bool is_plugin = false;
    FILE *file;

    if (platform_file_kind(path) != PLATFORM_FILE || platform_file_open(path, &file) != STATUS_OK)
        return false;
    while (fgets(line, sizeof line, file)) {
        char *text = trim(line), *name = text + (strncmp(text, "--", 2) == 0 ? 2 : 0);
        size_t size = strcspn(name, "= \t");

        if (size == strlen("format") && strncmp(name, "format", size) == 0)
            is_plugin = strcmp(name + size + strspn(name + size, "= \t"), "nagios") == 0;
    }
    fclose(file);
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

/* All of a file, up to one byte more than a table of builds may have. */
static enum status read_text(const char *path, struct buffer *text)
{
    char piece[4096];
    size_t size;
    FILE *file;
    enum status status = platform_file_open(path, &file);

    if (status != STATUS_OK)
        return status;
    while (text->size <= BUILD_TABLE_BYTES_MOST && (size = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(text, piece, size);
    if (ferror(file))
        status = STATUS_IO;
    fclose(file);
    return status;
}

enum status options_read_builds(struct options *options, const char *path)
{
    struct build_table table;
    struct build_table_fault fault;
    struct buffer text;
    enum status status;

    buffer_init(&text, BUILD_TABLE_BYTES_MOST + 1);
    status = read_text(path, &text);
    if (status != STATUS_OK) {
        complain("--builds: '%s': %s", path, status_text(status));
    } else {
        status = build_table_read(text.text, text.size, &options->memory, &table, &fault);
        if (status != STATUS_OK && fault.line > 0)
            complain("--builds: '%s', line %zu: %s", path, fault.line, fault.reason);
        else if (status != STATUS_OK)
            complain("--builds: '%s': %s", path, fault.reason);
        else
            options->settings.builds = arena_copy(&options->memory, text.text, text.size);
        note_input(options, path);
    }
    buffer_release(&text);
    return status == STATUS_OK ? STATUS_OK : STATUS_INVALID;
}
