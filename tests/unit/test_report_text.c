#include "diag/report/wrap.h"
#include "diag/text.h"
#include "tests/golden/fleet.h"
#include "tests/golden/golden.h"
#include "tests/golden/sample.h"
#include "tests/golden/servers.h"

#include <string.h>

/* ---- wrapping ---- */

static char wrapped[4096];

/* `text` on lines of `columns`, indented by `indent` after the first. */
static const char *wrap(const char *text, size_t columns, size_t indent)
{
    FILE *file = tmpfile();
    struct wrap wrap;

    assert_non_null(file);
    wrap_init(&wrap, file, columns);
    wrap_indent(&wrap, indent);
    wrap_words(&wrap, text);
    wrap_end(&wrap);
    wrap_release(&wrap);
    rewind(file);
    wrapped[fread(wrapped, 1, sizeof wrapped - 1, file)] = '\0';
    fclose(file);
    return wrapped;
}

/* A word goes to the next line when it does not fit, and not before. */
static void lines_break_between_words(void **state)
{
    (void)state;
    assert_string_equal(wrap("one two three", 13, 0), "one two three\n");
    assert_string_equal(wrap("one two three", 12, 0), "one two\nthree\n");
    assert_string_equal(wrap("one two three", 7, 2), "one two\n  three\n");
    assert_string_equal(wrap("  one   two  ", 80, 0), " one two\n");
    assert_string_equal(wrap("one\ntwo", 80, 2), "one\n  two\n");
    assert_string_equal(wrap("", 80, 2), "");
}

/* A word wider than a line fills lines; what follows goes on behind it. */
static void long_words_break_at_the_edge(void **state)
{
    (void)state;
    assert_string_equal(wrap("abcdefghij", 4, 0), "abcd\nefgh\nij\n");
    assert_string_equal(wrap("a bcdefghij k", 6, 2), "a bcde\n  fghi\n  j k\n");
}

/* An address too wide for any line begins where every line begins, and is not broken. */
static void unbroken_text_overhangs(void **state)
{
    FILE *file = tmpfile();
    struct wrap wrap;
    char text[64];

    (void)state;
    assert_non_null(file);
    wrap_init(&wrap, file, 8);
    wrap_indent(&wrap, 2);
    wrap_to(&wrap, 2);
    wrap_unbroken(&wrap, "https://a.example");
    wrap_words(&wrap, " b");
    wrap_end(&wrap);
    wrap_release(&wrap);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, "  https://a.example\n  b\n");
}

/* Columns, not bytes or characters: wide characters take two, marks none. */
static void columns_are_counted(void **state)
{
    (void)state;
    assert_string_equal(wrap("bücher bücher", 13, 0), "bücher bücher\n");
    assert_string_equal(wrap("郵便受け取り", 8, 0), "郵便受け\n取り\n");
    assert_string_equal(wrap("mx 郵便受け", 6, 0), "mx 郵\n便受け\n");
    assert_string_equal(wrap("e\u0301e\u0301e\u0301 e\u0301", 3, 0),
                        "e\u0301e\u0301e\u0301\ne\u0301\n");
}

/* ---- the report ---- */

static const struct report_options wide = {.columns = 80, .verbose = true};
static const struct report_options narrow = {.columns = 40};

static void text_is_as_agreed(void **state)
{
    const struct report_options wide_colours = {.columns = 80, .verbose = true, .colours = true};
    const struct report_options narrow_colours = {.columns = 40, .colours = true};
    const struct report_options quiet = {.columns = 80, .quiet = true};
    const struct report_options broad = {.columns = 120};

    (void)state;
    golden_check("report-80.txt", "text", &sample_report, &wide);
    golden_check("report-80-colours.txt", "text", &sample_report, &wide_colours);
    golden_check("report-40.txt", "text", &sample_report, &narrow);
    golden_check("report-40-colours.txt", "text", &sample_report, &narrow_colours);
    golden_check("report-120.txt", "text", &sample_report, &broad);
    golden_check("report-quiet.txt", "text", &sample_report, &quiet);
}

/* What many have in common is said once. */
static void many_alike_are_as_agreed(void **state)
{
    const struct report_options usual = {.columns = 80};
    const struct report_options broad = {.columns = 120, .colours = true};
    const struct report_options ascii = {.columns = 80, .verbose = true, .ascii = true};
    const struct report_options quiet = {.columns = 80, .quiet = true};
    static struct fleet fleet;
    const struct report *report = fleet_report(&fleet);

    (void)state;
    golden_check("fleet-80.txt", "text", report, &usual);
    golden_check("fleet-40.txt", "text", report, &narrow);
    golden_check("fleet-120-colours.txt", "text", report, &broad);
    golden_check("fleet-80-verbose.txt", "text", report, &ascii);
    golden_check("fleet-quiet.txt", "text", report, &quiet);
}

/* Colours are added to the text and change nothing of it. */
static void colours_change_no_character(void **state)
{
    const struct report_options colours = {.columns = 80, .verbose = true, .colours = true};
    struct buffer plain, coloured, stripped;

    (void)state;
    golden_render("text", &sample_report, &wide, &plain);
    golden_render("text", &sample_report, &colours, &coloured);
    buffer_init(&stripped, GOLDEN_MOST);
    for (const char *from = coloured.text; *from; from++) {
        if (*from == '\x1b')
            from = strchr(from, 'm');
        else
            buffer_add_char(&stripped, *from);
    }
    assert_string_equal(stripped.text, plain.text);
    buffer_release(&plain);
    buffer_release(&coloured);
    buffer_release(&stripped);
}

static bool is_part_of_command(const char *line, size_t size)
{
    char text[4096];

    snprintf(text, sizeof text, "%.*s", (int)size, line);
    for (size_t i = 0; i < sample_report.finding_count; i++) {
        const struct finding *finding = sample_report.findings[i];
        const struct steps *lists[] = {&finding->fix, &finding->verify, &finding->undo};

        for (size_t j = 0; j < COUNT(lists); j++) {
            for (size_t k = 0; k < lists[j]->count; k++) {
                if (strstr(lists[j]->list[k].command, text + strspn(text, " ")))
                    return true;
            }
        }
    }
    return false;
}

/* Nothing but commands and addresses is wider than the page; no line ends in a space. */
static void lines_fit(void **state)
{
    struct buffer text;

    (void)state;
    golden_render("text", &sample_report, &narrow, &text);
    for (const char *line = text.text, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        assert_non_null(end);
        assert_true(end == line || end[-1] != ' ');
        if (text_columns(line, (size_t)(end - line)) > narrow.columns)
            assert_true(is_part_of_command(line, (size_t)(end - line)) ||
                        strncmp(line + strspn(line, " "), "https://", 8) == 0);
    }
    buffer_release(&text);
}

/* What is pasted stands in the report as it is, in one piece. */
static void commands_stay_whole(void **state)
{
    struct buffer text;

    (void)state;
    golden_render("text", &sample_report, &narrow, &text);
    assert_non_null(strstr(text.text, sample_spf_undo[0].command));
    assert_non_null(strstr(text.text, sample_exps_fix[0].command));
    assert_non_null(strstr(text.text, sample_hostile_fix[0].command));
    buffer_release(&text);
}

/* The carets of a report that has seen just this. */
static void assert_carets(const struct seen *seen, const char *expected)
{
    const struct finding finding = {.kind = &sample_banner_slow,
                                    .subject = &sample_mx1,
                                    .title = "title",
                                    .seen = seen,
                                    .seen_count = 1};
    const struct finding *const findings[] = {&finding};
    const struct report report = {.version = "0", .findings = findings, .finding_count = 1};
    struct buffer text;

    golden_render("text", &report, &narrow, &text);
    assert_non_null(strstr(text.text, expected));
    buffer_release(&text);
}

/* Carets stand beneath columns: of wide characters, on the line the mark is on, on both if split.
 */
static void carets_stand_beneath_the_mark(void **state)
{
    const struct seen wide_mark = {"ab 郵便 cd", NULL, 0, false, 4, 6};
    const struct seen split = {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbb", NULL, 0, false, 29, 33};
    const struct seen beyond = {"abc", NULL, 0, false, 2, 99};
    const struct seen combining = {"e\u0301e", NULL, 0, false, 1, 2};

    (void)state;
    assert_carets(&wide_mark, "\n    ab 郵便 cd\n         ^^^\n");
    assert_carets(&split,
                  "\n    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n                                 ^^\n"
                  "      bbbbbbbbbb\n      ^^\n");
    assert_carets(&beyond, "\n    abc\n      ^\n");
    assert_carets(&combining, "\n    e\u0301e\n     ^\n");
}

/* Thousands of subjects are counted, not listed. */
static void many_subjects_are_counted(void **state)
{
    const struct subject *subjects[1000];
    struct report report = sample_report;
    struct buffer text;

    (void)state;
    for (size_t i = 0; i < COUNT(subjects); i++)
        subjects[i] = &sample_domain;
    report.subjects = subjects;
    report.subject_count = COUNT(subjects);
    golden_render("text", &report, &wide, &text);
    assert_non_null(strstr(text.text, "and 992 more\n"));
    buffer_release(&text);
}

/* A run without findings says so in a line. */
static void nothing_wrong_is_short(void **state)
{
    const struct report_run run = {
        .started = SAMPLE_TIME, .finished = SAMPLE_TIME, .complete = true};
    const struct report report = {
        .version = "0.1.0", .runs = &run, .run_count = 1, .counts = {[OUTCOME_OK] = 12}};
    struct buffer text;

    (void)state;
    golden_render("text", &report, &wide, &text);
    assert_string_equal(text.text, "exdiag 0.1.0\n"
                                   "examined    2026-11-22 09:05:07 to 09:05:07 UTC\n"
                                   "\n"
                                   "no problems, 12 ok\n");
    buffer_release(&text);
}

/* What is no worse than a warning itself says so everywhere, and why it stands first. */
static void a_cause_keeps_its_own_word(void **state)
{
    static const struct finding_kind cause_kind = {.id = "time", .severity = SEVERITY_WARNING};
    static const struct finding_kind effect_kind = {.id = "clock", .severity = SEVERITY_CRITICAL};
    struct finding cause = sample_clock, effect = sample_clock, other = sample_clock;
    const struct finding *const causes[] = {&cause};
    const struct finding *const findings[] = {&cause, &effect, &other};
    const struct report report = {.version = "0.1.0", .findings = findings, .finding_count = 3};
    struct buffer text;

    (void)state;
    cause.kind = &cause_kind;
    cause.severity = SEVERITY_WARNING;
    cause.title = "it follows nobody";
    effect.kind = &effect_kind;
    effect.explained_by = causes;
    effect.explained_by_count = 1;
    other.subject = &sample_domain;
    golden_render("text", &report, &wide, &text);
    assert_non_null(strstr(text.text, "  1. WARNING  ex1.corp.example.com: it follows nobody; "
                                      "causes 2 (critical)\n"));
    assert_non_null(strstr(text.text, "WARNING  ex1.corp.example.com: it follows nobody [time]\n"
                                      "         causes 2 (critical): repair this first\n"));
    assert_non_null(strstr(text.text, "caused by 1: repair that first"));
    buffer_release(&text);
}

static bool tells_moment(int64_t started, int64_t finished, bool verbose)
{
    const struct report_run run = {.started = started, .finished = finished, .complete = true};
    const struct report_options options = {.columns = 80, .verbose = verbose};
    struct report report = sample_report;
    struct buffer text;
    bool tells;

    report.runs = &run;
    report.run_count = 1;
    golden_render("text", &report, &options, &text);
    tells = strstr(text.text, "SNTP dc1.corp.example.com, 2026-11-22 09:05:08 UTC\n") != NULL;
    buffer_release(&text);
    return tells;
}

/* A moment goes without saying within ten minutes that the head has. */
static void moments_are_told_where_they_say_more(void **state)
{
    const int64_t minutes = 60000;

    (void)state;
    assert_false(tells_moment(SAMPLE_TIME, SAMPLE_TIME + 10 * minutes, false));
    assert_true(tells_moment(SAMPLE_TIME, SAMPLE_TIME + 10 * minutes, true));
    assert_true(tells_moment(SAMPLE_TIME, SAMPLE_TIME + 10 * minutes + 1, false));
    assert_true(tells_moment(SAMPLE_TIME + 901, SAMPLE_TIME + 5 * minutes, false));
    assert_true(tells_moment(SAMPLE_TIME - 5 * minutes, SAMPLE_TIME + 899, false));
}

static struct step look(const char *command, const char *note)
{
    return (struct step){.shell = SHELL_SH, .where = "there", .command = command, .note = note};
}

/* Lines of one place are one step; what the repair said of its line is not said again. */
static void what_was_said_is_not_said_again(void **state)
{
    const struct report_options usual = {.columns = 80};
    const struct step fix[] = {look("one", "first"), look("two", "second")};
    struct step verify[] = {look("one", "first"), look("two", "other"), look("three", "third")};
    struct finding finding = sample_clock;
    const struct finding *const findings[] = {&finding};
    const struct report report = {.version = "0.1.0", .findings = findings, .finding_count = 1};
    struct buffer text;

    (void)state;
    verify[2].is_alternative = true;
    finding.fix = (struct steps){fix, COUNT(fix)};
    finding.verify = (struct steps){verify, COUNT(verify)};
    golden_render("text", &report, &usual, &text);
    assert_non_null(strstr(text.text, "fix      1-2. shell: there\n"
                                      "                  one\n"
                                      "              note: first\n"
                                      "                  two\n"
                                      "              note: second\n"
                                      "verify   1-2. shell: there\n"
                                      "                  one\n"
                                      "                  two\n"
                                      "              note: other\n"
                                      "         or shell (lines: --verbose, or --runbook FILE)\n"));
    buffer_release(&text);
    golden_render("text", &report, &wide, &text);
    assert_non_null(strstr(text.text, "three"));
    buffer_release(&text);
}

/* What is looked at before one goes on, and what has a risk of its own, is no line among others. */
static void gates_and_risks_stand_alone(void **state)
{
    static const struct step_template gate = {.is_gate = true};
    const struct report_options usual = {.columns = 80};
    struct step fix[] = {look("see", "is there"), look("keep", NULL), look("start", NULL),
                         look("read", NULL), look("end", NULL)};
    struct finding finding = sample_clock;
    const struct finding *const findings[] = {&finding};
    const struct report report = {.version = "0.1.0", .findings = findings, .finding_count = 1};
    struct buffer text;

    (void)state;
    fix[0].from = &gate;
    fix[2].risk = "starts it";
    finding.fix = (struct steps){fix, COUNT(fix)};
    golden_render("text", &report, &usual, &text);
    assert_non_null(strstr(text.text, "fix      1. shell: there\n"
                                      "                see\n"
                                      "            note: is there\n"
                                      "         2. in the same place\n"
                                      "                keep\n"
                                      "         3. risk: starts it\n"
                                      "                start\n"
                                      "         4-5. in the same place\n"
                                      "                  read\n"
                                      "                  end\n"));
    buffer_release(&text);
}

/* ---- several servers ---- */

static struct servers servers;

static void render_servers(size_t count, bool verbose, struct buffer *text)
{
    const struct report_options options = {.columns = 100, .ascii = true, .verbose = verbose};

    golden_render("text", servers_report(&servers, count), &options, text);
}

/* One is put back before the next is drained. */
static void assert_in_turn(const char *text)
{
    const char *back = strstr(text, "Set-It 'ex01.contoso.com' Active");
    const char *next = strstr(text, "Set-It 'ex02.contoso.com' Draining");

    assert_non_null(strstr(text, "One of these servers after the other: all steps for one"));
    assert_non_null(back);
    assert_non_null(next);
    assert_true(back < next);
}

/* The repair of ten is said once, with the names of all it is for. */
static void the_repair_of_many_is_said_once(void **state)
{
    struct buffer text;

    (void)state;
    render_servers(SERVERS_MOST, false, &text);
    assert_non_null(strstr(text.text, "One of these servers after the other: all steps for one"));
    assert_non_null(strstr(text.text, "ex01.contoso.com first, by these steps; then each"));
    assert_non_null(strstr(text.text, "Set-It 'ex01.contoso.com' Draining"));
    assert_null(strstr(text.text, "'ex02"));
    assert_int_equal(servers_count(text.text, "ex10.contoso.com"), 2);
    assert_int_equal(servers_count(text.text, "risk: services are down"), 1);
    assert_non_null(strstr(text.text, "https://ex01.contoso.com/owa/"));
    assert_null(strstr(text.text, "https://each"));
    assert_true(servers_count(text.text, "\n") < 50);
    buffer_release(&text);
    render_servers(SERVERS_MOST, true, &text);
    assert_in_turn(text.text);
    assert_int_equal(servers_count(text.text, "risk: services are down"), SERVERS_MOST);
    assert_non_null(strstr(text.text, "https://ex10.contoso.com/owa/"));
    buffer_release(&text);
}

/* Of a few each is written out, with all that keeps its reader from harm. */
static void the_repair_of_a_few_is_whole(void **state)
{
    struct buffer text;

    (void)state;
    render_servers(3, false, &text);
    assert_in_turn(text.text);
    assert_non_null(strstr(text.text, "Suspend-It 'ex03'"));
    assert_non_null(strstr(text.text, "by hand: ex03.contoso.com, as administrator\n"));
    assert_non_null(strstr(
        text.text,
        "2. if ex03.contoso.com is of a group: Exchange Management Shell: ex03.contoso.com\n"));
    assert_null(strstr(text.text, "decide first"));
    assert_int_equal(servers_count(text.text, "risk: services are down"), 3);
    assert_int_equal(servers_count(text.text, "Install it."), 3);
    assert_int_equal(servers_count(text.text, "note: only for a while"), 3);
    assert_int_equal(servers_count(text.text, "note: it serves again"), 3);
    buffer_release(&text);
}

/* Of one step for several, what one of them has to know before he does it stands with his line. */
static void what_one_of_several_risks_is_said(void **state)
{
    const struct report_options options = {.columns = 80};
    struct buffer text;

    (void)state;
    golden_render("text", servers_apart(&servers), &options, &text);
    for (size_t i = 0; i < SERVERS_APART; i++) {
        const char *condition = strstr(text.text, servers_own[i][0]),
                   *risk = strstr(text.text, servers_own[i][1]),
                   *note = strstr(text.text, servers_own[i][2]),
                   *command = strstr(text.text, servers.steps[i]->command);

        assert_non_null(condition);
        assert_non_null(note);
        assert_true(condition < risk && risk < command && command < note);
    }
    buffer_release(&text);
}

/* Where each does the same somewhere else, the places are listed once; two steps have an order. */
static void the_same_elsewhere_is_said_once(void **state)
{
    static const char *const places[] = {"the host at 192.0.2.1", "the host at 192.0.2.2"};
    const struct report_options options = {.columns = 80};
    const struct report *report = servers_report(&servers, COUNT(places));
    struct buffer text;

    (void)state;
    for (size_t i = 0; i < COUNT(places); i++) {
        struct step *steps = servers.steps[i];

        steps[0] = (struct step){.shell = SHELL_EMS, .where = places[i], .command = "Look-It"};
        steps[1] = (struct step){.shell = SHELL_CMD, .where = places[i], .command = "net stop it"};
        servers.findings[i].fix.count = 2;
    }
    golden_render("text", report, &options, &text);
    assert_non_null(strstr(text.text, "One of these servers after the other: all steps for one"));
    assert_non_null(strstr(text.text, "         1. Exchange Management Shell\n"
                                      "            - ex01.contoso.com: the host at 192.0.2.1\n"
                                      "            - ex02.contoso.com: the host at 192.0.2.2\n"
                                      "                Look-It\n"
                                      "         2. Command Prompt, in the same places\n"
                                      "                net stop it\n"));
    buffer_release(&text);
    servers.steps[1][1].where = "another";
    golden_render("text", report, &options, &text);
    assert_non_null(strstr(text.text, "            - ex02.contoso.com: another\n"));
    buffer_release(&text);
}

/* What differs in more than a name is never left out. */
static void data_of_many_are_said_of_each(void **state)
{
    const struct report_options options = {.columns = 100, .ascii = true};
    const struct report *report = servers_report(&servers, SERVERS_MOST);
    struct buffer text;

    (void)state;
    servers.steps[4][3].command = "Set-It 'ex05.contoso.com' Standby";
    golden_render("text", report, &options, &text);
    assert_in_turn(text.text);
    assert_non_null(strstr(text.text, "Set-It 'ex05.contoso.com' Standby"));
    assert_non_null(strstr(text.text, "Set-It 'ex10.contoso.com' Active"));
    assert_int_equal(servers_count(text.text, "note: it serves again"), SERVERS_MOST);
    assert_int_equal(servers_count(text.text, "risk: services are down"), SERVERS_MOST);
    buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_break_between_words),
        cmocka_unit_test(long_words_break_at_the_edge),
        cmocka_unit_test(unbroken_text_overhangs),
        cmocka_unit_test(columns_are_counted),
        cmocka_unit_test(text_is_as_agreed),
        cmocka_unit_test(many_alike_are_as_agreed),
        cmocka_unit_test(colours_change_no_character),
        cmocka_unit_test(lines_fit),
        cmocka_unit_test(commands_stay_whole),
        cmocka_unit_test(carets_stand_beneath_the_mark),
        cmocka_unit_test(many_subjects_are_counted),
        cmocka_unit_test(nothing_wrong_is_short),
        cmocka_unit_test(a_cause_keeps_its_own_word),
        cmocka_unit_test(moments_are_told_where_they_say_more),
        cmocka_unit_test(what_was_said_is_not_said_again),
        cmocka_unit_test(gates_and_risks_stand_alone),
        cmocka_unit_test(the_repair_of_many_is_said_once),
        cmocka_unit_test(the_repair_of_a_few_is_whole),
        cmocka_unit_test(what_one_of_several_risks_is_said),
        cmocka_unit_test(the_same_elsewhere_is_said_once),
        cmocka_unit_test(data_of_many_are_said_of_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
