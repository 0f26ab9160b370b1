#include "diag/picture.h"

#include <string.h>

enum { OVERSHOOT = 64 /* so small a part behind the last stop needs no further one */ };

const char *picture_standing_word(enum picture_standing standing)
{
    static const char *const words[] = {
#define X(name, word) [PICTURE_##name] = word,
        PICTURE_STANDING_LIST(X)
#undef X
    };

    return words[standing];
}

const char *timeline_phase_word(enum timeline_phase_kind kind)
{
    static const char *const words[] = {
#define X(name, word) [TIMELINE_##name] = word,
        TIMELINE_PHASE_LIST(X)
#undef X
    };

    return words[kind];
}

struct end_words {
    const char *word, *shown;
};

static const struct end_words ends[] = {
#define X(name, word, shown) [TIMELINE_END_##name] = {word, shown},
    TIMELINE_END_LIST(X)
#undef X
};

const char *timeline_end_word(enum timeline_end end)
{
    return ends[end].word;
}

const char *timeline_end_shown(enum timeline_end end)
{
    return ends[end].shown;
}

/* ---- trees: which nodes to keep ---- */

struct choosing {
    struct tree_node *nodes;
    size_t *parents; /* of the root: itself */
    bool *kept;
    size_t count;
    size_t room; /* for so many more */
};

/* Levels without gaps, one root, and whose each node is. */
static void settle_levels(struct choosing *all)
{
    size_t path[TREE_LEVELS_MOST] = {0};

    all->nodes[0].level = 0;
    for (size_t i = 1; i < all->count; i++) {
        unsigned most = all->nodes[i - 1].level + 1, *level = &all->nodes[i].level;

        if (*level > most)
            *level = most;
        if (*level >= TREE_LEVELS_MOST)
            *level = TREE_LEVELS_MOST - 1;
        if (*level == 0)
            *level = 1;
        all->parents[i] = path[*level - 1];
        path[*level] = i;
    }
}

/* With all above it, or not at all. */
static void keep(struct choosing *all, size_t index)
{
    size_t needed = 0;

    for (size_t i = index; !all->kept[i]; i = all->parents[i])
        needed++;
    if (needed > all->room)
        return;
    all->room -= needed;
    for (size_t i = index; !all->kept[i]; i = all->parents[i])
        all->kept[i] = true;
}

static void keep_standing(struct choosing *all, enum picture_standing standing)
{
    for (size_t i = 0; i < all->count && all->room > 0; i++) {
        if (all->nodes[i].standing == standing)
            keep(all, i);
    }
}

static void choose(struct choosing *all, unsigned limit)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->nodes[i].number == limit + 1)
            keep(all, i);
    }
    keep_standing(all, PICTURE_WRONG);
    keep_standing(all, PICTURE_DOUBTFUL);
    for (unsigned level = 1; level < TREE_LEVELS_MOST; level++) {
        for (size_t i = 0; i < all->count && all->room > 0; i++) {
            if (all->nodes[i].level == level && all->kept[all->parents[i]])
                keep(all, i);
        }
    }
}

static void count_left_out(struct choosing *all)
{
    for (size_t i = 0; i < all->count; i++) {
        size_t above = i;

        while (!all->kept[above])
            above = all->parents[above];
        if (above != i)
            all->nodes[above].left_out += 1 + all->nodes[i].left_out;
    }
}

void tree_arrange(const struct tree_kind *kind, const struct tree_node *nodes, size_t count,
                  size_t most, unsigned total, struct arena *arena, struct tree *out)
{
    struct choosing all = {.count = count};
    size_t filled = 0;

    *out = (struct tree){.kind = kind, .total = total};
    if (count == 0)
        return;
    all.nodes = arena_new(arena, count, sizeof *all.nodes);
    all.parents = arena_new(arena, count, sizeof *all.parents);
    all.kept = arena_new(arena, count, sizeof *all.kept);
    memcpy(all.nodes, nodes, count * sizeof *nodes);
    settle_levels(&all);
    all.kept[0] = true;
    all.room = most - 1;
    choose(&all, kind->most);
    count_left_out(&all);
    for (size_t i = 0; i < count; i++) {
        if (all.kept[i])
            all.nodes[filled++] = all.nodes[i];
    }
    out->nodes = all.nodes;
    out->count = filled;
}

bool tree_breaks_at(const struct tree *tree, size_t index)
{
    return tree->nodes[index].number == tree->kind->most + 1;
}

/* ---- timelines ---- */

int64_t timeline_end_of(const struct timeline_row *row)
{
    return row->phase_count ? row->phases[row->phase_count - 1].to : 0;
}

static struct timeline_row settled(const struct timeline_row *row)
{
    struct timeline_row out = *row;
    int64_t at = 0;

    if (out.phase_count > TIMELINE_PHASES_MOST)
        out.phase_count = TIMELINE_PHASES_MOST;
    for (size_t i = 0; i < out.phase_count; i++) {
        struct timeline_phase *phase = &out.phases[i];

        phase->from = at;
        phase->to = phase->to > at ? phase->to : at;
        at = phase->to;
    }
    return out;
}

/* How many rows of each standing to keep: the worst of them first. Gives their sum. */
static size_t share_out(const struct timeline_row *rows, size_t count, size_t room, size_t counts[])
{
    size_t kept = 0;

    for (size_t i = 0; i < PICTURE_STANDING_COUNT; i++)
        counts[i] = 0;
    for (size_t i = 0; i < count; i++)
        counts[rows[i].standing]++;
    for (size_t i = 0; i < PICTURE_STANDING_COUNT; i++) {
        counts[i] = counts[i] < room ? counts[i] : room;
        room -= counts[i];
        kept += counts[i];
    }
    return kept;
}

static size_t stops_for(const struct timeline_kind *kind, int64_t end)
{
    size_t count = 1;

    if (end < kind->reach)
        end = kind->reach;
    end -= end / OVERSHOOT;
    while (count < TIMELINE_STOPS_MOST && kind->stops[count].at && kind->stops[count - 1].at < end)
        count++;
    return count;
}

void timeline_arrange(const struct timeline_kind *kind, const struct timeline_row *rows,
                      size_t count, size_t most, struct arena *arena, struct timeline *out)
{
    size_t counts[PICTURE_STANDING_COUNT], filled = 0;
    size_t kept = share_out(rows, count, most, counts);
    struct timeline_row *list = arena_new(arena, kept, sizeof *list);
    int64_t end = 0;

    for (size_t i = 0; i < count; i++) {
        if (counts[rows[i].standing] == 0)
            continue;
        counts[rows[i].standing]--;
        list[filled] = settled(&rows[i]);
        if (timeline_end_of(&list[filled]) > end)
            end = timeline_end_of(&list[filled]);
        filled++;
    }
    *out = (struct timeline){kind, list, kept, count - kept, stops_for(kind, end)};
}

uint32_t timeline_position(const struct timeline *timeline, int64_t at, uint32_t length)
{
    const struct timeline_stop *stops = timeline->kind->stops;
    uint64_t segments = timeline->stops;
    int64_t from = 0;

    for (size_t i = 0; i < timeline->stops; i++) {
        if (at < stops[i].at) {
            uint64_t size = (uint64_t)(stops[i].at - from), part = (uint64_t)(at - from);

            return at <= 0 ? 0 : (uint32_t)((i * size + part) * length / (segments * size));
        }
        from = stops[i].at;
    }
    return length;
}
