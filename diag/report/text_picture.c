#include "diag/report/text_picture.h"

#include "diag/report/text_series.h"
#include "diag/report/text_timeline.h"
#include "diag/report/text_tree.h"

static bool has_tree(const struct finding *finding)
{
    return finding->tree && finding->tree->kind->in_text;
}

static bool has_timeline(const struct finding *finding)
{
    return finding->timeline && text_timeline_tells(finding->timeline);
}

bool text_has_pictures(const struct finding *finding)
{
    return finding->series_count > 0 || has_tree(finding) || has_timeline(finding);
}

void text_pictures(struct wrap *wrap, const struct report_options *options, size_t body,
                   const struct finding *finding)
{
    for (size_t i = 0; i < finding->series_count; i++) {
        wrap_free_line(wrap);
        text_series(wrap, options, body, &finding->series[i]);
    }
    if (has_tree(finding)) {
        wrap_free_line(wrap);
        text_tree(wrap, options, body, finding->tree);
    }
    if (has_timeline(finding)) {
        wrap_free_line(wrap);
        text_timeline(wrap, options, body, finding->timeline);
    }
}
