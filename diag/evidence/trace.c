#include "diag/evidence/trace.h"

#include "diag/evidence/redact.h"
#include "diag/json.h"

#include <string.h>

static const struct trace_digest *of(const struct evidence *item)
{
    return (const struct trace_digest *)item;
}

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "trace ");
    buffer_add_string(out, of(question)->path);
}

static void copy_question(struct evidence *item, const struct evidence *question)
{
    ((struct trace_digest *)item)->path = arena_copy_string(&item->memory, of(question)->path);
}

static bool is_answer_to(const struct evidence *item, const struct evidence *question)
{
    return strcmp(of(item)->path, of(question)->path) == 0;
}

static uint32_t lifetime(const struct evidence *item)
{
    (void)item;
    return 0; /* a file may have changed */
}

static void describe(const struct evidence *item, struct buffer *out)
{
    buffer_add_string(out, of(item)->path);
}

static void save(const struct evidence *item, json_t *object)
{
    json_put_text(object, "path", of(item)->path);
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct trace_digest *digest = (struct trace_digest *)item;

    digest->path = json_copy_text(object, "path", &item->memory);
    return digest->path ? STATUS_OK : STATUS_MALFORMED;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct trace_digest *digest = (struct trace_digest *)item;
    struct buffer path;

    buffer_init(&path, strlen(digest->path));
    redact_path(redactor, digest->path, &path);
    digest->path = buffer_keep(&path, &item->memory);
}

const struct evidence_kind evidence_trace = {
    .name = "trace",
    .size = sizeof(struct trace_digest),
    .write_key = write_key,
    .copy_question = copy_question,
    .is_answer_to = is_answer_to,
    .lifetime = lifetime,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
