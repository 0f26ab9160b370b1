#include "diag/evidence/registry_value.h"

#include "diag/json.h"

#include <string.h>

static bool is_number(uint32_t type)
{
    return type == REGISTRY_DWORD || type == REGISTRY_QWORD;
}

static bool is_text(uint32_t type)
{
    return type == REGISTRY_SZ || type == REGISTRY_EXPAND_SZ;
}

/* ---- saving ---- */

static json_t *from_list(const struct registry_value *value)
{
    json_t *array = json_array();

    for (size_t i = 0; i < value->list_count; i++)
        json_array_append_new(array, json_from_bytes(value->list[i], strlen(value->list[i])));
    return array;
}

/* Numbers of 64 bits as jansson has them: those from 2^63 on are negative. */
json_t *registry_value_to_json(const struct registry_value *value)
{
    json_t *object = json_object();

    json_put_text(object, "name", value->name);
    json_put_number(object, "type", value->type);
    if (is_number(value->type))
        json_put_number(object, "number", value->number);
    else if (is_text(value->type))
        json_put_text(object, "text", value->text);
    else if (value->type == REGISTRY_MULTI_SZ)
        json_object_set_new(object, "list", from_list(value));
    else
        json_object_set_new(
            object, "bytes",
            json_from_bytes(value->size ? (const char *)value->bytes : "", value->size));
    if (value->line)
        json_put_number(object, "line", value->line);
    return object;
}

/* ---- loading ---- */

static void load_list(const json_t *array, struct arena *arena, struct registry_value *value)
{
    enum { MOST = REGISTRY_VALUE_MOST / 4 }; /* a character each, and its end */
    size_t size = json_array_size(array);
    const char **list;

    if (size > MOST)
        size = MOST;
    list = arena_new(arena, size, sizeof *list);
    value->list = list;
    for (size_t i = 0; i < size; i++) {
        const char *text;
        size_t text_size;

        if (json_to_bytes(json_array_get(array, i), arena, &text, &text_size))
            list[value->list_count++] = text;
    }
}

static bool load_bytes(const json_t *value_of, struct arena *arena, struct registry_value *value)
{
    const char *bytes = NULL;

    if (!json_to_bytes(value_of, arena, &bytes, &value->size) || value->size > REGISTRY_VALUE_MOST)
        return false;
    value->bytes = (const unsigned char *)bytes;
    return true;
}

static bool load_data(const json_t *object, struct arena *arena, struct registry_value *value)
{
    if (is_number(value->type)) {
        value->number = (uint64_t)json_integer_value(json_object_get(object, "number"));
        return value->type == REGISTRY_QWORD || value->number <= UINT32_MAX;
    }
    if (is_text(value->type)) {
        value->text = json_copy_text(object, "text", arena);
        return value->text && strlen(value->text) <= 2 * (size_t)REGISTRY_VALUE_MOST;
    }
    if (value->type != REGISTRY_MULTI_SZ)
        return load_bytes(json_object_get(object, "bytes"), arena, value);
    load_list(json_object_get(object, "list"), arena, value);
    return true;
}

bool registry_value_from_json(const json_t *object, struct arena *arena,
                              struct registry_value *value)
{
    *value = (struct registry_value){
        .name = json_copy_text(object, "name", arena),
        .type = (uint32_t)json_get_number(object, "type", UINT32_MAX, REGISTRY_NONE),
        .line = json_get_number(object, "line", INT64_MAX, 0),
    };
    return value->name && load_data(object, arena, value);
}
