/* What a scripted directory holds: a small export (diag/read/ldif.h), in the order written. */
#ifndef EXDIAG_TESTS_LAB_DIRECTORY_TREE_H
#define EXDIAG_TESTS_LAB_DIRECTORY_TREE_H

#include "diag/memory.h"
#include "diag/read/ldap_text.h"
#include "diag/status.h"

#include <stdbool.h>

enum tree_scope { TREE_BASE, TREE_ONE, TREE_SUBTREE, TREE_SCOPE_COUNT }; /* RFC 4511 4.5.1.2 */

struct tree_value {
    const char *bytes;
    size_t size;
};

struct tree_attribute {
    const char *name;
    const struct tree_value *values;
    size_t value_count;
};

struct tree_entry {
    const char *dn;
    const struct tree_attribute *attributes;
    size_t attribute_count;
};

struct directory_node {
    struct tree_entry entry; /* of dn "": what the rootDSE says beside what it always does */
    struct ldap_rdn *rdns;
    size_t depth;
    const char *referral; /* `ref` of one of objectClass referral (RFC 3296), or NULL */
    bool is_context;      /* nothing above it is here */
};

struct directory_tree {
    struct arena memory;
    struct directory_node *nodes;
    size_t count, room;
    bool is_damaged;
};

/* STATUS_MALFORMED: no LDIF, or an entry whose name is none; nothing is left to free. */
enum status directory_tree_read(struct directory_tree *tree, const char *ldif, size_t size);
void directory_tree_free(struct directory_tree *tree);

/* The entry of this name; NULL if there is none. */
const struct directory_node *directory_tree_find(const struct directory_tree *tree, const char *dn);

/* The referral that a name is at or below; NULL if it is below none. */
const struct directory_node *directory_tree_referral(const struct directory_tree *tree,
                                                     const char *dn);

/* The attribute of this name, of any case; NULL if the entry has none. */
const struct tree_attribute *directory_tree_attribute(const struct tree_entry *entry,
                                                      const char *name);

/* Of the whole forest with `base` NULL, whatever the scope. */
bool directory_tree_is_within(const struct directory_node *node, const struct directory_node *base,
                              enum tree_scope scope);

#endif
