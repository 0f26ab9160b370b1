#include "diag/evidence/build_file.h"

#include "diag/evidence/file_question.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"

#include <string.h>

static const struct build_file *of(const struct evidence *item)
{
    return (const struct build_file *)item;
}

/* ---- the question ---- */

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "build-file ");
    buffer_add_string(out, of(question)->path);
}

/* ---- the observation ---- */

static const struct {
    enum build_way way;
    const char *word;
} ways[] = {{BUILD_BY_SETUP, "setup"}, {BUILD_BY_ADMIN_DISPLAY, "admin-display"}};

static const char *word_of(enum build_way way)
{
    return ways[way == BUILD_BY_ADMIN_DISPLAY].word;
}

static bool load_way(const json_t *object, enum build_way *way)
{
    const char *word = json_get_text(object, "by");

    for (size_t i = 0; word && i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(ways[i].word, word) == 0) {
            *way = ways[i].way;
            return true;
        }
    }
    return false;
}

static json_t *from_entry(const struct build_entry *entry)
{
    json_t *object = json_object();
    char number[BUILD_NUMBER_TEXT_SIZE];

    build_number_format(&entry->number, number);
    if (entry->server)
        json_put_text(object, "server", entry->server);
    json_put_text(object, "by", word_of(entry->way));
    json_put_text(object, "build", number);
    return object;
}

static bool load_entry(const json_t *object, struct arena *arena, struct build_entry *entry)
{
    const char *number = json_get_text(object, "build");

    entry->server = json_copy_text(object, "server", arena);
    return load_way(object, &entry->way) && number &&
           build_number_parse(number, strlen(number), &entry->number) == STATUS_OK;
}

static void save(const struct evidence *item, json_t *object)
{
    const struct build_file *file = of(item);
    json_t *builds = json_array();

    json_put_text(object, "path", file->path);
    for (size_t i = 0; i < file->list.count; i++)
        json_array_append_new(builds, from_entry(&file->list.entries[i]));
    json_object_set_new(object, "builds", builds);
    if (file->list.is_cut)
        json_put_bool(object, "cut", true);
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct build_file *file = (struct build_file *)item;
    const json_t *builds = json_object_get(object, "builds");
    struct build_list *list = &file->list;
    size_t count = json_array_size(builds);

    file->path = json_copy_text(object, "path", &item->memory);
    if (!file->path)
        return STATUS_MALFORMED;
    list->entries = arena_new(&item->memory, BUILD_LIST_MOST, sizeof *list->entries);
    list->is_cut = json_get_bool(object, "cut");
    for (size_t i = 0; i < count && list->count < BUILD_LIST_MOST; i++)
        list->count +=
            load_entry(json_array_get(builds, i), &item->memory, &list->entries[list->count]);
    return STATUS_OK;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct build_file *file = (struct build_file *)item;

    file->path = redact_path_copy(redactor, file->path, &item->memory);
    for (size_t i = 0; i < file->list.count; i++) {
        struct build_entry *entry = &file->list.entries[i];

        entry->server = redact_name_copy(redactor, entry->server, &item->memory);
    }
}

const struct evidence_kind evidence_build_file = {
    .name = "build-file",
    .size = sizeof(struct build_file),
    .is_of_file = true,
    FILE_QUESTION(struct build_file),
    .write_key = write_key,
    .describe = file_question_describe,
    .save = save,
    .load = load,
    .redact = redact,
};
