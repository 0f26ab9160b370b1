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

/* How many characters stand before the record in `text`: in quotation marks, one; else -1. */
static int offset_in(const char *text, const char *record)
{
    size_t size = strlen(record);

    if (strcmp(text, record) == 0)
        return 0;
    if (text[0] == '"' && strncmp(text + 1, record, size) == 0 &&
        strcmp(text + 1 + size, "\"") == 0)
        return 1;
    return -1;
}

static bool point_at(struct spf_problem *problem, const char *domain, const char *record)
{
    const struct finding *finding = problem->finding;

    for (size_t i = 0; i < finding->seen_count; i++) {
        const struct seen *seen = &finding->seen[i];
        int offset = offset_in(seen->text, record);

        if (offset < 0)
            continue;
        problem->domain = domain;
        problem->record = record;
        problem->start = seen->mark_start - (size_t)offset;
        problem->end = seen->mark_end - (size_t)offset;
        return true;
    }
    return false;
}

struct search { /* for the record below the top that a problem points at */
    const struct spf_page *page;
    struct spf_problem *problem;
};

static void try_place(void *context, const struct spf_place *place)
{
    struct search *search = context;

    if (search->problem->record || !place->node || !place->node->record)
        return;
    point_at(search->problem, spf_page_show(search->page, place->node->domain),
             spf_page_show_record(search->page, place->node->record));
}

static void locate(const struct spf_page *page, struct spf_problem *problem)
{
    struct search search = {page, problem};

    problem->domain = page->domain;
    for (size_t i = 0; i < page->record_count; i++) {
        if (point_at(problem, page->domain, page->records[i]))
            return;
    }
    if (page->view->tree.top)
        spf_tree_walk(&page->view->tree, try_place, &search);
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
    struct spf_problem *problems = arena_new(page->memory, report->finding_count, sizeof *problems);

    collect_records(page);
    for (size_t i = 0; i < report->finding_count; i++) {
        if (report->findings[i]->outcome != OUTCOME_PROBLEM)
            continue;
        problems[page->problem_count].finding = report->findings[i];
        locate(page, &problems[page->problem_count++]);
    }
    page->problems = problems;
}
