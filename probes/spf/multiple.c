#include "probes/spf/multiple.h"

#include "probes/spf/kinds.h"
#include "probes/spf/merge.h"
#include "probes/spf/tell.h"
#include "probes/spf/tree.h"

#include <string.h>

/* ---- what stands against a merged record ---- */

struct obstacle {
    struct arena *arena;
    const char *text; /* the first one */
};

static const char *obstacle_at(struct arena *arena, const struct spf_node *node)
{
    switch (node->state) {
    case SPF_NODE_INVALID:
        return arena_print(arena, "the SPF record of %s, which one of them names, is not valid",
                           node->domain);
    case SPF_NODE_NONE:
    case SPF_NODE_SEVERAL:
        return arena_print(
            arena, "%s, which one of them names, publishes %s, which is a permanent error",
            node->domain, node->state == SPF_NODE_NONE ? "no SPF record" : "several SPF records");
    case SPF_NODE_LOOP:
        return arena_print(arena, "%s leads back to itself", node->domain);
    case SPF_NODE_MACRO:
        return arena_print(
            arena, "what %s stands for depends on the message, so it cannot be counted ahead",
            node->domain);
    case SPF_NODE_UNKNOWN:
        return arena_print(arena,
                           "what %s publishes could not be read, so the merged record cannot be "
                           "counted",
                           node->domain);
    default:
        return NULL;
    }
}

static bool is_unheard(const struct dns_answer *answer)
{
    return answer && answer->evidence.status != STATUS_OK;
}

static void find_obstacle(void *context, const struct spf_place *place)
{
    struct obstacle *obstacle = context;

    if (obstacle->text || !place->is_reached)
        return;
    if (place->node)
        obstacle->text = obstacle_at(obstacle->arena, place->node);
    else if (is_unheard(place->mx) || is_unheard(place->addresses[SPF_V4]))
        obstacle->text = arena_print(
            obstacle->arena,
            "what %s publishes could not be read, so the merged record cannot be counted",
            place->name);
}

/* Why a record with this tree would fail, or cannot be counted ahead; NULL if neither. */
static const char *obstacle_of(struct arena *arena, const struct spf_tree *tree)
{
    struct obstacle obstacle = {.arena = arena};

    if (tree->over_limit || tree->is_cut)
        return arena_print(arena,
                           "together they need more than the %d DNS lookups that are allowed, so "
                           "the merged record would be a permanent error again",
                           (int)SPF_LOOKUPS_MOST);
    spf_tree_walk(tree, find_obstacle, &obstacle);
    if (!obstacle.text && tree->voids[SPF_V4] > SPF_VOIDS_MOST)
        return arena_print(arena,
                           "more than %d of the names in it lead to nothing, which is a permanent "
                           "error",
                           (int)SPF_VOIDS_MOST);
    return obstacle.text;
}

/* ---- several records ---- */

static void set_remark(struct examination *x, struct finding *finding,
                       const struct spf_merge *merge, unsigned lookups)
{
    size_t size = strlen(merge->text);
    struct buffer remark;

    buffer_init(&remark, 1024);
    if (merge->remark)
        buffer_print(&remark, "%s; ", merge->remark);
    if (size > SPF_LONG_RECORD)
        buffer_print(
            &remark,
            "it has %zu bytes, and answers beyond %d are dropped on some ways: shorten it; ", size,
            (int)SPF_LONG_RECORD);
    buffer_print(&remark, "it needs %u of %d DNS lookups; check that it names every sender you use",
                 lookups, (int)SPF_LOOKUPS_MOST);
    set_text(finding, "remark", buffer_keep(&remark, pass_memory(x)));
}

static const char *obstacle_of_size(struct arena *arena, const struct spf_merge *merge)
{
    if (!merge->text)
        return merge->obstacle;
    if (strlen(merge->text) <= SPF_PROPOSED_MOST)
        return NULL;
    return arena_print(
        arena, "together they have %zu bytes, and a record beyond %d is not received everywhere",
        strlen(merge->text), (int)SPF_LONG_RECORD);
}

/* The merged record, or what stands against it. */
static void set_merge(struct examination *x, struct finding *finding,
                      const struct spf_published *published, const struct spf_merge *merge)
{
    const char *obstacle = obstacle_of_size(pass_memory(x), merge);
    struct spf_record record;
    struct spf_tree tree;

    if (!obstacle) {
        spf_read(merge->text, strlen(merge->text), pass_memory(x), &record);
        if (!spf_tree_grow(x, published->answer->name, NULL, &record, SPF_BOTH_FAMILIES, &tree))
            return;
        obstacle = obstacle_of(pass_memory(x), &tree);
    }
    if (obstacle) {
        set_text(finding, "obstacle", obstacle);
        return;
    }
    set_value(finding, VALUE_TXT, "merged-record", merge->text, strlen(merge->text));
    spf_set_windows(finding, merge->text);
    set_remark(x, finding, merge, tree.reached);
}

void spf_tell_multiple(struct examination *x, const struct subject *subject,
                       const struct spf_published *published)
{
    struct finding *finding = found(x, &spf_multiple);
    struct spf_merge merge;

    spf_set_common(x, finding, subject, published);
    spf_show_records(finding, published);
    spf_merge(published->records, published->count, pass_memory(x), &merge);
    if (merge.identical)
        saw(finding, NULL,
            "the records say the same: they differ only in case, in spaces or in how their text "
            "is split into strings, and still count as %zu",
            published->count);
    for (size_t i = 0; i < published->count; i++)
        spf_set_former_record(finding, published->sources[i]);
    if (ask_settings(x)->deep)
        set_merge(x, finding, published, &merge);
}
