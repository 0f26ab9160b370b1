/* A clock that differs, and sources of one clock that do. */
#include "probes/clock/kinds.h"
#include "probes/clock/steps.h"

static const struct reference references[] = {
    {"KB 979174: all clocks should be synchronized to within 5 minutes of one another", NULL},
    {"RFC 4120 section 1.6: clocks that are loosely synchronized; 7.5.9: KRB_AP_ERR_SKEW",
     "https://www.rfc-editor.org/rfc/rfc4120"},
    {"[MS-KILE] 2.2.2: skew recovery, by which Windows hides it from some clients", NULL},
    CLOCK_TOOLS_AND_SETTINGS,
    {NULL, NULL}};

static const struct reference source_references[] = {
    {"RFC 5905 section 11.2.1: which of several clocks are right",
     "https://www.rfc-editor.org/rfc/rfc5905"},
    {"RFC 9110 section 6.6.1: Date, which whoever answers generates",
     "https://www.rfc-editor.org/rfc/rfc9110"},
    {"[MS-SMB2] 2.2.4: SystemTime of whoever negotiates", NULL},
    {NULL, NULL}};

#define COMPARE                                                                                    \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = "{machine}",                              \
        .command = "w32tm /stripchart /computer:{other} /samples:5 /dataonly",                     \
        .note = "the difference in seconds, five times, well below one; error 0x800705B4: no "     \
                "NTP came back (UDP 123)",                                                         \
        .when = "compare"                                                                          \
    }

const struct finding_kind clock_skew = {
    .id = "clock-skew",
    .severity = SEVERITY_CRITICAL,
    .title = "its clock differs from that of {other} by {difference}",
    .why = "Kerberos refuses whoever is {limit} or more away from the domain controller that it "
           "asks (KRB_AP_ERR_SKEW). Exchange logs on to itself and to its neighbours by it: the "
           "PowerShell directory answers 500, SMTP between servers fails to authenticate. "
           "Windows hides the difference from some clients: a logon which works proves nothing.",
    .symptom =
        "The Exchange Management Shell does not start (HTTP 500, or access denied), mail "
        "between servers queues up with failed authentication, errors 0x25 (KRB_AP_ERR_SKEW) or "
        "0x21 (KRB_AP_ERR_TKT_NYV) of Kerberos in the System log (which tells them once its "
        "LogLevel is 1), users are asked for passwords again and again; some things go on "
        "working.",
    .cause =
        "The server follows nobody: W32Time is stopped or set to NoSync, or to peers that do not "
        "answer; a hypervisor sets the clock of its guest; a virtual machine was resumed or put "
        "back to a snapshot; or the domain controllers themselves follow a clock that is wrong.",
    .applies_to = "Exchange of all versions, and everything else in an Active Directory domain",
    .cost = "Logons and mail between servers fail once the difference reaches the limit, usually "
            "five minutes.",
    .repair = "Set the wrong clock right, and have it follow the domain.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "{machine} and {other}",
             .command = "Find out which of the two is wrong before you set either: hold both "
                        "against a third clock, another domain controller or an NTP server "
                        "outside (exdiag check --reference).",
             .note = "a server that is set after a wrong domain controller is wrong itself; "
                     "named with --reference, the third clock decides, and the steps for the "
                     "wrong one are given",
             .when = "undecided"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "{machine}",
             .command = "Find out what answers there: nothing that it told shows Windows. A "
                        "balancer, a relay or another system is set by its own means (chronyc "
                        "tracking or timedatectl show whom it follows, where there are such).",
             .when = "other-system"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "{wrong-pdc}",
             .command = "Correct the clock of {wrong-pdc} first: it is the PDC emulator, and "
                        "wrong itself. Whoever follows the domain is set after it.",
             .when = "wrong-pdc"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the machine that exdiag ran on",
             .command = "Before you set the clock of a domain controller because servers say so, "
                        "hold it against a clock outside (exdiag check --reference): machines on "
                        "one hypervisor, or set alike, are wrong together.",
             .when = "by-servers"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "{wrong-controller}",
             .command =
                 "Correct the clock of {wrong-controller}, and leave that of {machine} as it "
                 "is: Kerberos fails between the two until then.",
             .note = "the steps for {wrong-controller} stand in its own finding",
             .when = "wrong-controller"},
            CLOCK_LOOK("itself"),
            CLOCK_KEEP_SETTINGS("skew"),
            CLOCK_REPAIR_POLICY,
            CLOCK_START_SERVICE("is-changed"),
            CLOCK_TAKE_PLACE,
            CLOCK_RESTART_SERVICE("itself"),
            CLOCK_RESYNC("itself"),
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = CLOCK_ELEVATED,
             .condition = "if its clock does not move",
             .command =
                 "Set it by hand to within a minute and run w32tm /resync /rediscover again: a domain "
                 "controller that is off by more than 48 hours never corrects itself "
                 "(MaxPosPhaseCorrection, MaxNegPhaseCorrection).",
             .risk = "never set a domain controller back by more than the lifetime of deleted "
                     "objects, nor ahead at all without need: objects may be purged that others "
                     "still have",
             .when = "is-controller"},
            {0}},
    .verify =
        (const struct step_template[]){COMPARE,
                                       {.shell = SHELL_CMD,
                                        .kind = STEP_EXACT,
                                        .where = "{machine}",
                                        .command = "w32tm /query /status /verbose",
                                        .note = "the source is whom it is to follow, and the "
                                                "last good synchronisation minutes "
                                                "old" CLOCK_QUERY_SINCE,
                                        .when = "!other-system"},
                                       {.shell = SHELL_SH,
                                        .kind = STEP_EXACT,
                                        .where = "the machine that exdiag ran on",
                                        .command = "exdiag check --server {machine} --only clock",
                                        .note = "with --dns, --dc and --reference as now",
                                        .when = "other-system",
                                        .also_powershell = true},
                                       {0}},
    .undo = (const struct step_template[]){CLOCK_PUT_BACK_FILE("is-changed", "skew"),
                                           CLOCK_PUT_BACK_POLICY,
                                           CLOCK_RESTART_SERVICE("is-changed"),
                                           {0}},
    .make_known =
        (const struct step_template[]){
            COMPARE,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the machine that exdiag ran on",
             .command = "Name another clock: an NTP server outside with --reference, or another "
                        "domain controller with --dc.",
             .note = "it has to be reached at UDP 123; one that declines (RATE) is asked too "
                     "often",
             .when = "third-clock"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the machine that exdiag ran on",
             .command = "Run exdiag where the domain's own name servers are asked (or name one "
                        "with --dns), name domain controllers with --dc, and let it reach "
                        "them at UDP 123, UDP and TCP 389 and 88 and TCP 445, and the server at "
                        "TCP 445, 443 and 25.",
             .note = "the nearer it is, the narrower the intervals",
             .when = "!third-clock"},
            {0}},
    .references = references,
};

const struct finding_kind clock_sources_disagree = {
    .id = "clock-sources-disagree",
    .severity = SEVERITY_WARNING,
    .title = "it tells different times by different protocols",
    .why = "All protocols of one machine read one clock, so their answers fit into each other. "
           "Where they do not, something else answers in the machine's place, or its clock "
           "jumps. What is concluded from any of them is then about two machines, or about a "
           "clock that does not stand still.",
    .symptom = "Some services of the machine work and others refuse tickets; tools that measure "
               "its clock by different ways do not agree.",
    .cause =
        "A load balancer or proxy answers HTTP or SMTP with a date of its own; the address leads "
        "to one of several machines each time; the clock was set while it was measured, or is "
        "pulled to and fro between a hypervisor and W32Time; a banner was written by hand.",
    .applies_to = "every host whose clock is told by more than one protocol",
    .cost = "It is uncertain which time this server goes by; logons to it may fail now and then.",
    .repair =
        "Find out which machines answer under this name, and correct the clock that is wrong.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "{machine}",
             .command = "Find out what answers at the ports that are named: the machine itself, "
                        "or something in front of it; if it is something else, its clock is the "
                        "one to correct."},
            CLOCK_LOOK(NULL),
            {0}},
    .verify =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = "any member of the domain",
             .command = "w32tm /stripchart /computer:{machine} /samples:30 /dataonly",
             .note = "a clock that is pulled to and fro shows here",
             .when = "is-controller"},
            {.shell = SHELL_SH,
             .kind = STEP_EXACT,
             .where = "the machine that exdiag ran on",
             .command = "exdiag check --server {machine} --only clock",
             .note = "with --dns and --dc as now; members of a domain do not answer w32tm "
                     "/stripchart",
             .when = "!is-controller",
             .also_powershell = true},
            {0}},
    .no_undo = "looking changes nothing; a clock that is set needs no way back",
    .make_known = (const struct step_template[]){CLOCK_LOOK(NULL), {0}},
    .references = source_references,
};
