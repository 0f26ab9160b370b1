/* For programs: one object, as diag/report/report.schema.json describes it. */
#include "diag/report/report.h"

#include "diag/json.h"
#include "diag/report/shared.h"
#include "diag/text.h"

#include <string.h>

static void put_text_or_null(json_t *object, const char *name, const char *text)
{
    if (text)
        json_put_text(object, name, text);
    else
        json_object_set_new(object, name, json_null());
}

/* A path may be no UTF-8; then the form for people stands for it. */
static json_t *subject_object(const struct subject *subject)
{
    json_t *object = json_object();
    bool is_text = text_is_utf8(subject->name, strlen(subject->name));

    json_put_text(object, "kind", subject_kind_word(subject->kind));
    put_text_or_null(object, "name", is_text ? subject->name : subject->shown);
    return object;
}

/* ---- one finding ---- */

static json_t *seen_object(const struct seen *seen)
{
    json_t *object = json_object();

    put_text_or_null(object, "text", seen->text);
    put_text_or_null(object, "source", seen->source);
    if (seen->time)
        json_put_time(object, "time", seen->time);
    else
        put_text_or_null(object, "time", NULL);
    if (seen->mark_end > seen->mark_start) {
        json_object_set_new(
            object, "highlight",
            json_pack("[I, I]", (json_int_t)seen->mark_start, (json_int_t)seen->mark_end));
    }
    return object;
}

static json_t *seen_array(const struct finding *finding)
{
    json_t *array = json_array();

    for (size_t i = 0; i < finding->seen_count; i++)
        json_array_append_new(array, seen_object(&finding->seen[i]));
    return array;
}

static json_t *step_object(const struct step *step)
{
    json_t *object = json_object(), *placeholders = json_array();

    for (size_t i = 0; i < step->placeholder_count; i++)
        json_array_append_new(placeholders, json_string(step->placeholders[i]));
    json_put_text(object, "shell", shell_word(step->shell));
    put_text_or_null(object, "command", step->command);
    put_text_or_null(object, "where", step->where);
    if (step->condition)
        json_put_text(object, "condition", step->condition);
    json_put_text(object, "kind", step_kind_word(step->kind));
    json_object_set_new(object, "placeholders", placeholders);
    put_text_or_null(object, "risk", step->risk);
    put_text_or_null(object, "note", step->note);
    if (step->is_alternative)
        json_put_bool(object, "or", true);
    return object;
}

static json_t *step_array(const struct steps *steps)
{
    json_t *array = json_array();

    for (size_t i = 0; i < steps->count; i++)
        json_array_append_new(array, step_object(&steps->list[i]));
    return array;
}

static json_t *cause_array(const struct finding *finding)
{
    json_t *array = json_array();

    for (size_t i = 0; i < finding->explained_by_count; i++) {
        json_t *object = json_object();

        json_put_text(object, "id", finding->explained_by[i]->kind->id);
        json_object_set_new(object, "subject", subject_object(finding->explained_by[i]->subject));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *reference_array(const struct reference *reference)
{
    json_t *array = json_array();

    for (; reference && reference->title; reference++) {
        json_t *object = json_object();

        json_put_text(object, "title", reference->title);
        if (reference->url)
            json_put_text(object, "url", reference->url);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *acceptance_object(const struct acceptance *accepted)
{
    json_t *object;

    if (!accepted)
        return json_null();
    object = json_object();
    put_text_or_null(object, "reason", accepted->reason);
    put_text_or_null(object, "expires", accepted->expires);
    return object;
}

static json_t *series_object(const struct series *series)
{
    json_t *object = json_object(), *values = json_array();

    for (size_t i = 0; i < series->count; i++)
        json_array_append_new(values, json_integer(series->values[i]));
    json_put_text(object, "id", series->kind->id);
    json_put_text(object, "title", series->kind->title);
    json_put_text(object, "unit", series->kind->unit);
    json_put_text(object, "step", series->kind->step);
    put_text_or_null(object, "remark", series->remark);
    json_put_number(object, "first", series->first);
    json_object_set_new(object, "values", values);
    return object;
}

/* Absent where nothing was plotted. */
static void put_series(json_t *object, const struct finding *finding)
{
    json_t *array;

    if (finding->series_count == 0)
        return;
    array = json_array();
    for (size_t i = 0; i < finding->series_count; i++)
        json_array_append_new(array, series_object(&finding->series[i]));
    json_object_set_new(object, "series", array);
}

static json_t *node_object(const struct tree *tree, size_t index)
{
    const struct tree_node *node = &tree->nodes[index];
    json_t *object = json_object();

    json_put_text(object, "label", node->label);
    json_put_number(object, "level", node->level);
    if (node->number)
        json_put_number(object, "number", node->number);
    json_put_number(object, "cost", node->cost);
    json_put_text(object, "standing", picture_standing_word(node->standing));
    json_put_bool(object, "reached", !node->is_unreached);
    json_put_bool(object, "breaks_limit", tree_breaks_at(tree, index));
    put_text_or_null(object, "remark", node->remark);
    json_put_number(object, "left_out", node->left_out);
    return object;
}

/* Absent where none was drawn. */
static void put_tree(json_t *object, const struct tree *tree)
{
    json_t *value, *nodes;

    if (!tree)
        return;
    value = json_object();
    nodes = json_array();
    for (size_t i = 0; i < tree->count; i++)
        json_array_append_new(nodes, node_object(tree, i));
    json_put_text(value, "id", tree->kind->id);
    json_put_text(value, "title", tree->kind->title);
    json_put_text(value, "unit", tree->kind->unit);
    json_put_number(value, "limit", tree->kind->most);
    json_put_number(value, "total", tree->total);
    json_object_set_new(value, "nodes", nodes);
    json_object_set_new(object, "tree", value);
}

static json_t *row_object(const struct timeline_row *row)
{
    json_t *object = json_object(), *phases = json_array();

    for (size_t i = 0; i < row->phase_count; i++) {
        json_t *phase = json_object();

        json_put_text(phase, "phase", timeline_phase_word(row->phases[i].kind));
        json_object_set_new(phase, "from", json_integer(row->phases[i].from));
        json_object_set_new(phase, "to", json_integer(row->phases[i].to));
        json_array_append_new(phases, phase);
    }
    put_text_or_null(object, "group", row->group);
    json_put_text(object, "name", row->name);
    put_text_or_null(object, "detail", row->detail);
    json_put_text(object, "standing", picture_standing_word(row->standing));
    json_object_set_new(object, "phases", phases);
    json_put_text(object, "end", timeline_end_word(row->end));
    return object;
}

/* The same. */
static void put_timeline(json_t *object, const struct timeline *timeline)
{
    json_t *value, *rows;

    if (!timeline)
        return;
    value = json_object();
    rows = json_array();
    for (size_t i = 0; i < timeline->count; i++)
        json_array_append_new(rows, row_object(&timeline->rows[i]));
    json_put_text(value, "id", timeline->kind->id);
    json_put_text(value, "title", timeline->kind->title);
    json_put_text(value, "unit", "ms");
    json_put_number(value, "left_out", timeline->left_out);
    json_object_set_new(value, "rows", rows);
    json_object_set_new(object, "timeline", value);
}

static void put_time_or_null(json_t *object, const char *name, int64_t moment)
{
    if (moment)
        json_put_time(object, name, moment);
    else
        json_object_set_new(object, name, json_null());
}

static json_t *text_array(const char *const *texts)
{
    json_t *array = json_array();

    for (; *texts; texts++)
        json_array_append_new(array, json_string(*texts));
    return array;
}

/* Absent where there is nothing that it could be compared with. */
static void put_history(json_t *object, const struct history *history)
{
    json_t *value;

    if (history->change == CHANGE_NONE)
        return;
    value = json_object();
    json_put_text(value, "change", change_word(history->change));
    put_time_or_null(value, "since", history->since);
    put_time_or_null(value, "before", history->before);
    put_time_or_null(value, "earlier", history->earlier);
    json_put_number(value, "runs", history->runs);
    if (history->entered) {
        json_object_set_new(value, "seen_in_now", text_array(history->entered));
        json_object_set_new(value, "seen_in_at_first", text_array(history->left));
    }
    json_object_set_new(object, "history", value);
}

static json_t *finding_object(const struct finding *finding)
{
    json_t *object = json_object();

    json_put_text(object, "id", finding->kind->id);
    json_put_text(object, "probe", finding->probe);
    json_put_text(object, "outcome", outcome_word(finding->outcome));
    if (finding->outcome == OUTCOME_PROBLEM)
        json_put_text(object, "severity", severity_word(finding->severity));
    json_object_set_new(object, "subject", subject_object(finding->subject));
    put_text_or_null(object, "title", finding->title);
    json_object_set_new(object, "seen", seen_array(finding));
    put_series(object, finding);
    put_tree(object, finding->tree);
    put_timeline(object, finding->timeline);
    put_text_or_null(object, "why", finding->why);
    json_object_set_new(object, "explained_by", cause_array(finding));
    json_object_set_new(object, "fix", step_array(&finding->fix));
    json_object_set_new(object, "verify", step_array(&finding->verify));
    json_object_set_new(object, "undo", step_array(&finding->undo));
    put_text_or_null(object, "no_undo", finding->undo.count ? NULL : finding->kind->no_undo);
    json_object_set_new(object, "references", reference_array(finding->kind->references));
    json_object_set_new(object, "accepted", acceptance_object(finding->accepted));
    if (finding->expired)
        json_object_set_new(object, "acceptance_expired", acceptance_object(finding->expired));
    put_history(object, &finding->history);
    if (finding->history.as_of)
        json_put_time(object, "as_of", finding->history.as_of);
    return object;
}

/* ---- the whole ---- */

static json_t *tool_object(const struct report *report)
{
    json_t *object = json_object();

    json_put_text(object, "name", "exdiag");
    json_put_text(object, "version", report->version);
    return object;
}

static json_t *run_array(const struct report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; i < report->run_count; i++) {
        const struct report_run *run = &report->runs[i];
        json_t *object = json_object();

        put_text_or_null(object, "source", run->source);
        json_put_time(object, "started", run->started);
        json_put_time(object, "finished", run->finished);
        json_put_bool(object, "complete", run->complete);
        json_put_bool(object, "redacted", run->redacted);
        put_text_or_null(object, "remark", run->remark);
        if (run->machine)
            json_put_text(object, "machine", run->machine);
        if (run->has_offset)
            json_object_set_new(object, "utc_offset_minutes", json_integer(run->offset));
        if (run->is_superseded)
            json_put_bool(object, "superseded", true);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *subject_array(const struct report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; i < report->subject_count; i++)
        json_array_append_new(array, subject_object(report->subjects[i]));
    return array;
}

static json_t *summary_object(const struct report *report)
{
    static const struct {
        const char *name;
        enum report_part part;
    } members[] = {
        {"problem", PART_PROBLEMS},
        {"unknown", PART_UNKNOWN},
        {"ok", PART_OK},
        {"not_applicable", PART_NOT_APPLICABLE},
        {"accepted", PART_ACCEPTED},
    };
    json_t *object = json_object();

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        size_t count = report_part_size(report, members[i].part);

        json_put_number(object, members[i].name, count);
    }
    return object;
}

/* ---- charts ---- */

static json_t *span_object(const struct chart_row *row)
{
    json_t *object = json_object();

    json_put_text(object, "name", row->span.name);
    put_text_or_null(object, "role", row->span.role);
    json_object_set_new(object, "least", json_integer(row->span.least));
    json_object_set_new(object, "most", json_integer(row->span.most));
    json_put_text(object, "standing", span_standing_word(row->standing));
    return object;
}

static json_t *chart_object(const struct chart *chart)
{
    json_t *object = json_object(), *spans = json_array();

    for (size_t i = 0; i < chart->row_count; i++)
        json_array_append_new(spans, span_object(&chart->rows[i]));
    json_put_text(object, "id", chart->scale->id);
    json_put_text(object, "title", chart->scale->title);
    json_put_text(object, "unit", chart->scale->unit);
    json_put_number(object, "run", chart->run);
    json_put_text(object, "origin", chart->rows->span.name);
    json_object_set_new(object, "spans", spans);
    return object;
}

/* Absent where nothing was placed on a scale. */
static void put_charts(json_t *object, const struct report *report)
{
    json_t *array;

    if (report->chart_count == 0)
        return;
    array = json_array();
    for (size_t i = 0; i < report->chart_count; i++)
        json_array_append_new(array, chart_object(&report->charts[i]));
    json_object_set_new(object, "charts", array);
}

/* ---- several runs ---- */

static json_t *past_object(const struct past *past)
{
    const struct finding *finding = past->finding;
    json_t *object = json_object();

    json_put_text(object, "state", past_word(past->state));
    json_put_text(object, "id", finding->kind->id);
    json_put_text(object, "probe", finding->probe);
    json_put_text(object, "severity", severity_word(finding->severity));
    json_object_set_new(object, "subject", subject_object(finding->subject));
    put_text_or_null(object, "title", finding->title);
    json_object_set_new(object, "accepted", acceptance_object(finding->accepted));
    json_put_number(object, "run", finding->run);
    put_time_or_null(object, "first_seen", past->first_seen);
    put_time_or_null(object, "last_seen", past->last_seen);
    put_time_or_null(object, "gone", past->gone);
    put_text_or_null(object, "why", past->why);
    return object;
}

static json_t *changes_object(const struct report *report)
{
    json_t *object = json_object();

    for (unsigned change = CHANGE_NONE; change < CHANGE_COUNT; change++)
        json_put_number(object, change_word((enum change)change), report->change_counts[change]);
    for (unsigned state = 0; state < PAST_COUNT; state++)
        json_put_number(object, past_word((enum past_state)state), report->past_counts[state]);
    return object;
}

/* Absent where no run is compared with another. */
static void put_past(json_t *object, const struct report *report)
{
    json_t *array;

    if (!report->is_history && !report->is_comparison)
        return;
    array = json_array();
    for (size_t i = 0; i < report->past_count; i++)
        json_array_append_new(array, past_object(&report->past[i]));
    json_put_bool(object, "comparison", report->is_comparison);
    json_object_set_new(object, "changes", changes_object(report));
    json_object_set_new(object, "past", array);
}

static json_t *idle_object(const struct acceptance *acceptance)
{
    json_t *object = acceptance_object(acceptance);

    json_put_text(object, "id", acceptance->id);
    json_put_text(object, "subject", acceptance->subject);
    return object;
}

/* Absent where every acceptance is of a finding. */
static void put_idle_acceptances(json_t *object, const struct report *report)
{
    json_t *array;

    if (report->idle_acceptance_count == 0)
        return;
    array = json_array();
    for (size_t i = 0; i < report->idle_acceptance_count; i++)
        json_array_append_new(array, idle_object(report->idle_acceptances[i]));
    json_object_set_new(object, "acceptances_without_finding", array);
}

/* All but the findings. */
static json_t *report_object(const struct report *report)
{
    struct report_span span = report_span(report);
    json_t *object = json_object();

    json_object_set_new(object, "tool", tool_object(report));
    json_put_number(object, "format", 1);
    put_text_or_null(object, "title", report->title);
    json_put_time(object, "started", span.started);
    json_put_time(object, "finished", span.finished);
    json_put_bool(object, "complete", span.complete);
    json_object_set_new(object, "runs", run_array(report));
    json_object_set_new(object, "subjects", subject_array(report));
    json_object_set_new(object, "summary", summary_object(report));
    put_charts(object, report);
    put_past(object, report);
    put_idle_acceptances(object, report);
    return object;
}

/* ---- to the stream: one finding at a time, since ten thousand as objects take 100 MiB ---- */

enum { INDENT = 2 };

struct placed {
    FILE *stream;
    int depth;
};

/* Strings have no line breaks of their own: JSON escapes them. */
static int write_placed(const char *text, size_t size, void *context)
{
    const struct placed *placed = context;

    fwrite(text, 1, size, placed->stream);
    if (size > 0 && text[0] == '\n')
        fprintf(placed->stream, "%*s", placed->depth * INDENT, "");
    return 0;
}

static void write_value(const json_t *value, int depth, FILE *stream)
{
    struct placed placed = {stream, depth};

    json_dump_callback(value, write_placed, &placed, JSON_INDENT(INDENT) | JSON_ENCODE_ANY);
}

static void put_runs(json_t *object, const struct finding *finding)
{
    json_t *also;

    json_put_number(object, "run", finding->run);
    if (finding->also_count == 0)
        return;
    also = json_array();
    for (size_t i = 0; i < finding->also_count; i++)
        json_array_append_new(also, json_integer((json_int_t)finding->also[i]));
    json_object_set_new(object, "also_runs", also);
}

static void write_findings(const struct report *report, FILE *stream)
{
    fputs("  \"findings\": [", stream);
    for (size_t i = 0; i < report->finding_count; i++) {
        json_t *finding = finding_object(report->findings[i]);

        if (report->run_count > 1)
            put_runs(finding, report->findings[i]);
        fprintf(stream, "%s\n    ", i > 0 ? "," : "");
        write_value(finding, 2, stream);
        json_decref(finding);
    }
    fputs(report->finding_count > 0 ? "\n  ]" : "]", stream);
}

enum status report_json(const struct report *report, const struct report_options *options,
                        FILE *stream)
{
    json_t *object = report_object(report), *value;
    const char *name;

    (void)options;
    fputs("{\n", stream);
    json_object_foreach(object, name, value)
    {
        fprintf(stream, "  \"%s\": ", name);
        write_value(value, 1, stream);
        fputs(",\n", stream);
    }
    json_decref(object);
    write_findings(report, stream);
    fputs("\n}\n", stream);
    return report_finish(stream);
}
