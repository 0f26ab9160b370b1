/*
 * A report of many alike: what is told of several subjects in one piece. Each sort of difference
 * between members is in it once.
 */
#ifndef EXDIAG_TESTS_GOLDEN_FLEET_H
#define EXDIAG_TESTS_GOLDEN_FLEET_H

#include "tests/golden/sample.h"

#include <stdio.h>
#include <string.h>

#define FLEET_WEEK ((int64_t)7 * 24 * 3600 * 1000)

enum { FLEET_DOMAINS = 8, FLEET_SERVERS = 4, FLEET_TEXT = 160 };

struct fleet {
    char names[FLEET_DOMAINS + FLEET_SERVERS][FLEET_TEXT];
    char texts[16 * (FLEET_DOMAINS + FLEET_SERVERS)][FLEET_TEXT];
    size_t text_count;
    struct subject domains[FLEET_DOMAINS];
    struct subject servers[FLEET_SERVERS];
    struct step steps[FLEET_DOMAINS + FLEET_SERVERS][8];
    struct seen seen[FLEET_DOMAINS + FLEET_SERVERS][2];
    struct finding findings[FLEET_DOMAINS + 4 * FLEET_SERVERS];
    const struct finding *causes[FLEET_SERVERS];
    const struct finding *list[FLEET_DOMAINS + 4 * FLEET_SERVERS];
    size_t count;
    struct past past[3];
    struct report_run run;
    struct report report;
};

static const struct reference fleet_references[] = {
    {"RFC 7208 section 3", "https://www.rfc-editor.org/rfc/rfc7208#section-3"},
    {"RFC 7208 section 8", "https://www.rfc-editor.org/rfc/rfc7208#section-8"},
    {NULL, NULL},
};
static const struct finding_kind fleet_spf_none = {
    .id = "spf-none",
    .severity = SEVERITY_WARNING,
    .cost = "Anybody can send mail in the company's name.",
    .repair = "Publish an SPF record that names every sender.",
    .references = fleet_references};
static const struct finding_kind fleet_hierarchy = {
    .id = "time-hierarchy",
    .severity = SEVERITY_WARNING,
    .cost = "Logons fail once the clocks are too far apart.",
    .repair = "Have the machine follow the domain's time again.",
    .no_undo = "what was wrong stays right"};
static const struct finding_kind fleet_skew = {.id = "clock-skew", .severity = SEVERITY_CRITICAL};
static const struct finding_kind fleet_build = {.id = "exchange-build-behind",
                                                .severity = SEVERITY_WARNING};
static const struct finding_kind fleet_mixed = {.id = "exchange-build-mixed",
                                                .severity = SEVERITY_WARNING};
static const struct acceptance fleet_expired = {"clock-skew", "*", "2026-10-31",
                                                "the servers move in October"};
/* What steps are made of: those that have the same one are the same step. */
static const struct step_template fleet_templates[8] = {
    {.shell = SHELL_SH, .also_powershell = true}};

static const char *fleet_print(struct fleet *fleet, const char *format, const char *name)
{
    char *text = fleet->texts[fleet->text_count++];
    const char *at = strstr(format, "{}");

    if (at)
        snprintf(text, FLEET_TEXT, "%.*s%s%s", (int)(at - format), format, name, at + 2);
    else
        snprintf(text, FLEET_TEXT, "%s", format);
    return text;
}

static struct finding *fleet_add(struct fleet *fleet, const struct finding_kind *kind,
                                 const char *probe, const struct subject *subject)
{
    struct finding *finding = &fleet->findings[fleet->count];

    *finding = (struct finding){.kind = kind,
                                .probe = probe,
                                .outcome = OUTCOME_PROBLEM,
                                .severity = kind->severity,
                                .rank = kind->severity,
                                .subject = subject};
    fleet->list[fleet->count++] = finding;
    return finding;
}

/* All is alike but the name: the record, the look at it, and where it was seen. */
static void fleet_domain(struct fleet *fleet, size_t i)
{
    const char *name = fleet->domains[i].name;
    struct finding *finding = fleet_add(fleet, &fleet_spf_none, "spf", &fleet->domains[i]);
    struct step *steps = fleet->steps[i];

    finding->title = "no SPF record is published";
    finding->why = "Without a record anybody can send as this domain, and no receiver can tell.";
    fleet->seen[i][0] = (struct seen){"no SPF record",
                                      fleet_print(fleet, "TXT {} from 192.0.2.53", name),
                                      SAMPLE_TIME + 1000 * (int64_t)i,
                                      false,
                                      0,
                                      0};
    finding->seen = fleet->seen[i];
    finding->seen_count = 1;
    steps[0] =
        (struct step){.shell = SHELL_DNS,
                      .kind = STEP_DECIDE,
                      .where = fleet_print(fleet, "the zone of {}, at whoever hosts it", name),
                      .command = fleet_print(fleet, "{}. IN TXT \"v=spf1 mx ~all\"", name),
                      .risk = "senders that the record forgets are treated with suspicion"};
    steps[1] = (struct step){.shell = SHELL_SH,
                             .where = "a machine with exdiag",
                             .command = fleet_print(fleet, "exdiag check {} --only spf", name),
                             .from = &fleet_templates[0]};
    steps[2] = (struct step){.shell = SHELL_SH,
                             .where = "any machine with dig",
                             .command = fleet_print(fleet, "dig +short -t TXT -q {}", name),
                             .is_alternative = true};
    steps[3] = (struct step){.shell = SHELL_MANUAL,
                             .where = fleet_print(fleet, "the zone of {}", name),
                             .command = "Delete the record that was added."};
    finding->fix = (struct steps){steps, 1};
    finding->verify = (struct steps){steps + 1, 2};
    finding->undo = (struct steps){steps + 3, 1};
}

/* Machines that call themselves EX01: the same lines on each of them. */
static void fleet_server(struct fleet *fleet, size_t i)
{
    static const char *const short_names[FLEET_SERVERS] = {"EX01", "EX02", "EX03", "EX04"};
    struct finding *finding = fleet_add(fleet, &fleet_hierarchy, "clock", &fleet->servers[i]);
    struct step *steps = fleet->steps[FLEET_DOMAINS + i];
    struct seen *seen = fleet->seen[FLEET_DOMAINS + i];
    const char *where = fleet_print(fleet, "{}, as administrator", short_names[i]);

    finding->title = fleet_print(fleet, "{} does not follow the domain's time", short_names[i]);
    finding->why = "A machine that leaves the chain is right only by chance.";
    finding->rank = SEVERITY_CRITICAL;
    finding->history =
        (struct history){.change = CHANGE_STILL, .since = SAMPLE_TIME - FLEET_WEEK, .runs = 2};
    seen[0] = (struct seen){fleet_print(fleet, "{} follows time.example.net", short_names[i]),
                            fleet_print(fleet, "export-{}.reg", short_names[FLEET_SERVERS - 1 - i]),
                            SAMPLE_TIME,
                            true,
                            0,
                            0};
    finding->seen = seen;
    finding->seen_count = 1;
    steps[0] = (struct step){.shell = SHELL_CMD,
                             .where = where,
                             .command = "w32tm /config /syncfromflags:domhier /update"};
    steps[1] = (struct step){.shell = SHELL_CMD, .where = where, .command = "net stop w32time"};
    steps[2] = (struct step){.shell = SHELL_CMD, .where = where, .command = "net start w32time"};
    steps[3] = (struct step){.shell = SHELL_CMD,
                             .where = where,
                             .command = "w32tm /resync /rediscover",
                             .risk = "a clock that is far off is set at once"};
    finding->fix = (struct steps){steps, 4};
}

/* Titles, commands and notes of their own; what it follows from is an entry itself. */
static void fleet_clock(struct fleet *fleet, size_t i)
{
    static const char *const spans[FLEET_SERVERS] = {"7 min", "8 min", "9 min", "10 min"};
    struct finding *finding = fleet_add(fleet, &fleet_skew, "clock", &fleet->servers[i]);
    struct step *step = &fleet->steps[FLEET_DOMAINS + i][6];

    finding->title = fleet_print(fleet, "its clock is {} behind", spans[i]);
    finding->why = fleet_print(fleet, "Kerberos refuses whoever is {} off.", spans[i]);
    fleet->causes[i] = &fleet->findings[FLEET_DOMAINS + i];
    finding->explained_by = &fleet->causes[i];
    finding->explained_by_count = 1;
    finding->expired = i == 1 ? &fleet_expired : NULL;
    finding->history = (struct history){.change = i == 3 ? CHANGE_NEW : CHANGE_STILL,
                                        .since = SAMPLE_TIME - (i == 3 ? 0 : FLEET_WEEK),
                                        .before = SAMPLE_TIME - 2 * FLEET_WEEK,
                                        .runs = 2};
    *step = (struct step){.shell = SHELL_POWERSHELL,
                          .kind = i == 2 ? STEP_FILL_IN : STEP_EXACT,
                          .where = "any domain controller",
                          .command = fleet_print(fleet,
                                                 i == 2 ? "w32tm /stripchart /computer:'<computer>'"
                                                        : "w32tm /stripchart /computer:'{}'",
                                                 fleet->servers[i].name),
                          .note = i < 2 ? "an even answer" : "an odd answer",
                          .from = &fleet_templates[1]};
    if (i == 2) {
        static const char *const placeholders[] = {"computer"};

        step->placeholders = placeholders;
        step->placeholder_count = 1;
    }
    step[1] = (struct step){
        .shell = SHELL_POWERSHELL,
        .where = "any domain controller",
        .command = fleet_print(fleet, "w32tm /resync /computer:'{}'", fleet->servers[i].name),
        .risk = "the clock jumps",
        .note = "again until it is right",
        .from = &fleet_templates[2]};
    finding->fix = (struct steps){step, 2};
}

/* Not known for the same reason, under two names: what would make it known is said once. */
static void fleet_unknown(struct fleet *fleet, const struct finding_kind *kind, size_t i)
{
    struct finding *finding = fleet_add(fleet, kind, "build", &fleet->servers[i]);
    struct step *step = &fleet->steps[FLEET_DOMAINS + i][5];

    finding->outcome = OUTCOME_UNKNOWN;
    finding->title = "its build is not known";
    *step = (struct step){
        .shell = SHELL_EMS,
        .where = "any Exchange server",
        .command = fleet_print(fleet, "Get-ExchangeServer -Identity '{}'", fleet->servers[i].name)};
    finding->fix = (struct steps){step, 1};
}

static void fleet_subjects(struct fleet *fleet)
{
    for (size_t i = 0; i < FLEET_DOMAINS; i++) {
        char *name = fleet->names[i];

        snprintf(name, FLEET_TEXT, "domain-%zu.example", i + 1);
        fleet->domains[i] = (struct subject){SUBJECT_DOMAIN, name, name, true, NULL};
    }
    for (size_t i = 0; i < FLEET_SERVERS; i++) {
        char *name = fleet->names[FLEET_DOMAINS + i];

        snprintf(name, FLEET_TEXT, "ex0%zu.example.com", i + 1);
        fleet->servers[i] = (struct subject){SUBJECT_SERVER, name, name, true, NULL};
    }
}

/* What was wrong before: repaired, not known, and not looked for again. */
static void fleet_past(struct fleet *fleet)
{
    static const enum past_state states[] = {PAST_FIXED, PAST_UNKNOWN, PAST_NOT_COMPARABLE};

    for (size_t i = 0; i < COUNT(states); i++)
        fleet->past[i] = (struct past){.finding = i ? &sample_exps : &sample_spf,
                                       .state = states[i],
                                       .first_seen = SAMPLE_TIME - 2 * FLEET_WEEK,
                                       .last_seen = SAMPLE_TIME - FLEET_WEEK,
                                       .gone = SAMPLE_TIME,
                                       .why = i ? "it waited 30 s, not 60 s" : NULL};
    fleet->report.past = fleet->past;
    fleet->report.past_count = COUNT(states);
    fleet->report.is_history = true;
    fleet->report.change_counts[CHANGE_NEW] = 1;
    fleet->report.change_counts[CHANGE_STILL] = 2 * FLEET_SERVERS - 1;
    fleet->report.past_counts[PAST_FIXED] = 1;
}

static inline const struct report *fleet_report(struct fleet *fleet)
{
    memset(fleet, 0, sizeof *fleet);
    fleet_subjects(fleet);
    for (size_t i = 0; i < FLEET_DOMAINS; i++)
        fleet_domain(fleet, i);
    for (size_t i = 0; i < FLEET_SERVERS; i++)
        fleet_server(fleet, i);
    for (size_t i = 0; i < FLEET_SERVERS; i++)
        fleet_clock(fleet, i);
    for (size_t i = 0; i < FLEET_SERVERS; i++) {
        fleet_unknown(fleet, &fleet_build, i);
        fleet_unknown(fleet, &fleet_mixed, i);
    }
    fleet->run = (struct report_run){
        .started = SAMPLE_TIME, .finished = SAMPLE_TIME + 9000, .complete = true};
    fleet->report =
        (struct report){.version = "0.1.0",
                        .runs = &fleet->run,
                        .run_count = 1,
                        .findings = fleet->list,
                        .finding_count = fleet->count,
                        .counts = {[OUTCOME_PROBLEM] = FLEET_DOMAINS + 2 * FLEET_SERVERS,
                                   [OUTCOME_UNKNOWN] = 2 * FLEET_SERVERS}};
    fleet_past(fleet);
    return &fleet->report;
}

#endif
