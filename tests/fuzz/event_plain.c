/* What is read as plain XML is well-formed by libxml2, too, and the same event. */
#include "diag/read/event_plain.h"
#include "diag/read/xml.h"
#include "tests/fuzz/xml_library.h"

#include <string.h>

static const struct event_wish nothing[] = {{NULL, 0}};

static void build_node(struct event_build *build, const struct xml_node *node)
{
    if (node->text) {
        event_build_text(build, node->text, strlen(node->text));
        return;
    }
    event_build_open(build, node->name, strlen(node->name));
    for (const struct xml_attribute *at = node->attributes; at; at = at->next)
        event_build_attribute(build, at->name, strlen(at->name), at->value, strlen(at->value));
    for (const struct xml_node *child = node->first; child; child = child->next)
        build_node(build, child);
    event_build_close(build);
}

static void check_equal(const struct windows_event *one, const struct windows_event *other)
{
    check(!one == !other);
    if (!one)
        return;
    check(strcmp(one->provider, other->provider) == 0 && one->id == other->id &&
          one->qualifiers == other->qualifiers && one->level == other->level &&
          one->time == other->time && one->record == other->record &&
          strcmp(one->channel, other->channel) == 0 &&
          strcmp(one->computer, other->computer) == 0 && strcmp(one->binary, other->binary) == 0);
    check(one->string_count == other->string_count);
    for (size_t i = 0; i < one->string_count; i++)
        check(strcmp(one->strings[i], other->strings[i]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct event_build plain, whole;
    struct arena arena = {0};
    const struct xml_node *root;
    struct xml_problem problem;

    event_build_init(&plain, nothing);
    event_build_init(&whole, nothing);
    event_build_begin(&plain);
    event_build_begin(&whole);
    if (event_plain_read(&plain, text, size)) {
        check(xml_parse(library(), text, size, &arena, &root, &problem) == STATUS_OK);
        build_node(&whole, root);
        check_equal(event_build_end(&plain), event_build_end(&whole));
    }
    arena_release(&arena);
    event_build_release(&plain);
    event_build_release(&whole);
    return 0;
}
