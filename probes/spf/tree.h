/*
 * The whole tree of an SPF record: what every term asks for, and what stands where
 * include and redirect lead. Nothing stops at a match, at `all` or at a limit, so that a
 * person sees all of it; what no evaluation comes to is marked. Loops are cut.
 *
 * Lookups are counted in the order of an evaluation in which nothing matches
 * (RFC 7208 4.6.4): the worst case of every sender.
 */
#ifndef EXDIAG_PROBES_SPF_TREE_H
#define EXDIAG_PROBES_SPF_TREE_H

#include "probes/spf/published.h"

enum {
    SPF_LOOKUPS_MOST = 10, /* RFC 7208 4.6.4, as are the next two */
    SPF_VOIDS_MOST = 2,
    SPF_HOSTS_MOST = 10,     /* of one mx, of one ptr */
    SPF_TREE_MOST = 1000,    /* terms with a lookup that are followed */
    SPF_LONG_RECORD = 450,   /* bytes beyond which answers outgrow 512 (RFC 7208 3.4) */
    SPF_PROPOSED_MOST = 2000 /* bytes beyond which no record is proposed */
};

enum spf_family { SPF_V4 = 0, SPF_V6 = 1, SPF_FAMILIES = 2 }; /* of the client that sends */

enum { SPF_BOTH_FAMILIES = 1u << SPF_V4 | 1u << SPF_V6 };

enum spf_node_state {
    SPF_NODE_VALID,
    SPF_NODE_INVALID, /* its record breaks the grammar; the terms are there all the same */
    SPF_NODE_NONE,    /* no record: a permanent error for who leads here, but for the top */
    SPF_NODE_SEVERAL, /* more than one record: a permanent error */
    SPF_NODE_LOOP,    /* the domain stands above already; not followed */
    SPF_NODE_MACRO,   /* where it is depends on the message; not followed */
    SPF_NODE_UNKNOWN, /* the answer could not be had: answer->evidence says why */
    SPF_NODE_CUT      /* the tree is too large; not followed */
};

struct spf_host { /* that an mx term leads to */
    const char *name;
    const struct dns_answer *addresses[SPF_FAMILIES]; /* NULL: not asked, as the next one is */
};

struct spf_place { /* a term, where it stands */
    const struct spf_term *term;
    const struct spf_node *in;
    bool is_reached;             /* by an evaluation in which nothing matches before it */
    unsigned lookups;            /* it costs with all that is below, reached or not; often 0 */
    unsigned running;            /* lookups made once it is evaluated; 0 where it is not reached */
    const char *name;            /* that it asks for; NULL: none, or it holds a macro */
    struct spf_node *node;       /* of include and redirect, else NULL */
    const struct dns_answer *mx; /* of mx */
    const struct dns_answer *addresses[SPF_FAMILIES]; /* of a; of exists the first, A */
    const struct spf_host *hosts;                     /* of mx, the first SPF_HOSTS_MOST */
    size_t host_count;                                /* all that the MX answer names */
    unsigned voids[SPF_FAMILIES]; /* void lookups of this term alone, for a client of a family */
};

struct spf_node {
    const char *domain; /* or a domain-spec with macros as it is written */
    enum spf_node_state state;
    const struct dns_answer *answer; /* NULL where nothing was asked */
    const struct spf_record *record; /* of VALID and INVALID, else NULL */
    struct spf_place *places;        /* one for each term of the record */
    struct spf_place **order;        /* of evaluation: redirect last (RFC 7208 6.1) */
    const struct spf_place *from;    /* the term that leads here; NULL for the top */
    unsigned level;                  /* 0 for the top */
};

struct spf_tree {
    struct spf_node *top;
    unsigned lookups;             /* of all terms, reached or not */
    unsigned reached;             /* of those that are reached */
    unsigned depth;               /* include and redirect below each other; 0: there are none */
    unsigned voids[SPF_FAMILIES]; /* of the terms that are reached; families asked for */
    const struct spf_place *over_limit; /* the first place whose running count is over; or NULL */
    bool is_cut;                        /* there is a node of state SPF_NODE_CUT */
};

/*
 * The tree of the one record that `published` holds or, where that is NULL, of `record`,
 * if it stood at `domain`. `families`: bits 1u << SPF_V4 and 1u << SPF_V6 of the addresses
 * to ask for. False while answers are on their way; everything that can be seen to be
 * needed has been asked for by then. Lives in pass memory.
 */
bool spf_tree_grow(struct examination *x, const char *domain, const struct spf_published *published,
                   const struct spf_record *record, unsigned families, struct spf_tree *tree);

/* Calls `visit` for every place of the tree, in the order of evaluation. */
void spf_tree_walk(const struct spf_tree *tree,
                   void (*visit)(void *context, const struct spf_place *place), void *context);

/*
 * True if there is a permanent error for those that no term matches before it; lookups in vain
 * of IPv6 senders alone, which few receivers count, are none.
 */
bool spf_tree_has_error(const struct spf_tree *tree);

#endif
