#include "probes/spf/picture.h"

#include "probes/spf/remark.h"

enum { NODES_OFFERED = 2000 };

const struct tree_kind spf_lookup_tree = {
    .id = "spf-lookups",
    .title = "lookups, in the order of evaluation",
    .unit = "lookups",
    .limit = "a permanent error from here on",
    .most = SPF_LOOKUPS_MOST,
    .in_text = true,
};

const struct tree_kind spf_include_tree = {
    .id = "spf-includes",
    .title = "where the record leads",
    .unit = "lookups",
    .limit = "a permanent error from here on",
    .most = SPF_LOOKUPS_MOST,
};

struct offering {
    const struct spf_case *at;
    spf_marking *is_marked;  /* or NULL */
    struct tree_node *nodes; /* the root first */
    size_t count, room;
    unsigned number;
};

static bool is_at_fault(const struct offering *all, const struct spf_place *place, unsigned number)
{
    return all->is_marked ? all->is_marked(place) : number == SPF_LOOKUPS_MOST + 1;
}

/* Where it is not the faults of lookups that are shown, nobody asks whether they find something. */
static const char *remark_on(const struct offering *all, const struct spf_place *place)
{
    bool is_error;

    if (place->term->error)
        return place->term->error;
    if (!place->is_reached)
        return "never reached";
    if (place->node)
        return spf_node_remark(place->node, &is_error);
    return all->is_marked && all->is_marked(place) ? spf_void_remark(place) : NULL;
}

/* Few receivers count lookups in vain of IPv6 senders alone. */
static bool is_in_vain_for_few(const struct spf_place *place)
{
    return !place->node && place->voids[SPF_V6] && !place->voids[SPF_V4];
}

static enum picture_standing standing_of(const struct spf_place *place, bool is_at_fault,
                                         const char *remark)
{
    if (is_at_fault && !(remark && is_in_vain_for_few(place)))
        return PICTURE_WRONG;
    return remark ? PICTURE_DOUBTFUL : PICTURE_PLAIN;
}

static void offer(void *context, const struct spf_place *place)
{
    struct offering *all = context;
    struct tree_node node = {.level = place->in->level + 1, .cost = place->lookups};
    bool is_wrong;

    if (place->running)
        node.number = ++all->number;
    is_wrong = is_at_fault(all, place, node.number);
    if (!place->lookups && !is_wrong)
        return;
    if (all->count > NODES_OFFERED) {
        all->nodes[0].left_out++;
        return;
    }
    node.label = spf_quote(all->at, place->in, place->term);
    node.remark = remark_on(all, place);
    node.standing = standing_of(place, is_wrong, node.remark);
    node.is_unreached = !place->is_reached;
    all->nodes =
        arena_grow(pass_memory(all->at->x), all->nodes, &all->room, all->count, sizeof *all->nodes);
    all->nodes[all->count++] = node;
}

void spf_draw(const struct spf_case *at, struct finding *finding, const struct tree_kind *kind,
              spf_marking *is_marked)
{
    const struct spf_tree *tree = at->judged->tree;
    struct offering all = {.at = at, .is_marked = is_marked};

    all.nodes = arena_grow(pass_memory(at->x), NULL, &all.room, 0, sizeof *all.nodes);
    all.nodes[all.count++] =
        (struct tree_node){.label = *at->judged->name ? at->judged->name : "(the record)",
                           .cost = tree->reached,
                           .standing = PICTURE_PLAIN};
    spf_tree_walk(tree, offer, &all);
    draw_tree(finding, kind, all.nodes, all.count, tree->reached);
}

bool spf_is_below(const struct spf_place *place)
{
    return place->node || place->in->from;
}
