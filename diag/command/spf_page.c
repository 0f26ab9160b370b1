#include "diag/command/spf_page.h"

#include "diag/text.h"

#include <string.h>

const char *spf_page_show(const struct spf_page *page, const char *text)
{
    return text_printable(page->memory, text, strlen(text));
}

const char *spf_page_show_record(const struct spf_page *page, const struct spf_record *record)
{
    return text_printable(page->memory, record->text, record->size);
}

const char *spf_page_show_term(const struct spf_page *page, const struct spf_record *record,
                               const struct spf_term *term)
{
    return text_printable(page->memory, record->text + term->start, term->size);
}

/* ---- where a problem is ---- */

/* What was seen as a zone file has it, "v=spf1 " "mx -all", is read without its quotes. */
bool spf_page_is_seen(const struct seen *seen, const char *record, size_t *start, size_t *end)
{
    const char *text = seen->text;
    bool is_quoted = *text == '"' && *record != '"';
    size_t at = 0, left_out = 0;

    *start = seen->mark_start;
    *end = seen->mark_end;
    for (size_t i = is_quoted; text[i]; i++) {
        bool is_joint = is_quoted && strncmp(text + i, "\" \"", 3) == 0;
        bool is_end = is_quoted && text[i] == '"' && !text[i + 1];

        if (text[i] == record[at] && !is_end) {
            at++;
            continue;
        }
        if (!is_joint && !is_end)
            return false;
        left_out = is_joint ? 3 : 0;
        if (text_length(record, at) + is_quoted < *start)
            *start -= left_out;
        if (text_length(record, at) + is_quoted < *end)
            *end -= left_out;
        i += is_joint ? 2 : 0;
    }
    *start -= is_quoted && *start > 0;
    *end -= is_quoted && *end > 0;
    return record[at] == '\0';
}

bool spf_page_is_detail(const struct spf_page *page, const struct seen *seen)
{
    size_t start, end;

    if (seen->source || seen->mark_end > seen->mark_start)
        return false;
    for (size_t i = 0; i < page->record_count; i++) {
        if (spf_page_is_seen(seen, page->records[i], &start, &end))
            return false;
    }
    return true;
}

static bool point_at(struct spf_problem *problem, const char *domain, const char *record)
{
    const struct finding *finding = problem->finding;

    for (size_t i = 0; i < finding->seen_count; i++) {
        size_t start, end;

        if (!spf_page_is_seen(&finding->seen[i], record, &start, &end))
            continue;
        problem->domain = domain;
        problem->record = record;
        problem->start = start;
        problem->end = end;
        return true;
    }
    return false;
}

/* ---- records below the top ---- */

struct below { /* made printable once, however many look for one */
    struct spf_page *page;
    struct spf_shown *list;
    size_t count;
    size_t room;
};

static void take_record(void *context, const struct spf_place *place)
{
    struct below *below = context;
    struct spf_shown *shown;

    if (!place->node || !place->node->record)
        return;
    below->list = arena_grow(below->page->memory, below->list, &below->room, below->count,
                             sizeof *below->list);
    shown = &below->list[below->count++];
    shown->domain = spf_page_show(below->page, place->node->domain);
    shown->record = spf_page_show_record(below->page, place->node->record);
}

static void locate(const struct spf_page *page, const struct below *below,
                   struct spf_problem *problem)
{
    problem->domain = page->domain;
    for (size_t i = 0; i < page->record_count; i++) {
        if (point_at(problem, page->domain, page->records[i]))
            return;
    }
    for (size_t i = 0; i < below->count; i++) {
        if (point_at(problem, below->list[i].domain, below->list[i].record))
            return;
    }
}

/* ---- the corrected record ---- */

const char *spf_page_obstacle(const struct spf_page *page)
{
    bool is_wrong = false;

    if (page->view->fix.text)
        return NULL;
    if (page->view->fix.obstacle)
        return page->view->fix.obstacle;
    for (size_t i = 0; i < page->problem_count; i++)
        is_wrong |= page->problems[i].finding->severity != SEVERITY_INFO;
    return is_wrong ? "what is to be changed has to be decided by a person" : NULL;
}

/* ---- filling ---- */

static void collect_records(struct spf_page *page)
{
    const struct spf_published *published = page->view->published;
    size_t count = published ? published->count : page->view->record != NULL;
    const char **records = arena_new(page->memory, count, sizeof *records);

    for (size_t i = 0; i < count; i++)
        records[i] =
            spf_page_show_record(page, published ? &published->records[i] : page->view->record);
    page->records = records;
    page->record_count = count;
}

void spf_page_fill(struct spf_page *page)
{
    const struct report *report = page->report;
    struct below below = {.page = page};
    struct spf_problem *problems = arena_new(page->memory, report->finding_count, sizeof *problems);

    collect_records(page);
    if (page->view->tree.top)
        spf_tree_walk(&page->view->tree, take_record, &below);
    for (size_t i = 0; i < report->finding_count; i++) {
        if (report->findings[i]->outcome != OUTCOME_PROBLEM)
            continue;
        problems[page->problem_count].finding = report->findings[i];
        locate(page, &below, &problems[page->problem_count++]);
    }
    page->problems = problems;
    page->below = below.list;
    page->below_count = below.count;
}
