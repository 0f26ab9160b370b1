#include "diag/evidence/digest.h"

#include "diag/evidence/file_question.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"

#include <string.h>

static const struct file_digest *of(const struct evidence *item)
{
    return (const struct file_digest *)item;
}

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "file ");
    buffer_add_string(out, of(question)->path);
}

static void save(const struct evidence *item, json_t *object)
{
    const struct file_digest *digest = of(item);

    json_put_text(object, "path", digest->path);
    if (item->status != STATUS_OK)
        return;
    json_put_text(object, "type", file_type_word(digest->type));
    json_put_text(object, "encoding", text_encoding_word(digest->encoding));
    json_put_number(object, "size", digest->size);
    json_put_number(object, "lines", digest->lines);
    json_put_number(object, "longest_line", digest->longest_line);
    if (*digest->sha256)
        json_put_text(object, "sha256", digest->sha256);
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct file_digest *digest = (struct file_digest *)item;
    const char *type = json_get_text(object, "type"), *encoding = json_get_text(object, "encoding");
    const char *sha256 = json_get_text(object, "sha256");

    digest->path = json_copy_text(object, "path", &item->memory);
    if (!digest->path)
        return STATUS_MALFORMED;
    if (type)
        digest->type = file_type_from_word(type);
    if (encoding)
        digest->encoding = text_encoding_from_word(encoding);
    digest->size = json_get_number(object, "size", INT64_MAX, 0);
    digest->lines = json_get_number(object, "lines", INT64_MAX, 0);
    digest->longest_line = json_get_number(object, "longest_line", INT64_MAX, 0);
    if (sha256 && strspn(sha256, "0123456789abcdef") == sizeof digest->sha256 - 1 &&
        strlen(sha256) == sizeof digest->sha256 - 1)
        memcpy(digest->sha256, sha256, sizeof digest->sha256);
    return STATUS_OK;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct file_digest *digest = (struct file_digest *)item;

    digest->path = redact_path_copy(redactor, digest->path, &item->memory);
    memset(digest->sha256, 0, sizeof digest->sha256);
}

const struct evidence_kind evidence_digest = {
    .name = "file",
    .size = sizeof(struct file_digest),
    .is_of_file = true,
    FILE_QUESTION(struct file_digest),
    .write_key = write_key,
    .describe = file_question_describe,
    .save = save,
    .load = load,
    .redact = redact,
};
