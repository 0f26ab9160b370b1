/* powershell-vdir-500: what is to be done, by the causes that were found; else what decides next.
 */
#include "probes/machine.h"
#include "probes/powershell/kinds.h"

#include <stddef.h>

#define SERVER    "{machine}, as administrator"
#define EXAMINER  "the machine that exdiag ran on"
#define AS_CALLED "{+ --dns resolver}{+ --port kept-port}"
#define TRY_SHELL "Then try the shell; go on only if it still fails."

/* The steps themselves are at the cause, which stands before this in a report. */
#define REPAIR(when_, command_, risk_)                                                             \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_EXACT, .where = SERVER, .command = command_,           \
        .risk = risk_, .when = when_                                                               \
    }

#define REPAIR_CAUSES                                                                                  \
    REPAIR(                                                                                            \
        "cause-clock-skew",                                                                            \
        "The clock first, by the steps of clock-skew (exdiag check --only clock prints them): "        \
        "while it is wrong Kerberos refuses every ticket, and nothing else can be judged. " TRY_SHELL, \
        "changes nothing of Exchange or IIS"),                                                         \
        REPAIR("cause-exchange-install-path",                                                          \
               "The variable ExchangeInstallPath, by the steps of exchange-install-path: by it "       \
               "WinRM finds Exchange's plug-in. " TRY_SHELL,                                           \
               "changes one variable; IIS and WinRM see it when they are started again"),              \
        REPAIR("cause-kerbauth-path",                                                                  \
               "The path of kerbauth.dll, by the steps of kerbauth-path. " TRY_SHELL,                  \
               "changes one line of applicationHost.config, of which its steps keep a copy"),          \
        REPAIR("cause-kerbauth-managed",                                                               \
               "The module kerbauth, by the steps of kerbauth-managed: native, and in the "            \
               "PowerShell directory alone. " TRY_SHELL,                                               \
               "changes lines of a configuration, of which its steps keep a copy"),                    \
        REPAIR("cause-wsman-module-missing",                                                           \
               "The module WSMan, by the steps of wsman-module-missing: one line. " TRY_SHELL,         \
               "changes one line of applicationHost.config, of which its steps keep a copy"),          \
        REPAIR("cause-winrm-iis-ext-missing",                                                          \
               "The feature that an upgrade of Windows took away, by the steps of "                    \
               "winrm-iis-ext-missing, with which WSMan comes back too. " TRY_SHELL,                   \
               "adds a role service; IIS is started again"),                                           \
        REPAIR("cause-powershell-vdir-settings",                                                       \
               "The settings of the directory, by the steps of powershell-vdir-settings: what "        \
               "was seen alone. To make the directory anew is the last resort.",                       \
               "changes settings of IIS, of which its steps keep a copy"),                             \
        REPAIR("cause-backend-certificate",                                                            \
               "The certificate of the back end, by the steps of backend-certificate: front "          \
               "ends "                                                                                 \
               "reach it over TLS alone. " TRY_SHELL,                                                  \
               "changes the certificate that one web site shows")

/* The run once more, as who asked before: `value` is set, or with "-as-somebody" behind it. */
#define CHECK_AGAIN(value, kind_, options, as_nobody, as_somebody)                                 \
    {.shell = SHELL_SH,                                                                            \
     .kind = kind_,                                                                                \
     .where = EXAMINER,                                                                            \
     .command = "exdiag check --server {server} " options "--only clock,powershell" AS_CALLED,     \
     .note = as_nobody,                                                                            \
     .when = value,                                                                                \
     .also_powershell = true},                                                                     \
    {                                                                                              \
        .shell = SHELL_SH, .kind = kind_, .where = EXAMINER,                                       \
        .command = "exdiag check --server {server} " options                                       \
                   "--only clock,powershell --authenticate" AS_CALLED,                             \
        .note = as_somebody, .when = value "-as-somebody", .also_powershell = true                 \
    }

#define SAME_IDENTITY "with the same identity and --ca-file where the first run had them"

#define AGAIN_NOTE                                                                                 \
    "<file>: what was fetched, and the files of this run again, each behind the name of its "      \
    "server: HOST=FILE. On the server itself exdiag check --server finds all of it without --file"

#define AGAIN                                                                                      \
    CHECK_AGAIN("fetched", STEP_FILL_IN, "--file {file} ", AGAIN_NOTE,                             \
                AGAIN_NOTE "; " SAME_IDENTITY)

/* "What was looked at does not tell": one piece of evidence, and the command that gets it. */
#define UNASKED_NOTE                                                                               \
    "what decides next is the clock, the first of the documented causes and the soonest looked "   \
    "at: this holds it against its domain controllers', and changes nothing"
#define UNKNOWN_NOTE                                                                               \
    "what decides next is the clock, the first of the documented causes: this run could not "      \
    "hold it against a domain controller's"

#define FETCH_CLOCK                                                                                \
    CHECK_AGAIN("clock-unasked", STEP_EXACT, "", UNASKED_NOTE, UNASKED_NOTE "; " SAME_IDENTITY),   \
        CHECK_AGAIN("clock-unknown", STEP_FILL_IN, "--dc {domain-controller} ", UNKNOWN_NOTE,      \
                    UNKNOWN_NOTE "; " SAME_IDENTITY),                                              \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = "{machine}, as a user of its domain",     \
        .command = "w32tm /stripchart /computer:%USERDNSDOMAIN% /samples:3 /dataonly",             \
        .note = "what decides next is the clock, the first of the documented causes and the "      \
                "soonest looked at: three differences to a domain controller in seconds. 300 "     \
                "or more is the cause, and exdiag check --server with --only clock prints its "    \
                "steps; less than 60 is none",                                                     \
        .when = "clock-there"                                                                      \
    }

#define FETCH_CONFIG                                                                               \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = SERVER,                                   \
        .command = "copy %windir%\\System32\\inetsrv\\config\\applicationHost.config "             \
                   "\"%TEMP%\"",                                                                   \
        .note = "what decides next is the configuration of IIS. In a 64-bit Command Prompt. "      \
                "exdiag collect-script prints a script that gathers this and all the rest in "     \
                "one go",                                                                          \
        .when = "next-config"                                                                      \
    }

#define FETCH_WEB_CONFIG                                                                           \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = SERVER,                                                                              \
     .command = "copy \"%ExchangeInstallPath%FrontEnd\\HttpProxy\\PowerShell\\web.config\" "       \
                "\"%TEMP%\\powershell-front.config\"",                                             \
     .note =                                                                                       \
         "what decides next is the directory's own list of modules. Exchange 2010 has no such "    \
         "file, and the next alone, in ClientAccess\\PowerShell",                                  \
     .when = "next-web-config"},                                                                   \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = SERVER,                                   \
        .command = "copy \"%ExchangeInstallPath%ClientAccess\\PowerShell-Proxy\\web.config\" "     \
                   "\"%TEMP%\\powershell-back.config\"",                                           \
        .when = "next-web-config"                                                                  \
    }

#define FETCH_EVENTS                                                                               \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = SERVER,                                                                              \
     .command = "wevtutil epl System \"%TEMP%\\system.evtx\" /q:\"*[System[Provider"               \
                "[@Name='Microsoft-Windows-WinRM'] and (EventID=10113)]]\" /ow:true",              \
     .note = "what decides next are two events: 10113 names the DLL that WinRM cannot load, "      \
             "most often because ExchangeInstallPath is gone. None is an answer too",              \
     .when = "next-events"},                                                                       \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = SERVER,                                   \
        .command = "wevtutil epl Application \"%TEMP%\\application.evtx\" "                        \
                   "/q:\"*[System[Provider[@Name='Microsoft-Windows-IIS-W3SVC-WP'] and "           \
                   "(EventID=2280 or EventID=2282)]]\" /ow:true",                                  \
        .note = "2280 names a module that IIS cannot load, and with which every application "      \
                "pool ends",                                                                       \
        .when = "next-events"                                                                      \
    }

#define FETCH_INSTALL_PATH                                                                         \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = SERVER,                                   \
        .command = "reg export \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session "               \
                   "Manager\\Environment\" \"%TEMP%\\environment.reg\" /y",                        \
        .note = "what decides next is the variable ExchangeInstallPath, without which WinRM "      \
                "does not find Exchange's plug-in. The other variables of the machine come "       \
                "with it: look through it before it leaves the server",                            \
        .when = "next-install-path"                                                                \
    }

#define FETCH_IIS_LOG                                                                              \
    {                                                                                              \
        .shell = SHELL_POWERSHELL, .kind = STEP_EXACT, .where = SERVER,                            \
        .command = "Get-ChildItem \"$env:SystemDrive\\inetpub\\logs\\LogFiles\\W3SVC1\\u_ex*."     \
                   "log\" | Sort-Object LastWriteTime | Select-Object -Last 1 | Copy-Item "        \
                   "-Destination $env:TEMP",                                                       \
        .note =                                                                                    \
            "what decides next is the number that IIS logs behind the 500 and nobody outside "     \
            "gets to see: 19 is the configuration, 21 to 24 a module. IIS writes a line up to "    \
            "a minute later. The folder is another one where the logs were moved",                 \
        .when = "next-iis-log"                                                                     \
    }

#define TRACE                                                                                      \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = SERVER,                               \
        .command = "What this run has looked at is as it is to be, so that none of the "           \
                   "documented causes is left. What decides next is a trace of one request: "      \
                   "IIS Manager, Default Web Site, Failed Request Tracing: turn it on, add a "     \
                   "rule for status 500, start the shell once, turn it off again. In the file "    \
                   "below inetpub\\logs\\FailedReqLogFiles, MODULE_SET_RESPONSE_ERROR_STATUS "     \
                   "names the module that answered 500, and its error.",                           \
        .when = "next-trace"                                                                       \
    }

#define OPEN_SHELL                                                                                 \
    "$shell = New-PSSession -ConfigurationName Microsoft.Exchange -ConnectionUri ('http://' + "    \
    "{server} + '/PowerShell/') -Authentication Kerberos; $shell.State; Remove-PSSession $shell"

#define MEANWHILE                                                                                  \
    {                                                                                              \
        .shell = SHELL_POWERSHELL, .kind = STEP_DECIDE, .where = "another machine of the domain",  \
        .condition = "until it is repaired",                                                       \
        .command = "Import-PSSession (New-PSSession -ConfigurationName Microsoft.Exchange "        \
                   "-ConnectionUri ('http://' + {other-server} + '/PowerShell/') "                 \
                   "-Authentication Kerberos)",                                                    \
        .note = "by another Exchange server all are administered, this one too: type here "        \
                "what asks for the Exchange Management Shell"                                      \
    }

const struct finding_kind powershell_vdir_500 = {
    .id = "powershell-vdir-500",
    .severity = SEVERITY_CRITICAL,
    .title = "the PowerShell virtual directory answers HTTP 500",
    .why = "Whatever administers Exchange by remote PowerShell begins here: while it answers 500, "
           "nobody does through this server. Mail goes on. Three causes are documented, each with "
           "a repair of its own: a clock that Kerberos refuses, modules or settings of the "
           "directory, and a module that went with an upgrade of Windows. To make the directory "
           "anew helps against the second alone.",
    .symptom =
        "The shell does not start: \"received an HTTP server error status (500), but the remote "
        "service did not include any other information about the cause of the failure\". "
        "Outlook on the web, the Exchange admin center's pages and mail may work at the same "
        "time.",
    .cause = "The clock is further from the domain controllers' than Kerberos bears "
             "(clock-skew); kerbauth.dll is loaded from a wrong folder (kerbauth-path) or "
             "kerbauth is no native module of the directory (kerbauth-managed); the directory's "
             "settings, bindings or paths were changed (powershell-vdir-settings); the variable "
             "ExchangeInstallPath is gone (exchange-install-path, event 10113); the module "
             "WSMan is not there (wsman-module-missing), with the WinRM IIS Extension taken "
             "away by an upgrade in place (winrm-iis-ext-missing). In Exchange 2010 also a "
             "damaged enterprisesec.config of .NET (event \"Failed to create AppDomain\").",
    .applies_to = "Exchange 2010 and later; documented for 2013 SP1",
    .cost = "Administrators cannot manage this mail server; repairs and scheduled scripts stand "
            "still.",
    .repair =
        "Repair the causes that stand beside it; where there are none, fetch what decides next.",
    .fix = (const struct step_template[]){REPAIR_CAUSES,
                                          FETCH_CLOCK,
                                          FETCH_CONFIG,
                                          FETCH_WEB_CONFIG,
                                          FETCH_EVENTS,
                                          FETCH_INSTALL_PATH,
                                          FETCH_IIS_LOG,
                                          TRACE,
                                          AGAIN,
                                          MEANWHILE,
                                          {0}},
    .verify =
        (const struct step_template[]){
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_FILL_IN,
             .where = "{machine}, not in the Exchange Management Shell",
             .command = OPEN_SHELL,
             .note = "the server by its full name; Opened is what the shell begins with",
             .when = "!live"},
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_EXACT,
             .where = "{machine}, not in the Exchange Management Shell",
             .command = OPEN_SHELL,
             .note = "Opened is what the shell begins with",
             .when = "live"},
            CHECK_AGAIN("again", STEP_EXACT, "",
                        "with --authenticate it also logs on as you, and asks for a shell "
                        "without making one",
                        "the run once more, " SAME_IDENTITY),
            {.shell = SHELL_SH,
             .kind = STEP_FILL_IN,
             .where = EXAMINER,
             .command = "exdiag check --file {new-log} --only powershell",
             .note = "a log of the time after the repair",
             .when = "log",
             .also_powershell = true},
            {0}},
    .no_undo = "by itself it changes nothing; each cause has the way back beside its steps",
    .make_known =
        (const struct step_template[]){
            MACHINE_STEPS,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = EXAMINER,
             .command = "Check how the name is spelt, whole and with its domain. Where it is "
                        "known inside alone, name a resolver that is inside with --dns.",
             .when = "no-address"},
            {.shell = SHELL_SH,
             .kind = STEP_EXACT,
             .where = EXAMINER,
             .command = "exdiag check --server {server} --only clock,powershell" AS_CALLED,
             .note = "from a machine that reaches TCP 80 and 443 of the server, and 444 for its "
                     "back end",
             .when = "not-reached",
             .also_powershell = true},
            {.shell = SHELL_SH,
             .kind = STEP_EXACT,
             .where = EXAMINER ", as whoever the shell fails for",
             .command = "exdiag check --server {server} --only clock,powershell "
                        "--authenticate" AS_CALLED,
             .note = "logs on with a Kerberos ticket, as the shell does, and asks for a shell "
                     "without making one: a 500 that comes after the logon is seen by this alone",
             .when = "half-seen",
             .also_powershell = true},
            {.shell = SHELL_SH,
             .kind = STEP_FILL_IN,
             .where = EXAMINER ", as whoever the shell fails for",
             .command = "exdiag check --server {full-name-of-the-server} --only clock,powershell "
                        "--authenticate" AS_CALLED,
             .note = "a logon takes the server's name: its address is not enough",
             .when = "no-name",
             .also_powershell = true},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = "{machine}, as administrator",
             .command = "%windir%\\system32\\inetsrv\\appcmd.exe list config \"Default Web "
                        "Site/PowerShell\" -section:system.webServer/httpRedirect",
             .note = "enabled=\"true\" is what sends it elsewhere; setup leaves it off",
             .when = "sent-elsewhere"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "{machine}",
             .command =
                 "Nothing is to be done: the shell that was left there goes by itself. That it "
                 "was made at all is of interest to exdiag's authors: keep the evidence "
                 "(--save).",
             .when = "left-behind"},
            {0}},
    .references =
        (const struct reference[]){
            {"Exchange 2013 SP1 - problem #1 - Powershell virtual directory malfunction - HTTP "
             "error (500)",
             NULL},
            {"Exchange team blog, 4 February 2010: Troubleshooting Exchange 2010 Management "
             "Tools startup issues",
             NULL},
            {"KB 2028305: Exchange Management Shell or Console does not start", NULL},
            {"Microsoft Learn: The HTTP status codes in IIS",
             "https://learn.microsoft.com/en-us/troubleshoot/developer/webapps/iis/health-"
             "diagnostic-performance/http-status-code"},
            {NULL, NULL}},
};
