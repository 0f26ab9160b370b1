#include "probes/spf/vet.h"

#include <string.h>

struct vetting {
    struct arena *arena;
    const struct spf_tree *former; /* or NULL */
    struct spf_record record;      /* the corrected one */
    struct spf_tree tree;          /* its */
    struct spf_fix *fix;
};

static void refuse(struct vetting *vetting, const char *obstacle)
{
    vetting->fix->text = NULL;
    vetting->fix->changes = NULL;
    vetting->fix->obstacle = obstacle;
}

/* The former record has the term, and receivers get to it. */
static bool stood_there(const struct vetting *vetting, const struct spf_term *term)
{
    const struct spf_node *top = vetting->former ? vetting->former->top : NULL;

    for (size_t i = 0; top && i < top->record->term_count; i++) {
        if (top->places[i].is_reached &&
            spf_same_term(top->record, &top->record->terms[i], &vetting->record, term))
            return true;
    }
    return false;
}

static bool is_introduced(const struct vetting *vetting, const struct spf_term *term)
{
    return spf_costs_lookup(term->kind) && !stood_there(vetting, term);
}

/* ---- what a term leads to ---- */

static const char *problem_of_node(struct vetting *vetting, const struct spf_node *node)
{
    static const char *const problems[] = {
        [SPF_NODE_INVALID] = "the SPF record of %s breaks the grammar",
        [SPF_NODE_NONE] = "there is no SPF record at %s",
        [SPF_NODE_SEVERAL] = "there are several SPF records at %s",
        [SPF_NODE_LOOP] = "it leads back to %s",
        [SPF_NODE_MACRO] = "where %s is depends on the message",
        [SPF_NODE_UNKNOWN] = "the SPF record of %s could not be read",
        [SPF_NODE_CUT] = "more lies between here and %s than is looked at",
    };
    const char *problem = problems[node->state], *slot = strstr(problem, "%s");

    return arena_print(vetting->arena, "%.*s%s%s", (int)(slot - problem), problem, node->domain,
                       slot + 2);
}

/* An error that the place leads to, or NULL. Levels are limited: tree.h. */
static const char *problem_of(struct vetting *vetting, const struct spf_place *place)
{
    const struct spf_node *node = place->node;
    const char *problem = NULL;

    if (!place->is_reached)
        return NULL;
    if (place->host_count > SPF_HOSTS_MOST)
        return arena_print(vetting->arena, "%s has more than %d mail hosts", place->name,
                           (int)SPF_HOSTS_MOST);
    if (!node || (node->state == SPF_NODE_MACRO && place->in->from))
        return NULL; /* the owner of an included record knows what its macros become */
    if (node->state != SPF_NODE_VALID)
        return problem_of_node(vetting, node);
    for (size_t i = 0; !problem && i < node->record->term_count; i++)
        problem = problem_of(vetting, &node->places[i]);
    return problem;
}

/* The advice on one word is no better than the record: what it may mean is said, not proposed. */
static void withdraw_advice(struct vetting *vetting, const char *term, const char *problem)
{
    struct spf_fix *fix = vetting->fix;
    struct spf_fault *faults;

    if (fix->fault_count == 0)
        return;
    faults = arena_new(vetting->arena, fix->fault_count, sizeof *faults);
    memcpy(faults, fix->faults, fix->fault_count * sizeof *faults);
    for (size_t i = 0; i < fix->fault_count; i++) {
        if (!faults[i].instead || !strstr(faults[i].instead, term))
            continue;
        faults[i].instead = NULL;
        faults[i].reason = arena_print(vetting->arena, "%s may be meant, but %s", term, problem);
    }
    fix->faults = faults;
}

/* False where a term that is new leads to an error. */
static bool vet_terms(struct vetting *vetting)
{
    for (size_t i = 0; i < vetting->record.term_count; i++) {
        const struct spf_term *term = &vetting->record.terms[i];
        const char *problem, *text;

        if (!is_introduced(vetting, term))
            continue;
        problem = problem_of(vetting, &vetting->tree.top->places[i]);
        if (!problem)
            continue;
        text = arena_copy(vetting->arena, vetting->record.text + term->start, term->size);
        withdraw_advice(vetting, text, problem);
        refuse(vetting, arena_print(vetting->arena,
                                    "with %s in force, mail could fail with a permanent error: %s; "
                                    "what was meant has to be decided by a person",
                                    text, problem));
        return false;
    }
    return true;
}

/* ---- limits ---- */

/* A limit that the corrected record breaks; `former`: how the former one fares. */
static void vet_limit(struct vetting *vetting, const char *what, unsigned count, unsigned former,
                      unsigned most)
{
    const struct spf_tree *tree = vetting->former;
    unsigned allowed = former > most ? former : most;
    struct spf_fix *fix = vetting->fix;

    if (!fix->text || count <= most)
        return;
    if (!tree || (!tree->top->record->error && count > allowed))
        refuse(vetting, arena_print(vetting->arena,
                                    "it would need %u %s, and %u are allowed: which senders to "
                                    "keep has to be decided by a person",
                                    count, what, most));
    else
        fix->changes = arena_print(vetting->arena,
                                   "%s; it needs %u %s, and %u are allowed, so some of its terms "
                                   "have to go as well",
                                   fix->changes, count, what, most);
}

static void vet_limits(struct vetting *vetting)
{
    const struct spf_tree *tree = &vetting->tree, *former = vetting->former;

    vet_limit(vetting, "DNS lookups", tree->reached, former ? former->reached : 0,
              SPF_LOOKUPS_MOST);
    vet_limit(vetting, "lookups that find nothing", tree->voids[SPF_V4],
              former ? former->voids[SPF_V4] : 0, SPF_VOIDS_MOST);
}

/* ---- the whole ---- */

static void vet_unasked(struct vetting *vetting)
{
    for (size_t i = 0; i < vetting->record.term_count; i++) {
        const struct spf_term *term = &vetting->record.terms[i];

        if ((term->kind == SPF_INCLUDE || term->kind == SPF_REDIRECT) &&
            is_introduced(vetting, term)) {
            refuse(vetting, "what it would lead to was not looked up");
            return;
        }
    }
}

void spf_vet(struct examination *x, const char *domain, const struct spf_tree *former,
             struct spf_fix *fix)
{
    struct vetting vetting = {.arena = pass_memory(x), .former = former, .fix = fix};

    if (!fix->text)
        return;
    spf_read(fix->text, strlen(fix->text), vetting.arena, &vetting.record);
    if (!ask_settings(x)->deep)
        vet_unasked(&vetting);
    else if (!spf_tree_grow(x, domain, NULL, &vetting.record, SPF_BOTH_FAMILIES, &vetting.tree))
        refuse(&vetting, "what it leads to is still being looked up");
    else if (vet_terms(&vetting))
        vet_limits(&vetting);
}
