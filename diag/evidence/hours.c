#include "diag/evidence/hours.h"

#include "diag/json.h"

void hours_save(json_t *object, const char *name, const uint32_t *hours)
{
    json_t *list = json_array();
    uint32_t any = 0;

    for (size_t i = 0; i < HOURS; i++) {
        json_array_append_new(list, json_integer(hours[i]));
        any |= hours[i];
    }
    if (any)
        json_object_set_new(object, name, list);
    else
        json_decref(list);
}

void hours_load(const json_t *object, const char *name, uint32_t *hours)
{
    const json_t *list = json_object_get(object, name);

    for (size_t i = 0; i < HOURS; i++) {
        json_int_t number = json_integer_value(json_array_get(list, i));

        hours[i] = number > 0 && number <= UINT32_MAX ? (uint32_t)number : 0;
    }
}
