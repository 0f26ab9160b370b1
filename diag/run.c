#include "diag/run.h"

#include "diag/evidence/directory_redact.h"
#include "diag/evidence/dns_redact.h"
#include "diag/gather/ca_file.h"
#include "diag/platform.h"
#include "diag/read/dns_name.h"
#include "diag/version.h"

#include <stdlib.h>
#include <string.h>

enum {
    PROGRESS_EVERY = 100, /* milliseconds */
    TEXT_MOST = 65536     /* bytes of a pseudonym: that of a path is as long as the path */
};

/* What a live run needs beside the run itself. */
struct live {
    struct run *run;
    const struct run_options *options;
    struct gather *gather;
    FILE *file;                      /* NULL: not saved, or not any more */
    struct redactor *redactor;       /* NULL: names are kept */
    struct evidence_store *redacted; /* the copies, in the order they were settled */
    size_t settled;
    struct platform_mutex *mutex; /* guards: */
    bool interrupted;
};

/* ---- saving ---- */

static void save(struct live *live, struct evidence *item)
{
    struct evidence *copy = item;

    if (live->redactor &&
        evidence_add_redacted(live->redacted, item, live->redactor, &copy) != STATUS_OK)
        copy = NULL;
    item->saved = true;
    if (!live->file || !copy || live->run->save_status != STATUS_OK)
        return;
    live->run->save_status = evidence_file_add(live->file, copy);
}

static void save_the_rest(struct live *live)
{
    for (struct evidence *item = evidence_store_first(live->run->store); item; item = item->next) {
        if (!item->saved)
            save(live, item);
    }
}

static const char *redacted_name(const char *name, const struct redactor *redactor,
                                 struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, TEXT_MOST);
    redact_name(redactor, name, &out);
    return buffer_keep(&out, arena);
}

/* What an SPF evaluation is given. Macros make labels of the local part, so it becomes one. */
static void redact_message(struct settings *settings, const struct redactor *redactor,
                           struct arena *arena)
{
    struct ip_address *senders = arena_new(arena, settings->sender_count, sizeof *senders);

    for (size_t i = 0; i < settings->sender_count; i++) {
        senders[i] = settings->senders[i];
        redact_ip(redactor, &senders[i]);
    }
    settings->senders = senders;
    if (settings->sender_local)
        settings->sender_local = redacted_name(settings->sender_local, redactor, arena);
    if (settings->helo)
        settings->helo = redacted_name(settings->helo, redactor, arena);
    if (settings->record)
        settings->record = dns_redact_spf(settings->record, redactor, arena);
}

static void redact_references(struct settings *settings, const struct redactor *redactor,
                              struct arena *arena)
{
    const char **names = arena_new(arena, settings->reference_count, sizeof *names);

    for (size_t i = 0; i < settings->reference_count; i++)
        names[i] = redacted_name(settings->references[i], redactor, arena);
    settings->references = names;
}

/* Subjects and settings in the names of the redacted evidence. */
static void redact_about(struct evidence_run *about, const struct redactor *redactor)
{
    struct settings *settings = &about->settings;
    struct acceptance *accepted =
        arena_new(&about->memory, settings->accepted_count, sizeof *accepted);
    struct net_address *dns = arena_new(&about->memory, settings->dns_count, sizeof *dns);

    for (size_t i = 0; i < about->subject_count; i++) {
        struct subject *subject = &about->subjects[i];
        struct buffer name;

        buffer_init(&name, TEXT_MOST);
        if (subject->kind == SUBJECT_FILE)
            redact_path(redactor, subject->name, &name);
        else if (subject->kind == SUBJECT_MAILBOX)
            buffer_add_string(&name, redact_account(redactor, subject->name, &about->memory));
        else
            redact_name(redactor, subject->name, &name);
        subject->name = subject->shown = buffer_keep(&name, &about->memory);
        if (subject->host)
            subject->host = redacted_name(subject->host, redactor, &about->memory);
    }
    for (size_t i = 0; i < settings->accepted_count; i++) {
        accepted[i] = settings->accepted[i];
        accepted[i].reason = "(redacted)";
        if (strcmp(accepted[i].subject, "*") != 0)
            accepted[i].subject = redacted_name(accepted[i].subject, redactor, &about->memory);
    }
    for (size_t i = 0; i < settings->dns_count; i++) {
        dns[i] = settings->dns[i];
        redact_ip(redactor, &dns[i].ip);
    }
    settings->accepted = accepted;
    settings->dns = dns;
    about->machine = redact_name_copy(redactor, about->machine, &about->memory);
    if (about->user)
        about->user = redact_account(redactor, about->user, &about->memory);
    redact_references(settings, redactor, &about->memory);
    redact_message(settings, redactor, &about->memory);
    about->redacted = true;
}

static enum status new_redactor(struct redactor **redactor)
{
    unsigned char key[REDACTOR_KEY_SIZE];
    enum status status = platform_random(key, sizeof key);

    if (status == STATUS_OK)
        *redactor = redactor_new(key);
    return status;
}

/* ---- gathering ---- */

static void fetch(void *context, struct evidence *item)
{
    struct live *live = context;

    gather_start(live->gather, item);
}

static void settled(void *context, struct evidence *item)
{
    struct live *live = context;

    live->settled++;
    save(live, item);
    exam_settled(live->run->exam, item, platform_monotonic_clock());
}

static void interrupt(void *context)
{
    struct live *live = context;

    platform_mutex_lock(live->mutex);
    live->interrupted = true;
    platform_mutex_unlock(live->mutex);
    gather_wake(live->gather);
}

static bool is_interrupted(struct live *live)
{
    bool interrupted;

    platform_mutex_lock(live->mutex);
    interrupted = live->interrupted;
    platform_mutex_unlock(live->mutex);
    return interrupted;
}

int64_t run_moment(const struct run *run)
{
    int64_t first = 0;

    if (run->about.started)
        return run->about.started;
    for (const struct evidence *item = evidence_store_first(run->store); item; item = item->next) {
        if (first == 0 || (item->time && item->time < first))
            first = item->time;
    }
    return first;
}

static struct exam *new_exam(struct run *run, enum status absent,
                             void (*begin)(void *context, struct evidence *item), void *context)
{
    const struct exam_options options = {.settings = &run->about.settings,
                                         .probes = run->probes ? run->probes : probes,
                                         .store = run->store,
                                         .started = run_moment(run),
                                         .machine = run->about.machine,
                                         .absent = absent,
                                         .fetch = begin,
                                         .context = context};
    struct exam *exam = exam_new(&options);

    for (size_t i = 0; i < run->about.subject_count; i++)
        exam_add_given(exam, &run->about.subjects[i]);
    return exam;
}

static void wait_for_more(struct live *live)
{
    int64_t due = exam_due(live->run->exam), most = PROGRESS_EVERY;

    if (live->options->latest && live->options->latest < due)
        due = live->options->latest;
    if (due != INT64_MAX) {
        int64_t left = (due - platform_monotonic_clock()) / 1000 + 1;

        most = left < 0 ? 0 : left < most ? left : most;
    }
    gather_wait(live->gather, most);
}

/* What the run made in a mailbox is deleted first, and what came of it is evidence. */
static void end_early(struct live *live)
{
    gather_end(live->gather);
    while (gather_is_cleaning_up(live->gather))
        gather_wait(live->gather, PROGRESS_EVERY);
    exam_end(live->run->exam, STATUS_CANCELLED);
    live->run->about.complete = false;
}

static void examine(struct live *live)
{
    struct run *run = live->run;
    int64_t shown = platform_monotonic_clock();

    exam_work(run->exam, shown);
    while (exam_open(run->exam) > 0) {
        int64_t now;

        wait_for_more(live);
        now = platform_monotonic_clock();
        if (is_interrupted(live) || (live->options->latest && now >= live->options->latest))
            end_early(live);
        exam_work(run->exam, now);
        if (live->options->progress && now - shown >= PROGRESS_EVERY * (int64_t)1000) {
            live->options->progress(live->options->context, live->settled, exam_open(run->exam));
            shown = now;
        }
    }
}

static enum status open_file(struct live *live, struct redactor *redactor)
{
    struct run *run = live->run;
    struct evidence_run header = run->about;
    enum status status;

    if (!live->options->save)
        return STATUS_OK;
    status = platform_file_create(live->options->save, &live->file);
    run->save_status = status;
    if (status != STATUS_OK)
        return status;
    memset(&header.memory, 0, sizeof header.memory);
    header.subjects = arena_new(&header.memory, header.subject_count, sizeof *header.subjects);
    if (header.subject_count)
        memcpy(header.subjects, run->about.subjects,
               header.subject_count * sizeof *header.subjects);
    if (redactor)
        redact_about(&header, redactor);
    run->save_status = evidence_file_begin(live->file, &header);
    arena_release(&header.memory);
    return STATUS_OK;
}

static void close_file(struct live *live)
{
    if (!live->file)
        return;
    if (live->run->save_status == STATUS_OK)
        live->run->save_status =
            evidence_file_end(live->file, live->run->about.finished, live->run->about.complete);
    if (fclose(live->file) != 0 && live->run->save_status == STATUS_OK)
        live->run->save_status = platform_write_error();
}

/* The redacted copies take the place of the evidence, and are judged instead of it. */
static void judge_redacted(struct live *live)
{
    struct run *run = live->run;

    exam_free(run->exam);
    evidence_store_free(run->store);
    run->store = live->redacted;
    live->redacted = NULL;
    redact_about(&run->about, live->redactor);
    run_replay(run);
}

/* The name of this machine as subjects have theirs; NULL where it has none that is one. */
static const char *own_name(struct arena *arena)
{
    char name[PLATFORM_HOST_NAME_SIZE];
    uint8_t wire[DNS_NAME_WIRE_MOST];
    struct buffer folded;
    size_t size;

    platform_host_name(name);
    if (dns_name_to_wire(name, wire, &size) != STATUS_OK || size < 2)
        return NULL;
    buffer_init(&folded, DNS_NAME_TEXT_SIZE);
    dns_name_fold(name, &folded);
    return buffer_keep(&folded, arena);
}

/* Tells whether two runs trusted the same, and nothing else; NULL for the system's own. */
static const char *authorities_of(const char *ca_file, struct arena *arena)
{
    uint32_t mark;

    if (!ca_file || ca_file_mark(ca_file, &mark) != STATUS_OK)
        return NULL;
    return arena_print(arena, "%08lx", (unsigned long)mark);
}

static void tell_examiner(struct evidence_run *about, const struct gather_options *gather)
{
    const struct http_credentials *web = &gather->web;

    about->machine = own_name(&about->memory);
    about->has_offset = platform_utc_offset(about->started, &about->offset);
    about->patience = gather->patience;
    about->logs_on = gather->directory.user || web->user || web->token;
    about->user = gather->directory.user ? gather->directory.user : web->user;
    about->shows_token = web->token != NULL;
    about->uses_ntlm = web->ntlm;
    about->is_insecure = web->insecure;
    about->authorities = authorities_of(gather->ca_file, &about->memory);
}

enum status run_live(struct run *run, const struct run_options *options)
{
    struct live live = {.run = run, .options = options};
    enum status status = STATUS_OK;

    run->about.tool = "exdiag " EXDIAG_VERSION;
    run->about.started = platform_wall_clock();
    run->about.complete = true;
    tell_examiner(&run->about, &options->gather);
    run->store = evidence_store_new();
    live.mutex = platform_mutex_new();
    if (options->redact) {
        live.redacted = evidence_store_new();
        status = new_redactor(&live.redactor);
    }
    if (status == STATUS_OK)
        status = gather_new(&options->gather, settled, &live, &live.gather);
    if (status == STATUS_OK)
        status = open_file(&live, live.redactor);
    if (status != STATUS_OK)
        goto out;
    if (options->catch_interrupts)
        platform_on_interrupt(interrupt, &live);
    run->exam = new_exam(run, STATUS_CANCELLED, fetch, &live);
    examine(&live);
    if (options->catch_interrupts)
        platform_on_interrupt(NULL, NULL);
    save_the_rest(&live);
    run->about.finished = platform_wall_clock();
    close_file(&live);
    if (live.redactor)
        judge_redacted(&live);
out:
    gather_free(live.gather);
    redactor_free(live.redactor);
    evidence_store_free(live.redacted);
    platform_mutex_free(live.mutex);
    return status;
}

/* ---- from a file ---- */

enum status run_load(struct run *run, const char *path)
{
    FILE *file;
    enum status status = platform_file_open(path, &file);

    if (status != STATUS_OK)
        return status;
    run->store = evidence_store_new();
    run->source = path;
    status = evidence_file_read(file, &run->about, run->store);
    fclose(file);
    return status;
}

static void redact_run(struct run *run, const struct redactor *redactor)
{
    struct evidence_store *redacted = evidence_store_new();

    for (struct evidence *item = evidence_store_first(run->store); item; item = item->next) {
        struct evidence *copy;

        evidence_add_redacted(redacted, item, redactor, &copy);
    }
    evidence_store_free(run->store);
    run->store = redacted;
    redact_about(&run->about, redactor);
    run->renamed_together = true;
}

enum status run_redact(struct run *runs, size_t count)
{
    struct redactor *redactor;
    enum status status = new_redactor(&redactor);

    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (!runs[i].about.redacted)
            redact_run(&runs[i], redactor);
    }
    if (status == STATUS_OK)
        redactor_free(redactor);
    return status;
}

static bool asks_the_same(const struct evidence_run *a, const struct evidence_run *b)
{
    bool same = a->started == b->started && a->finished == b->finished &&
                a->complete == b->complete && a->redacted == b->redacted &&
                a->damaged_lines == b->damaged_lines && a->subject_count == b->subject_count;

    for (size_t i = 0; same && i < a->subject_count; i++)
        same = subject_compare(&a->subjects[i], &b->subjects[i]) == 0;
    return same;
}

bool run_is_same(const struct run *a, const struct run *b)
{
    const struct evidence *one, *other;

    if (!asks_the_same(&a->about, &b->about) ||
        evidence_store_count(a->store) != evidence_store_count(b->store))
        return false;
    one = evidence_store_first(a->store);
    other = evidence_store_first(b->store);
    while (one && other && one->time == other->time && one->took == other->took &&
           one->status == other->status && strcmp(one->key, other->key) == 0) {
        one = one->next;
        other = other->next;
    }
    return !one && !other;
}

enum status run_save(const struct run *run, const char *path)
{
    FILE *file;
    enum status status = platform_file_create(path, &file);

    if (status != STATUS_OK)
        return status;
    status = evidence_file_begin(file, &run->about);
    for (struct evidence *item = evidence_store_first(run->store); item && status == STATUS_OK;
         item = item->next)
        status = evidence_file_add(file, item);
    if (status == STATUS_OK && run->about.finished)
        status = evidence_file_end(file, run->about.finished,
                                   run->about.complete && run->about.damaged_lines == 0 &&
                                       run->about.unknown_subjects == 0);
    if (fclose(file) != 0 && status == STATUS_OK)
        status = platform_write_error();
    return status;
}

void run_replay(struct run *run)
{
    run->exam = new_exam(run, STATUS_NOT_RECORDED, NULL, NULL);
    exam_work(run->exam, 0);
}

void run_release(struct run *run)
{
    exam_free(run->exam);
    evidence_store_free(run->store);
    evidence_run_release(&run->about);
    memset(run, 0, sizeof *run);
}
