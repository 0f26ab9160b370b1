/* What made logs of web requests come to, by the whole probe. */
#include "tests/unit/probe_bench.h"

extern const struct probe probe_ews;

enum { ROWS_MOST = 6 };

/* ---- the log ---- */

static struct {
    enum file_type type;
    enum status status;
    struct http_log log;
} here;

static void answer(struct evidence *item)
{
    if (item->kind == &evidence_digest) {
        ((struct file_digest *)item)->type = here.type;
        evidence_fail(item, STATUS_OK, NULL);
        return;
    }
    assert_ptr_equal(item->kind, &evidence_http_log);
    ((struct http_log_digest *)item)->log = here.log;
    evidence_fail(item, here.status, NULL);
}

#define EWS_ROW(count_, ...)                                                                       \
    {                                                                                              \
        .place = HTTP_PLACE_EWS, .count = count_, __VA_ARGS__                                      \
    }

/* The first row without requests ends the list; failures are all of these rows' unless told. */
static void examine(enum file_type type, const struct http_log_row *rows, struct http_log log)
{
    here.type = log.type = type;
    here.log = log;
    here.log.rows = rows;
    while (here.log.row_count < ROWS_MOST && rows[here.log.row_count].count > 0) {
        const struct http_log_row *row = &rows[here.log.row_count++];

        here.log.requests += row->count;
        if (row->place != HTTP_PLACE_EWS)
            continue;
        here.log.of_ews += row->count;
        here.log.failures += http_log_failed(row->status, row->code) ? row->count : 0;
    }
    bench_begin(&probe_ews);
    bench_run(SUBJECT_FILE, "u_ex.log", answer);
}

static const struct finding *found_of(const char *id)
{
    return finding_of("u_ex.log", id, NULL);
}

/* ---- tests ---- */

#define FAILED    "ews-requests-failed"
#define BUSY      "ErrorServerBusy"
#define TRANSIENT "ErrorInternalServerTransientError"

/* Ten failures, and one in a hundred: fewer of either are no problem of a server. */
static void test_thresholds(void **state)
{
    static const struct {
        struct http_log_row rows[ROWS_MOST];
        const char *word;
    } rows[] = {
        {{EWS_ROW(990, .status = 200), EWS_ROW(10, .status = 503)}, "warning"},
        {{EWS_ROW(991, .status = 200), EWS_ROW(9, .status = 503)}, "info"},
        {{EWS_ROW(91, .status = 200), EWS_ROW(9, .status = 503)}, "info"},
        {{EWS_ROW(2000, .status = 200), EWS_ROW(19, .status = 503)}, "info"},
        {{EWS_ROW(1980, .status = 200), EWS_ROW(20, .status = 503)}, "warning"},
        {{EWS_ROW(11, .status = 503)}, "critical"},
        {{EWS_ROW(9, .status = 503)}, "info"},
        /* what clients begin with is no request that could have failed */
        {{EWS_ROW(500, .status = 200), EWS_ROW(2000, .status = 401), EWS_ROW(10, .status = 503)},
         "warning"},
        /* nor is it EWS that other places are */
        {{EWS_ROW(500, .status = 200),
          EWS_ROW(10, .status = 503),
          {.place = HTTP_PLACE_OWA, .status = 200, .count = 9000}},
         "warning"},
        {{EWS_ROW(500, .status = 200), {.place = HTTP_PLACE_OWA, .status = 503, .count = 90}},
         "ok"},
        {{{.place = HTTP_PLACE_OWA, .status = 503, .count = 90}}, "not-applicable"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        examine(FILE_TYPE_IIS_LOG, rows[i].rows, (struct http_log){.lines = 1});
        if (strcmp(word_of(found_of(FAILED)), rows[i].word) != 0)
            bench_print();
        assert_string_equal(word_of(found_of(FAILED)), rows[i].word);
        assert_int_equal(bench.finding_count, 1);
        bench_end();
    }
}

/* A message that is gone, or cannot be converted, or is another's, is no fault of the server's. */
static void test_whose_fault_a_code_is(void **state)
{
    static const struct {
        const char *code;
        uint16_t status;
        const char *id, *word;
    } rows[] = {
        {"ErrorMimeContentConversionFailed", 200, FAILED, "ok"},
        {"ErrorMimeContentConversionFailed", 500, FAILED, "ok"},
        {"ErrorItemNotFound", 500, FAILED, "ok"},
        {"ErrorAccessDenied", 500, FAILED, "ok"},
        {"NoError", 200, FAILED, "ok"},
        {"ErrorInvalidRequest", 200, FAILED, "ok"},
        {"ErrorInternalServerError", 500, FAILED, "warning"},
        {"ErrorMailboxStoreUnavailable", 200, FAILED, "warning"},
        {TRANSIENT, 200, FAILED, "warning"},
        {BUSY, 200, "ews-throttled", "warning"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct http_log_row made[ROWS_MOST] = {
            EWS_ROW(900, .status = 200, .code = "NoError"),
            EWS_ROW(100, .status = rows[i].status, .code = rows[i].code)};

        examine(FILE_TYPE_EWS_LOG, made, (struct http_log){.lines = 1});
        if (strcmp(word_of(found_of(rows[i].id)), rows[i].word) != 0)
            bench_print();
        assert_string_equal(word_of(found_of(rows[i].id)), rows[i].word);
        assert_int_equal(bench.finding_count, 1);
        bench_end();
    }
}

static bool goes_on_with_the_fault(const struct finding *finding)
{
    return step_of(&finding->fix, "exdiag explain ews-mime-transient") != NULL;
}

/* As many transient errors of messages as an archiver asks for one: the fault itself, however
 * many other requests there are. */
static void test_transient_errors(void **state)
{
    static const struct {
        const char *action;
        uint64_t count, others;
        bool is_it;
    } rows[] = {{"GetItem", 16, 0, true},
                {"GetItem", 15, 0, false},
                {"GetItem", 8, 8, true},
                {"SyncFolderItems", 16, 0, false},
                {NULL, 16, 0, false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct http_log_row made[ROWS_MOST] = {
            EWS_ROW(100000, .status = 200, .action = "GetItem"),
            EWS_ROW(rows[i].count, .status = 200, .action = rows[i].action, .code = TRANSIENT),
            EWS_ROW(rows[i].others, .status = 500, .action = "GetItem", .code = TRANSIENT)};
        const struct finding *finding;

        examine(FILE_TYPE_EWS_LOG, made, (struct http_log){.lines = 1});
        finding = found_of(FAILED);
        assert_string_equal(word_of(finding), rows[i].is_it ? "warning" : "info");
        assert_int_equal(goes_on_with_the_fault(finding), rows[i].is_it);
        bench_end();
    }
}

/* A log of IIS has no codes: what one client alone meets is a problem only where it is much. */
static void test_failures_without_a_code(void **state)
{
    static const struct http_log_agent one[] = {{.agent = "Backup", .count = 96}},
                                       many[] = {{.agent = "Backup", .count = 20}};
    static const struct {
        uint64_t fine, failed;
        uint16_t substatus;
        const struct http_log_agent *agents;
        const char *word;
    } rows[] = {
        {3900, 100, 0, one, "info"},     {900, 100, 0, one, "warning"},
        {3900, 100, 0, many, "warning"}, {3900, 100, 19, one, "warning"},
        {99000, 100, 0, many, "info"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct http_log_row made[ROWS_MOST] = {
            EWS_ROW(rows[i].fine, .status = 200),
            EWS_ROW(rows[i].failed, .status = 500, .substatus = rows[i].substatus)};
        const struct finding *finding;

        examine(FILE_TYPE_IIS_LOG, made,
                (struct http_log){.lines = 1, .agents = rows[i].agents, .agent_count = 1});
        finding = found_of(FAILED);
        if (strcmp(word_of(finding), rows[i].word) != 0)
            bench_print();
        assert_string_equal(word_of(finding), rows[i].word);
        assert_int_equal(saw_it(finding, "100 x HTTP 500 without a code"), !rows[i].substatus);
        assert_true(saw_it(finding, "of the failures: client \"Backup\""));
        bench_end();
    }
}

/* Throttling stands beside what failed, and takes nothing from it; a little of it is no problem. */
static void test_throttling_beside_failures(void **state)
{
    static const struct {
        uint64_t busy, failed;
        const char *throttled, *word;
    } rows[] = {{500, 200, "warning", "warning"},
                {500, 0, "warning", ""},
                {50, 200, "", "warning"},
                {9, 0, "", "ok"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct http_log_row made[ROWS_MOST] = {
            EWS_ROW(9000, .status = 200), EWS_ROW(rows[i].busy, .status = 200, .code = BUSY),
            EWS_ROW(rows[i].failed, .status = 503)};

        examine(FILE_TYPE_EWS_LOG, made, (struct http_log){.lines = 1});
        assert_string_equal(word_of(found_of("ews-throttled")), rows[i].throttled);
        assert_string_equal(word_of(found_of(FAILED)), rows[i].word);
        if (rows[i].busy == 500)
            assert_true(saw_it(found_of("ews-throttled"), "500 of 9"));
        if (rows[i].failed > 0)
            assert_non_null(strstr(found_of(FAILED)->title, "200 of 9"));
        bench_end();
    }
}

/* Where none of many is answered, nobody is; a few may be one client's. */
static void test_refusal(void **state)
{
    static const struct {
        struct http_log_row rows[ROWS_MOST];
        const char *id, *word;
    } rows[] = {
        {{EWS_ROW(12, .status = 401)}, "ews-requests-refused", "warning"},
        {{EWS_ROW(11, .status = 401)}, FAILED, "ok"},
        {{EWS_ROW(12, .status = 401), EWS_ROW(1, .status = 200)}, FAILED, "ok"},
        {{EWS_ROW(12, .status = 404)}, "ews-requests-refused", "critical"},
        {{EWS_ROW(12, .status = 403, .substatus = 4)}, "ews-requests-refused", "critical"},
        /* every logon begins with 401: what counts is how the others end */
        {{EWS_ROW(34, .status = 401), EWS_ROW(16, .status = 500)}, FAILED, "critical"},
        {{EWS_ROW(340, .status = 401), EWS_ROW(10, .status = 503)}, FAILED, "critical"},
        {{EWS_ROW(34, .status = 401), EWS_ROW(9, .status = 500)},
         "ews-requests-refused",
         "warning"},
        {{EWS_ROW(34, .status = 404), EWS_ROW(16, .status = 500)},
         "ews-requests-refused",
         "critical"},
        {{EWS_ROW(16, .status = 404), EWS_ROW(34, .status = 401), EWS_ROW(16, .status = 500)},
         FAILED,
         "critical"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        examine(FILE_TYPE_IIS_LOG, rows[i].rows, (struct http_log){.lines = 1});
        if (strcmp(word_of(found_of(rows[i].id)), rows[i].word) != 0)
            bench_print();
        assert_string_equal(word_of(found_of(rows[i].id)), rows[i].word);
        assert_int_equal(bench.finding_count, 1);
        bench_end();
    }
}

/* What was not read is not healthy. */
static void test_logs_that_cannot_be_read(void **state)
{
    static const struct http_log_row none[ROWS_MOST] = {{.count = 0}},
                                     few[ROWS_MOST] = {EWS_ROW(5, .status = 200)};
    const struct finding *finding;

    (void)state;
    examine(FILE_TYPE_IIS_LOG, none, (struct http_log){.lines = 90, .damaged = 90});
    assert_string_equal(word_of(found_of(FAILED)), "unknown");
    assert_int_equal(bench.finding_count, 1);
    bench_end();
    examine(FILE_TYPE_IIS_LOG, few, (struct http_log){.lines = 90, .damaged = 85});
    assert_string_equal(word_of(found_of(FAILED)), "unknown");
    assert_int_equal(bench.finding_count, 1);
    bench_end();
    here.status = STATUS_IO;
    examine(FILE_TYPE_IIS_LOG, none, (struct http_log){.lines = 0});
    finding = found_of(FAILED);
    assert_string_equal(word_of(finding), "unknown");
    assert_true(saw_it(finding, status_text(STATUS_IO)));
    here.status = STATUS_OK;
    bench_end();
}

/* Each row in words: where, how often, how it ended, and how long it took. */
static void test_rows_in_words(void **state)
{
    static const struct http_log_row made[ROWS_MOST] = {
        EWS_ROW(900, .status = 200),
        EWS_ROW(30, .status = 500, .substatus = 19, .win32 = 5, .is_back_end = true,
                .first = {.line = 7}, .last = {.line = 77}, .longest = 31000,
                .spans = {[4] = 3, [5] = 2, [6] = 1}),
        EWS_ROW(20, .status = 502, .action = "GetItem", .back_end_status = 503),
        EWS_ROW(10, .status = 401),
    };
    const struct finding *finding;

    (void)state;
    examine(FILE_TYPE_HTTP_PROXY_LOG, made,
            (struct http_log){.lines = 1, .by_hour = {[3] = 20, [4] = 30}});
    finding = found_of(FAILED);
    assert_non_null(strstr(finding->title, "50 of 960 requests"));
    assert_true(saw_it(finding, "30 x 500.19, Win32 5, back end; lines 7 to 77; longest 31000 ms, "
                                "3 over 10 s"));
    assert_true(saw_it(finding, "20 x GetItem 502, back end 503, front end"));
    assert_false(saw_it(finding, "10 x 401"));
    assert_true(saw_it(finding, "most of them from 04:00 UTC on: 30"));
    bench_end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thresholds),
        cmocka_unit_test(test_whose_fault_a_code_is),
        cmocka_unit_test(test_transient_errors),
        cmocka_unit_test(test_failures_without_a_code),
        cmocka_unit_test(test_throttling_beside_failures),
        cmocka_unit_test(test_refusal),
        cmocka_unit_test(test_logs_that_cannot_be_read),
        cmocka_unit_test(test_rows_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
