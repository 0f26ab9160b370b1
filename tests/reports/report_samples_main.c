/*
 * Reports for tests and benchmarks:
 *
 *   report_samples formats                       the names of all formats, a line each
 *   report_samples strings                       "field<TAB>text" of every string of the hostile
 * report report_samples hostile FORMAT [ascii|colours|narrow|terse] report_samples many FORMAT
 * SHAPE COUNT       SHAPE: alike, different, mixed
 *
 * NUMBER is that of the first payload: which field has which. In the hostile report every string of
 * every struct tries to leave its place, each with every payload in turn. Strings of reports are
 * printable (text.h), so these are; the name of a file is what the system calls it, so it holds
 * anything.
 */
#include "diag/report/changes.h"
#include "diag/report/report.h"
#include "diag/report/runbook.h"
#include "diag/report/shared.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLE_TIME INT64_C(1795338307123) /* 2026-11-22 09:05:07 UTC */

/* ---- strings ---- */

#define TEN(text) text text text text text text text text text text

static const char *const payloads[] = {
    "<script>document.title='owned'</script>",
    "\"><img src=x onerror=\"document.title='owned'\"> '><b onclick='x'>",
    "</pre></code></title></style></script><svg onload=document.title='owned'>",
    "]]><!-- --><![CDATA[ <?x?> &amp; &#0; &#60;b&#62; &lt;script&gt; \\u003cb\\u003e",
    "| pipe | `tick` ``two`` **bold** __b__ ~~s~~ [x](javascript:alert) ![i](http://evil.example/i)",
    "``` ~~~ # head - [x] done 1. one > quote --- === <https://evil.example/> www.evil.example",
    "@someone #1 owner/repo#2 :tada: $x^2$ *a* _b_ <details> {{ value }} {% x %}",
    "'; touch owned # $(touch owned) `touch owned` %PATH% !x! ${x} & del x",
    "back\\slash \\n \\x1b[31m \\ \\\" \\' \\| \\` ends in one \\",
    "x=\"y\",z='0'} 1e9 # HELP owned 1;2;3;0;9",
    "שלום مرحبا e\xCC\x81\xCC\x82\xCC\x83 郵便受け取り 📧 ＂％＜ ‘’‚‛“”„‟ ¥ ñ",
    TEN(TEN("abc")),
    "=cmd|'/c calc'!A1 +1 -2 @SUM(A1)",
    "javascript:document.title='owned'//",
    "data:text/html,<script>document.title='owned'</script>",
    "OK - all is well | load=0",
    "</body></html><h1>Nothing is wrong</h1><textarea>",
    "#> '@ \"@ <# @' a",
};
enum { PAYLOADS = sizeof payloads / sizeof *payloads };

struct maker {
    struct arena arena;
    bool is_listing;
    bool is_plain;    /* the same report, of words that try nothing */
    const char *part; /* of the report, before the names of its fields */
    unsigned made;    /* strings */
    unsigned beside;  /* strings with numbers of their own, which move nobody else's */
    unsigned turn;    /* of payloads */
};

static void list_string(const struct maker *maker, const char *field, const char *text)
{
    if (!maker->is_listing)
        return;
    printf("%s%s\t", maker->part ? maker->part : "", field);
    for (const char *at = text; *at; at++) {
        if (*at == '\n')
            fputs("\\n", stdout);
        else if (*at == '\\')
            fputs("\\\\", stdout);
        else
            putchar(*at);
    }
    putchar('\n');
}

static const char *payload_of(const struct maker *maker, unsigned number)
{
    return maker->is_plain ? "some words" : payloads[number % PAYLOADS];
}

/* Every string has a number before and behind what it tries, by which a reader finds it again. */
static const char *say(struct maker *maker, const char *field)
{
    const unsigned number = maker->made++;
    const char *payload = payload_of(maker, number + maker->turn);
    const char *text = arena_print(&maker->arena, "q%u %s q%uz", number, payload, number);

    list_string(maker, field, text);
    return text;
}

static const char *say_beside(struct maker *maker, const char *field)
{
    enum { FIRST = 100000 };
    const unsigned number = FIRST + maker->beside++;
    const char *payload = payload_of(maker, number + maker->turn);
    const char *text = arena_print(&maker->arena, "q%u %s q%uz", number, payload, number);

    list_string(maker, field, text);
    return text;
}

/* One that begins with the payload: where the first character decides. */
static const char *say_first(struct maker *maker, const char *field)
{
    const unsigned number = maker->made++;
    const char *payload = payload_of(maker, number + maker->turn);
    const char *text = arena_print(&maker->arena, "%s q%u q%uz", payload, number, number);

    list_string(maker, field, text);
    return text;
}

static const char *say_lines(struct maker *maker, const char *field)
{
    const unsigned number = maker->made++;
    const char *first = payload_of(maker, number + maker->turn);
    const char *second = payload_of(maker, number + maker->turn + 5);
    const char *text = arena_print(&maker->arena, "q%u %s\n%s\n    # %s q%uz", number, first,
                                   second, first, number);

    list_string(maker, field, text);
    return text;
}

/* ---- the hostile report ---- */

enum { SETS = PAYLOADS, STEPS = SHELL_COUNT };

static void write_number(int64_t value, struct buffer *out)
{
    buffer_print(out, "%lld <b>|`\"'</b>", (long long)value);
}

static void write_span(int64_t least, int64_t most, struct buffer *out)
{
    buffer_print(out, "%lld to %lld <b>|`\"'</b>", (long long)least, (long long)most);
}

static struct steps hostile_steps(struct maker *maker, const char *which)
{
    struct step *steps = arena_new(&maker->arena, STEPS, sizeof *steps);
    const char **placeholders = arena_new(&maker->arena, 1, sizeof *placeholders);

    placeholders[0] = say(maker, "step.placeholder");
    for (size_t i = 0; i < STEPS; i++) {
        steps[i] = (struct step){
            .shell = (enum shell)i,
            .kind = (enum step_kind)(i % STEP_KIND_COUNT),
            .where = say(maker, "step.where"),
            .condition =
                i % STEP_KIND_COUNT == STEP_EXACT ? NULL : say_beside(maker, "step.condition"),
            .command = i % 2 ? say_lines(maker, which) : say_first(maker, which),
            .risk = say(maker, "step.risk"),
            .note = say(maker, "step.note"),
            .placeholders = placeholders,
            .placeholder_count = i % STEP_KIND_COUNT == STEP_EXACT ? 0 : 1,
            .is_alternative = i == 2,
        };
    }
    return (struct steps){steps, STEPS};
}

static const struct finding_kind *hostile_kind(struct maker *maker, unsigned set, unsigned nth)
{
    struct finding_kind *kind = arena_new(&maker->arena, 1, sizeof *kind);
    struct reference *references = arena_new(&maker->arena, 3, sizeof *references);

    references[0] = (struct reference){say(maker, nth > 3 ? "unused.title" : "reference.title"),
                                       say_first(maker, "reference.url")};
    references[1] =
        (struct reference){say_first(maker, nth > 3 ? "unused.title" : "reference.title"), NULL};
    kind->id = arena_print(&maker->arena, "hostile-%u-%u", set, nth);
    kind->severity = (enum severity)(nth % SEVERITY_COUNT);
    kind->title = say(maker, "kind.title");
    kind->no_undo = say(maker, nth == 1 ? "kind.no_undo" : "unused.no_undo");
    kind->cost = say(maker, "kind.cost");
    kind->references = references;
    return kind;
}

/* The name of a file is no text. */
static const struct subject *hostile_subject(struct maker *maker, unsigned set, unsigned nth)
{
    struct subject *subject = arena_new(&maker->arena, 1, sizeof *subject);

    subject->kind = (enum subject_kind)(nth % SUBJECT_KIND_COUNT);
    subject->shown =
        say_first(maker, subject->kind == SUBJECT_FILE ? "file.shown" : "subject.shown");
    subject->name = subject->shown;
    if (subject->kind == SUBJECT_FILE)
        subject->name = maker->is_plain ? subject->shown
                                        : arena_print(&maker->arena,
                                                      "/tmp/%u\n\x1b]0;owned\x07%s\xff\r\t\xc2\x9b",
                                                      set, payloads[set % PAYLOADS]);
    subject->given = nth % 2;
    subject->host = subject->kind == SUBJECT_FILE ? say(maker, "subject.host") : NULL;
    return subject;
}

static const struct seen *hostile_seen(struct maker *maker, size_t count)
{
    struct seen *seen = arena_new(&maker->arena, count, sizeof *seen);

    for (size_t i = 0; i < count; i++) {
        seen[i] = (struct seen){say_first(maker, "seen.text"),
                                say(maker, "seen.source"),
                                SAMPLE_TIME + (int64_t)i * 1000,
                                i == 2,
                                0,
                                0};
        seen[i].mark_start = i;
        seen[i].mark_end = i * 7; /* also beyond what a short text has, and of nothing */
    }
    return seen;
}

static const struct series *hostile_series(struct maker *maker)
{
    static const int64_t values[] = {0, 1, 5, 3, INT64_C(900000000000)};
    struct series *series = arena_new(&maker->arena, 1, sizeof *series);
    struct series_kind *kind = arena_new(&maker->arena, 1, sizeof *kind);

    kind->id = "hostile-series";
    kind->title = say(maker, "series.title");
    kind->unit = say(maker, "series.unit");
    kind->step = say(maker, "series.step");
    kind->write = write_number;
    *series = (struct series){kind, say(maker, "series.remark"), 1, values, 5};
    return series;
}

static const struct tree *hostile_tree(struct maker *maker)
{
    struct tree *tree = arena_new(&maker->arena, 1, sizeof *tree);
    struct tree_kind *kind = arena_new(&maker->arena, 1, sizeof *kind);
    struct tree_node *nodes = arena_new(&maker->arena, PICTURE_STANDING_COUNT, sizeof *nodes);

    kind->id = "hostile-tree";
    kind->title = say(maker, "tree.title");
    kind->unit = say(maker, "tree.unit");
    kind->limit = say(maker, "tree.limit");
    kind->most = 2;
    kind->in_text = true;
    for (unsigned i = 0; i < PICTURE_STANDING_COUNT; i++)
        nodes[i] = (struct tree_node){.label = say_first(maker, "tree.label"),
                                      .remark = say(maker, "tree.remark"),
                                      .level = i,
                                      .number = i,
                                      .cost = PICTURE_STANDING_COUNT - i,
                                      .standing = (enum picture_standing)i};
    tree_arrange(kind, nodes, PICTURE_STANDING_COUNT, TREE_NODES_MOST, PICTURE_STANDING_COUNT,
                 &maker->arena, tree);
    return tree;
}

static const struct timeline *hostile_timeline(struct maker *maker)
{
    struct timeline *timeline = arena_new(&maker->arena, 1, sizeof *timeline);
    struct timeline_kind *kind = arena_new(&maker->arena, 1, sizeof *kind);
    struct timeline_stop *stops = arena_new(&maker->arena, 3, sizeof *stops);
    struct timeline_row *rows = arena_new(&maker->arena, TIMELINE_END_COUNT, sizeof *rows);

    stops[0] = (struct timeline_stop){1000, "1 <b>|`\"", say(maker, "stop.limit")};
    stops[1] = (struct timeline_stop){300000, "5 min", NULL};
    kind->id = "hostile-timeline";
    kind->title = say(maker, "timeline.title");
    kind->stops = stops;
    kind->reach = 1000;
    for (size_t i = 0; i < TIMELINE_END_COUNT; i++)
        rows[i] = (struct timeline_row){
            .group = say_first(maker, "row.group"),
            .name = say_first(maker, "row.name"),
            .detail = say(maker, "row.detail"),
            .phases = {{TIMELINE_CONNECTING, 0, 100}, {TIMELINE_SILENT, 100, 60000}},
            .phase_count = 2,
            .end = (enum timeline_end)i,
            .standing = (enum picture_standing)(i % PICTURE_STANDING_COUNT)};
    timeline_arrange(kind, rows, TIMELINE_END_COUNT, TIMELINE_ROWS_MOST, &maker->arena, timeline);
    return timeline;
}

static const struct acceptance *hostile_acceptance(struct maker *maker,
                                                   const struct finding *finding)
{
    struct acceptance *accepted = arena_new(&maker->arena, 1, sizeof *accepted);

    *accepted =
        (struct acceptance){finding->kind->id, "*", "2027-01-31", say(maker, "acceptance.reason")};
    return accepted;
}

static struct finding *hostile_finding(struct maker *maker, unsigned set, unsigned nth)
{
    static const enum outcome outcomes[] = {OUTCOME_PROBLEM,       OUTCOME_PROBLEM, OUTCOME_PROBLEM,
                                            OUTCOME_PROBLEM,       OUTCOME_UNKNOWN, OUTCOME_OK,
                                            OUTCOME_NOT_APPLICABLE};
    static const char *const parts[] = {NULL, NULL, NULL, "accepted.", NULL, "ok.", "n/a."};
    const char *part = maker->part;
    struct finding *finding = arena_new(&maker->arena, 1, sizeof *finding);

    if (!maker->part && nth >= 3)
        maker->part = parts[nth];
    finding->kind = hostile_kind(maker, set, nth);
    finding->probe = "mx";
    finding->outcome = outcomes[nth];
    finding->severity = finding->kind->severity;
    finding->rank = finding->severity;
    finding->subject = hostile_subject(maker, set, nth);
    finding->title = say_first(maker, "finding.title");
    if (finding->outcome == OUTCOME_OK || finding->outcome == OUTCOME_NOT_APPLICABLE) {
        maker->part = part;
        return finding;
    }
    finding->why = say(maker, finding->outcome == OUTCOME_UNKNOWN ? "unknown.why" : "finding.why");
    finding->seen = hostile_seen(maker, 3);
    finding->seen_count = 3;
    finding->series = hostile_series(maker);
    finding->series_count = 1;
    finding->fix = hostile_steps(maker, "fix.command");
    if (finding->outcome == OUTCOME_PROBLEM) {
        finding->verify = hostile_steps(maker, "verify.command");
        if (nth != 1) /* which says why there is none */
            finding->undo = hostile_steps(maker, "undo.command");
    }
    if (nth == 0) {
        finding->tree = hostile_tree(maker);
        finding->expired = hostile_acceptance(maker, finding);
        finding->history = (struct history){.change = CHANGE_BACK,
                                            .since = SAMPLE_TIME,
                                            .before = SAMPLE_TIME - 100000,
                                            .earlier = SAMPLE_TIME - 200000,
                                            .runs = 2,
                                            .as_of = SAMPLE_TIME};
    }
    if (nth == 1)
        finding->timeline = hostile_timeline(maker);
    if (nth == 3) {
        finding->accepted = hostile_acceptance(maker, finding);
        maker->part = part;
    }
    return finding;
}

static const struct chart *hostile_chart(struct maker *maker)
{
    static const struct scale_stop stops[] = {{1000, "1 <b>|`\""}, {60000, "1 min"}, {0, NULL}};
    struct chart *chart = arena_new(&maker->arena, 1, sizeof *chart);
    struct scale *scale = arena_new(&maker->arena, 1, sizeof *scale);
    struct span spans[4] = {{0}};

    *scale = (struct scale){.id = "hostile-scale",
                            .title = say(maker, "scale.title"),
                            .unit = say(maker, "scale.unit"),
                            .limit = say(maker, "scale.limit"),
                            .stops = stops,
                            .warning = 500,
                            .write = write_span};
    for (size_t i = 0; i < 4; i++)
        spans[i] = (struct span){say_first(maker, "span.name"),
                                 say(maker, "span.role"),
                                 (int64_t)i * 30000,
                                 (int64_t)i * 30000 + 40,
                                 i == 0,
                                 false,
                                 50000,
                                 say(maker, "span.group"),
                                 i == 2};
    chart_arrange(scale, spans, 4, &maker->arena, chart);
    return chart;
}

static const struct report_run *hostile_runs(struct maker *maker)
{
    struct report_run *runs = arena_new(&maker->arena, 2, sizeof *runs);

    for (size_t i = 0; i < 2; i++) {
        runs[i].source = say_first(maker, "run.source");
        runs[i].started = SAMPLE_TIME - 86400000 + (int64_t)i * 86400000;
        runs[i].finished = runs[i].started + 1000;
        runs[i].complete = runs[i].redacted = i == 1;
        runs[i].machine = say_first(maker, "run.machine");
        runs[i].has_offset = true;
        runs[i].offset = 60;
        runs[i].remark = say(maker, "run.remark");
    }
    return runs;
}

/* Problems of older runs: one of each state. */
static void make_past(struct maker *maker, struct report *report)
{
    struct past *past = arena_new(&maker->arena, PAST_COUNT, sizeof *past);

    maker->part = "past.";
    for (unsigned i = 0; i < PAST_COUNT; i++) {
        past[i] =
            (struct past){hostile_finding(maker, SETS + i, i % 3),
                          (enum past_state)i,
                          SAMPLE_TIME - 86400000,
                          SAMPLE_TIME - 86400000,
                          SAMPLE_TIME,
                          i == PAST_UNKNOWN || i == PAST_NOT_COMPARABLE ? say(maker, "why") : NULL};
        report->past_counts[i] = 1;
    }
    maker->part = NULL;
    report->past = past;
    report->past_count = PAST_COUNT;
    report->is_history = true;
}

/* No two may have the same name, which a number in each sees to. */
static void make_measures(struct maker *maker, struct report *report)
{
    static const struct gauge gauge = {.id = "hostile_seconds",
                                       .help = "What tries to leave its place",
                                       .decimals = 3,
                                       .is_in_seconds = true,
                                       .is_signed = true,
                                       .warning = 1000,
                                       .critical = 5000};
    struct measure *measures = arena_new(&maker->arena, SETS, sizeof *measures);

    for (size_t i = 0; i < SETS; i++)
        measures[i] = (struct measure){&gauge,
                                       say_first(maker, "measure.subject"),
                                       i % 2 ? say(maker, "measure.part") : NULL,
                                       -1500,
                                       1000,
                                       5000};
    report->measures = measures;
    report->measure_count = SETS;
}

static void make_idle_acceptance(struct maker *maker, struct report *report)
{
    const struct acceptance **list = arena_new(&maker->arena, 1, sizeof *list);
    struct acceptance *idle = arena_new(&maker->arena, 1, sizeof *idle);

    *idle = (struct acceptance){"spf-none", say(maker, "idle.subject"), "2027-01-31",
                                say(maker, "idle.reason")};
    list[0] = idle;
    report->idle_acceptances = list;
    report->idle_acceptance_count = 1;
}

static int compare_findings(const void *a, const void *b)
{
    return finding_compare(*(const struct finding *const *)a, *(const struct finding *const *)b);
}

static int compare_subjects(const void *a, const void *b)
{
    return subject_compare(*(const struct subject *const *)a, *(const struct subject *const *)b);
}

/* Puts the findings in order, counts them and lists their subjects. */
static void finish_report(struct maker *maker, struct report *report,
                          const struct finding **findings, size_t count)
{
    const struct subject **subjects = arena_new(&maker->arena, count, sizeof *subjects);
    size_t subject_count = 0;

    qsort((void *)findings, count, sizeof *findings, compare_findings);
    for (size_t i = 0; i < count; i++) {
        if (findings[i]->accepted)
            report->accepted_count++;
        else
            report->counts[findings[i]->outcome]++;
        subjects[i] = findings[i]->subject;
    }
    qsort((void *)subjects, count, sizeof *subjects, compare_subjects);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || subjects[i] != subjects[subject_count - 1])
            subjects[subject_count++] = subjects[i];
    }
    report->findings = findings;
    report->finding_count = count;
    report->subjects = subjects;
    report->subject_count = subject_count;
}

static void explain(struct maker *maker, struct finding *finding, const struct finding *cause)
{
    const struct finding **causes = arena_new(&maker->arena, 1, sizeof *causes);

    causes[0] = cause;
    finding->explained_by = causes;
    finding->explained_by_count = 1;
}

static void make_hostile(struct maker *maker, struct report *report)
{
    enum { EACH = 7 };
    const struct finding **findings = arena_new(&maker->arena, SETS * EACH, sizeof *findings);

    report->title = say_first(maker, "report.title");
    report->version = "0.1.0";
    report->runs = hostile_runs(maker);
    report->run_count = 2;
    report->charts = hostile_chart(maker);
    report->chart_count = 1;
    for (unsigned set = 0; set < SETS; set++) {
        struct finding *made[EACH];

        for (unsigned nth = 0; nth < EACH; nth++)
            findings[set * EACH + nth] = made[nth] = hostile_finding(maker, set, nth);
        explain(maker, made[2], made[0]);
        maker->turn += 5;
    }
    make_past(maker, report);
    make_measures(maker, report);
    make_idle_acceptance(maker, report);
    report->change_counts[CHANGE_BACK] = SETS;
    report->change_counts[CHANGE_NONE] = SETS * 2;
    finish_report(maker, report, findings, SETS * EACH);
}

/* ---- many findings ---- */

static const struct step many_fix[] = {
    {.shell = SHELL_DNS,
     .kind = STEP_DECIDE,
     .where = "in the zone of the domain, at the provider where it is edited",
     .command = "example.com. 3600 IN TXT \"v=spf1 mx ip4:192.0.2.0/24 -all\"",
     .risk = "receivers reject what the record forgets, so read the DMARC reports first",
     .note = "the record costs 1 of the 10 lookups that receivers grant"},
    {.shell = SHELL_MANUAL,
     .kind = STEP_EXACT,
     .where = "where the zone is edited",
     .command = "Raise the serial number and wait until the old record's time to live is over."},
};
static const struct step many_verify[] = {
    {.shell = SHELL_SH,
     .kind = STEP_EXACT,
     .where = "anywhere",
     .command = "exdiag check example.com --only spf",
     .note = "spf-none is gone"},
};
static const struct step many_undo[] = {
    {.shell = SHELL_MANUAL,
     .kind = STEP_EXACT,
     .where = "in the zone",
     .command = "Delete the record."},
};
static const struct reference many_references[] = {
    {"RFC 7208 section 4.5, selecting records",
     "https://www.rfc-editor.org/rfc/rfc7208#section-4.5"},
    {NULL, NULL},
};
static const struct finding_kind many_kinds[] = {
    {.id = "spf-none",
     .severity = SEVERITY_CRITICAL,
     .references = many_references,
     .title = "no record",
     .cost = "Mail of the domain is taken for forged."},
    {.id = "mx-banner-slow",
     .severity = SEVERITY_WARNING,
     .references = many_references,
     .title = "slow",
     .cost = "Mail from outside arrives late."},
    {.id = "spf-type-99", .severity = SEVERITY_INFO, .references = many_references, .title = "old"},
};

struct many {
    bool is_alike; /* the same repair for all */
    bool is_mixed; /* also unknown and right ones, chains of causes, series */
};

static struct steps many_steps(struct maker *maker, const struct many *many,
                               const struct step *list, size_t count, unsigned nth)
{
    struct step *steps;

    if (many->is_alike)
        return (struct steps){list, count};
    steps = arena_new(&maker->arena, count, sizeof *steps);
    for (size_t i = 0; i < count; i++) {
        steps[i] = list[i];
        steps[i].command = arena_print(&maker->arena, "%s # %u", list[i].command, nth);
    }
    return (struct steps){steps, count};
}

static const struct seen *many_seen(struct maker *maker, unsigned nth)
{
    struct seen *seen = arena_new(&maker->arena, 2, sizeof *seen);

    seen[0] =
        (struct seen){"no TXT record begins with v=spf1",
                      arena_print(&maker->arena, "TXT domain%05u.example.com at 192.0.2.53", nth),
                      SAMPLE_TIME + nth,
                      false,
                      0,
                      2};
    seen[1] =
        (struct seen){arena_print(&maker->arena, "the zone has the serial number %u", nth),
                      arena_print(&maker->arena, "SOA domain%05u.example.com at 192.0.2.53", nth),
                      SAMPLE_TIME + nth,
                      false,
                      0,
                      0};
    return seen;
}

static struct finding *many_finding(struct maker *maker, const struct many *many, unsigned nth)
{
    static const enum outcome outcomes[] = {OUTCOME_PROBLEM, OUTCOME_UNKNOWN, OUTCOME_OK,
                                            OUTCOME_PROBLEM};
    struct finding *finding = arena_new(&maker->arena, 1, sizeof *finding);
    struct subject *subject = arena_new(&maker->arena, 1, sizeof *subject);

    subject->kind = SUBJECT_DOMAIN;
    subject->name = subject->shown = arena_print(&maker->arena, "domain%05u.example.com", nth);
    *finding = (struct finding){
        .kind = &many_kinds[many->is_mixed ? nth % 3 : 0],
        .probe = "spf",
        .outcome = many->is_mixed ? outcomes[nth % 4] : OUTCOME_PROBLEM,
        .subject = subject,
        .title = many->is_alike
                     ? "no SPF record is published"
                     : arena_print(&maker->arena, "%u receivers find no SPF record", nth),
        .why =
            "Receivers cannot tell the servers of the domain from those of others, so that DMARC and "
            "spam filters count this against every message.",
        .seen = many_seen(maker, nth),
        .seen_count = 2,
        .fix = many_steps(maker, many, many_fix, 2, nth),
        .verify = many_steps(maker, many, many_verify, 1, nth),
        .undo = many_steps(maker, many, many_undo, 1, nth),
    };
    finding->rank = finding->severity = finding->kind->severity;
    return finding;
}

static void make_many(struct maker *maker, const struct many *many, unsigned count,
                      struct report *report)
{
    const struct finding **findings = arena_new(&maker->arena, count, sizeof *findings);
    struct report_run *run = arena_new(&maker->arena, 1, sizeof *run);
    struct finding *before = NULL;

    run->source = "evidence.jsonl";
    run->started = SAMPLE_TIME;
    run->finished = SAMPLE_TIME + 60000;
    run->complete = true;
    report->version = "0.1.0";
    report->runs = run;
    report->run_count = 1;
    for (unsigned i = 0; i < count; i++) {
        struct finding *finding = many_finding(maker, many, i);

        if (many->is_mixed && before && i % 10 != 0 && finding->outcome == OUTCOME_PROBLEM) {
            finding->due_to = *before->subject;
            explain(maker, finding, before);
        } else if (finding->outcome == OUTCOME_PROBLEM) {
            before = finding;
        }
        findings[i] = finding;
    }
    finish_report(maker, report, findings, count);
}

/* ---- the command line ---- */

static int write_report(const char *format, const char *how, const struct report *report)
{
    const struct report_format *writer = report_format_find(format);
    const struct report_options options = {
        .columns = strcmp(how, "narrow") == 0 ? 40 : 80,
        .colours = strcmp(how, "colours") == 0,
        .verbose = strcmp(how, "terse") != 0,
        .ascii = strcmp(how, "ascii") == 0,
    };

    if (strcmp(format, "runbook") == 0)
        return report_runbook(report, stdout) == STATUS_OK ? 0 : 1;
    if (strcmp(format, "changes") == 0)
        return report_changes_text(report, &options, stdout) == STATUS_OK ? 0 : 1;
    if (writer)
        return writer->write(report, &options, stdout) == STATUS_OK ? 0 : 1;
    fprintf(stderr, "report_samples: there is no format '%s'\n", format);
    return 2;
}

static int list_formats(void)
{
    for (const struct report_format *format = report_formats; format->name; format++)
        puts(format->name);
    return 0;
}

int main(int count, char **arguments)
{
    struct maker maker = {0};
    struct report report = {0};
    const char *what = count > 1 ? arguments[1] : "";
    int status = 2;

    if (count == 2 && strcmp(what, "formats") == 0) {
        status = list_formats();
    } else if (count == 2 && strcmp(what, "strings") == 0) {
        maker.is_listing = true;
        make_hostile(&maker, &report);
        status = 0;
    } else if (count >= 3 && (strcmp(what, "hostile") == 0 || strcmp(what, "plain") == 0)) {
        maker.is_plain = strcmp(what, "plain") == 0;
        maker.turn = count > 3 ? (unsigned)strtoul(arguments[3], NULL, 10) : 0;
        make_hostile(&maker, &report);
        status = write_report(arguments[2], count > 3 ? arguments[3] : "", &report);
    } else if (count == 5 && strcmp(what, "many") == 0) {
        const struct many many = {strcmp(arguments[3], "alike") == 0,
                                  strcmp(arguments[3], "mixed") == 0};

        make_many(&maker, &many, (unsigned)strtoul(arguments[4], NULL, 10), &report);
        status = write_report(arguments[2], "terse", &report);
    } else {
        fprintf(stderr, "usage: report_samples formats|strings|hostile FORMAT [HOW]|plain FORMAT|"
                        "many FORMAT SHAPE COUNT\n");
    }
    arena_release(&maker.arena);
    return status;
}
