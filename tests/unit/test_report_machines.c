#include "diag/report/age.h"
#include "diag/report/runbook.h"
#include "diag/report/xml_write.h"
#include "tests/golden/golden.h"
#include "tests/golden/sample.h"
#include "tests/golden/servers.h"

#include <string.h>

static const struct report_options options = {.columns = 80, .verbose = true};

static const struct gauge seconds = {.id = "test_offset_seconds",
                                     .help = "How far it is off",
                                     .decimals = 6,
                                     .is_in_seconds = true,
                                     .is_signed = true};
static const struct gauge number = {.id = "test_lookups", .help = "How many it needs"};

static const struct measure measures[] = {
    {&number, "example.com", NULL, 11, GAUGE_NO_LIMIT, 10},
    {&seconds, "ex1.corp.example.com", NULL, -420000001, 60000000, 300000000},
    {&seconds, "it's=a|\"name\"\\", "mx\n1", 500000, 60000000, GAUGE_NO_LIMIT},
};

static struct report measured(void)
{
    struct report report = sample_report;

    report.measures = measures;
    report.measure_count = COUNT(measures);
    return report;
}

static void render(const char *format, const struct report *report, struct buffer *out)
{
    golden_render(format, report, &options, out);
}

static void forms_are_as_agreed(void **state)
{
    struct report report = measured();

    (void)state;
    golden_check("report.md", "markdown", &report, &options);
    golden_check("report.xml", "junit", &report, &options);
    golden_check("report.nagios", "nagios", &report, &options);
    golden_check("report.prom", "prometheus", &report, &options);
}

/* ---- several servers in a ticket ---- */

static struct servers servers;

static void render_servers(size_t count, bool verbose, struct buffer *out)
{
    const struct report_options own = {.columns = 80, .verbose = verbose};

    golden_render("markdown", servers_report(&servers, count), &own, out);
}

/* The repair of ten is said once, with a box for each of the others. */
static void a_ticket_says_the_repair_of_many_once(void **state)
{
    struct buffer text;

    (void)state;
    render_servers(SERVERS_MOST, false, &text);
    assert_non_null(strstr(text.text, "Set-It 'ex01.contoso.com' Draining"));
    assert_null(strstr(text.text, "'ex02"));
    assert_int_equal(servers_count(text.text, "services are down"), 1);
    assert_non_null(strstr(text.text, "Then, each in turn"));
    assert_non_null(strstr(text.text, "- [ ] `ex10.contoso.com`\n"));
    buffer_release(&text);
    render_servers(SERVERS_MOST, true, &text);
    assert_non_null(strstr(text.text, "Set-It 'ex10.contoso.com' Active"));
    assert_int_equal(servers_count(text.text, "services are down"), SERVERS_MOST);
    buffer_release(&text);
}

static void a_ticket_writes_out_a_few(void **state)
{
    struct buffer text;

    (void)state;
    render_servers(3, false, &text);
    assert_true(strstr(text.text, "Set-It 'ex01.contoso.com' Active") <
                strstr(text.text, "Set-It 'ex02.contoso.com' Draining"));
    assert_int_equal(servers_count(text.text, "services are down"), 3);
    assert_int_equal(servers_count(text.text, "Do: Install it."), 3);
    assert_int_equal(servers_count(text.text, "Note: only for a while"), 3);
    buffer_release(&text);
}

/* Each of several lines is a box of its own: what it risks stands at each. */
static void a_ticket_has_risks_at_each_line(void **state)
{
    const struct report_options own = {.columns = 80};
    const struct report *report = servers_report(&servers, 3);
    struct buffer text;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        servers.subjects[i].kind = SUBJECT_DOMAIN;
        servers.findings[i].fix.count = 1;
    }
    golden_render("markdown", report, &own, &text);
    assert_int_equal(servers_count(text.text, "Draining"), 3);
    assert_int_equal(servers_count(text.text, "**Changes and risks:** it takes no mail"), 3);
    buffer_release(&text);
}

static void a_ticket_says_what_one_of_several_risks(void **state)
{
    struct buffer text;

    (void)state;
    golden_render("markdown", servers_apart(&servers), &options, &text);
    for (size_t i = 0; i < SERVERS_APART; i++) {
        for (size_t j = 0; j < COUNT(servers_own[i]); j++)
            assert_int_equal(servers_count(text.text, servers_own[i][j]), 1);
    }
    buffer_release(&text);
}

/* One step at several places: its condition stands before them, once. */
static void a_ticket_has_the_condition_of_places(void **state)
{
    const struct report *report = servers_apart(&servers);
    struct buffer text;

    (void)state;
    for (size_t i = 0; i < SERVERS_APART; i++) {
        struct step *step = servers.steps[i];

        *step = (struct step){.shell = SHELL_SH,
                              .kind = STEP_DECIDE,
                              .condition = "if it is of a group",
                              .where = servers.subjects[i].name,
                              .command = "set-it",
                              .from = step->from};
    }
    golden_render("markdown", report, &options, &text);
    assert_non_null(
        strstr(text.text, "- [ ] if it is of a group: shell, at each of these places\n"));
    assert_int_equal(servers_count(text.text, "if it is of a group"), 1);
    assert_int_equal(servers_count(text.text, "set-it"), 1);
    buffer_release(&text);
}

/* Local time beside UTC, where it is known; a cause that the site has accepted is no task. */
static void a_ticket_tells_what_the_page_tells(void **state)
{
    const struct report_run run = {.started = SAMPLE_TIME,
                                   .finished = SAMPLE_TIME,
                                   .complete = true,
                                   .has_offset = true,
                                   .offset = 120};
    const struct finding *const causes[] = {&sample_accepted};
    struct finding effect = sample_exps;
    const struct finding *const findings[] = {&effect, &sample_accepted};
    const struct report report = {.version = "0",
                                  .runs = &run,
                                  .run_count = 1,
                                  .findings = findings,
                                  .finding_count = 2,
                                  .accepted_count = 1,
                                  .counts = {[OUTCOME_PROBLEM] = 1}};
    struct buffer text;

    (void)state;
    effect.explained_by = causes;
    effect.explained_by_count = 1;
    render("markdown", &report, &text);
    assert_non_null(strstr(text.text, "(11:05:07 to 11:05:07 where exdiag ran, UTC+02:00)"));
    assert_non_null(strstr(text.text, ", which the site has accepted)"));
    buffer_release(&text);
}

static void render_runbook(const struct report *report, struct buffer *text)
{
    FILE *file = tmpfile();

    assert_non_null(file);
    buffer_init(text, GOLDEN_MOST);
    assert_int_equal(report_runbook(report, file), STATUS_OK);
    rewind(file);
    golden_read(file, text);
    fclose(file);
}

/* Whoever takes "# " away runs no record: other people wrote it. */
static void zones_are_no_commands(void **state)
{
    const struct report *report = servers_report(&servers, 1);
    struct buffer text;

    (void)state;
    servers.steps[0][0].shell = SHELL_DNS;
    servers.steps[0][0].command = "a.example. IN TXT \"v=spf1 include:$(touch x) -all\"";
    render_runbook(report, &text);
    assert_non_null(strstr(text.text, "\n##   zone:\n##     a.example. IN TXT"));
    assert_null(strstr(text.text, "\n# a.example."));
    assert_non_null(strstr(text.text, "\n# Suspend-It 'ex01'"));
    buffer_release(&text);
}

/* Whatever a text holds, no line of it begins without "#", and no terminal obeys it. */
static void a_runbook_is_comments_alone(void **state)
{
    static const char hostile[] = "a\rmove x\nmove y\r\nmove z\x0b\x0c\x1b[2J\x08\x7f b";
    struct report report = *servers_report(&servers, 1);
    const struct report_run run = {.remark = hostile, .complete = true};
    struct step *steps = servers.steps[0];
    size_t lines = 0;
    struct buffer text;

    (void)state;
    report.title = hostile;
    report.runs = &run;
    report.run_count = 1;
    servers.subjects[0].shown = hostile;
    servers.findings[0].title = hostile;
    servers.findings[0].undo = servers.findings[0].verify = servers.findings[0].fix;
    for (size_t i = 0; i < SERVERS_STEPS; i++) {
        steps[i].where = steps[i].condition = steps[i].risk = steps[i].note = hostile;
        steps[i].command = hostile;
    }
    steps[0].shell = SHELL_DNS;
    render_runbook(&report, &text);
    for (const char *line = text.text; *line; line += strcspn(line, "\n") + 1, lines++)
        assert_int_equal(line[0], '#');
    for (size_t i = 0; i < text.size; i++)
        assert_true(text.text[i] == '\n' ||
                    ((unsigned char)text.text[i] >= ' ' && text.text[i] != 0x7f));
    assert_true(lines > 50);
    assert_non_null(
        strstr(text.text, "\n# a\\x0dmove x\n# move y\\x0d\n# move z\\x0b\\x0c\\x1b[2J"));
    buffer_release(&text);
}

static void the_runbook_is_as_agreed(void **state)
{
    struct buffer text;

    (void)state;
    render_runbook(&sample_report, &text);
    golden_compare("report.runbook", &text);
    buffer_release(&text);
}

static void gauges_write_decimals(void **state)
{
    static const struct {
        unsigned decimals;
        int64_t value;
        const char *text;
    } cases[] = {
        {0, 0, "0"},
        {0, -7, "-7"},
        {3, 1500, "1.5"},
        {3, 5, "0.005"},
        {3, -5, "-0.005"},
        {6, 420007809, "420.007809"},
        {6, 1000000, "1"},
        {6, 100, "0.0001"},
        {3, INT64_MIN, "-9223372036854775.808"},
        {3, INT64_MAX, "9223372036854775.807"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct gauge gauge = {.decimals = cases[i].decimals};
        struct buffer text;

        buffer_init(&text, 64);
        gauge_write(&gauge, cases[i].value, &text);
        assert_string_equal(text.text, cases[i].text);
        buffer_release(&text);
    }
}

/* However much there is to say, it is one line of at most 4,096 bytes, and whole items. */
static void a_plugin_has_one_line(void **state)
{
    static char names[500][300];
    static struct measure many[500];
    struct report report = sample_report;
    struct buffer line;

    (void)state;
    for (size_t i = 0; i < COUNT(many); i++) {
        snprintf(names[i], sizeof names[i], "%zu.%0*d.example", i, (int)(i % 250), 0);
        many[i] = (struct measure){&number, names[i], NULL, (int64_t)i, 1, 2};
    }
    report.measures = many;
    report.measure_count = COUNT(many);
    render("nagios", &report, &line);
    assert_true(line.size <= 4096);
    assert_ptr_equal(strchr(line.text, '\n'), line.text + line.size - 1);
    assert_ptr_equal(strchr(line.text, '|'), strrchr(line.text, '|'));
    assert_true(strcmp(line.text + line.size - 5, ";1;2\n") == 0);
    buffer_release(&line);
}

/* Nothing of a title ends the line, or begins performance data. */
static void a_plugin_has_one_line_of_any_title(void **state)
{
    const struct report *report = servers_report(&servers, 1);
    struct buffer line;

    (void)state;
    servers.findings[0].title = "a\nb\rc|d\x1b"
                                "e";
    servers.subjects[0].shown = "f\n|g";
    render("nagios", report, &line);
    assert_non_null(strstr(line.text, " - a\\x0ab\\x0dc\\x7cd\\x1be (behind: f\\x0a\\x7cg)"));
    assert_ptr_equal(strchr(line.text, '\n'), line.text + line.size - 1);
    buffer_release(&line);
}

/* Limits on both sides of zero, and no label that ends its quotes. */
static void performance_data_has_limits(void **state)
{
    struct report report = measured();
    struct buffer line;

    (void)state;
    render("nagios", &report, &line);
    assert_non_null(strstr(line.text, " 'test_lookups example.com'=11;;10 "));
    assert_non_null(strstr(
        line.text, " 'test_offset_seconds ex1.corp.example.com'=-420.000001s;-60:60;-300:300 "));
    assert_non_null(
        strstr(line.text, " 'test_offset_seconds it_s_a_\"name\"\\ mx_1'=0.5s;-60:60;\n"));
    buffer_release(&line);
}

/* Icinga 2 would take what stands before "::" for the name of a plugin. */
static void no_label_has_two_colons(void **state)
{
    static const struct gauge gauge = {.id = "seconds"};
    static const struct {
        const char *part, *label;
    } cases[] = {
        {"mx1 2001:db8::21", "'seconds a mx1 2001:db8:0:0:0:0:0:21'="},
        {"::1 mx1", "'seconds a 0:0:0:0:0:0:0:1 mx1'="},
        {"2001:db8::", "'seconds a 2001:db8:0:0:0:0:0:0'="},
        {"::", "'seconds a 0:0:0:0:0:0:0:0'="},
        {"a::b::c", "'seconds a a:0:0:0:0:0:b:0:0:0:0:0:c'="},
        {"1:2:3:4:5:6:7:8", "'seconds a 1:2:3:4:5:6:7:8'="},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct measure measure = {&gauge, "a", cases[i].part, 1, 1, 2};
        struct report report = measured();
        struct buffer line;

        report.measures = &measure;
        report.measure_count = 1;
        render("nagios", &report, &line);
        assert_non_null(strstr(line.text, cases[i].label));
        assert_null(strstr(line.text, "::"));
        buffer_release(&line);
    }
}

static void states_are_those_of_plugins(void **state)
{
    static const struct report_run whole = {.complete = true}, cut = {.complete = false};
    static const struct subject at = {SUBJECT_DOMAIN, "example.com", "example.com", true, NULL};
    static const struct finding_kind kind = {.id = "one"};
    static const struct {
        enum outcome outcome;
        enum severity severity;
        bool is_cut;
        int status;
    } cases[] = {
        {OUTCOME_OK, SEVERITY_INFO, false, 0},
        {OUTCOME_OK, SEVERITY_INFO, true, 3},
        {OUTCOME_PROBLEM, SEVERITY_INFO, false, 0},
        {OUTCOME_PROBLEM, SEVERITY_INFO, true, 3},
        {OUTCOME_PROBLEM, SEVERITY_WARNING, false, 1},
        {OUTCOME_PROBLEM, SEVERITY_CRITICAL, true, 2},
        {OUTCOME_UNKNOWN, SEVERITY_INFO, false, 3},
        {OUTCOME_NOT_APPLICABLE, SEVERITY_INFO, false, 3},
    };
    const struct report none = {.runs = &whole, .run_count = 1};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct finding finding = {.kind = &kind,
                                        .probe = "spf",
                                        .outcome = cases[i].outcome,
                                        .severity = cases[i].severity,
                                        .subject = &at,
                                        .title = "title"};
        const struct finding *const list[] = {&finding};
        struct report report = {.runs = cases[i].is_cut ? &cut : &whole,
                                .run_count = 1,
                                .findings = list,
                                .finding_count = 1};

        report.counts[cases[i].outcome] = 1;
        assert_int_equal(report_nagios_status(&report), cases[i].status);
    }
    assert_int_equal(report_nagios_status(&none), 3);
}

enum { HOUR = 3600000 };

/* What nobody renews any more is no state of today. */
static void evidence_that_is_old_is_unknown(void **state)
{
    enum { NOW = 1000 * 24 /* hours since 1970 */, NEVER = -1, GONE = -2 };
    static const struct subject at = {SUBJECT_DOMAIN, "example.com", "example.com", true, NULL};
    static const struct finding_kind kind = {.id = "one"};
    static const struct {
        int hours[2]; /* before now; NEVER: it does not say; GONE: there is no such run */
        int most;
        bool is_critical;
        int status;
        const char *words;
    } cases[] = {
        {{0, GONE}, 26, false, 0, "EXDIAG OK - nothing wrong: 1 ok | "},
        {{1, GONE}, 26, false, 0, "nothing wrong: 1 ok; evidence is 1 h old | "},
        {{26, GONE}, 26, false, 0, "; evidence is 26 h old | "},
        {{27, GONE},
         26,
         false,
         3,
         "UNKNOWN - evidence is 27 h old, of 1972-09-25 21:00:00 UTC, and 26 h is the most "
         "(--max-age); 1 ok | "},
        {{72, GONE}, 48, false, 3, "is 3 days old, of 1972-09-24 00:00:00 UTC, and 2 days is"},
        {{27, GONE}, 26, true, 2, "CRITICAL - evidence is 27 h old"},
        {{999, GONE}, 0, false, 0, "nothing wrong: 1 ok; evidence is 41 days old | "},
        {{-1000, GONE}, 26, false, 3, "UNKNOWN - evidence is of the future, 1972-11-07 16:00:00"},
        {{-1000, GONE}, 0, false, 0, "nothing wrong: 1 ok | "},
        {{NEVER, GONE}, 26, false, 3, "UNKNOWN - evidence does not say when it was gathered; "},
        {{NEVER, GONE}, 0, false, 0, "nothing wrong: 1 ok | "},
        {{0, 27}, 26, false, 3, "UNKNOWN - two.jsonl: evidence is 27 h old"},
        {{27, 0}, 26, false, 3, "UNKNOWN - one.jsonl: evidence is 27 h old"},
        {{0, -1000}, 26, false, 3, "UNKNOWN - two.jsonl: evidence is of the future"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const bool is_wrong = cases[i].is_critical;
        const struct finding finding = {.kind = &kind,
                                        .probe = "spf",
                                        .outcome = is_wrong ? OUTCOME_PROBLEM : OUTCOME_OK,
                                        .severity = SEVERITY_CRITICAL,
                                        .subject = &at,
                                        .title = "title"};
        const struct finding *const list[] = {&finding};
        struct report_run runs[2] = {{.complete = true, .source = "one.jsonl"},
                                     {.complete = true, .source = "two.jsonl"}};
        struct report report = {.runs = runs,
                                .run_count = cases[i].hours[1] == GONE ? 1 : 2,
                                .now = (int64_t)NOW * HOUR,
                                .max_age = (int64_t)cases[i].most * HOUR,
                                .findings = list,
                                .finding_count = 1};
        struct buffer line;

        for (size_t j = 0; j < 2; j++)
            runs[j].started =
                cases[i].hours[j] == NEVER ? 0 : (int64_t)(NOW - cases[i].hours[j]) * HOUR;
        report.counts[finding.outcome] = 1;
        assert_int_equal(report_nagios_status(&report), cases[i].status);
        render("nagios", &report, &line);
        if (!strstr(line.text, cases[i].words))
            fail_msg("%s: %s", cases[i].words, line.text);
        buffer_release(&line);
    }
}

/* "26 h old, and 26 h is the most" would be no reason. */
static void an_age_beyond_the_most_looks_like_it(void **state)
{
    static const struct {
        int64_t age, most; /* milliseconds */
        const char *words;
    } cases[] = {
        {26 * (int64_t)HOUR + 600000, 26 * (int64_t)HOUR, "is 1570 min old, of "},
        {26 * (int64_t)HOUR + 1, 26 * (int64_t)HOUR, "is 93601 s old, of "},
        {51 * (int64_t)HOUR, 50 * (int64_t)HOUR, "is 51 h old, of "},
        {50 * (int64_t)HOUR, 50 * (int64_t)HOUR, "is 2 days old"},
        {75 * (int64_t)HOUR, 50 * (int64_t)HOUR, "is 3 days old, of "},
        {61000, 60000, "is 61 s old, of "},
        {119000, 60000, "is 119 s old, of "},
        {1001, 1000, "is 2 s old, of "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct report_run run = {.complete = true, .started = HOUR};
        struct report report = {
            .runs = &run, .run_count = 1, .now = HOUR + cases[i].age, .max_age = cases[i].most};
        struct report_age age = report_age(&report);
        struct buffer text;

        buffer_init(&text, 200);
        report_age_words(&report, &age, &text);
        if (!strstr(text.text, cases[i].words))
            fail_msg("%s: %s", cases[i].words, text.text);
        buffer_release(&text);
    }
}

/* Of one that was examined again since, the age does not matter; nor that it is not known. */
static void only_the_newest_word_has_an_age(void **state)
{
    struct report_run runs[] = {{.complete = true, .started = HOUR, .is_superseded = true},
                                {.complete = true, .is_superseded = true},
                                {.complete = true, .started = 100 * (int64_t)HOUR}};
    struct report report = measured();
    struct buffer line;

    (void)state;
    report.runs = runs;
    report.run_count = COUNT(runs);
    report.now = 101 * (int64_t)HOUR;
    report.max_age = 26 * (int64_t)HOUR;
    render("nagios", &report, &line);
    assert_non_null(strstr(line.text, "; evidence is 1 h old | "));
    assert_non_null(strstr(line.text, " age=3600s;93600 "));
    buffer_release(&line);
    render("prometheus", &report, &line);
    assert_non_null(strstr(line.text, "\nexdiag_oldest_run_timestamp_seconds 360000\n"));
    buffer_release(&line);
    runs[2].started = 0;
    report.max_age = 0;
    render("nagios", &report, &line);
    assert_null(strstr(line.text, "age="));
    buffer_release(&line);
    render("prometheus", &report, &line);
    assert_null(strstr(line.text, "oldest_run"));
    buffer_release(&line);
}

/* XML 1.0 has no place for them, not even as references. */
static void xml_takes_any_bytes(void **state)
{
    static const char hostile[] =
        "\x01\x1b<&>\"\r\n\t\xff\xef\xbf\xbe\xed\xa0\x80 \xf0\x9f\x93\xa7]]>";
    FILE *file = tmpfile();
    struct buffer text;

    (void)state;
    assert_non_null(file);
    xml_put_text(file, hostile);
    fputc('~', file);
    xml_put_value(file, hostile);
    rewind(file);
    buffer_init(&text, GOLDEN_MOST);
    golden_read(file, &text);
    fclose(file);
    assert_string_equal(text.text,
                        "\\x01\\x1b&lt;&amp;&gt;\"\\x0d\n\t\\xff\\u{fffe}\\xed\\xa0\\x80 "
                        "\xf0\x9f\x93\xa7]]&gt;~"
                        "\\x01\\x1b&lt;&amp;&gt;&quot;\\x0d&#10;&#9;\\xff\\u{fffe}\\xed\\xa0\\x80 "
                        "\xf0\x9f\x93\xa7]]&gt;");
    buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_as_agreed),
        cmocka_unit_test(a_ticket_says_the_repair_of_many_once),
        cmocka_unit_test(a_ticket_writes_out_a_few),
        cmocka_unit_test(a_ticket_has_risks_at_each_line),
        cmocka_unit_test(a_ticket_says_what_one_of_several_risks),
        cmocka_unit_test(a_ticket_has_the_condition_of_places),
        cmocka_unit_test(a_ticket_tells_what_the_page_tells),
        cmocka_unit_test(the_runbook_is_as_agreed),
        cmocka_unit_test(zones_are_no_commands),
        cmocka_unit_test(a_runbook_is_comments_alone),
        cmocka_unit_test(gauges_write_decimals),
        cmocka_unit_test(a_plugin_has_one_line),
        cmocka_unit_test(a_plugin_has_one_line_of_any_title),
        cmocka_unit_test(performance_data_has_limits),
        cmocka_unit_test(no_label_has_two_colons),
        cmocka_unit_test(states_are_those_of_plugins),
        cmocka_unit_test(evidence_that_is_old_is_unknown),
        cmocka_unit_test(an_age_beyond_the_most_looks_like_it),
        cmocka_unit_test(only_the_newest_word_has_an_age),
        cmocka_unit_test(xml_takes_any_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
