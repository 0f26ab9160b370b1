/* Surveys over EWS as evidence: through a file and back, bounded, and without names once redacted.
 */
#include "tests/unit/unit.h"

#include "diag/evidence/ews.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"

#include <stdlib.h>
#include <string.h>

static const struct ews_attempt attempts[] = {
    {.began = 1000,
     .took = 450000,
     .status = STATUS_OK,
     .http = 200,
     .kind = EWS_REPLY_MESSAGES,
     .code = "ErrorInternalServerTransientError",
     .server = "EX01",
     .backend = "ex02.contoso.com"},
    {.began = 700000,
     .took = 400000,
     .status = STATUS_OK,
     .http = 500,
     .kind = EWS_REPLY_FAULT,
     .code = "ErrorServerBusy",
     .has_back_off = true,
     .back_off = 297749,
     .server = "EX01"},
    {.began = 999000, .took = 1, .status = STATUS_TIMED_OUT}};

static const struct ews_item items[] = {
    {.hash = "0123456789abcdef",
     .item_class = "IPM.Schedule.Meeting.Request.Acme",
     .size = 48123,
     .has_attachments = true,
     .is_planted = true,
     .outcome = EWS_OUTCOME_THROTTLED,
     .mime_bytes = 7,
     .attempts = attempts,
     .attempt_count = 3},
    {.hash = "fedcba9876543210", .item_class = "Acme.Secret", .outcome = EWS_OUTCOME_UNASKED}};

/* Everything that a survey can hold, added to a store. */
static struct ews_survey *add(struct evidence_store *store)
{
    struct ews_survey question = {
        .host = "mail.contoso.com",
        .mailbox = "alice@contoso.com",
        .most = 10,
        .plants = true,
        .impersonates = true,
        .realm = "CONTOSO.COM",
    };
    struct ews_survey *survey;

    net_address_parse("203.0.113.7:443", 0, &question.address);
    net_address_parse("203.0.113.8:88", 0, &question.kdc);
    survey = (struct ews_survey *)evidence_store_add(store, &evidence_ews, &question.evidence);
    survey->step = EWS_STEP_DELETE;
    survey->last = attempts[1];
    survey->web_step = WEB_BODY;
    survey->scheme = WEB_NEGOTIATE;
    survey->caller = "svc-archive@CONTOSO.COM";
    survey->challenges = "Negotiate NTLM";
    survey->location = "adfs.contoso.com";
    survey->error_code = 37;
    survey->server_time = INT64_C(1795384800123456);
    survey->owa_version = "15.1.2507.61";
    survey->version = (struct ews_server_version){15, 1, 2507, 61};
    survey->items = items;
    survey->item_count = 2;
    survey->was_cut_short = true;
    survey->planted = EWS_PLANTED_LEFT;
    survey->test_item = EWS_TEST_ITEM_APPOINTMENT;
    survey->plant = attempts[0];
    survey->cleared = 3;
    survey->evidence.status = STATUS_OK;
    survey->evidence.settled = true;
    return survey;
}

static char *text_of(const struct evidence *item)
{
    json_t *json = evidence_to_json(item);
    char *text = json_dumps(json, JSON_SORT_KEYS);

    json_decref(json);
    return text;
}

static void assert_attempt(const struct ews_attempt *one, const struct ews_attempt *other)
{
    assert_int_equal(one->began, other->began);
    assert_int_equal(one->took, other->took);
    assert_int_equal(one->status, other->status);
    assert_int_equal(one->http, other->http);
    assert_int_equal(one->kind, other->kind);
    assert_int_equal(one->has_back_off, other->has_back_off);
    assert_int_equal(one->back_off, other->back_off);
    assert_int_equal(!one->code, !other->code);
    assert_int_equal(!one->server, !other->server);
    if (one->code)
        assert_string_equal(one->code, other->code);
    if (one->server)
        assert_string_equal(one->server, other->server);
}

static void a_file_keeps_all_of_it(void **state)
{
    struct evidence_store *first = evidence_store_new(), *second = evidence_store_new();
    struct ews_survey *survey = add(first), *other;
    json_t *json = evidence_to_json(&survey->evidence);
    char *one, *two;

    (void)state;
    assert_int_equal(evidence_from_json(second, json), STATUS_OK);
    other = (struct ews_survey *)evidence_store_find(second, &evidence_ews, &survey->evidence);
    assert_non_null(other);
    one = text_of(&survey->evidence);
    two = text_of(&other->evidence);
    assert_string_equal(one, two);
    assert_attempt(&other->last, &survey->last);
    assert_attempt(&other->plant, &survey->plant);
    assert_int_equal(other->item_count, 2);
    assert_string_equal(other->items[0].hash, "0123456789abcdef");
    assert_int_equal(other->items[0].outcome, EWS_OUTCOME_THROTTLED);
    assert_true(other->items[0].is_planted && other->items[0].has_attachments);
    assert_int_equal(other->items[0].attempt_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_attempt(&other->items[0].attempts[i], &attempts[i]);
    assert_int_equal(other->planted, EWS_PLANTED_LEFT);
    assert_int_equal(other->test_item, EWS_TEST_ITEM_APPOINTMENT);
    assert_int_equal(other->cleared, 3);
    assert_true(other->plants && other->impersonates && other->was_cut_short);
    assert_int_equal(other->version.build, 2507);
    assert_int_equal(other->scheme, WEB_NEGOTIATE);
    assert_int_equal(other->kdc.port, 88);
    assert_int_equal(other->error_code, 37);
    assert_int_equal(other->server_time, INT64_C(1795384800123456));
    free(one);
    free(two);
    json_decref(json);
    evidence_store_free(first);
    evidence_store_free(second);
}

/* What a file may hold instead: unknown words, wrong types, more than there can be. */
static void hostile_files(void **state)
{
    static const char *const questions[] = {
        "{}", "{\"address\": \"203.0.113.7:443\", \"host\": \"a\", \"mailbox\": \"b@c\"}",
        "{\"address\": \"203.0.113.7\", \"host\": \"a\", \"mailbox\": \"b@c\", \"most\": 5}",
        "{\"address\": \"203.0.113.7:443\", \"host\": \"a\", \"mailbox\": \"b@c\", \"most\": 101}",
        "{\"address\": \"[::1]:1\", \"host\": \"a\", \"mailbox\": \"b@c\", \"most\": 5, \"kdc\": \"x\"}"};
    struct evidence_store *store = evidence_store_new();
    struct ews_survey *survey = add(store);
    json_t *json = evidence_to_json(&survey->evidence), *list = json_array(), *many = json_array();
    struct evidence_store *other = evidence_store_new();
    const struct ews_survey *loaded;

    (void)state;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        json_t *object = json_loads(questions[i], 0, NULL);

        json_object_set_new(object, "key", json_string("ews x"));
        json_object_set_new(object, "status", json_string("ok"));
        assert_int_equal(evidence_from_json(other, object), STATUS_MALFORMED);
        json_decref(object);
    }
    for (size_t i = 0; i < 1000; i++)
        json_array_append_new(many, json_object());
    for (size_t i = 0; i < 1000; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:O, s:s, s:i}", "hash", "0123456789abcdef0",
                                        "attempts", many, "outcome", "unheard-of", "size", -5));
    json_object_set_new(json, "items", list);
    json_object_set_new(json, "version", json_pack("[i,s,i]", 70000, "x", 5));
    json_object_set_new(json, "step", json_integer(7));
    json_object_set_new(json, "cleared", json_integer(-1));
    assert_int_equal(evidence_from_json(other, json), STATUS_OK);
    loaded =
        (const struct ews_survey *)evidence_store_find(other, &evidence_ews, &survey->evidence);
    assert_int_equal(loaded->item_count, EWS_SURVEY_MOST + 1);
    assert_int_equal(loaded->items[5].attempt_count, EWS_ATTEMPTS);
    assert_string_equal(loaded->items[5].hash, "");
    assert_int_equal(loaded->items[5].outcome, EWS_OUTCOME_UNASKED);
    assert_int_equal(loaded->items[5].size, 0);
    assert_int_equal(loaded->version.major, 0);
    assert_int_equal(loaded->version.build, 5);
    assert_int_equal(loaded->step, EWS_STEP_FIND);
    assert_int_equal(loaded->cleared, 0);
    json_decref(many);
    json_decref(json);
    evidence_store_free(store);
    evidence_store_free(other);
}

/* Names become pseudonyms; codes, sizes and outcomes stay. */
static void redaction_leaves_no_name(void **state)
{
    static const char *const names[] = {"contoso", "CONTOSO", "alice",   "203.0.113.9", "EX01",
                                        "ex02",    "adfs",    "archive", "Acme",        "Secret"};
    static const char *const kept[] = {"ErrorInternalServerTransientError",
                                       "297749",
                                       "IPM.Schedule.Meeting.Request",
                                       "0123456789abcdef",
                                       "\"throttled\"",
                                       "15.1.2507.61"};
    unsigned char key[REDACTOR_KEY_SIZE] = "a key of the test's own";
    struct redactor *redactor = redactor_new(key);
    struct evidence_store *store = evidence_store_new(), *copies = evidence_store_new();
    struct ews_survey *survey = add(store);
    struct evidence *copy;
    char *text;

    (void)state;
    survey->evidence.reason = "alice@CONTOSO.COM has no ticket";
    assert_int_equal(evidence_add_redacted(copies, &survey->evidence, redactor, &copy), STATUS_OK);
    text = text_of(copy);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_null(strstr(text, names[i]));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        assert_non_null(strstr(text, kept[i]));
    assert_string_equal(((struct ews_survey *)copy)->last.server,
                        ((struct ews_survey *)copy)->plant.server);
    free(text);
    redactor_free(redactor);
    evidence_store_free(store);
    evidence_store_free(copies);
}

static void each_question_has_its_key(void **state)
{
    struct evidence_store *store = evidence_store_new();
    struct ews_survey *survey = add(store);
    struct ews_survey question = *survey;

    (void)state;
    assert_string_equal(survey->evidence.key, "ews 203.0.113.7 mail.contoso.com alice@contoso.com "
                                              "10 planting impersonating");
    assert_non_null(evidence_store_find(store, &evidence_ews, &question.evidence));
    question.plants = false;
    assert_null(evidence_store_find(store, &evidence_ews, &question.evidence));
    question = *survey;
    question.host = "ex02.contoso.com";
    assert_null(evidence_store_find(store, &evidence_ews, &question.evidence));
    question = *survey;
    question.kdc.port = 0;
    assert_non_null(evidence_store_find(store, &evidence_ews, &question.evidence));
    evidence_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_keeps_all_of_it),
        cmocka_unit_test(hostile_files),
        cmocka_unit_test(redaction_leaves_no_name),
        cmocka_unit_test(each_question_has_its_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
