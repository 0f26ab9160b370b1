#include "diag/report/cause_graph.h"

enum { DEPTH_MOST = 16 };

static const size_t NOWHERE = SIZE_MAX;

struct making {
    const struct outline *outline;
    struct cause_graph *graph;
};

static const struct outline_entry *entry_at(const struct making *making, size_t number)
{
    return number > 0 && number <= making->outline->count ? &making->outline->entries[number - 1]
                                                          : NULL;
}

static size_t index_of(const struct cause_graph *graph, const struct outline_entry *entry)
{
    for (size_t i = 0; i < graph->node_count; i++) {
        if (graph->nodes[i].entry == entry)
            return i;
    }
    return NOWHERE;
}

static void add_edge(struct cause_graph *graph, size_t from, size_t to)
{
    if (graph->edge_count < CAUSE_EDGES_MOST)
        graph->edges[graph->edge_count++] = (struct cause_edge){from, to};
}

/* Gives its index; NOWHERE if there is no room left. */
static size_t add(struct making *making, const struct outline_entry *entry, size_t parent,
                  unsigned depth)
{
    struct cause_graph *graph = making->graph;
    size_t index = index_of(graph, entry);

    if (index != NOWHERE)
        return index;
    if (graph->node_count == CAUSE_NODES_MOST || depth == DEPTH_MOST)
        return NOWHERE;
    index = graph->node_count++;
    graph->nodes[index] =
        (struct cause_node){.entry = entry, .parent = parent == NOWHERE ? index : parent};
    for (size_t i = 0; i < entry->effect_count; i++) {
        const struct outline_entry *effect = entry_at(making, entry->effects[i]);
        size_t to = effect ? add(making, effect, index, depth + 1) : NOWHERE;

        if (to != NOWHERE)
            add_edge(graph, index, to);
    }
    return index;
}

/* As far from the roots as the longest way is; a way in a circle ends at the last layer. */
static void find_layers(struct cause_graph *graph)
{
    for (unsigned round = 1; round < CAUSE_LAYERS_MOST; round++) {
        for (size_t i = 0; i < graph->edge_count; i++) {
            unsigned from = graph->nodes[graph->edges[i].from].layer;
            unsigned *to = &graph->nodes[graph->edges[i].to].layer;

            if (*to <= from && from + 1 < CAUSE_LAYERS_MOST)
                *to = from + 1;
        }
    }
    for (size_t i = 0; i < graph->node_count; i++) {
        if (graph->nodes[i].layer + 1 > graph->layers)
            graph->layers = graph->nodes[i].layer + 1;
    }
}

void cause_graph_make(const struct outline *outline, struct cause_graph *out)
{
    struct making making = {outline, out};
    size_t linked = 0;

    *out = (struct cause_graph){.node_count = 0};
    for (size_t i = 0; i < outline->count; i++) {
        const struct outline_entry *entry = &outline->entries[i];

        linked += entry->cause_count + entry->effect_count > 0;
        if (entry->cause_count == 0 && entry->effect_count > 0)
            add(&making, entry, NOWHERE, 0);
    }
    find_layers(out);
    out->left_out = linked - out->node_count;
}
