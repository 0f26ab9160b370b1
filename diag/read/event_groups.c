#include "diag/read/event_groups.h"

#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { CHAINS = 1024, TEXTS = 9, NOBODY = EVENT_GROUPS_MOST };

#define HOUR (INT64_C(60) * 60 * 1000)

struct kept {
    struct event_group group;
    uint64_t hash, number; /* in the order in which they came */
    bool is_by_password;
    size_t next; /* in the chain of its hash; NOBODY ends it */
};

struct event_groups {
    struct kept kept[EVENT_GROUPS_MOST];
    size_t count;
    size_t chains[CHAINS];
    size_t hand; /* before it nobody gives way any more */
    uint64_t number;
    bool more;
    struct arena memory; /* of texts: those of who gave way are in it, at most as many again */
};

struct event_groups *event_groups_new(void)
{
    struct event_groups *groups = memory_new(1, sizeof *groups);

    for (size_t i = 0; i < CHAINS; i++)
        groups->chains[i] = NOBODY;
    return groups;
}

/* ---- finding ---- */

/* What two events have in common that are alike, each text with its size. */
struct likeness {
    const char *texts[TEXTS];
    size_t sizes[TEXTS];
};

static void likeness_of(const struct mail_event *event, const char *computer, struct likeness *out)
{
    const char *texts[TEXTS] = {event->host,      event->error,     event->command,
                                event->connector, event->mechanism, event->address,
                                event->target,    computer,         event->reply};

    for (size_t i = 0; i < TEXTS; i++) {
        out->texts[i] = texts[i];
        out->sizes[i] = strlen(texts[i]);
    }
    out->sizes[TEXTS - 1] = mail_event_codes(event->reply);
}

static uint64_t hash_of(enum mail_event_kind kind, const struct likeness *likeness)
{
    const uint64_t prime = UINT64_C(0x100000001b3);
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)kind;

    for (size_t i = 0; i < TEXTS; i++) {
        for (size_t j = 0; j < likeness->sizes[i]; j++)
            hash = (hash ^ (unsigned char)text_lower(likeness->texts[i][j])) * prime;
        hash = (hash ^ 0x100) * prime;
    }
    return hash ^ hash >> 32;
}

static bool is_alike(const struct event_group *group, enum mail_event_kind kind,
                     const struct likeness *likeness)
{
    struct likeness other;

    if (group->event.kind != kind)
        return false;
    likeness_of(&group->event, group->computer, &other);
    for (size_t i = 0; i < TEXTS; i++) {
        if (!text_equal_fold_sized(likeness->texts[i], likeness->sizes[i], other.texts[i],
                                   other.sizes[i]))
            return false;
    }
    return true;
}

static struct kept *find(struct event_groups *groups, uint64_t hash, enum mail_event_kind kind,
                         const struct likeness *likeness)
{
    for (size_t i = groups->chains[hash % CHAINS]; i != NOBODY; i = groups->kept[i].next) {
        struct kept *kept = &groups->kept[i];

        if (kept->hash == hash && is_alike(&kept->group, kind, likeness))
            return kept;
    }
    return NULL;
}

/* ---- room ---- */

static bool is_by_password(const struct mail_event *event)
{
    return event->kind == MAIL_EVENT_INBOUND_FAILED &&
           !text_equal_fold(event->mechanism, "Gssapi") &&
           !text_equal_fold(event->mechanism, "ExchangeAuth");
}

static void leave_chain(struct event_groups *groups, size_t index)
{
    size_t *link = &groups->chains[groups->kept[index].hash % CHAINS];

    while (*link != index)
        link = &groups->kept[*link].next;
    *link = groups->kept[index].next;
}

/* Where a new group may stand; NOBODY if there is no room for it. */
static size_t place_for(struct event_groups *groups, const struct mail_event *event)
{
    if (groups->count < EVENT_GROUPS_MOST)
        return groups->count++;
    groups->more = true;
    if (is_by_password(event))
        return NOBODY;
    while (groups->hand < EVENT_GROUPS_MOST && !groups->kept[groups->hand].is_by_password)
        groups->hand++;
    if (groups->hand < EVENT_GROUPS_MOST)
        leave_chain(groups, groups->hand);
    return groups->hand;
}

static void copy_texts(const struct mail_event *from, struct arena *arena, struct mail_event *to)
{
    *to = (struct mail_event){.kind = from->kind,
                              .host = arena_copy_string(arena, from->host),
                              .error = arena_copy_string(arena, from->error),
                              .command = arena_copy_string(arena, from->command),
                              .reply = arena_copy_string(arena, from->reply),
                              .connector = arena_copy_string(arena, from->connector),
                              .mechanism = arena_copy_string(arena, from->mechanism),
                              .address = arena_copy_string(arena, from->address),
                              .target = arena_copy_string(arena, from->target)};
}

static struct kept *add_group(struct event_groups *groups, uint64_t hash,
                              const struct mail_event *event, const char *computer)
{
    size_t place = place_for(groups, event);
    struct kept *kept = &groups->kept[place];

    if (place == NOBODY)
        return NULL;
    *kept = (struct kept){.hash = hash,
                          .number = groups->number++,
                          .is_by_password = is_by_password(event),
                          .next = groups->chains[hash % CHAINS]};
    copy_texts(event, &groups->memory, &kept->group.event);
    kept->group.computer = arena_copy_string(&groups->memory, computer);
    groups->chains[hash % CHAINS] = place;
    return kept;
}

/* ---- counting ---- */

static void count_event(struct event_group *group, int64_t time)
{
    uint32_t *hour;

    group->count++;
    if (time <= 0)
        return;
    if (group->first == 0 || time < group->first)
        group->first = time;
    if (time > group->last)
        group->last = time;
    hour = &group->by_hour[time / HOUR % EVENT_HOURS];
    *hour += *hour < UINT32_MAX;
}

void event_groups_add(struct event_groups *groups, const struct mail_event *event,
                      const char *computer, int64_t time)
{
    struct likeness likeness;
    struct kept *kept;
    uint64_t hash;

    if (strlen(computer) > MAIL_EVENT_TEXT_MOST)
        computer = "";
    likeness_of(event, computer, &likeness);
    hash = hash_of(event->kind, &likeness);
    kept = find(groups, hash, event->kind, &likeness);
    if (!kept)
        kept = add_group(groups, hash, event, computer);
    if (kept)
        count_event(&kept->group, time);
}

/* ---- the whole ---- */

static int by_time(const void *one, const void *other)
{
    const struct kept *a = one, *b = other;

    if (a->group.first != b->group.first)
        return a->group.first < b->group.first ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

bool event_groups_end(struct event_groups *groups, struct arena *arena, struct event_group **out,
                      size_t *count)
{
    bool more = groups->more;

    qsort(groups->kept, groups->count, sizeof *groups->kept, by_time);
    *count = groups->count;
    *out = arena_new(arena, groups->count, sizeof **out);
    for (size_t i = 0; i < groups->count; i++) {
        const struct event_group *group = &groups->kept[i].group;

        (*out)[i] = *group;
        copy_texts(&group->event, arena, &(*out)[i].event);
        (*out)[i].computer = arena_copy_string(arena, group->computer);
    }
    arena_release(&groups->memory);
    free(groups);
    return more;
}
