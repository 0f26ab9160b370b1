/*
 * Steps that several findings have. Each is there if its `when` is set, by those who know the
 * machine: place.h.
 */
#ifndef EXDIAG_PROBES_CLOCK_STEPS_H
#define EXDIAG_PROBES_CLOCK_STEPS_H

#include "diag/remedy.h"

#define CLOCK_ELEVATED "{machine}, as administrator"

#define CLOCK_W32TIME_KEY "HKLM\\SYSTEM\\CurrentControlSet\\Services\\W32Time"

/* One line of cmd on the machine. */
#define CLOCK_RUN(when_, command_, note_)                                                          \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = CLOCK_ELEVATED, .command = command_,      \
        .note = note_, .when = when_                                                               \
    }

/* ---- policies, which win over everything that is set on the machine ---- */

#define CLOCK_POLICY_FOLDER                                                                        \
    "Group Policy Management: Computer Configuration, Policies, Administrative Templates, "        \
    "System, Windows Time Service"

#define CLOCK_IN_POLICY(when_, command_, risk_)                                                    \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = CLOCK_POLICY_FOLDER,                  \
        .command = command_, .risk = risk_, .when = when_                                          \
    }

#define CLOCK_REPAIR_POLICY                                                                        \
    CLOCK_RUN("policy", "gpresult /scope computer /h gpresult.html /f",                            \
              "names the policy that sets the time here"),                                         \
        CLOCK_IN_POLICY(                                                                           \
            "policy-domain",                                                                       \
            "Time Providers, Configure Windows NTP Client: Not Configured, or Type NT5DS, "        \
            "for every machine but the PDC emulator of the forest's root domain.",                 \
            "the policy may apply to other machines, too"),                                        \
        CLOCK_IN_POLICY(                                                                           \
            "policy-outside",                                                                      \
            "Time Providers, Configure Windows NTP Client, in a policy of its own for the "        \
            "PDC emulator of the forest's root domain (linked to its Domain Controllers, "         \
            "with the WMI filter SELECT * FROM Win32_ComputerSystem WHERE DomainRole = 5): "       \
            "Type NTP, and NtpServer three servers outside that you trust, as in "                 \
            "ntp1.example.net,0x8 ntp2.example.net,0x8 ntp3.example.net,0x8.",                     \
            "the whole domain follows these servers"),                                             \
        CLOCK_IN_POLICY("policy-client",                                                           \
                        "Time Providers, Enable Windows NTP Client: Not Configured, or "           \
                        "Enabled.",                                                                \
                        "the policy may apply to other machines, too"),                            \
        CLOCK_IN_POLICY("policy-server",                                                           \
                        "Time Providers, Enable Windows NTP Server: for domain controllers Not "   \
                        "Configured, or Enabled.",                                                 \
                        "the policy may apply to other machines, too"),                            \
        CLOCK_IN_POLICY(                                                                           \
            "policy-global",                                                                       \
            "Global Configuration Settings: Not Configured, or what is told to be wrong as "       \
            "it is by default there: AnnounceFlags 10, MaxPosPhaseCorrection and "                 \
            "MaxNegPhaseCorrection 172800.",                                                       \
            "the policy may apply to other machines, too"),                                        \
        CLOCK_RUN("policy", "gpupdate /target:computer /force", NULL)

/* ---- the machine's own settings ---- */

/*
 * The way back: a file for each repair, in a folder that administrators alone write to and that
 * every one of them finds. What is there already is never written over, for it is the older state.
 */
#define CLOCK_KEPT_FILE(repair_) "\"%SystemRoot%\\w32time-before-" repair_ ".reg\""

#define CLOCK_KEEP_SETTINGS(repair_)                                                               \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = CLOCK_ELEVATED,                           \
        .command = "if not exist " CLOCK_KEPT_FILE(repair_) " reg export " CLOCK_W32TIME_KEY       \
                                                            " " CLOCK_KEPT_FILE(repair_),          \
        .note = "the way back. A file that is there already stays: it is of the first time that "  \
                "these steps were followed",                                                       \
        .when = "is-changed", .is_gate = true                                                      \
    }

/* Before w32tm /config, whose /update reaches a service that runs. */
#define CLOCK_START_SERVICE(when_)                                                                 \
    CLOCK_RUN(when_, "net start w32time",                                                          \
              "error 1058: it is disabled; first sc config w32time start= auto (the space "        \
              "belongs there), then this line again")

#define CLOCK_DOMAIN_COMMAND "w32tm /config /syncfromflags:domhier /reliable:no /update"
#define CLOCK_OUTSIDE_COMMAND                                                                      \
    "w32tm /config /manualpeerlist:{ntp-servers} /syncfromflags:manual /reliable:yes /update"
#define CLOCK_OUTSIDE_RISK                                                                         \
    "the whole forest follows: choose NTP servers that you trust, three or more, so that one "     \
    "that is wrong is outvoted"
#define CLOCK_OUTSIDE_NOTE                                                                         \
    "in place of <ntp-servers>, with quotation marks: \"ntp1.example.net,0x8 "                     \
    "ntp2.example.net,0x8 ntp3.example.net,0x8\"; as it stands the line runs nothing"
#define CLOCK_IF_TOP     "if {machine} is the PDC emulator of the forest's root domain"
#define CLOCK_UNLESS_TOP "if {machine} is any other machine of the domain"

/* The service has to run for /update to reach it, so this comes before it is
 * restarted. */
#define CLOCK_TAKE_PLACE                                                                           \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = CLOCK_ELEVATED,                                                                      \
     .command = CLOCK_DOMAIN_COMMAND,                                                              \
     .risk = "peers that were set by hand are not asked any more",                                 \
     .when = "domain"},                                                                            \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_FILL_IN,                                                                     \
         .where = CLOCK_ELEVATED,                                                                  \
         .command = CLOCK_OUTSIDE_COMMAND,                                                         \
         .risk = CLOCK_OUTSIDE_RISK,                                                               \
         .note = CLOCK_OUTSIDE_NOTE,                                                               \
         .when = "outside"},                                                                       \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = "a domain controller",                                                           \
         .command = "netdom query fsmo",                                                           \
         .note = "names the PDC emulator: of the next two lines one alone is for {machine}",       \
         .when = "either"},                                                                        \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = CLOCK_ELEVATED,                                                                  \
         .condition = CLOCK_UNLESS_TOP,                                                            \
         .command = CLOCK_DOMAIN_COMMAND,                                                          \
         .risk = "peers that were set by hand are not asked any more",                             \
         .when = "either"},                                                                        \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .is_alternative = true,                                                                   \
         .where = CLOCK_ELEVATED,                                                                  \
         .condition = CLOCK_IF_TOP,                                                                \
         .command = CLOCK_OUTSIDE_COMMAND,                                                         \
         .risk = CLOCK_OUTSIDE_RISK,                                                               \
         .note = CLOCK_OUTSIDE_NOTE,                                                               \
         .when = "either"},                                                                        \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_FILL_IN,                                                                     \
         .where = CLOCK_ELEVATED,                                                                  \
         .command = "w32tm /config /manualpeerlist:{ntp-servers} /syncfromflags:manual /update",   \
         .note = CLOCK_OUTSIDE_NOTE,                                                               \
         .when = "stand-alone"},                                                                   \
        CLOCK_RUN("announce", "w32tm /config /reliable:yes /update", NULL)

/* When the service starts, it sets a clock that is far off. */
#define CLOCK_SET_RISK                                                                             \
    "a clock that is far off is set at once: what goes by the time of day may run twice or be "    \
    "left out, and tickets of the future are refused"

/* Of each step that may set it: who passes over one passes over all. */
#define CLOCK_MAY_JUMP "at a time when its clock may jump"

#define CLOCK_STOP_SERVICE(when_, condition_, risk_)                                               \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = CLOCK_ELEVATED, .condition = condition_, \
        .command = "net stop w32time", .risk = risk_, .when = when_                                \
    }

#define CLOCK_RESTART_SERVICE(when_)                                                               \
    CLOCK_STOP_SERVICE(when_, CLOCK_MAY_JUMP, "with the next step " CLOCK_SET_RISK),               \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = CLOCK_ELEVATED,                          \
        .condition = CLOCK_MAY_JUMP, .command = "net start w32time", .when = when_                 \
    }

#define CLOCK_RESYNC(when_)                                                                        \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = CLOCK_ELEVATED,                          \
        .condition = CLOCK_MAY_JUMP, .command = "w32tm /resync /rediscover", .when = when_         \
    }

/* ---- the way back ---- */

#define CLOCK_PUT_BACK_FILE(when_, repair_)                                                        \
    CLOCK_RUN(when_, "reg import " CLOCK_KEPT_FILE(repair_),                                       \
              "values that were added since stay. Once all is well, delete the file, so that "     \
              "the next repair keeps one of its own")

#define CLOCK_PUT_BACK_POLICY                                                                      \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = CLOCK_POLICY_FOLDER,                  \
        .command = "Set the policy to what it was, as gpresult.html has it.", .when = "policy"     \
    }

/* ---- looking ---- */

#define CLOCK_QUERY_SINCE "; before Windows Server 2008: w32tm /monitor"

#define CLOCK_LOOK(when_)                                                                             \
    CLOCK_RUN(                                                                                        \
        when_, "w32tm /query /source",                                                                \
        "Local CMOS Clock or Free-running System Clock: it follows nobody. VM IC Time "               \
        "Synchronization Provider: first exdiag explain time-vm-sync, for the hypervisor sets "       \
        "it again after every repair. Error 0x80070426: the service does not run" CLOCK_QUERY_SINCE), \
        CLOCK_RUN(when_, "w32tm /query /configuration",                                               \
                  "(Policy) behind a value: what is set here is in vain until that "                  \
                  "policy is changed "                                                                \
                  "(gpresult /scope computer /v names it)" CLOCK_QUERY_SINCE)

#endif
