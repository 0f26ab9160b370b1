#include "diag/report/html_past.h"

#include "diag/report/history.h"

enum { LINE_MOST = 1 << 14 };

void html_changes(struct page *page)
{
    struct buffer words;

    buffer_init(&words, LINE_MOST);
    report_changes(page->report, &words);
    if (words.size)
        html_put(page, "<p>Between the runs: %s.</p>\n", words.text);
    buffer_release(&words);
}

static void put_one(struct page *page, const struct past *past)
{
    const struct finding *finding = past->finding;
    struct buffer words;

    buffer_init(&words, LINE_MOST);
    report_past_words(past, &words);
    html_put(page, "<li><bdi>%s</bdi>: %s <code>%s</code> <small>%s</small>\n",
             finding->subject->shown, finding->title, finding->kind->id, words.text);
    buffer_release(&words);
}

void html_past(struct page *page)
{
    const struct report *report = page->report;

    if (report->past_count == 0)
        return;
    html_put(page, "<section id=\"past\" aria-labelledby=\"part-past\">\n"
                   "<h2 id=\"part-past\">What earlier runs saw</h2>\n");
    for (unsigned state = 0; state < PAST_COUNT; state++) {
        if (!report->past_counts[state])
            continue;
        html_put(page, "<h3><span class=\"say\">%s</span></h3>\n<ul class=\"past\">\n",
                 report_past_heading((enum past_state)state));
        for (size_t i = 0; i < report->past_count; i++) {
            if (report->past[i].state == state)
                put_one(page, &report->past[i]);
        }
        html_put(page, "</ul>\n");
    }
    html_put(page, "</section>\n");
}
