#include "diag/command/spf_page.h"

#include "diag/report/shared.h"

enum status spf_page_text(const struct spf_page *page, const struct report_options *options,
                          FILE *stream)
{
    (void)options;
    for (size_t i = 0; i < page->record_count; i++)
        fprintf(stream, "%s\n", page->records[i]);
    if (page->view->is_evaluated)
        fprintf(stream, "%s\n", spf_result_word(page->view->verdict.result));
    return report_finish(stream);
}
