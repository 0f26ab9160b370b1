#include "probes/ews/job.h"

#include "probes/ews/job_tell.h"
#include "probes/ews/kinds.h"
#include "probes/ews/live_kinds.h"

#include <string.h>

enum { LOGS_MOST = 64, DAY = 24 * 3600 * 1000, GAP_MOST = 60 * 1000 };

static bool is_of_kind(const struct finding_kind *kind, const char *code)
{
    static const struct finding_kind *const kinds[EWS_CLASS_COUNT] = {
        [EWS_CLASS_NONE] = &ews_failed,         [EWS_CLASS_TRANSIENT] = &ews_unavailable,
        [EWS_CLASS_THROTTLED] = &ews_throttled, [EWS_CLASS_CONVERSION] = &ews_mime_conversion,
        [EWS_CLASS_DENIED] = &ews_denied,       [EWS_CLASS_GONE] = &ews_item_gone,
        [EWS_CLASS_OTHER] = &ews_failed,
    };

    if (code && strcmp(code, "ErrorInternalServerTransientError") == 0)
        return kind == &ews_mime_transient;
    return kind == kinds[ews_class_of(code)];
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
    bool has_begun = false;

    for (size_t i = 0; i < view->log->begun_count; i++)
        has_begun = has_begun || is_transient(&view->log->begun[i]);
    if (!has_begun)
        return true;
    files = ask_subjects(x, SUBJECT_FILE);
    for (size_t i = 0; i < files.count && i < LOGS_MOST; i++) {
        if (strcmp(files.list[i]->name, file->name) != 0)
            is_whole = join_from(x, files.list[i]->name, view) && is_whole;
    }
    return is_whole;
}

/* ---- faults ---- */

static struct job_fault collect(const struct job_view *view, const struct finding_kind *kind)
{
    struct job_fault fault = {.kind = kind};

    for (size_t i = 0; i < view->log->code_count; i++) {
        const struct mailstore_code *code = &view->log->codes[i];

        if (!is_of_kind(kind, code->code))
            continue;
        if (code->messages + (code->code ? code->elsewhere : 0) > 0)
            fault.codes[fault.code_count++] = code;
        fault.messages += code->messages;
        fault.again += code->again;
        fault.elsewhere += code->code ? code->elsewhere : 0;
    }
    return fault;
}

/* Those that have enough requests only together with the other file. */
static uint64_t count_joined(const struct job_view *view)
{
    uint64_t count = 0;

    for (size_t i = 0; i < view->joined_count; i++)
        count += view->joined[i].begun->requests < EWS_REQUESTS_LAST &&
                 view->joined[i].whole.requests >= EWS_REQUESTS_LAST;
    return count;
}

static void judge_transient(const struct job_view *view)
{
    struct job_fault fault = collect(view, &ews_mime_transient);
    uint64_t lasting = fault.again + count_joined(view);
    struct finding *finding;

    if (lasting > 0) {
        finding = found(view->x, fault.kind);
        if (job_is_fetched_later(view, &fault))
            finding_severity(finding, SEVERITY_WARNING);
        job_tell_fault(finding, view, &fault, lasting);
        job_plot(finding, view, &fault);
        job_tell_others(finding, view, &fault);
        job_tell_damage(finding, view);
    } else if (fault.messages > 0) {
        finding = unknown(view->x, fault.kind,
                          "messages failed with ErrorInternalServerTransientError after fewer than "
                          "%d requests, which does not tell whether it lasts",
                          EWS_REQUESTS_LAST);
        job_tell_fault(finding, view, &fault, fault.messages);
    }
}

static void judge_other(const struct job_view *view, const struct finding_kind *kind)
{
    struct job_fault fault = collect(view, kind);
    struct finding *finding;

    if (fault.code_count == 0 || fault.messages + fault.elsewhere == 0)
        return;
    finding = found(view->x, kind);
    job_tell_fault(finding, view, &fault, fault.messages);
    job_plot(finding, view, &fault);
}

/* ---- where nothing is wrong ---- */

static void judge_health(const struct job_view *view)
{
    const struct mailstore_log *log = view->log;
    uint64_t fetched = log->outcomes[MAILSTORE_FINE] + log->outcomes[MAILSTORE_RECOVERED];

    if (collect(view, &ews_mime_transient).messages > 0)
        return;
    if (log->requests == 0)
        not_applicable(view->x, &ews_mime_transient,
                       "%llu lines, none of which asks for the MIME content of a message",
                       (unsigned long long)log->lines);
    else if (fetched == 0)
        not_applicable(view->x, &ews_mime_transient,
                       "no message failed with ErrorInternalServerTransientError, and none was "
                       "fetched");
    else
        job_tell_damage(
            healthy(view->x, &ews_mime_transient, "%s fetched, %llu of them with the first request",
                    job_messages(view, fetched), (unsigned long long)log->outcomes[MAILSTORE_FINE]),
            view);
}

static void judge_recovered(const struct job_view *view)
{
    if (view->log->outcomes[MAILSTORE_RECOVERED] > 0)
        job_tell_recovered(found(view->x, &ews_mime_recovered), view);
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
    judge_transient(view);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        judge_other(view, others[i]);
    judge_recovered(view);
    judge_health(view);
}
