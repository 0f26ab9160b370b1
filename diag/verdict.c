#include "diag/verdict.h"

#include "diag/clock.h"
#include "diag/text.h"
#include "diag/verdict_charts.h"
#include "diag/version.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 86400000 };

struct gathering { /* the findings of one run, as they are collected */
    struct arena *arena;
    struct finding **list;
    size_t count;
    size_t room;
};

static void take(void *context, struct finding *finding)
{
    struct gathering *all = context;

    all->list = arena_grow(all->arena, all->list, &all->room, all->count, sizeof(struct finding *));
    all->list[all->count++] = finding;
}

static void override_severity(struct finding *finding, const struct settings *settings)
{
    for (size_t i = 0; i < settings->severity_count; i++) {
        if (strcmp(settings->severities[i].id, finding->kind->id) == 0)
            finding->severity = settings->severities[i].severity;
    }
}

static bool holds(const struct acceptance *acceptance, int64_t started)
{
    int64_t last_day;

    return clock_parse_day(acceptance->expires, &last_day) == STATUS_OK && started < last_day + DAY;
}

static void accept(struct finding *finding, const struct settings *settings, int64_t started)
{
    finding->accepted = NULL;
    if (finding->outcome != OUTCOME_PROBLEM)
        return;
    for (size_t i = 0; i < settings->accepted_count; i++) {
        const struct acceptance *acceptance = &settings->accepted[i];

        if (strcmp(acceptance->id, finding->kind->id) == 0 &&
            (strcmp(acceptance->subject, "*") == 0 ||
             strcmp(acceptance->subject, finding->subject->name) == 0) &&
            holds(acceptance, started)) {
            finding->accepted = acceptance;
            return;
        }
    }
}

static bool is_due_to(const struct finding *effect, const struct subject *subject)
{
    return effect->due_to.name && subject_compare(subject, &effect->due_to) == 0;
}

/* At its own subject, or where it is due to what is wrong there. */
static bool stands_where_it_may_explain(const struct finding *cause, const struct finding *effect,
                                        const struct explanation *row)
{
    if (cause == effect)
        return false;
    return (cause->subject == effect->subject && !row->if_due) || is_due_to(effect, cause->subject);
}

/* By what the probe that told the effect says of it. */
static bool may_be_cause(const struct finding *effect, const char *id)
{
    size_t i = 0;

    if (!effect->causes)
        return true;
    while (effect->causes[i] && strcmp(effect->causes[i], id) != 0)
        i++;
    return effect->causes[i];
}

/* What is not known has a cause only where the probe names one. */
static bool is_to_be_explained(const struct finding *finding)
{
    return finding->outcome == OUTCOME_PROBLEM ||
           (finding->outcome == OUTCOME_UNKNOWN && finding->due_to.name);
}

/* Causes in the order of their rank in the table of explanations. */
static void explain(struct finding *effect, const struct gathering *all)
{
    const struct finding **causes = NULL;
    size_t room = 0;

    effect->explained_by_count = 0;
    if (!is_to_be_explained(effect))
        return;
    for (const struct explanation *row = explanations; row->cause; row++) {
        if (strcmp(row->effect, effect->kind->id) != 0 || !may_be_cause(effect, row->cause))
            continue;
        for (size_t i = 0; i < all->count; i++) {
            const struct finding *cause = all->list[i];

            if (cause->outcome != OUTCOME_PROBLEM || strcmp(cause->kind->id, row->cause) != 0 ||
                !stands_where_it_may_explain(cause, effect, row))
                continue;
            causes =
                arena_grow(all->arena, causes, &room, effect->explained_by_count, sizeof *causes);
            causes[effect->explained_by_count++] = cause;
        }
    }
    effect->explained_by = causes;
}

static bool is_explained_by(const struct finding *effect, const struct finding *cause)
{
    size_t i = 0;

    while (i < effect->explained_by_count && effect->explained_by[i] != cause)
        i++;
    return i < effect->explained_by_count;
}

/* True where a cause of it moved up. */
static bool raise_causes(const struct finding *effect, const struct gathering *all)
{
    bool is_raised = false;

    if (effect->explained_by_count == 0 || effect->outcome != OUTCOME_PROBLEM || effect->accepted)
        return false;
    for (size_t i = 0; i < all->count; i++) {
        if (all->list[i]->rank > effect->rank && is_explained_by(effect, all->list[i])) {
            all->list[i]->rank = effect->rank;
            is_raised = true;
        }
    }
    return is_raised;
}

/* Along chains of causes. */
static void rank(const struct gathering *all)
{
    bool is_raised = true;

    for (size_t i = 0; i < all->count; i++)
        all->list[i]->rank = all->list[i]->severity;
    while (is_raised) {
        is_raised = false;
        for (size_t i = 0; i < all->count; i++)
            is_raised = raise_causes(all->list[i], all) || is_raised;
    }
}

static const char *remark_of(const struct run *run, struct arena *arena)
{
    const struct evidence_run *about = &run->about;

    if (about->damaged_lines)
        return arena_print(arena, "%zu damaged line%s left out, the first is line %zu",
                           about->damaged_lines, about->damaged_lines == 1 ? " was" : "s were",
                           about->first_damaged_line);
    if (about->finished == 0)
        return "the evidence file ends before the run did; what it holds is judged";
    if (about->unknown_subjects)
        return arena_print(arena,
                           "%zu of its subjects %s of a kind that this version does not know",
                           about->unknown_subjects, about->unknown_subjects == 1 ? "is" : "are");
    if (about->unknown_items)
        return arena_print(arena, "%zu item%s of a kind that this version does not know",
                           about->unknown_items, about->unknown_items == 1 ? " is" : "s are");
    return about->complete ? NULL : "the run was interrupted; what it had gathered is judged";
}

/* The last thing that is known of a run whose last line is missing. */
static int64_t finish_of(const struct run *run)
{
    int64_t last = run->about.started;

    if (run->about.finished)
        return run->about.finished;
    for (const struct evidence *item = evidence_store_first(run->store); item; item = item->next)
        last = item->time > last ? item->time : last;
    return last;
}

/* Pseudonyms make no command: every step asks for the real names first. */
static struct steps ask_for_names(struct steps steps, struct arena *arena)
{
    static const char name[] = "real-names";
    struct step *list = arena_new(arena, steps.count, sizeof *list);

    for (size_t i = 0; i < steps.count; i++) {
        const char **placeholders =
            arena_new(arena, steps.list[i].placeholder_count + 1, sizeof *placeholders);

        list[i] = steps.list[i];
        for (size_t j = 0; j < list[i].placeholder_count; j++)
            placeholders[j] = list[i].placeholders[j];
        placeholders[list[i].placeholder_count++] = name;
        list[i].placeholders = placeholders;
        if (list[i].kind == STEP_EXACT)
            list[i].kind = STEP_FILL_IN;
    }
    return (struct steps){list, steps.count};
}

static void open_steps(struct finding *finding, struct arena *arena)
{
    finding->fix = ask_for_names(finding->fix, arena);
    finding->verify = ask_for_names(finding->verify, arena);
    finding->undo = ask_for_names(finding->undo, arena);
}

static void judge_run(const struct run *run, struct arena *arena, struct gathering *all,
                      struct report_run *out)
{
    struct gathering own = {.arena = arena};
    const struct evidence_run *about = &run->about;

    exam_findings(run->exam, take, &own);
    for (size_t i = 0; i < own.count; i++) {
        override_severity(own.list[i], &about->settings);
        accept(own.list[i], &about->settings, about->started);
        explain(own.list[i], &own);
        if (about->redacted)
            open_steps(own.list[i], arena);
        take(all, own.list[i]);
    }
    rank(&own);
    out->started = about->started;
    out->finished = finish_of(run);
    out->complete = about->complete && about->damaged_lines == 0 && about->unknown_subjects == 0;
    out->redacted = about->redacted;
    out->remark = remark_of(run, arena);
}

static int compare(const void *a, const void *b)
{
    return finding_compare(*(struct finding *const *)a, *(struct finding *const *)b);
}

static void count_outcomes(struct report *report)
{
    for (size_t i = 0; i < report->finding_count; i++) {
        const struct finding *finding = report->findings[i];

        if (finding->accepted)
            report->accepted_count++;
        else
            report->counts[finding->outcome]++;
    }
}

static int compare_subjects(const void *a, const void *b)
{
    return subject_compare(*(const struct subject *const *)a, *(const struct subject *const *)b);
}

/* Every subject once, though several runs may have examined it. */
static void collect_subjects(const struct run *runs, size_t run_count, struct arena *arena,
                             struct report *report)
{
    const struct subject **list;
    size_t total = 0, kept = 0;

    for (size_t i = 0; i < run_count; i++)
        total += exam_subjects(runs[i].exam).count;
    list = arena_new(arena, total, sizeof *list);
    total = 0;
    for (size_t i = 0; i < run_count; i++) {
        struct subject_list subjects = exam_subjects(runs[i].exam);

        for (size_t j = 0; j < subjects.count; j++)
            list[total++] = subjects.list[j];
    }
    qsort(list, total, sizeof *list, compare_subjects);
    for (size_t i = 0; i < total; i++) {
        if (i == 0 || subject_compare(list[kept - 1], list[i]) != 0)
            list[kept++] = list[i];
    }
    report->subjects = list;
    report->subject_count = kept;
}

/* The name of a file often names the customer. */
static const char *source_of(const struct run *run, size_t index, struct arena *arena)
{
    if (!run->source)
        return NULL;
    if (run->about.redacted)
        return arena_print(arena, "evidence file %zu", index + 1);
    return text_printable(arena, run->source, strlen(run->source));
}

void verdict(const struct run *runs, size_t run_count, const char *title, struct arena *arena,
             struct report *report)
{
    struct gathering all = {.arena = arena};
    struct report_run *out = arena_new(arena, run_count, sizeof *out);

    memset(report, 0, sizeof *report);
    report->title = title;
    report->version = EXDIAG_VERSION;
    report->runs = out;
    report->run_count = run_count;
    for (size_t i = 0; i < run_count; i++)
        judge_run(&runs[i], arena, &all, &out[i]);
    for (size_t i = 0; i < run_count && run_count > 1; i++)
        out[i].source = source_of(&runs[i], i, arena);
    if (all.count)
        qsort(all.list, all.count, sizeof *all.list, compare);
    report->findings = (const struct finding *const *)all.list;
    report->finding_count = all.count;
    count_outcomes(report);
    collect_subjects(runs, run_count, arena, report);
    verdict_charts(runs, run_count, arena, report);
}
