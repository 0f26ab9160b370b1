/* exdiag spf --format json: one object, as diag/report/spf.schema.json describes it. */
#include "diag/command/spf_page.h"

#include "diag/json.h"
#include "diag/platform.h"
#include "diag/report/shared.h"

static void put_text_or_null(json_t *object, const char *name, const char *text)
{
    if (text)
        json_put_text(object, name, text);
    else
        json_object_set_new(object, name, json_null());
}

static json_t *matched_object(const struct spf_page *page)
{
    const struct spf_step *step = page->view->verdict.matched;
    json_t *object;

    if (!step)
        return json_null();
    object = json_object();
    json_put_text(object, "term", spf_page_show_term(page, step->record, step->term));
    json_put_text(object, "domain", spf_page_show(page, step->domain));
    return object;
}

static json_t *record_array(const struct spf_page *page)
{
    json_t *array = json_array();

    for (size_t i = 0; i < page->record_count; i++)
        json_array_append_new(array, json_string(page->records[i]));
    return array;
}

static void put_verdict(json_t *object, const struct spf_page *page)
{
    const struct spf_verdict *verdict = &page->view->verdict;

    json_put_text(object, "result", spf_result_word(verdict->result));
    put_text_or_null(object, "reason",
                     verdict->reason ? spf_page_show(page, verdict->reason) : NULL);
    put_text_or_null(object, "explanation",
                     verdict->explanation ? spf_page_show(page, verdict->explanation) : NULL);
    json_object_set_new(object, "matched", matched_object(page));
}

static json_t *page_object(const struct spf_page *page)
{
    const struct spf_view *view = page->view;
    const struct spf_tree *tree = &view->tree;
    json_t *object = json_object();

    json_put_text(object, "identity", page->identity);
    json_put_text(object, "domain", page->domain);
    if (view->is_evaluated)
        put_verdict(object, page);
    json_put_number(object, "lookups", tree->lookups);
    json_put_number(object, "void_lookups",
                    tree->voids[tree->voids[SPF_V6] > tree->voids[SPF_V4] ? SPF_V6 : SPF_V4]);
    json_object_set_new(object, "records", record_array(page));
    return object;
}

enum status spf_page_json(const struct spf_page *page, FILE *stream)
{
    json_t *object = page_object(page);
    int failed = json_dumpf(object, stream, JSON_INDENT(2));

    json_decref(object);
    if (failed)
        return platform_write_error();
    fputc('\n', stream);
    return report_finish(stream);
}
