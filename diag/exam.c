#include "diag/exam.h"

#include "diag/examination.h"
#include "diag/settings.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

struct evidence_waiter {
    struct examination *x;
    struct evidence_waiter *next;
};

struct exam {
    struct exam_options options;
    bool ended;
    size_t open;

    const struct subject **subjects; /* sorted: subject_compare() */
    size_t subject_count;
    size_t subject_room;
    struct arena names;

    struct examination *examinations;
    struct examination **examinations_end;
    struct examination *ready;
    struct examination **ready_end;
    int64_t hurry_at; /* when those with some of their answers run; INT64_MAX if there are none */
    struct evidence_waiter *spare_waiters;
};

struct exam *exam_new(const struct exam_options *options)
{
    struct exam *exam = memory_new(1, sizeof *exam);

    exam->options = *options;
    exam->examinations_end = &exam->examinations;
    exam->ready_end = &exam->ready;
    exam->hurry_at = INT64_MAX;
    return exam;
}

static void free_waiters(struct evidence_waiter *waiters)
{
    while (waiters) {
        struct evidence_waiter *waiter = waiters;

        waiters = waiter->next;
        free(waiter);
    }
}

void exam_free(struct exam *exam)
{
    if (!exam)
        return;
    while (exam->examinations) {
        struct examination *x = exam->examinations;

        exam->examinations = x->next;
        for (size_t i = 0; i < x->wait_count; i++) {
            free_waiters(x->waits_for[i]->waiters);
            x->waits_for[i]->waiters = NULL;
        }
        arena_release(&x->memory);
        free(x->waits_for);
        free(x);
    }
    free_waiters(exam->spare_waiters);
    arena_release(&exam->names);
    free(exam->subjects);
    free(exam);
}

const struct exam_options *exam_options_of(const struct exam *exam)
{
    return &exam->options;
}

size_t exam_open(const struct exam *exam)
{
    return exam->open;
}

/* ---- which examination runs next ---- */

static void make_ready(struct examination *x)
{
    struct exam *exam = x->exam;

    if (x->ready)
        return;
    x->ready = true;
    x->next_ready = NULL;
    *exam->ready_end = x;
    exam->ready_end = &x->next_ready;
}

/* Those that have waited long enough for their last answers run with what they have. */
static void hurry(struct exam *exam, int64_t now)
{
    if (now < exam->hurry_at)
        return;
    exam->hurry_at = INT64_MAX;
    for (struct examination *x = exam->examinations; x; x = x->next) {
        if (x->fresh)
            make_ready(x);
    }
}

int64_t exam_due(const struct exam *exam)
{
    return exam->hurry_at;
}

/* ---- asking ---- */

static bool waits_for(const struct examination *x, const struct evidence *item)
{
    for (size_t i = 0; i < x->wait_count; i++) {
        if (x->waits_for[i] == item)
            return true;
    }
    return false;
}

static void wait_for(struct examination *x, struct evidence *item)
{
    struct evidence_waiter *waiter = x->exam->spare_waiters;

    if (waits_for(x, item))
        return;
    if (waiter)
        x->exam->spare_waiters = waiter->next;
    else
        waiter = memory_new(1, sizeof *waiter);
    waiter->x = x;
    waiter->next = item->waiters;
    item->waiters = waiter;
    x->waits_for = memory_grow(x->waits_for, &x->wait_room, x->wait_count, sizeof *x->waits_for);
    x->waits_for[x->wait_count++] = item;
}

static void stop_waiting(struct examination *x, const struct evidence *item)
{
    for (size_t i = 0; i < x->wait_count; i++) {
        if (x->waits_for[i] == item) {
            x->waits_for[i] = x->waits_for[--x->wait_count];
            return;
        }
    }
}

/* A new item: fetched, or ended at once where nothing is fetched any more. */
static struct evidence *ask_anew(struct examination *x, const struct evidence_kind *kind,
                                 const struct evidence *question)
{
    struct exam *exam = x->exam;
    struct evidence *item = evidence_store_add(exam->options.store, kind, question);

    item->time = exam->options.started;
    if (x->passes > EXAM_PASSES_MOST) {
        /* Kept in the store: how many passes there are depends on the clock, a replay must not. */
        evidence_fail(item, STATUS_LIMIT, NULL);
    } else if (exam->ended || !exam->options.fetch) {
        evidence_fail(item, exam->options.absent, NULL);
    } else {
        exam->open++;
        exam->options.fetch(exam->options.context, item);
    }
    return item;
}

/*
 * What an examination is told that asks too much in one pass. It stays out of the
 * store: what one of them asks in vain is no answer for the others.
 */
static const struct evidence *limit_reached(struct examination *x, const struct evidence_kind *kind,
                                            const struct evidence *question)
{
    struct evidence *item = arena_new(&x->memory, 1, kind->size);

    memcpy(item, question, kind->size);
    item->kind = kind;
    item->key = "";
    item->settled = true;
    item->status = STATUS_LIMIT;
    item->time = x->exam->options.started;
    return item;
}

const struct evidence *exam_ask(struct examination *x, const struct evidence_kind *kind,
                                const struct evidence *question)
{
    struct evidence *item = evidence_store_find(x->exam->options.store, kind, question);

    if (x->asks++ >= EXAM_ASKS_MOST)
        return limit_reached(x, kind, question);
    if (!item)
        item = ask_anew(x, kind, question);
    if (!item->settled) {
        x->incomplete = true;
        wait_for(x, item);
    }
    return item;
}

void exam_settled(struct exam *exam, struct evidence *item, int64_t now)
{
    exam->open--;
    while (item->waiters) {
        struct evidence_waiter *waiter = item->waiters;
        struct examination *x = waiter->x;

        item->waiters = waiter->next;
        waiter->next = exam->spare_waiters;
        exam->spare_waiters = waiter;
        stop_waiting(x, item);
        if (x->wait_count == 0)
            make_ready(x);
        else
            x->fresh = true;
        if (x->fresh && exam->hurry_at == INT64_MAX)
            exam->hurry_at = now + EXAM_PATIENCE;
    }
}

void exam_end(struct exam *exam, enum status status)
{
    exam->ended = true;
    exam->options.absent = status;
    for (struct evidence *item = evidence_store_first(exam->options.store); item;
         item = item->next) {
        if (!item->settled) {
            evidence_fail(item, status, NULL);
            exam_settled(exam, item, 0);
        }
    }
}

/* ---- subjects ---- */

static void add_examination(struct exam *exam, const struct probe *probe,
                            const struct subject *subject)
{
    struct examination *x = memory_new(1, sizeof *x);

    x->exam = exam;
    x->probe = probe;
    x->subject = subject;
    x->drafts_end = &x->drafts;
    *exam->examinations_end = x;
    exam->examinations_end = &x->next;
    make_ready(x);
}

/* The index of the first subject that is not before this one. */
static size_t place_of(const struct exam *exam, const struct subject *subject)
{
    size_t low = 0, high = exam->subject_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (subject_compare(exam->subjects[middle], subject) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void exam_add_subject(struct exam *exam, enum subject_kind kind, const char *name,
                      const char *shown, bool given)
{
    const struct subject wanted = {kind, name, shown, given};
    size_t place = place_of(exam, &wanted);
    struct subject *subject;

    if (place < exam->subject_count && subject_compare(exam->subjects[place], &wanted) == 0)
        return;
    if (exam->subject_count >= SUBJECTS_MOST && !given)
        return;
    subject = arena_new(&exam->names, 1, sizeof *subject);
    *subject = wanted;
    subject->name = arena_copy_string(&exam->names, name);
    subject->shown = text_printable(&exam->names, shown, strlen(shown));
    exam->subjects = memory_grow(exam->subjects, &exam->subject_room, exam->subject_count,
                                 sizeof *exam->subjects);
    memmove(exam->subjects + place + 1, exam->subjects + place,
            (exam->subject_count - place) * sizeof *exam->subjects);
    exam->subjects[place] = subject;
    exam->subject_count++;

    for (struct examination *x = exam->examinations; x; x = x->next) {
        if (x->asked_subjects & PROBE_EXAMINES(kind)) {
            x->passes = 0;
            make_ready(x);
        }
    }
    for (const struct probe *const *probe = exam->options.probes; *probe; probe++) {
        if ((*probe)->subjects & PROBE_EXAMINES(kind) &&
            exam_is_selected(exam->options.settings, *probe))
            add_examination(exam, *probe, subject);
    }
}

struct subject_list exam_subjects(struct exam *exam)
{
    return (struct subject_list){exam->subjects, exam->subject_count};
}

/* Subjects are sorted by kind first, so those of a kind stand together. */
struct subject_list exam_subjects_of_kind(struct exam *exam, enum subject_kind kind)
{
    size_t from = 0, to;

    while (from < exam->subject_count && exam->subjects[from]->kind < kind)
        from++;
    for (to = from; to < exam->subject_count && exam->subjects[to]->kind == kind;)
        to++;
    return (struct subject_list){exam->subjects + from, to - from};
}

/* ---- which probes and findings were asked for ---- */

static bool is_listed(const char *const *list, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i], word) == 0)
            return true;
    }
    return false;
}

static bool is_kind_selected(const struct settings *settings, const struct probe *probe,
                             const char *id)
{
    if (is_listed(settings->skip, settings->skip_count, id) ||
        is_listed(settings->skip, settings->skip_count, probe->name))
        return false;
    return settings->only_count == 0 || is_listed(settings->only, settings->only_count, id) ||
           is_listed(settings->only, settings->only_count, probe->name);
}

bool exam_is_selected(const struct settings *settings, const struct probe *probe)
{
    for (const struct finding_kind *const *kind = probe->kinds; *kind; kind++) {
        if (is_kind_selected(settings, probe, (*kind)->id))
            return true;
    }
    return false;
}

void exam_fetch_nothing(void *context, struct evidence *item)
{
    (void)context;
    (void)item;
}

/* ---- passes ---- */

static void run_pass(struct examination *x)
{
    arena_reset(&x->memory);
    x->drafts = NULL;
    x->drafts_end = &x->drafts;
    x->facts = NULL;
    x->facts_end = &x->facts;
    x->result = NULL;
    x->incomplete = false;
    x->fresh = false;
    x->asked_subjects = 0;
    x->asks = 0;
    x->passes++;
    x->probe->examine(x, x->subject);
    if (!x->incomplete)
        examination_conclude(x);
}

void exam_work(struct exam *exam, int64_t now)
{
    hurry(exam, now);
    while (exam->ready) {
        struct examination *x = exam->ready;

        exam->ready = x->next_ready;
        if (!exam->ready)
            exam->ready_end = &exam->ready;
        x->ready = false;
        run_pass(x);
    }
}

void exam_findings(struct exam *exam, void (*take)(void *context, struct finding *finding),
                   void *context)
{
    for (struct examination *x = exam->examinations; x; x = x->next) {
        if (x->incomplete)
            continue;
        for (struct draft *draft = x->drafts; draft; draft = draft->next) {
            if (is_kind_selected(exam->options.settings, x->probe, draft->finding.kind->id))
                take(context, &draft->finding);
        }
    }
}

const void *exam_result(const struct exam *exam, const struct probe *probe)
{
    for (const struct examination *x = exam->examinations; x; x = x->next) {
        if (x->probe == probe && !x->incomplete && x->result)
            return x->result;
    }
    return NULL;
}
