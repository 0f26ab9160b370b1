/* exdiag spf --format json: one object, as diag/report/spf.schema.json describes it. */
#include "diag/command/spf_note.h"
#include "diag/command/spf_sheet.h"
#include "diag/json.h"
#include "diag/platform.h"
#include "diag/report/shared.h"

#include <string.h>

enum {
    STEPS_MOST = 1000, /* of an evaluation */
    TERMS_MOST = 2000  /* of the whole tree */
};

static void put_text_or_null(json_t *object, const char *name, const char *text)
{
    if (text)
        json_put_text(object, name, text);
    else
        json_object_set_new(object, name, json_null());
}

static json_t *families(const unsigned *figures)
{
    json_t *object = json_object();

    json_put_number(object, "ipv4", figures[SPF_V4]);
    json_put_number(object, "ipv6", figures[SPF_V6]);
    return object;
}

/* ---- the verdict ---- */

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

static json_t *step_object(const struct spf_page *page, const struct spf_step *step)
{
    json_t *object = json_object();

    json_put_text(object, "domain", spf_page_show(page, step->domain));
    json_put_text(object, "term", spf_page_show_term(page, step->record, step->term));
    json_put_number(object, "level", step->level);
    json_put_bool(object, "matches", step->matches);
    put_text_or_null(object, "name", step->name ? spf_page_show(page, step->name) : NULL);
    put_text_or_null(object, "text", step->text ? spf_page_show(page, step->text) : NULL);
    json_put_number(object, "lookups", step->lookups);
    return object;
}

static json_t *evaluation_object(const struct spf_page *page)
{
    const struct spf_verdict *verdict = &page->view->verdict;
    json_t *object, *steps;

    if (!page->view->is_evaluated)
        return json_null();
    object = json_object();
    steps = json_array();
    json_put_number(object, "lookups", verdict->lookups);
    json_put_number(object, "void_lookups", verdict->void_lookups);
    for (size_t i = 0; i < verdict->step_count && i < STEPS_MOST; i++)
        json_array_append_new(steps, step_object(page, &verdict->steps[i]));
    json_object_set_new(object, "steps", steps);
    json_put_number(object, "steps_left_out",
                    verdict->step_count > STEPS_MOST ? verdict->step_count - STEPS_MOST : 0);
    return object;
}

static void put_verdict(json_t *object, const struct spf_page *page)
{
    const struct spf_verdict *verdict = &page->view->verdict;
    bool is_evaluated = page->view->is_evaluated;

    put_text_or_null(object, "result", is_evaluated ? spf_result_word(verdict->result) : NULL);
    put_text_or_null(object, "reason",
                     verdict->reason ? spf_page_show(page, verdict->reason) : NULL);
    put_text_or_null(object, "explanation",
                     verdict->explanation ? spf_page_show(page, verdict->explanation) : NULL);
    json_object_set_new(object, "matched", matched_object(page));
    json_object_set_new(object, "evaluation", evaluation_object(page));
}

/* ---- the tree ---- */

static json_t *node_object(const struct spf_page *page, const struct spf_node *node, size_t *room);

static json_t *term_object(const struct spf_page *page, const struct spf_place *place, size_t *room)
{
    json_t *object = json_object();
    enum spf_weight weight;
    const char *note = spf_note(page, place, NULL, &weight);

    json_put_text(object, "text", spf_page_show_term(page, place->in->record, place->term));
    put_text_or_null(object, "error", place->term->error);
    json_put_bool(object, "reached", place->is_reached);
    json_put_number(object, "lookups", place->lookups);
    if (place->running)
        json_put_number(object, "running", place->running);
    else
        put_text_or_null(object, "running", NULL);
    json_object_set_new(object, "void_lookups", families(place->voids));
    put_text_or_null(object, "name", place->name ? spf_page_show(page, place->name) : NULL);
    put_text_or_null(object, "note", *note ? note : NULL);
    json_object_set_new(object, "node",
                        place->node ? node_object(page, place->node, room) : json_null());
    return object;
}

static json_t *term_array(const struct spf_page *page, const struct spf_node *node, size_t *room,
                          size_t *left_out)
{
    size_t count = node->record && node->places ? node->record->term_count : 0;
    size_t shown = count < *room ? count : *room;
    json_t *array = json_array();

    *room -= shown;
    *left_out = count - shown;
    for (size_t i = 0; i < shown; i++)
        json_array_append_new(array, term_object(page, &node->places[i], room));
    return array;
}

static json_t *node_object(const struct spf_page *page, const struct spf_node *node, size_t *room)
{
    json_t *object = json_object();
    size_t left_out;

    json_put_text(object, "domain", spf_page_show(page, node->domain));
    json_put_text(object, "state", spf_node_word(node->state));
    put_text_or_null(object, "record",
                     node->record ? spf_page_show_record(page, node->record) : NULL);
    json_object_set_new(object, "terms", term_array(page, node, room, &left_out));
    json_put_number(object, "terms_left_out", left_out);
    return object;
}

/* ---- the rest ---- */

static json_t *record_array(const struct spf_page *page)
{
    json_t *array = json_array();

    for (size_t i = 0; i < page->record_count; i++)
        json_array_append_new(array, json_string(page->records[i]));
    return array;
}

/* What was seen beside records: why it is a problem here. */
static json_t *detail_array(const struct spf_page *page, const struct finding *finding)
{
    json_t *array = json_array();

    for (size_t i = 0; i < finding->seen_count; i++) {
        if (spf_page_is_detail(page, &finding->seen[i]))
            json_array_append_new(array, json_string(finding->seen[i].text));
    }
    return array;
}

static json_t *problem_object(const struct spf_page *page, const struct spf_problem *problem)
{
    json_t *object = json_object();

    json_put_text(object, "id", problem->finding->kind->id);
    json_put_text(object, "severity", severity_word(problem->finding->severity));
    json_put_text(object, "text", problem->finding->title);
    json_put_text(object, "domain", problem->domain);
    put_text_or_null(object, "record", problem->record);
    json_object_set_new(object, "details", detail_array(page, problem->finding));
    if (problem->record && problem->end > problem->start)
        json_object_set_new(
            object, "position",
            json_pack("[I, I]", (json_int_t)problem->start, (json_int_t)problem->end));
    return object;
}

static json_t *problem_array(const struct spf_page *page)
{
    json_t *array = json_array();

    for (size_t i = 0; i < page->problem_count; i++)
        json_array_append_new(array, problem_object(page, &page->problems[i]));
    return array;
}

static json_t *unknown_array(const struct spf_page *page)
{
    json_t *array = json_array();

    for (size_t i = 0; i < page->report->finding_count; i++) {
        const struct finding *finding = page->report->findings[i];
        json_t *object;

        if (finding->outcome != OUTCOME_UNKNOWN)
            continue;
        object = json_object();
        json_put_text(object, "id", finding->kind->id);
        json_put_text(object, "text", finding->title);
        json_object_set_new(object, "details", detail_array(page, finding));
        json_array_append_new(array, object);
    }
    return array;
}

/* A single address with its length, too. */
static json_t *network_text(const struct spf_page *page, const struct spf_network *network)
{
    char text[IP_TEXT_SIZE];

    ip_format(&network->ip, text);
    return json_string(arena_print(page->memory, "%s/%u", text, network->length));
}

static json_t *sender_object(const struct spf_page *page, const struct spf_network *network)
{
    const struct spf_place *by = network->by, *branch = network->branch;
    json_t *object = json_object(), *branches = json_array();

    json_object_set_new(object, "network", network_text(page, network));
    json_put_text(object, "branch", spf_page_show_term(page, branch->in->record, branch->term));
    json_put_text(object, "term", spf_page_show_term(page, by->in->record, by->term));
    json_put_text(object, "domain", spf_page_show(page, by->in->domain));
    for (size_t i = 0; i < network->branch_count; i++) {
        branch = network->branches[i];
        json_array_append_new(
            branches, json_string(spf_page_show_term(page, branch->in->record, branch->term)));
    }
    json_object_set_new(object, "branches", branches);
    json_put_bool(object, "branches_complete", !network->has_more_branches);
    return object;
}

static void put_senders(json_t *object, const struct spf_page *page)
{
    const struct spf_senders *senders = &page->view->senders;
    json_t *addresses = json_array(), *array = json_array();

    for (size_t i = 0; i < senders->block_count; i++) {
        json_array_append_new(addresses, network_text(page, &senders->blocks[i]));
        json_array_append_new(array, sender_object(page, &senders->blocks[i]));
    }
    json_object_set_new(object, "addresses", addresses);
    json_object_set_new(object, "senders", array);
    json_put_bool(object, "everybody", senders->is_everybody);
    json_put_bool(object, "conditional", senders->is_conditional);
    json_put_bool(object, "addresses_complete", page->view->tree.top && !senders->is_cut);
}

static json_t *tool_object(const struct spf_page *page)
{
    json_t *object = json_object();

    json_put_text(object, "name", "exdiag");
    json_put_text(object, "version", page->report->version);
    return object;
}

static json_t *page_object(const struct spf_page *page)
{
    const struct spf_tree *tree = &page->view->tree;
    struct report_span span = report_span(page->report);
    unsigned v4 = tree->voids[SPF_V4], v6 = tree->voids[SPF_V6];
    size_t room = TERMS_MOST;
    json_t *object = json_object();

    json_object_set_new(object, "tool", tool_object(page));
    json_put_number(object, "format", 1);
    json_put_time(object, "started", span.started);
    json_put_bool(object, "complete", span.complete);
    json_put_text(object, "identity", page->identity);
    json_put_text(object, "domain", page->domain);
    json_put_text(object, "name", spf_page_show(page, page->view->name));
    put_verdict(object, page);
    json_put_number(object, "lookups", tree->lookups);
    json_put_number(object, "depth", tree->depth);
    json_put_number(object, "void_lookups", v6 > v4 ? v6 : v4);
    json_object_set_new(object, "void_lookups_by_family", families(tree->voids));
    json_put_bool(object, "resolver_view", page->view->is_inside);
    json_object_set_new(object, "records", record_array(page));
    put_text_or_null(object, "corrected",
                     page->view->fix.text ? spf_page_show(page, page->view->fix.text) : NULL);
    put_text_or_null(object, "not_corrected", spf_page_obstacle(page));
    json_object_set_new(object, "problems", problem_array(page));
    json_object_set_new(object, "unknown", unknown_array(page));
    json_object_set_new(object, "tree",
                        tree->top ? node_object(page, tree->top, &room) : json_null());
    put_senders(object, page);
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
