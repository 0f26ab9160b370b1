/* What only asking a server shows of its PowerShell virtual directories. */
#include "probes/powershell/kinds.h"
#include "probes/powershell/steps.h"

/*
 * {machine}: the server, as the user or the directory names it. "as-somebody" and "as-nobody": how
 * the run asked; "resolver" and "kept-port" are of probes/as_called.h. What decides among the steps
 * is set in live_tell.c.
 */

#define ON_MACHINE   POWERSHELL_SERVER
#define THIS_RUN     POWERSHELL_THIS_RUN
#define OTHER_SERVER "another Exchange server, whose shell works"
#define APPCMD       POWERSHELL_APPCMD

#define AS_BEFORE "exdiag check --server {machine} --only powershell"
#define AS_CALLED "{+ --dns resolver}{+ --port kept-port}"

#define RUN(when_, command_, note_)                                                                \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = ON_MACHINE, .command = command_,          \
        .note = note_, .when = when_                                                               \
    }

#define CHANGE(when_, command_, risk_, note_)                                                      \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = ON_MACHINE, .command = command_,          \
        .risk = risk_, .note = note_, .when = when_                                                \
    }

#define CHANGE_IF(when_, condition_, command_, risk_, note_)                                       \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = ON_MACHINE, .condition = condition_,     \
        .command = command_, .risk = risk_, .note = note_, .when = when_                           \
    }

#define CHECK_AGAIN                                                                                \
    {.shell = SHELL_SH,                                                                            \
     .kind = STEP_EXACT,                                                                           \
     .where = THIS_RUN,                                                                            \
     .command = AS_BEFORE " --authenticate" AS_CALLED,                                             \
     .note = "the run once more, with the same identity and --ca-file where the first had them",   \
     .when = "as-somebody",                                                                        \
     .also_powershell = true},                                                                     \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .where = THIS_RUN, .command = AS_BEFORE AS_CALLED,  \
        .note = "the run once more", .when = "as-nobody", .also_powershell = true                  \
    }

#define FILES_DECIDE(when_)                                                                        \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_FILL_IN, .where = THIS_RUN,                                \
        .command = "exdiag check --file {application-host-config} --only powershell",              \
        .note = "with a copy of %windir%\\system32\\inetsrv\\config\\applicationHost.config of "   \
                "{machine}: names what is wrong there, and prints the line that repairs it",       \
        .when = when_, .also_powershell = true                                                     \
    }

#define KNOW_BY_ITS_NAME                                                                           \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_FILL_IN, .where = THIS_RUN,                                \
        .command = "exdiag check --server {server-itself} --only powershell" AS_CALLED,            \
        .note = "each server by its own name, past balancers and proxies, which often keep "       \
                "this directory from the outside on purpose",                                      \
        .when = "by-its-name", .also_powershell = true                                             \
    }

#define EMT                                                                                        \
    {                                                                                              \
        "Exchange Management Troubleshooter (EMT): what a shell's error says of IIS", NULL         \
    }

/* ---- not available ---- */

#define START_POOL(when_, pool_)                                                                   \
    RUN(when_, APPCMD " list apppool \"" pool_ "\"",                                               \
        "state:Stopped says why: nobody serves the directory. In Exchange 2010 the one pool is "   \
        "MSExchangePowerShellAppPool"),                                                            \
        CHANGE(when_, APPCMD " start apppool /apppool.name:\"" pool_ "\"",                         \
               "serves the directory again; nothing else is touched",                              \
               "if it stops again at the next request, the events name what does not load")

#define ONLY_STARTED "only where it was Stopped before the repair"

#define WHY_POOLS_STOP(when_)                                                                      \
    RUN(when_,                                                                                     \
        "wevtutil qe Application /c:5 /rd:true /f:text "                                           \
        "/q:\"*[System[Provider[@Name='Microsoft-Windows-IIS-W3SVC-WP'] and (EventID=2280)]]\"",   \
        "names a module's DLL that does not load, as kerbauth.dll below a folder that is "         \
        "gone: a native module loads into every worker process, so all pools stop with it"),       \
        RUN(when_,                                                                                 \
            "wevtutil qe System /c:10 /rd:true /f:text "                                           \
            "/q:\"*[System[Provider[@Name='Microsoft-Windows-WAS']]]\"",                           \
            "which pools Windows stopped, when, and with which error")

#define BIND_CERTIFICATE(when_, port_, site_)                                                      \
    RUN(when_, "netsh http show sslcert",                                                          \
        "the entry of 0.0.0.0:" port_                                                              \
        ", or of the address or name that the site is bound to: where "                            \
        "it is not there, or its hash is not in the computer's store any more, that is the "       \
        "cause"),                                                                                  \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = ON_MACHINE,                           \
        .command = "IIS Manager, Sites, " site_ ", Bindings, https at port " port_                 \
                   ", Edit: choose the SSL certificate, then OK.",                                 \
        .note = "for the back end \"Microsoft Exchange\", which setup made; for the front end "    \
                "the one that clients trust",                                                      \
        .risk = "requests to that site fail for the moment of the change", .when = when_           \
    }

#define START_SITE(when_, site_)                                                                   \
    RUN(when_, APPCMD " list site \"" site_ "\"",                                                  \
        "its bindings, and its state: Stopped says why"),                                          \
        CHANGE(when_, APPCMD " start site /site.name:\"" site_ "\"",                               \
               "serves the site again; where it runs already, it says so and nothing changes",     \
               NULL)

#define BIND_PORT_80                                                                               \
    POWERSHELL_KEEP_A_COPY_IF("http-refused"),                                                     \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = ON_MACHINE,                              \
        .command = APPCMD " set site /site.name:\"Default Web Site\" "                             \
                          "/+\"bindings.[protocol='http',bindingInformation='*:80:']\"",           \
        .condition = "only where the list of the site shows no http/*:80:",                        \
        .risk = "the site is served at port 80 too, as Exchange's setup has it",                   \
        .when = "http-refused"                                                                     \
    }

const struct finding_kind powershell_unavailable = {
    .id = "powershell-unavailable",
    .severity = SEVERITY_WARNING,
    .title = "the PowerShell directory cannot be had: {what}",
    .why = "The Exchange Management Shell, the Exchange admin center and scripts come in through "
           "this directory. Where the whole web site is down with it, so are Outlook, phones and "
           "Outlook on the web.",
    .symptom = "The Exchange Management Shell does not connect: the server is said to be "
               "unavailable (HTTP 503), the connection to be refused, or a shell handle not to "
               "be valid. Often Outlook on the web is blank or unavailable too.",
    .cause =
        "503 for this directory alone: its application pool is stopped. 503 or 500 for every "
        "page: a native module does not load, mostly kerbauth.dll of a folder that is gone "
        "(event 2280), and takes all pools with it. Nothing at port 80: the site is stopped or "
        "its binding is gone. No TLS at port 444: the back end's site has lost its certificate "
        "(KB 2779694).",
    .applies_to = "Exchange 2010 and later; the back end at port 444 since Exchange 2013",
    .cost = "Administrators may be unable to manage this mail server.",
    .repair = "Start what does not run on the server, and look what stops it.",
    .fix =
        (const struct step_template[]){
            RUN("site", "sc.exe query w3svc",
                "STATE is to be RUNNING; where it is not, net start w3svc starts it"),
            START_SITE("site", "Default Web Site"),
            START_POOL("pool-front", "MSExchangePowerShellFrontEndAppPool"),
            START_POOL("pool-back", "MSExchangePowerShellAppPool"),
            WHY_POOLS_STOP("site"),
            WHY_POOLS_STOP("stopped"),
            FILES_DECIDE("site"),
            BIND_CERTIFICATE("tls-front", "443", "Default Web Site"),
            BIND_CERTIFICATE("tls-back", "444", "Exchange Back End"),
            START_SITE("http-refused", "Default Web Site"),
            BIND_PORT_80,
            START_SITE("https-refused", "Default Web Site"),
            BIND_CERTIFICATE("https-refused", "443", "Default Web Site"),
            START_SITE("back-refused", "Exchange Back End"),
            {0}},
    .verify = (const struct step_template[]){CHECK_AGAIN, POWERSHELL_OPENS, {0}},
    .undo =
        (const struct step_template[]){
            CHANGE_IF("pool-front", ONLY_STARTED,
                      APPCMD " stop apppool /apppool.name:\"MSExchangePowerShellFrontEndAppPool\"",
                      "nobody comes in by PowerShell then", NULL),
            CHANGE_IF("pool-back", ONLY_STARTED,
                      APPCMD " stop apppool /apppool.name:\"MSExchangePowerShellAppPool\"",
                      "nobody comes in by PowerShell then", NULL),
            POWERSHELL_TAKE_THE_COPY_IF("http-refused"),
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = ON_MACHINE,
             .command = "In IIS Manager choose the certificate that was chosen before.",
             .when = "tls-front"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = ON_MACHINE,
             .command = "In IIS Manager choose the certificate that was chosen before.",
             .when = "tls-back"},
            {0}},
    .make_known = (const struct step_template[]){CHECK_AGAIN, {0}},
    .references =
        (const struct reference[]){
            {"KB 2779694: the back end's web site without a certificate", NULL},
            {"IIS 503.0: the application pool is stopped or disabled",
             "https://learn.microsoft.com/en-us/troubleshoot/developer/webapps/iis/"
             "health-diagnostic-performance/http-status-code"},
            EMT,
            {NULL, NULL}},
};

/* ---- forbidden ---- */

#define SHOW_ACCESS                                                                                \
    APPCMD " list config \"Default Web Site/PowerShell\" "                                         \
           "-section:system.webServer/security/access"

const struct finding_kind powershell_forbidden = {
    .id = "powershell-forbidden",
    .severity = SEVERITY_CRITICAL,
    .title = "the PowerShell directory requires SSL, which the Exchange Management Shell comes "
             "without",
    .why = "The Exchange Management Shell connects to http://server/PowerShell at port 80, where "
           "Kerberos protects who one is. A directory that requires SSL turns it away with 403.",
    .symptom = "The Exchange Management Shell fails with HTTP 403 (403.4 in the logs of IIS), or "
               "says that access is denied.",
    .cause = "\"Require SSL\" was set on the PowerShell directory, by hand, by a hardening "
             "script, or because it was made anew with the defaults of "
             "New-PowerShellVirtualDirectory.",
    .applies_to = "Exchange 2010 and later",
    .cost = "Administrators cannot manage this mail server; repairs and scheduled scripts stand "
            "still.",
    .repair = "Turn the requirement of SSL off for this one directory.",
    .fix =
        (const struct step_template[]){
            RUN(NULL, SHOW_ACCESS,
                "sslFlags as setup has them is SslNegotiateCert; Ssl among them is the cause"),
            POWERSHELL_KEEP_A_COPY,
            CHANGE(NULL,
                   APPCMD " set config \"Default Web Site/PowerShell\" "
                          "-section:system.webServer/security/access "
                          "-sslFlags:SslNegotiateCert -commit:apphost",
                   "the directory takes requests without TLS again, as Exchange's setup has it; "
                   "who asks still has to show a Kerberos ticket",
                   NULL),
            {0}},
    .verify =
        (const struct step_template[]){
            RUN(NULL, SHOW_ACCESS, NULL), CHECK_AGAIN, POWERSHELL_OPENS, {0}},
    .undo = (const struct step_template[]){POWERSHELL_TAKE_THE_COPY, {0}},
    .make_known = (const struct step_template[]){KNOW_BY_ITS_NAME, CHECK_AGAIN, {0}},
    .references =
        (const struct reference[]){{"IIS 403.4: SSL is required",
                                    "https://learn.microsoft.com/en-us/troubleshoot/developer/"
                                    "webapps/iis/health-diagnostic-performance/http-status-code"},
                                   EMT,
                                   {NULL, NULL}},
};

/* ---- not found ---- */

const struct finding_kind powershell_not_found = {
    .id = "powershell-not-found",
    .severity = SEVERITY_CRITICAL,
    .title = "the PowerShell directory is not found (404) at {where}",
    .why = "The Exchange Management Shell connects to this directory, and scripts and the "
           "Exchange admin center do, too.",
    .symptom = "The Exchange Management Shell says that the HTTP URL is not available, or that "
               "the destination does not support the WS-Management protocol.",
    .cause = "The directory was removed and not made again; or the binding of port 80 is gone "
             "from the Default Web Site, or has a host name filled in, so that another site "
             "answers.",
    .applies_to = "Exchange 2010 and later; the back end at port 444 since Exchange 2013",
    .cost = "Administrators cannot manage this mail server; repairs and scheduled scripts stand "
            "still.",
    .repair = "Correct where the PowerShell directory is looked for, or make it anew.",
    .fix =
        (const struct step_template[]){
            RUN("gone-http", APPCMD " list site",
                "the Default Web Site is to have http/*:80: without a host name behind the last "
                "colon, and no other site the same"),
            RUN("gone-front", APPCMD " list app \"Default Web Site/PowerShell\"",
                "nothing printed: the application is gone"),
            RUN("gone-back", APPCMD " list app \"Exchange Back End/PowerShell\"",
                "nothing printed: the application is gone"),
            FILES_DECIDE(NULL),
            POWERSHELL_KEEP_A_COPY,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = ON_MACHINE,
             .condition = "where the binding is what is wrong",
             .command = "IIS Manager, Sites, Default Web "
                        "Site, Bindings, http at port 80, Edit: leave the host name empty, then "
                        "OK.",
             .when = "gone-http"},
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = OTHER_SERVER,
             .condition = "only where the application is gone, of Exchange 2013 or later",
             .command = "New-PowerShellVirtualDirectory -Name PowerShell -Server {machine} -Role "
                        "ClientAccess -InternalUrl {internal-url} -RequireSSL:$false "
                        "-BasicAuthentication:$false -WindowsAuthentication:$false",
             .risk = "makes the front end's directory anew; Microsoft asks to do that only where "
                     "nothing less helps",
             .note = "by setup InternalUrl is http:// with "
                     "the server's full name and /powershell. Without these switches it answers "
                     "403. Where it says that the directory exists: "
                     "Remove-PowerShellVirtualDirectory first. Exchange 2010 makes it on the "
                     "server itself alone: its applicationHost.config, read by exdiag, has the "
                     "lines",
             .when = "gone-https"},
            {0}},
    .verify = (const struct step_template[]){CHECK_AGAIN, POWERSHELL_OPENS, {0}},
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = OTHER_SERVER,
             .condition = "if the directory was made",
             .command = "A directory that New-PowerShellVirtualDirectory made, "
                        "Remove-PowerShellVirtualDirectory takes away, by the Identity that New- "
                        "printed: it is in Active Directory too, of which IIS has no copy.",
             .when = "gone-https"},
            POWERSHELL_TAKE_THE_COPY,
            {0}},
    .make_known = (const struct step_template[]){KNOW_BY_ITS_NAME, CHECK_AGAIN, {0}},
    .references =
        (const struct reference[]){
            {"New-PowerShellVirtualDirectory: the switches' defaults",
             "https://learn.microsoft.com/en-us/powershell/module/exchangepowershell/"
             "new-powershellvirtualdirectory"},
            EMT,
            {NULL, NULL}},
};

/* ---- refused ---- */

#define SHOW_ACCOUNT                                                                               \
    " -Identity {machine} -IncludeAlternateServiceAccountCredentialStatus | Format-List "          \
    "Name,AlternateServiceAccountConfiguration"
#define ACCOUNT_NOTE                                                                               \
    "whether this server has the latest password of the alternate service account. Where "         \
    "another has a later one, RollAlternateServiceAccountPassword.ps1 in Exchange's folder "       \
    "Scripts copies it from there"

const struct finding_kind powershell_refused = {
    .id = "powershell-refused",
    .severity = SEVERITY_WARNING,
    .title = "a remote PowerShell is refused: {what}",
    .why = "The Exchange Management Shell comes in by a Kerberos ticket for HTTP/server. What "
           "the server says of one that it refuses names the cause, which the shell's own "
           "message mostly hides behind HTTP 500 or \"access is denied\".",
    .symptom = "The Exchange Management Shell fails with HTTP 500 or 401, or says that access is "
               "denied or that the computer is unknown to Kerberos.",
    .cause =
        "KRB_AP_ERR_SKEW and KRB_AP_ERR_TKT_NYV: the server's clock is five minutes or more "
        "from that of whoever asks, or of the domain controller that made the ticket. "
        "KRB_AP_ERR_MODIFIED, KRB_AP_ERR_BADKEYVER and KRB_AP_ERR_BAD_INTEGRITY: HTTP/server is "
        "on another account than the one that the server runs as, or that account's password "
        "was changed and not on every server. A fault of WS-Management: its modules work, and "
        "its number says what does not.",
    .applies_to = "Exchange 2010 and later",
    .cost = "Some administrators or scripts cannot manage this mail server.",
    .repair = "Give the caller the rights or the logon that it lacks.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_SH,
             .kind = STEP_EXACT,
             .where = THIS_RUN,
             .command = "exdiag check --server {machine} --only clock" AS_CALLED,
             .note = "whose clock is wrong, this machine's, the server's or the domain "
                     "controller's, and the lines that set it",
             .when = "clock",
             .also_powershell = true},
            RUN("clock", "w32tm /query /status /verbose",
                "whom it follows, and when it last heard of it"),
            CHANGE_IF("clock", "once whom it follows is known to be right",
                      "w32tm /resync /rediscover", "sets the clock at once",
                      "error 0x80070426: the service is stopped; net start w32time starts it"),
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = "the Windows machine whose shell is refused, as its user",
             .command = "klist purge",
             .risk = "forgets this user's tickets, which are asked for again when needed",
             .note = "a ticket from before a change of the password ends with that",
             .when = "key"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = "any member of the domain",
             .command = "setspn -Q {spn}",
             .note = "the account that has the name; none: HOST/ of the computer's account "
                     "stands for it. It is to be the server's own, or the alternate service "
                     "account of all servers",
             .when = "key"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = "any member of the domain",
             .command = "setspn -Q {spn}",
             .note = "the account that has the name",
             .when = "ticket"},
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = OTHER_SERVER,
             .condition = "if it is Exchange 2016 or later",
             .command = "Get-ClientAccessService" SHOW_ACCOUNT,
             .note = ACCOUNT_NOTE,
             .when = "key"},
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .is_alternative = true,
             .where = OTHER_SERVER,
             .condition = "if it is Exchange 2010 or 2013",
             .command = "Get-ClientAccessServer" SHOW_ACCOUNT,
             .note = ACCOUNT_NOTE,
             .when = "key"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = "any Windows machine",
             .command = "winrm helpmsg {number}",
             .note = "the fault's number, in words",
             .when = "number"},
            FILES_DECIDE("fault"),
            {0}},
    .verify = (const struct step_template[]){CHECK_AGAIN, POWERSHELL_OPENS, {0}},
    .no_undo = "looking changes nothing; tickets that were forgotten are asked for again; a "
               "clock that was set right needs no way back",
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = "any member of the domain",
             .command = "setspn -Q {spn}",
             .note = "the domain controller knows no such name; for a balancer's name it is to "
                     "be on the alternate service account",
             .when = "no-name"},
            {.shell = SHELL_SH,
             .kind = STEP_FILL_IN,
             .where = THIS_RUN,
             .command = "kinit {user-at-realm}",
             .note = "a ticket of somebody who may use the shell, as alice@CONTOSO.COM; klist "
                     "shows it. On Windows there is no kinit: run exdiag as a user of the domain",
             .when = "no-ticket"},
            {.shell = SHELL_EMS,
             .kind = STEP_FILL_IN,
             .where = OTHER_SERVER,
             .command = "Get-User -Identity {user} | Format-List Name,RemotePowerShellEnabled",
             .note = "False: this user may not; or ask as an administrator of Exchange",
             .when = "no-right"},
            {.shell = SHELL_SH,
             .kind = STEP_FILL_IN,
             .where = THIS_RUN,
             .command = AS_BEFORE " --authenticate --ca-file {authority-pem}" AS_CALLED,
             .note = "with the authority that signed the server's certificate",
             .when = "certificate"},
            WHY_POOLS_STOP("cut-off"),
            FILES_DECIDE("sent-away"),
            CHECK_AGAIN,
            {0}},
    .references =
        (const struct reference[]){
            {"RFC 4120 section 7.5.9: KRB_AP_ERR_SKEW (37), TKT_NYV (33), MODIFIED (41), "
             "BADKEYVER (44)",
             "https://www.rfc-editor.org/rfc/rfc4120"},
            {"KB 979174: all clocks should be synchronized to within 5 minutes of one another",
             NULL},
            {"[MS-WSMV] 2.2.4.43: WSManFault, whose Code is the number", NULL},
            {NULL, NULL}},
};
