#include "probes/spf/charge.h"

#include "probes/spf/tell.h"
#include "probes/spf/vet.h"

const struct dns_record *spf_source_of(const struct spf_case *at)
{
    return at->judged->published ? at->judged->published->sources[0] : NULL;
}

const struct spf_fix *spf_fix_of(struct spf_case *at)
{
    struct spf_fix *fix;

    if (at->fix)
        return at->fix;
    fix = arena_new(pass_memory(at->x), 1, sizeof *fix);
    spf_fix(at->record, at->judged->tree, spf_source_of(at), pass_memory(at->x), fix);
    spf_vet(at->x, at->judged->subject->name, at->judged->tree, fix);
    return at->fix = fix;
}

struct finding *spf_charge(struct spf_case *at, const struct finding_kind *kind)
{
    struct finding *finding = found(at->x, kind);

    spf_set_common(at->x, finding, at->judged->subject, at->judged->published);
    if (!at->judged->published)
        spf_set_resolver(at->x, finding);
    if (spf_source_of(at))
        spf_set_former_record(finding, spf_source_of(at));
    return finding;
}

void spf_offer_fix(struct spf_case *at, struct finding *finding)
{
    const struct spf_fix *fix;

    if (!finding)
        return;
    fix = spf_fix_of(at);
    spf_offer_record(finding, fix);
    if (fix->obstacle)
        saw(finding, NULL, "no corrected record is proposed: %s", fix->obstacle);
}

/* The middle of a character of UTF-8. */
static bool continues(const struct spf_record *record, size_t at)
{
    return at < record->size && ((unsigned char)record->text[at] & 0xC0) == 0x80;
}

/* Whole characters are marked, so that a dash that is none is seen as what it is. */
void spf_show(struct finding *finding, const struct spf_node *node, size_t start, size_t size)
{
    const struct spf_record *record = node->record;
    size_t end = start + size;

    while (size > 0 && continues(record, end) && end < start + size + 3)
        end++;
    while (size > 0 && start > 0 && continues(record, start) && end - start < 4)
        start--;
    size = end - start;
    saw_marked(finding, node->answer ? &node->answer->evidence : NULL, node->record->text,
               node->record->size, start, size);
}

void spf_show_term(struct finding *finding, const struct spf_node *node,
                   const struct spf_term *term)
{
    spf_show(finding, node, term->start, term->size);
}

const char *spf_quote(const struct spf_case *at, const struct spf_node *node,
                      const struct spf_term *term)
{
    return arena_copy(pass_memory(at->x), node->record->text + term->start, term->size);
}

const char *spf_path_of(const struct spf_case *at, const struct spf_node *node)
{
    if (!node->from)
        return node->domain;
    return arena_print(pass_memory(at->x), "%s > %s", spf_path_of(at, node->from->in),
                       node->domain);
}

void spf_show_place(const struct spf_case *at, struct finding *finding,
                    const struct spf_place *place)
{
    spf_show_term(finding, place->in, place->term);
    if (place->in->from)
        saw(finding, NULL, "in the record of %s, by way of %s", place->in->domain,
            spf_path_of(at, place->in));
}

bool spf_is_own(const struct spf_node *node)
{
    for (; node->from; node = node->from->in) {
        if (node->from->term->kind != SPF_REDIRECT)
            return false;
    }
    return true;
}

void spf_set_owner(struct finding *finding, const struct spf_place *place,
                   struct spf_owners *owners)
{
    bool is_own = spf_is_own(place->in), *is_named = is_own ? &owners->own : &owners->others;

    if (*is_named)
        return;
    set_text(finding, is_own ? "own" : "owner", is_own ? "yes" : place->in->domain);
    *is_named = true;
}
