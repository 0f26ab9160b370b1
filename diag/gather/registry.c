#include "diag/gather/registry.h"

#include "diag/gather/file.h"
#include "diag/gather/machine.h"
#include "diag/gather/registry_source.h"
#include "diag/read/machine_path.h"

#include <string.h>

enum { ASKED, HOST, ACTIVE_NAME, NAME, KEYS };

struct reading {
    struct arena memory; /* of this and of what is read */
    const char *keys[KEYS + 1];
    struct registry_text *text;
};

/* The key that is asked for, and those that tell whose registry it is. */
static void begin(struct reading *reading, const char *key)
{
    *reading = (struct reading){
        .keys = {
            [HOST] = REGISTRY_HOST, [ACTIVE_NAME] = REGISTRY_ACTIVE_NAME, [NAME] = REGISTRY_NAME}};
    reading->keys[ASKED] = arena_print(&reading->memory, REGISTRY_MACHINE "%s", key);
    reading->text = registry_text_new(reading->keys);
    registry_text_flat(reading->text);
}

/* ---- what was read ---- */

static size_t size_of(const struct registry_value *value)
{
    size_t size = strlen(value->name) + value->size + (value->text ? strlen(value->text) : 0);

    for (size_t i = 0; i < value->list_count; i++)
        size += strlen(value->list[i]) + 1;
    return size;
}

static struct registry_value copy_of(const struct registry_value *value, const char *key,
                                     struct arena *arena)
{
    const char **list = arena_new(arena, value->list_count, sizeof *list);
    struct registry_value copy = *value;

    copy.key = key;
    copy.name = arena_copy_string(arena, value->name);
    copy.text = value->text ? arena_copy_string(arena, value->text) : NULL;
    copy.bytes = NULL;
    if (value->size > 0)
        copy.bytes = (const unsigned char *)arena_copy(arena, value->bytes, value->size);
    for (size_t i = 0; i < value->list_count; i++)
        list[i] = arena_copy_string(arena, value->list[i]);
    copy.list = list;
    return copy;
}

static void keep_values(const struct reading *reading, const struct registry_export *export,
                        struct registry_answer *answer)
{
    struct arena *arena = &answer->evidence.memory;
    const char *key = arena_copy_string(arena, reading->keys[ASKED]);
    size_t bytes = 0, room = 0;

    for (size_t i = 0; i < export->count; i++) {
        const struct registry_value *value = &export->values[i];

        if (!registry_is_key(value->key, key, false))
            continue;
        if (answer->value_count == REGISTRY_ANSWER_MOST ||
            size_of(value) > REGISTRY_ANSWER_BYTES_MOST - bytes) {
            answer->more = true;
            return;
        }
        bytes += size_of(value);
        answer->values =
            arena_grow(arena, answer->values, &room, answer->value_count, sizeof *answer->values);
        answer->values[answer->value_count++] = copy_of(value, key, arena);
    }
}

/* What is present is the key itself, for nobody tells of one without those above it. */
static enum status end(struct reading *reading, struct registry_answer *answer)
{
    struct registry_export export;
    enum status status;

    registry_text_end(reading->text, &reading->memory, &export);
    answer->computer = registry_source_computer(&export, &answer->evidence.memory);
    answer->is_whole = export.covered >> ASKED & 1;
    answer->more = export.is_cut;
    status = export.present >> ASKED & 1 ? STATUS_OK : STATUS_NOT_FOUND;
    keep_values(reading, &export, answer);
    arena_release(&reading->memory);
    return status;
}

/* ---- files ---- */

static enum status read_text(struct text_file *text, struct registry_answer *answer,
                             const char **reason)
{
    struct reading reading;
    enum status status;

    if (!registry_source_is_file(text)) {
        *reason = "it is no registry export and no output of reg query";
        return STATUS_INVALID;
    }
    begin(&reading, answer->key);
    registry_source_lines(text, reading.text);
    status = end(&reading, answer);
    if (status == STATUS_NOT_FOUND)
        *reason = answer->is_whole ? "the key does not exist" : "the key is not part of it";
    return status;
}

static enum status read_file(struct registry_answer *answer, const char **reason)
{
    struct text_file *text;
    FILE *file;
    enum status status = gather_file_open(answer->path, &file, reason);

    if (status != STATUS_OK)
        return status;
    text = text_file_new(file);
    status = read_text(text, answer, reason);
    text_file_free(text);
    if (ferror(file))
        status = STATUS_IO;
    fclose(file);
    return status;
}

/* ---- a machine ---- */

static enum status read_machine(const char *machine, struct registry_answer *answer,
                                const char **reason)
{
    struct reading reading;
    enum status status;

    begin(&reading, answer->key);
    status = platform_registry_values(machine, answer->key, registry_source_take, reading.text);
    for (size_t i = ASKED + 1; status == STATUS_OK && i < KEYS; i++) {
        const char *key = reading.keys[i] + sizeof REGISTRY_MACHINE - 1;

        if (!registry_is_key(reading.keys[i], reading.keys[ASKED], true))
            (void)platform_registry_values(machine, key, registry_source_take, reading.text);
    }
    (void)end(&reading, answer);
    answer->is_whole = status == STATUS_OK || status == STATUS_NOT_FOUND;
    *reason = machine_reason(machine, MACHINE_REGISTRY, status);
    return status;
}

void gather_registry(struct evidence *item)
{
    struct registry_answer *answer = (struct registry_answer *)item;
    const char *machine = machine_in_path(answer->path), *reason = NULL;
    enum status status =
        machine ? read_machine(machine, answer, &reason) : read_file(answer, &reason);

    item->settled = true;
    if (status == STATUS_OK)
        return;
    answer->values = NULL;
    answer->value_count = 0;
    answer->more = false;
    answer->is_whole = answer->is_whole && status == STATUS_NOT_FOUND;
    evidence_fail(item, status, reason);
}
