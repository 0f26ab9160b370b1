/* What configurations and logs show where nobody reaches EWS at all. */
#include "probes/ews/kinds.h"

#include <stddef.h>

#define APPCMD "%windir%\\system32\\inetsrv\\appcmd.exe"

#define ALL_DIRECTORIES                                                                            \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_EXACT, .where = EWS_FILE_HOST,                            \
        .command = "Get-WebServicesVirtualDirectory -Server $env:COMPUTERNAME "                    \
                   "-ShowMailboxVirtualDirectories | Format-List Identity,*Url,*Authentication",   \
        .note = "what Active Directory still has of it; Exchange 2010 and before: without "        \
                "-ShowMailboxVirtualDirectories"                                                   \
    }

#define FROM_ANOTHER                                                                               \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_FILL_IN, .where = EWS_SHELL,                              \
        .command = "Get-WebServicesVirtualDirectory -Server {server-that-works} | Format-List "    \
                   "*Url,*Authentication,*Protection*",                                            \
        .note = "the values to give the new one, with its own names in the URLs, where nobody "    \
                "recorded those that it had"                                                       \
    }

#define NEW_FRONT                                                                                  \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_DECIDE,                                                                          \
     .where = EWS_FILE_HOST,                                                                       \
     .condition = "where Default Web Site lacks it, of Exchange 2013 or later",                    \
     .command = "New-WebServicesVirtualDirectory -Server $env:COMPUTERNAME -Role ClientAccess "    \
                "-InternalUrl {internal-url} -ExternalUrl {external-url}",                         \
     .note =                                                                                       \
         "New-, not Set-: there is nothing to set. No -WebSiteName for the default one; if "       \
         "it says that the directory exists, Active Directory still has it: Remove- it first"},    \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .is_alternative = true,                                                                   \
         .where = EWS_FILE_HOST,                                                                   \
         .condition = "where Default Web Site lacks it, of Exchange 2007 or 2010",                 \
         .command = "New-WebServicesVirtualDirectory -InternalUrl {internal-url} -ExternalUrl "    \
                    "{external-url}",                                                              \
         .note = "on the server itself: neither -Server nor -Role is known there"},                \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_DECIDE, .where = EWS_FILE_HOST,                           \
        .condition = "where Exchange Back End lacks it, of Exchange 2013 or later",                \
        .command = "New-WebServicesVirtualDirectory -Server $env:COMPUTERNAME -Role Mailbox "      \
                   "-WebSiteName \"Exchange Back End\"",                                           \
        .note = "compare its folder and pool with a server that works"                             \
    }

#define RESTART                                                                                    \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = EWS_FILE_HOST,                           \
        .condition = "outside working hours", .command = "iisreset",                               \
        .risk = "ends all that is served over HTTP here for a minute: Outlook, Outlook on the "    \
                "web, ActiveSync, remote shells, the address book"                                 \
    }

#define DIRECTORY_REFERENCES                                                                       \
    (const struct reference[])                                                                     \
    {                                                                                              \
        EWS_DIRECTORY,                                                                             \
            {"Microsoft Learn: Default settings for Exchange virtual directories",                 \
             "https://learn.microsoft.com/en-us/exchange/clients/"                                 \
             "default-virtual-directory-settings"},                                                \
        {                                                                                          \
            NULL, NULL                                                                             \
        }                                                                                          \
    }

const struct finding_kind ews_directory_missing = {
    .id = "ews-directory-missing",
    .severity = SEVERITY_CRITICAL,
    .title = "the web site has no EWS virtual directory: {site}",
    .why =
        "Setup makes EWS beside the others of this site. Without it every request to EWS ends "
        "with 404: no archiver, no free/busy times, no out-of-office, no Outlook for Mac through "
        "this server.",
    .symptom = "HTTP 404 for /EWS/Exchange.asmx through this server, while Outlook on the web "
               "works.",
    .cause =
        "It was removed and not made again: Remove-WebServicesVirtualDirectory, and then Set-, "
        "which changes nothing that is not there; or it was deleted in IIS.",
    .applies_to = "Exchange 2007 and later",
    .cost = "Archive, calendars and other programs that read mailboxes do not work through this "
            "server.",
    .repair = "Make the EWS directory anew.",
    .fix = (const struct step_template[]){ALL_DIRECTORIES, FROM_ANOTHER, NEW_FRONT, RESTART, {0}},
    .verify =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = EWS_FILE_HOST,
             .command = APPCMD " list app /path:/EWS",
             .note = "one of each site: Default Web Site, since Exchange 2013 also Exchange Back "
                     "End"},
            {.shell = SHELL_SH,
             .kind = STEP_FILL_IN,
             .where = EWS_THIS_RUN,
             .command = "exdiag check --server {server} --mailbox {mailbox} --only ews",
             .note = "asks EWS itself, with a logon",
             .also_powershell = true},
            {0}},
    .undo = (const struct step_template[]){{.shell = SHELL_EMS,
                                            .kind = STEP_DECIDE,
                                            .where = EWS_FILE_HOST,
                                            .condition = "if the directory was made",
                                            .command = "Remove-WebServicesVirtualDirectory "
                                                       "-Identity {identity-of-the-new-one}"},
                                           {0}},
    .make_known = (const struct step_template[]){ALL_DIRECTORIES, {0}},
    .references = DIRECTORY_REFERENCES,
};

const struct finding_kind ews_requests_refused = {
    .id = "ews-requests-refused",
    .severity = SEVERITY_CRITICAL,
    .title = "not one of {requests} requests to EWS was answered: HTTP {status}",
    .why = "Clients differ, and so do their mistakes; if not one of all requests in a log ends "
           "well, it is the server, or what stands before it, that sends them away.",
    .symptom = "Nothing that uses EWS works through this server: archiving, free/busy times, "
               "out-of-office, Outlook for Mac, meeting rooms.",
    .cause = "404: the virtual directory is not there. 401: no logon ever succeeded: a method that "
             "is turned off, a service principal name, a clock, Extended Protection, or one client "
             "alone with an old password. 403.4: SSL is required, and requests come without it, as "
             "through a balancer that ends TLS. Other 403: a filter, or EWS is closed to all.",
    .applies_to = "Exchange 2007 and later",
    .cost = "Archive, calendars and other programs that read mailboxes do not work through this "
            "server.",
    .repair = "Set the logons of the EWS directory right.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = EWS_FILE_HOST,
             .command = APPCMD " list app /path:/EWS",
             .note = "none of Default Web Site, or of Exchange Back End since 2013: it is gone. "
                     "exdiag explain ews-directory-missing has the commands that make it again",
             .when = "gone"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_FILE_HOST,
             .command = "Get-WebServicesVirtualDirectory -Server $env:COMPUTERNAME | Format-List "
                        "Identity,*Authentication,*Protection*",
             .note = "which methods there are to be; IIS itself: the next step",
             .when = "logon"},
            {.shell = SHELL_CMD,
             .kind = STEP_FILL_IN,
             .where = EWS_FILE_HOST,
             .command = APPCMD " list config {directory} -section:windowsAuthentication",
             .note = "\"Default Web Site/EWS\": enabled, with Negotiate and NTLM",
             .when = "logon"},
            {.shell = SHELL_SH,
             .kind = STEP_FILL_IN,
             .where = EWS_THIS_RUN,
             .command = "exdiag check --server {server} --mailbox {mailbox} --only ews,spn,clock",
             .note = "a logon by exdiag itself, the names of the server's service, and clocks",
             .when = "logon",
             .also_powershell = true},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the balancer or proxy in front of the server",
             .command = "Have it speak TLS to the server (SSL bridging): 403.4 means that it comes "
                        "without. Exchange requires SSL of EWS, and with Extended Protection "
                        "nothing else works.",
             .when = "ssl"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = EWS_FILE_HOST,
             .command = "Give exdiag applicationHost.config of this server, and of one that works: "
                        "exdiag check --file FILE --file FILE --only ews says what EWS lacks."},
            {0}},
    .verify = (const struct step_template[]){{.shell = SHELL_SH,
                                              .kind = STEP_FILL_IN,
                                              .where = EWS_THIS_RUN,
                                              .command = "exdiag check --file {new-log} --only ews",
                                              .note = "a log of the hours after the repair",
                                              .also_powershell = true},
                                             {0}},
    .no_undo = "nothing is changed by looking",
    .make_known = (const struct step_template[]){ALL_DIRECTORIES, {0}},
    .references = DIRECTORY_REFERENCES,
};
