#include "probes/ews/job_tell.h"

#include "probes/ews/choice.h"

#include <string.h>

enum { MESSAGES_SHOWN = 5, MAILBOXES_SHOWN = 5, DAY = 24 * 3600 * 1000, TEXT_MOST = 1024 };

/* ---- words ---- */

static const char *counted(const struct job_view *view, uint64_t count, const char *one,
                           const char *several)
{
    return arena_print(pass_memory(view->x), "%llu %s", (unsigned long long)count,
                       count == 1 ? one : several);
}

const char *job_messages(const struct job_view *view, uint64_t count)
{
    return counted(view, count, "message", "messages");
}

static const char *moment_text(const struct job_view *view, int64_t time)
{
    int64_t of_day = time % DAY, day = time / DAY;
    const char *text =
        arena_print(pass_memory(view->x), "%02d:%02d:%02d.%03d", (int)(of_day / 3600000),
                    (int)(of_day / 60000 % 60), (int)(of_day / 1000 % 60), (int)(of_day % 1000));

    return day == 0 ? text
                    : arena_print(pass_memory(view->x), "%s on day %lld", text, (long long)day + 1);
}

static const char *code_text(const char *code)
{
    return code ? code : "an exception without a code";
}

/* Messages failed with it. */
static bool has_code(const struct job_fault *fault, const char *code)
{
    for (size_t i = 0; i < fault->code_count; i++) {
        const char *other = fault->codes[i]->code;

        if (fault->codes[i]->messages == 0)
            continue;
        if (code && other ? strcmp(code, other) == 0 : code == other)
            return true;
    }
    return false;
}

/* ---- messages ---- */

static const char *manner_text(enum mailstore_manner manner)
{
    static const char *const texts[MAILSTORE_MANNER_COUNT] = {
        [MAILSTORE_PLAIN] = "",
        [MAILSTORE_REPLY] = ", a reply",
        [MAILSTORE_FORWARD] = ", a forwarded one",
        [MAILSTORE_NAMELESS] = ", without a subject",
    };

    return texts[manner];
}

static void saw_message(struct finding *finding, const struct job_view *view,
                        const struct mailstore_message *message, const char *path)
{
    struct arena *memory = pass_memory(view->x);
    const char *where =
        message->line == 0
            ? arena_print(memory, "before line %llu", (unsigned long long)message->last_line)
            : arena_print(memory, "line %llu", (unsigned long long)message->line);

    saw(finding, &view->digest->evidence,
        "%s%s%s, thread %u, %s: the message%s%s%s%s%s: %u request%s in %.1f s, then %s in line "
        "%llu%s%s",
        where, path ? " of " : "", path ? path : "", (unsigned)message->thread,
        moment_text(view, message->time), message->date ? " of " : "",
        message->date ? message->date : "", manner_text(message->manner),
        message->mailbox ? ", behind a line that names " : "",
        message->mailbox ? message->mailbox : "", (unsigned)message->requests,
        message->requests == 1 ? "" : "s", (double)message->span / 1000, code_text(message->code),
        (unsigned long long)message->last_line,
        message->failures > 1
            ? arena_print(memory, "; failed %u times in this log", (unsigned)message->failures)
            : "",
        message->is_fetched_later ? "; a later try fetched it" : "");
}

static const struct job_joined *joined_of(const struct job_view *view,
                                          const struct mailstore_message *message)
{
    for (size_t i = 0; message->line == 0 && i < view->joined_count; i++) {
        const struct mailstore_message *begun = view->joined[i].begun;

        if (begun->thread == message->thread && begun->last_line == message->last_line)
            return &view->joined[i];
    }
    return NULL;
}

static void saw_messages(struct finding *finding, const struct job_view *view,
                         const struct job_fault *fault)
{
    uint64_t told = 0;
    size_t shown = 0;

    for (size_t i = 0; i < view->log->failed_count && shown < MESSAGES_SHOWN; i++) {
        const struct mailstore_message *message = &view->log->failed[i];
        const struct job_joined *joined = joined_of(view, message);

        if (!has_code(fault, message->code))
            continue;
        saw_message(finding, view, joined ? &joined->whole : message, joined ? joined->path : NULL);
        shown++;
        told += message->failures;
    }
    if (told < fault->messages)
        saw(finding, &view->digest->evidence, "and %s",
            counted(view, fault->messages - told, "failure more", "failures more"));
}

uint64_t job_open(const struct job_view *view)
{
    uint64_t count = 0;

    for (size_t i = 0; i < view->log->open_count && i < MAILSTORE_OPEN_KEPT; i++)
        count += view->log->open[i].requests >= MAILSTORE_LASTING && !view->is_continued[i];
    return count;
}

void job_tell_open(struct finding *finding, const struct job_view *view)
{
    size_t shown = 0;

    for (size_t i = 0; i < view->log->open_count && i < MAILSTORE_OPEN_KEPT; i++) {
        const struct mailstore_message *message = &view->log->open[i];

        if (message->requests < MAILSTORE_LASTING || view->is_continued[i] ||
            shown++ >= MESSAGES_SHOWN)
            continue;
        saw(finding, &view->digest->evidence,
            "line %llu, thread %u, %s: %u requests for one message in %.1f s, and the log ends "
            "before it is told what became of it",
            (unsigned long long)(message->line ? message->line : message->last_line),
            (unsigned)message->thread, moment_text(view, message->time),
            (unsigned)message->requests, (double)message->span / 1000);
    }
    if (shown > MESSAGES_SHOWN)
        saw(finding, &view->digest->evidence, "and %zu such messages more", shown - MESSAGES_SHOWN);
}

/* ---- hours, kinds, mailboxes ---- */

static uint64_t of_hour(const struct job_fault *fault, unsigned hour)
{
    uint64_t count = 0;

    for (size_t i = 0; i < fault->code_count; i++)
        count += fault->codes[i]->by_hour[hour];
    return count;
}

static void saw_hours(struct finding *finding, const struct job_view *view,
                      const struct job_fault *fault)
{
    struct buffer text;

    buffer_init(&text, TEXT_MOST);
    for (unsigned hour = 0; hour < MAILSTORE_HOURS; hour++) {
        uint64_t count = of_hour(fault, hour);

        if (count > 0)
            buffer_print(&text, "%s%02u:00: %llu", text.size ? ", " : "", hour,
                         (unsigned long long)count);
        if (count > 0 && count <= view->log->by_hour[hour]) /* more began in another hour or file */
            buffer_print(&text, " of %lu", (unsigned long)view->log->by_hour[hour]);
    }
    if (text.size > 0)
        saw(finding, &view->digest->evidence, "by hours of the log's clock: %s", text.text);
    buffer_release(&text);
}

static void saw_manners(struct finding *finding, const struct job_view *view,
                        const struct job_fault *fault)
{
    uint64_t counts[MAILSTORE_MANNER_COUNT] = {0};

    if (fault->messages < 2)
        return;
    for (size_t i = 0; i < fault->code_count; i++) {
        for (unsigned k = 0; k < MAILSTORE_MANNER_COUNT; k++)
            counts[k] += fault->codes[i]->manners[k];
    }
    saw(finding, &view->digest->evidence,
        "by what their subjects begin with: %llu forwarded, %llu replies, %llu others, %llu "
        "without a subject; the log does not name their class",
        (unsigned long long)counts[MAILSTORE_FORWARD], (unsigned long long)counts[MAILSTORE_REPLY],
        (unsigned long long)counts[MAILSTORE_PLAIN],
        (unsigned long long)counts[MAILSTORE_NAMELESS]);
}

/* The one with most failures that is below `bound`, of these the first that is not told yet. */
static const struct mailstore_mailbox *next_mailbox(const struct mailstore_log *log,
                                                    const struct mailstore_mailbox *before)
{
    const struct mailstore_mailbox *next = NULL;

    for (size_t i = 0; i < log->mailbox_count; i++) {
        const struct mailstore_mailbox *mailbox = &log->mailboxes[i];
        bool is_behind = !before || mailbox->transient < before->transient ||
                         (mailbox->transient == before->transient && mailbox > before);

        if (mailbox->transient > 0 && is_behind && (!next || mailbox->transient > next->transient))
            next = mailbox;
    }
    return next;
}

static void saw_mailboxes(struct finding *finding, const struct job_view *view)
{
    const struct mailstore_log *log = view->log;
    const struct mailstore_mailbox *mailbox = next_mailbox(log, NULL);
    bool is_told = mailbox != NULL;

    for (size_t i = 0; mailbox && i < MAILBOXES_SHOWN; i++) {
        saw(finding, &view->digest->evidence, "behind lines that name %s: %llu of %s",
            mailbox->name, (unsigned long long)mailbox->transient,
            job_messages(view, mailbox->messages));
        mailbox = next_mailbox(log, mailbox);
    }
    if (mailbox)
        saw(finding, &view->digest->evidence, "and in further mailboxes");
    if (log->mailbox_count == 0 && view->joined_count == 0)
        saw(finding, &view->digest->evidence, "the log names no mailbox");
    else if (is_told)
        saw(finding, &view->digest->evidence,
            "whether such an address is the mailbox or the archiver's own account, the log does "
            "not tell");
    else if (log->mailbox_count > 0)
        saw(finding, &view->digest->evidence, "the log names %s%s, on other threads",
            log->mailboxes[0].name, log->mailbox_count > 1 ? " and others" : "");
}

static void saw_elsewhere(struct finding *finding, const struct job_view *view,
                          const struct job_fault *fault)
{
    if (fault->elsewhere == 0)
        return;
    saw(finding, &view->digest->evidence, "%s",
        counted(view, fault->elsewhere, "exception at another request than for a message",
                "exceptions at other requests than for a message"));
    for (size_t i = 0; i < view->log->call_count; i++) {
        const struct mailstore_call *call = &view->log->calls[i];

        if (call->failures > 0)
            saw(finding, &view->digest->evidence, "  %s: %s, %s", call->name,
                counted(view, call->requests, "request", "requests"),
                counted(view, call->failures, "exception", "exceptions"));
    }
}

/* ---- a fault ---- */

static void saw_codes(struct finding *finding, const struct job_view *view,
                      const struct job_fault *fault)
{
    for (size_t i = 0; i < fault->code_count; i++) {
        if (fault->codes[i]->messages > 0)
            saw(finding, &view->digest->evidence, "%llu of %s failed with %s",
                (unsigned long long)fault->codes[i]->messages,
                job_messages(view, view->log->messages), code_text(fault->codes[i]->code));
    }
    if (fault->uncounted > 0)
        saw(finding, &view->digest->evidence, "%llu failed with further codes",
            (unsigned long long)fault->uncounted);
    if (fault->fetched_later > 0)
        saw(finding, &view->digest->evidence, "%s of these fetched by a later try in this log",
            counted(view, fault->fetched_later, "message", "messages"));
}

static void set_codes(struct finding *finding, const struct job_fault *fault)
{
    struct buffer text;

    buffer_init(&text, TEXT_MOST);
    for (size_t i = 0; i < fault->code_count; i++) {
        if (fault->messages == 0 || fault->codes[i]->messages > 0)
            buffer_print(&text, "%s%s", text.size ? ", " : "", code_text(fault->codes[i]->code));
    }
    if (fault->uncounted > 0)
        buffer_add_string(&text, " and others");
    set_text(finding, "codes", text.text);
    buffer_release(&text);
}

/* A log does not name it. */
static void name_server(struct finding *finding)
{
    static const char text[] = "the server that fails";

    set_vouched(finding, VALUE_TEXT, "server-that-fails", text, sizeof text - 1);
}

/* A logon that is refused, a door that is closed, a right that is missing, a budget that is spent:
 * each has steps of its own. */
static void set_refusals(struct finding *finding, const struct job_fault *fault)
{
    bool is_known = false;

    for (size_t i = 0; i < fault->code_count; i++) {
        const char *code = fault->codes[i]->code;

        if (code && strcmp(code, "HTTP 401") == 0)
            set_text(finding, "logon-refused", "yes");
        else if (code && strcmp(code, "HTTP 403") == 0)
            set_text(finding, "forbidden", "yes");
        else if (!code || strcmp(code, "HTTP 429") != 0) /* which Exchange Online alone says */
            is_known = true;
    }
    if (!is_known)
        return;
    set_text(finding, "right-missing", "yes");
    set_text(finding, "on-premises", "yes");
    ews_choose_steps(finding, 0, EWS_PLACE_OPEN);
}

void job_tell_fault(struct finding *finding, const struct job_view *view,
                    const struct job_fault *fault, uint64_t count)
{
    bool is_transient =
        fault->code_count > 0 && ews_class_of(fault->codes[0]->code) == EWS_CLASS_TRANSIENT;

    set_text(finding, "messages",
             count > 0 ? job_messages(view, count)
                       : counted(view, fault->elsewhere, "other request", "other requests"));
    set_text(finding, "log", "yes");
    name_server(finding);
    set_refusals(finding, fault);
    set_codes(finding, fault);
    if (fault->messages > 0) {
        saw_codes(finding, view, fault);
        saw_messages(finding, view, fault);
        saw_hours(finding, view, fault);
        saw_manners(finding, view, fault);
        if (is_transient)
            saw_mailboxes(finding, view);
    }
    saw_elsewhere(finding, view, fault);
}

void job_tell_others(struct finding *finding, const struct job_view *view,
                     const struct job_fault *fault)
{
    const struct mailstore_log *log = view->log;

    for (size_t i = 0; i < log->code_count; i++) {
        const struct mailstore_code *code = &log->codes[i];

        if (code->messages > 0 && !has_code(fault, code->code))
            saw(finding, &view->digest->evidence, "%s failed for another reason: %s",
                job_messages(view, code->messages), code_text(code->code));
    }
}

static void saw_codeless(struct finding *finding, const struct job_view *view)
{
    for (size_t i = 0; i < view->log->code_count; i++) {
        const struct mailstore_code *code = &view->log->codes[i];

        if (!code->code && code->elsewhere > 0)
            saw(finding, &view->digest->evidence, "%s, at no request for a message",
                counted(view, code->elsewhere, "exception without a code",
                        "exceptions without a code"));
    }
}

void job_tell_damage(struct finding *finding, const struct job_view *view)
{
    const struct mailstore_log *log = view->log;

    saw_codeless(finding, view);
    if (log->damaged > 0)
        saw(finding, &view->digest->evidence, "%llu of %llu lines are damaged",
            (unsigned long long)log->damaged, (unsigned long long)log->lines);
    if (log->strange > 0)
        saw(finding, &view->digest->evidence,
            "%s with (GetMimeContent) in a form that is not that of a job log",
            counted(view, log->strange, "line", "lines"));
}

static void saw_fetched_later(struct finding *finding, const struct job_view *view,
                              const struct job_fault *fault)
{
    if (fault->fetched_later == 0)
        return;
    saw(finding, &view->digest->evidence,
        "%s with %s at first, and a later try in this log "
        "fetched %s",
        counted(view, fault->fetched_later, "message failed", "messages failed"),
        code_text(fault->codes[0]->code), fault->fetched_later == 1 ? "it" : "them");
    if (fault->fetched_later == fault->distinct)
        saw_messages(finding, view, fault);
}

void job_tell_recovered(struct finding *finding, const struct job_view *view,
                        const struct job_fault *fault)
{
    const struct mailstore_log *log = view->log;
    uint64_t recovered = log->outcomes[MAILSTORE_RECOVERED];

    set_text(finding, "messages", job_messages(view, recovered ? recovered : fault->fetched_later));
    set_text(finding, "log", "yes");
    if (recovered > 0)
        saw(finding, &view->digest->evidence, "of %s: %s, and %.1f s for one at most",
            job_messages(view, log->messages),
            counted(view, log->recovered_requests, "further request", "further requests"),
            (double)log->recovered_span / 1000);
    saw_fetched_later(finding, view, fault);
    for (size_t i = 0; i < log->code_count; i++) {
        if (log->codes[i].recovered > 0)
            saw(finding, &view->digest->evidence, "%s meanwhile, of %s",
                code_text(log->codes[i].code), job_messages(view, log->codes[i].recovered));
    }
}

/* ---- pictures ---- */

static void write_seconds(int64_t value, struct buffer *out)
{
    buffer_print(out, "%.2f s", (double)value / 1000);
}

static void write_count(int64_t value, struct buffer *out)
{
    buffer_add_number(out, (unsigned long long)value);
}

static const struct series_kind delays_kind = {
    .id = "retry-delays",
    .title = "the wait before each further request",
    .unit = "ms",
    .step = "request",
    .write = write_seconds,
};

static const struct series_kind hours_kind = {
    .id = "failures-by-hour",
    .title = "messages that failed, by the hour of the log's clock",
    .unit = "messages",
    .step = "hour",
    .write = write_count,
};

/* The one message that lasted in failing, where there is no other. */
static const struct mailstore_message *only_message(const struct job_view *view,
                                                    const struct job_fault *fault)
{
    const struct mailstore_message *only = NULL;

    for (size_t i = 0; i < view->log->failed_count; i++) {
        const struct mailstore_message *message = &view->log->failed[i];
        const struct job_joined *joined = joined_of(view, message);

        if (!has_code(fault, message->code))
            continue;
        if (only)
            return NULL;
        only = joined ? &joined->whole : message;
    }
    return fault->messages == 1 ? only : NULL;
}

static void plot_delays(struct finding *finding, const struct job_view *view,
                        const struct job_fault *fault)
{
    const struct mailstore_log *log = view->log;
    const struct mailstore_message *only = only_message(view, fault);
    int64_t values[MAILSTORE_DELAYS_KEPT] = {0};
    size_t count = only ? only->delay_count : log->delay_count;

    for (size_t i = 0; i < count; i++) {
        const struct mailstore_delay *delay = &log->delays[i];

        values[i] = only               ? only->delays[i]
                    : delay->count > 0 ? (int64_t)(delay->total / delay->count)
                                       : 0;
    }
    if (count + 1 >= MAILSTORE_LASTING)
        plot(finding, &delays_kind, only ? NULL : "the mean of all these messages", 2, values,
             count);
}

/* One hour is no picture. */
static void plot_hours(struct finding *finding, const struct job_fault *fault)
{
    int64_t values[MAILSTORE_HOURS];
    size_t hours = 0;

    for (unsigned hour = 0; hour < MAILSTORE_HOURS; hour++) {
        values[hour] = (int64_t)of_hour(fault, hour);
        hours += values[hour] > 0;
    }
    if (hours > 1)
        plot(finding, &hours_kind, NULL, 0, values, MAILSTORE_HOURS);
}

void job_plot(struct finding *finding, const struct job_view *view, const struct job_fault *fault)
{
    if (fault->code_count > 0 && ews_class_of(fault->codes[0]->code) == EWS_CLASS_TRANSIENT)
        plot_delays(finding, view, fault);
    plot_hours(finding, fault);
}
