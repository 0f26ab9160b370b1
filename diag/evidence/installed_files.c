#include "diag/evidence/installed_files.h"

#include "diag/evidence/iis_words.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"
#include "diag/read/machine_path.h"
#include "diag/text.h"

#include <string.h>

static const struct installed_files *of(const struct evidence *item)
{
    return (const struct installed_files *)item;
}

/* ---- the question ---- */

/* A path may have spaces, and so may a file's: the size of the first keeps them apart. */
static void write_key(const struct evidence *question, struct buffer *out)
{
    const struct installed_files *files = of(question);

    buffer_print(out, "installed-files %zu:%s ", strlen(files->path), files->path);
    for (const char *at = files->image; *at; at++)
        buffer_add_char(out, text_lower(*at));
}

static void copy_question(struct evidence *item, const struct evidence *question)
{
    struct installed_files *files = (struct installed_files *)item;

    files->path = arena_copy_string(&item->memory, of(question)->path);
    files->image = arena_copy_string(&item->memory, of(question)->image);
}

static bool is_answer_to(const struct evidence *item, const struct evidence *question)
{
    return strcmp(of(item)->path, of(question)->path) == 0 &&
           text_equal_fold(of(item)->image, of(question)->image);
}

static uint32_t lifetime(const struct evidence *item)
{
    (void)item;
    return 0; /* it may be there by now */
}

static void describe(const struct evidence *item, struct buffer *out)
{
    const struct installed_files *files = of(item);

    const char *machine = machine_in_path(files->path);

    if (machine)
        buffer_print(out, "%s: %s", *machine ? machine : "this machine", files->image);
    else
        buffer_add_string(out, files->path);
}

/* ---- the observation ---- */

static json_t *from_file(const struct listed_file *file)
{
    json_t *object = json_object();

    json_put_text(object, "file", file->path);
    json_put_text(object, "is", file_presence_word(file->presence));
    if (file->has_size)
        json_put_number(object, "size", file->size);
    if (file->version)
        json_put_text(object, "version", file->version);
    return object;
}

static void save(const struct evidence *item, json_t *object)
{
    const struct installed_files *files = of(item);
    json_t *array = json_array();

    json_put_text(object, "path", files->path);
    json_put_text(object, "image", files->image);
    for (size_t i = 0; i < files->list.count; i++)
        json_array_append_new(array, from_file(&files->list.files[i]));
    json_object_set_new(object, "files", array);
    if (files->list.is_cut)
        json_put_bool(object, "cut", true);
}

/* False for what names no file. */
static bool load_file(const json_t *object, struct arena *memory, struct listed_file *file)
{
    const char *is = json_get_text(object, "is");

    *file = (struct listed_file){
        .path = json_copy_text(object, "file", memory),
        .presence = is ? file_presence_from_word(is) : FILE_UNKNOWN,
        .has_size = json_is_integer(json_object_get(object, "size")),
        .size = json_get_number(object, "size", INT64_MAX, 0),
        .version = json_copy_text(object, "version", memory),
    };
    return file->path && strlen(file->path) <= FILE_LIST_PATH_MOST;
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct installed_files *files = (struct installed_files *)item;
    const json_t *array = json_object_get(object, "files");
    struct file_list *list = &files->list;
    size_t size = json_array_size(array);

    files->path = json_copy_text(object, "path", &item->memory);
    files->image = json_copy_text(object, "image", &item->memory);
    if (!files->path || !files->image)
        return STATUS_MALFORMED;
    list->is_cut = json_get_bool(object, "cut") || size > FILE_LIST_MOST;
    if (size > FILE_LIST_MOST)
        size = FILE_LIST_MOST;
    list->files = arena_new(&item->memory, size, sizeof *list->files);
    for (size_t i = 0; i < size; i++)
        list->count +=
            load_file(json_array_get(array, i), &item->memory, &list->files[list->count]);
    return STATUS_OK;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct installed_files *files = (struct installed_files *)item;

    files->path = redact_path_copy(redactor, files->path, &item->memory);
    files->image = iis_words_redact_path(redactor, files->image, &item->memory);
    for (size_t i = 0; i < files->list.count; i++) {
        struct listed_file *file = &files->list.files[i];

        file->path = iis_words_redact_path(redactor, file->path, &item->memory);
    }
}

const struct evidence_kind evidence_installed_files = {
    .name = "installed-files",
    .size = sizeof(struct installed_files),
    .is_of_file = true,
    .write_key = write_key,
    .copy_question = copy_question,
    .is_answer_to = is_answer_to,
    .lifetime = lifetime,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
