/*
 * Servers that lack the same: each is drained, repaired by hand and put back, by lines that differ
 * in its name alone.
 */
#ifndef EXDIAG_TESTS_GOLDEN_SERVERS_H
#define EXDIAG_TESTS_GOLDEN_SERVERS_H

#include "diag/finding.h"

#include <stdio.h>
#include <string.h>

enum { SERVERS_MOST = 10, SERVERS_STEPS = 4, SERVERS_TEXT = 64 };

struct servers {
    char texts[SERVERS_MOST][7][SERVERS_TEXT];
    struct subject subjects[SERVERS_MOST];
    struct step steps[SERVERS_MOST][SERVERS_STEPS];
    struct seen seen[SERVERS_MOST];
    struct finding findings[SERVERS_MOST];
    const struct finding *list[SERVERS_MOST];
    struct report report;
};

static const struct finding_kind servers_behind = {.id = "behind", .severity = SEVERITY_WARNING};
static const struct step_template servers_templates[SERVERS_STEPS];

static inline void servers_add(struct servers *servers, size_t i)
{
    static const char *const formats[7] = {"ex%02u.contoso.com",
                                           "Set-It 'ex%02u.contoso.com' Draining",
                                           "Suspend-It 'ex%02u'",
                                           "ex%02u.contoso.com, as administrator",
                                           "Set-It 'ex%02u.contoso.com' Active",
                                           "GET https://ex%02u.contoso.com/owa/",
                                           "if ex%02u.contoso.com is of a group"};
    char(*texts)[SERVERS_TEXT] = servers->texts[i];

    for (size_t j = 0; j < 7; j++)
        snprintf(texts[j], SERVERS_TEXT, formats[j], (unsigned)i + 1);
    servers->subjects[i] = (struct subject){SUBJECT_SERVER, texts[0], texts[0], true, NULL};
    servers->seen[i] = (struct seen){.text = "15.2.1", .source = texts[5]};
    servers->steps[i][0] = (struct step){.shell = SHELL_EMS,
                                         .where = "any Exchange server",
                                         .command = texts[1],
                                         .risk = "it takes no mail"};
    servers->steps[i][1] = (struct step){.shell = SHELL_EMS,
                                         .kind = STEP_DECIDE,
                                         .condition = texts[6],
                                         .where = texts[0],
                                         .command = texts[2],
                                         .note = "only for a while"};
    servers->steps[i][2] = (struct step){.shell = SHELL_MANUAL,
                                         .where = texts[3],
                                         .command = "Install it.",
                                         .risk = "services are down"};
    servers->steps[i][3] = (struct step){.shell = SHELL_EMS,
                                         .where = "any Exchange server",
                                         .command = texts[4],
                                         .note = "it serves again"};
    for (size_t j = 0; j < SERVERS_STEPS; j++)
        servers->steps[i][j].from = &servers_templates[j];
    servers->findings[i] = (struct finding){.kind = &servers_behind,
                                            .probe = "build",
                                            .outcome = OUTCOME_PROBLEM,
                                            .severity = SEVERITY_WARNING,
                                            .rank = SEVERITY_WARNING,
                                            .subject = &servers->subjects[i],
                                            .title = "it is behind",
                                            .seen = &servers->seen[i],
                                            .seen_count = 1,
                                            .fix = {servers->steps[i], SERVERS_STEPS}};
    servers->list[i] = &servers->findings[i];
}

static inline const struct report *servers_report(struct servers *servers, size_t count)
{
    memset(servers, 0, sizeof *servers);
    for (size_t i = 0; i < count; i++)
        servers_add(servers, i);
    servers->report = (struct report){.version = "0.1.0",
                                      .findings = servers->list,
                                      .finding_count = count,
                                      .counts = {[OUTCOME_PROBLEM] = count}};
    return &servers->report;
}

enum { SERVERS_APART = 3 };

/* What each of servers_apart() has for itself: a condition, a risk, a note. */
static const char *const servers_own[SERVERS_APART][3] = {
    {"if it is of a group", "it takes no mail", "only for a while"},
    {"if it is alone", "its mail waits", "at night"},
    {"the way round", "all of it stops", "when they know"},
};

/* Domains with one step, of which each has more to know than the others do. */
static inline const struct report *servers_apart(struct servers *servers)
{
    const struct report *report = servers_report(servers, SERVERS_APART);

    for (size_t i = 0; i < SERVERS_APART; i++) {
        struct step *step = servers->steps[i];

        servers->subjects[i].kind = SUBJECT_DOMAIN;
        servers->findings[i].fix.count = 1;
        step->kind = STEP_DECIDE;
        step->condition = servers_own[i][0];
        step->risk = servers_own[i][1];
        step->note = servers_own[i][2];
    }
    return report;
}

/* How often `part` stands in the text. */
static inline size_t servers_count(const char *text, const char *part)
{
    size_t count = 0;

    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

#endif
