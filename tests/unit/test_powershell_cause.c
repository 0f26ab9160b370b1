/* A PowerShell directory that answers 500: which logs say so, and what decides the cause. */
#include "tests/unit/probe_bench.h"

#include "diag/read/windows_feature.h"
#include "probes/powershell/cause.h"
#include "probes/powershell/requests.h"

extern const struct probe probe_powershell;

/* ---- logs ---- */

enum { ROWS_MOST = 6, LINES = 1000, HOUR = 3600000 };

#define ROW(count_, status_, first_, last_, ...)                                                   \
    {                                                                                              \
        .place = HTTP_PLACE_POWERSHELL, .count = count_, .status = status_,                        \
        .first = {first_, (int64_t)(first_)*60000 + 1},                                            \
        .last = {last_, (int64_t)(last_)*60000 + 1}, __VA_ARGS__                                   \
    }

/*
 * Single answers of 500 are everyday: a directory is broken that answers nothing else, or nothing
 * any more. What clients broke off, and the 401 that logons begin with, count for neither.
 */
static void test_what_a_log_shows(void **state)
{
    static const struct {
        struct http_log_row rows[ROWS_MOST];
        enum powershell_course course;
    } cases[] = {
        {{ROW(3, 500, 1, 3, .substatus = 0)}, POWERSHELL_COURSE_FAILING},
        {{ROW(2, 500, 1, 2, .substatus = 0)}, POWERSHELL_COURSE_NONE},
        {{ROW(3, 401, 1, 3, .substatus = 0), ROW(2, 500, 4, 5, .substatus = 0)},
         POWERSHELL_COURSE_NONE},
        {{ROW(300, 401, 1, 900, .substatus = 0), ROW(3, 500, 4, 5, .substatus = 19)},
         POWERSHELL_COURSE_FAILING},
        {{ROW(90, 200, 1, 900, .substatus = 0), ROW(9, 500, 4, 899, .substatus = 0)},
         POWERSHELL_COURSE_GOOD},
        {{ROW(90, 200, 1, 500, .substatus = 0), ROW(3, 500, 501, 503, .substatus = 0)},
         POWERSHELL_COURSE_FAILING},
        {{ROW(90, 200, 1, 500, .substatus = 0), ROW(2, 500, 501, 502, .substatus = 0)},
         POWERSHELL_COURSE_GOOD},
        /* one that failed before, too, and goes on an hour behind the last answer */
        {{ROW(90, 200, 1, 500, .substatus = 0), ROW(10, 500, 4, 560, .substatus = 0)},
         POWERSHELL_COURSE_FAILING},
        {{ROW(90, 200, 1, 500, .substatus = 0), ROW(10, 500, 4, 559, .substatus = 0)},
         POWERSHELL_COURSE_GOOD},
        {{ROW(90, 200, 1, 500, .substatus = 0), ROW(9, 500, 4, 560, .substatus = 0)},
         POWERSHELL_COURSE_GOOD},
        /* over again by the end */
        {{ROW(90, 200, 1, 900, .substatus = 0), ROW(80, 500, 300, 400, .substatus = 0)},
         POWERSHELL_COURSE_GOOD},
        {{ROW(10, 200, 1, 900, .substatus = 0), ROW(40, 500, 300, 400, .substatus = 0)},
         POWERSHELL_COURSE_OFTEN},
        {{ROW(2, 200, 1, 900, .substatus = 0), ROW(8, 500, 300, 400, .substatus = 0)},
         POWERSHELL_COURSE_GOOD},
        /* clients that went away */
        {{ROW(90, 500, 1, 900, .win32 = 64)}, POWERSHELL_COURSE_NONE},
        {{ROW(90, 500, 1, 900, .win32 = 1236), ROW(3, 200, 1, 900, .substatus = 0)},
         POWERSHELL_COURSE_GOOD},
        {{ROW(90, 403, 1, 900, .substatus = 4)}, POWERSHELL_COURSE_OTHER},
        {{{.place = HTTP_PLACE_OWA, .count = 90, .status = 500}}, POWERSHELL_COURSE_NONE},
        {{ROW(90, 500, 1, 900, .is_back_end = true), ROW(3, 200, 1, 900, .substatus = 0)},
         POWERSHELL_COURSE_GOOD},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_log_digest digest = {.log = {.rows = cases[i].rows}};
        struct powershell_stretch stretch;

        while (digest.log.row_count < ROWS_MOST && cases[i].rows[digest.log.row_count].count > 0)
            digest.log.row_count++;
        stretch = powershell_stretch_of(&digest, false);
        if (stretch.course != cases[i].course)
            print_message("case %u\n", (unsigned)i);
        assert_int_equal(stretch.course, cases[i].course);
    }
}

/* ---- what decides next ---- */

enum {
    CLOCK = POWERSHELL_KNOWS_CLOCK,
    CONFIG = POWERSHELL_KNOWS_CONFIG,
    WEB = POWERSHELL_KNOWS_WEB_CONFIG,
    EVENTS = POWERSHELL_KNOWS_EVENTS,
    PATH = POWERSHELL_KNOWS_INSTALL_PATH,
    NUMBER = POWERSHELL_KNOWS_SUBSTATUS
};

/* One piece of evidence, the soonest had first, but where a code points at the configuration. */
static void test_what_decides_next(void **state)
{
    static const struct {
        unsigned causes, known;
        enum powershell_failure failure;
        enum powershell_next next;
    } cases[] = {
        {0, 0, POWERSHELL_FAILURE_PLAIN, POWERSHELL_NEXT_CLOCK},
        {0, CLOCK, POWERSHELL_FAILURE_PLAIN, POWERSHELL_NEXT_CONFIG},
        {0, CONFIG, POWERSHELL_FAILURE_PLAIN, POWERSHELL_NEXT_CLOCK},
        {0, CLOCK | CONFIG, POWERSHELL_FAILURE_PLAIN, POWERSHELL_NEXT_EVENTS},
        {0, CLOCK | CONFIG | EVENTS, POWERSHELL_FAILURE_PLAIN, POWERSHELL_NEXT_INSTALL_PATH},
        {0, CLOCK | CONFIG | EVENTS | PATH, POWERSHELL_FAILURE_PLAIN, POWERSHELL_NEXT_WEB_CONFIG},
        {0, CLOCK | CONFIG | EVENTS | PATH | WEB, POWERSHELL_FAILURE_PLAIN,
         POWERSHELL_NEXT_IIS_LOG},
        {0, CLOCK | CONFIG | EVENTS | PATH | WEB | NUMBER, POWERSHELL_FAILURE_PLAIN,
         POWERSHELL_NEXT_TRACE},
        {0, 0, POWERSHELL_FAILURE_CONFIG, POWERSHELL_NEXT_CONFIG},
        {0, CONFIG, POWERSHELL_FAILURE_CONFIG, POWERSHELL_NEXT_WEB_CONFIG},
        {0, CONFIG | WEB, POWERSHELL_FAILURE_CONFIG, POWERSHELL_NEXT_EVENTS},
        {0, NUMBER, POWERSHELL_FAILURE_MODULE, POWERSHELL_NEXT_CONFIG},
        {POWERSHELL_CAUSE_CLOCK, 0, POWERSHELL_FAILURE_PLAIN, POWERSHELL_NEXT_NOTHING},
        {POWERSHELL_CAUSE_SETTINGS, CLOCK, POWERSHELL_FAILURE_CONFIG, POWERSHELL_NEXT_NOTHING},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(powershell_next_of(cases[i].causes, cases[i].known, cases[i].failure),
                         cases[i].next);
}

/* ---- names ---- */

static void test_one_machine_by_two_names(void **state)
{
    (void)state;
    assert_true(powershell_is_same_machine("EX01", "ex01.contoso.com"));
    assert_true(powershell_is_same_machine("ex01.contoso.com", "EX01"));
    assert_true(powershell_is_same_machine("ex01.contoso.com", "EX01.Contoso.com"));
    assert_false(powershell_is_same_machine("ex01.contoso.com", "ex01.fabrikam.com"));
    assert_false(powershell_is_same_machine("EX01", "EX011"));
    assert_false(powershell_is_same_machine("EX01", "ex0.contoso.com"));
}

/* ---- the whole probe, on files ---- */

static struct {
    const char *path;
    enum file_type type;
    const char *server; /* of a log; of events the computer */
    struct http_log_row rows[ROWS_MOST];
    struct host_event_group events[HOST_EVENT_KIND_COUNT + 1];
} files[301]; /* ended by a path of NULL */

static size_t at_of(const char *path)
{
    size_t i = 0;

    while (files[i].path && strcmp(files[i].path, path) != 0)
        i++;
    return i;
}

static void answer(struct evidence *item)
{
    size_t i = 0;

    if (item->kind == &evidence_digest) {
        i = at_of(((struct file_digest *)item)->path);
        ((struct file_digest *)item)->type = files[i].type;
    } else if (item->kind == &evidence_http_log) {
        struct http_log_digest *digest = (struct http_log_digest *)item;

        i = at_of(digest->path);
        digest->log = (struct http_log){
            .type = files[i].type, .server = files[i].server, .rows = files[i].rows};
        while (files[i].rows[digest->log.row_count].count > 0)
            digest->log.row_count++;
    } else if (item->kind == &evidence_event_log) {
        struct event_log_digest *digest = (struct event_log_digest *)item;

        i = at_of(digest->path);
        digest->host_groups = files[i].events;
        while (files[i].events[digest->host_group_count].count > 0)
            digest->host_group_count++;
    } else {
        evidence_fail(item, STATUS_NOT_SUPPORTED, NULL);
        return;
    }
    evidence_fail(item, STATUS_OK, NULL);
}

static void examine(void)
{
    bench_begin(&probe_powershell);
    for (size_t i = 0; files[i].path; i++)
        bench_add(SUBJECT_FILE, files[i].path);
    bench_work(answer);
    memset(files, 0, sizeof files);
}

#define FAILING ROW(60, 500, 1, 60, .substatus = 0)
#define VDIR    "powershell-vdir-500"

/* Two logs of one server are one finding; it names the clock as what decides next. */
static void test_logs_of_one_server(void **state)
{
    const struct finding *finding;

    (void)state;
    files[0].path = "a/front.log";
    files[1].path = "a/back.log";
    files[0].type = files[1].type = FILE_TYPE_IIS_LOG;
    files[0].server = files[1].server = "EX01";
    files[0].rows[0] = files[1].rows[0] = (struct http_log_row)FAILING;
    files[1].rows[0].is_back_end = true;
    examine();
    finding = finding_of(NULL, VDIR, NULL);
    assert_string_equal(word_of(finding), "critical");
    assert_int_equal(bench.finding_count, 1);
    assert_true(saw_it(finding, "front end: not one of 60 requests"));
    assert_true(saw_it(finding, "back end: not one of 60 requests"));
    assert_non_null(step_of(&finding->fix, "w32tm /stripchart"));
    assert_null(step_of(&finding->fix, "applicationHost.config"));
    bench_end();
}

/* Logs that lie together and name two servers are two. */
static void test_logs_of_two_servers(void **state)
{
    (void)state;
    files[0].path = "a/one.log";
    files[1].path = "a/two.log";
    files[0].type = files[1].type = FILE_TYPE_IIS_LOG;
    files[0].server = "EX01";
    files[1].server = "EX02";
    files[0].rows[0] = (struct http_log_row)FAILING;
    files[1].rows[0] = (struct http_log_row)ROW(60, 200, 1, 60, .substatus = 0);
    examine();
    assert_string_equal(word_of(finding_of("a/one.log", VDIR, NULL)), "critical");
    assert_string_equal(word_of(finding_of("a/two.log", VDIR, NULL)), "ok");
    bench_end();
}

/* A log that says a name without its domain is neither of two servers that have it. */
static void test_one_name_in_two_domains(void **state)
{
    (void)state;
    files[0].path = "a/one.log";
    files[1].path = "b/two.log";
    files[2].path = "c/three.log";
    files[0].type = files[1].type = files[2].type = FILE_TYPE_IIS_LOG;
    files[0].server = "ex01.contoso.com";
    files[1].server = "ex01.fabrikam.com";
    files[2].server = "EX01";
    files[0].rows[0] = files[1].rows[0] = (struct http_log_row)ROW(60, 200, 1, 60, .substatus = 0);
    files[2].rows[0] = (struct http_log_row)FAILING;
    examine();
    assert_string_equal(word_of(finding_of("a/one.log", VDIR, NULL)), "ok");
    assert_string_equal(word_of(finding_of("b/two.log", VDIR, NULL)), "ok");
    assert_string_equal(word_of(finding_of("c/three.log", VDIR, NULL)), "critical");
    bench_end();
}

/* A server that was repaired is well by its latest log, however long it failed before. */
static void test_what_is_over(void **state)
{
    (void)state;
    files[0].path = "a/1.log";
    files[1].path = "a/2.log";
    files[0].type = files[1].type = FILE_TYPE_IIS_LOG;
    files[0].rows[0] = (struct http_log_row)FAILING;
    files[1].rows[0] = (struct http_log_row)ROW(60, 200, 61, 120, .substatus = 0);
    examine();
    assert_string_equal(word_of(finding_of("a/1.log", VDIR, NULL)), "ok");
    assert_non_null(finding_of("a/1.log", VDIR, "and the latest do no more"));
    bench_end();
    files[0].path = "a/1.log";
    files[1].path = "a/2.log";
    files[0].type = files[1].type = FILE_TYPE_IIS_LOG;
    files[0].rows[0] = (struct http_log_row)ROW(60, 200, 1, 60, .substatus = 0);
    files[1].rows[0] = (struct http_log_row)ROW(60, 500, 61, 120, .substatus = 0);
    examine();
    assert_string_equal(word_of(finding_of("a/1.log", VDIR, NULL)), "critical");
    bench_end();
}

/* Whatever lies before it, the newest log is read. */
static void test_many_logs(void **state)
{
    enum { LOGS = 300 };
    static char names[LOGS][16];

    (void)state;
    for (size_t i = 0; i < LOGS; i++) {
        snprintf(names[i], sizeof names[i], "a/%03u.log", (unsigned)i);
        files[i].path = names[i];
        files[i].type = FILE_TYPE_IIS_LOG;
        files[i].rows[0] = (struct http_log_row)ROW(60, i + 1 < LOGS ? 200 : 500, (i + 1) * 100,
                                                    (i + 1) * 100 + 60, .substatus = 0);
    }
    examine();
    assert_string_equal(word_of(finding_of("a/000.log", VDIR, NULL)), "critical");
    bench_end();
}

/* What others forwarded is no cause here. */
static void test_forwarded_events(void **state)
{
    static const char *const computers[][2] = {{"EX02", "EX03"}, {"EX02", "EX01.contoso.com"}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        files[0].path = "a/front.log";
        files[0].type = FILE_TYPE_IIS_LOG;
        files[0].server = "EX01";
        files[0].rows[0] = (struct http_log_row)FAILING;
        files[1].path = "a/forwarded.xml";
        files[1].type = FILE_TYPE_EVENT_XML;
        for (size_t k = 0; k < 2; k++)
            files[1].events[k] =
                (struct host_event_group){.event = {HOST_EVENT_WINRM_CANNOT_LOAD,
                                                    "%ExchangeInstallPath%Bin\\x.dll", "", "", ""},
                                          .computer = computers[i][k],
                                          .count = 3};
        examine();
        assert_int_equal(finding_of(NULL, "exchange-install-path", NULL) != NULL, i);
        assert_int_equal(saw_it(finding_of(NULL, VDIR, NULL), "event 10113"), i);
        bench_end();
    }
}

/* Each kind of event is told in words; features that came and went only where they bring WSMan. */
static void test_words_of_events(void **state)
{
    const struct finding *finding;

    (void)state;
    files[0].path = "a/front.log";
    files[0].type = FILE_TYPE_IIS_LOG;
    files[0].rows[0] = (struct http_log_row)FAILING;
    files[1].path = "a/system.evtx";
    files[1].type = FILE_TYPE_EVTX;
    for (unsigned kind = 0; kind < HOST_EVENT_KIND_COUNT; kind++)
        files[1].events[kind] = (struct host_event_group){
            .event = {(enum host_event_kind)kind, "", "", "",
                      kind < HOST_EVENT_FEATURE_ON ? "" : "IIS-WebServer"},
            .computer = "EX01",
            .count = 3};
    files[1].events[HOST_EVENT_FEATURE_OFF].event.feature = FEATURE_WINRM_IIS_EXT_OF_DISM;
    examine();
    finding = finding_of("a/front.log", VDIR, NULL);
    for (unsigned kind = 0; kind < HOST_EVENT_FEATURE_ON; kind++)
        assert_true(saw_it(finding, host_event_text((enum host_event_kind)kind)));
    assert_true(saw_it(finding, "event 2295, a DLL is no module of IIS"));
    assert_true(saw_it(
        finding, "event 10, a feature of Windows was turned off: " FEATURE_WINRM_IIS_EXT_OF_DISM));
    assert_false(saw_it(finding, "IIS-WebServer"));
    assert_false(saw_it(finding, "null"));
    bench_end();
}

/* A variable that WinRM left in a path has no value: that is the cause, and its steps come. */
static void test_event_10113(void **state)
{
    const struct finding *finding;

    (void)state;
    files[0].path = "a/front.log";
    files[0].type = FILE_TYPE_IIS_LOG;
    files[0].rows[0] = (struct http_log_row)FAILING;
    files[1].path = "a/system.evtx";
    files[1].type = FILE_TYPE_EVTX;
    files[1].events[0] = (struct host_event_group){
        .event = {.kind = HOST_EVENT_WINRM_CANNOT_LOAD,
                  .file = "%ExchangeInstallPath%Bin\\Microsoft.Exchange.AuthorizationPlugin.dll",
                  .error = "",
                  .pool = "",
                  .feature = ""},
        .computer = "EX01",
        .count = 3};
    examine();
    finding = finding_of("a/front.log", VDIR, NULL);
    assert_string_equal(word_of(finding), "critical");
    assert_true(saw_it(finding, "event 10113"));
    assert_non_null(step_of(&finding->fix, "by the steps of exchange-install-path"));
    assert_null(step_of(&finding->fix, "w32tm"));
    assert_non_null(finding_of("a/front.log", "exchange-install-path", NULL));
    bench_end();
}

/* A DLL that is not there is no matter of clocks. */
static void test_error_of_module(void **state)
{
    const struct finding *finding;

    (void)state;
    files[0].path = "front.log";
    files[0].type = FILE_TYPE_IIS_LOG;
    files[0].rows[0] = (struct http_log_row)ROW(60, 500, 1, 60, .win32 = 126);
    examine();
    finding = finding_of("front.log", VDIR, NULL);
    assert_non_null(step_of(&finding->fix, "applicationHost.config"));
    assert_null(step_of(&finding->fix, "w32tm"));
    bench_end();
}

/* By its number it is the configuration, which then decides before the clock does. */
static void test_number_of_configuration(void **state)
{
    const struct finding *finding;

    (void)state;
    files[0].path = "front.log";
    files[0].type = FILE_TYPE_IIS_LOG;
    files[0].rows[0] = (struct http_log_row)ROW(60, 500, 1, 60, .substatus = 19, .win32 = 33);
    examine();
    finding = finding_of("front.log", VDIR, NULL);
    assert_true(saw_it(finding, "500.19"));
    assert_non_null(step_of(&finding->fix, "applicationHost.config"));
    assert_null(step_of(&finding->fix, "w32tm"));
    bench_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_log_shows),
        cmocka_unit_test(test_what_decides_next),
        cmocka_unit_test(test_one_machine_by_two_names),
        cmocka_unit_test(test_logs_of_one_server),
        cmocka_unit_test(test_logs_of_two_servers),
        cmocka_unit_test(test_one_name_in_two_domains),
        cmocka_unit_test(test_what_is_over),
        cmocka_unit_test(test_many_logs),
        cmocka_unit_test(test_forwarded_events),
        cmocka_unit_test(test_event_10113),
        cmocka_unit_test(test_words_of_events),
        cmocka_unit_test(test_error_of_module),
        cmocka_unit_test(test_number_of_configuration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
