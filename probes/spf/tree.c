#include "probes/spf/tree.h"

#include <string.h>

enum { LEVELS_MOST = 50 }; /* below 64, the passes of an examination: each level takes one */

struct growth {
    struct examination *x;
    struct arena *arena;
    struct spf_tree *tree;
    unsigned families;
    unsigned followed; /* terms with a lookup */
    bool pending;
};

static void grow_node(struct growth *growth, struct spf_node *node, bool is_reached);

static const struct dns_answer *ask(struct growth *growth, const char *name, enum dns_type type)
{
    const struct dns_answer *answer = spf_ask(growth->x, name, type);

    if (!answer)
        growth->pending = true;
    return answer;
}

/* An answer that says there is nothing (RFC 7208 4.6.4). */
static unsigned is_void(const struct dns_answer *answer)
{
    return answer && answer->evidence.status == STATUS_OK && !dns_answer_has_records(answer);
}

static bool is_followed(const struct spf_term *term)
{
    return term->kind == SPF_INCLUDE || term->kind == SPF_REDIRECT;
}

/* ---- names ---- */

/* A domain-spec as a name in text form: what is a backslash in a record is one in the name. */
static const char *name_of(struct arena *arena, const struct spf_term *term)
{
    struct buffer name;

    if (!memchr(term->value, '\\', term->value_size))
        return arena_copy(arena, term->value, term->value_size);
    buffer_init(&name, 2 * term->value_size);
    for (size_t i = 0; i < term->value_size; i++) {
        if (term->value[i] == '\\')
            buffer_add_char(&name, '\\');
        buffer_add_char(&name, term->value[i]);
    }
    return buffer_keep(&name, arena);
}

static bool has_macro(const struct spf_term *term)
{
    return term->value && memchr(term->value, '%', term->value_size);
}

/* ---- addresses ---- */

static const enum dns_type address_types[SPF_FAMILIES] = {DNS_A, DNS_AAAA};

static void ask_addresses(struct growth *growth, const char *name,
                          const struct dns_answer *addresses[SPF_FAMILIES], struct spf_place *place)
{
    for (int family = SPF_V4; family < SPF_FAMILIES; family++) {
        if (!(growth->families & 1u << family))
            continue;
        addresses[family] = ask(growth, name, address_types[family]);
        place->voids[family] += is_void(addresses[family]);
    }
}

/* The address of an exists term is one of IPv4, whoever sends (RFC 7208 5.7). */
static void grow_exists(struct growth *growth, struct spf_place *place)
{
    place->addresses[SPF_V4] = ask(growth, place->name, DNS_A);
    place->voids[SPF_V4] = place->voids[SPF_V6] = is_void(place->addresses[SPF_V4]);
}

static size_t count_hosts(const struct dns_answer *mx)
{
    const struct dns_record *record = NULL;
    size_t count = 0;

    while ((record = dns_answer_next(mx, record)))
        count++;
    return count;
}

/* More hosts than may be asked for are a permanent error, so none of them is asked for. */
static void grow_mx(struct growth *growth, struct spf_place *place)
{
    const struct dns_record *record = NULL;
    struct spf_host *host;

    place->mx = ask(growth, place->name, DNS_MX);
    if (!place->mx)
        return;
    place->voids[SPF_V4] = place->voids[SPF_V6] = is_void(place->mx);
    place->host_count = count_hosts(place->mx);
    if (place->host_count == 0 || place->host_count > SPF_HOSTS_MOST)
        return;
    host = arena_new(growth->arena, place->host_count, sizeof *host);
    place->hosts = host;
    for (; (record = dns_answer_next(place->mx, record)); host++) {
        host->name = record->data.mx.exchange;
        if (strcmp(host->name, ".") != 0)
            ask_addresses(growth, host->name, host->addresses, place);
    }
}

static void grow_addresses(struct growth *growth, struct spf_place *place)
{
    if (growth->families == 0 || !place->is_reached || !place->name || place->term->error)
        return;
    if (place->term->kind == SPF_A)
        ask_addresses(growth, place->name, place->addresses, place);
    else if (place->term->kind == SPF_EXISTS)
        grow_exists(growth, place);
    else if (place->term->kind == SPF_MX)
        grow_mx(growth, place);
}

/* ---- include and redirect ---- */

static bool is_above(const struct spf_node *node, const char *domain)
{
    while (!dns_name_equal(node->domain, domain)) {
        if (!node->from)
            return false;
        node = node->from->in;
    }
    return true;
}

static enum spf_node_state state_of(const struct spf_published *published)
{
    if (published->count != 1)
        return published->count ? SPF_NODE_SEVERAL : SPF_NODE_NONE;
    return published->records[0].error ? SPF_NODE_INVALID : SPF_NODE_VALID;
}

static void select_record(struct spf_node *node)
{
    const struct spf_published *published;

    if (node->answer->evidence.status == STATUS_INVALID) {
        node->state = SPF_NODE_NONE;
        return;
    }
    if (node->answer->evidence.status != STATUS_OK) {
        node->state = SPF_NODE_UNKNOWN;
        return;
    }
    published = spf_select(node->answer);
    node->state = state_of(published);
    if (published->count == 1)
        node->record = &published->records[0];
}

static void follow(struct growth *growth, struct spf_node *node, bool is_reached)
{
    if (node->level > growth->tree->depth)
        growth->tree->depth = node->level;
    if (growth->followed > SPF_TREE_MOST || node->level > LEVELS_MOST) {
        node->state = SPF_NODE_CUT;
        growth->tree->is_cut = true;
        return;
    }
    node->answer = ask(growth, node->domain, DNS_TXT);
    if (!node->answer) {
        node->state = SPF_NODE_UNKNOWN;
        return;
    }
    select_record(node);
    if (node->record)
        grow_node(growth, node, is_reached);
}

static void grow_below(struct growth *growth, struct spf_place *place)
{
    const struct spf_term *term = place->term;
    struct spf_node *node;

    if (!term->value || term->value_size == 0)
        return;
    node = arena_new(growth->arena, 1, sizeof *node);
    node->from = place;
    node->level = place->in->level + 1;
    node->domain =
        place->name ? place->name : arena_copy(growth->arena, term->value, term->value_size);
    place->node = node;
    if (!place->name)
        node->state = SPF_NODE_MACRO;
    else if (is_above(place->in, place->name))
        node->state = SPF_NODE_LOOP;
    else
        follow(growth, node, place->is_reached);
}

/* ---- terms ---- */

static void count_lookup(struct growth *growth, struct spf_place *place)
{
    struct spf_tree *tree = growth->tree;

    growth->followed++;
    tree->lookups++;
    if (!place->is_reached)
        return;
    place->running = ++tree->reached;
    if (place->running == SPF_LOOKUPS_MOST + 1)
        tree->over_limit = place;
}

static void grow_place(struct growth *growth, struct spf_place *place)
{
    struct spf_tree *tree = growth->tree;
    const struct spf_term *term = place->term;
    unsigned before = tree->lookups;

    if (!spf_costs_lookup(term->kind))
        return;
    if (!has_macro(term))
        place->name = term->value ? name_of(growth->arena, term) : place->in->domain;
    count_lookup(growth, place);
    if (is_followed(term))
        grow_below(growth, place);
    else if (growth->followed <= SPF_TREE_MOST)
        grow_addresses(growth, place);
    if (place->running)
        place->running = tree->reached;
    place->lookups = tree->lookups - before;
    for (int family = SPF_V4; family < SPF_FAMILIES; family++)
        tree->voids[family] += place->voids[family];
}

/* Mechanisms in their order, then redirect, wherever it stands (RFC 7208 6.1). */
static void lay_out(struct growth *growth, struct spf_node *node)
{
    const struct spf_record *record = node->record;
    size_t kept = 0;

    node->places = arena_new(growth->arena, record->term_count, sizeof *node->places);
    node->order = arena_new(growth->arena, record->term_count, sizeof *node->order);
    for (size_t i = 0; i < record->term_count; i++) {
        node->places[i].term = &record->terms[i];
        node->places[i].in = node;
        if (record->terms[i].kind != SPF_REDIRECT)
            node->order[kept++] = &node->places[i];
    }
    for (size_t i = 0; i < record->term_count; i++) {
        if (record->terms[i].kind == SPF_REDIRECT)
            node->order[kept++] = &node->places[i];
    }
}

static void grow_node(struct growth *growth, struct spf_node *node, bool is_reached)
{
    const struct spf_record *record = node->record;
    bool behind_all = false;

    lay_out(growth, node);
    for (size_t i = 0; i < record->term_count; i++) {
        struct spf_place *place = node->order[i];

        place->is_reached = is_reached && !behind_all;
        grow_place(growth, place);
        behind_all = behind_all || place->term->kind == SPF_ALL;
    }
}

bool spf_tree_grow(struct examination *x, const char *domain, const struct spf_published *published,
                   const struct spf_record *record, unsigned families, struct spf_tree *tree)
{
    struct arena *arena = pass_memory(x);
    struct growth growth = {.x = x, .arena = arena, .tree = tree, .families = families};
    struct spf_node *top = arena_new(arena, 1, sizeof *top);

    memset(tree, 0, sizeof *tree);
    tree->top = top;
    top->domain = domain;
    top->answer = published ? published->answer : NULL;
    top->record = published ? &published->records[0] : record;
    top->state = top->record->error ? SPF_NODE_INVALID : SPF_NODE_VALID;
    grow_node(&growth, top, true);
    return !growth.pending;
}

/* ---- walking ---- */

static void walk(const struct spf_node *node,
                 void (*visit)(void *context, const struct spf_place *place), void *context)
{
    for (size_t i = 0; i < node->record->term_count; i++) {
        const struct spf_place *place = node->order[i];

        visit(context, place);
        if (place->node && place->node->places)
            walk(place->node, visit, context);
    }
}

void spf_tree_walk(const struct spf_tree *tree,
                   void (*visit)(void *context, const struct spf_place *place), void *context)
{
    walk(tree->top, visit, context);
}

/* ---- errors ---- */

static bool leads_to_error(const struct spf_node *node)
{
    return node->state == SPF_NODE_NONE || node->state == SPF_NODE_SEVERAL ||
           node->state == SPF_NODE_LOOP || node->state == SPF_NODE_INVALID;
}

static void find_error(void *context, const struct spf_place *place)
{
    bool *has_error = context;

    if (place->is_reached && (place->term->error || place->host_count > SPF_HOSTS_MOST ||
                              (place->node && leads_to_error(place->node))))
        *has_error = true;
}

bool spf_tree_has_error(const struct spf_tree *tree)
{
    bool has_error = tree->top->record->error || tree->reached > SPF_LOOKUPS_MOST ||
                     tree->voids[SPF_V4] > SPF_VOIDS_MOST;

    spf_tree_walk(tree, find_error, &has_error);
    return has_error;
}
