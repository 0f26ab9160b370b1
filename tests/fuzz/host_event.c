/* Events of any data: what is read has the texts of its kind, bounded. Lines are strings. */
#include "diag/read/host_event_groups.h"
#include "diag/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_event(const struct host_event *event)
{
    const char *texts[] = {event->file, event->error, event->pool, event->feature};

    check(event->kind < HOST_EVENT_KIND_COUNT);
    check(*event->file || *event->pool || *event->feature);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check(strlen(texts[i]) <= HOST_EVENT_TEXT_MOST);
}

static void fill(struct windows_event *event, char *text)
{
    while (text && event->string_count < 4) {
        char *end = strchr(text, '\n');

        if (end)
            *end++ = '\0';
        event->strings[event->string_count++] = text;
        text = end;
    }
    event->binary = text ? text : "";
}

/* The first byte says which event it is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct host_event_groups *groups = host_event_groups_new();
    unsigned kind = size ? data[0] % HOST_EVENT_KIND_COUNT : 0;
    struct windows_event event = {.provider = host_event_wishes[kind].provider,
                                  .id = host_event_wishes[kind].id,
                                  .channel = "",
                                  .computer = "EX01"};
    struct arena arena = {0};
    char *text = size > 1 ? arena_copy(&arena, data + 1, size - 1) : NULL;
    struct host_event_group *list;
    struct host_event read;
    size_t count;

    fill(&event, text);
    if (host_event_read(&event, &arena, &read)) {
        check_event(&read);
        host_event_groups_add(groups, &read, event.computer, 1);
        host_event_groups_add(groups, &read, event.computer, 2);
    }
    check(!host_event_groups_end(groups, &arena, &list, &count) && count <= 1);
    check(count == 0 || list->count == 2);
    arena_release(&arena);
    return 0;
}
