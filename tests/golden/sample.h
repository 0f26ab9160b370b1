/*
 * A report with one of everything: what real runs say, and what hostile peers
 * would like it to say. The golden files are its renderings.
 */
#ifndef EXDIAG_TESTS_GOLDEN_SAMPLE_H
#define EXDIAG_TESTS_GOLDEN_SAMPLE_H

#include "diag/finding.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define TEN(text)     text text text text text text text text text text
#define UNBROKEN_WORD TEN(TEN("abc")) /* 300 characters without a space */

/* 2026-11-22 09:05:07.123 UTC */
#define SAMPLE_TIME 1795338307123

static const struct subject sample_domain = {SUBJECT_DOMAIN, "example.com", "example.com", true,
                                             NULL};
static const struct subject sample_idn = {SUBJECT_DOMAIN, "xn--bcher-kva.example", "bücher.example",
                                          true, NULL};
static const struct subject sample_mx1 = {SUBJECT_SERVER, "mx1.example.com", "mx1.example.com",
                                          false, NULL};
static const struct subject sample_mx2 = {SUBJECT_SERVER, "mx2.example.com", "mx2.example.com",
                                          false, NULL};
static const struct subject sample_ex1 = {SUBJECT_SERVER, "ex1.corp.example.com",
                                          "ex1.corp.example.com", true, NULL};

/* ---- two SPF records ---- */

static const struct reference sample_spf_references[] = {
    {"RFC 7208 section 4.5, selecting records",
     "https://www.rfc-editor.org/rfc/rfc7208#section-4.5"},
    {"RFC 7208 section 3.2, multiple DNS records",
     "https://www.rfc-editor.org/rfc/rfc7208#section-3.2"},
    {NULL, NULL},
};

static const struct finding_kind sample_spf_multiple = {
    .id = "spf-multiple",
    .severity = SEVERITY_CRITICAL,
    .references = sample_spf_references,
};

static const struct seen sample_spf_seen[] = {
    {"v=spf1 mx ip4:198.51.100.0/24 include:spf.protection.outlook.com -all",
     "TXT example.com at 192.0.2.53", SAMPLE_TIME, false, 0, 0},
    {"v=spf1 ip4:203.0.113.7 include:_spf.mailings.example.net include:sendgrid.example.org ~all",
     "TXT example.com at 192.0.2.53", SAMPLE_TIME, false, 0, 6},
    {"v=spf1 ip4:203.0.113.7 include:_spf.mailings.example.net include:sendgrid.example.org ~all",
     "TXT example.com at 198.51.100.53", SAMPLE_TIME + 41, false, 57, 85},
};

static const char *const sample_record_placeholder[] = {"record"};
static const struct step sample_spf_fix[] = {
    {
        .shell = SHELL_DNS,
        .kind = STEP_DECIDE,
        .where = "in the zone example.com, in place of both records",
        .command = "example.com. 3600 IN TXT (\n"
                   "    \"v=spf1 mx ip4:198.51.100.0/24 ip4:203.0.113.7 "
                   "include:spf.protection.outlook.com include:_spf.mailings.example.net "
                   "include:sendgrid.example.org -all\" )",
        .risk = "the records end differently (-all and ~all); -all makes receivers reject what the "
                "record forgets, so read the DMARC reports first",
        .note = "the merged record costs 7 of the 10 DNS lookups that receivers grant",
        .placeholders = sample_record_placeholder,
        .placeholder_count = COUNT(sample_record_placeholder),
    },
    {
        .shell = SHELL_MANUAL,
        .kind = STEP_EXACT,
        .where = "where the zone is edited",
        .command = "Delete the second record, raise the serial number and wait until the old "
                   "record's time to live (3600 s) is over.",
    },
};

static const struct step sample_spf_verify[] = {
    {
        .shell = SHELL_CMD,
        .kind = STEP_EXACT,
        .where = "on any machine",
        .command = "nslookup -type=TXT example.com. 192.0.2.53",
        .note = "exactly one line of the answer begins with v=spf1",
    },
    {
        .shell = SHELL_SH,
        .kind = STEP_EXACT,
        .command = "exdiag check example.com --only spf",
    },
};

static const struct step sample_spf_undo[] = {
    {
        .shell = SHELL_DNS,
        .kind = STEP_EXACT,
        .where = "in the zone example.com",
        .command = "example.com. 3600 IN TXT \"v=spf1 mx ip4:198.51.100.0/24 "
                   "include:spf.protection.outlook.com -all\"",
    },
};

static const struct finding sample_spf = {
    .kind = &sample_spf_multiple,
    .probe = "spf",
    .outcome = OUTCOME_PROBLEM,
    .severity = SEVERITY_CRITICAL,
    .subject = &sample_domain,
    .title = "2 SPF records are published where one is allowed",
    .why =
        "Receivers must not choose between the records: they answer permerror, so that no server "
        "of the domain passes SPF, and DMARC and spam filters count this against every message.",
    .seen = sample_spf_seen,
    .seen_count = COUNT(sample_spf_seen),
    .fix = {sample_spf_fix, COUNT(sample_spf_fix)},
    .verify = {sample_spf_verify, COUNT(sample_spf_verify)},
    .undo = {sample_spf_undo, COUNT(sample_spf_undo)},
};

/* ---- a wrong clock, and what follows from it ---- */

static const struct finding_kind sample_clock_skew = {
    .id = "clock-skew",
    .severity = SEVERITY_CRITICAL,
    .no_undo = "a clock that was wrong is not to be set wrong again",
};

static const struct seen sample_clock_seen[] = {
    {"the clock of ex1.corp.example.com is 7 min 12.4 s behind dc1.corp.example.com",
     "SNTP dc1.corp.example.com", SAMPLE_TIME + 900, false, 37, 49},
};

static const struct step sample_clock_fix[] = {
    {
        .shell = SHELL_CMD,
        .kind = STEP_EXACT,
        .where = "on ex1.corp.example.com, as administrator",
        .command = "w32tm /config /syncfromflags:domhier /update\nw32tm /resync /rediscover",
        .risk = "the clock jumps; scheduled tasks of the skipped minutes do not run",
    },
    {
        .shell = SHELL_CMD,
        .kind = STEP_DECIDE,
        .condition = "if it is a virtual machine",
        .where = "on ex1.corp.example.com, as administrator",
        .command = "net stop vmictimesync",
    },
    {
        .shell = SHELL_CMD,
        .kind = STEP_DECIDE,
        .condition = "if it is a virtual machine",
        .where = "on ex1.corp.example.com, as administrator",
        .command = "sc config vmictimesync start= disabled",
        .note = "its host's clock is then left alone",
    },
    {
        .shell = SHELL_CMD,
        .kind = STEP_EXACT,
        .where = "on ex1.corp.example.com, as administrator",
        .command = "w32tm /resync",
    },
};

static const struct step sample_clock_verify[] = {
    {
        .shell = SHELL_CMD,
        .kind = STEP_EXACT,
        .where = "on ex1.corp.example.com",
        .command = "w32tm /stripchart /computer:dc1.corp.example.com /samples:3 /dataonly",
        .note = "each line shows less than 1 s",
    },
};

static const struct finding sample_clock = {
    .kind = &sample_clock_skew,
    .probe = "clock",
    .outcome = OUTCOME_PROBLEM,
    .severity = SEVERITY_CRITICAL,
    .subject = &sample_ex1,
    .title = "the clock is 7 min 12 s behind its domain controller",
    .why = "Kerberos refuses tickets when clocks differ by more than 5 minutes.",
    .seen = sample_clock_seen,
    .seen_count = COUNT(sample_clock_seen),
    .fix = {sample_clock_fix, COUNT(sample_clock_fix)},
    .verify = {sample_clock_verify, COUNT(sample_clock_verify)},
};

static const struct finding_kind sample_exps_refused = {
    .id = "exps-refused",
    .severity = SEVERITY_CRITICAL,
};

static const char *const sample_server_placeholders[] = {"server", "account"};
static const struct step sample_exps_fix[] = {
    {
        .shell = SHELL_POWERSHELL,
        .kind = STEP_FILL_IN,
        .where = "on a domain controller",
        .command = "setspn -S 'SMTPSVC/ex1.corp.example.com' '<account>'",
        .note = "only if the refusal remains once the clock is right",
        .placeholders = sample_server_placeholders,
        .placeholder_count = COUNT(sample_server_placeholders),
    },
};

static const struct finding *const sample_exps_causes[] = {&sample_clock};
static const struct finding sample_exps = {
    .kind = &sample_exps_refused,
    .probe = "spn",
    .outcome = OUTCOME_PROBLEM,
    .severity = SEVERITY_CRITICAL,
    .subject = &sample_ex1,
    .title = "the servers refuse each other's logon (X-EXPS)",
    .why = "Mail between the servers of the organisation stays in their queues.",
    .fix = {sample_exps_fix, COUNT(sample_exps_fix)},
    .explained_by = sample_exps_causes,
    .explained_by_count = COUNT(sample_exps_causes),
};

/* ---- what a hostile peer sends ---- */

static const struct finding_kind sample_banner_slow = {
    .id = "mx-banner-slow",
    .severity = SEVERITY_WARNING,
};

static const struct seen sample_hostile_seen[] = {
    {"220 <script>alert('1')</script> & \"quoted\" \\x1b[31m `code` *stars* |pipe| ESMTP",
     "SMTP mx1.example.com:25", SAMPLE_TIME + 5000, false, 4, 31},
    {"220 " UNBROKEN_WORD " ready", "SMTP mx1.example.com:25", SAMPLE_TIME + 5000, false, 300, 310},
    {"220 郵便受け取りサーバーでございますので、しばらくお待ちください 準備完了 ESMTP 受付中 mx1",
     "SMTP mx1.example.com:25", SAMPLE_TIME + 5000, false, 35, 39},
};

static const struct step sample_hostile_fix[] = {
    {
        .shell = SHELL_EMS,
        .kind = STEP_FILL_IN,
        .where = "on mx1.example.com",
        .command = "Set-ReceiveConnector -Identity '</code></pre><script>alert(1)</script>' "
                   "-TarpitInterval '<interval>' -Comment 'it''s \"quoted\" & done'",
        .placeholders = (const char *const[]){"interval", "Identity"},
        .placeholder_count = 2,
    },
};

static const struct finding sample_hostile = {
    .kind = &sample_banner_slow,
    .probe = "mx",
    .outcome = OUTCOME_PROBLEM,
    .severity = SEVERITY_WARNING,
    .subject = &sample_mx1,
    .title = "the greeting took 38 s: <b>\"" UNBROKEN_WORD "\"</b> & more",
    .why = "Senders that wait less give up & try again <later>.",
    .seen = sample_hostile_seen,
    .seen_count = COUNT(sample_hostile_seen),
    .fix = {sample_hostile_fix, COUNT(sample_hostile_fix)},
};

/* ---- unknown, accepted, right, not applicable ---- */

static const struct finding_kind sample_banner_stall = {
    .id = "mx-banner-stall",
    .severity = SEVERITY_CRITICAL,
};

static const struct seen sample_unknown_seen[] = {
    {"connection refused", "SMTP mx2.example.com:25", SAMPLE_TIME + 7000, false, 0, 0},
};

static const struct step sample_unknown_steps[] = {
    {
        .shell = SHELL_SH,
        .kind = STEP_EXACT,
        .where = "from a network whose port 25 is not blocked",
        .command = "exdiag check example.com --only mx --patience proof",
    },
};

static const struct finding sample_unknown = {
    .kind = &sample_banner_stall,
    .probe = "mx",
    .outcome = OUTCOME_UNKNOWN,
    .subject = &sample_mx2,
    .title = "whether the server greets could not be seen",
    .seen = sample_unknown_seen,
    .seen_count = COUNT(sample_unknown_seen),
    .fix = {sample_unknown_steps, COUNT(sample_unknown_steps)},
};

static const struct finding_kind sample_spf_permissive = {
    .id = "spf-permissive",
    .severity = SEVERITY_WARNING,
};

static const struct acceptance sample_acceptance = {
    "spf-permissive", "xn--bcher-kva.example", "2027-01-31",
    "the newsletter moves to its own domain in January (ticket 4711)"};

static const struct finding sample_accepted = {
    .kind = &sample_spf_permissive,
    .probe = "spf",
    .outcome = OUTCOME_PROBLEM,
    .severity = SEVERITY_WARNING,
    .subject = &sample_idn,
    .title = "the record ends in ?all and refuses nobody",
    .why = "Anyone may send in the domain's name.",
    .accepted = &sample_acceptance,
};

static const struct finding_kind sample_lookup_limit = {
    .id = "spf-lookup-limit",
    .severity = SEVERITY_CRITICAL,
};

static const struct finding sample_ok = {
    .kind = &sample_lookup_limit,
    .probe = "spf",
    .outcome = OUTCOME_OK,
    .subject = &sample_idn,
    .title = "4 of 10 lookups are used",
};

static const struct finding_kind sample_cgi_handler = {
    .id = "ews-cgi-handler",
    .severity = SEVERITY_INFO,
};

static const struct finding sample_not_applicable = {
    .kind = &sample_cgi_handler,
    .probe = "ews",
    .outcome = OUTCOME_NOT_APPLICABLE,
    .subject = &sample_mx1,
    .title = "not an Exchange server",
};

/* ---- the whole ---- */

static const struct report_run sample_runs[] = {
    {.started = SAMPLE_TIME, .finished = SAMPLE_TIME + 12500, .complete = true},
    {.source = "ex1-evidence.jsonl",
     .started = SAMPLE_TIME - 3600000,
     .finished = SAMPLE_TIME - 3500000,
     .redacted = true,
     .remark = "damaged after line 212"},
};

static const struct subject *const sample_subjects[] = {&sample_domain, &sample_idn, &sample_ex1,
                                                        &sample_mx1, &sample_mx2};

static const struct finding *const sample_findings[] = {
    &sample_spf,      &sample_clock,   &sample_exps, &sample_hostile,
    &sample_accepted, &sample_unknown, &sample_ok,   &sample_not_applicable,
};

static const struct report sample_report = {
    .title = "Mail of Example & Sons",
    .version = "0.1.0",
    .runs = sample_runs,
    .run_count = COUNT(sample_runs),
    .subjects = sample_subjects,
    .subject_count = COUNT(sample_subjects),
    .findings = sample_findings,
    .finding_count = COUNT(sample_findings),
    .counts = {[OUTCOME_PROBLEM] = 4,
               [OUTCOME_UNKNOWN] = 1,
               [OUTCOME_OK] = 1,
               [OUTCOME_NOT_APPLICABLE] = 1},
    .accepted_count = 1,
};

#endif
