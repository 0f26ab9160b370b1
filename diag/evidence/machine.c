#include "diag/evidence/machine.h"

#include "diag/evidence/file_question.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"
#include "diag/read/machine_path.h"

#include <string.h>

static const struct machine_identity *of(const struct evidence *item)
{
    return (const struct machine_identity *)item;
}

/* ---- the question ---- */

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "machine ");
    buffer_add_string(out, of(question)->path);
}

static void describe(const struct evidence *item, struct buffer *out)
{
    const char *name = machine_in_path(of(item)->path);

    if (!name)
        name = of(item)->path;
    buffer_add_string(out, *name ? name : "this machine");
}

/* ---- the observation ---- */

static const char *const roles[] = {
#define X(name, word, text) word,
    MACHINE_ROLE_LIST(X)
#undef X
};

static const char *const kinds_of_hardware[] = {
#define X(name, word, text) word,
    MACHINE_HARDWARE_LIST(X)
#undef X
};

static const char *const kinds_of_exchange[] = {
#define X(name, word, text) word,
    MACHINE_EXCHANGE_LIST(X)
#undef X
};

static const char *const memberships[] = {
#define X(name, word) word,
    MACHINE_MEMBERSHIP_LIST(X)
#undef X
};

static const char *const elevations[] = {
#define X(name, word) word,
    MACHINE_ELEVATION_LIST(X)
#undef X
};

/* Unknown ones, which are 0 everywhere, are not there. */
static void put_word(json_t *object, const char *name, const char *const *words, unsigned value)
{
    if (value > 0)
        json_put_text(object, name, words[value]);
}

static unsigned get_word(const json_t *object, const char *name, const char *const *words,
                         unsigned count)
{
    const char *text = json_get_text(object, name);

    for (unsigned i = 1; text && i < count; i++) {
        if (strcmp(text, words[i]) == 0)
            return i;
    }
    return 0;
}

#define TEXT_LIST(X)                                                                               \
    X(name)                                                                                        \
    X(netbios)                                                                                     \
    X(domain)                                                                                      \
    X(netbios_domain)                                                                              \
    X(forest)                                                                                      \
    X(workgroup)

#define FACT_LIST(X)                                                                               \
    X(product)                                                                                     \
    X(build)                                                                                       \
    X(host)                                                                                        \
    X(suffix)                                                                                      \
    X(netbios)                                                                                     \
    X(maker)                                                                                       \
    X(model)                                                                                       \
    X(hyper_v)

static void put_text(json_t *object, const char *name, const char *text)
{
    if (text)
        json_put_text(object, name, text);
}

static void save(const struct evidence *item, json_t *object)
{
    const struct machine_identity *machine = of(item);
    const struct machine_facts *facts = &machine->facts;
    json_t *registry = json_object();

    json_put_text(object, "path", machine->path);
#define X(name) put_text(object, #name, machine->name);
    TEXT_LIST(X)
#undef X
    put_word(object, "member_of", memberships, machine->membership);
    put_word(object, "role", roles, machine->role);
    put_word(object, "elevated", elevations, machine->elevation);
#define X(name) put_text(registry, #name, facts->name);
    FACT_LIST(X)
#undef X
    put_word(registry, "role", roles, facts->role);
    put_word(registry, "hardware", kinds_of_hardware, facts->hardware);
    put_word(registry, "exchange", kinds_of_exchange, facts->exchange);
    json_object_set_new(object, "registry", registry);
}

static const char *get_text(const json_t *object, const char *name, struct arena *memory)
{
    const char *text = json_copy_text(object, name, memory);

    return text && *text && strlen(text) <= MACHINE_TEXT_MOST ? text : NULL;
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct machine_identity *machine = (struct machine_identity *)item;
    struct machine_facts *facts = &machine->facts;
    struct arena *memory = &item->memory;
    const json_t *registry = json_object_get(object, "registry");

    machine->path = json_copy_text(object, "path", memory);
    if (!machine->path)
        return STATUS_MALFORMED;
#define X(name) machine->name = get_text(object, #name, memory);
    TEXT_LIST(X)
#undef X
#define X(name) facts->name = get_text(registry, #name, memory);
    FACT_LIST(X)
#undef X
    machine->membership = get_word(object, "member_of", memberships, MACHINE_MEMBERSHIP_COUNT);
    machine->role = get_word(object, "role", roles, MACHINE_ROLE_COUNT);
    machine->elevation = get_word(object, "elevated", elevations, MACHINE_ELEVATION_COUNT);
    facts->role = get_word(registry, "role", roles, MACHINE_ROLE_COUNT);
    facts->hardware = get_word(registry, "hardware", kinds_of_hardware, MACHINE_HARDWARE_COUNT);
    facts->exchange = get_word(registry, "exchange", kinds_of_exchange, MACHINE_EXCHANGE_COUNT);
    return STATUS_OK;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct machine_identity *machine = (struct machine_identity *)item;
    struct machine_facts *facts = &machine->facts;
    struct arena *memory = &item->memory;

    machine->path = redact_path_copy(redactor, machine->path, memory);
#define X(name) machine->name = redact_name_copy(redactor, machine->name, memory);
    TEXT_LIST(X)
#undef X
    facts->host = redact_name_copy(redactor, facts->host, memory);
    facts->suffix = redact_name_copy(redactor, facts->suffix, memory);
    facts->netbios = redact_name_copy(redactor, facts->netbios, memory);
    facts->hyper_v = redact_name_copy(redactor, facts->hyper_v, memory);
}

const struct evidence_kind evidence_machine = {
    .name = "machine",
    .size = sizeof(struct machine_identity),
    .is_of_file = true,
    FILE_QUESTION(struct machine_identity),
    .write_key = write_key,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
