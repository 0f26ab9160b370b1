/*
 * Surveys of a mailbox over EWS, against the lab's and a clock of the test's own: the order of
 * requests, the waits, what each item comes to, and that nothing stays in the mailbox.
 */
#include "tests/unit/unit.h"

#include "diag/gather/ews.h"
#include "diag/xml_library.h"
#include "tests/lab/ews_script.h"

#include <stdlib.h>
#include <string.h>

static const struct gather_options usual = {.timeout = 10000, .patience = 60000};

static struct line { /* what the wire has */
    struct ews_lab *lab;
    int64_t clock;             /* microseconds */
    int64_t took;              /* by each request */
    unsigned ends_after;       /* so many requests, the run is to end; 0: it is not */
    unsigned broken_from;      /* from this request on there is no answer; 0: there always is */
    unsigned broken_count;     /* to so many */
    bool does_it_all_the_same; /* what there is no answer to happens nevertheless */
    unsigned cut_off;          /* not 0: bodies end after so many bytes */
    unsigned refused_at;       /* that request is answered by 401, and none after it is sent */
    unsigned count;
    int64_t latest_deadline; /* of a request, after it began */
    int64_t latest, stall;   /* of the last */
    bool stands_still;       /* bodies do, until their time is over */
    int32_t error_code;      /* of Kerberos, beside every answer */
} line;

static enum status post(void *context, const struct buffer *request, ews_take *take, void *reader,
                        const struct ews_time *time, struct arena *arena, struct ews_head *head)
{
    struct ews_lab_answer answer;
    unsigned number = ++line.count;
    bool is_broken = line.broken_from > 0 && number >= line.broken_from &&
                     number < line.broken_from + line.broken_count;
    size_t size;

    (void)context;
    assert_false(request->truncated);
    line.latest_deadline = time->deadline - line.clock;
    line.latest = time->latest;
    line.stall = time->stall;
    line.clock += line.took;
    if (line.refused_at > 0 && number >= line.refused_at) {
        head->http = 401;
        return number == line.refused_at ? STATUS_OK : STATUS_DENIED;
    }
    if (is_broken && !line.does_it_all_the_same)
        return STATUS_TIMED_OUT;
    ews_lab_answer(line.lab, request->text, &answer);
    head->http = answer.http;
    head->body = line.stands_still ? STATUS_TIMED_OUT : STATUS_OK;
    head->error_code = line.error_code;
    head->server_time = line.error_code;
    head->server = arena_copy_string(arena, line.lab->node);
    size = line.cut_off && line.cut_off < answer.body.size ? line.cut_off : answer.body.size;
    for (size_t at = 0; at < size && !is_broken; at += 100)
        take(reader, answer.body.text + at, size - at < 100 ? size - at : 100);
    buffer_release(&answer.body);
    return is_broken ? STATUS_CLOSED : STATUS_OK;
}

static bool is_ending(void *context)
{
    (void)context;
    return line.ends_after > 0 && line.count >= line.ends_after;
}

static bool wait_in_vain(void *context, int64_t until, bool stubborn)
{
    if (!stubborn && is_ending(context))
        return false;
    if (until > line.clock)
        line.clock = until;
    return true;
}

static int64_t clock_now(void *context)
{
    (void)context;
    return line.clock;
}

static struct ews_survey *survey_with(struct ews_lab *lab, bool plants, unsigned most,
                                      const struct gather_options *options)
{
    const struct ews_wire wire = {
        .post = post, .wait = wait_in_vain, .is_ending = is_ending, .now = clock_now};
    const struct ews_survey question = {
        .host = "mail.contoso.com", .mailbox = "alice@contoso.com", .most = most, .plants = plants};
    struct ews_survey *survey =
        (struct ews_survey *)evidence_new(&evidence_ews, &question.evidence);
    struct xml_library library;
    const char *reason;

    assert_int_equal(xml_library_load(&library, &reason), STATUS_OK);
    survey->evidence.key = "ews";
    line.lab = lab;
    line.count = 0;
    line.clock = 1000;
    if (line.took == 0)
        line.took = 450000;
    survey->evidence.status = ews_survey_run(survey, options, &library, &wire);
    survey->evidence.settled = true;
    return survey;
}

static struct ews_survey *survey_of(struct ews_lab *lab, bool plants)
{
    return survey_with(lab, plants, 10, &usual);
}

static int begin(void **state)
{
    (void)state;
    memset(&line, 0, sizeof line);
    return 0;
}

#define REQUEST_CLASS "MeetingRequest", "IPM.Schedule.Meeting.Request"

static struct ews_lab lab_of(const char *code, unsigned failures)
{
    return (struct ews_lab){.node = "EX01",
                            .version = "15.1.2507.61",
                            .back_off = -1,
                            .items = {{"AAMkOne", REQUEST_CLASS, 4000, true, code, failures, 3000},
                                      {"AAMkTwo", REQUEST_CLASS, 5000, false, NULL, 0, 10}},
                            .item_count = 2};
}

static void assert_nothing_planted(const struct ews_survey *survey, const struct ews_lab *lab)
{
    assert_int_equal(survey->planted, EWS_PLANTED_NONE);
    assert_int_equal(lab->creates + lab->deletes + lab->attaches, 0);
}

/* Items come at once; their size is that of what came, and no id, nor a subject, is kept. */
static void finds_all_fine(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey = survey_of(&lab, false);
    json_t *json = evidence_to_json(&survey->evidence);
    char *text = json_dumps(json, 0);

    (void)state;
    assert_int_equal(survey->evidence.status, STATUS_OK);
    assert_int_equal(survey->item_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(survey->items[i].outcome, EWS_OUTCOME_FINE);
        assert_int_equal(survey->items[i].attempt_count, 1);
        assert_string_equal(survey->items[i].attempts[0].server, "EX01");
    }
    assert_int_equal(survey->items[0].mime_bytes, 3000);
    assert_int_equal(survey->items[1].mime_bytes, 10);
    assert_int_equal(survey->version.build, 2507);
    assert_false(survey->was_cut_short);
    assert_nothing_planted(survey, &lab);
    assert_null(strstr(text, "AAMk"));
    assert_null(strstr(text, "Secret"));
    free(text);
    json_decref(json);
    evidence_free(&survey->evidence);
}

/* The document's failure: 16 requests, each wait 0.2 s longer, some 31 s. */
static void a_transient_error_persists(void **state)
{
    struct ews_lab lab = lab_of("ErrorInternalServerTransientError", EWS_LAB_FOR_EVER);
    struct ews_survey *survey;
    const struct ews_item *item;

    (void)state;
    lab.item_count = 1;
    survey = survey_of(&lab, false);
    item = &survey->items[0];
    assert_int_equal(item->outcome, EWS_OUTCOME_PERSISTENT);
    assert_int_equal(item->attempt_count, EWS_ATTEMPTS);
    for (size_t i = 1; i < EWS_ATTEMPTS; i++)
        assert_int_equal(item->attempts[i].began - item->attempts[i - 1].began,
                         450000 + (int64_t)i * 200000);
    assert_int_equal(item->attempts[15].began + item->attempts[15].took - item->attempts[0].began,
                     31200000);
    assert_string_equal(item->attempts[0].code, "ErrorInternalServerTransientError");
    assert_nothing_planted(survey, &lab);
    evidence_free(&survey->evidence);
}

static void a_transient_error_passes(void **state)
{
    struct ews_lab lab = lab_of("ErrorInternalServerTransientError", 5);
    struct ews_survey *survey = survey_of(&lab, false);

    (void)state;
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_RECOVERED);
    assert_int_equal(survey->items[0].attempt_count, 6);
    assert_int_equal(survey->items[1].outcome, EWS_OUTCOME_FINE);
    evidence_free(&survey->evidence);
}

/* Codes that are no transient errors are not asked again. */
static void other_errors_end_it_at_once(void **state)
{
    static const struct {
        const char *code;
        enum ews_outcome outcome;
    } cases[] = {{"ErrorAccessDenied", EWS_OUTCOME_DENIED},
                 {"ErrorMimeContentConversionFailed", EWS_OUTCOME_CONVERSION},
                 {"ErrorItemNotFound", EWS_OUTCOME_GONE},
                 {"ErrorInternalServerError", EWS_OUTCOME_OTHER},
                 {"ErrorNobodyKnows", EWS_OUTCOME_OTHER}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ews_lab lab = lab_of(cases[i].code, EWS_LAB_FOR_EVER);
        struct ews_survey *survey = survey_of(&lab, false);

        assert_int_equal(survey->items[0].outcome, cases[i].outcome);
        assert_int_equal(survey->items[0].attempt_count, 1);
        assert_int_equal(survey->items[1].outcome, EWS_OUTCOME_FINE);
        assert_string_equal(survey->items[0].attempts[0].code, cases[i].code);
        evidence_free(&survey->evidence);
    }
}

/* The server's word on how long is kept, and holds for all items. */
static void back_off_is_honoured(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.busy = 1;
    lab.busy_after = 1;
    lab.back_off = 5000;
    survey = survey_of(&lab, false);
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_FINE);
    assert_int_equal(survey->items[0].attempts[0].back_off, 5000);
    assert_int_equal(survey->items[0].attempts[0].http, 500);
    assert_int_equal(survey->items[0].attempts[0].kind, EWS_REPLY_FAULT);
    assert_int_equal(survey->items[1].attempts[0].began, 900000 + 5000000);
    evidence_free(&survey->evidence);
}

/* 297749 ms, as Exchange says it, are more than the patience: nothing is asked any more. */
static void a_long_back_off_ends_the_survey(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.busy = 100;
    lab.busy_after = 1;
    lab.back_off = 297749;
    survey = survey_of(&lab, false);
    assert_int_equal(lab.requests, 2);
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_THROTTLED);
    assert_int_equal(survey->items[1].outcome, EWS_OUTCOME_THROTTLED);
    assert_true(survey->was_cut_short);
    evidence_free(&survey->evidence);
}

/* Without a word on how long: 1, 2, 4 seconds and so on. */
static void throttling_without_back_off_doubles(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.busy = 3;
    survey = survey_of(&lab, false);
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_FINE);
    assert_int_equal(survey->items[0].attempts[0].began, 4 * 450000 + 7000000);
    evidence_free(&survey->evidence);
}

/* Patience is the bound of all of it: an item that fails till then is no persistent one. */
static void patience_cuts_short(void **state)
{
    const struct gather_options quick = {.timeout = 10000, .patience = 5000};
    struct ews_lab lab = lab_of("ErrorInternalServerTransientError", EWS_LAB_FOR_EVER);
    struct ews_survey *survey = survey_with(&lab, false, 10, &quick);

    (void)state;
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_CUT_SHORT);
    assert_true(survey->items[0].attempt_count > 3);
    assert_true(survey->was_cut_short);
    assert_true(line.clock < 6000000);
    evidence_free(&survey->evidence);
}

/* Meeting requests with attachments first, and no more than were wanted. */
static void the_likeliest_are_asked_first(void **state)
{
    struct ews_lab lab = {
        .node = "EX01",
        .version = "14.3.123.4",
        .back_off = -1,
        .items = {{"A", "Message", "IPM.Note", 1, true, NULL, 0, 1},
                  {"B", "CalendarItem", "IPM.Appointment", 2, false, NULL, 0, 1},
                  {"C", "MeetingRequest", "IPM.Schedule.Meeting.Request", 3, false, NULL, 0, 1},
                  {"D", "CalendarItem", "IPM.Appointment.Ours", 4, true, NULL, 0, 1},
                  {"E", "MeetingRequest", "ipm.schedule.meeting.request", 5, true, NULL, 0, 1}},
        .item_count = 5};
    static const uint64_t sizes[] = {5, 3, 4, 1};
    struct ews_survey *survey = survey_with(&lab, false, 4, &usual);

    (void)state;
    assert_int_equal(survey->item_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(survey->items[i].size, sizes[i]);
    evidence_free(&survey->evidence);
}

/* Exchange 2007 does not know of 2010. */
static void an_old_server_is_asked_as_such(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.old_server = "8.3.83.4";
    survey = survey_of(&lab, false);
    assert_int_equal(survey->evidence.status, STATUS_OK);
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_FINE);
    evidence_free(&survey->evidence);
}

/* A search is made as often as an item is asked for. */
static void a_search_that_fails_for_ever(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.find_code = "ErrorInternalServerTransientError";
    survey = survey_of(&lab, false);
    assert_int_equal(survey->evidence.status, STATUS_OK);
    assert_int_equal(lab.finds, EWS_ATTEMPTS);
    assert_string_equal(survey->last.code, "ErrorInternalServerTransientError");
    evidence_free(&survey->evidence);
}

/* "It was done", and nothing came. */
static void success_without_content(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.has_no_mime = true;
    survey = survey_of(&lab, false);
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_OTHER);
    assert_int_equal(survey->items[0].mime_bytes, 0);
    evidence_free(&survey->evidence);
}

/* ---- answers that are none of EWS ---- */

static void pages_are_told_apart(void **state)
{
    static const struct {
        enum ews_lab_page page;
        enum status status;
        unsigned http;
        enum ews_reply_kind kind;
        unsigned requests;
    } cases[] = {{EWS_LAB_LOGIN, STATUS_REJECTED, 302, EWS_REPLY_HTML, 1},
                 {EWS_LAB_DENIED, STATUS_DENIED, 401, EWS_REPLY_NOTHING, 1},
                 {EWS_LAB_HTML_ERROR, STATUS_SERVER_FAILURE, 500, EWS_REPLY_HTML, 3}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ews_lab lab = lab_of(NULL, 0);
        struct ews_survey *survey;

        lab.page = cases[i].page;
        survey = survey_of(&lab, true);
        assert_int_equal(survey->evidence.status, cases[i].status);
        assert_int_equal(survey->last.http, cases[i].http);
        assert_int_equal(survey->last.kind, cases[i].kind);
        assert_int_equal(lab.requests, cases[i].requests);
        evidence_free(&survey->evidence);
    }
}

static void no_permission_to_find(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.find_code = "ErrorAccessDenied";
    survey = survey_of(&lab, false);
    assert_int_equal(survey->evidence.status, STATUS_OK);
    assert_int_equal(survey->item_count, 0);
    assert_string_equal(survey->last.code, "ErrorAccessDenied");
    evidence_free(&survey->evidence);
}

/* Replies that end amid a word: neither fine nor transient. */
static void replies_that_are_cut_off(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);

    (void)state;
    for (line.cut_off = 1; line.cut_off < 900; line.cut_off += 13) {
        struct ews_survey *survey = survey_of(&lab, false);

        assert_int_not_equal(survey->evidence.status, STATUS_OK);
        assert_int_equal(survey->item_count, 0);
        evidence_free(&survey->evidence);
    }
}

/* Content may go on coming for as long as asking may last; to begin, it has --timeout. */
static void content_may_take_its_time(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey = survey_of(&lab, false);

    (void)state;
    assert_int_equal(line.latest_deadline, usual.timeout * INT64_C(1000));
    assert_int_equal(line.stall, usual.timeout * INT64_C(1000));
    assert_int_equal(line.latest, 1000 + usual.patience * INT64_C(1000));
    evidence_free(&survey->evidence);
    line.stands_still = true;
    line.cut_off = 300;
    survey = survey_of(&lab, false);
    assert_int_equal(survey->evidence.status, STATUS_TIMED_OUT);
    assert_int_equal(survey->last.http, 200);
    evidence_free(&survey->evidence);
}

/* What Kerberos says of the last request is kept, and goes with the next that it says nothing of.
 */
static void errors_of_kerberos_are_kept(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);

    (void)state;
    lab.page = EWS_LAB_DENIED;
    for (int32_t code = 37; code >= 0; code -= 37) {
        struct ews_survey *survey;

        line.error_code = code;
        survey = survey_of(&lab, false);
        assert_int_equal(survey->evidence.status, STATUS_DENIED);
        assert_int_equal(survey->error_code, code);
        assert_int_equal(survey->server_time, code);
        evidence_free(&survey->evidence);
    }
}

/* A server that stops answering is left alone after three requests. */
static void a_server_that_goes_away(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    for (size_t i = 2; i < 8; i++)
        lab.items[i] = lab.items[1];
    lab.item_count = 8;
    line.broken_from = 2;
    line.broken_count = 100;
    survey = survey_of(&lab, false);
    assert_int_equal(survey->evidence.status, STATUS_OK);
    assert_int_equal(line.count, 4);
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_UNANSWERED);
    assert_int_equal(survey->items[0].attempts[0].status, STATUS_TIMED_OUT);
    assert_int_equal(survey->items[7].outcome, EWS_OUTCOME_UNASKED);
    evidence_free(&survey->evidence);
}

/* ---- the test item ---- */

static void a_test_item_comes_and_goes(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey = survey_of(&lab, true);

    (void)state;
    assert_int_equal(survey->planted, EWS_PLANTED_DELETED);
    assert_int_equal(survey->test_item, EWS_TEST_ITEM_REQUEST);
    assert_true(survey->items[0].is_planted);
    assert_true(survey->items[0].has_attachments);
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_FINE);
    assert_int_equal(survey->item_count, 3);
    assert_int_equal(lab.creates, 1);
    assert_int_equal(lab.attaches, 1);
    assert_int_equal(lab.deletes, 1);
    assert_int_equal(lab.test_items, 0);
    assert_true(lab.was_soft_deletion);
    evidence_free(&survey->evidence);
}

/* Where a message may not be of that class, it is an appointment. */
static void an_appointment_instead(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.create_codes[0] = "ErrorObjectTypeChanged";
    lab.test_item_code = "ErrorInternalServerTransientError";
    lab.item_count = 0;
    survey = survey_of(&lab, true);
    assert_int_equal(survey->test_item, EWS_TEST_ITEM_APPOINTMENT);
    assert_int_equal(survey->planted, EWS_PLANTED_DELETED);
    assert_string_equal(survey->items[0].item_class, "IPM.Appointment");
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_PERSISTENT);
    assert_int_equal(lab.test_items, 0);
    evidence_free(&survey->evidence);
}

static void a_server_that_makes_none(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.create_codes[0] = lab.create_codes[1] = "ErrorAccessDenied";
    survey = survey_of(&lab, true);
    assert_int_equal(survey->planted, EWS_PLANTED_REFUSED);
    assert_string_equal(survey->plant.code, "ErrorAccessDenied");
    assert_int_equal(lab.deletes, 0);
    assert_int_equal(survey->item_count, 2);
    evidence_free(&survey->evidence);
}

static void what_an_earlier_run_left_is_deleted(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.test_items = 3;
    survey = survey_of(&lab, true);
    assert_int_equal(lab.finds, 3); /* items, test items, and items without those */
    assert_int_equal(survey->cleared, 3);
    assert_int_equal(survey->planted, EWS_PLANTED_DELETED);
    assert_int_equal(lab.test_items, 0);
    evidence_free(&survey->evidence);
}

/* The answer to its making is lost: it is looked for by its mark. */
static void a_test_item_that_may_be_there(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    line.broken_from = 3;
    line.broken_count = 1;
    line.does_it_all_the_same = true;
    survey = survey_of(&lab, true);
    assert_int_equal(lab.creates, 1);
    assert_int_equal(lab.test_items, 0);
    assert_int_equal(survey->planted, EWS_PLANTED_DELETED);
    assert_int_equal(survey->cleared, 0);
    evidence_free(&survey->evidence);
}

/* Whenever the run is told to end, nothing stays behind, and that within the time for it. */
static void the_end_of_the_run_leaves_nothing(void **state)
{
    (void)state;
    for (unsigned after = 1; after < 24; after++) {
        struct ews_lab lab = lab_of("ErrorInternalServerTransientError", EWS_LAB_FOR_EVER);
        struct ews_survey *survey;

        lab.test_item_code = "ErrorInternalServerTransientError";
        lab.delete_code = "ErrorServerBusy";
        lab.delete_failures = 2;
        line.ends_after = after;
        survey = survey_of(&lab, true);
        assert_int_equal(lab.test_items, 0);
        assert_true(survey->planted == EWS_PLANTED_DELETED ||
                    (survey->planted == EWS_PLANTED_NONE && lab.creates == 0));
        assert_true(line.count <= after + 4);
        assert_true(after > 1 || lab.finds == 1);
        evidence_free(&survey->evidence);
    }
}

/* A deletion has its own deadline, whatever --timeout says, and is insisted on till then. */
static void what_cannot_be_deleted_is_said(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.delete_code = "ErrorInternalServerTransientError";
    lab.delete_failures = EWS_LAB_FOR_EVER;
    survey = survey_of(&lab, true);
    assert_int_equal(survey->planted, EWS_PLANTED_LEFT);
    assert_string_equal(survey->plant.code, "ErrorInternalServerTransientError");
    assert_true(lab.deletes > 3);
    assert_true(line.latest_deadline < EWS_CLEAN_UP * INT64_C(1000));
    evidence_free(&survey->evidence);
}

/* The answer to its deletion is lost, and then it is not there any more. */
static void what_is_gone_is_deleted(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.item_count = 0;
    line.broken_from = 7;
    line.broken_count = 1;
    line.does_it_all_the_same = true;
    survey = survey_of(&lab, true);
    assert_int_equal(survey->planted, EWS_PLANTED_DELETED);
    assert_int_equal(lab.deletes, 2);
    evidence_free(&survey->evidence);
}

/* However long the server wants to be left alone: what was made there is deleted first. */
static void a_deletion_does_not_wait(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.busy = 1;
    lab.busy_after = 4;
    lab.back_off = 297749;
    lab.delete_code = "ErrorInternalServerTransientError";
    lab.delete_failures = 1;
    survey = survey_of(&lab, true);
    assert_int_equal(survey->planted, EWS_PLANTED_DELETED);
    assert_true(line.clock < 10000000);
    evidence_free(&survey->evidence);
}

static void a_deletion_is_insisted_on(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.item_count = 0;
    line.broken_from = 7; /* find, find tests, create, prove, attach, get, delete */
    line.broken_count = 2;
    survey = survey_of(&lab, true);
    assert_int_equal(survey->planted, EWS_PLANTED_DELETED);
    assert_int_equal(line.count, 9);
    evidence_free(&survey->evidence);
}

/* A server that lists all mail for the restriction loses none of it. */
static void what_is_not_ours_is_left_alone(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.lists_all_as_tests = true;
    lab.test_items = 1;
    survey = survey_of(&lab, true);
    assert_int_equal(survey->cleared, 1);
    assert_int_equal(survey->planted, EWS_PLANTED_DELETED);
    assert_int_equal(lab.other_deletions, 0);
    assert_int_equal(lab.test_items, 0);
    evidence_free(&survey->evidence);
}

/* The id of other mail, as that of what was made: neither attached to nor deleted. */
static void what_was_made_proves_to_be_ours(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.names_another = true;
    survey = survey_of(&lab, true);
    assert_int_equal(lab.attaches, 0);
    assert_int_equal(lab.other_deletions, 0);
    assert_int_equal(lab.test_items, 0); /* found by its mark */
    assert_int_equal(survey->planted, EWS_PLANTED_DELETED);
    evidence_free(&survey->evidence);
}

/* An error does not say that nothing was made. */
static void what_was_made_in_spite_of_errors_is_deleted(void **state)
{
    static const char *const codes[] = {"ErrorInternalServerTransientError",
                                        "ErrorInternalServerError", "ErrorTimeoutExpired"};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct ews_lab lab = lab_of(NULL, 0);
        struct ews_survey *survey;

        lab.create_codes[0] = codes[i];
        lab.create_codes[1] = i == 1 ? NULL : codes[i];
        lab.makes_it_all_the_same = true;
        survey = survey_of(&lab, true);
        assert_int_equal(lab.test_items, 0);
        assert_int_equal(survey->planted, EWS_PLANTED_DELETED);
        assert_int_equal(survey->cleared, 0);
        evidence_free(&survey->evidence);
    }
}

/* No answer came, and it is made or seen a while later. */
static void what_comes_late_is_waited_for(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    line.broken_from = 3;
    line.broken_count = 1;
    line.does_it_all_the_same = true;
    lab.hides_tests = 3; /* before it is made, and twice after */
    survey = survey_of(&lab, true);
    assert_int_equal(lab.test_items, 0);
    assert_int_equal(survey->planted, EWS_PLANTED_DELETED);
    evidence_free(&survey->evidence);
}

/* Nor does an empty list say so: it may come after all. */
static void what_was_never_seen_is_not_called_deleted(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    line.broken_from = 3;
    line.broken_count = 1;
    survey = survey_of(&lab, true);
    assert_int_equal(survey->planted, EWS_PLANTED_LEFT);
    evidence_free(&survey->evidence);
}

/* What was not sent is no attempt, and who was refused asks for no more. */
static void a_refusal_ends_the_asking(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    line.refused_at = 2; /* find, get */
    survey = survey_of(&lab, false);
    assert_int_equal(line.count, 2);
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_DENIED);
    assert_int_equal(survey->items[0].attempt_count, 1);
    assert_int_equal(survey->items[1].outcome, EWS_OUTCOME_UNASKED);
    assert_int_equal(survey->items[1].attempt_count, 0);
    assert_true(survey->was_cut_short);
    evidence_free(&survey->evidence);
}

/* One page of an error, as from an application pool that begins anew, is not the end of it. */
static void one_error_of_http_passes(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.page = EWS_LAB_HTML_ERROR;
    lab.pages = 2;
    survey = survey_of(&lab, false);
    assert_int_equal(survey->evidence.status, STATUS_OK);
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_FINE);
    evidence_free(&survey->evidence);
}

static void one_connection_that_breaks_passes(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    line.broken_from = 2;
    line.broken_count = 1;
    survey = survey_of(&lab, false);
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_FINE);
    assert_int_equal(survey->items[0].attempt_count, 2);
    evidence_free(&survey->evidence);
}

/* What was not searched is told, and a folder whose error passes is searched again. */
static void folders_that_fail(void **state)
{
    static const struct {
        const char *code;
        unsigned failures, finds, failed;
    } cases[] = {{"ErrorAccessDenied", EWS_LAB_FOR_EVER, 1, 1},
                 {"ErrorInternalServerTransientError", 2, 3, 0},
                 {"ErrorInternalServerTransientError", EWS_LAB_FOR_EVER, 16, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ews_lab lab = lab_of(NULL, 0);
        struct ews_survey *survey;

        lab.folder_code = cases[i].code;
        lab.folder_failures = cases[i].failures;
        survey = survey_of(&lab, false);
        assert_int_equal(survey->evidence.status, STATUS_OK);
        assert_int_equal(survey->item_count, 2);
        assert_int_equal(lab.finds, cases[i].finds);
        assert_int_equal(survey->folders_failed, cases[i].failed);
        if (cases[i].failed > 0)
            assert_string_equal(survey->folder_code, cases[i].code);
        evidence_free(&survey->evidence);
    }
}

/* A test item that comes says nothing of the mail that was not found. */
static void a_search_that_fails(void **state)
{
    struct ews_lab lab = lab_of(NULL, 0);
    struct ews_survey *survey;

    (void)state;
    lab.find_code = "ErrorAccessDenied";
    survey = survey_of(&lab, true);
    assert_int_equal(survey->evidence.status, STATUS_OK);
    assert_int_equal(survey->item_count, 1);
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_FINE);
    assert_int_equal(survey->folders_failed, EWS_FOLDERS);
    assert_string_equal(survey->folder_code, "ErrorAccessDenied");
    evidence_free(&survey->evidence);
}

/* The server goes away behind errors that lasted: they are what is wrong. */
static void transient_and_then_nobody(void **state)
{
    struct ews_lab lab = lab_of("ErrorInternalServerTransientError", EWS_LAB_FOR_EVER);
    struct ews_survey *survey;

    (void)state;
    lab.item_count = 1;
    line.broken_from = 17; /* the search, and fifteen requests */
    line.broken_count = 100;
    survey = survey_of(&lab, false);
    assert_int_equal(survey->items[0].attempt_count, EWS_ATTEMPTS);
    assert_int_equal(survey->items[0].outcome, EWS_OUTCOME_PERSISTENT);
    evidence_free(&survey->evidence);
}

/* Neither the last answer alone counts nor the first: what most of them were. */
static void transient_and_throttled(void **state)
{
    static const struct {
        unsigned busy;
        enum ews_outcome outcome;
    } cases[] = {{2, EWS_OUTCOME_PERSISTENT}, {15, EWS_OUTCOME_THROTTLED}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ews_lab lab = lab_of("ErrorInternalServerTransientError", EWS_LAB_FOR_EVER);
        struct ews_survey *survey;

        lab.item_count = 1;
        lab.busy = cases[i].busy;
        lab.busy_after = 1;
        lab.back_off = 10;
        survey = survey_of(&lab, false);
        assert_int_equal(survey->items[0].attempt_count, EWS_ATTEMPTS);
        assert_int_equal(survey->items[0].outcome, cases[i].outcome);
        evidence_free(&survey->evidence);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(finds_all_fine, begin),
        cmocka_unit_test_setup(a_transient_error_persists, begin),
        cmocka_unit_test_setup(a_transient_error_passes, begin),
        cmocka_unit_test_setup(other_errors_end_it_at_once, begin),
        cmocka_unit_test_setup(back_off_is_honoured, begin),
        cmocka_unit_test_setup(a_long_back_off_ends_the_survey, begin),
        cmocka_unit_test_setup(throttling_without_back_off_doubles, begin),
        cmocka_unit_test_setup(patience_cuts_short, begin),
        cmocka_unit_test_setup(the_likeliest_are_asked_first, begin),
        cmocka_unit_test_setup(an_old_server_is_asked_as_such, begin),
        cmocka_unit_test_setup(pages_are_told_apart, begin),
        cmocka_unit_test_setup(no_permission_to_find, begin),
        cmocka_unit_test_setup(replies_that_are_cut_off, begin),
        cmocka_unit_test_setup(content_may_take_its_time, begin),
        cmocka_unit_test_setup(errors_of_kerberos_are_kept, begin),
        cmocka_unit_test_setup(a_server_that_goes_away, begin),
        cmocka_unit_test_setup(a_test_item_comes_and_goes, begin),
        cmocka_unit_test_setup(an_appointment_instead, begin),
        cmocka_unit_test_setup(a_server_that_makes_none, begin),
        cmocka_unit_test_setup(what_an_earlier_run_left_is_deleted, begin),
        cmocka_unit_test_setup(a_test_item_that_may_be_there, begin),
        cmocka_unit_test_setup(the_end_of_the_run_leaves_nothing, begin),
        cmocka_unit_test_setup(what_cannot_be_deleted_is_said, begin),
        cmocka_unit_test_setup(a_deletion_is_insisted_on, begin),
        cmocka_unit_test_setup(a_refusal_ends_the_asking, begin),
        cmocka_unit_test_setup(one_error_of_http_passes, begin),
        cmocka_unit_test_setup(one_connection_that_breaks_passes, begin),
        cmocka_unit_test_setup(folders_that_fail, begin),
        cmocka_unit_test_setup(a_search_that_fails, begin),
        cmocka_unit_test_setup(transient_and_throttled, begin),
        cmocka_unit_test_setup(transient_and_then_nobody, begin),
        cmocka_unit_test_setup(what_is_not_ours_is_left_alone, begin),
        cmocka_unit_test_setup(what_was_made_proves_to_be_ours, begin),
        cmocka_unit_test_setup(what_was_made_in_spite_of_errors_is_deleted, begin),
        cmocka_unit_test_setup(what_comes_late_is_waited_for, begin),
        cmocka_unit_test_setup(what_was_never_seen_is_not_called_deleted, begin),
        cmocka_unit_test_setup(what_is_gone_is_deleted, begin),
        cmocka_unit_test_setup(a_deletion_does_not_wait, begin),
        cmocka_unit_test_setup(a_search_that_fails_for_ever, begin),
        cmocka_unit_test_setup(success_without_content, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
