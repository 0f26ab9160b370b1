/* What the probe can say. */
#ifndef EXDIAG_PROBES_CLOCK_KINDS_H
#define EXDIAG_PROBES_CLOCK_KINDS_H

#include "diag/finding.h"

extern const struct finding_kind clock_skew;
extern const struct finding_kind clock_sources_disagree;
extern const struct finding_kind time_hierarchy;
extern const struct finding_kind time_pdc_source;
extern const struct finding_kind time_vm_sync;

/* ---- steps and references that several have ---- */

#define CLOCK_TOOLS_AND_SETTINGS                                                                   \
    {                                                                                              \
        "Microsoft Learn: Windows Time service tools and settings",                                \
            "https://learn.microsoft.com/en-us/windows-server/networking/windows-time-service/"    \
            "windows-time-service-tools-and-settings"                                              \
    }

#define CLOCK_ELEVATED "{machine}, as administrator"

#define CLOCK_KEEP_SETTINGS                                                                        \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = CLOCK_ELEVATED,                           \
        .command = "reg export HKLM\\SYSTEM\\CurrentControlSet\\Services\\W32Time "                \
                   "w32time-before.reg /y",                                                        \
        .note = "keeps what is set now, for the way back; the file is written to the current "     \
                "folder"                                                                           \
    }

/* Of the machine whose clock is wrong, by its role: `when` holds. */
#define CLOCK_FOLLOW_OUTSIDE(when_)                                                                \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_FILL_IN, .where = CLOCK_ELEVATED,                         \
        .command =                                                                                 \
            "w32tm /config /manualpeerlist:{ntp-servers} /syncfromflags:manual /reliable:yes "     \
            "/update",                                                                             \
        .risk =                                                                                    \
            "the whole domain follows: choose NTP servers that you trust, three or more, so that " \
            "one that is wrong is outvoted",                                                       \
        .note =                                                                                    \
            "the servers between the quotation marks, as in ntp1.example.net,0x8 "                 \
            "ntp2.example.net,0x8 ntp3.example.net,0x8; the PDC emulator of a child domain is "    \
            "given /syncfromflags:domhier instead and follows the domain above",                   \
        .when = when_                                                                              \
    }

#define CLOCK_FOLLOW_DOMAIN(when_)                                                                 \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = CLOCK_ELEVATED,                           \
        .command = "w32tm /config /syncfromflags:domhier /reliable:no /update",                    \
        .risk = "peers that were set by hand are not asked any more",                              \
        .note =                                                                                    \
            "the service has to run for /update to reach it; where a policy sets these values, "   \
            "change the policy instead, for it wins",                                              \
        .when = when_                                                                              \
    }

#define CLOCK_RESTART_SERVICE(when_)                                                               \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = CLOCK_ELEVATED,                                                                      \
     .command = "net stop w32time",                                                                \
     .when = when_},                                                                               \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = CLOCK_ELEVATED,                           \
        .command = "net start w32time", .when = when_                                              \
    }

#define CLOCK_RESYNC(when_)                                                                        \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = CLOCK_ELEVATED,                           \
        .command = "w32tm /resync /rediscover",                                                    \
        .risk =                                                                                    \
            "a clock that is far off is set at once: what goes by the time of day may run twice "  \
            "or be left out, and tickets that were issued in the future are refused",              \
        .when = when_                                                                              \
    }

#define CLOCK_PUT_BACK                                                                             \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = CLOCK_ELEVATED,                                                                      \
     .command = "reg import w32time-before.reg",                                                   \
     .note = "the file that was kept before the first change; values that were added since stay"}, \
        CLOCK_RESTART_SERVICE(NULL)

#define CLOCK_LOOK                                                                                 \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = CLOCK_ELEVATED,                                                                      \
     .command = "w32tm /query /source",                                                            \
     .note = "names whom it follows: a domain controller, or on the PDC emulator one of its own "  \
             "NTP servers; Local CMOS Clock or Free-running System Clock is nobody"},              \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = CLOCK_ELEVATED,                           \
        .command = "w32tm /query /configuration",                                                  \
        .note = "(Policy) behind a value: a group policy sets it, and wins"                        \
    }

#endif
