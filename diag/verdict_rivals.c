#include "diag/verdict_rivals.h"

#include "diag/buffer.h"

#include <stdlib.h>
#include <string.h>

enum { RIVALS_SHOWN = 6, TEXT_MOST = 4096 };

struct claim_of {
    const struct claim *claim;
    struct finding *finding;
    size_t first, end; /* of those that claim the same, in the list */
    size_t owners;     /* among them */
};

static unsigned char lower(char letter)
{
    return (unsigned char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
}

static int compare_fold(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) - lower(*b);
}

static int compare(const void *a, const void *b)
{
    const struct claim_of *one = a, *other = b;
    int order = strcmp(one->claim->what, other->claim->what);

    return order ? order : compare_fold(one->claim->whose, other->claim->whose);
}

static bool is_same_owner(const struct claim_of *one, const struct claim_of *other)
{
    return compare_fold(one->claim->whose, other->claim->whose) == 0;
}

/* "ex01.contoso.com, ex02.contoso.com and 4 more" */
static void add_owners(const struct claim_of *all, const struct claim_of *own, struct buffer *out)
{
    size_t told = 0;

    for (size_t i = own->first; i < own->end && told < RIVALS_SHOWN; i++) {
        if (i > own->first && is_same_owner(&all[i - 1], &all[i]))
            continue;
        buffer_print(out, "%s%s", told++ > 0 ? ", " : "", all[i].claim->whose);
    }
    if (own->owners > told)
        buffer_print(out, " and %zu more", own->owners - told);
}

static void see(struct finding *finding, const char *text, struct arena *arena)
{
    struct seen *seen = arena_new(arena, finding->seen_count + 1, sizeof *seen);

    for (size_t i = 0; i < finding->seen_count; i++)
        seen[i] = finding->seen[i];
    seen[finding->seen_count++] = (struct seen){.text = text};
    finding->seen = seen;
}

/* The same words at each, so that reports tell them once. */
static void tell_rivals(const struct claim_of *all, const struct claim_of *own, struct arena *arena)
{
    struct buffer text;

    buffer_init(&text, TEXT_MOST);
    buffer_print(&text, "%s is, or is to be, that of each of ", own->claim->what);
    add_owners(all, own, &text);
    buffer_add_string(&text, ": one of them alone can have it");
    see(own->finding, buffer_keep(&text, arena), arena);
}

static bool goes(const struct step *step, bool has_rivals)
{
    return step->from && (has_rivals ? step->from->alone : step->from->rival);
}

static struct steps without(struct steps steps, bool has_rivals, struct arena *arena)
{
    struct step *list;
    size_t kept = 0, gone = 0;
    bool is_after_gone = false;

    for (size_t i = 0; i < steps.count; i++)
        gone += goes(&steps.list[i], has_rivals);
    if (gone == 0)
        return steps;
    list = arena_new(arena, steps.count, sizeof *list);
    for (size_t i = 0; i < steps.count; i++) {
        const struct step *step = &steps.list[i];

        if (goes(step, has_rivals)) {
            is_after_gone = is_after_gone || !step->is_alternative;
            continue;
        }
        list[kept] = *step;
        list[kept].is_alternative = step->is_alternative && !is_after_gone;
        is_after_gone = false;
        kept++;
    }
    return (struct steps){list, kept};
}

static void settle(struct finding *finding, bool has_rivals, struct arena *arena)
{
    finding->fix = without(finding->fix, has_rivals, arena);
    finding->verify = without(finding->verify, has_rivals, arena);
    finding->undo = without(finding->undo, has_rivals, arena);
}

static size_t gather(struct finding **findings, size_t count, struct claim_of *list)
{
    size_t made = 0;

    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < findings[i]->claim_count; k++)
            list[made++] = (struct claim_of){&findings[i]->claims[k], findings[i], 0, 0, 0};
    }
    return made;
}

/* Of a sorted list. */
static void bound(struct claim_of *list, size_t count)
{
    for (size_t first = 0, end; first < count; first = end) {
        size_t owners = 1;

        for (end = first + 1;
             end < count && strcmp(list[end].claim->what, list[first].claim->what) == 0; end++)
            owners += !is_same_owner(&list[end - 1], &list[end]);
        for (size_t i = first; i < end; i++) {
            list[i].first = first;
            list[i].end = end;
            list[i].owners = owners;
        }
    }
}

static size_t count_claims(struct finding **findings, size_t count)
{
    size_t total = 0;

    for (size_t i = 0; i < count; i++)
        total += findings[i]->claim_count;
    return total;
}

void verdict_rivals(struct finding **findings, size_t count, struct arena *arena)
{
    struct claim_of *list = arena_new(arena, count_claims(findings, count) + 1, sizeof *list);
    size_t total = gather(findings, count, list);

    if (total > 0)
        qsort(list, total, sizeof *list, compare);
    bound(list, total);
    for (size_t i = 0; i < total; i++) {
        if (list[i].finding->outcome != OUTCOME_PROBLEM || list[i].owners < 2)
            continue;
        settle(list[i].finding, true, arena);
        tell_rivals(list, &list[i], arena);
        list[i].finding->is_contested = true;
    }
    for (size_t i = 0; i < count; i++) {
        if (!findings[i]->is_contested)
            settle(findings[i], false, arena);
    }
}
