#include "diag/evidence/directory.h"

#include "diag/evidence/directory_entry.h"
#include "diag/evidence/directory_redact.h"
#include "diag/json.h"
#include "diag/text.h"

#include <string.h>

enum {
    LIFETIME = 600, /* seconds */
    RESULT_MOST = 1 << 20,
    TOLD_MOST = 120 /* bytes of a filter or base that a person reads */
};

static const struct {
    const char *word;
    const char *text;
} scopes[DIRECTORY_SCOPE_COUNT] = {
#define X(name, word, text) [DIRECTORY_##name] = {word, text},
    DIRECTORY_SCOPE_LIST(X)
#undef X
};

static const struct {
    const char *word;
    const char *text;
} identities[DIRECTORY_IDENTITY_COUNT] = {
#define X(name, word, text) [DIRECTORY_AS_##name] = {word, text},
    DIRECTORY_IDENTITY_LIST(X)
#undef X
};

static const struct directory_answer *of(const struct evidence *item)
{
    return (const struct directory_answer *)item;
}

/* ---- what was found ---- */

const struct directory_attribute *directory_attribute_of(const struct directory_entry *entry,
                                                         const char *name)
{
    for (size_t i = 0; i < entry->attribute_count; i++) {
        if (text_equal_fold(entry->attributes[i].name, name))
            return &entry->attributes[i];
    }
    return NULL;
}

const char *directory_text_of(const struct directory_entry *entry, const char *name)
{
    const struct directory_attribute *attribute = directory_attribute_of(entry, name);
    const struct directory_value *value;

    if (!attribute || attribute->value_count == 0)
        return NULL;
    value = &attribute->values[0];
    return !memchr(value->bytes, '\0', value->size) && text_is_utf8(value->bytes, value->size)
               ? value->bytes
               : NULL;
}

/* ---- the question ---- */

static void write_key(const struct evidence *item, struct buffer *out)
{
    const struct directory_answer *answer = of(item);
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&answer->address, 0, text);
    buffer_print(out, "directory %s%s %s %zu:%s %s for %s", text,
                 answer->tls_at_once ? " with TLS" : "", scopes[answer->scope].word,
                 strlen(answer->base), answer->base, answer->filter, answer->attributes);
}

static void add_beginning(const char *text, size_t size, struct buffer *out)
{
    size_t told = 0;

    while (told < size && told < TOLD_MOST)
        told += text_next(text + told, size - told);
    buffer_add(out, text, told);
    if (told < size)
        buffer_add_string(out, "...");
}

/* "(cn=alice)" in a filter, not "(|": values have their parentheses escaped (RFC 4515 3). */
static const char *next_condition(const char *filter)
{
    while ((filter = strchr(filter, '(')) && strchr("&|!", filter[1]))
        filter++;
    return filter;
}

static void describe_filter(const char *filter, struct buffer *out)
{
    const char *first = next_condition(filter);
    size_t count = 0, size;

    for (const char *at = first; at; at = next_condition(at + 1))
        count++;
    if (strlen(filter) <= TOLD_MOST || count < 2) {
        add_beginning(filter, strlen(filter), out);
        return;
    }
    buffer_print(out, "%zu conditions from ", count);
    size = strcspn(first, ")");
    add_beginning(first, size + (first[size] == ')'), out);
    buffer_add_string(out, " on");
}

static void describe_place(const struct directory_answer *answer, struct buffer *out)
{
    if (*answer->base) {
        buffer_print(out, "%s '", scopes[answer->scope].text);
        add_beginning(answer->base, strlen(answer->base), out);
        buffer_add_char(out, '\'');
    } else {
        buffer_add_string(out, answer->scope == DIRECTORY_BASE ? "rootDSE" : "whole forest");
    }
}

/* As whom it is asked is known once it was. */
static void describe(const struct evidence *item, struct buffer *out)
{
    const struct directory_answer *answer = of(item);
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&answer->address, 0, text);
    buffer_print(out, "directory %s%s: ", text, answer->tls_at_once ? " with TLS" : "");
    describe_place(answer, out);
    if (answer->scope != DIRECTORY_BASE) {
        buffer_add_string(out, ", ");
        describe_filter(answer->filter, out);
    }
    if (item->settled)
        buffer_print(out, ", %s", identities[answer->identity].text);
}

static const char *copy_text(struct arena *arena, const char *text)
{
    return text ? arena_copy_string(arena, text) : NULL;
}

static void copy_question(struct evidence *item, const struct evidence *question)
{
    struct directory_answer *answer = (struct directory_answer *)item;
    struct arena *arena = &item->memory;

    answer->address = of(question)->address;
    answer->tls_at_once = of(question)->tls_at_once;
    answer->host = copy_text(arena, of(question)->host);
    answer->base = arena_copy_string(arena, of(question)->base);
    answer->scope = of(question)->scope;
    answer->filter = arena_copy_string(arena, of(question)->filter);
    answer->attributes = arena_copy_string(arena, of(question)->attributes);
}

static bool is_answer_to(const struct evidence *item, const struct evidence *question)
{
    const struct directory_answer *one = of(item), *other = of(question);

    return net_address_equal(&one->address, &other->address) &&
           one->tls_at_once == other->tls_at_once && one->scope == other->scope &&
           strcmp(one->base, other->base) == 0 && strcmp(one->filter, other->filter) == 0 &&
           strcmp(one->attributes, other->attributes) == 0;
}

static uint32_t lifetime(const struct evidence *item)
{
    bool was_cut_short = item->status == STATUS_LIMIT || item->status == STATUS_CANCELLED;

    return was_cut_short ? 0 : LIFETIME;
}

/* ---- in evidence files ---- */

static json_t *save_entries(const struct directory_answer *answer)
{
    json_t *list = json_array();

    for (size_t i = 0; i < answer->entry_count; i++)
        json_array_append_new(list, directory_entry_to_json(&answer->entries[i]));
    return list;
}

static json_t *save_referrals(const struct directory_answer *answer)
{
    json_t *list = json_array();

    for (size_t i = 0; i < answer->referral_count; i++) {
        const char *url = answer->referrals[i];

        json_array_append_new(list, json_from_bytes(url, strlen(url)));
    }
    return list;
}

static void put_text(json_t *object, const char *name, const char *text)
{
    if (text)
        json_object_set_new(object, name, json_from_bytes(text, strlen(text)));
}

static void save(const struct evidence *item, json_t *object)
{
    const struct directory_answer *answer = of(item);
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&answer->address, 0, text);
    json_put_text(object, "address", text);
    if (answer->tls_at_once)
        json_put_bool(object, "tls_at_once", true);
    put_text(object, "host", answer->host);
    put_text(object, "base", answer->base);
    json_put_text(object, "scope", scopes[answer->scope].word);
    put_text(object, "filter", answer->filter);
    put_text(object, "attributes", answer->attributes);
    json_put_text(object, "identity", identities[answer->identity].word);
    if (answer->result)
        json_put_number(object, "result", (uint64_t)answer->result);
    put_text(object, "diagnostic", answer->diagnostic);
    json_object_set_new(object, "entries", save_entries(answer));
    if (answer->referral_count > 0)
        json_object_set_new(object, "referrals", save_referrals(answer));
    if (answer->more)
        json_put_bool(object, "more", true);
}

static void load_entries(struct directory_answer *answer, const json_t *list, struct arena *arena)
{
    size_t count = json_array_size(list);
    struct directory_entry *entries;

    if (count > DIRECTORY_ENTRIES_MOST) {
        count = DIRECTORY_ENTRIES_MOST;
        answer->more = true;
    }
    entries = arena_new(arena, count, sizeof *entries);
    answer->entries = entries;
    for (size_t i = 0; i < count; i++) {
        answer->entry_count += directory_entry_from_json(json_array_get(list, i), arena,
                                                         &entries[answer->entry_count]);
    }
}

static void load_referrals(struct directory_answer *answer, const json_t *list, struct arena *arena)
{
    size_t count = json_array_size(list);
    const char **referrals = arena_new(arena, count, sizeof *referrals);

    answer->referrals = referrals;
    for (size_t i = 0; i < count; i++) {
        size_t size;

        answer->referral_count += json_to_bytes(json_array_get(list, i), arena,
                                                &referrals[answer->referral_count], &size);
    }
}

static unsigned scope_of(const char *word)
{
    unsigned scope = 0;

    while (scope < DIRECTORY_SCOPE_COUNT && strcmp(scopes[scope].word, word) != 0)
        scope++;
    return scope;
}

/* What this version does not know is anonymous: nobody's word counts for more. */
static enum directory_identity identity_of(const char *word)
{
    for (unsigned i = 0; word && i < DIRECTORY_IDENTITY_COUNT; i++) {
        if (strcmp(identities[i].word, word) == 0)
            return (enum directory_identity)i;
    }
    return DIRECTORY_AS_ANONYMOUS;
}

static enum status load_question(struct directory_answer *answer, const json_t *object,
                                 struct arena *arena)
{
    const char *address = json_get_text(object, "address"), *scope = json_get_text(object, "scope");

    if (!address || !scope)
        return STATUS_MALFORMED;
    if (net_address_parse(address, 0, &answer->address) != STATUS_OK || answer->address.port == 0)
        return STATUS_MALFORMED;
    answer->scope = (enum directory_scope)scope_of(scope);
    if (answer->scope == DIRECTORY_SCOPE_COUNT)
        return STATUS_NOT_SUPPORTED;
    answer->tls_at_once = json_get_bool(object, "tls_at_once");
    answer->host = json_copy_text(object, "host", arena);
    answer->base = json_copy_text(object, "base", arena);
    answer->filter = json_copy_text(object, "filter", arena);
    answer->attributes = json_copy_text(object, "attributes", arena);
    return answer->base && answer->filter && answer->attributes ? STATUS_OK : STATUS_MALFORMED;
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct directory_answer *answer = (struct directory_answer *)item;
    struct arena *arena = &item->memory;
    enum status status = load_question(answer, object, arena);

    if (status != STATUS_OK)
        return status;
    answer->identity = identity_of(json_get_text(object, "identity"));
    answer->result = (int)json_get_number(object, "result", RESULT_MOST, 0);
    answer->diagnostic = json_copy_text(object, "diagnostic", arena);
    answer->more = json_get_bool(object, "more");
    load_entries(answer, json_object_get(object, "entries"), arena);
    load_referrals(answer, json_object_get(object, "referrals"), arena);
    return STATUS_OK;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    directory_redact((struct directory_answer *)item, redactor);
}

const struct evidence_kind evidence_directory = {
    .name = "directory",
    .size = sizeof(struct directory_answer),
    .write_key = write_key,
    .copy_question = copy_question,
    .is_answer_to = is_answer_to,
    .lifetime = lifetime,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
