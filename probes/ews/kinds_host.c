/* What configurations of IIS and logs of web requests show of EWS. */
#include "probes/ews/kinds.h"
#include "probes/machine.h"

#include <stddef.h>

#define APPCMD "%windir%\\system32\\inetsrv\\appcmd.exe"

#define KEEP_A_COPY                                                                                \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = EWS_FILE_HOST,                            \
        .command = APPCMD " add backup before-ews",                                                \
        .note = "a copy of the configuration of IIS, below inetsrv\\backup; it is the way back"    \
    }

#define TAKE_THE_COPY                                                                              \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = EWS_FILE_HOST,                           \
        .condition = "outside working hours", .command = APPCMD " restore backup before-ews",      \
        .risk = "takes every change to IIS back that was made since, and restarts it"              \
    }

#define LOOK_AT(section, remark)                                                                   \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = EWS_FILE_HOST,                                                                       \
     .command = APPCMD " list app /path:/EWS",                                                     \
     .note = "<directory> is one of the names in quotation marks, with these: \"Default Web "      \
             "Site/EWS\" of the front end and of Exchange 2010, \"Exchange Back End/EWS\"",        \
     .when = "!directory"},                                                                        \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = EWS_FILE_HOST,                            \
        .command = APPCMD " list config {directory} -section:" section, .note = remark             \
    }

#define READ_ANEW                                                                                  \
    {.shell = SHELL_SH,                                                                            \
     .kind = STEP_FILL_IN,                                                                         \
     .where = EWS_THIS_RUN,                                                                        \
     .command = "exdiag check --file {new-file} --only ews",                                       \
     .note = "the file as it is then",                                                             \
     .when = "!own-server",                                                                        \
     .also_powershell = true},                                                                     \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .where = EWS_THIS_RUN,                              \
        .command = "exdiag check --server {own-server} --only ews", .when = "own-server",          \
        .also_powershell = true                                                                    \
    }

#define COPY_WHOLE                                                                                 \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_FILL_IN, .where = EWS_FILE_HOST,                          \
        .command = "copy %windir%\\System32\\inetsrv\\config\\applicationHost.config {folder}",    \
        .note = "by a 64-bit program; and the web.config of the EWS folder that it names, into a " \
                "folder below",                                                                    \
        .when = "!unread"                                                                          \
    }

#define HANDLERS                                                                                   \
    {                                                                                              \
        "Microsoft Learn: Handlers <handlers>",                                                    \
            "https://learn.microsoft.com/en-us/iis/configuration/system.webserver/handlers/"       \
    }
#define MODULES                                                                                    \
    {                                                                                              \
        "Microsoft Learn: Modules <modules>",                                                      \
            "https://learn.microsoft.com/en-us/iis/configuration/system.webserver/modules/"        \
    }
#define DEFAULTS                                                                                   \
    {                                                                                              \
        "Microsoft Learn: Default settings for Exchange virtual directories",                      \
            "https://learn.microsoft.com/en-us/exchange/clients/"                                  \
            "default-virtual-directory-settings"                                                   \
    }

const struct finding_kind ews_cgi_handler = {
    .id = "ews-cgi-handler",
    .severity = SEVERITY_INFO,
    .title = "a CGI handler is mapped on the EWS virtual directory",
    .why = "Healthy Exchange servers have no CGI. In the documented case of messages that could "
           "not be fetched it was suspected, and uninstalling it did not help: the cause was the "
           "virtual directory itself. So it is worth knowing, and nothing to repair by itself.",
    .symptom = "None of its own.",
    .cause = "The role service CGI of IIS is installed, or FastCGI for PHP or the like, and its "
             "handler was added for the server or the web site. EWS inherits it as every other "
             "folder does.",
    .applies_to = "Exchange 2007 and later, on IIS 7 and later",
    .cost = "Nothing known; a part that is not needed may be an opening for attackers.",
    .repair = "Nothing has to be done while the web services work.",
    .fix =
        (const struct step_template[]){
            LOOK_AT("handlers", "all that reach EWS; nothing has to be done while EWS works"),
            KEEP_A_COPY,
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_DECIDE,
             .where = EWS_FILE_HOST,
             .condition = "only to leave CGI out of EWS for good",
             .command = "Remove-WebHandler -Name {handler} -PSPath MACHINE/WEBROOT/APPHOST "
                        "-Location {directory}",
             .risk = "restarts the application pool of EWS; other applications keep the handler",
             .note = "the module WebAdministration has this command; Exchange needs no CGI. "
                     "Uninstalling the role service would take it from every application of this "
                     "server"},
            {0}},
    .verify = (const struct step_template[]){READ_ANEW, {0}},
    .undo = (const struct step_template[]){TAKE_THE_COPY, {0}},
    .make_known = (const struct step_template[]){MACHINE_STEPS, COPY_WHOLE, {0}},
    .references = (const struct reference[]){EWS_ARTICLE, HANDLERS, {NULL, NULL}},
};

const struct finding_kind ews_directory_modules = {
    .id = "ews-directory-modules",
    .severity = SEVERITY_WARNING,
    .title = "modules of the EWS virtual directory {how}",
    .why = "A module runs within every request. One that IIS cannot load ends them all with an "
           "error; one that somebody else made sees all messages, and may be what fails.",
    .symptom = "EWS answers 500 for everything, or for some requests on one server alone.",
    .cause = "A module was added by hand, by a product that filters or watches requests, by an "
             "update that was broken off, or by an intruder. A name without type means a native "
             "module, which globalModules has to have; a name may be there once; what is locked "
             "above may not be changed below.",
    .applies_to = "Exchange 2007 and later, on IIS 7 and later",
    .cost = "Programs that read mailboxes, such as the archive and calendars, may fail.",
    .repair = "Repair the list of modules of the EWS directory.",
    .fix =
        (const struct step_template[]){
            LOOK_AT("modules", "compare it with a server that works"),
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = EWS_FILE_HOST,
             .command = APPCMD " list modules",
             .note = "native modules with the files that they are in"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "whoever is responsible for the server",
             .command = "Find out whose the module is. If nobody knows it, examine the file "
                        "before anything is changed: intruders keep their way in as a module of "
                        "IIS."},
            KEEP_A_COPY,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = EWS_FILE_HOST,
             .command = "Take away the line that was seen, or give it back the entry of "
                        "globalModules that it needs, as the server that works has it.",
             .risk = "a change to applicationHost.config restarts the application pools"},
            {0}},
    .verify = (const struct step_template[]){READ_ANEW, {0}},
    .undo = (const struct step_template[]){TAKE_THE_COPY, {0}},
    .make_known = (const struct step_template[]){MACHINE_STEPS, COPY_WHOLE, {0}},
    .references = (const struct reference[]){MODULES, {NULL, NULL}},
};

#define EXTENDED_PROTECTION                                                                        \
    {                                                                                              \
        "Microsoft CSS-Exchange: ExchangeExtendedProtectionManagement",                            \
            "https://microsoft.github.io/CSS-Exchange/Security/"                                   \
            "ExchangeExtendedProtectionManagement/"                                                \
    }
#define ACCESS                                                                                     \
    {                                                                                              \
        "Microsoft Learn: Access Security <access>",                                               \
            "https://learn.microsoft.com/en-us/iis/configuration/system.webserver/security/access" \
    }

/* What is set is the directory of this web site: {site} is the name of the values. */
#define SET_EWS_OF(site, option)                                                                   \
    "Set-WebServicesVirtualDirectory -Identity ($env:COMPUTERNAME + '\\EWS (' + {" site            \
    "} + ')') " option

#define SET_EWS(site, option, remark)                                                              \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_DECIDE, .where = EWS_FILE_HOST,                           \
        .condition = "where it was not on purpose", .command = SET_EWS_OF(site, option),           \
        .risk = remark, .each = site                                                               \
    }

#define TAKE_BACK_EWS(site, option)                                                                \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_DECIDE, .where = EWS_FILE_HOST,                           \
        .condition = "if it was changed", .command = SET_EWS_OF(site, option), .each = site        \
    }

#define SET_IIS(directory, setting, remark)                                                        \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = EWS_FILE_HOST,                           \
        .condition = "where it was not on purpose",                                                \
        .command = APPCMD " set config {" directory "} -section:" setting, .risk = remark,         \
        .each = directory                                                                          \
    }

#define TAKE_BACK_IIS(directory, setting)                                                          \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = EWS_FILE_HOST,                           \
        .condition = "if it was changed",                                                          \
        .command = APPCMD " set config {" directory "} -section:" setting, .each = directory       \
    }

#define LIST_IIS(directory, section, remark)                                                       \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = EWS_FILE_HOST,                            \
        .command = APPCMD " list config {" directory "} -section:" section, .note = remark,        \
        .each = directory                                                                          \
    }

const struct finding_kind ews_directory_settings = {
    .id = "ews-directory-settings",
    .severity = SEVERITY_INFO,
    .title = "authentication or SSL of the EWS virtual directory are not as setup makes them",
    .why = "Setup leaves Basic and Digest off, requires SSL, and Microsoft's script for Extended "
           "Protection makes it Allow on the front end. Where it is otherwise some client may find "
           "no way to log on, or send its password as plain text.",
    .symptom = "Some clients are asked for a password again and again, or reach EWS from within "
               "alone; others work.",
    .cause = "Somebody changed them, in IIS Manager, with appcmd or with Set-WebServicesVirtual"
             "Directory; on purpose it is nothing to repair. Basic together with a web site that "
             "answers HTTP without SSL is a warning.",
    .applies_to = "Exchange 2010 and later",
    .cost = "Programs that read mailboxes may be refused.",
    .repair = "Set logon and encryption of the EWS directory as setup makes them, unless it was on "
              "purpose.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_FILE_HOST,
             .command = "Get-WebServicesVirtualDirectory -Server $env:COMPUTERNAME | Format-List "
                        "Identity,*Url,*Authentication,*Protection*",
             .note = "keep what it prints: the values to go back to. The one of Exchange Back End: "
                     "with -ShowMailboxVirtualDirectories"},
            LIST_IIS("protected", "windowsAuthentication", "extendedProtection, its tokenChecking"),
            LIST_IIS("ssl-wrong", "access", "sslFlags: Ssl is to be there, SslRequireCert is not"),
            KEEP_A_COPY,
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = EWS_FILE_HOST,
             .condition = "for Extended Protection of all virtual directories at once",
             .command = ".\\ExchangeExtendedProtectionManagement.ps1 -ExchangeServerNames "
                        "$env:COMPUTERNAME",
             .risk = "restarts application pools; sets every virtual directory of this server, "
                     "most of the others to Require",
             .note =
                 "Microsoft's script (https://aka.ms/ExchangeEPScript), in its folder; it looks "
                 "first whether TLS of all servers allows it, and keeps a copy: -RollbackType "
                 "RestoreConfiguration. With -ShowExtendedProtection it only shows",
             .when = "protected"},
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .is_alternative = true,
             .where = EWS_FILE_HOST,
             .condition = "for Extended Protection of EWS alone",
             .command = SET_EWS_OF("protected-site", "-ExtendedProtectionTokenChecking Allow"),
             .risk = "clients that cannot do Extended Protection log on without it; those that "
                     "can go on using it",
             .each = "protected-site"},
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = EWS_FILE_HOST,
             .condition = "where it was not on purpose",
             .command = APPCMD " set config {ssl-wrong} -section:access "
                               "-sslFlags:\"Ssl,Ssl128\" -commit:apphost",
             .risk = "restarts the application pools; plain HTTP gets 403.4, so that a balancer "
                     "that ends TLS has to speak TLS to the server",
             .note = "with SslNegotiateCert as a third flag where a server that works has it",
             .each = "ssl-wrong"},
            SET_EWS("basic-on", "-BasicAuthentication $false",
                    "whoever logs on with a password by Basic no longer can"),
            SET_EWS("digest-on", "-DigestAuthentication $false",
                    "whoever logs on by Digest no longer can"),
            SET_EWS("windows-off", "-WindowsAuthentication $true",
                    "NTLM and Negotiate can be used again, by everyone who reaches the server"),
            SET_IIS("anonymous-off", "anonymousAuthentication -enabled:true -commit:apphost",
                    "restarts the application pools; requests without a logon reach EWS, which "
                    "sends them away by itself unless they have a token"),
            SET_IIS("redirected", "httpRedirect -enabled:false",
                    "it is written to the web.config of EWS, which no backup of IIS holds"),
            {0}},
    .verify =
        (const struct step_template[]){
            LIST_IIS("protected", "windowsAuthentication",
                     "tokenChecking is Allow, or None, and not Require"),
            LIST_IIS("ssl-wrong", "access", "sslFlags has Ssl, and no SslRequireCert"),
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_FILE_HOST,
             .command = "Get-WebServicesVirtualDirectory -Server $env:COMPUTERNAME | Format-List "
                        "Identity,*Authentication",
             .note = "Basic and Digest False, Windows True; of Exchange Back End: with "
                     "-ShowMailboxVirtualDirectories",
             .when = "authentication"},
            COPY_WHOLE,
            READ_ANEW,
            {0}},
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = EWS_FILE_HOST,
             .condition = "only where the script was run",
             .command = ".\\ExchangeExtendedProtectionManagement.ps1 -RollbackType "
                        "RestoreConfiguration -ExchangeServerNames $env:COMPUTERNAME",
             .risk = "takes back what it set in every virtual directory of this server",
             .when = "protected"},
            TAKE_BACK_EWS("protected-site", "-ExtendedProtectionTokenChecking Require"),
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = EWS_FILE_HOST,
             .condition = "if it was changed",
             .command = APPCMD " set config {ssl-wrong} -section:access -sslFlags:{ssl-before} "
                               "-commit:apphost",
             .each = "ssl-wrong"},
            TAKE_BACK_EWS("basic-on", "-BasicAuthentication $true"),
            TAKE_BACK_EWS("digest-on", "-DigestAuthentication $true"),
            TAKE_BACK_EWS("windows-off", "-WindowsAuthentication $false"),
            TAKE_BACK_IIS("anonymous-off",
                          "anonymousAuthentication -enabled:false -commit:apphost"),
            TAKE_BACK_IIS("redirected", "httpRedirect -enabled:true"),
            TAKE_THE_COPY,
            {0}},
    .make_known = (const struct step_template[]){COPY_WHOLE, {0}},
    .references = (const struct reference[]){DEFAULTS, ACCESS, EXTENDED_PROTECTION, {NULL, NULL}},
};

const struct finding_kind ews_directory_differs = {
    .id = "ews-directory-differs",
    .severity = SEVERITY_WARNING,
    .title = "the EWS virtual directory is not set up as on another server: {other}",
    .why = "The fault of one node alone is in what this node has and the others have not. Servers "
           "of one version that answer the same clients are to be set up alike; those of another "
           "version are not compared.",
    .symptom = "Something works through one server and fails through the other.",
    .cause = "A change was made on one server alone: by hand, by a product that was installed "
             "there, or by an update.",
    .applies_to = "Exchange 2007 and later, on IIS 7 and later",
    .cost = "Archive and calendars may work or fail depending on which server answers.",
    .repair = "Set up the EWS directory as on the server that works.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the two servers",
             .command = "Say for each line that was seen which of the two is right: the server "
                        "that works, and of settings what Get-WebServicesVirtualDirectory wants."},
            KEEP_A_COPY,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = EWS_FILE_HOST,
             .command = "Make the wrong one like the right one. If it is many lines, make its "
                        "virtual directory again: exdiag explain ews-mime-transient has the "
                        "commands in their order."},
            {0}},
    .verify =
        (const struct step_template[]){
            {.shell = SHELL_SH,
             .kind = STEP_FILL_IN,
             .where = EWS_THIS_RUN,
             .command = "exdiag check --file {one} --file {other-one} --only ews",
             .note = "both servers' applicationHost.config, as they are then",
             .when = "!other-server",
             .also_powershell = true},
            {.shell = SHELL_SH,
             .kind = STEP_EXACT,
             .where = EWS_THIS_RUN,
             .command = "exdiag check --server {own-server} --server {other-server} --only ews",
             .when = "other-server",
             .also_powershell = true},
            {0}},
    .undo = (const struct step_template[]){TAKE_THE_COPY, {0}},
    .make_known = (const struct step_template[]){COPY_WHOLE, {0}},
    .references = (const struct reference[]){EWS_ARTICLE, HANDLERS, MODULES, {NULL, NULL}},
};

const struct finding_kind ews_requests_failed = {
    .id = "ews-requests-failed",
    .severity = SEVERITY_WARNING,
    .title = "{failed} of {requests} requests to EWS failed by the server",
    .why =
        "What one archiver meets others meet too. A code of EWS says that the server could not "
        "answer what a client had asked for rightly. A log of IIS has no codes: its 500 may also "
        "be a client's own mistake, or throttling.",
    .symptom = "Archiving, free/busy times, out-of-office, Outlook for Mac or meeting rooms have "
               "errors at the hours that are shown.",
    .cause = "500: the application, or what stands behind it; with ErrorInternalServerTransient"
             "Error again and again the virtual directory itself (ews-mime-transient). 503: the "
             "application pool is stopped or full. 502 and 504, and codes such as ServerNotFound: "
             "the front end does not reach the back end. A status of the back end beside it: what "
             "failed is the back end, which need not be this server. Win32 status 64 and 1236: the "
             "client, or a balancer, has given up before the answer.",
    .applies_to = "Exchange 2007 and later; Logging\\Ews and Logging\\HttpProxy: 2013 and later",
    .cost = "Archive, calendars and other programs that read mailboxes fail now and then.",
    .repair = "Find out from the server's logs why it fails these requests.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = EWS_FILE_HOST,
             .condition = "if it is Exchange 2013 or later",
             .command = "Get-HealthReport -Server $env:COMPUTERNAME -HealthSet EWS.Protocol",
             .note = "whether Exchange itself finds something, and since when"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = EWS_FILE_HOST,
             .condition = "if it is Exchange 2013 or later",
             .command = "Read Logging\\Ews of the same hours, of the back "
                        "end: it has a code for each request. exdiag check --file FILE reads it.",
             .when = "no-code"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the back end that failed",
             .command = "Repeat the steps there: the column TargetServer of the log names it.",
             .when = "back-end"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = EWS_FILE_HOST,
             .command = APPCMD " list apppool /state:Stopped",
             .note = "none of EWS: MSExchangeServicesAppPool, and since Exchange 2013 of the front "
                     "end MSExchangeServicesFrontEndAppPool. A pool that is stopped answers 503; "
                     "events 5011 and 5002 of WAS say why"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = EWS_THIS_RUN,
             .condition = "where the code is ErrorInternalServerTransientError",
             .command = "Go on with ews-mime-transient: exdiag explain ews-mime-transient.",
             .when = "transient"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = EWS_FILE_HOST,
             .command = "Compare with the logs of the other servers, of the same hours: if one "
                        "alone has failures, take it out of the load balancer until it is "
                        "repaired."},
            {0}},
    .verify = (const struct step_template[]){{.shell = SHELL_SH,
                                              .kind = STEP_FILL_IN,
                                              .where = EWS_THIS_RUN,
                                              .command = "exdiag check --file {new-log} --only ews",
                                              .note = "a log of the hours after the repair",
                                              .also_powershell = true},
                                             {0}},
    .no_undo = "nothing is changed by looking",
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the Exchange server",
             .command = "Copy the log whole: IIS logs are in inetpub\\logs\\LogFiles\\W3SVC1 "
                        "(front end) and W3SVC2 (back end), Exchange's own in Logging\\Ews and "
                        "Logging\\HttpProxy\\Ews below its folder.",
             .note = "IIS writes its columns with the first request of a file: keep the lines "
                     "that begin with #"},
            {0}},
    .references =
        (const struct reference[]){
            EWS_CODES,
            {"Microsoft Learn: The HTTP status codes in IIS",
             "https://learn.microsoft.com/en-us/troubleshoot/developer/webapps/iis/health-"
             "diagnostic-performance/http-status-code"},
            {NULL, NULL}},
};
