#include "diag/gather/ews_test_item.h"

enum { SWEEP_STEP = 1500 /* milliseconds */ };

static bool delete_item(struct ews_talk *talk, const char *id, int64_t end, bool stubborn)
{
    struct ews_heard heard;

    ews_write_delete(&talk->caller, id, &talk->request);
    ews_talk_insist(talk, &heard, end, stubborn);
    talk->survey->plant = heard.attempt;
    return heard.is_done || heard.class == EWS_CLASS_GONE;
}

/* Of what was found, what proves to be ours: a server may have listed other mail. */
static bool delete_ours(struct ews_talk *talk, const struct ews_message *message, int64_t end,
                        bool stubborn, unsigned *deleted)
{
    bool is_clear = message->is_last_in_range && !message->more;

    for (size_t i = 0; message->is_success && i < message->item_count; i++) {
        if (!message->items[i].is_test_item)
            continue;
        if (ews_talk_now(talk) < end && delete_item(talk, message->items[i].id, end, stubborn))
            (*deleted)++;
        else
            is_clear = false;
    }
    return is_clear;
}

/* Deletes all test items there are. False: it is not known whether any is left. */
static bool clear(struct ews_talk *talk, int64_t end, bool stubborn, unsigned *deleted)
{
    struct ews_heard heard;
    bool is_clear;

    ews_write_find_tests(&talk->caller, talk->survey->mailbox, &talk->request);
    is_clear = ews_talk_insist(talk, &heard, end, stubborn) && heard.failed == 0;
    talk->survey->plant = heard.attempt;
    for (size_t i = 0; heard.attempt.status == STATUS_OK && i < heard.reply.message_count; i++) {
        if (!delete_ours(talk, &heard.reply.messages[i], end, stubborn, deleted))
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
static bool is_ours(struct ews_talk *talk, const char *id)
{
    const struct ews_found *item;
    struct ews_heard heard;

    ews_write_get_test(&talk->caller, id, &talk->request);
    if (!ews_talk_insist(talk, &heard, talk->end, false))
        return false;
    item = first_item(&heard.reply);
    return item && item->is_test_item;
}

static void take_planted(struct ews_talk *talk, struct ews_test *test, struct ews_found planted)
{
    talk->survey->planted = EWS_PLANTED_LEFT;
    if (!is_ours(talk, planted.id))
        return;
    if (!planted.item_class)
        planted.item_class = talk->survey->test_item == EWS_TEST_ITEM_REQUEST
                                 ? "IPM.Schedule.Meeting.Request"
                                 : "IPM.Appointment";
    test->item = planted;
}

/*
 * Not by ews_talk_insist(): an error, or no answer at all, does not say that it was not made. What
 * an earlier attempt may have made is deleted before the next one.
 */
static void create(struct ews_talk *talk, struct ews_test *test, enum ews_test_item form)
{
    struct ews_survey *survey = talk->survey;
    const struct ews_found *made;
    struct ews_heard heard;

    survey->test_item = form;
    for (size_t count = 1;; count++) {
        ews_write_create(&talk->caller, survey->mailbox, form, &talk->request);
        ews_talk_say(talk, &heard);
        test->creations++;
        survey->plant = heard.attempt;
        made = first_item(&heard.reply);
        if (made) {
            take_planted(talk, test, *made);
            return;
        }
        test->was_lost = heard.is_done || (heard.attempt.status != STATUS_OK &&
                                           heard.attempt.status != STATUS_DENIED);
        survey->planted = test->was_lost ? EWS_PLANTED_LEFT : EWS_PLANTED_REFUSED;
        if (test->was_lost || !ews_heard_passes(&heard) || count == EWS_ATTEMPTS ||
            !ews_talk_wait(talk, ews_talk_due(talk, &heard, count), talk->end, false) ||
            !clear(talk, talk->end, false, &test->undone))
            return;
    }
}

static void attach(struct ews_talk *talk, struct ews_test *test)
{
    struct ews_heard heard;

    ews_write_attach(&talk->caller, test->item.id, test->item.change_key, &talk->request);
    test->item.has_attachments = ews_talk_insist(talk, &heard, talk->end, false);
    test->item.change_key = NULL; /* it is another now */
    talk->survey->plant = heard.attempt;
}

void ews_test_clear_earlier(struct ews_talk *talk)
{
    talk->survey->step = EWS_STEP_PLANT;
    clear(talk, talk->end, false, &talk->survey->cleared);
}

void ews_test_plant(struct ews_talk *talk, struct ews_test *test)
{
    const struct ews_survey *survey = talk->survey;

    for (unsigned form = 0; form < EWS_TEST_ITEM_COUNT && !ews_talk_is_ending(talk); form++) {
        create(talk, test, (enum ews_test_item)form);
        if (survey->planted != EWS_PLANTED_REFUSED)
            break;
    }
    if (test->item.id && !ews_talk_is_ending(talk))
        attach(talk, test);
}

/* What was made may be seen only after a while, and then it is deleted. */
static bool sweep(struct ews_talk *talk, struct ews_test *test, int64_t end)
{
    while (!clear(talk, end, true, &test->undone) || (test->was_lost && test->undone == 0)) {
        if (!ews_talk_wait(talk, ews_talk_now(talk) + ews_milliseconds(SWEEP_STEP), end, true))
            return false;
    }
    return true;
}

/* Where it took several tries to make it, there may be others. */
static bool undo(struct ews_talk *talk, struct ews_test *test, int64_t end)
{
    return delete_item(talk, test->item.id, end, true) &&
           (test->creations == 1 || clear(talk, end, true, &test->undone));
}

/* It is none of a refusal's business how the look for what it may have made ended. */
static void look_after_refusal(struct ews_talk *talk, struct ews_test *test, int64_t end)
{
    const struct ews_attempt refusal = talk->survey->plant;

    if (!clear(talk, end, true, &test->undone))
        talk->survey->planted = EWS_PLANTED_LEFT;
    else if (test->undone > 0)
        talk->survey->planted = EWS_PLANTED_DELETED;
    else
        talk->survey->plant = refusal;
}

void ews_test_clean_up(struct ews_talk *talk, struct ews_test *test)
{
    struct ews_survey *survey = talk->survey;
    int64_t end = ews_talk_now(talk) + ews_milliseconds(EWS_CLEAN_UP);
    bool is_gone;

    if (survey->planted == EWS_PLANTED_NONE)
        return;
    survey->step = EWS_STEP_DELETE;
    talk->not_before = 0;
    talk->limit = end;
    if (survey->planted == EWS_PLANTED_REFUSED) {
        look_after_refusal(talk, test, end);
        return;
    }
    is_gone = test->item.id ? undo(talk, test, end) : sweep(talk, test, end);
    if (is_gone)
        survey->planted = EWS_PLANTED_DELETED;
}
