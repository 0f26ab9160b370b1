#include "diag/report/html_contents.h"

#include "diag/report/html_causes.h"
#include "diag/report/html_entry.h"

enum { TITLE_MOST = 160, NAMES_MOST = 1, SOURCE_MOST = 80 };

const struct html_part html_parts[PART_COUNT] = {
    [PART_PROBLEMS] = {"problems", "Problems"},
    [PART_UNKNOWN] = {"unknown", "Could not be checked"},
    [PART_ACCEPTED] = {"accepted", "Accepted by the site"},
    [PART_OK] = {"ok", "In order"},
    [PART_NOT_APPLICABLE] = {"not-applicable", "Not applicable"},
};

static void put_entry(struct page *page, const struct outline_entry *entry)
{
    html_put(page, "<li class=\"%s\"><a href=\"#finding-%u\"><b>%u</b> ",
             html_standing_class(entry->first), (unsigned)entry->number, (unsigned)entry->number);
    html_entry_title(page, entry, TITLE_MOST);
    html_put(page, "</a> <small>");
    html_entry_subjects(page, entry, NAMES_MOST);
    html_put(page, "</small>\n");
}

/* What is in order or not applicable is not listed one by one. */
static void put_part(struct page *page, enum report_part part)
{
    size_t from = page->outline->starts[part], to = page->outline->starts[part + 1];

    if (from == to)
        return;
    html_put(page, "<li><a class=\"head\" href=\"#%s\">%s</a>", html_parts[part].id,
             html_parts[part].heading);
    if (part < PART_OK) {
        html_put(page, "\n<ul>\n");
        for (size_t i = from; i < to; i++)
            put_entry(page, &page->outline->entries[i]);
        html_put(page, "</ul>\n");
    }
    html_put(page, "</li>\n");
}

/* With several each is of a run. */
static void put_chart(struct page *page, size_t index)
{
    const struct report *report = page->report;
    const struct chart *chart = &report->charts[index];
    const char *source = report->runs[chart->run].source;

    html_put(page, "<li><a class=\"head\" href=\"#chart-%u\">%s</a>", (unsigned)index + 1,
             chart->scale->title);
    if (report->chart_count > 1 && source) {
        html_put(page, " <small>");
        html_cut(page, source, SOURCE_MOST);
        html_put(page, "</small>");
    }
    html_put(page, "</li>\n");
}

void html_contents(struct page *page)
{
    const struct report *report = page->report;

    html_put(page, "<nav id=\"contents\" aria-label=\"Contents\">\n<details open>\n"
                   "<summary>Contents</summary>\n<ul>\n");
    for (size_t i = 0; i < report->chart_count; i++)
        put_chart(page, i);
    if (html_has_causes(page))
        html_put(page, "<li><a class=\"head\" href=\"#causes\">What explains what</a></li>\n");
    for (unsigned part = 0; part < PART_COUNT; part++)
        put_part(page, (enum report_part)part);
    if (report->past_count)
        html_put(page, "<li><a class=\"head\" href=\"#past\">What earlier runs saw</a></li>\n");
    html_put(page, "<li><a class=\"head\" href=\"#examined\">What was examined</a></li>\n"
                   "</ul>\n</details>\n</nav>\n");
}
