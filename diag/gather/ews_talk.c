#include "diag/gather/ews_talk.h"

#include <string.h>

enum {
    BACK_OFF_FIRST = 1000, /* milliseconds, where the server does not say how long; the next too */
    BACK_OFF_MOST = 30000,
    LAST_TRY = 1000 /* before the end of cleaning up */
};

int64_t ews_milliseconds(int64_t milliseconds)
{
    return milliseconds * 1000;
}

int64_t ews_talk_now(const struct ews_talk *talk)
{
    return talk->wire->now(talk->wire->context);
}

bool ews_talk_is_ending(const struct ews_talk *talk)
{
    return talk->wire->is_ending(talk->wire->context);
}

struct arena *ews_talk_memory(const struct ews_talk *talk)
{
    return &talk->survey->evidence.memory;
}

/* ---- one request ---- */

static bool take_body(void *reader, const char *bytes, size_t size)
{
    return ews_reply_add(reader, bytes, size);
}

/* What an answer is worth that is no reply of EWS. */
static enum status status_of_http(unsigned http, const struct ews_reply *reply)
{
    if (http == 401 || http == 403)
        return STATUS_DENIED;
    if (http / 100 == 5 || http == 429)
        return STATUS_SERVER_FAILURE;
    if (http != 200 || reply->kind == EWS_REPLY_HTML)
        return STATUS_REJECTED;
    return reply->status == STATUS_OK ? STATUS_MALFORMED : reply->status;
}

static bool is_of_ews(const struct ews_reply *reply)
{
    return reply->kind == EWS_REPLY_MESSAGES || reply->kind == EWS_REPLY_FAULT;
}

static void note_head(struct ews_talk *talk, struct ews_attempt *attempt,
                      const struct ews_head *head)
{
    struct ews_survey *survey = talk->survey;

    attempt->http = head->http;
    attempt->server = head->server;
    attempt->backend = head->backend;
    attempt->has_back_off = head->has_retry_after;
    attempt->back_off = head->retry_after;
    if (head->owa_version)
        survey->owa_version = head->owa_version;
    survey->challenges = head->challenges;
    survey->location = head->location;
}

/* The message that tells how it went: a folder that is not there had nothing to be searched. */
static const struct ews_message *worst_of(struct ews_heard *heard)
{
    const struct ews_reply *reply = &heard->reply;
    const struct ews_message *failed = NULL, *gone = NULL;

    for (size_t i = 0; i < reply->message_count; i++) {
        const struct ews_message *message = &reply->messages[i];

        if (message->is_success) {
            heard->is_done = true;
        } else if (message->class == EWS_CLASS_GONE) {
            gone = gone ? gone : message;
        } else {
            heard->failed++;
            failed = failed ? failed : message;
        }
    }
    return failed || heard->is_done ? failed : gone;
}

static void note_reply(struct ews_talk *talk, struct ews_heard *heard)
{
    const struct ews_reply *reply = &heard->reply;
    const struct ews_message *failed = worst_of(heard);

    heard->attempt.kind = reply->kind;
    if (reply->version.major > 0)
        talk->survey->version = reply->version;
    if (!failed)
        return;
    heard->class = failed->class == EWS_CLASS_NONE ? EWS_CLASS_OTHER : failed->class;
    if (failed->code)
        heard->code = arena_copy_string(ews_talk_memory(talk), failed->code);
    if (!heard->is_done)
        heard->attempt.code = heard->code;
    if (failed->has_back_off) {
        heard->attempt.has_back_off = true;
        heard->attempt.back_off = failed->back_off;
    }
}

static void conclude(struct ews_heard *heard, enum status status, enum status body)
{
    struct ews_attempt *attempt = &heard->attempt;

    if (status != STATUS_OK) {
        attempt->status = status;
    } else if (attempt->http == 200 && body != STATUS_OK && heard->reply.status != STATUS_OK) {
        attempt->status = body;
    } else if (is_of_ews(&heard->reply) && (attempt->http == 200 || attempt->http / 100 == 5)) {
        attempt->status = heard->reply.status;
    } else {
        attempt->status = status_of_http(attempt->http, &heard->reply);
    }
    if (attempt->status != STATUS_OK) {
        heard->is_done = false;
        heard->class = attempt->status == STATUS_DENIED ? EWS_CLASS_DENIED
                       : attempt->http == 429 || (attempt->http == 503 && attempt->has_back_off)
                           ? EWS_CLASS_THROTTLED
                           : EWS_CLASS_OTHER;
    }
}

static int64_t sooner(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

/* Content of 100 MiB is no fault: while it comes, it may take as long as asking may. */
static struct ews_time time_of(const struct ews_talk *talk, int64_t began)
{
    int64_t stall = ews_milliseconds(talk->options->timeout), deadline = began + stall;
    int64_t latest = talk->end > deadline ? talk->end : deadline;

    return (struct ews_time){.deadline = sooner(deadline, talk->limit),
                             .latest = sooner(latest, talk->limit),
                             .stall = stall};
}

void ews_talk_say(struct ews_talk *talk, struct ews_heard *heard)
{
    struct ews_head head = {0};
    struct ews_reply_reader *reader;
    int64_t began = ews_talk_now(talk);
    const struct ews_time time = time_of(talk, began);
    enum status status;

    memset(heard, 0, sizeof *heard);
    heard->attempt.began = began - talk->began;
    reader = ews_reply_reader_new(talk->library, &talk->scratch);
    status = talk->wire->post(talk->wire->context, &talk->request, take_body, reader, &time,
                              ews_talk_memory(talk), &head);
    ews_reply_end(reader, &heard->reply);
    heard->attempt.took = ews_talk_now(talk) - began;
    talk->survey->error_code = head.error_code;
    talk->survey->server_time = head.server_time;
    if (status == STATUS_OK) {
        note_head(talk, &heard->attempt, &head);
        note_reply(talk, heard);
    }
    conclude(heard, status, head.body);
    if (heard->attempt.status != STATUS_OK && heard->reply.bytes > 0 && heard->reply.reason)
        heard->attempt.reason = arena_copy_string(ews_talk_memory(talk), heard->reply.reason);
    talk->survey->last = heard->attempt;
    talk->troubles = heard->attempt.status == STATUS_OK || heard->class == EWS_CLASS_THROTTLED
                         ? 0
                         : talk->troubles + 1;
}

/* ---- when to ask again ---- */

static void note_throttling(struct ews_talk *talk)
{
    int64_t wait = (int64_t)BACK_OFF_FIRST << (talk->throttled < 5 ? talk->throttled : 5);

    if (wait > BACK_OFF_MOST)
        wait = BACK_OFF_MOST;
    talk->throttled++;
    talk->not_before = ews_talk_now(talk) + ews_milliseconds(wait);
}

int64_t ews_talk_due(struct ews_talk *talk, const struct ews_heard *heard, size_t count)
{
    if (heard->class == EWS_CLASS_THROTTLED)
        note_throttling(talk);
    else
        talk->throttled = 0;
    if (heard->attempt.has_back_off)
        talk->not_before = ews_talk_now(talk) + ews_milliseconds(heard->attempt.back_off);
    return ews_talk_now(talk) + ews_milliseconds((int64_t)count * EWS_RETRY_STEP);
}

bool ews_heard_passes(const struct ews_heard *heard)
{
    return heard->class == EWS_CLASS_TRANSIENT || heard->class == EWS_CLASS_THROTTLED;
}

bool ews_heard_is_unanswered(const struct ews_heard *heard)
{
    const struct ews_attempt *attempt = &heard->attempt;

    return heard->class == EWS_CLASS_OTHER &&
           (attempt->status == STATUS_CLOSED || attempt->status == STATUS_SERVER_FAILURE);
}

bool ews_talk_wait(struct ews_talk *talk, int64_t due, int64_t end, bool stubborn)
{
    int64_t left = end - ews_talk_now(talk);

    if (due < talk->not_before)
        due = talk->not_before;
    if (stubborn && due > end && left > ews_milliseconds(LAST_TRY))
        due = ews_talk_now(talk) + left / 2;
    return left > 0 && due <= end && talk->wire->wait(talk->wire->context, due, stubborn);
}

bool ews_talk_insist(struct ews_talk *talk, struct ews_heard *heard, int64_t end, bool stubborn)
{
    for (size_t count = 1;; count++) {
        bool is_worth_it;

        ews_talk_say(talk, heard);
        is_worth_it = ews_heard_passes(heard) ||
                      (ews_heard_is_unanswered(heard) && talk->troubles < EWS_TROUBLES_MOST) ||
                      (stubborn && heard->attempt.status != STATUS_OK);
        if (!is_worth_it || count == EWS_ATTEMPTS ||
            !ews_talk_wait(talk, ews_talk_due(talk, heard, count), end, stubborn))
            return heard->is_done;
    }
}
