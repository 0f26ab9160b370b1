#include "diag/verdict_history.h"

#include "diag/clock.h"
#include "diag/history.h"
#include "diag/history_lines.h"
#include "diag/memory.h"
#include "diag/read/build_table.h"
#include "diag/verdict_alike.h"

#include <stdlib.h>
#include <string.h>

struct looks {
    struct arena *arena;
    struct history_look *list;
    size_t count, room;
    size_t run;
};

static void take(void *context, const struct exam_looked *looked)
{
    struct looks *all = context;
    struct exam_given *given = arena_new(all->arena, looked->given_count, sizeof *given);

    memcpy(given, looked->given, looked->given_count * sizeof *given);
    all->list = arena_grow(all->arena, all->list, &all->room, all->count, sizeof *all->list);
    all->list[all->count++] = (struct history_look){.run = all->run,
                                                    .subject = looked->subject,
                                                    .probe = looked->probe,
                                                    .given = given,
                                                    .given_count = looked->given_count};
}

/* The day of the table of builds that a run is judged by; 0 where it cannot be read. */
static int64_t builds_as_of(const struct settings *settings)
{
    struct build_table_fault fault;
    struct build_table table;
    struct arena memory = {0};
    size_t size;
    const char *text = build_table_text(&size);
    int64_t day = 0;

    if (settings->builds) {
        text = settings->builds;
        size = strlen(text);
    }
    if (build_table_read(text, size, &memory, &table, &fault) == STATUS_OK)
        day = table.as_of_moment;
    arena_release(&memory);
    return day;
}

static struct history_run describe(const struct run *run, const struct report_run *out)
{
    const struct evidence_run *about = &run->about;

    return (struct history_run){.started = about->started,
                                .machine = about->machine,
                                .subjects = about->subjects,
                                .subject_count = about->subject_count,
                                .settings = &about->settings,
                                .store = run->store,
                                .patience = about->patience,
                                .logs_on = about->logs_on,
                                .user = about->user,
                                .shows_token = about->shows_token,
                                .uses_ntlm = about->uses_ntlm,
                                .is_insecure = about->is_insecure,
                                .authorities = about->authorities,
                                .builds_as_of = builds_as_of(&about->settings),
                                .complete = out->complete,
                                .has_own_names = about->redacted && !run->renamed_together};
}

static int compare_past(const void *a, const void *b)
{
    const struct past *one = a, *other = b;
    int order = (one->state > other->state) - (one->state < other->state);

    if (order == 0)
        order = (one->finding->severity > other->finding->severity) -
                (one->finding->severity < other->finding->severity);
    if (order == 0)
        order = subject_compare(one->finding->subject, other->finding->subject);
    if (order == 0)
        order = strcmp(one->finding->kind->id, other->finding->kind->id);
    if (order == 0)
        order = strcmp(one->finding->title, other->finding->title);
    if (order == 0)
        order = (one->last_seen > other->last_seen) - (one->last_seen < other->last_seen);
    return order ? order
                 : (one->finding->run > other->finding->run) -
                       (one->finding->run < other->finding->run);
}

static int compare_pointers(const void *a, const void *b)
{
    uintptr_t one = (uintptr_t) * (struct finding *const *)a,
              other = (uintptr_t) * (struct finding *const *)b;

    return (one > other) - (one < other);
}

struct remaining {
    const struct history_result *result;
    struct finding **sorted; /* by where they are in memory */
    struct arena *arena;
};

static bool remains(const struct remaining *all, const struct finding *finding)
{
    return all->result->finding_count && bsearch(&finding, all->sorted, all->result->finding_count,
                                                 sizeof *all->sorted, compare_pointers);
}

/* The cause itself, or what stands for it by now; NULL if it is gone. */
static const struct finding *cause_now(const struct remaining *all, const struct finding *cause)
{
    if (!remains(all, cause))
        cause = history_successor(all->result, cause);
    return cause && remains(all, cause) ? cause : NULL;
}

static void explain_anew(const struct remaining *all, struct finding *effect)
{
    const struct finding **causes =
        arena_new(all->arena, effect->explained_by_count, sizeof *causes);
    size_t count = 0;

    for (size_t i = 0; i < effect->explained_by_count; i++) {
        const struct finding *cause = cause_now(all, effect->explained_by[i]);

        if (cause && cause != effect)
            causes[count++] = cause;
    }
    effect->explained_by = causes;
    effect->explained_by_count = count;
}

static void explain_all_anew(const struct history_result *result, struct arena *arena)
{
    struct remaining all = {.result = result, .arena = arena};

    all.sorted = arena_new(arena, result->finding_count + 1, sizeof *all.sorted);
    for (size_t i = 0; i < result->finding_count; i++)
        all.sorted[i] = result->findings[i];
    qsort(all.sorted, result->finding_count, sizeof *all.sorted, compare_pointers);
    for (size_t i = 0; i < result->finding_count; i++) {
        if (result->findings[i]->explained_by_count)
            explain_anew(&all, result->findings[i]);
    }
}

static void count_changes(const struct history_result *result, struct report *report)
{
    for (size_t i = 0; i < result->finding_count; i++) {
        if (result->findings[i]->outcome == OUTCOME_PROBLEM)
            report->change_counts[result->findings[i]->history.change]++;
    }
    for (size_t i = 0; i < result->past_count; i++)
        report->past_counts[result->past[i].state]++;
}

/* What was examined last on an earlier day than others says so. */
static void date_findings(const struct history_result *result, const struct report *report)
{
    int64_t newest = 0;

    for (size_t i = 0; i < report->run_count; i++)
        newest = report->runs[i].started > newest ? report->runs[i].started : newest;
    for (size_t i = 0; i < result->finding_count && !report->is_comparison; i++) {
        struct finding *finding = result->findings[i];
        int64_t own = report->runs[finding->run].started;

        if (!clock_is_same_day(own, newest))
            finding->history.as_of = own;
    }
}

static void tell_of_runs(const struct history_result *result, struct report *report,
                         struct report_run *out, struct arena *arena)
{
    for (size_t i = 0; i < report->run_count; i++) {
        const char *remark = result->run_remarks[i];

        out[i].is_superseded = result->is_superseded[i] || out[i].is_repeated;
        if (report->is_comparison)
            out[i].is_superseded = i == 0;
        if (remark && !out[i].is_repeated)
            out[i].remark =
                out[i].remark ? arena_print(arena, "%s; %s", out[i].remark, remark) : remark;
    }
}

/* ---- what is outdated ---- */

static int compare_outdated(const void *a, const void *b)
{
    const struct outdated_look *one = a, *other = b;
    uintptr_t ours[] = {one->run, (uintptr_t)one->subject, (uintptr_t)one->probe};
    uintptr_t theirs[] = {other->run, (uintptr_t)other->subject, (uintptr_t)other->probe};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (ours[i] != theirs[i])
            return ours[i] < theirs[i] ? -1 : 1;
    }
    return 0;
}

static void keep_outdated(const struct looks *looks, const bool *is_superseded,
                          struct outdated *outdated)
{
    struct outdated_look *list = arena_new(looks->arena, looks->count + 1, sizeof *list);

    for (size_t i = 0; i < looks->count; i++) {
        const struct history_look *look = &looks->list[i];

        if (is_superseded[i])
            list[outdated->count++] = (struct outdated_look){look->run, look->subject, look->probe};
    }
    qsort(list, outdated->count, sizeof *list, compare_outdated);
    outdated->list = list;
}

bool is_outdated(const struct outdated *outdated, size_t run, const struct subject *subject,
                 const struct probe *probe)
{
    const struct outdated_look wanted = {run, subject, probe};

    return outdated->count &&
           bsearch(&wanted, outdated->list, outdated->count, sizeof wanted, compare_outdated);
}

void verdict_history(const struct run *runs, struct finding ***findings, size_t *count,
                     struct arena *arena, struct report *report, struct report_run *out,
                     struct outdated *outdated)
{
    struct history_run *described = arena_new(arena, report->run_count + 1, sizeof *described);
    struct looks looks = {.arena = arena};
    struct history_input input = {.runs = described,
                                  .run_count = report->run_count,
                                  .findings = *findings,
                                  .finding_count = *count,
                                  .is_comparison = report->is_comparison};
    struct history_result result;

    if (report->run_count < 2)
        return;
    for (looks.run = 0; looks.run < report->run_count; looks.run++) {
        described[looks.run] = describe(&runs[looks.run], &out[looks.run]);
        if (report->is_comparison || !out[looks.run].is_repeated)
            exam_examinations(runs[looks.run].exam, take, &looks);
    }
    if (!report->is_comparison)
        history_lines(described, report->run_count);
    input.looks = looks.list;
    input.look_count = looks.count;
    history_judge(&input, arena, &result);
    keep_outdated(&looks, result.look_is_superseded, outdated);
    if (result.is_history || report->is_comparison)
        explain_all_anew(&result, arena);
    verdict_alike(report, result.findings, &result.finding_count, arena);
    if (result.past_count)
        qsort(result.past, result.past_count, sizeof *result.past, compare_past);
    count_changes(&result, report);
    date_findings(&result, report);
    tell_of_runs(&result, report, out, arena);
    report->is_history = result.is_history;
    report->past = result.past;
    report->past_count = result.past_count;
    *findings = result.findings;
    *count = result.finding_count;
}
