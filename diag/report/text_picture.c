#include "diag/report/text_picture.h"

#include "diag/report/text_series.h"
#include "diag/report/text_timeline.h"
#include "diag/report/text_tree.h"

void text_pictures(struct wrap *wrap, const struct report_options *options, size_t body,
                   const struct finding *finding)
{
    for (size_t i = 0; i < finding->series_count; i++) {
        wrap_free_line(wrap);
        text_series(wrap, options, body, &finding->series[i]);
    }
    if (finding->tree && finding->tree->kind->in_text) {
        wrap_free_line(wrap);
        text_tree(wrap, options, body, finding->tree);
    }
    if (finding->timeline && text_timeline_tells(finding->timeline)) {
        wrap_free_line(wrap);
        text_timeline(wrap, options, body, finding->timeline);
    }
}
