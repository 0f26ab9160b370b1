/* Any lines are bounded values of one type each, all of them at keys that are wanted. */
#include "diag/read/registry_text.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void add_lines(struct registry_text *reader, const uint8_t *data, size_t size)
{
    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t line = end ? (size_t)(end - data) : size;
        char *copy = malloc(line ? line : 1);

        check(copy != NULL);
        memcpy(copy, data, line);
        registry_text_add(reader, copy, line);
        free(copy);
        line += end != NULL;
        data += line;
        size -= line;
    }
}

static void check_text(const char *text)
{
    check(text_is_utf8(text, strlen(text)));
}

static void check_value(const struct registry_export *export, const struct registry_value *value)
{
    const struct registry_value *found = registry_find(export, value->key, value->name);

    check_text(value->name);
    check_text(value->key);
    check(found && found <= value);
    check(text_starts_fold(value->key, strlen(value->key), "HKEY_LOCAL_MACHINE") ||
          text_starts_fold(value->key, strlen(value->key), "HKLM"));
    check(!value->text || value->type == REGISTRY_SZ || value->type == REGISTRY_EXPAND_SZ);
    check(value->size <= REGISTRY_VALUE_MOST && value->line > 0);
    check(value->number <= UINT32_MAX || value->type == REGISTRY_QWORD);
    if (value->text)
        check_text(value->text);
    for (size_t i = 0; i < value->list_count; i++)
        check_text(value->list[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const wanted[] = {"HKLM", NULL};
    struct registry_text *reader = registry_text_new(wanted);
    struct registry_export out;
    struct arena arena = {0};

    add_lines(reader, data, size);
    registry_text_end(reader, &arena, &out);
    check(out.count <= REGISTRY_VALUES_MOST && out.count <= size && out.keys <= size);
    for (size_t i = 0; i < out.count && i < 64; i++)
        check_value(&out, &out.values[i]);
    arena_release(&arena);
    return 0;
}
