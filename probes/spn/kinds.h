/* What the probe can say. */
#ifndef EXDIAG_PROBES_SPN_KINDS_H
#define EXDIAG_PROBES_SPN_KINDS_H

#include "diag/finding.h"

extern const struct finding_kind smtp_spn_missing;
extern const struct finding_kind smtp_spn_duplicate;
extern const struct finding_kind smtp_spn_misplaced;
extern const struct finding_kind back_connection_host_names;
extern const struct finding_kind exps_absent;
extern const struct finding_kind exps_refused;
extern const struct finding_kind exps_events;
extern const struct finding_kind smtp_certificate;

/* ---- steps and references that several have ---- */

/*
 * {spn}: the names, {account}: the server's, {wrong}: those that hold one in its place, and
 * {wrong-user} such of users, for setspn takes a bare name for a computer's where there is one;
 * {filter}: the question for them. "old": the server is one of Exchange 2000 or 2003.
 */

#define SPN_ANY_CONSOLE "a member of the domain"
#define SPN_CONSOLE     "a member of the domain, as a domain administrator"
#define SPN_OLD_CONSOLE "Windows Server 2003, as a domain administrator"
#define SPN_IF_OLD      "if no newer Windows is in the domain"

#define SPN_TAKES_EFFECT "It takes effect when the domain controllers have replicated"

/*
 * The transport asks for tickets as NETWORK SERVICE, whose logon session is 0x3e4 and no
 * administrator's; what it was given it keeps.
 */
#define SPN_PURGE                                                                                  \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE,                                                   \
        .where = "each Exchange server that sends to it, as administrator",                        \
        .condition = "when the domain controllers have replicated",                                \
        .command = "klist -li 0x3e4 purge",                                                        \
        .risk = "its services that run as NETWORK SERVICE ask for their tickets anew",             \
        .note = "else the transport keeps its old ticket for up to 10 hours; klist purge "         \
                "alone is for whoever types it. On Windows Server 2003, or for a service that "    \
                "runs as somebody else, restart it instead"                                        \
    }

#define SPN_LOOK                                                                                   \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = SPN_ANY_CONSOLE,                                                                     \
     .command = "setspn -Q {spn}",                                                                 \
     .note = "each account that holds it; -F before -Q looks through all of the forest",           \
     .each = "spn"},                                                                               \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = SPN_OLD_CONSOLE,                         \
        .condition = SPN_IF_OLD,                                                                   \
        .command = "dsquery * forestroot -gc -filter {filter} -attr distinguishedName",            \
        .note = "the same question: the setspn of Windows Server 2003 has no -Q", .when = "old",   \
        .each = "filter"                                                                           \
    }

/* The account of one of several servers, which nobody but a person can choose. */
#define SPN_ADD_TO_ONE(name_, each_)                                                               \
    .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = SPN_CONSOLE,                                 \
    .command = "setspn -F -S " name_ " {account-of-the-one}",                                      \
    .risk = "the other servers that call themselves so cannot be logged on to by this name",       \
    .condition = "only if one server alone is to have the name", .note = "once", .each = each_

/*
 * What -S checks is this domain, and with -F the forest. "add": all of the forest was seen, and it
 * is one domain; "add-unseen": else; "shared": other servers call themselves so, too.
 */
#define SPN_ADD_STEP(line, reach, remark)                                                          \
    .shell = SHELL_CMD, .where = SPN_CONSOLE, .command = line,                                     \
    .risk = "adds the name to the account, after a look that nobody else in the " reach " has it", \
    .note = remark SPN_TAKES_EFFECT, .each = "spn", .alone = true
#define SPN_ADD_HERE SPN_ADD_STEP("setspn -S {spn} {account}", "domain", "")
#define SPN_ADD_FAR                                                                                \
    SPN_ADD_STEP("setspn -F -S {spn} {account}", "forest", "-F: through all of the forest. ")

/* "…-else": the connector may get the server's own name instead, by the step before. */
#define SPN_ADD                                                                                    \
    {SPN_ADD_HERE, .kind = STEP_EXACT, .when = "add"},                                             \
        {SPN_ADD_FAR, .kind = STEP_EXACT, .when = "add-unseen"},                                   \
        {SPN_ADD_HERE, .kind = STEP_DECIDE, .when = "add-else", .is_alternative = true},           \
        {SPN_ADD_FAR, .kind = STEP_DECIDE, .when = "add-unseen-else", .is_alternative = true},     \
        {SPN_ADD_TO_ONE("{spn}", "spn"), .when = "shared"},                                        \
        {SPN_ADD_TO_ONE("{spn}", "spn"), .when = "!shared", .rival = true},                        \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = SPN_OLD_CONSOLE,                         \
        .condition = SPN_IF_OLD ", and only if the look has shown no account",                     \
        .command = "setspn -A {spn} {account}",                                                    \
        .risk = "-A does not look for another account with that name: two of them are worse "      \
                "than none",                                                                       \
        .note = "instead of the step above: the setspn of Windows Server 2003's "                  \
                "Support Tools has no -S",                                                         \
        .when = "old-alone", .each = "spn", .is_alternative = true, .alone = true                  \
    }

/* "keeper": the account is known that the name is to be on. */
#define SPN_CHECK                                                                                  \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = SPN_ANY_CONSOLE,                                                                     \
     .command = "setspn -Q {spn}",                                                                 \
     .note = "names one account: {account}",                                                       \
     .when = "keeper",                                                                             \
     .each = "spn",                                                                                \
     .alone = true},                                                                               \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = SPN_ANY_CONSOLE,                                                                 \
         .command = "setspn -Q {spn}",                                                             \
         .note = "names one account, {account}; or none, where the connector was given the "       \
                 "server's own name instead",                                                      \
         .when = "keeper-or-none",                                                                 \
         .each = "spn",                                                                            \
         .alone = true},                                                                           \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = SPN_ANY_CONSOLE,                                                                 \
         .command = "setspn -Q {spn}",                                                             \
         .note = "names one account, that which was to have it",                                   \
         .when = "unknown-keeper",                                                                 \
         .each = "spn",                                                                            \
         .alone = true},                                                                           \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = SPN_ANY_CONSOLE,                                                                 \
         .command = "setspn -Q {spn}",                                                             \
         .note = SPN_ONE_OR_NONE,                                                                  \
         .when = "shared",                                                                         \
         .each = "spn"},                                                                           \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = SPN_ANY_CONSOLE,                                                                 \
         .command = "setspn -Q {spn}",                                                             \
         .note = SPN_ONE_OR_NONE,                                                                  \
         .when = "!shared",                                                                        \
         .each = "spn",                                                                            \
         .rival = true},                                                                           \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = SPN_ANY_CONSOLE,                                                                 \
         .command = "setspn -X -F",                                                                \
         .note = "all duplicates of the forest: none of SMTPSVC; it may take minutes"},            \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .where = "the machine that exdiag ran on",          \
        .command = "exdiag check --server {machine} --only spn --authenticate",                    \
        .note = "with --dns, --dc and --user as now. That a ticket is given (klist get) "          \
                "proves little: it may be made with another's key",                                \
        .when = "machine", .also_powershell = true                                                 \
    }

#define SPN_ONE_OR_NONE                                                                            \
    "names the one account that was chosen, or none where each server calls itself by a name of "  \
    "its own"

#define SPN_ARTICLE                                                                                \
    {                                                                                              \
        "KB 914137: Exchange Protocol Security authentication fails on a server that has "         \
        "multiple SMTP virtual servers",                                                           \
            NULL                                                                                   \
    }
#define SPN_SETSPN                                                                                 \
    {                                                                                              \
        "Microsoft Learn: setspn",                                                                 \
            "https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/"    \
            "setspn"                                                                               \
    }
#define SPN_KERBEROS                                                                               \
    {                                                                                              \
        "RFC 4120 section 7.5.9: KDC_ERR_S_PRINCIPAL_UNKNOWN, KDC_ERR_PRINCIPAL_NOT_UNIQUE",       \
            "https://www.rfc-editor.org/rfc/rfc4120"                                               \
    }
#define SPN_MODERN                                                                                 \
    {                                                                                              \
        "KB 979174: 454 4.7.0 Temporary authentication failure, events 1035 and 2017", NULL        \
    }
#define SPN_CONNECTOR                                                                              \
    {                                                                                              \
        "Microsoft Learn: Set-ReceiveConnector, parameter Fqdn",                                   \
            "https://learn.microsoft.com/en-us/powershell/module/exchange/set-receiveconnector"    \
    }

#define SPN_MAKE_KNOWN                                                                             \
    {.shell = SHELL_MANUAL,                                                                        \
     .kind = STEP_DECIDE,                                                                          \
     .where = "the machine that exdiag ran on",                                                    \
     .command = "Name it with --server if it is a mail server of this organisation.",              \
     .note = "if it is a stranger's, what the log says of it is no fault of a name here",          \
     .when = "stranger"},                                                                          \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = "{machine}",                                                                     \
         .command = "Give that connector or virtual server the name of a host: letters, "          \
                    "digits, hyphens and dots. No ticket is to be had by another.",                \
         .when = "strange-name"},                                                                  \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = SPN_ANY_CONSOLE,                                                                 \
         .command = "Look at each name of its connectors with setspn -F -Q.",                      \
         .when = "names-left"},                                                                    \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = "where the export was made",                                                     \
         .command =                                                                                \
             "Export it again, to its end, and copy it whole: ldifde and setspn go to the end "    \
             "by themselves, ldapsearch with -E pr=1000/noprompt.",                                \
         .when = "not-whole"},                                                                     \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = "the machine that exdiag ran on",                                                \
         .command =                                                                                \
             "Let it read the directory: run it as a user of the domain, with a Kerberos "         \
             "ticket (klist, kinit), or name one with --user; name a domain controller with "      \
             "--dc if DNS does not know them from here, by its name: there are no tickets "        \
             "for an address.",                                                                    \
         .when = "!no-directory"},                                                                 \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = SPN_ANY_CONSOLE,                          \
        .command = "setspn -F -Q SMTPSVC/* > smtpsvc.txt",                                         \
        .note = "all accounts of the forest that hold such a name, with all their names, for "     \
                "exdiag check --file smtpsvc.txt; ldifde exports are read too",                    \
        .when = "!no-directory"                                                                    \
    }

#endif
