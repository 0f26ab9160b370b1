#include "diag/gather/registry_source.h"

#include "diag/gather/text_lines.h"
#include "diag/read/registry_query.h"

bool registry_source_is_file(const struct text_file *text)
{
    return text_file_type(text) == FILE_TYPE_REGISTRY ||
           text_file_type(text) == FILE_TYPE_REGISTRY_QUERY;
}

static void take_line(void *reader, const char *line, size_t size)
{
    registry_text_add(reader, line, size);
}

static void take_query_line(void *reader, const char *line, size_t size)
{
    struct buffer export;

    buffer_init(&export, 4 * (size_t)REGISTRY_VALUE_MOST);
    if (registry_query_line(line, size, &export) && !export.truncated)
        registry_text_add(reader, export.text, export.size);
    buffer_release(&export);
}

void registry_source_lines(struct text_file *text, struct registry_text *reader)
{
    enum { LINE_MOST = 8 * REGISTRY_VALUE_MOST };
    bool is_query = text_file_type(text) == FILE_TYPE_REGISTRY_QUERY;

    if (is_query)
        registry_text_in_parts(reader);
    text_lines(text, LINE_MOST, is_query ? take_query_line : take_line, reader);
}

void registry_source_take(void *reader, const char *key, const char *name, uint32_t type,
                          const void *bytes, size_t size)
{
    struct arena memory = {0};

    registry_text_take(reader, arena_print(&memory, REGISTRY_MACHINE "%s", key), name, type, bytes,
                       size);
    arena_release(&memory);
}

const char *registry_source_text(const struct registry_export *export, const char *key,
                                 const char *name)
{
    const struct registry_value *value = registry_find(export, key, name);

    return value && value->text && *value->text ? value->text : NULL;
}

const char *registry_source_computer(const struct registry_export *export, struct arena *arena)
{
    const char *host = registry_source_text(export, REGISTRY_HOST, "Hostname");
    const char *domain = registry_source_text(export, REGISTRY_HOST, "Domain");

    if (host && domain)
        return arena_print(arena, "%s.%s", host, domain);
    if (!host)
        host = registry_source_text(export, REGISTRY_ACTIVE_NAME, "ComputerName");
    if (!host)
        host = registry_source_text(export, REGISTRY_NAME, "ComputerName");
    return host ? arena_copy_string(arena, host) : NULL;
}
