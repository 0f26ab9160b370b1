#include "diag/evidence/iis_config.h"

#include "diag/evidence/file_question.h"
#include "diag/evidence/iis_words.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"
#include "diag/read/machine_path.h"

#include <stddef.h>
#include <string.h>

static const struct iis_config_file *of(const struct evidence *item)
{
    return (const struct iis_config_file *)item;
}

/* ---- the question ---- */

static const char *place_of(const struct evidence *item)
{
    return of(item)->place ? of(item)->place : "";
}

/* A place stands behind a path that is empty. */
static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_print(out, "iis-config %s", of(question)->path);
    if (*place_of(question))
        buffer_print(out, "at %s", place_of(question));
}

static void copy_question(struct evidence *item, const struct evidence *question)
{
    struct iis_config_file *copy = (struct iis_config_file *)item;

    copy->path = arena_copy_string(&item->memory, of(question)->path);
    copy->place = arena_copy_string(&item->memory, place_of(question));
}

static bool is_answer_to(const struct evidence *item, const struct evidence *question)
{
    return strcmp(of(item)->path, of(question)->path) == 0 &&
           strcmp(place_of(item), place_of(question)) == 0;
}

static uint32_t lifetime(const struct evidence *item)
{
    (void)item;
    return 0; /* a file may have changed */
}

static void describe(const struct evidence *item, struct buffer *out)
{
    const char *place = place_of(item);

    if (!*place || !machine_in_path(of(item)->path)) {
        file_question_describe_whose(of(item)->path, "applicationHost.config", out);
        return;
    }
    file_question_describe_whose(of(item)->path, "web.config", out);
    buffer_print(out, " of %s", place);
}

/* ---- the texts of each thing: how they are called in evidence, and how they are redacted ---- */

struct text_member {
    const char *word; /* NULL ends a list */
    size_t offset;
    iis_words_redactor *redact; /* NULL: it stays */
};

static const struct text_member item_texts[] = {
    {"name", offsetof(struct iis_item, name), iis_words_redact_name},
    {"type", offsetof(struct iis_item, type), iis_words_redact_type},
    {"image", offsetof(struct iis_item, image), iis_words_redact_path},
    {"path", offsetof(struct iis_item, path), iis_words_redact_path},
    {"verb", offsetof(struct iis_item, verb), NULL},
    {"modules", offsetof(struct iis_item, modules), iis_words_redact_name},
    {"script_processor", offsetof(struct iis_item, script_processor), iis_words_redact_path},
    {"precondition", offsetof(struct iis_item, precondition), NULL},
    {NULL, 0, NULL}};

static const struct text_member section_texts[] = {
    {"text", offsetof(struct iis_section, text), NULL}, {NULL, 0, NULL}};

static const struct text_member location_texts[] = {
    {"path", offsetof(struct iis_location, path), iis_words_redact_path}, {NULL, 0, NULL}};

static const struct text_member binding_texts[] = {
    {"protocol", offsetof(struct iis_binding, protocol), NULL},
    {"ip", offsetof(struct iis_binding, ip), iis_words_redact_ip},
    {"host", offsetof(struct iis_binding, host), iis_words_redact_host},
    {NULL, 0, NULL}};

static const struct text_member directory_texts[] = {
    {"path", offsetof(struct iis_directory, path), iis_words_redact_path},
    {"physical_path", offsetof(struct iis_directory, physical_path), iis_words_redact_path},
    {NULL, 0, NULL}};

static const struct text_member application_texts[] = {
    {"path", offsetof(struct iis_application, path), iis_words_redact_path},
    {"pool", offsetof(struct iis_application, pool), iis_words_redact_pool},
    {NULL, 0, NULL}};

static const struct text_member site_texts[] = {
    {"name", offsetof(struct iis_site, name), iis_words_redact_path}, {NULL, 0, NULL}};

static const struct text_member pool_texts[] = {
    {"name", offsetof(struct iis_pool, name), iis_words_redact_pool},
    {"identity", offsetof(struct iis_pool, identity), iis_words_redact_identity},
    {"runtime", offsetof(struct iis_pool, runtime), NULL},
    {"pipeline", offsetof(struct iis_pool, pipeline), NULL},
    {NULL, 0, NULL}};

static const struct text_member declaration_texts[] = {
    {"path", offsetof(struct iis_declaration, path), iis_words_redact_section}, {NULL, 0, NULL}};

static const struct text_member reference_texts[] = {
    {"element", offsetof(struct iis_reference, element), iis_words_redact_section},
    {"attribute", offsetof(struct iis_reference, attribute), NULL},
    {"target", offsetof(struct iis_reference, target), iis_words_redact_path},
    {NULL, 0, NULL}};

static const struct text_member config_texts[] = {
    {"server", offsetof(struct iis_config, server), iis_words_redact_host},
    {"default_pool", offsetof(struct iis_config, default_pool), iis_words_redact_pool},
    {NULL, 0, NULL}};

static const char **text_at(const void *thing, const struct text_member *member)
{
    return (const char **)((char *)thing + member->offset);
}

static void put_texts(json_t *object, const void *thing, const struct text_member *members)
{
    for (; members->word; members++) {
        const char *text = *text_at(thing, members);

        if (text)
            json_put_text(object, members->word, text);
    }
}

static void load_texts(const json_t *object, void *thing, const struct text_member *members,
                       struct arena *memory)
{
    for (; members->word; members++)
        *text_at(thing, members) = json_copy_text(object, members->word, memory);
}

static void redact_texts(const struct redactor *redactor, const void *thing,
                         const struct text_member *members, struct arena *memory)
{
    for (; members->word; members++) {
        const char **text = text_at(thing, members);

        if (members->redact)
            *text = members->redact(redactor, *text, memory);
    }
}

/* ---- saving ---- */

static void put_setting(json_t *object, const char *name, enum iis_setting setting)
{
    if (setting != IIS_UNSET)
        json_put_bool(object, name, setting == IIS_TRUE);
}

static void put_line(json_t *object, uint32_t line)
{
    if (line > 0)
        json_put_number(object, "line", line);
}

static const char *const edits[] = {"add", "remove", "clear"};
static const char *const overrides[] = {"inherit", "allow", "deny"};

static void put_override(json_t *object, enum iis_override override)
{
    if (override != IIS_OVERRIDE_INHERIT)
        json_put_text(object, "override", overrides[override]);
}

static json_t *item_to_json(const void *thing)
{
    const struct iis_item *item = thing;
    json_t *object = json_object();

    if (item->edit != IIS_ADD)
        json_put_text(object, "edit", edits[item->edit]);
    put_texts(object, item, item_texts);
    put_setting(object, "allowed", item->allowed);
    if (item->is_locked)
        json_put_bool(object, "locked", true);
    put_line(object, item->line);
    return object;
}

typedef json_t *to_json(const void *thing);

/* Nothing is put where there is nothing. */
static void put_list(json_t *object, const char *name, const void *things, size_t count,
                     size_t size, to_json *convert)
{
    json_t *list;

    if (count == 0)
        return;
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, convert((const char *)things + i * size));
    json_object_set_new(object, name, list);
}

static json_t *section_to_json(const void *thing)
{
    const struct iis_section *section = thing;
    json_t *object = json_object();

    json_put_text(object, "section", iis_section_path(section->kind));
    put_setting(object, "enabled", section->enabled);
    put_texts(object, section, section_texts);
    if (section->is_elsewhere)
        json_put_bool(object, "elsewhere", true);
    if (section->is_child_only)
        json_put_bool(object, "child_only", true);
    put_list(object, "items", section->items, section->item_count, sizeof *section->items,
             item_to_json);
    put_line(object, section->line);
    return object;
}

static json_t *location_to_json(const void *thing)
{
    const struct iis_location *location = thing;
    json_t *object = json_object();

    put_texts(object, location, location_texts);
    put_override(object, location->override);
    if (location->is_not_inherited)
        json_put_bool(object, "not_inherited", true);
    put_list(object, "sections", location->sections, location->section_count,
             sizeof *location->sections, section_to_json);
    put_line(object, location->line);
    return object;
}

static json_t *binding_to_json(const void *thing)
{
    const struct iis_binding *binding = thing;
    json_t *object = json_object();

    put_texts(object, binding, binding_texts);
    json_put_number(object, "port", binding->port);
    put_line(object, binding->line);
    return object;
}

static json_t *directory_to_json(const void *thing)
{
    json_t *object = json_object();

    put_texts(object, thing, directory_texts);
    return object;
}

static json_t *application_to_json(const void *thing)
{
    const struct iis_application *application = thing;
    json_t *object = json_object();

    put_texts(object, application, application_texts);
    put_list(object, "directories", application->directories, application->directory_count,
             sizeof *application->directories, directory_to_json);
    put_line(object, application->line);
    return object;
}

static json_t *site_to_json(const void *thing)
{
    const struct iis_site *site = thing;
    json_t *object = json_object();

    put_texts(object, site, site_texts);
    json_put_number(object, "id", site->id);
    put_setting(object, "auto_start", site->auto_start);
    put_list(object, "applications", site->applications, site->application_count,
             sizeof *site->applications, application_to_json);
    put_list(object, "bindings", site->bindings, site->binding_count, sizeof *site->bindings,
             binding_to_json);
    put_line(object, site->line);
    return object;
}

static json_t *pool_to_json(const void *thing)
{
    const struct iis_pool *pool = thing;
    json_t *object = json_object();

    put_texts(object, pool, pool_texts);
    put_setting(object, "auto_start", pool->auto_start);
    put_setting(object, "enable_32_bit", pool->enable_32_bit);
    put_line(object, pool->line);
    return object;
}

static json_t *declaration_to_json(const void *thing)
{
    const struct iis_declaration *declaration = thing;
    json_t *object = json_object();

    put_texts(object, declaration, declaration_texts);
    put_override(object, declaration->override);
    if (declaration->is_of_server)
        json_put_bool(object, "of_server", true);
    return object;
}

static json_t *reference_to_json(const void *thing)
{
    const struct iis_reference *reference = thing;
    json_t *object = json_object();

    put_texts(object, reference, reference_texts);
    put_line(object, reference->line);
    return object;
}

static json_t *build_to_json(const void *thing)
{
    return json_string(*(const char *const *)thing);
}

static void save(const struct evidence *item, json_t *object)
{
    const struct iis_config *config = &of(item)->config;

    json_put_text(object, "path", of(item)->path);
    if (*place_of(item))
        json_put_text(object, "place", place_of(item));
    if (item->status != STATUS_OK)
        return;
    json_put_text(object, "role", iis_role_word(config->role));
    put_texts(object, config, config_texts);
    put_list(object, "locations", config->locations, config->location_count,
             sizeof *config->locations, location_to_json);
    put_list(object, "sites", config->sites, config->site_count, sizeof *config->sites,
             site_to_json);
    put_list(object, "pools", config->pools, config->pool_count, sizeof *config->pools,
             pool_to_json);
    put_list(object, "declarations", config->declarations, config->declaration_count,
             sizeof *config->declarations, declaration_to_json);
    put_list(object, "references", config->references, config->reference_count,
             sizeof *config->references, reference_to_json);
    put_list(object, "builds", config->builds, config->build_count, sizeof *config->builds,
             build_to_json);
    if (config->more)
        json_put_bool(object, "more", true);
}

/* ---- loading ---- */

struct loading {
    struct arena *memory;
    struct iis_config *config;
    size_t items, parts;
};

/* False for what is not what it should be. */
typedef bool from_json(struct loading *loading, const json_t *object, void *out);

static void *load_list(struct loading *loading, const json_t *list, size_t most, size_t size,
                       from_json *convert, size_t *count)
{
    size_t length = json_array_size(list);
    char *things;

    *count = 0;
    if (length > most) {
        length = most;
        loading->config->more = true;
    }
    things = arena_new(loading->memory, length, size);
    for (size_t i = 0; i < length; i++)
        *count += convert(loading, json_array_get(list, i), things + *count * size);
    return things;
}

static size_t take(struct loading *loading, size_t *taken, size_t most, const json_t *list)
{
    size_t room = most - *taken, length = json_array_size(list);

    if (length > room)
        loading->config->more = true;
    *taken += length < room ? length : room;
    return room;
}

static enum iis_setting get_setting(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_boolean(value))
        return IIS_UNSET;
    return json_is_true(value) ? IIS_TRUE : IIS_FALSE;
}

static unsigned get_word(const json_t *object, const char *name, const char *const *words)
{
    const char *word = json_get_text(object, name);

    for (unsigned i = 1; word && i < 3; i++) {
        if (strcmp(words[i], word) == 0)
            return i;
    }
    return 0;
}

static uint32_t get_line(const json_t *object)
{
    return (uint32_t)json_get_number(object, "line", UINT32_MAX, 0);
}

static bool load_item(struct loading *loading, const json_t *object, void *out)
{
    struct iis_item *item = out;

    load_texts(object, item, item_texts, loading->memory);
    item->edit = (enum iis_edit)get_word(object, "edit", edits);
    item->allowed = get_setting(object, "allowed");
    item->is_locked = json_get_bool(object, "locked");
    item->line = get_line(object);
    return json_is_object(object);
}

static bool load_section(struct loading *loading, const json_t *object, void *out)
{
    struct iis_section *section = out;
    const char *path = json_get_text(object, "section");
    const json_t *items = json_object_get(object, "items");
    size_t most = take(loading, &loading->items, IIS_ITEMS_MOST, items);

    section->kind = path ? iis_section_from_path(path) : IIS_SECTION_COUNT;
    if (section->kind == IIS_SECTION_COUNT)
        return false;
    load_texts(object, section, section_texts, loading->memory);
    section->enabled = get_setting(object, "enabled");
    section->is_elsewhere = json_get_bool(object, "elsewhere");
    section->is_child_only = json_get_bool(object, "child_only");
    section->line = get_line(object);
    section->items =
        load_list(loading, items, most, sizeof *section->items, load_item, &section->item_count);
    return true;
}

static bool load_location(struct loading *loading, const json_t *object, void *out)
{
    struct iis_location *location = out;

    load_texts(object, location, location_texts, loading->memory);
    location->override = (enum iis_override)get_word(object, "override", overrides);
    location->is_not_inherited = json_get_bool(object, "not_inherited");
    location->line = get_line(object);
    location->sections =
        load_list(loading, json_object_get(object, "sections"), IIS_SECTIONS_MOST,
                  sizeof *location->sections, load_section, &location->section_count);
    return location->path != NULL;
}

static bool load_binding(struct loading *loading, const json_t *object, void *out)
{
    struct iis_binding *binding = out;

    load_texts(object, binding, binding_texts, loading->memory);
    binding->port = (uint16_t)json_get_number(object, "port", UINT16_MAX, 0);
    binding->line = get_line(object);
    return binding->protocol && binding->ip && binding->host;
}

static bool load_directory(struct loading *loading, const json_t *object, void *out)
{
    struct iis_directory *directory = out;

    load_texts(object, directory, directory_texts, loading->memory);
    return directory->path && directory->physical_path;
}

static bool load_application(struct loading *loading, const json_t *object, void *out)
{
    struct iis_application *application = out;
    const json_t *directories = json_object_get(object, "directories");

    load_texts(object, application, application_texts, loading->memory);
    application->line = get_line(object);
    application->directories =
        load_list(loading, directories, take(loading, &loading->parts, IIS_PARTS_MOST, directories),
                  sizeof *application->directories, load_directory, &application->directory_count);
    return application->path != NULL;
}

static bool load_site(struct loading *loading, const json_t *object, void *out)
{
    struct iis_site *site = out;
    const json_t *applications = json_object_get(object, "applications");
    const json_t *bindings = json_object_get(object, "bindings");

    load_texts(object, site, site_texts, loading->memory);
    site->id = (uint32_t)json_get_number(object, "id", INT32_MAX, 0);
    site->auto_start = get_setting(object, "auto_start");
    site->line = get_line(object);
    site->applications = load_list(
        loading, applications, take(loading, &loading->parts, IIS_PARTS_MOST, applications),
        sizeof *site->applications, load_application, &site->application_count);
    site->bindings =
        load_list(loading, bindings, take(loading, &loading->parts, IIS_PARTS_MOST, bindings),
                  sizeof *site->bindings, load_binding, &site->binding_count);
    return site->name != NULL;
}

static bool load_pool(struct loading *loading, const json_t *object, void *out)
{
    struct iis_pool *pool = out;

    load_texts(object, pool, pool_texts, loading->memory);
    pool->auto_start = get_setting(object, "auto_start");
    pool->enable_32_bit = get_setting(object, "enable_32_bit");
    pool->line = get_line(object);
    return pool->name != NULL;
}

static bool load_declaration(struct loading *loading, const json_t *object, void *out)
{
    struct iis_declaration *declaration = out;

    load_texts(object, declaration, declaration_texts, loading->memory);
    declaration->override = (enum iis_override)get_word(object, "override", overrides);
    declaration->is_of_server = json_get_bool(object, "of_server");
    return declaration->path != NULL;
}

static bool load_reference(struct loading *loading, const json_t *object, void *out)
{
    struct iis_reference *reference = out;

    load_texts(object, reference, reference_texts, loading->memory);
    reference->line = get_line(object);
    return reference->element && reference->attribute && reference->target;
}

static bool load_build(struct loading *loading, const json_t *value, void *out)
{
    const char *build = json_string_value(value);

    if (build)
        *(const char **)out = arena_copy_string(loading->memory, build);
    return build != NULL;
}

static void load_config(struct loading *loading, const json_t *object)
{
    struct iis_config *config = loading->config;

    load_texts(object, config, config_texts, loading->memory);
    config->locations =
        load_list(loading, json_object_get(object, "locations"), IIS_LOCATIONS_MOST,
                  sizeof *config->locations, load_location, &config->location_count);
    config->sites = load_list(loading, json_object_get(object, "sites"), IIS_SITES_MOST,
                              sizeof *config->sites, load_site, &config->site_count);
    config->pools = load_list(loading, json_object_get(object, "pools"), IIS_POOLS_MOST,
                              sizeof *config->pools, load_pool, &config->pool_count);
    config->declarations =
        load_list(loading, json_object_get(object, "declarations"), IIS_DECLARATIONS_MOST,
                  sizeof *config->declarations, load_declaration, &config->declaration_count);
    config->references =
        load_list(loading, json_object_get(object, "references"), IIS_REFERENCES_MOST,
                  sizeof *config->references, load_reference, &config->reference_count);
    config->builds = load_list(loading, json_object_get(object, "builds"), IIS_BUILDS_MOST,
                               sizeof *config->builds, load_build, &config->build_count);
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct iis_config_file *file = (struct iis_config_file *)item;
    struct loading loading = {.memory = &item->memory, .config = &file->config};
    const char *role = json_get_text(object, "role");

    file->path = json_copy_text(object, "path", &item->memory);
    file->place = json_copy_text(object, "place", &item->memory);
    if (!file->path)
        return STATUS_MALFORMED;
    file->config.role = role ? iis_role_from_word(role) : IIS_ROLE_UNKNOWN;
    file->config.more = json_get_bool(object, "more");
    if (item->status == STATUS_OK)
        load_config(&loading, object);
    return STATUS_OK;
}

/* ---- redaction ---- */

/* An address to which all requests are sent may name anything. */
static void redact_section(const struct redactor *redactor, const struct iis_section *section,
                           struct arena *memory)
{
    if (section->kind == IIS_REDIRECT)
        ((struct iis_section *)section)->text =
            iis_words_redact_path(redactor, section->text, memory);
    for (size_t i = 0; i < section->item_count; i++)
        redact_texts(redactor, &section->items[i], item_texts, memory);
}

static void redact_locations(const struct redactor *redactor, const struct iis_config *config,
                             struct arena *memory)
{
    for (size_t i = 0; i < config->location_count; i++) {
        const struct iis_location *location = &config->locations[i];

        redact_texts(redactor, location, location_texts, memory);
        for (size_t j = 0; j < location->section_count; j++)
            redact_section(redactor, &location->sections[j], memory);
    }
}

static void redact_site(const struct redactor *redactor, const struct iis_site *site,
                        struct arena *memory)
{
    redact_texts(redactor, site, site_texts, memory);
    for (size_t i = 0; i < site->binding_count; i++)
        redact_texts(redactor, &site->bindings[i], binding_texts, memory);
    for (size_t i = 0; i < site->application_count; i++) {
        const struct iis_application *application = &site->applications[i];

        redact_texts(redactor, application, application_texts, memory);
        for (size_t j = 0; j < application->directory_count; j++)
            redact_texts(redactor, &application->directories[j], directory_texts, memory);
    }
}

/* What was loaded is this item's own: it is redacted in its place. */
static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct iis_config_file *file = (struct iis_config_file *)item;
    struct iis_config *config = &file->config;
    struct arena *memory = &item->memory;

    file->path = redact_path_copy(redactor, file->path, memory);
    file->place = iis_words_redact_path(redactor, place_of(item), memory);
    redact_texts(redactor, config, config_texts, memory);
    redact_locations(redactor, config, memory);
    for (size_t i = 0; i < config->site_count; i++)
        redact_site(redactor, &config->sites[i], memory);
    for (size_t i = 0; i < config->pool_count; i++)
        redact_texts(redactor, &config->pools[i], pool_texts, memory);
    for (size_t i = 0; i < config->declaration_count; i++)
        redact_texts(redactor, &config->declarations[i], declaration_texts, memory);
    for (size_t i = 0; i < config->reference_count; i++)
        redact_texts(redactor, &config->references[i], reference_texts, memory);
}

const struct evidence_kind evidence_iis_config = {
    .name = "iis-config",
    .size = sizeof(struct iis_config_file),
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
