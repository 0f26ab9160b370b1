/* Which entry of an outline explains which, as a picture has it: in layers from left to right. */
#ifndef EXDIAG_REPORT_CAUSE_GRAPH_H
#define EXDIAG_REPORT_CAUSE_GRAPH_H

#include "diag/report/outline.h"

enum { CAUSE_NODES_MOST = 40, CAUSE_EDGES_MOST = 120, CAUSE_LAYERS_MOST = 4 };

struct cause_node {
    const struct outline_entry *entry;
    unsigned layer; /* 0: nothing explains it */
    size_t parent;  /* the cause below which it is drawn; its own index: none */
};

struct cause_edge {
    size_t from, to; /* indices of nodes: `from` explains `to` */
};

struct cause_graph {
    struct cause_node nodes[CAUSE_NODES_MOST]; /* each cause before what it explains */
    size_t node_count;                         /* 0: nothing explains anything */
    struct cause_edge edges[CAUSE_EDGES_MOST];
    size_t edge_count;
    unsigned layers;
    size_t left_out; /* entries that explain or are explained, and are not here */
};

/*
 * Root causes in the order of the outline, each with all that follows from it, for as long as there
 * is room. What is farther from its root than there are layers stands in the last one.
 */
void cause_graph_make(const struct outline *outline, struct cause_graph *out);

#endif
