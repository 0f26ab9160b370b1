#include "diag/evidence/registry.h"

#include "diag/evidence/file_question.h"
#include "diag/evidence/redact.h"
#include "diag/evidence/registry_value.h"
#include "diag/json.h"
#include "diag/read/build_number.h"
#include "diag/text.h"

#include <string.h>

static const struct registry_answer *of(const struct evidence *item)
{
    return (const struct registry_answer *)item;
}

const struct registry_value *registry_answer_value(const struct registry_answer *answer,
                                                   const char *name)
{
    for (size_t i = 0; i < answer->value_count; i++) {
        if (text_equal_fold(answer->values[i].name, name))
            return &answer->values[i];
    }
    return NULL;
}

/* ---- the question ---- */

/* A path may have spaces, and so may a key: the size of the first keeps them apart. */
static void write_key(const struct evidence *question, struct buffer *out)
{
    const struct registry_answer *answer = of(question);

    buffer_print(out, "registry %zu:%s ", strlen(answer->path), answer->path);
    for (const char *at = answer->key; *at; at++)
        buffer_add_char(out, text_lower(*at));
}

static void copy_question(struct evidence *item, const struct evidence *question)
{
    struct registry_answer *answer = (struct registry_answer *)item;

    answer->path = arena_copy_string(&item->memory, of(question)->path);
    answer->key = arena_copy_string(&item->memory, of(question)->key);
}

static bool is_answer_to(const struct evidence *item, const struct evidence *question)
{
    return strcmp(of(item)->path, of(question)->path) == 0 &&
           text_equal_fold(of(item)->key, of(question)->key);
}

static uint32_t lifetime(const struct evidence *item)
{
    (void)item;
    return 0; /* settings may have changed */
}

static void describe(const struct evidence *item, struct buffer *out)
{
    const struct registry_answer *answer = of(item);

    file_question_describe_whose(answer->path, "registry", out);
    buffer_print(out, ": HKLM\\%s", answer->key);
}

/* ---- saving and loading ---- */

static void save(const struct evidence *item, json_t *object)
{
    const struct registry_answer *answer = of(item);
    json_t *values = json_array();

    json_put_text(object, "path", answer->path);
    json_put_text(object, "registry_key", answer->key);
    if (answer->is_whole)
        json_put_bool(object, "whole", true);
    if (answer->more)
        json_put_bool(object, "more", true);
    if (answer->computer)
        json_put_text(object, "computer", answer->computer);
    for (size_t i = 0; i < answer->value_count; i++)
        json_array_append_new(values, registry_value_to_json(&answer->values[i]));
    json_object_set_new(object, "values", values);
}

static void load_values(struct registry_answer *answer, const json_t *list)
{
    struct arena *arena = &answer->evidence.memory;
    const char *key = arena_print(arena, "HKEY_LOCAL_MACHINE\\%s", answer->key);
    size_t size = json_array_size(list);

    if (size > REGISTRY_ANSWER_MOST) {
        size = REGISTRY_ANSWER_MOST;
        answer->more = true;
    }
    answer->values = arena_new(arena, size, sizeof *answer->values);
    for (size_t i = 0; i < size; i++) {
        struct registry_value *value = &answer->values[answer->value_count];

        answer->value_count += registry_value_from_json(json_array_get(list, i), arena, value);
        value->key = key;
    }
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct registry_answer *answer = (struct registry_answer *)item;

    answer->path = json_copy_text(object, "path", &item->memory);
    answer->key = json_copy_text(object, "registry_key", &item->memory);
    if (!answer->path || !answer->key)
        return STATUS_MALFORMED;
    answer->is_whole = json_get_bool(object, "whole");
    answer->more = json_get_bool(object, "more");
    answer->computer = json_copy_text(object, "computer", &item->memory);
    load_values(answer, json_object_get(object, "values"));
    return STATUS_OK;
}

/* ---- redaction ---- */

/* Values that verdicts rest on. */
static bool is_known(const char *name)
{
    static const char *const known[] = {"BackConnectionHostNames",
                                        "DisableLoopbackCheck",
                                        "DisableStrictNameChecking",
                                        "LmCompatibilityLevel",
                                        "OptionalNames",
                                        "SupportedEncryptionTypes",
                                        "MsiProductMajor",
                                        "MsiProductMinor",
                                        "MsiBuildMajor",
                                        "MsiBuildMinor",
                                        "OwaVersion"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (text_equal_fold(known[i], name))
            return true;
    }
    return false;
}

/* "15.1.2507.6", which reads like an address and is none. */
static bool is_version(const struct registry_value *value)
{
    struct build_number number;

    return text_equal_fold(value->name, "OwaVersion") &&
           build_number_parse(value->text, strlen(value->text), &number) == STATUS_OK;
}

static const char *redacted(const struct redactor *redactor, const char *text, struct arena *arena)
{
    static const char *const none[] = {NULL};
    size_t size = strlen(text);
    struct buffer out;

    buffer_init(&out, 4 * size + IP_TEXT_SIZE);
    redact_text(redactor, text, size, none, &out);
    return buffer_keep(&out, arena);
}

static void redact_value(const struct redactor *redactor, struct registry_value *value,
                         struct arena *arena)
{
    const char **list = arena_new(arena, value->list_count, sizeof *list);

    if (!is_known(value->name))
        value->name = redacted(redactor, value->name, arena);
    if (value->text && !is_version(value))
        value->text = redacted(redactor, value->text, arena);
    for (size_t i = 0; i < value->list_count; i++)
        list[i] = redacted(redactor, value->list[i], arena);
    value->list = list;
    value->bytes = NULL;
    value->size = 0;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct registry_answer *answer = (struct registry_answer *)item;
    struct arena *arena = &item->memory;

    answer->path = redact_path_copy(redactor, answer->path, arena);
    answer->computer = redact_name_copy(redactor, answer->computer, arena);
    for (size_t i = 0; i < answer->value_count; i++)
        redact_value(redactor, &answer->values[i], arena);
}

const struct evidence_kind evidence_registry = {
    .name = "registry",
    .size = sizeof(struct registry_answer),
    .write_key = write_key,
    .copy_question = copy_question,
    .is_answer_to = is_answer_to,
    .lifetime = lifetime,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
