/* The records of `exdiag spf` with every problem marked beneath the characters it is about. */
#include "diag/command/spf_sheet.h"
#include "diag/report/shared.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    LINES_SHOWN = 12,  /* of a record; beyond them those on which a mark begins */
    BESIDE_LEAST = 28, /* columns that the text of a mark needs to stand beside it */
    OTHERS_MOST = 20,  /* records below the top that are shown */
    SEEN_MOST = 8,
    DETAILS_MOST = 2,
    TEXT_MOST = 300 /* characters of what is said of a mark */
};

struct mark {
    const struct spf_problem *problem;
    const struct seen *seen; /* that it is of; NULL: it is explained elsewhere */
    size_t start, end;       /* bytes of the record */
    bool is_told;            /* with words: of a problem that marks several records, at the first */
};

struct exhibit {
    const char *record;
    struct mark *marks; /* in their order */
    size_t count;
    size_t room;
};

/* ---- one mark ---- */

static void write_problem(struct spf_sheet *sheet, const struct finding *finding)
{
    enum style style = style_of_finding(finding);

    spf_sheet_print(sheet, style, "%s: ", report_standing(finding));
    spf_sheet_words(sheet, STYLE_PLAIN, spf_sheet_clip(sheet, finding->title, TEXT_MOST));
    spf_sheet_print(sheet, STYLE_FAINT, " [%s]", finding->kind->id);
    wrap_end(&sheet->wrap);
}

static bool is_same_place(const struct mark *a, const struct mark *b)
{
    return a->start == b->start && a->end == b->end;
}

/*
 * What is said of a mark alone: the text that was seen next, if it is of no record and
 * heads no list. NULL: nothing.
 */
static const char *detail_of(const struct mark *mark, size_t index)
{
    const struct finding *finding = mark->problem->finding;
    const struct seen *seen = mark->seen + 1, *end = finding->seen + finding->seen_count;

    for (size_t i = 0; i <= index; i++, seen++) {
        size_t size = seen < end ? strlen(seen->text) : 0;

        if (size == 0 || seen->source || seen->mark_end > seen->mark_start ||
            seen->text[size - 1] == ':')
            return NULL;
        if (i == index)
            return seen->text;
    }
    return NULL;
}

/* Two findings about one place may say the same of it, and one thing has a place of its own. */
static bool was_said(const struct exhibit *exhibit, const struct mark *mark, const char *detail)
{
    static const char obstacle[] = "no corrected record is proposed: ";

    if (strncmp(detail, obstacle, sizeof obstacle - 1) == 0)
        return true;
    if (mark == exhibit->marks || !is_same_place(mark, mark - 1))
        return false;
    for (size_t i = 0; i < DETAILS_MOST; i++) {
        const char *before = detail_of(mark - 1, i);

        if (before && strcmp(before, detail) == 0)
            return true;
    }
    return false;
}

static void write_details(struct spf_sheet *sheet, const struct exhibit *exhibit,
                          const struct mark *mark, size_t column)
{
    bool is_first = !mark->is_told; /* on the line of the carets */

    for (size_t i = 0; i < DETAILS_MOST; i++) {
        const char *detail = detail_of(mark, i);

        if (!detail || was_said(exhibit, mark, detail))
            continue;
        if (is_first)
            spf_sheet_words(sheet, STYLE_PLAIN, " ");
        else
            wrap_to(&sheet->wrap, column);
        is_first = false;
        spf_sheet_words(sheet, STYLE_PLAIN, spf_sheet_clip(sheet, detail, TEXT_MOST));
        wrap_end(&sheet->wrap);
    }
}

/*
 * Beside the carets where there is room for it, else on lines of its own. What was told
 * at an earlier mark is named alone, and not even that right behind it.
 */
static void explain_mark(struct spf_sheet *sheet, const struct exhibit *exhibit,
                         const struct mark *mark, size_t column)
{
    const struct finding *finding = mark->problem->finding;
    bool goes_on = mark > exhibit->marks && mark[-1].problem == mark->problem;

    if (column + BESIDE_LEAST > sheet->wrap.columns) {
        column = sheet->body + 2;
        wrap_end(&sheet->wrap);
    }
    wrap_indent(&sheet->wrap, column);
    wrap_to(&sheet->wrap, column);
    if (mark->is_told)
        write_problem(sheet, finding);
    else if (!goes_on)
        spf_sheet_print(sheet, STYLE_FAINT, "[%s]", finding->kind->id);
    write_details(sheet, exhibit, mark, column);
    wrap_end(&sheet->wrap);
}

/*
 * Carets beneath what lies on the line from byte `at` to `end`, which begins at `indent`. Gives
 * the column behind them and a space.
 */
static size_t carets(struct spf_sheet *sheet, const struct exhibit *exhibit,
                     const struct mark *mark, size_t at, size_t end, size_t indent)
{
    size_t first = mark->start > at ? mark->start : at, last = mark->end < end ? mark->end : end;
    size_t columns = text_columns(exhibit->record + first, last - first);
    size_t column = indent + text_columns(exhibit->record + at, first - at);
    enum style style = style_of_finding(mark->problem->finding);

    wrap_to(&sheet->wrap, column);
    columns += columns == 0;
    if (sheet->options->colours)
        style_begin(&sheet->wrap, style);
    for (size_t i = 0; i < columns; i++)
        wrap_words(&sheet->wrap, "^");
    if (sheet->options->colours)
        style_end(&sheet->wrap, style);
    return column + columns + 1;
}

static bool is_on(const struct mark *mark, size_t at, size_t end)
{
    return mark->start < end && mark->end > at;
}

static void marks_of_line(struct spf_sheet *sheet, const struct exhibit *exhibit, size_t at,
                          size_t end, size_t indent)
{
    size_t column = indent;

    for (size_t i = 0; i < exhibit->count; i++) {
        const struct mark *mark = &exhibit->marks[i];

        if (!is_on(mark, at, end))
            continue;
        wrap_indent(&sheet->wrap, indent);
        if (i == 0 || !is_same_place(mark, mark - 1))
            column = carets(sheet, exhibit, mark, at, end, indent);
        if (mark->start >= at && mark->seen)
            explain_mark(sheet, exhibit, mark, column);
        else
            wrap_end(&sheet->wrap);
    }
}

/* ---- one record ---- */

/* A mark may go on over many lines; those on which one begins are worth showing. */
static bool begins_mark(const struct exhibit *exhibit, size_t at, size_t end)
{
    for (size_t i = 0; i < exhibit->count; i++) {
        if (exhibit->marks[i].start >= at && exhibit->marks[i].start < end)
            return true;
    }
    return false;
}

static void say_left_out(struct spf_sheet *sheet, size_t *lines)
{
    if (*lines == 0)
        return;
    wrap_indent(&sheet->wrap, sheet->body + 2);
    wrap_to(&sheet->wrap, sheet->body + 2);
    spf_sheet_print(sheet, STYLE_FAINT, "... %zu more lines%s", *lines,
                    sheet->narrow ? "" : " (--verbose)");
    wrap_end(&sheet->wrap);
    *lines = 0;
}

static void show_line(struct spf_sheet *sheet, const char *line, size_t size, size_t indent)
{
    while (size > 0 && line[size - 1] == ' ')
        size--;
    wrap_to(&sheet->wrap, indent);
    wrap_verbatim(&sheet->wrap, line, size);
    wrap_end(&sheet->wrap);
}

static void show_record(struct spf_sheet *sheet, const struct exhibit *exhibit)
{
    const char *text = exhibit->record;
    size_t size = strlen(text), indent = sheet->body, lines = 0, left_out = 0;

    for (size_t at = 0, end; at < size || lines == 0; at = end) {
        end = at + report_line_size(text + at, size - at, sheet->wrap.columns - indent);
        if (++lines > LINES_SHOWN && !sheet->options->verbose && !begins_mark(exhibit, at, end)) {
            left_out++;
            continue;
        }
        say_left_out(sheet, &left_out);
        show_line(sheet, text + at, end - at, indent);
        marks_of_line(sheet, exhibit, at, end, indent);
        indent = sheet->body + 2;
    }
    say_left_out(sheet, &left_out);
}

static int compare_marks(const void *a, const void *b)
{
    const struct mark *left = a, *right = b;

    if (left->start != right->start)
        return left->start < right->start ? -1 : 1;
    if (left->end != right->end)
        return left->end < right->end ? -1 : 1;
    return (left->problem > right->problem) - (left->problem < right->problem);
}

static void add_mark(struct exhibit *exhibit, struct arena *arena,
                     const struct spf_problem *problem, const struct seen *seen)
{
    const char *record = exhibit->record;
    size_t start, end;
    struct mark *mark;

    if (!spf_page_is_seen(seen, record, &start, &end) || start == end)
        return;
    exhibit->marks =
        arena_grow(arena, exhibit->marks, &exhibit->room, exhibit->count, sizeof *exhibit->marks);
    mark = &exhibit->marks[exhibit->count++];
    mark->problem = problem;
    mark->seen = seen;
    mark->start = report_byte_of(record, start);
    mark->end = report_byte_of(record, end);
    mark->is_told = strcmp(problem->record, record) == 0 && start == problem->start;
}

static void collect_marks(struct spf_sheet *sheet, const char *record, struct exhibit *exhibit)
{
    const struct spf_page *page = sheet->page;

    memset(exhibit, 0, sizeof *exhibit);
    exhibit->record = record;
    for (size_t i = 0; i < page->problem_count; i++) {
        const struct spf_problem *problem = &page->problems[i];

        for (size_t j = 0; problem->record && j < problem->finding->seen_count; j++)
            add_mark(exhibit, page->memory, problem, &problem->finding->seen[j]);
    }
    if (exhibit->count)
        qsort(exhibit->marks, exhibit->count, sizeof *exhibit->marks, compare_marks);
}

/* ---- all of them ---- */

static bool is_at_the_domain(const struct spf_page *page, const char *record)
{
    for (size_t i = 0; i < page->record_count; i++) {
        if (strcmp(page->records[i], record) == 0)
            return true;
    }
    return false;
}

struct others {
    const char *shown[OTHERS_MOST];
    size_t count;
    size_t left_out;
};

static void show_other(struct spf_sheet *sheet, struct others *others, const struct spf_shown *one)
{
    struct exhibit exhibit;

    for (size_t i = 0; i < others->count; i++) {
        if (strcmp(others->shown[i], one->record) == 0)
            return;
    }
    if (is_at_the_domain(sheet->page, one->record))
        return;
    if (others->count == OTHERS_MOST) {
        others->left_out++;
        return;
    }
    others->shown[others->count++] = one->record;
    wrap_free_line(&sheet->wrap);
    spf_sheet_label(sheet, 0, STYLE_FAINT, "record");
    spf_sheet_print(sheet, STYLE_FAINT, "of %s", one->domain);
    spf_sheet_end(sheet);
    collect_marks(sheet, one->record, &exhibit);
    show_record(sheet, &exhibit);
}

/* The record below the top in which something is marked; NULL: it is in none. */
static const struct spf_shown *record_of(const struct spf_page *page, const struct seen *seen)
{
    size_t start, end;

    if (seen->mark_end == seen->mark_start)
        return NULL;
    for (size_t i = 0; i < page->below_count; i++) {
        if (spf_page_is_seen(seen, page->below[i].record, &start, &end))
            return &page->below[i];
    }
    return NULL;
}

/* Records of includes are shown where problems point at them, each once. */
static void show_others(struct spf_sheet *sheet)
{
    const struct spf_page *page = sheet->page;
    struct others others = {.count = 0};

    for (size_t i = 0; i < page->problem_count; i++) {
        const struct finding *finding = page->problems[i].finding;

        for (size_t j = 0; j < finding->seen_count; j++) {
            const struct spf_shown *one = record_of(page, &finding->seen[j]);

            if (one)
                show_other(sheet, &others, one);
        }
    }
    if (others.left_out == 0)
        return;
    wrap_to(&sheet->wrap, sheet->body);
    spf_sheet_words(sheet, STYLE_FAINT, "... and problems in more records");
    wrap_end(&sheet->wrap);
}

/* What is not in a record at the domain: what stands in its place, with its own marks. */
static void show_seen(struct spf_sheet *sheet, const struct finding *finding)
{
    for (size_t i = 0; i < finding->seen_count && i < SEEN_MOST; i++) {
        const struct seen *seen = &finding->seen[i];
        struct exhibit exhibit = {.record = seen->text};
        struct mark mark = {.start = report_byte_of(seen->text, seen->mark_start),
                            .end = report_byte_of(seen->text, seen->mark_end)};
        const struct spf_problem problem = {.finding = finding};

        mark.problem = &problem;
        exhibit.marks = &mark;
        exhibit.count = seen->mark_end > seen->mark_start;
        sheet->body += 2;
        show_record(sheet, &exhibit);
        sheet->body -= 2;
    }
}

static void show_details(struct spf_sheet *sheet, const struct finding *finding)
{
    size_t count = 0;

    for (size_t i = 0; i < finding->seen_count; i++) {
        if (!spf_page_is_detail(sheet->page, &finding->seen[i]))
            continue;
        if (++count > SEEN_MOST && !sheet->options->verbose)
            continue;
        wrap_to(&sheet->wrap, sheet->body + 2);
        spf_sheet_words(sheet, STYLE_PLAIN,
                        spf_sheet_clip(sheet, finding->seen[i].text, TEXT_MOST));
        wrap_end(&sheet->wrap);
    }
    if (count <= SEEN_MOST || sheet->options->verbose)
        return;
    wrap_to(&sheet->wrap, sheet->body + 2);
    spf_sheet_print(sheet, STYLE_FAINT, "... %zu more (--verbose)", count - SEEN_MOST);
    wrap_end(&sheet->wrap);
}

/* What points at no character of a record. */
static void show_unmarked(struct spf_sheet *sheet)
{
    const struct spf_page *page = sheet->page;
    bool first = true;

    for (size_t i = 0; i < page->problem_count; i++) {
        const struct spf_problem *problem = &page->problems[i];

        if (problem->record && problem->end > problem->start)
            continue;
        if (first) {
            wrap_free_line(&sheet->wrap);
            spf_sheet_label(sheet, 0, STYLE_FAINT, "problems");
        }
        first = false;
        wrap_to(&sheet->wrap, sheet->body);
        wrap_indent(&sheet->wrap, sheet->body + 2);
        write_problem(sheet, problem->finding);
        if (!page->view->tree.top)
            show_seen(sheet, problem->finding);
        else
            show_details(sheet, problem->finding);
    }
}

void spf_sheet_titles(struct spf_sheet *sheet)
{
    for (size_t i = 0; i < sheet->page->problem_count; i++) {
        wrap_indent(&sheet->wrap, 2);
        write_problem(sheet, sheet->page->problems[i].finding);
    }
}

void spf_sheet_records(struct spf_sheet *sheet)
{
    const struct spf_page *page = sheet->page;

    for (size_t i = 0; i < page->record_count; i++) {
        struct exhibit exhibit;

        wrap_free_line(&sheet->wrap);
        spf_sheet_label(sheet, 0, STYLE_FAINT, "record");
        collect_marks(sheet, page->records[i], &exhibit);
        show_record(sheet, &exhibit);
    }
    show_others(sheet);
    show_unmarked(sheet);
}
