#include "tests/lab/directory_tree.h"

#include "diag/read/case_fold.h"
#include "diag/read/ldif.h"
#include "diag/text.h"

#include <string.h>

/* ---- reading ---- */

struct gathered { /* an attribute whose values may stand apart */
    const char *name;
    struct tree_value *values;
    size_t count, room;
};

static struct gathered *find_gathered(struct gathered *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal_fold(list[i].name, name))
            return &list[i];
    }
    return NULL;
}

static size_t gather(struct arena *memory, const struct ldif_entry *from, struct gathered *list)
{
    size_t count = 0;

    for (size_t i = 0; i < from->count; i++) {
        const struct ldif_value *value = &from->values[i];
        struct gathered *one = find_gathered(list, count, value->attribute);

        if (!one) {
            one = &list[count++];
            *one = (struct gathered){.name = arena_copy_string(memory, value->attribute)};
        }
        one->values = arena_grow(memory, one->values, &one->room, one->count, sizeof *one->values);
        one->values[one->count++] = (struct tree_value){
            .bytes = arena_copy(memory, value->bytes, value->size), .size = value->size};
    }
    return count;
}

static void copy_entry(struct arena *memory, const struct ldif_entry *from, struct tree_entry *to)
{
    struct gathered *list = arena_new(memory, from->count + 1, sizeof *list);
    size_t count = gather(memory, from, list);
    struct tree_attribute *attributes = arena_new(memory, count + 1, sizeof *attributes);

    for (size_t i = 0; i < count; i++)
        attributes[i] = (struct tree_attribute){
            .name = list[i].name, .values = list[i].values, .value_count = list[i].count};
    *to = (struct tree_entry){.dn = arena_copy_string(memory, from->dn),
                              .attributes = attributes,
                              .attribute_count = count};
}

const struct tree_attribute *directory_tree_attribute(const struct tree_entry *entry,
                                                      const char *name)
{
    for (size_t i = 0; i < entry->attribute_count; i++) {
        if (text_equal_fold(entry->attributes[i].name, name))
            return &entry->attributes[i];
    }
    return NULL;
}

static const char *referral_of(const struct tree_entry *entry)
{
    const struct tree_attribute *classes = directory_tree_attribute(entry, "objectClass");
    const struct tree_attribute *urls = directory_tree_attribute(entry, "ref");

    for (size_t i = 0; classes && urls && i < classes->value_count; i++) {
        if (text_equal_fold(classes->values[i].bytes, "referral"))
            return urls->values[0].bytes;
    }
    return NULL;
}

static void take(void *context, const struct ldif_entry *entry)
{
    struct directory_tree *tree = context;
    struct directory_node *node;

    tree->nodes =
        arena_grow(&tree->memory, tree->nodes, &tree->room, tree->count, sizeof *tree->nodes);
    node = &tree->nodes[tree->count++];
    copy_entry(&tree->memory, entry, &node->entry);
    node->referral = referral_of(&node->entry);
    if (ldap_dn_parse(entry->dn, &tree->memory, &node->rdns, &node->depth) != STATUS_OK)
        tree->is_damaged = true;
}

/* ---- names ---- */

/* Whether the outermost components of `node` are those of `base`. */
static bool is_at_or_below(const struct directory_node *node, const struct directory_node *base)
{
    size_t off = node->depth - base->depth;

    if (node->depth < base->depth)
        return false;
    for (size_t i = 0; i < base->depth; i++) {
        const struct ldap_rdn *one = &node->rdns[off + i], *other = &base->rdns[i];

        if (!text_equal_fold(one->type, other->type) ||
            !case_equal(one->value, one->value_size, other->value, other->value_size))
            return false;
    }
    return true;
}

static bool has_parent(const struct directory_tree *tree, const struct directory_node *node)
{
    for (size_t i = 0; i < tree->count; i++) {
        const struct directory_node *other = &tree->nodes[i];

        if (other->depth > 0 && other->depth < node->depth && is_at_or_below(node, other))
            return true;
    }
    return false;
}

bool directory_tree_is_within(const struct directory_node *node, const struct directory_node *base,
                              enum tree_scope scope)
{
    if (!base)
        return node->depth > 0;
    if (scope == TREE_BASE)
        return node == base;
    if (!is_at_or_below(node, base))
        return false;
    return scope == TREE_SUBTREE || node->depth == base->depth + 1;
}

/* The first that `dn` is, or with `below` the first referral that it is at or below. */
static const struct directory_node *search(const struct directory_tree *tree, const char *dn,
                                           bool below)
{
    const struct directory_node *found = NULL;
    struct directory_node name = {0};
    struct arena memory = {0};

    if (ldap_dn_parse(dn, &memory, &name.rdns, &name.depth) == STATUS_OK) {
        for (size_t i = 0; i < tree->count && !found; i++) {
            const struct directory_node *node = &tree->nodes[i];

            if ((below ? node->referral != NULL : node->depth == name.depth) &&
                is_at_or_below(&name, node))
                found = node;
        }
    }
    arena_release(&memory);
    return found;
}

const struct directory_node *directory_tree_find(const struct directory_tree *tree, const char *dn)
{
    return search(tree, dn, false);
}

const struct directory_node *directory_tree_referral(const struct directory_tree *tree,
                                                     const char *dn)
{
    return search(tree, dn, true);
}

/* ---- the whole ---- */

enum status directory_tree_read(struct directory_tree *tree, const char *ldif, size_t size)
{
    struct ldif_account account;
    struct ldif *reader;

    *tree = (struct directory_tree){0};
    reader = ldif_new(take, tree);
    ldif_feed(reader, ldif, size);
    ldif_end(reader, &account);
    if (tree->is_damaged || account.damaged > 0 || account.cut_off || tree->count == 0) {
        directory_tree_free(tree);
        return STATUS_MALFORMED;
    }
    for (size_t i = 0; i < tree->count; i++) {
        struct directory_node *node = &tree->nodes[i];

        node->is_context = node->depth > 0 && !node->referral && !has_parent(tree, node);
    }
    return STATUS_OK;
}

void directory_tree_free(struct directory_tree *tree)
{
    arena_release(&tree->memory);
    *tree = (struct directory_tree){0};
}
