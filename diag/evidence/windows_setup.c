#include "diag/evidence/windows_setup.h"

#include "diag/evidence/file_question.h"
#include "diag/evidence/iis_words.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"

#include <string.h>

static const struct windows_setup *of(const struct evidence *item)
{
    return (const struct windows_setup *)item;
}

/* ---- the question ---- */

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "windows-setup ");
    buffer_add_string(out, of(question)->path);
}

static void describe(const struct evidence *item, struct buffer *out)
{
    file_question_describe_whose(of(item)->path, "registry", out);
}

/* ---- the observation ---- */

#define TEXT_LIST(X)                                                                               \
    X(exchange_path)                                                                               \
    X(msi_path_14)                                                                                 \
    X(msi_path_15)                                                                                 \
    X(windows_path)

/* What does not exist is null, what is not known is not there. */
static void put_text(json_t *object, const char *name, const struct setup_text *text)
{
    if (text->text)
        json_put_text(object, name, text->text);
    else if (text->known)
        json_object_set_new(object, name, json_null());
}

static struct setup_text get_text(const json_t *object, const char *name, struct arena *memory)
{
    const char *text = json_copy_text(object, name, memory);

    if (text && strlen(text) > WINDOWS_SETUP_TEXT_MOST)
        return (struct setup_text){0};
    return (struct setup_text){text || json_is_null(json_object_get(object, name)), text};
}

static json_t *from_install(const struct windows_install *install)
{
    json_t *object = json_object();

    if (install->key)
        json_put_text(object, "of", install->key);
    if (install->product)
        json_put_text(object, "product", install->product);
    if (install->build)
        json_put_text(object, "build", install->build);
    if (install->installed)
        json_put_time(object, "installed", install->installed);
    return object;
}

static struct windows_install load_install(const json_t *object, struct arena *memory)
{
    return (struct windows_install){
        .key = json_copy_text(object, "of", memory),
        .product = json_copy_text(object, "product", memory),
        .build = json_copy_text(object, "build", memory),
        .installed = json_get_time(object, "installed"),
    };
}

static void save(const struct evidence *item, json_t *object)
{
    const struct windows_setup *setup = of(item);
    json_t *upgrades = json_array();

    json_put_text(object, "path", setup->path);
#define X(name) put_text(object, #name, &setup->name);
    TEXT_LIST(X)
#undef X
    json_object_set_new(object, "windows", from_install(&setup->now));
    for (size_t i = 0; i < setup->upgrade_count; i++)
        json_array_append_new(upgrades, from_install(&setup->upgrades[i]));
    if (setup->knows_upgrades || setup->upgrade_count > 0)
        json_object_set(object, "before", upgrades);
    json_decref(upgrades);
    if (setup->knows_upgrades)
        json_put_bool(object, "all_before", true);
    if (setup->computer)
        json_put_text(object, "computer", setup->computer);
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct windows_setup *setup = (struct windows_setup *)item;
    struct arena *memory = &item->memory;
    const json_t *before = json_object_get(object, "before");
    size_t count = json_array_size(before);
    struct windows_install *upgrades;

    setup->path = json_copy_text(object, "path", memory);
    if (!setup->path)
        return STATUS_MALFORMED;
#define X(name) setup->name = get_text(object, #name, memory);
    TEXT_LIST(X)
#undef X
    setup->now = load_install(json_object_get(object, "windows"), memory);
    setup->upgrade_count = count < WINDOWS_UPGRADES_MOST ? count : WINDOWS_UPGRADES_MOST;
    setup->knows_upgrades = json_get_bool(object, "all_before") && count <= WINDOWS_UPGRADES_MOST;
    upgrades = arena_new(memory, setup->upgrade_count, sizeof *upgrades);
    for (size_t i = 0; i < setup->upgrade_count; i++)
        upgrades[i] = load_install(json_array_get(before, i), memory);
    setup->upgrades = upgrades;
    setup->computer = json_copy_text(object, "computer", memory);
    return STATUS_OK;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct windows_setup *setup = (struct windows_setup *)item;
    struct arena *memory = &item->memory;

    setup->path = redact_path_copy(redactor, setup->path, memory);
#define X(name) setup->name.text = iis_words_redact_path(redactor, setup->name.text, memory);
    TEXT_LIST(X)
#undef X
    setup->computer = redact_name_copy(redactor, setup->computer, memory);
}

const struct evidence_kind evidence_windows_setup = {
    .name = "windows-setup",
    .size = sizeof(struct windows_setup),
    .is_of_file = true,
    FILE_QUESTION(struct windows_setup),
    .write_key = write_key,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
