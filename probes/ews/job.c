#include "probes/ews/job.h"

#include "probes/ews/job_tell.h"
#include "probes/ews/kinds.h"
#include "probes/ews/live_kinds.h"

#include <string.h>

enum { LOGS_MOST = 64, DAY = 24 * 3600 * 1000, GAP_MOST = 60 * 1000 };

static const struct finding_kind *kind_of_class(const char *code)
{
    static const struct finding_kind *const kinds[EWS_CLASS_COUNT] = {
        [EWS_CLASS_NONE] = &ews_failed,         [EWS_CLASS_TRANSIENT] = &ews_unavailable,
        [EWS_CLASS_THROTTLED] = &ews_throttled, [EWS_CLASS_CONVERSION] = &ews_mime_conversion,
        [EWS_CLASS_DENIED] = &ews_denied,       [EWS_CLASS_GONE] = &ews_item_gone,
        [EWS_CLASS_OTHER] = &ews_failed,
    };

    return kinds[ews_class_of(code)];
}

/* Of a request for MIME content. */
static bool is_of_kind(const struct finding_kind *kind, const char *code)
{
    if (code && strcmp(code, "ErrorInternalServerTransientError") == 0)
        return kind == &ews_mime_transient;
    return kind == kind_of_class(code);
}

/* ---- the beginning of a message in another file ---- */

/* By the clock alone, for the files may be of different days. */
static bool goes_on(const struct mailstore_message *open, const struct mailstore_message *begun)
{
    int64_t gap = (begun->time - open->time - open->span) % DAY;

    if (gap < 0)
        gap += DAY;
    return open->thread == begun->thread && gap <= GAP_MOST;
}

static const struct mailstore_message *find_open(const struct mailstore_log *log,
                                                 const struct mailstore_message *begun)
{
    for (size_t i = 0; i < log->open_count; i++) {
        if (goes_on(&log->open[i], begun))
            return &log->open[i];
    }
    return NULL;
}

static bool is_begun(const struct mailstore_log *log, const struct mailstore_message *open)
{
    for (size_t i = 0; i < log->begun_count; i++) {
        if (goes_on(open, &log->begun[i]))
            return true;
    }
    return false;
}

static struct mailstore_message join(const struct mailstore_message *open,
                                     const struct mailstore_message *begun)
{
    struct mailstore_message whole = *open;
    int64_t gap = (begun->time - open->time - open->span) % DAY;

    if (gap < 0)
        gap += DAY;
    whole.last_line = begun->last_line;
    whole.span = open->span + (uint32_t)gap + begun->span;
    whole.requests += begun->requests;
    whole.outcome = begun->outcome;
    whole.code = begun->code;
    if (whole.delay_count < MAILSTORE_DELAYS_KEPT)
        whole.delays[whole.delay_count++] = (uint32_t)gap;
    for (size_t i = 0; i < begun->delay_count && whole.delay_count < MAILSTORE_DELAYS_KEPT; i++)
        whole.delays[whole.delay_count++] = begun->delays[i];
    return whole;
}

static bool is_transient(const struct mailstore_message *message)
{
    return message->outcome == MAILSTORE_FAILED && is_of_kind(&ews_mime_transient, message->code);
}

/* Of the file at `path`; false while it is on its way. */
static bool join_from(struct examination *x, const char *path, struct job_view *view)
{
    const struct file_digest *file = ask_file(x, path);
    const struct mailstore_digest *other;

    if (!file)
        return false;
    if (file->evidence.status != STATUS_OK || file->type != FILE_TYPE_MAILSTORE_LOG)
        return true;
    other = ask_mailstore_log(x, path);
    if (!other || other->evidence.status != STATUS_OK)
        return other != NULL;
    for (size_t i = 0; i < view->log->open_count && i < MAILSTORE_OPEN_KEPT; i++)
        view->is_continued[i] = view->is_continued[i] || is_begun(&other->log, &view->log->open[i]);
    for (size_t i = 0; i < view->log->begun_count; i++) {
        const struct mailstore_message *begun = &view->log->begun[i];
        const struct mailstore_message *open =
            is_transient(begun) ? find_open(&other->log, begun) : NULL;

        if (!open || view->joined_count == MAILSTORE_OPEN_KEPT)
            continue;
        view->joined[view->joined_count++] = (struct job_joined){join(open, begun), path, begun};
    }
    return true;
}

static bool join_files(struct examination *x, const struct subject *file, struct job_view *view)
{
    struct subject_list files;
    bool is_whole = true;
    bool is_part = job_open(view) > 0;

    for (size_t i = 0; i < view->log->begun_count; i++)
        is_part = is_part || is_transient(&view->log->begun[i]);
    if (!is_part)
        return true;
    files = ask_subjects(x, SUBJECT_FILE);
    for (size_t i = 0; i < files.count && i < LOGS_MOST; i++) {
        if (strcmp(files.list[i]->name, file->name) != 0)
            is_whole = join_from(x, files.list[i]->name, view) && is_whole;
    }
    return is_whole;
}

/* ---- faults ---- */

static void add_code(struct job_fault *fault, const struct mailstore_code *code)
{
    fault->codes[fault->code_count++] = code;
    fault->messages += code->messages;
    fault->distinct += code->distinct;
    fault->lasting += code->lasting;
    fault->fetched_later += code->fetched_later;
    fault->lasting_fetched += code->lasting_fetched;
}

/* All that are beyond the bound are of codes without a class. */
static void add_uncounted(const struct job_view *view, struct job_fault *fault)
{
    uint64_t counted = 0, failed = view->log->outcomes[MAILSTORE_FAILED];

    for (size_t i = 0; i < view->log->code_count; i++)
        counted += view->log->codes[i].messages;
    fault->uncounted = failed > counted ? failed - counted : 0;
    fault->messages += fault->uncounted;
    fault->distinct += fault->uncounted;
}

static struct job_fault collect(const struct job_view *view, const struct finding_kind *kind)
{
    struct job_fault fault = {.kind = kind};

    for (size_t i = 0; i < view->log->code_count; i++) {
        const struct mailstore_code *code = &view->log->codes[i];
        bool is_elsewhere = code->code && code->elsewhere > 0 && kind == kind_of_class(code->code);

        fault.elsewhere += is_elsewhere ? code->elsewhere : 0;
        if (code->messages > 0 && is_of_kind(kind, code->code)) {
            add_code(&fault, code);
        } else if (is_elsewhere) {
            struct mailstore_code *only = arena_new(pass_memory(view->x), 1, sizeof *only);

            *only = (struct mailstore_code){.code = code->code, .elsewhere = code->elsewhere};
            add_code(&fault, only);
        }
    }
    if (kind == &ews_failed)
        add_uncounted(view, &fault);
    return fault;
}

/* Those that have enough requests only together with the other file. */
static uint64_t count_joined(const struct job_view *view)
{
    uint64_t count = 0;

    for (size_t i = 0; i < view->joined_count; i++)
        count += view->joined[i].begun->requests < MAILSTORE_LASTING &&
                 view->joined[i].whole.requests >= MAILSTORE_LASTING;
    return count;
}

static struct finding *transient_finding(const struct job_view *view, const struct job_fault *fault)
{
    uint64_t lasting = fault->lasting - fault->lasting_fetched + count_joined(view);
    uint64_t left = fault->distinct - fault->fetched_later, open = job_open(view);
    struct finding *finding = NULL;

    if (lasting > 0) {
        finding = found(view->x, fault->kind);
        job_tell_fault(finding, view, fault, lasting);
        job_plot(finding, view, fault);
        job_tell_others(finding, view, fault);
    } else if (left > 0) {
        finding = unknown(view->x, fault->kind,
                          "messages failed with ErrorInternalServerTransientError after fewer than "
                          "%d requests, which does not tell whether it lasts",
                          MAILSTORE_LASTING);
        job_tell_fault(finding, view, fault, left);
    } else if (open > 0) {
        finding = unknown(view->x, fault->kind,
                          "the log ends while %s asked for again and again, and does not tell what "
                          "is answered",
                          open == 1 ? "a message is" : "messages are");
        set_text(finding, "log", "yes");
    }
    return finding;
}

static bool judge_transient(const struct job_view *view)
{
    struct job_fault fault = collect(view, &ews_mime_transient);
    struct finding *finding = transient_finding(view, &fault);

    if (!finding)
        return false;
    job_tell_open(finding, view);
    job_tell_damage(finding, view);
    return true;
}

static void judge_other(const struct job_view *view, const struct finding_kind *kind)
{
    struct job_fault fault = collect(view, kind);
    bool is_over = fault.distinct > 0 && fault.distinct == fault.fetched_later;
    struct finding *finding;

    if (fault.messages + fault.elsewhere == 0)
        return;
    finding = found(view->x, kind);
    if (is_over && fault.elsewhere == 0)
        finding_severity(finding, SEVERITY_INFO);
    job_tell_fault(finding, view, &fault,
                   is_over ? fault.distinct : fault.distinct - fault.fetched_later);
    job_plot(finding, view, &fault);
}

/* ---- where nothing is wrong ---- */

/* A log of which much is in another form may hide anything. */
static bool is_strange(const struct mailstore_log *log)
{
    return (log->strange > 0 && log->strange >= log->requests / 10) ||
           (log->lines >= 100 && log->whole < log->lines / 100);
}

static struct finding *health_of(const struct job_view *view)
{
    const struct mailstore_log *log = view->log;
    uint64_t fetched = log->outcomes[MAILSTORE_FINE] + log->outcomes[MAILSTORE_RECOVERED];
    struct finding *finding;

    if (is_strange(log)) {
        finding = unknown(view->x, &ews_mime_transient,
                          "%llu of %llu lines are in the form of a job log that exdiag knows",
                          (unsigned long long)log->whole, (unsigned long long)log->lines);
        set_text(finding, "log", "yes");
        return finding;
    }
    if (log->requests == 0)
        return not_applicable(view->x, &ews_mime_transient,
                              "%llu lines, none of which asks for the MIME content of a message",
                              (unsigned long long)log->lines);
    if (fetched == 0)
        return not_applicable(view->x, &ews_mime_transient,
                              "no message failed with ErrorInternalServerTransientError, and none "
                              "was fetched");
    return healthy(view->x, &ews_mime_transient, "%s fetched, %llu of them with the first request",
                   job_messages(view, fetched), (unsigned long long)log->outcomes[MAILSTORE_FINE]);
}

static void judge_recovered(const struct job_view *view)
{
    struct job_fault fault = collect(view, &ews_mime_transient);

    if (view->log->outcomes[MAILSTORE_RECOVERED] + fault.fetched_later > 0)
        job_tell_recovered(found(view->x, &ews_mime_recovered), view, &fault);
}

void ews_judge_job(struct examination *x, const struct subject *file)
{
    static const struct finding_kind *const others[] = {
        &ews_unavailable, &ews_mime_conversion, &ews_throttled,
        &ews_denied,      &ews_item_gone,       &ews_failed,
    };
    const struct mailstore_digest *digest = ask_mailstore_log(x, file->name);
    struct job_view *view = arena_new(pass_memory(x), 1, sizeof *view);
    struct finding *finding;
    bool is_told;

    if (!digest)
        return;
    if (digest->evidence.status != STATUS_OK) {
        finding = unknown(x, &ews_mime_transient, "the job log could not be read");
        set_text(finding, "log", "yes");
        saw_failure(finding, &digest->evidence);
        return;
    }
    view->x = x;
    view->digest = digest;
    view->log = &digest->log;
    if (!join_files(x, file, view))
        return;
    is_told = judge_transient(view);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        judge_other(view, others[i]);
    judge_recovered(view);
    if (!is_told)
        job_tell_damage(health_of(view), view);
}
