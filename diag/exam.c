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

    const struct subject **subjects; /* sorted: subject_compare(); none with `concluded` */
    size_t subject_count;
    size_t subject_room;
    unsigned watched; /* PROBE_EXAMINES(kind) of the lists that anybody ever looked at */

    struct visit *first, *last;
    struct visit *shared; /* of what is made for all; NULL until it is asked for */
    int64_t now;
    struct examination *ready;
    struct examination **ready_end;
    int64_t hurry_at; /* when those with some of their answers run; INT64_MAX if there are none */
    struct evidence_waiter *spare_waiters;
    struct arena pass; /* with `concluded`: memory for the next pass */
};

struct exam *exam_new(const struct exam_options *options)
{
    struct exam *exam = memory_new(1, sizeof *exam);

    exam->options = *options;
    exam->ready_end = &exam->ready;
    exam->hurry_at = INT64_MAX;
    return exam;
}

static void end_visit(struct exam *exam, struct visit *visit);

void exam_free(struct exam *exam)
{
    if (!exam)
        return;
    while (exam->first)
        end_visit(exam, exam->first);
    while (exam->spare_waiters) {
        struct evidence_waiter *waiter = exam->spare_waiters;

        exam->spare_waiters = waiter->next;
        free(waiter);
    }
    arena_release(&exam->pass);
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

    x->due = true;
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
    for (struct visit *visit = exam->first; visit; visit = visit->next) {
        for (struct examination *x = visit->examinations; x; x = x->next) {
            if (x->fresh)
                make_ready(x);
        }
    }
}

int64_t exam_due(const struct exam *exam)
{
    return exam->hurry_at;
}

/* ---- asking ---- */

static void wait_for(struct examination *x, struct evidence_waiter **waiters)
{
    struct evidence_waiter *waiter = x->exam->spare_waiters;

    if (waiter)
        x->exam->spare_waiters = waiter->next;
    else
        waiter = memory_new(1, sizeof *waiter);
    waiter->x = x;
    waiter->next = *waiters;
    *waiters = waiter;
    x->wait_count++;
}

static void put_aside(struct exam *exam, struct evidence_waiter *waiter)
{
    waiter->next = exam->spare_waiters;
    exam->spare_waiters = waiter;
}

/* What they waited for is there. */
static void wake(struct exam *exam, struct evidence_waiter **waiters)
{
    while (*waiters) {
        struct evidence_waiter *waiter = *waiters;
        struct examination *x = waiter->x;

        *waiters = waiter->next;
        put_aside(exam, waiter);
        x->wait_count--;
        if (x->done)
            continue;
        if (x->wait_count == 0)
            make_ready(x);
        else
            x->fresh = true;
        if (x->fresh && exam->hurry_at == INT64_MAX)
            exam->hurry_at = exam->now + EXAM_PATIENCE;
    }
}

static void stop_waiting(struct examination *x, struct evidence *item)
{
    struct evidence_waiter **at = &item->waiters;

    while (*at) {
        struct evidence_waiter *waiter = *at;

        if (waiter->x == x) {
            *at = waiter->next;
            put_aside(x->exam, waiter);
            x->wait_count--;
        } else {
            at = &waiter->next;
        }
    }
}

static bool is_given_for(const struct evidence *item, const struct evidence_kind *kind,
                         const struct evidence *question)
{
    return item->kind == kind && kind->is_answer_to(item, question);
}

/*
 * What it was given for this question. It holds for the whole of an examination,
 * whatever the store has by now, and passes mostly ask in the same order. Where they
 * do not, the hash keeps a thousand questions of a hostile tree from taking seconds.
 */
static struct evidence *given_before(struct examination *x, const struct evidence_kind *kind,
                                     const struct evidence *question)
{
    size_t next = x->next_given < x->given_count ? x->next_given : 0;
    uint64_t hash;

    if (x->given_count == 0)
        return NULL;
    x->next_given = next + 1;
    if (is_given_for(x->given[next], kind, question))
        return x->given[next];
    hash = evidence_store_hash(x->exam->options.store, kind, question);
    for (size_t i = 0; i < x->given_count; i++) {
        if (x->given_hashes[i] == hash && is_given_for(x->given[i], kind, question)) {
            x->next_given = i + 1;
            return x->given[i];
        }
    }
    x->next_given = next;
    return NULL;
}

static void give(struct examination *x, struct evidence *item)
{
    struct arena *arena = &x->visit->memory;

    evidence_store_pin(x->exam->options.store, item);
    x->given = arena_grow(arena, x->given, &x->given_room, x->given_count, sizeof *x->given);
    x->given_hashes =
        arena_grow(arena, x->given_hashes, &x->hash_room, x->given_count, sizeof *x->given_hashes);
    x->given_hashes[x->given_count] = item->place.hash;
    x->given[x->given_count++] = item;
    x->next_given = x->given_count;
    if (!item->settled)
        wait_for(x, &item->waiters);
}

/* A new item: fetched, or ended at once where nothing is fetched any more. */
static struct evidence *ask_anew(struct examination *x, const struct evidence_kind *kind,
                                 const struct evidence *question)
{
    struct exam *exam = x->exam;
    struct evidence *item = evidence_store_add(exam->options.store, kind, question);

    item->time = exam->options.started;
    evidence_store_pin(exam->options.store, item);
    if (x->passes > EXAM_PASSES_MOST) {
        /* Kept in the store: how many passes there are depends on the clock, a replay must not. */
        evidence_fail(item, STATUS_LIMIT, NULL);
    } else if (exam->ended || !exam->options.fetch) {
        evidence_fail(item, exam->options.absent, NULL);
    } else {
        exam->open++;
        give(x, item);
        exam->options.fetch(exam->options.context, item);
        return item; /* whoever fetches it has pinned it, too */
    }
    give(x, item);
    evidence_store_settled(exam->options.store, item);
    evidence_store_unpin(exam->options.store, item);
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
    struct evidence *item;

    if (x->asks++ >= EXAM_ASKS_MOST)
        return limit_reached(x, kind, question);
    item = given_before(x, kind, question);
    if (!item) {
        item = evidence_store_find(x->exam->options.store, kind, question);
        if (item)
            give(x, item);
        else
            item = ask_anew(x, kind, question);
    }
    if (!item->settled)
        x->incomplete = true;
    return item;
}

void exam_settled(struct exam *exam, struct evidence *item, int64_t now)
{
    exam->open--;
    exam->now = now;
    evidence_store_advance(exam->options.store, now);
    evidence_store_settled(exam->options.store, item);
    wake(exam, &item->waiters);
    evidence_store_unpin(exam->options.store, item);
}

void exam_end(struct exam *exam, enum status status)
{
    size_t count = 0;
    struct evidence **open = memory_new(exam->open, sizeof *open);

    exam->ended = true;
    exam->options.absent = status;
    for (struct evidence *item = evidence_store_first(exam->options.store);
         item && count < exam->open; item = item->next) {
        if (!item->settled)
            open[count++] = item;
    }
    for (size_t i = 0; i < count; i++) {
        evidence_fail(open[i], status, NULL);
        exam_settled(exam, open[i], 0);
    }
    free(open);
}

/* ---- subjects ---- */

static struct examination *add_examination(struct exam *exam, struct visit *visit,
                                           struct examination **link)
{
    struct examination *x = arena_new(&visit->memory, 1, sizeof *x);

    x->exam = exam;
    x->subject = &visit->subject;
    x->visit = visit;
    x->drafts_end = &x->drafts;
    *link = x;
    visit->unfinished++;
    make_ready(x);
    return x;
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

/* A path says little where it is read: whose file it is stands beside it. */
static const char *shown_name(struct arena *arena, const struct subject *subject)
{
    const char *shown = text_printable(arena, subject->shown, strlen(subject->shown));

    if (subject->kind != SUBJECT_FILE || !subject->host)
        return shown;
    return arena_print(arena, "%s (%s)", shown, subject->host);
}

static struct visit *new_visit(struct exam *exam, const struct subject *subject)
{
    struct arena memory = {0};
    struct visit *visit = arena_new(&memory, 1, sizeof *visit);

    visit->subject = *subject;
    visit->subject.name = arena_copy_string(&memory, subject->name);
    visit->subject.host = subject->host ? arena_copy_string(&memory, subject->host) : NULL;
    visit->subject.shown = visit->subject.name;
    if (!exam->options.concluded)
        visit->subject.shown = shown_name(&memory, subject);
    visit->memory = memory;
    visit->previous = exam->last;
    if (exam->last)
        exam->last->next = visit;
    else
        exam->first = visit;
    exam->last = visit;
    return visit;
}

static void end_examination(struct examination *x)
{
    for (size_t i = 0; i < x->given_count; i++) {
        if (!x->given[i]->settled)
            stop_waiting(x, x->given[i]);
        evidence_store_unpin(x->exam->options.store, x->given[i]);
    }
    while (x->waiters) {
        struct evidence_waiter *waiter = x->waiters;

        x->waiters = waiter->next;
        put_aside(x->exam, waiter);
    }
    arena_release(&x->memory);
}

static void end_visit(struct exam *exam, struct visit *visit)
{
    struct arena memory = visit->memory;

    for (struct examination *x = visit->examinations; x; x = x->next)
        end_examination(x);
    if (visit->previous)
        visit->previous->next = visit->next;
    else
        exam->first = visit->next;
    if (visit->next)
        visit->next->previous = visit->previous;
    else
        exam->last = visit->previous;
    arena_release(&memory);
}

/* Those that looked at the subjects of a kind look again. */
static void tell_watchers(struct exam *exam, enum subject_kind kind)
{
    if (!(exam->watched & PROBE_EXAMINES(kind)))
        return;
    for (struct visit *visit = exam->first; visit; visit = visit->next) {
        for (struct examination *x = visit->examinations; x; x = x->next) {
            if (x->asked_subjects & PROBE_EXAMINES(kind)) {
                x->passes = 0;
                make_ready(x);
            }
        }
    }
}

static void list_subject(struct exam *exam, size_t place, const struct subject *subject)
{
    exam->subjects = memory_grow(exam->subjects, &exam->subject_room, exam->subject_count,
                                 sizeof *exam->subjects);
    memmove(exam->subjects + place + 1, exam->subjects + place,
            (exam->subject_count - place) * sizeof *exam->subjects);
    exam->subjects[place] = subject;
    exam->subject_count++;
    tell_watchers(exam, subject->kind);
}

static void examine(struct exam *exam, struct visit *visit)
{
    struct examination **link = &visit->examinations;

    for (const struct probe *const *probe = exam->options.probes; *probe; probe++) {
        if ((*probe)->subjects & PROBE_EXAMINES(visit->subject.kind) &&
            exam_is_selected(exam->options.settings, *probe)) {
            add_examination(exam, visit, link)->probe = *probe;
            link = &(*link)->next;
        }
    }
}

void exam_add_given(struct exam *exam, const struct subject *subject)
{
    size_t place = place_of(exam, subject);
    struct visit *visit;

    if (exam->options.concluded) {
        if (subject->given)
            examine(exam, new_visit(exam, subject));
        return;
    }
    if (place < exam->subject_count && subject_compare(exam->subjects[place], subject) == 0)
        return;
    if (exam->subject_count >= SUBJECTS_MOST && !subject->given)
        return;
    visit = new_visit(exam, subject);
    list_subject(exam, place, &visit->subject);
    examine(exam, visit);
}

void exam_add_subject(struct exam *exam, enum subject_kind kind, const char *name,
                      const char *shown, bool given)
{
    exam_add_given(
        exam, &(const struct subject){.kind = kind, .name = name, .shown = shown, .given = given});
}

struct subject_list exam_subjects(struct exam *exam)
{
    return (struct subject_list){exam->subjects, exam->subject_count};
}

/* Subjects are sorted by kind first, so those of a kind stand together. */
struct subject_list exam_subjects_of_kind(struct examination *x, enum subject_kind kind)
{
    struct exam *exam = x->exam;
    size_t from, to;

    if (exam->options.concluded)
        return (struct subject_list){&x->subject, x->subject->kind == kind};
    exam->watched |= PROBE_EXAMINES(kind);
    from = place_of(exam, &(const struct subject){.kind = kind, .name = ""});
    to = place_of(exam, &(const struct subject){.kind = kind + 1, .name = ""});
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

bool exam_is_finding_selected(const struct settings *settings, const struct probe *probe,
                              const char *id)
{
    if (is_listed(settings->skip, settings->skip_count, id) ||
        is_listed(settings->skip, settings->skip_count, probe->name))
        return false;
    return settings->only_count == 0 || probe->is_always_wanted ||
           is_listed(settings->only, settings->only_count, id) ||
           is_listed(settings->only, settings->only_count, probe->name);
}

bool exam_is_selected(const struct settings *settings, const struct probe *probe)
{
    for (const struct finding_kind *const *kind = probe->kinds; *kind; kind++) {
        if (exam_is_finding_selected(settings, probe, (*kind)->id))
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

static void move_arena(struct arena *from, struct arena *to)
{
    *to = *from;
    *from = (struct arena){0};
}

static void run_pass(struct examination *x)
{
    arena_reset(&x->memory);
    x->drafts = NULL;
    x->drafts_end = &x->drafts;
    x->facts = NULL;
    x->facts_end = &x->facts;
    x->placed = NULL;
    x->placed_end = &x->placed;
    x->placed_count = 0;
    x->measured = NULL;
    x->measured_end = &x->measured;
    x->measured_count = 0;
    x->result = NULL;
    x->due = false;
    x->incomplete = false;
    x->fresh = false;
    x->asked_subjects = 0;
    x->used = 0;
    x->asks = 0;
    x->next_given = 0;
    x->passes++;
    if (x->make)
        x->result = x->make(x);
    else
        x->probe->examine(x, x->subject);
}

/* What is made for others is there, or is on its way. */
static void run_shared(struct examination *shared)
{
    run_pass(shared);
    if (shared->incomplete)
        return;
    for (struct evidence_waiter *waiter = shared->waiters; waiter; waiter = waiter->next)
        waiter->x->awaited &= ~(1u << shared->number);
    wake(shared->exam, &shared->waiters);
}

/* NULL where there are too many: each examination then makes it for itself. */
static struct examination *shared_of(struct exam *exam, shared_maker *make)
{
    struct examination **link;
    unsigned number = 0;

    if (exam->options.concluded)
        return NULL;
    if (!exam->shared)
        exam->shared = new_visit(exam, &(const struct subject){.name = "", .shown = ""});
    for (link = &exam->shared->examinations; *link; link = &(*link)->next, number++) {
        if ((*link)->make == make)
            return *link;
    }
    if (number == EXAM_SHARED_MOST)
        return NULL;
    add_examination(exam, exam->shared, link)->make = make;
    (*link)->number = number;
    return *link;
}

/*
 * What it made before is kept for as long as whoever asks may still hold it: who is to run again
 * asks anew then.
 */
const void *exam_ask_shared(struct examination *x, shared_maker *make)
{
    struct examination *shared = shared_of(x->exam, make);
    const void *own;

    if (!shared) {
        own = make(x);
        return x->incomplete ? NULL : own;
    }
    if (shared->due && !(x->due && shared->result && !shared->incomplete))
        run_shared(shared);
    x->asked_subjects |= shared->asked_subjects;
    x->used |= 1u << shared->number | shared->used;
    if (!shared->incomplete)
        return shared->result;
    x->incomplete = true;
    if (!(x->awaited & 1u << shared->number)) {
        x->awaited |= 1u << shared->number;
        wait_for(x, &shared->waiters);
    }
    return NULL;
}

/* Nothing more can come to it: the last one of a visit ends that. */
static void finish(struct examination *x)
{
    struct exam *exam = x->exam;
    struct visit *visit = x->visit;

    x->done = true;
    if (--visit->unfinished > 0)
        return;
    exam->options.concluded(exam->options.context, visit);
    move_arena(&x->memory, &exam->pass);
    end_visit(exam, visit);
}

/*
 * Where subjects pass through: an incomplete pass leaves nothing behind, so one memory
 * serves them all, and those that wait have none.
 */
static void pass_through(struct examination *x)
{
    move_arena(&x->exam->pass, &x->memory);
    run_pass(x);
    if (x->incomplete)
        move_arena(&x->memory, &x->exam->pass);
    else
        finish(x);
}

void exam_work(struct exam *exam, int64_t now)
{
    exam->now = now;
    evidence_store_advance(exam->options.store, now);
    hurry(exam, now);
    while (exam->ready) {
        struct examination *x = exam->ready;

        exam->ready = x->next_ready;
        if (!exam->ready)
            exam->ready_end = &exam->ready;
        x->ready = false;
        if (exam->options.concluded) {
            pass_through(x);
        } else if (x->make) {
            if (x->due)
                run_shared(x);
        } else {
            run_pass(x);
            if (!x->incomplete)
                examination_conclude(x);
        }
    }
}

/* ---- what came of it ---- */

void visit_findings(const struct visit *visit, void (*take)(void *context, struct finding *finding),
                    void *context)
{
    for (struct examination *x = visit->examinations; x; x = x->next) {
        if (x->incomplete)
            continue;
        for (struct draft *draft = x->drafts; draft; draft = draft->next) {
            if (exam_is_finding_selected(x->exam->options.settings, x->probe,
                                         draft->finding.kind->id))
                take(context, &draft->finding);
        }
    }
}

void exam_findings(struct exam *exam, void (*take)(void *context, struct finding *finding),
                   void *context)
{
    for (const struct visit *visit = exam->first; visit; visit = visit->next)
        visit_findings(visit, take, context);
}

void exam_spans(const struct exam *exam,
                void (*take)(void *context, const struct subject *subject,
                             const struct scale *scale, const struct span *span),
                void *context)
{
    for (const struct visit *visit = exam->first; visit; visit = visit->next) {
        for (const struct examination *x = visit->examinations; x; x = x->next) {
            for (const struct placed *at = x->incomplete ? NULL : x->placed; at; at = at->next)
                take(context, &visit->subject, at->scale, &at->span);
        }
    }
}

static void add_given(const struct examination *x, struct exam_looked *looked)
{
    if (x->given_count)
        looked->given[looked->given_count++] = (struct exam_given){x->given, x->given_count};
}

static struct exam_looked describe_look(const struct exam *exam, const struct examination *x)
{
    struct exam_looked looked = {.subject = x->subject, .probe = x->probe};
    const struct examination *shared = exam->shared ? exam->shared->examinations : NULL;

    add_given(x, &looked);
    for (; shared; shared = shared->next) {
        if (x->used & 1u << shared->number)
            add_given(shared, &looked);
    }
    return looked;
}

void exam_examinations(const struct exam *exam,
                       void (*take)(void *context, const struct exam_looked *looked), void *context)
{
    for (const struct visit *visit = exam->first; visit; visit = visit->next) {
        for (const struct examination *x = visit->examinations; x; x = x->next) {
            if (x->probe && !x->incomplete) {
                const struct exam_looked looked = describe_look(exam, x);

                take(context, &looked);
            }
        }
    }
}

void exam_measures(const struct exam *exam,
                   void (*take)(void *context, const struct subject *subject,
                                const struct probe *probe, const struct measure *measure),
                   void *context)
{
    for (const struct visit *visit = exam->first; visit; visit = visit->next) {
        for (const struct examination *x = visit->examinations; x; x = x->next) {
            for (const struct measured *at = x->incomplete ? NULL : x->measured; at; at = at->next)
                take(context, &visit->subject, x->probe, &at->measure);
        }
    }
}

const struct subject *visit_subject(const struct visit *visit)
{
    return &visit->subject;
}

void visit_facts(const struct visit *visit,
                 void (*take)(void *context, const struct probe *probe, const struct fact *facts),
                 void *context)
{
    for (const struct examination *x = visit->examinations; x; x = x->next) {
        if (!x->incomplete && x->facts)
            take(context, x->probe, x->facts);
    }
}

const struct evidence *visit_obstacle(const struct visit *visit)
{
    for (const struct examination *x = visit->examinations; x; x = x->next) {
        if (x->given_count > 0 && x->given[0]->status != STATUS_OK)
            return x->given[0];
    }
    return NULL;
}

const void *exam_result(const struct exam *exam, const struct probe *probe)
{
    for (const struct visit *visit = exam->first; visit; visit = visit->next) {
        for (const struct examination *x = visit->examinations; x; x = x->next) {
            if (x->probe == probe && !x->incomplete && x->result)
                return x->result;
        }
    }
    return NULL;
}
