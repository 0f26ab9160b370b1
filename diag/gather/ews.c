#include "diag/gather/ews.h"

#include "diag/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLACK = 10000,         /* milliseconds; the next ones too */
    BACK_OFF_FIRST = 1000, /* where the server does not say how long */
    BACK_OFF_MOST = 30000,
    SWEEP_STEP = 1500,
    LAST_TRY = 1000,  /* before the end of cleaning up */
    TROUBLES_MOST = 3 /* requests in a row without a reply of EWS: then no more are made */
};

struct target { /* an item that is asked for */
    const char *id, *change_key;
    struct ews_item *item;
    struct ews_attempt *attempts;
    size_t room;
    int64_t due;
    bool is_over;
};

struct heard { /* one request, and what came of it */
    struct ews_attempt attempt;
    struct ews_reply reply;
    bool is_done;         /* some of it, at the least: see `failed` */
    unsigned failed;      /* messages that are none of success, nor of what is not there */
    enum ews_class class; /* of the first that failed; NONE: all was done */
    const char *code;     /* its code, or NULL */
};

struct run {
    struct ews_survey *survey;
    const struct gather_options *options;
    const struct xml_library *library;
    const struct ews_wire *wire;
    struct ews_caller caller;
    struct buffer request;
    struct arena scratch;   /* ids, and what replies hold */
    int64_t began, end;     /* of asking */
    int64_t limit;          /* of every request, whatever --timeout says */
    int64_t not_before;     /* the server wants to be left alone until then */
    unsigned throttled;     /* times in a row */
    unsigned troubles;      /* the same, without a reply of EWS */
    bool is_refused;        /* who asks: no more items are asked for */
    struct ews_item *items; /* of the survey */
    struct target *targets;
    size_t target_count;
    const char *planted_id; /* NULL: nothing is to be deleted */
    const char *planted_key;
    bool was_lost;   /* what the server said to its making */
    unsigned undone; /* items of this run that were deleted beside that one */
};

static int64_t microseconds(int64_t milliseconds)
{
    return milliseconds * 1000;
}

static int64_t now(const struct run *run)
{
    return run->wire->now(run->wire->context);
}

static bool is_ending(const struct run *run)
{
    return run->wire->is_ending(run->wire->context);
}

static struct arena *memory(const struct run *run)
{
    return &run->survey->evidence.memory;
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

static void note_head(struct run *run, struct ews_attempt *attempt, const struct ews_head *head)
{
    struct ews_survey *survey = run->survey;

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
static const struct ews_message *worst_of(struct heard *heard)
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

static void note_reply(struct run *run, struct heard *heard)
{
    const struct ews_reply *reply = &heard->reply;
    const struct ews_message *failed = worst_of(heard);

    heard->attempt.kind = reply->kind;
    if (reply->version.major > 0)
        run->survey->version = reply->version;
    if (!failed)
        return;
    heard->class = failed->class == EWS_CLASS_NONE ? EWS_CLASS_OTHER : failed->class;
    if (failed->code)
        heard->code = arena_copy_string(memory(run), failed->code);
    if (!heard->is_done)
        heard->attempt.code = heard->code;
    if (failed->has_back_off) {
        heard->attempt.has_back_off = true;
        heard->attempt.back_off = failed->back_off;
    }
}

static void conclude(struct heard *heard, enum status status, enum status body)
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
static struct ews_time time_of(const struct run *run, int64_t began)
{
    int64_t stall = microseconds(run->options->timeout), deadline = began + stall;
    int64_t latest = run->end > deadline ? run->end : deadline;

    return (struct ews_time){.deadline = sooner(deadline, run->limit),
                             .latest = sooner(latest, run->limit),
                             .stall = stall};
}

/* Says run->request. */
static void say(struct run *run, struct heard *heard)
{
    struct ews_head head = {0};
    struct ews_reply_reader *reader;
    int64_t began = now(run);
    const struct ews_time time = time_of(run, began);
    enum status status;

    memset(heard, 0, sizeof *heard);
    heard->attempt.began = began - run->began;
    reader = ews_reply_reader_new(run->library, &run->scratch);
    status = run->wire->post(run->wire->context, &run->request, take_body, reader, &time,
                             memory(run), &head);
    ews_reply_end(reader, &heard->reply);
    heard->attempt.took = now(run) - began;
    run->survey->error_code = head.error_code;
    run->survey->server_time = head.server_time;
    if (status == STATUS_OK) {
        note_head(run, &heard->attempt, &head);
        note_reply(run, heard);
    }
    conclude(heard, status, head.body);
    if (heard->attempt.status != STATUS_OK && heard->reply.bytes > 0 && heard->reply.reason)
        heard->attempt.reason = arena_copy_string(memory(run), heard->reply.reason);
    run->survey->last = heard->attempt;
    run->troubles = heard->attempt.status == STATUS_OK || heard->class == EWS_CLASS_THROTTLED
                        ? 0
                        : run->troubles + 1;
}

/* ---- when to ask again ---- */

static void note_throttling(struct run *run)
{
    int64_t wait = (int64_t)BACK_OFF_FIRST << (run->throttled < 5 ? run->throttled : 5);

    if (wait > BACK_OFF_MOST)
        wait = BACK_OFF_MOST;
    run->throttled++;
    run->not_before = now(run) + microseconds(wait);
}

/* Until when the one that failed `count` times is left alone. */
static int64_t due_after(struct run *run, const struct heard *heard, size_t count)
{
    if (heard->class == EWS_CLASS_THROTTLED)
        note_throttling(run);
    else
        run->throttled = 0;
    if (heard->attempt.has_back_off)
        run->not_before = now(run) + microseconds(heard->attempt.back_off);
    return now(run) + microseconds((int64_t)count * EWS_RETRY_STEP);
}

static bool passes(const struct heard *heard)
{
    return heard->class == EWS_CLASS_TRANSIENT || heard->class == EWS_CLASS_THROTTLED;
}

/* A server that failed to answer as EWS, or broke off: it may the next time. */
static bool is_unanswered(const struct heard *heard)
{
    const struct ews_attempt *attempt = &heard->attempt;

    return heard->class == EWS_CLASS_OTHER &&
           (attempt->status == STATUS_CLOSED || attempt->status == STATUS_SERVER_FAILURE);
}

/*
 * False where that is beyond `end`, or the run is to end. Whoever is stubborn tries before `end`,
 * however long the server wants to be left alone.
 */
static bool wait_until(struct run *run, int64_t due, int64_t end, bool stubborn)
{
    int64_t left = end - now(run);

    if (due < run->not_before)
        due = run->not_before;
    if (stubborn && due > end && left > microseconds(LAST_TRY))
        due = now(run) + left / 2;
    return left > 0 && due <= end && run->wire->wait(run->wire->context, due, stubborn);
}

/*
 * Says run->request as often as it takes; true if it was done. A stubborn one is not kept from it
 * by a connection that breaks, nor by the end of the run.
 */
static bool insist(struct run *run, struct heard *heard, int64_t end, bool stubborn)
{
    for (size_t count = 1;; count++) {
        bool is_worth_it;

        say(run, heard);
        is_worth_it = passes(heard) || (is_unanswered(heard) && run->troubles < TROUBLES_MOST) ||
                      (stubborn && heard->attempt.status != STATUS_OK);
        if (!is_worth_it || count == EWS_ATTEMPTS ||
            !wait_until(run, due_after(run, heard, count), end, stubborn))
            return heard->is_done;
    }
}

/* ---- finding items ---- */

static bool is_code(const struct heard *heard, const char *code)
{
    return heard->attempt.code && strcmp(heard->attempt.code, code) == 0;
}

static bool find_as(struct run *run, struct heard *heard)
{
    struct ews_survey *survey = run->survey;
    bool has_found;

    ews_write_find(&run->caller, survey->mailbox, survey->most, &run->request);
    has_found = insist(run, heard, run->end, false);
    survey->folders_failed = has_found ? heard->failed : 0;
    survey->folder_code = has_found ? heard->code : NULL;
    return has_found;
}

static bool find(struct run *run, struct heard *heard)
{
    if (find_as(run, heard))
        return true;
    if (!is_code(heard, "ErrorInvalidServerVersion"))
        return false;
    run->caller.version = EWS_VERSION_2007_SP1;
    return find_as(run, heard);
}

static bool is_class(const struct ews_found *found, const char *prefix)
{
    return found->item_class &&
           text_starts_fold(found->item_class, strlen(found->item_class), prefix);
}

/* How likely it is to be hit: 0 most. */
static unsigned rank_of(const struct ews_found *found)
{
    unsigned without = found->has_attachments ? 0 : 1;

    if (is_class(found, "IPM.Schedule.Meeting.Request"))
        return without;
    if (is_class(found, "IPM.Appointment"))
        return 2 + 2 * without;
    return 3 + 2 * without;
}

enum { RANKS = 6 };

static void add_target(struct run *run, const struct ews_found *found, bool is_planted)
{
    struct ews_survey *survey = run->survey;
    struct ews_item *item = &run->items[survey->item_count++];
    struct target *target = &run->targets[run->target_count++];

    snprintf(item->hash, sizeof item->hash, "%016llx", (unsigned long long)text_hash(found->id));
    if (found->item_class)
        item->item_class = arena_copy_string(memory(run), found->item_class);
    item->size = found->size;
    item->has_attachments = found->has_attachments;
    item->is_planted = is_planted;
    target->item = item;
    target->id = found->id;
    target->change_key = found->change_key;
}

static void pick(struct run *run, const struct ews_reply *reply)
{
    size_t most = run->survey->item_count + run->survey->most;

    for (unsigned rank = 0; rank < RANKS; rank++) {
        for (size_t i = 0; i < reply->message_count; i++) {
            const struct ews_message *message = &reply->messages[i];

            for (size_t j = 0; j < message->item_count; j++) {
                if (rank_of(&message->items[j]) == rank && run->survey->item_count < most)
                    add_target(run, &message->items[j], false);
            }
        }
    }
}

/* ---- the test item ---- */

static bool delete_item(struct run *run, const char *id, int64_t end, bool stubborn)
{
    struct heard heard;

    ews_write_delete(&run->caller, id, &run->request);
    insist(run, &heard, end, stubborn);
    run->survey->plant = heard.attempt;
    return heard.is_done || heard.class == EWS_CLASS_GONE;
}

/* Of what was found, what proves to be ours: a server may have listed other mail. */
static bool delete_ours(struct run *run, const struct ews_message *message, int64_t end,
                        bool stubborn, unsigned *deleted)
{
    bool is_clear = message->is_last_in_range && !message->more;

    for (size_t i = 0; message->is_success && i < message->item_count; i++) {
        if (!message->items[i].is_test_item)
            continue;
        if (now(run) < end && delete_item(run, message->items[i].id, end, stubborn))
            (*deleted)++;
        else
            is_clear = false;
    }
    return is_clear;
}

/* Deletes all test items there are. False: it is not known whether any is left. */
static bool clear(struct run *run, int64_t end, bool stubborn, unsigned *deleted)
{
    struct heard heard;
    bool is_clear;

    ews_write_find_tests(&run->caller, run->survey->mailbox, &run->request);
    is_clear = insist(run, &heard, end, stubborn) && heard.failed == 0;
    run->survey->plant = heard.attempt;
    for (size_t i = 0; is_clear && i < heard.reply.message_count; i++) {
        if (!delete_ours(run, &heard.reply.messages[i], end, stubborn, deleted))
            is_clear = false;
    }
    return is_clear;
}

static const struct ews_found *first_item(const struct ews_reply *reply)
{
    for (size_t i = 0; i < reply->message_count; i++) {
        if (reply->messages[i].is_success && reply->messages[i].item_count > 0)
            return &reply->messages[i].items[0];
    }
    return NULL;
}

/* What a server calls the item that it made is looked at before it is touched. */
static bool is_ours(struct run *run, const char *id)
{
    const struct ews_found *item;
    struct heard heard;

    ews_write_get_test(&run->caller, id, &run->request);
    if (!insist(run, &heard, run->end, false))
        return false;
    item = first_item(&heard.reply);
    return item && item->is_test_item;
}

static void take_planted(struct run *run, struct ews_found planted)
{
    run->survey->planted = EWS_PLANTED_LEFT;
    if (!is_ours(run, planted.id))
        return;
    if (!planted.item_class)
        planted.item_class = run->survey->test_item == EWS_TEST_ITEM_REQUEST
                                 ? "IPM.Schedule.Meeting.Request"
                                 : "IPM.Appointment";
    run->planted_id = planted.id;
    run->planted_key = planted.change_key;
    add_target(run, &planted, true);
}

/*
 * Not by insist(): an error, or no answer at all, does not say that it was not made. What an
 * earlier attempt may have made is deleted before the next one.
 */
static void create(struct run *run, enum ews_test_item form)
{
    struct ews_survey *survey = run->survey;
    const struct ews_found *made;
    struct heard heard;

    survey->test_item = form;
    for (size_t count = 1;; count++) {
        ews_write_create(&run->caller, survey->mailbox, form, &run->request);
        say(run, &heard);
        survey->plant = heard.attempt;
        made = first_item(&heard.reply);
        if (made) {
            take_planted(run, *made);
            return;
        }
        run->was_lost = heard.is_done || (heard.attempt.status != STATUS_OK &&
                                          heard.attempt.status != STATUS_DENIED);
        survey->planted = run->was_lost ? EWS_PLANTED_LEFT : EWS_PLANTED_REFUSED;
        if (run->was_lost || !passes(&heard) || count == EWS_ATTEMPTS ||
            !wait_until(run, due_after(run, &heard, count), run->end, false) ||
            !clear(run, run->end, false, &run->undone))
            return;
    }
}

static void attach(struct run *run)
{
    struct heard heard;

    ews_write_attach(&run->caller, run->planted_id, run->planted_key, &run->request);
    run->items[0].has_attachments = insist(run, &heard, run->end, false);
    run->targets[0].change_key = NULL; /* it is another now */
    run->survey->plant = heard.attempt;
}

/* What earlier runs left is deleted first, and items are found again without it. */
static bool plant(struct run *run, struct heard *found)
{
    struct ews_survey *survey = run->survey;

    survey->step = EWS_STEP_PLANT;
    clear(run, run->end, false, &survey->cleared);
    if (survey->cleared > 0 && !find(run, found))
        return false;
    for (unsigned form = 0; form < EWS_TEST_ITEM_COUNT && !is_ending(run); form++) {
        create(run, (enum ews_test_item)form);
        if (survey->planted != EWS_PLANTED_REFUSED)
            break;
    }
    if (run->planted_id && !is_ending(run))
        attach(run);
    return true;
}

/* What was made may be seen only after a while, and then it is deleted. */
static bool sweep(struct run *run, int64_t end)
{
    while (!clear(run, end, true, &run->undone) || (run->was_lost && run->undone == 0)) {
        if (!wait_until(run, now(run) + microseconds(SWEEP_STEP), end, true))
            return false;
    }
    return true;
}

/* It is none of a refusal's business how the look for what it may have made ended. */
static void look_after_refusal(struct run *run, int64_t end)
{
    const struct ews_attempt refusal = run->survey->plant;

    if (!clear(run, end, true, &run->undone))
        run->survey->planted = EWS_PLANTED_LEFT;
    else if (run->undone > 0)
        run->survey->planted = EWS_PLANTED_DELETED;
    else
        run->survey->plant = refusal;
}

static void clean_up(struct run *run)
{
    struct ews_survey *survey = run->survey;
    int64_t end = now(run) + microseconds(EWS_CLEAN_UP);
    bool is_gone;

    if (survey->planted == EWS_PLANTED_NONE)
        return;
    survey->step = EWS_STEP_DELETE;
    run->not_before = 0;
    run->limit = end;
    if (survey->planted == EWS_PLANTED_REFUSED) {
        look_after_refusal(run, end);
        return;
    }
    is_gone = run->planted_id ? delete_item(run, run->planted_id, end, true) : sweep(run, end);
    if (is_gone)
        survey->planted = EWS_PLANTED_DELETED;
}

/* ---- MIME content ---- */

static void note_attempt(struct run *run, struct target *target, const struct heard *heard)
{
    struct ews_item *item = target->item;

    target->attempts = arena_grow(memory(run), target->attempts, &target->room, item->attempt_count,
                                  sizeof *target->attempts);
    target->attempts[item->attempt_count++] = heard->attempt;
    item->attempts = target->attempts;
}

static const struct {
    enum ews_class class;
    enum ews_outcome outcome;
} outcomes[] = {{EWS_CLASS_TRANSIENT, EWS_OUTCOME_PERSISTENT},
                {EWS_CLASS_THROTTLED, EWS_OUTCOME_THROTTLED},
                {EWS_CLASS_DENIED, EWS_OUTCOME_DENIED},
                {EWS_CLASS_CONVERSION, EWS_OUTCOME_CONVERSION},
                {EWS_CLASS_GONE, EWS_OUTCOME_GONE}};

static enum ews_outcome outcome_of(enum ews_class class)
{
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        if (outcomes[i].class == class)
            return outcomes[i].outcome;
    }
    return EWS_OUTCOME_OTHER;
}

static size_t count_transient(const struct ews_item *item)
{
    size_t count = 0;

    for (size_t i = 0; i < item->attempt_count; i++)
        count += ews_class_of(item->attempts[i].code) == EWS_CLASS_TRANSIENT;
    return count;
}

/* Of one that did not come: what most of its attempts met with, where the last is no more than one
 * of them. */
static enum ews_outcome failure_of(const struct ews_item *item, const struct heard *heard)
{
    if (is_unanswered(heard) || heard->attempt.status == STATUS_TIMED_OUT)
        return EWS_OUTCOME_UNANSWERED;
    if (heard->class == EWS_CLASS_GONE && count_transient(item) >= EWS_LASTS)
        return EWS_OUTCOME_CUT_SHORT; /* somebody took it away meanwhile */
    if (!passes(heard))
        return outcome_of(heard->class);
    return 2 * count_transient(item) >= item->attempt_count ? EWS_OUTCOME_PERSISTENT
                                                            : EWS_OUTCOME_THROTTLED;
}

/* Why there is nothing to store in what came; NULL: there is. */
static const char *fault_of(const struct ews_mime *mime)
{
    if (!mime)
        return "there is no MIME content in the answer";
    if (mime->is_damaged)
        return "its MIME content is not base64";
    return mime->bytes == 0 ? "its MIME content is empty" : NULL;
}

static const struct ews_mime *mime_of(const struct ews_reply *reply)
{
    for (size_t i = 0; i < reply->message_count; i++) {
        if (reply->messages[i].is_success && reply->messages[i].mime.is_there)
            return &reply->messages[i].mime;
    }
    return NULL;
}

/* What was refused once is not sent again. */
static bool was_sent(const struct heard *heard)
{
    return heard->attempt.status != STATUS_DENIED || heard->attempt.http > 0;
}

static void ask(struct run *run, struct target *target)
{
    struct ews_item *item = target->item;
    const struct ews_mime *mime;
    struct heard heard;

    ews_write_get_mime(&run->caller, target->id, target->change_key, &run->request);
    say(run, &heard);
    mime = mime_of(&heard.reply);
    if (heard.is_done)
        heard.attempt.reason = fault_of(mime);
    run->is_refused = heard.attempt.status == STATUS_DENIED && heard.attempt.http != 403;
    if (!was_sent(&heard))
        return;
    note_attempt(run, target, &heard);
    target->due = due_after(run, &heard, item->attempt_count);
    target->is_over = item->attempt_count == EWS_ATTEMPTS ||
                      (!passes(&heard) && failure_of(item, &heard) != EWS_OUTCOME_UNANSWERED);
    item->outcome = failure_of(item, &heard);
    if (!heard.is_done)
        return;
    item->mime_bytes = mime ? mime->bytes : 0;
    item->outcome = heard.attempt.reason        ? EWS_OUTCOME_OTHER
                    : count_transient(item) > 0 ? EWS_OUTCOME_RECOVERED
                                                : EWS_OUTCOME_FINE;
}

static struct target *next_target(const struct run *run)
{
    struct target *next = NULL;

    for (size_t i = 0; i < run->target_count; i++) {
        struct target *target = &run->targets[i];

        if (!target->is_over && (!next || target->due < next->due))
            next = target;
    }
    return next;
}

/* Those that were not asked for to the end. */
static void settle_the_rest(struct run *run)
{
    bool is_throttled = run->throttled > 0;

    for (size_t i = 0; i < run->target_count; i++) {
        struct target *target = &run->targets[i];
        struct ews_item *item = target->item;

        if (target->is_over)
            continue;
        run->survey->was_cut_short = true;
        if (item->attempt_count > 0 && item->outcome == EWS_OUTCOME_PERSISTENT)
            item->outcome = EWS_OUTCOME_CUT_SHORT;
        else if (is_throttled)
            item->outcome = EWS_OUTCOME_THROTTLED;
    }
}

static void ask_for_all(struct run *run)
{
    struct target *target;

    run->survey->step = EWS_STEP_MIME;
    run->troubles = 0;
    while ((target = next_target(run)) && run->troubles < TROUBLES_MOST && !run->is_refused &&
           wait_until(run, target->due, run->end, false))
        ask(run, target);
    settle_the_rest(run);
}

/* ---- the survey ---- */

static enum status survey_all(struct run *run)
{
    struct ews_survey *survey = run->survey;
    struct heard heard;
    enum status status;
    bool has_found;

    survey->step = EWS_STEP_FIND;
    has_found = find(run, &heard);
    status = heard.attempt.status;
    if (status != STATUS_OK)
        return status;
    if (survey->plants && now(run) < run->end && !is_ending(run))
        has_found = plant(run, &heard) && has_found;
    if (has_found)
        pick(run, &heard.reply);
    if (run->target_count > 0)
        ask_for_all(run);
    clean_up(run);
    return STATUS_OK;
}

enum status ews_survey_run(struct ews_survey *survey, const struct gather_options *options,
                           const struct xml_library *library, const struct ews_wire *wire)
{
    struct run run = {.survey = survey,
                      .options = options,
                      .library = library,
                      .wire = wire,
                      .caller = {.version = EWS_VERSION_2010_SP2,
                                 .impersonate = survey->impersonates ? survey->mailbox : NULL}};
    enum status status;

    run.began = now(&run);
    run.end = run.began + microseconds(options->patience);
    buffer_init(&run.request, EWS_REQUEST_MOST);
    run.limit = INT64_MAX;
    survey->items = run.items =
        arena_new(&survey->evidence.memory, survey->most + 1, sizeof *run.items);
    run.targets = arena_new(&run.scratch, survey->most + 1, sizeof *run.targets);
    status = survey_all(&run);
    buffer_release(&run.request);
    arena_release(&run.scratch);
    return status;
}

/* Asking, what was begun at its end, and the cleaning up. */
int64_t gather_ews_allowance(const struct gather_options *options)
{
    enum { FIND_CLEAR_DELETE_FIND_CREATE_TWICE_ATTACH_ASK = 8 };
    const int64_t steps = FIND_CLEAR_DELETE_FIND_CREATE_TWICE_ATTACH_ASK;

    return microseconds((int64_t)options->patience + steps * (int64_t)options->timeout +
                        EWS_CLEAN_UP + SLACK);
}
