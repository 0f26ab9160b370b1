#include "diag/evidence/directory_entry.h"

#include "diag/json.h"

#include <string.h>

static json_t *save_values(const struct directory_attribute *attribute)
{
    json_t *list = json_array();

    for (size_t i = 0; i < attribute->value_count; i++) {
        const struct directory_value *value = &attribute->values[i];

        json_array_append_new(list, json_from_bytes(value->bytes, value->size));
    }
    return list;
}

json_t *directory_entry_to_json(const struct directory_entry *entry)
{
    json_t *object = json_object(), *attributes = json_array();

    json_object_set_new(object, "dn", json_from_bytes(entry->dn, strlen(entry->dn)));
    for (size_t i = 0; i < entry->attribute_count; i++) {
        const struct directory_attribute *attribute = &entry->attributes[i];
        json_t *one = json_object();

        json_object_set_new(one, "name", json_from_bytes(attribute->name, strlen(attribute->name)));
        json_object_set_new(one, "values", save_values(attribute));
        json_array_append_new(attributes, one);
    }
    json_object_set_new(object, "attributes", attributes);
    return object;
}

static bool load_attribute(const json_t *object, struct arena *arena,
                           struct directory_attribute *attribute)
{
    const json_t *list = json_object_get(object, "values");
    size_t count = json_array_size(list);
    struct directory_value *values = arena_new(arena, count, sizeof *values);

    attribute->name = json_copy_text(object, "name", arena);
    attribute->values = values;
    for (size_t i = 0; i < count; i++) {
        struct directory_value *value = &values[attribute->value_count];

        attribute->value_count +=
            json_to_bytes(json_array_get(list, i), arena, &value->bytes, &value->size);
    }
    return attribute->name != NULL;
}

bool directory_entry_from_json(const json_t *object, struct arena *arena,
                               struct directory_entry *entry)
{
    const json_t *list = json_object_get(object, "attributes");
    size_t count = json_array_size(list);
    struct directory_attribute *attributes = arena_new(arena, count, sizeof *attributes);

    *entry = (struct directory_entry){.dn = json_copy_text(object, "dn", arena),
                                      .attributes = attributes};
    for (size_t i = 0; i < count; i++) {
        struct directory_attribute *attribute = &attributes[entry->attribute_count];

        *attribute = (struct directory_attribute){0};
        entry->attribute_count += load_attribute(json_array_get(list, i), arena, attribute);
    }
    return entry->dn != NULL;
}
