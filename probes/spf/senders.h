/*
 * Who may send: the networks that a record lets pass, flattened to the shortest list of
 * CIDR blocks, and which branch of the tree gave each of them.
 */
#ifndef EXDIAG_PROBES_SPF_SENDERS_H
#define EXDIAG_PROBES_SPF_SENDERS_H

#include "probes/spf/tree.h"

struct spf_network {
    struct ip_address ip; /* its host bits are zero */
    unsigned length;
    const struct spf_place *by;              /* the term that names it */
    const struct spf_place *branch;          /* the term of the top record that leads to it */
    const struct spf_place *const *branches; /* of a block, all that have a part in it: the first
                                                SPF_BRANCHES_MOST, `branch` in front */
    size_t branch_count;
    bool has_more_branches;
};

struct spf_senders {
    const struct spf_network *networks; /* that a, mx, ip4 and ip6 name, in the order of evaluation;
                                           without those that are excluded whole */
    size_t count;
    const struct spf_network
        *blocks; /* merged and sorted; `by` and `branch` of its first address */
    size_t block_count;
    bool is_everybody;   /* `all` passes, or a network of length 0 does */
    bool is_conditional; /* exists, ptr or a macro may let others pass: depends on the message */
    bool is_cut;         /* by SPF_SENDERS_MOST, or parts of the tree are not known */
};

enum { SPF_SENDERS_MOST = 20000, SPF_BRANCHES_MOST = 16 };

/*
 * Networks in pass memory. What a term with another qualifier matches before, or an include
 * does not let pass, is left out of the blocks to the address. The records are taken at their
 * word: where one is a permanent error, nobody passes until it is repaired.
 */
void spf_senders(struct examination *x, const struct spf_tree *tree, struct spf_senders *senders);

#endif
