#include "diag/evidence/directory_file.h"

#include "diag/evidence/directory_entry.h"
#include "diag/evidence/directory_redact.h"
#include "diag/evidence/file_question.h"
#include "diag/json.h"

static const struct directory_file *of(const struct evidence *item)
{
    return (const struct directory_file *)item;
}

/* ---- the question ---- */

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "directory-file ");
    buffer_add_string(out, of(question)->path);
}

/* ---- saving and loading ---- */

static json_t *save_entries(const struct directory_file *file)
{
    json_t *list = json_array();

    for (size_t i = 0; i < file->entry_count; i++) {
        json_t *entry = directory_entry_to_json(&file->entries[i]);

        if (file->is_whole[i])
            json_put_bool(entry, "whole", true);
        json_array_append_new(list, entry);
    }
    return list;
}

static void save(const struct evidence *item, json_t *object)
{
    const struct directory_file *file = of(item);

    json_put_text(object, "path", file->path);
    if (item->status != STATUS_OK)
        return;
    json_put_text(object, "type", file_type_word(file->type));
    json_put_number(object, "seen", file->seen);
    json_put_number(object, "damaged", file->damaged);
    if (file->result >= 0)
        json_put_number(object, "result", (uint64_t)file->result);
    if (file->cut_off)
        json_put_bool(object, "cut_off", true);
    if (file->more)
        json_put_bool(object, "more", true);
    if (file->fewer_computers)
        json_put_bool(object, "fewer_computers", true);
    json_object_set_new(object, "entries", save_entries(file));
}

static void load_entries(struct directory_file *file, const json_t *list)
{
    struct arena *arena = &file->evidence.memory;
    size_t size = json_array_size(list);

    if (size > DIRECTORY_ENTRIES_MOST) {
        size = DIRECTORY_ENTRIES_MOST;
        file->more = true;
    }
    file->entries = arena_new(arena, size, sizeof *file->entries);
    file->is_whole = arena_new(arena, size, sizeof *file->is_whole);
    for (size_t i = 0; i < size; i++) {
        const json_t *entry = json_array_get(list, i);

        file->is_whole[file->entry_count] = json_get_bool(entry, "whole");
        file->entry_count +=
            directory_entry_from_json(entry, arena, &file->entries[file->entry_count]);
    }
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct directory_file *file = (struct directory_file *)item;
    const char *type = json_get_text(object, "type");

    file->path = json_copy_text(object, "path", &item->memory);
    if (!file->path)
        return STATUS_MALFORMED;
    file->type = type ? file_type_from_word(type) : FILE_TYPE_UNKNOWN;
    file->seen = json_get_number(object, "seen", INT64_MAX, 0);
    file->damaged = json_get_number(object, "damaged", INT64_MAX, 0);
    file->result = (int)json_get_number(object, "result", INT32_MAX, UINT64_MAX);
    file->cut_off = json_get_bool(object, "cut_off");
    file->more = json_get_bool(object, "more");
    file->fewer_computers = json_get_bool(object, "fewer_computers");
    load_entries(file, json_object_get(object, "entries"));
    return STATUS_OK;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct directory_file *file = (struct directory_file *)item;

    file->path = redact_path_copy(redactor, file->path, &item->memory);
    for (size_t i = 0; i < file->entry_count; i++)
        redact_directory_entry(redactor, &file->entries[i], &item->memory);
}

const struct evidence_kind evidence_directory_file = {
    .name = "directory-file",
    .size = sizeof(struct directory_file),
    .is_of_file = true,
    FILE_QUESTION(struct directory_file),
    .write_key = write_key,
    .describe = file_question_describe,
    .save = save,
    .load = load,
    .redact = redact,
};
