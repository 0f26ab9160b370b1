/* An event that is passed by unparsed is none that is wished for, by what libxml2 makes of it. */
#include "diag/read/event_glance.h"
#include "tests/fuzz/xml_library.h"

#include <stdlib.h>
#include <string.h>

static const struct event_wish wishes[] = {{"P", 7}, {"All", 0}, {NULL, 0}};

/* The event's first provider and id must be there, and as they were seen. */
static void check_event(const struct xml_node *root)
{
    const struct xml_node *system = xml_child(root, "System"), *provider, *id;
    struct windows_event event = {0};
    struct buffer text;

    check(system != NULL);
    provider = xml_child(system, "Provider");
    id = xml_child(system, "EventID");
    check(provider != NULL && id != NULL && xml_value(provider, "Name") != NULL);
    buffer_init(&text, 64);
    xml_add_text(id, &text);
    event.provider = xml_value(provider, "Name");
    event.id = (uint32_t)strtoul(text.text, NULL, 10);
    check(!event_is_wished(wishes, &event));
    buffer_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const struct xml_node *root;
    struct xml_problem problem;
    struct arena arena = {0};
    int64_t time;

    if (event_glance_is_unwished(wishes, text, size, &time) &&
        xml_parse(library(), text, size, &arena, &root, &problem) == STATUS_OK)
        check_event(root);
    arena_release(&arena);
    return 0;
}
