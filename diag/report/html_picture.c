#include "diag/report/html_picture.h"

#include "diag/report/html_series.h"
#include "diag/report/html_timeline.h"
#include "diag/report/html_tree.h"

void html_percent(uint32_t share, char text[HTML_PERCENT_SIZE])
{
    snprintf(text, HTML_PERCENT_SIZE, "%u.%02u%%", (unsigned)(share / 100),
             (unsigned)(share % 100));
}

static bool has_room(struct page *page)
{
    if (page->pictures < HTML_PICTURES_MOST) {
        page->pictures++;
        return true;
    }
    html_put(page,
             "<p class=\"remark\">A picture belongs here. This page shows the first %u; the "
             "JSON report has the numbers of all.</p>\n",
             (unsigned)HTML_PICTURES_MOST);
    return false;
}

void html_pictures(struct page *page, const struct finding *finding)
{
    for (size_t i = 0; i < finding->series_count; i++) {
        if (has_room(page))
            html_series(page, &finding->series[i]);
    }
    if (finding->tree && has_room(page))
        html_tree(page, finding->tree);
    if (finding->timeline && has_room(page))
        html_timeline(page, finding->timeline);
}
