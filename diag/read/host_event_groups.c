#include "diag/read/host_event_groups.h"

#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

struct host_event_groups {
    struct host_event_group list[HOST_EVENT_GROUPS_MOST];
    size_t count;
    size_t latest; /* found last: events of one kind come in rows */
    bool more;
    struct arena memory;
};

struct host_event_groups *host_event_groups_new(void)
{
    return memory_new(1, sizeof(struct host_event_groups));
}

static bool is_alike(const struct host_event_group *group, const struct host_event *event,
                     const char *computer)
{
    return group->event.kind == event->kind && text_equal_fold(group->event.file, event->file) &&
           text_equal_fold(group->event.error, event->error) &&
           text_equal_fold(group->event.pool, event->pool) &&
           text_equal_fold(group->event.feature, event->feature) &&
           text_equal_fold(group->computer, computer);
}

static struct host_event_group *find(struct host_event_groups *groups,
                                     const struct host_event *event, const char *computer)
{
    for (size_t i = 0; i < groups->count; i++) {
        size_t at = (groups->latest + i) % groups->count;

        if (is_alike(&groups->list[at], event, computer)) {
            groups->latest = at;
            return &groups->list[at];
        }
    }
    return NULL;
}

static void copy_group(const struct host_event_group *group, struct arena *arena,
                       struct host_event_group *out)
{
    *out = *group;
    out->event.file = arena_copy_string(arena, group->event.file);
    out->event.error = arena_copy_string(arena, group->event.error);
    out->event.pool = arena_copy_string(arena, group->event.pool);
    out->event.feature = arena_copy_string(arena, group->event.feature);
    out->computer = arena_copy_string(arena, group->computer);
}

void host_event_groups_add(struct host_event_groups *groups, const struct host_event *event,
                           const char *computer, int64_t time)
{
    struct host_event_group *group;

    if (strlen(computer) > HOST_EVENT_TEXT_MOST)
        computer = "";
    group = find(groups, event, computer);
    if (!group && groups->count == HOST_EVENT_GROUPS_MOST) {
        groups->more = true;
        return;
    }
    if (!group) {
        struct host_event_group made = {.event = *event, .computer = computer};

        groups->latest = groups->count;
        group = &groups->list[groups->count++];
        copy_group(&made, &groups->memory, group);
    }
    group->count++;
    if (time && (!group->first || time < group->first))
        group->first = time;
    if (time > group->last)
        group->last = time;
}

static int compare(const void *a, const void *b)
{
    const struct host_event_group *one = a, *other = b;

    if (one->first != other->first)
        return one->first < other->first ? -1 : 1;
    if (one->event.kind != other->event.kind)
        return one->event.kind < other->event.kind ? -1 : 1;
    if (strcmp(one->event.file, other->event.file) != 0)
        return strcmp(one->event.file, other->event.file);
    if (strcmp(one->event.pool, other->event.pool) != 0)
        return strcmp(one->event.pool, other->event.pool);
    return strcmp(one->computer, other->computer);
}

bool host_event_groups_end(struct host_event_groups *groups, struct arena *arena,
                           struct host_event_group **out, size_t *count)
{
    bool more = groups->more;

    *count = groups->count;
    *out = arena_new(arena, groups->count, sizeof **out);
    for (size_t i = 0; i < groups->count; i++)
        copy_group(&groups->list[i], arena, &(*out)[i]);
    if (*count > 0)
        qsort(*out, *count, sizeof **out, compare);
    arena_release(&groups->memory);
    free(groups);
    return more;
}
