#include "diag/gather/ews.h"

#include "diag/gather/ews_talk.h"
#include "diag/gather/ews_test_item.h"
#include "diag/text.h"

#include <stdio.h>
#include <string.h>

enum { SLACK = 10000 /* milliseconds */ };

struct target { /* an item that is asked for */
    const char *id, *change_key;
    struct ews_item *item;
    struct ews_attempt *attempts;
    size_t room;
    int64_t due;
    bool is_over;
};

struct run {
    struct ews_talk talk;
    struct ews_test test;
    bool is_refused;        /* who asks: no more items are asked for */
    struct ews_item *items; /* of the survey */
    struct target *targets;
    size_t target_count;
};

/* ---- finding items ---- */

static bool is_code(const struct ews_heard *heard, const char *code)
{
    return heard->attempt.code && strcmp(heard->attempt.code, code) == 0;
}

static bool find_as(struct run *run, struct ews_heard *heard)
{
    struct ews_survey *survey = run->talk.survey;
    bool has_found;

    ews_write_find(&run->talk.caller, survey->mailbox, survey->most, &run->talk.request);
    has_found = ews_talk_insist(&run->talk, heard, run->talk.end, false);
    survey->folders_failed = has_found ? heard->failed : EWS_FOLDERS;
    survey->folder_code = heard->code;
    return has_found;
}

static bool find(struct run *run, struct ews_heard *heard)
{
    if (find_as(run, heard))
        return true;
    if (!is_code(heard, "ErrorInvalidServerVersion"))
        return false;
    run->talk.caller.version = EWS_VERSION_2007_SP1;
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
    struct ews_survey *survey = run->talk.survey;
    struct ews_item *item = &run->items[survey->item_count++];
    struct target *target = &run->targets[run->target_count++];

    snprintf(item->hash, sizeof item->hash, "%016llx", (unsigned long long)text_hash(found->id));
    if (found->item_class)
        item->item_class = arena_copy_string(ews_talk_memory(&run->talk), found->item_class);
    item->size = found->size;
    item->has_attachments = found->has_attachments;
    item->is_planted = is_planted;
    target->item = item;
    target->id = found->id;
    target->change_key = found->change_key;
}

static void pick(struct run *run, const struct ews_reply *reply)
{
    size_t most = run->talk.survey->item_count + run->talk.survey->most;

    for (unsigned rank = 0; rank < RANKS; rank++) {
        for (size_t i = 0; i < reply->message_count; i++) {
            const struct ews_message *message = &reply->messages[i];

            for (size_t j = 0; j < message->item_count; j++) {
                if (rank_of(&message->items[j]) == rank && run->talk.survey->item_count < most)
                    add_target(run, &message->items[j], false);
            }
        }
    }
}

/* ---- MIME content ---- */

static void note_attempt(struct run *run, struct target *target, const struct ews_heard *heard)
{
    struct ews_item *item = target->item;

    target->attempts = arena_grow(ews_talk_memory(&run->talk), target->attempts, &target->room,
                                  item->attempt_count, sizeof *target->attempts);
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

/* Of one that did not come: its last answer, or where that may pass what most of them were. */
static enum ews_outcome failure_of(const struct ews_item *item, const struct ews_heard *heard)
{
    bool has_lasted = count_transient(item) >= EWS_LASTS;

    /* Somebody took it away meanwhile, or the server went: the error was there all the same. */
    if (has_lasted && (heard->class == EWS_CLASS_GONE || heard->attempt.http == 0))
        return item->attempt_count == EWS_ATTEMPTS ? EWS_OUTCOME_PERSISTENT : EWS_OUTCOME_CUT_SHORT;
    if (ews_heard_is_unanswered(heard) || heard->attempt.status == STATUS_TIMED_OUT)
        return EWS_OUTCOME_UNANSWERED;
    if (!ews_heard_passes(heard))
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
static bool was_sent(const struct ews_heard *heard)
{
    return heard->attempt.status != STATUS_DENIED || heard->attempt.http > 0;
}

static void ask(struct run *run, struct target *target)
{
    struct ews_item *item = target->item;
    const struct ews_mime *mime;
    struct ews_heard heard;

    ews_write_get_mime(&run->talk.caller, target->id, target->change_key, &run->talk.request);
    ews_talk_say(&run->talk, &heard);
    mime = mime_of(&heard.reply);
    if (heard.is_done)
        heard.attempt.reason = fault_of(mime);
    run->is_refused = heard.attempt.status == STATUS_DENIED && heard.attempt.http != 403;
    if (!was_sent(&heard))
        return;
    note_attempt(run, target, &heard);
    target->due = ews_talk_due(&run->talk, &heard, item->attempt_count);
    target->is_over =
        item->attempt_count == EWS_ATTEMPTS ||
        (!ews_heard_passes(&heard) && failure_of(item, &heard) != EWS_OUTCOME_UNANSWERED);
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
    bool is_throttled = run->talk.throttled > 0;

    for (size_t i = 0; i < run->target_count; i++) {
        struct target *target = &run->targets[i];
        struct ews_item *item = target->item;

        if (target->is_over)
            continue;
        run->talk.survey->was_cut_short = true;
        if (item->attempt_count > 0 && item->outcome == EWS_OUTCOME_PERSISTENT)
            item->outcome = EWS_OUTCOME_CUT_SHORT;
        else if (is_throttled)
            item->outcome = EWS_OUTCOME_THROTTLED;
    }
}

static void ask_for_all(struct run *run)
{
    struct target *target;

    run->talk.survey->step = EWS_STEP_MIME;
    run->talk.troubles = 0;
    while ((target = next_target(run)) && run->talk.troubles < EWS_TROUBLES_MOST &&
           !run->is_refused && ews_talk_wait(&run->talk, target->due, run->talk.end, false))
        ask(run, target);
    settle_the_rest(run);
}

/* ---- the survey ---- */

/* What earlier runs left is deleted first, and items are found again without it. */
static bool plant(struct run *run, struct ews_heard *found)
{
    struct ews_talk *talk = &run->talk;

    ews_test_clear_earlier(talk);
    if (talk->survey->cleared > 0 && !find(run, found))
        return false;
    ews_test_plant(talk, &run->test);
    if (run->test.item.id)
        add_target(run, &run->test.item, true);
    return true;
}

static enum status survey_all(struct run *run)
{
    struct ews_talk *talk = &run->talk;
    struct ews_survey *survey = talk->survey;
    struct ews_heard heard;
    enum status status;
    bool has_found;

    survey->step = EWS_STEP_FIND;
    has_found = find(run, &heard);
    status = heard.attempt.status;
    if (status != STATUS_OK)
        return status;
    if (survey->plants && ews_talk_now(talk) < talk->end && !ews_talk_is_ending(talk))
        has_found = plant(run, &heard) && has_found;
    if (has_found)
        pick(run, &heard.reply);
    if (run->target_count > 0)
        ask_for_all(run);
    ews_test_clean_up(talk, &run->test);
    return STATUS_OK;
}

enum status ews_survey_run(struct ews_survey *survey, const struct gather_options *options,
                           const struct xml_library *library, const struct ews_wire *wire)
{
    const struct ews_caller caller = {.version = EWS_VERSION_2010_SP2,
                                      .impersonate = survey->impersonates ? survey->mailbox : NULL};
    struct run run = {.talk = {.survey = survey,
                               .options = options,
                               .library = library,
                               .wire = wire,
                               .caller = caller,
                               .limit = INT64_MAX}};
    struct ews_talk *talk = &run.talk;
    enum status status;

    talk->began = ews_talk_now(talk);
    talk->end = talk->began + ews_milliseconds(options->patience);
    buffer_init(&talk->request, EWS_REQUEST_MOST);
    survey->items = run.items =
        arena_new(&survey->evidence.memory, survey->most + 1, sizeof *run.items);
    run.targets = arena_new(&talk->scratch, survey->most + 1, sizeof *run.targets);
    status = survey_all(&run);
    buffer_release(&talk->request);
    arena_release(&talk->scratch);
    return status;
}

/* Asking, what was begun at its end, and the cleaning up. */
int64_t gather_ews_allowance(const struct gather_options *options)
{
    enum { FIND_CLEAR_DELETE_FIND_CREATE_TWICE_ATTACH_ASK = 8 };
    const int64_t steps = FIND_CLEAR_DELETE_FIND_CREATE_TWICE_ATTACH_ASK;

    return ews_milliseconds((int64_t)options->patience + steps * (int64_t)options->timeout +
                            EWS_CLEAN_UP + SLACK);
}
