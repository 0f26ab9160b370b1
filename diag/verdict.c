#include "diag/verdict.h"

#include "diag/text.h"
#include "diag/verdict_accept.h"
#include "diag/verdict_charts.h"
#include "diag/verdict_explain.h"
#include "diag/verdict_history.h"
#include "diag/verdict_measures.h"
#include "diag/verdict_rivals.h"
#include "diag/version.h"

#include <stdlib.h>
#include <string.h>

struct gathering { /* findings, as they are collected */
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
    return about->complete ? NULL
                           : "the run was interrupted, by --max-time or by hand; what it had "
                             "gathered is judged";
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

static void add_remark(struct report_run *run, const char *remark, struct arena *arena)
{
    if (remark)
        run->remark = run->remark ? arena_print(arena, "%s; %s", run->remark, remark) : remark;
}

static void judge_run(const struct run *run, size_t index, struct verdict_acceptances *accepted,
                      struct gathering *all, struct report_run *out)
{
    struct gathering own = {.arena = all->arena};
    const struct evidence_run *about = &run->about;

    exam_findings(run->exam, take, &own);
    verdict_accept(accepted, run, own.list, own.count);
    for (size_t i = 0; i < own.count; i++) {
        own.list[i]->run = index;
        own.list[i]->history = (struct history){.change = CHANGE_NONE};
        override_severity(own.list[i], &about->settings);
        if (about->redacted)
            open_steps(own.list[i], own.arena);
        take(all, own.list[i]);
    }
    verdict_explain(own.list, own.count, own.arena);
    out->started = about->started;
    out->finished = finish_of(run);
    out->complete = about->complete && about->damaged_lines == 0 && about->unknown_subjects == 0;
    out->redacted = about->redacted;
    out->machine = about->machine;
    out->has_offset = about->has_offset;
    out->offset = about->offset;
    out->remark = remark_of(run, own.arena);
    if (about->started == 0)
        add_remark(out, "the evidence does not say when it was gathered", own.arena);
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

/* Everything that the runs say, and of which run it is. */
static void judge_runs(const struct run *runs, struct verdict_acceptances *accepted,
                       struct gathering *all, struct report *report, struct report_run *out)
{
    for (size_t i = 0; i < report->run_count; i++) {
        size_t before = all->count;

        judge_run(&runs[i], i, accepted, all, &out[i]);
        if (report->run_count > 1)
            out[i].source = source_of(&runs[i], i, all->arena);
        for (size_t j = 0; j < i && !out[i].is_repeated; j++)
            out[i].is_repeated = run_is_same(&runs[j], &runs[i]);
        if (out[i].is_repeated)
            add_remark(&out[i],
                       report->is_comparison ? "it is the same evidence as that it is compared with"
                                             : "the same evidence was given before; it counts once",
                       all->arena);
        if (out[i].is_repeated && !report->is_comparison)
            all->count = before;
    }
}

static void fill_in(const struct run *runs, size_t run_count, const char *title,
                    struct arena *arena, struct report *report)
{
    struct gathering all = {.arena = arena};
    struct report_run *out = arena_new(arena, run_count, sizeof *out);
    struct verdict_acceptances accepted = {.arena = arena};
    struct outdated outdated = {0};

    report->title = title;
    report->version = EXDIAG_VERSION;
    report->runs = out;
    report->run_count = run_count;
    judge_runs(runs, &accepted, &all, report, out);
    verdict_history(runs, &all.list, &all.count, arena, report, out, &outdated);
    verdict_rivals(all.list, all.count, arena);
    verdict_arrange(all.list, all.count, arena);
    report->findings = (const struct finding *const *)all.list;
    report->finding_count = all.count;
    count_outcomes(report);
    verdict_idle_acceptances(&accepted, report);
    collect_subjects(runs, run_count, arena, report);
    verdict_charts(runs, run_count, arena, report);
    verdict_measures(runs, run_count, &outdated, arena, report);
}

void verdict(const struct run *runs, size_t run_count, const char *title, struct arena *arena,
             struct report *report)
{
    memset(report, 0, sizeof *report);
    fill_in(runs, run_count, title, arena, report);
}

void verdict_compare(const struct run runs[2], const char *title, struct arena *arena,
                     struct report *report)
{
    memset(report, 0, sizeof *report);
    report->is_comparison = true;
    fill_in(runs, 2, title, arena, report);
}
