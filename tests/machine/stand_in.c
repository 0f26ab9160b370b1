/*
 * A Windows machine for the program on other systems: what posix/machine.c has no answers to, out
 * of the file that the environment variable EXDIAG_STAND_IN names. A line is a word and its fields,
 * between tabs; what is to have any bytes is in hexadecimal.
 *
 *     value KEY NAME TYPE BYTES    of the registry; NAME and BYTES in hexadecimal
 *     service NAME runs|stopped
 *     event XML
 *     machine NAME NETBIOS DOMAIN FOREST GROUP ROLE
 *     fault SOURCE WHAT STATUS     SOURCE: registry (WHAT: a key and all below it), service,
 * events, path (the begin of one), folder, machine; STATUS: as in evidence
 *
 * Files have their names of Windows, in the working folder: "C:\Windows\...".
 */
#include "diag/memory.h"
#include "diag/platform.h"
#include "diag/text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MOST = 1 << 20, FIELDS_MOST = 8, EVENT_MOST = 65536 };

struct line {
    const char *fields[FIELDS_MOST]; /* those that there are not are "" */
    struct line *next;
};

static struct {
    pthread_once_t once;
    struct arena memory;
    struct line *lines, **end;
} all = {.once = PTHREAD_ONCE_INIT};

static void add_line(char *text)
{
    struct line *line = arena_new(&all.memory, 1, sizeof *line);

    for (size_t i = 0; i < FIELDS_MOST; i++) {
        char *tab = strchr(text, '\t');

        line->fields[i] = text;
        if (tab)
            *tab = '\0';
        text = tab ? tab + 1 : text + strlen(text);
    }
    *all.end = line;
    all.end = &line->next;
}

static void read_lines(void)
{
    const char *path = getenv("EXDIAG_STAND_IN");
    FILE *file = path ? fopen(path, "rb") : NULL;
    char *text = memory_new(1, LINE_MOST);

    all.end = &all.lines;
    while (file && fgets(text, LINE_MOST, file)) {
        text[strcspn(text, "\n")] = '\0';
        add_line(arena_copy_string(&all.memory, text));
    }
    free(text);
    if (file)
        fclose(file);
}

/* The next line of this word behind `line`, or the first. */
static const struct line *next_line(const struct line *line, const char *word)
{
    pthread_once(&all.once, read_lines);
    line = line ? line->next : all.lines;
    while (line && strcmp(line->fields[0], word) != 0)
        line = line->next;
    return line;
}

static bool starts(const char *text, const char *with)
{
    return text_starts_fold(text, strlen(text), with);
}

static bool is_key_below(const char *key, const char *above)
{
    size_t size = strlen(above);

    return starts(key, above) && (key[size] == '\0' || key[size] == '\\');
}

/* STATUS_OK without a fault. */
static enum status fault_of(const char *source, const char *what)
{
    const struct line *line = NULL;

    while ((line = next_line(line, "fault"))) {
        if (strcmp(line->fields[1], source) == 0 &&
            (strcmp(source, "registry") == 0 ? is_key_below(what, line->fields[2])
                                             : starts(what, line->fields[2])))
            return status_from_token(line->fields[3]);
    }
    return STATUS_OK;
}

/* ---- the registry ---- */

static uint8_t digit(char character)
{
    return (uint8_t)(character <= '9' ? character - '0' : character - 'a' + 10);
}

static size_t read_bytes(const char *hexadecimal, uint8_t *bytes)
{
    size_t size = strlen(hexadecimal) / 2;

    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(digit(hexadecimal[2 * i]) << 4 | digit(hexadecimal[2 * i + 1]));
    return size;
}

static void give_value(const struct line *line, const char *key, platform_registry_take *take,
                       void *context)
{
    char *name = memory_new(1, strlen(line->fields[2]) / 2 + 1);
    uint8_t *bytes = memory_new(1, strlen(line->fields[4]) / 2 + 1);
    size_t size = read_bytes(line->fields[4], bytes);
    struct arena memory = {0};

    (void)read_bytes(line->fields[2], (uint8_t *)name);
    take(context, arena_print(&memory, "%s%s", key, line->fields[1] + strlen(key)), name,
         (uint32_t)strtoul(line->fields[3], NULL, 10), bytes, size);
    arena_release(&memory);
    free(bytes);
    free(name);
}

static enum status give_values(const char *key, bool below, platform_registry_take *take,
                               void *context)
{
    enum status status = fault_of("registry", key);
    const struct line *line = NULL;
    bool exists = false;

    if (status != STATUS_OK)
        return status;
    while ((line = next_line(line, "value"))) {
        const char *of = line->fields[1];

        if (!is_key_below(of, key))
            continue;
        exists = true;
        if ((below || strlen(of) == strlen(key)) && fault_of("registry", of) == STATUS_OK)
            give_value(line, key, take, context);
    }
    return exists ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status platform_registry_walk(const char *machine, const char *key,
                                   platform_registry_take *take, void *context)
{
    return *machine ? STATUS_UNREACHABLE : give_values(key, true, take, context);
}

enum status platform_registry_values(const char *machine, const char *key,
                                     platform_registry_take *take, void *context)
{
    return *machine ? STATUS_UNREACHABLE : give_values(key, false, take, context);
}

/* ---- the rest ---- */

enum status platform_service_runs(const char *machine, const char *name, bool *runs)
{
    enum status status = *machine ? STATUS_UNREACHABLE : fault_of("service", name);
    const struct line *line = NULL;

    *runs = false;
    if (status != STATUS_OK)
        return status;
    while ((line = next_line(line, "service"))) {
        if (text_equal_fold(line->fields[1], name)) {
            *runs = strcmp(line->fields[2], "runs") == 0;
            return STATUS_OK;
        }
    }
    return STATUS_NOT_FOUND;
}

enum status platform_system_folder(const char *machine, struct buffer *path)
{
    enum status status = *machine ? STATUS_UNREACHABLE : fault_of("folder", "");

    if (status == STATUS_OK)
        buffer_add_string(path, "C:\\Windows\\System32");
    return status;
}

enum status platform_local_path(const char *machine, const char *path, struct buffer *local,
                                const char **reason)
{
    enum status status = *machine ? STATUS_UNREACHABLE : fault_of("path", path);

    *reason = status == STATUS_NOT_FOLLOWED ? "it is of another machine" : NULL;
    if (status == STATUS_OK)
        buffer_add_string(local, path);
    return status;
}

enum status platform_events_query(const char *machine, const char *query,
                                  const struct platform_events_limit *limit,
                                  platform_event_take *take, void *context, bool *more)
{
    enum status status = *machine ? STATUS_UNREACHABLE : fault_of("events", "");
    const struct line *line = NULL;
    size_t count = 0;

    (void)query;
    *more = false;
    if (status != STATUS_OK)
        return status;
    while ((line = next_line(line, "event"))) {
        size_t size = strlen(line->fields[1]);

        if (count++ == limit->most || size > EVENT_MOST)
            *more = true;
        else
            take(context, line->fields[1], size);
    }
    return STATUS_OK;
}

static void copy_name(char to[PLATFORM_HOST_NAME_SIZE], const char *from)
{
    snprintf(to, PLATFORM_HOST_NAME_SIZE, "%s", from);
}

enum status platform_machine(const char *machine, struct platform_machine *out)
{
    enum status status = *machine ? STATUS_UNREACHABLE : fault_of("machine", "");
    const struct line *line = next_line(NULL, "machine");

    *out = (struct platform_machine){0};
    if (status != STATUS_OK || !line)
        return status;
    copy_name(out->name, line->fields[1]);
    copy_name(out->netbios, line->fields[2]);
    copy_name(out->domain, line->fields[3]);
    copy_name(out->forest, line->fields[4]);
    copy_name(out->group, line->fields[5]);
    out->role = (enum machine_role)strtoul(line->fields[6], NULL, 10);
    return STATUS_OK;
}

enum status platform_is_elevated(bool *is_elevated)
{
    *is_elevated = false;
    return STATUS_OK;
}
