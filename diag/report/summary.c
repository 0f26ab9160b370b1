#include "diag/report/summary.h"

#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

struct maker {
    const struct outline *outline;
    struct arena *arena;
    struct summary_fault *faults;
    size_t fault_count;
    size_t *marks; /* of entries, by index: the fault that last came by, from 1 */
};

static const struct outline_entry *entry_at(const struct outline *outline, size_t number)
{
    return &outline->entries[number - 1];
}

/* Nothing that is a problem of this report explains it: what a site accepts may. */
static bool is_fault(const struct outline *outline, const struct outline_entry *entry)
{
    for (size_t i = 0; i < entry->cause_count; i++) {
        if (entry_at(outline, entry->causes[i])->part == PART_PROBLEMS)
            return false;
    }
    return entry->part == PART_PROBLEMS;
}

static const char *cost_of(const struct outline_entry *entry)
{
    return finding_cost(entry->first);
}

static int compare_numbers(const void *a, const void *b)
{
    size_t first = *(const size_t *)a, second = *(const size_t *)b;

    return (first > second) - (first < second);
}

/* What follows from the fault, each once, in the order of the outline. */
static void follow(struct maker *maker, struct summary_fault *fault)
{
    const struct outline_entry *entry = fault->entry;
    size_t mark = maker->fault_count + 1, room = 0, count = 0, next = 0;
    size_t *found = NULL;

    maker->marks[entry->number - 1] = mark;
    for (;;) {
        for (size_t i = 0; i < entry->effect_count; i++) {
            size_t *seen = &maker->marks[entry->effects[i] - 1];

            if (*seen == mark)
                continue;
            *seen = mark;
            found = arena_grow(maker->arena, found, &room, count, sizeof *found);
            found[count++] = entry->effects[i];
        }
        if (next == count)
            break;
        entry = entry_at(maker->outline, found[next++]);
    }
    if (count)
        qsort(found, count, sizeof *found, compare_numbers);
    fault->consequences = found;
    fault->consequence_count = count;
}

static bool counts(const struct outline_entry *entry)
{
    return entry->part == PART_PROBLEMS && entry->first->severity != SEVERITY_INFO;
}

/* How bad it is with all that follows from it, and what the worst of these costs. */
static void weigh(const struct maker *maker, struct summary_fault *fault)
{
    enum severity costs = cost_of(fault->entry) ? fault->entry->first->severity : SEVERITY_COUNT;

    fault->rank = fault->entry->first->severity;
    fault->cost = cost_of(fault->entry);
    fault->repair = finding_repair(fault->entry->first);
    for (size_t i = 0; i < fault->consequence_count; i++) {
        const struct outline_entry *entry = entry_at(maker->outline, fault->consequences[i]);
        enum severity severity = entry->first->severity;

        if (!counts(entry))
            continue;
        if (severity < fault->rank)
            fault->rank = severity;
        if (cost_of(entry) && severity < costs) {
            fault->cost = cost_of(entry);
            costs = severity;
        }
    }
}

static void find_faults(struct maker *maker, struct summary *summary)
{
    const struct outline *outline = maker->outline;

    maker->faults = arena_new(maker->arena, outline->count + 1, sizeof *maker->faults);
    maker->marks = arena_new(maker->arena, outline->count + 1, sizeof *maker->marks);
    for (size_t i = 0; i < outline->count; i++) {
        const struct outline_entry *entry = &outline->entries[i];
        struct summary_fault fault = {.entry = entry};

        if (!is_fault(outline, entry))
            continue;
        follow(maker, &fault);
        weigh(maker, &fault);
        if (entry->first->fix.count)
            fault.first = &entry->first->fix.list[0];
        summary->counts[fault.rank]++;
        if (fault.rank != SEVERITY_INFO)
            maker->faults[maker->fault_count++] = fault;
    }
}

/* ---- what it costs ---- */

struct charge { /* one fault's */
    const char *text;
    size_t fault;
};

static int compare_charges(const void *a, const void *b)
{
    const struct charge *first = a, *second = b;
    int order = strcmp(first->text, second->text);

    return order ? order : (first->fault > second->fault) - (first->fault < second->fault);
}

static int compare_costs(const void *a, const void *b)
{
    const struct summary_cost *first = a, *second = b;
    int order = compare_numbers(&first->faults[0], &second->faults[0]);

    return order ? order : strcmp(first->text, second->text);
}

static struct summary_cost charge_all(const struct maker *maker, const struct charge *charges,
                                      size_t count)
{
    size_t *faults = arena_new(maker->arena, count, sizeof *faults);
    struct summary_cost cost = {charges[0].text, SEVERITY_INFO, faults, 0};

    for (size_t i = 0; i < count; i++) {
        size_t fault = charges[i].fault;

        if (cost.fault_count && faults[cost.fault_count - 1] == fault)
            continue;
        faults[cost.fault_count++] = fault;
        if (maker->faults[fault].rank < cost.rank)
            cost.rank = maker->faults[fault].rank;
    }
    return cost;
}

/* The sentences of a fault and of what follows from it. */
static void charge_fault(const struct maker *maker, size_t index, struct charge **charges,
                         size_t *room, size_t *count)
{
    const struct summary_fault *fault = &maker->faults[index];

    for (size_t i = 0; i <= fault->consequence_count; i++) {
        const struct outline_entry *entry =
            i ? entry_at(maker->outline, fault->consequences[i - 1]) : fault->entry;

        if (!cost_of(entry) || !counts(entry))
            continue;
        *charges = arena_grow(maker->arena, *charges, room, *count, sizeof **charges);
        (*charges)[(*count)++] = (struct charge){cost_of(entry), index};
    }
}

static void find_costs(struct maker *maker, struct summary *summary)
{
    struct charge *charges = NULL;
    struct summary_cost *costs;
    size_t charge_count = 0, room = 0, count = 0;

    for (size_t i = 0; i < maker->fault_count; i++)
        charge_fault(maker, i, &charges, &room, &charge_count);
    if (!charge_count)
        return;
    qsort(charges, charge_count, sizeof *charges, compare_charges);
    costs = arena_new(maker->arena, charge_count, sizeof *costs);
    for (size_t from = 0, to; from < charge_count; from = to) {
        for (to = from + 1; to < charge_count; to++) {
            if (strcmp(charges[from].text, charges[to].text) != 0)
                break;
        }
        costs[count++] = charge_all(maker, charges + from, to - from);
    }
    qsort(costs, count, sizeof *costs, compare_costs);
    summary->costs = costs;
    summary->cost_count = count;
}

void summary_make(const struct outline *outline, struct arena *arena, struct summary *summary)
{
    struct maker maker = {.outline = outline, .arena = arena};

    *summary = (struct summary){0};
    find_faults(&maker, summary);
    find_costs(&maker, summary);
    summary->faults = maker.faults;
    summary->fault_count = maker.fault_count;
}

/* ---- in words ---- */

static void add_counted(struct buffer *out, size_t count, const char *one, const char *many)
{
    buffer_add_number(out, count);
    buffer_add_char(out, ' ');
    buffer_add_string(out, count == 1 ? one : many);
}

/* How those are critical that count as such: one that is not may cause what is. */
static const char *critical_words(const struct summary *summary)
{
    size_t causes = 0;

    for (size_t i = 0; i < summary->fault_count; i++)
        causes += summary->faults[i].rank == SEVERITY_CRITICAL &&
                  summary->faults[i].entry->first->severity != SEVERITY_CRITICAL;
    if (!causes)
        return "critical";
    return causes == summary->counts[SEVERITY_CRITICAL]
               ? "the cause of something critical"
               : "critical or the cause of something critical";
}

static void add_faults(const struct report *report, const struct summary *summary,
                       struct buffer *out)
{
    size_t count = summary->fault_count, critical = summary->counts[SEVERITY_CRITICAL];
    const char *standing = critical_words(summary);
    size_t severities[SEVERITY_COUNT], problems;

    report_count_problems(report, severities);
    problems = severities[SEVERITY_CRITICAL] + severities[SEVERITY_WARNING];
    add_counted(out, count, "fault", "faults");
    if (critical && count == 1)
        buffer_print(out, ", and it is %s", standing);
    else if (critical == count)
        buffer_print(out, ", all of them %s", standing);
    else if (critical)
        buffer_print(out, ", %zu of them %s", critical, standing);
    if (problems > count)
        buffer_print(out, critical == count ? ": behind %zu problems" : ", behind %zu problems",
                     problems);
}

void summary_headline(const struct report *report, const struct summary *summary,
                      struct buffer *out)
{
    size_t unknown = report->counts[OUTCOME_UNKNOWN];

    if (summary->fault_count)
        add_faults(report, summary, out);
    else
        buffer_add_string(out, "Nothing is wrong in what was checked");
    if (unknown) {
        buffer_add_string(out, "; ");
        add_counted(out, unknown, "thing could not be checked", "things could not be checked");
    }
    buffer_add_char(out, '.');
}

void summary_subjects(const struct outline_entry *entry, size_t most, struct buffer *out)
{
    size_t count = entry->member_count;
    size_t shown = count > most ? most : count;

    for (size_t i = 0; i < shown; i++) {
        if (i)
            buffer_add_string(out, i + 1 == count ? " and " : ", ");
        buffer_add_string(out, entry->members[i]->subject->shown);
    }
    if (count > shown)
        buffer_print(out, " and %zu more", count - shown);
}

void summary_sentence(const char *text, size_t most, struct buffer *out)
{
    size_t size = strlen(text), taken = 0;

    for (size_t i = 0; i < size; i++) {
        bool ends =
            i + 1 == size || (strchr(".!?", text[i]) && text[i + 1] == ' ') || text[i + 1] == '\n';

        if (ends && text_columns(text, i + 1) <= most)
            taken = i + 1;
    }
    buffer_add(out, text, taken);
}
