/* A name of SMTP that is on no account, on several, or on the wrong one. */
#include "probes/spn/kinds.h"

static const struct reference references[] = {SPN_ARTICLE,   SPN_SETSPN,   SPN_MODERN,
                                              SPN_CONNECTOR, SPN_KERBEROS, {NULL, NULL}};

static const struct step_template make_known[] = {SPN_MAKE_KNOWN, {0}};

static const struct step_template make_owner_known[] = {
    {.shell = SHELL_MANUAL,
     .kind = STEP_DECIDE,
     .where = "the directory",
     .command = "Look which account is that of the machine {server} today: its sAMAccountName "
                "ends with $, its dNSHostName is the machine's full name, and it logged on "
                "lately (lastLogonTimestamp).",
     .note = "an account that was kept of a machine before it is to lose its dNSHostName, or to "
             "be deleted",
     .when = "server"},
    SPN_MAKE_KNOWN,
    {0}};

#define SYMPTOM                                                                                    \
    "Mail between Exchange servers queues up. Exchange 2003: events 1706 and 7004, X-EXPS is "     \
    "answered 535, and relaying 550 5.7.1. Exchange 2007 and later: 454 4.7.0 Temporary "          \
    "authentication failure, events 1035 and 2017 with the target SMTPSVC/ and the name. Mail "    \
    "from the Internet, which does not log on, still comes in."

#define SHARED_STEP                                                                                \
    .shell = SHELL_MANUAL, .kind = STEP_DECIDE,                                                    \
    .where = "the servers that call themselves {host}",                                            \
    .command = "Give each of them a name of its own on the connectors that let servers log "       \
               "on (Set-ReceiveConnector -Fqdn), or let one alone have the name.",                 \
    .note = "a name can be on one account, and no account is that of several machines; what is "   \
            "shared for clients and the Internet belongs on connectors without Exchange Server "   \
            "authentication. On two accounts it is worse than on none"
#define SHARED                                                                                     \
    {SHARED_STEP, .when = "shared"},                                                               \
    {                                                                                              \
        SHARED_STEP, .when = "!shared", .rival = true                                              \
    }

/* Of a name that others hold: "to-add", or "to-add-unseen" where not all of the forest was seen. */
#define TO_ADD(note_)                                                                              \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = SPN_CONSOLE,                                                                         \
     .command = "setspn -S {name} {account}",                                                      \
     .risk = "adds the name to the account, after a look that nobody else in the domain has it",   \
     .note = note_,                                                                                \
     .when = "to-add",                                                                             \
     .alone = true},                                                                               \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = SPN_CONSOLE,                              \
        .command = "setspn -F -S {name} {account}",                                                \
        .risk = "adds the name to the account, after a look that nobody else in the forest has "   \
                "it",                                                                              \
        .note = "-F: through all of the forest; " note_, .when = "to-add-unseen", .alone = true    \
    }

/* The same where the connector may have got the server's own name, by a step before. */
#define UNLESS_CONNECTOR "unless the connector was given the server's own name"
#define TO_ADD_ELSE(note_)                                                                         \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_DECIDE,                                                                          \
     .where = SPN_CONSOLE,                                                                         \
     .condition = UNLESS_CONNECTOR,                                                                \
     .command = "setspn -S {name} {account}",                                                      \
     .risk = "adds the name to the account, after a look that nobody else in the "                 \
             "domain has it",                                                                      \
     .note = note_,                                                                                \
     .when = "to-add-else",                                                                        \
     .alone = true},                                                                               \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = SPN_CONSOLE,                             \
        .condition = UNLESS_CONNECTOR, .command = "setspn -F -S {name} {account}",                 \
        .risk = "adds the name to the account, after a look that nobody else in the "              \
                "forest has it",                                                                   \
        .note = "-F: through all of the forest; " note_, .when = "to-add-unseen-else",             \
        .alone = true                                                                              \
    }

#define TAKE_OFF_RISK "whoever logs on to a service of that account by this name can no more"

/* Before the name is added where it belongs. */
#define TAKE_OFF(kind_, condition_, when_)                                                         \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = kind_, .where = SPN_CONSOLE, .condition = condition_,          \
        .command = "setspn -D {name} {wrong}", .risk = TAKE_OFF_RISK,                              \
        .note = "first, so that the name is never on two accounts", .when = when_,                 \
        .each = "wrong", .alone = true                                                             \
    }

/* The same name on accounts of users. */
#define TAKE_OFF_USERS(condition_, when_, note_)                                                   \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = SPN_CONSOLE, .condition = condition_,    \
        .command = "setspn -U -D {name} {wrong-user}", .risk = TAKE_OFF_RISK, .note = note_,       \
        .when = when_, .each = "wrong-user", .alone = true                                         \
    }

#define FIRST_OFF_USERS                                                                            \
    "first, so that the name is never on two accounts; -U, for an account that is no computer's"

#define TAKE_OFF_ALL_BUT_ONE                                                                       \
    .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = SPN_CONSOLE,                                 \
    .command = "setspn -D {name} {account-to-lose-it}",                                            \
    .risk = "tickets for the name that were issued with this account's key are of no use any "     \
            "more",                                                                                \
    .note = "once for each account but the one that is to keep it: {accounts}; setspn -U -D "      \
            "where the account is a user's"

#define TAKE_OFF_THE_ONE                                                                           \
    .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = SPN_CONSOLE,                                 \
    .condition = "if the name was added", .command = "setspn -D {spn} {account-of-the-one}",       \
    .each = "spn"

/* A computer that is called so itself has the name. */
#define NAMESAKE                                                                                   \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "{machine}",                          \
        .command = "Have it call itself by a name of its own: {host} is the name of the "          \
                   "computer {namesake}.",                                                         \
        .note = "that one holds it by right, and could not be logged on to if it were taken off. " \
                "If it is no more than the leftover of a machine that is gone, delete that "       \
                "account first",                                                                   \
        .when = "namesake"                                                                         \
    }

/* "connector": receive connectors of the server that call themselves otherwise than it. */
#define CONNECTOR_RISK                                                                             \
    "its banner and EHLO reply change, and the name that its certificate is chosen by: what is "   \
    "told outside belongs on a connector without Exchange Server authentication"
#define CONNECTOR_BACK                                                                             \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = "any Exchange server",                                                               \
     .command = "Get-ReceiveConnector -Identity {connector} | Format-List "                        \
                "Identity,Fqdn,AuthMechanism,RemoteIPRanges",                                      \
     .note = "what is set now, for the way back",                                                  \
     .each = "connector"},                                                                         \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = "any Exchange server",                                                           \
         .command = "Set-ReceiveConnector -Identity {connector} -Fqdn {own-name}",                 \
         .risk = CONNECTOR_RISK,                                                                   \
         .condition = "either this, or the name in the directory by setspn below",                 \
         .note = "the first repair since Exchange 2007: servers expect the server's "              \
                 "own name here. Whoever takes it leaves out the lines of setspn below",           \
         .each = "connector"},                                                                     \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = "any Exchange server",                                                           \
         .command = "Get-ReceiveConnector -Identity {unsure-connector} | Format-List "             \
                    "Identity,Fqdn,AuthMechanism,RemoteIPRanges",                                  \
         .note =                                                                                   \
             "what was not told: only a connector with ExchangeServer among its AuthMechanism "    \
             "needs a name for servers, and of another one nothing here is wrong",                 \
         .each = "unsure-connector"},                                                              \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_DECIDE, .where = "any Exchange server",                   \
        .command = "Set-ReceiveConnector -Identity {unsure-connector} -Fqdn {own-name}",           \
        .risk = CONNECTOR_RISK, .condition = "only if ExchangeServer is among its AuthMechanism",  \
        .note = "either this, or the name in the directory: whoever takes this "                   \
                "leaves out the lines of setspn below",                                            \
        .each = "unsure-connector"                                                                 \
    }

#define CONNECTOR_UNDO                                                                             \
    {.shell = SHELL_EMS,                                                                           \
     .kind = STEP_DECIDE,                                                                          \
     .where = "any Exchange server",                                                               \
     .condition = "if the connector was given the server's own name",                              \
     .command = "Set-ReceiveConnector -Identity {connector} -Fqdn {host}",                         \
     .each = "connector"},                                                                         \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_DECIDE, .where = "any Exchange server",                   \
        .condition = "if the connector was given the server's own name",                           \
        .command = "Set-ReceiveConnector -Identity {unsure-connector} -Fqdn {host}",               \
        .each = "unsure-connector"                                                                 \
    }

const struct finding_kind smtp_spn_missing = {
    .id = "smtp-spn-missing",
    .severity = SEVERITY_CRITICAL,
    .title = "{name} is not {registered}",
    .why = "Who logs on to this server by Kerberos asks a domain controller for a ticket for "
           "SMTPSVC/ and the name by which the server calls itself. Where no account has that "
           "name, no ticket is issued: X-EXPS between Exchange servers fails, and with it "
           "relaying and all that only servers may do.",
    .symptom = SYMPTOM,
    .cause =
        "An SMTP virtual server or a receive connector was given a name that is not the "
        "machine's, as for the Internet to see, and nobody registered it: Exchange registers "
        "SMTP and SMTPSVC for the server's own short and full names alone. Or these were lost, "
        "when the computer was renamed or its account made anew.",
    .applies_to = "Exchange 2000 and later; Windows Server 2003 with Service Pack 1 and later, "
                  "which insist on it",
    .cost = "Mail between the company's own servers may be delayed or stand still.",
    .repair = "Register the mail server's name on its account.",
    .fix =
        (const struct step_template[]){
            SHARED,
            SPN_LOOK,
            CONNECTOR_BACK,
            SPN_ADD,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the directory",
             .command = "Find the computer account of the server that calls itself {host}, and "
                        "register the name there with setspn -S.",
             .note = "its account was not found in what was read",
             .when = "!account"},
            SPN_PURGE,
            {0}},
    .verify = (const struct step_template[]){SPN_CHECK, {0}},
    .undo = (const struct step_template[]){{.shell = SHELL_CMD,
                                            .kind = STEP_DECIDE,
                                            .where = SPN_CONSOLE,
                                            .condition = "if the name was added",
                                            .command = "setspn -D {spn} {account}",
                                            .when = "account",
                                            .each = "spn",
                                            .alone = true},
                                           {TAKE_OFF_THE_ONE, .when = "shared"},
                                           {TAKE_OFF_THE_ONE, .when = "!shared", .rival = true},
                                           CONNECTOR_UNDO,
                                           {0}},
    .make_known = make_known,
    .references = references,
};

const struct finding_kind smtp_spn_duplicate = {
    .id = "smtp-spn-duplicate",
    .severity = SEVERITY_CRITICAL,
    .title = "{held} is registered on {count} accounts",
    .why =
        "A ticket is made with the key of one account. Where several have the name, a domain "
        "controller issues none (KDC_ERR_PRINCIPAL_NOT_UNIQUE, or the same answer as for a name "
        "that nobody has), or one that the server cannot read: X-EXPS fails, at times or always.",
    .symptom = SYMPTOM " Domain controllers log event 11 of the KDC.",
    .cause = "It was added with setspn -A, which does not look, or by a script, on a second "
             "server that is to take over, or on a service account; a server was replaced and "
             "the old account kept; domain controllers before Windows Server 2012 R2 let it "
             "pass, and those of another domain may not know.",
    .applies_to = "every forest; also duplicates in different domains of one forest",
    .cost = "Mail between the company's own servers may be delayed or stand still.",
    .repair = "Take the mail server's name off the accounts that it does not belong to.",
    .fix =
        (const struct step_template[]){
            SHARED,
            SPN_LOOK,
            NAMESAKE,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "whoever looks after these accounts",
             .command = "Decide which of the accounts the name is to stay on: {accounts}.",
             .note = "it belongs on the account of the computer whose SMTP service calls itself "
                     "{host}, for that service runs as the machine. An alternate service account "
                     "of Exchange is not used by SMTP",
             .when = "person"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = SPN_CONSOLE,
             .command = "setspn -D {name} {wrong}",
             .risk = "tickets for the name that were issued with this account's key are of no "
                     "use any more; to the server they were not before",
             .note = "the name stays on {account}",
             .when = "certain",
             .each = "wrong",
             .alone = true},
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = SPN_CONSOLE,
             .command = "setspn -D {name} {wrong}",
             .risk = "tickets for the name that were issued with this account's key are of no "
                     "use any more",
             .condition = "only of the accounts that are not to keep it",
             .when = "person",
             .each = "wrong",
             .alone = true},
            TAKE_OFF_USERS("only of the accounts that are not to keep it", NULL,
                           "-U, for an account that is no computer's"),
            {TAKE_OFF_ALL_BUT_ONE, .when = "undecided"},
            {TAKE_OFF_ALL_BUT_ONE, .when = "!undecided", .rival = true},
            TO_ADD("-S declines while another account has the name itself, and what is there "
                   "itself goes before HOST/"),
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = SPN_CONSOLE,
             .command = "setspn -F -S {name} {account}",
             .risk = "adds the name to the account, after a look that nobody else in the forest "
                     "has it",
             .condition = "if none of those accounts is to keep it",
             .note = "-S declines while one has it",
             .when = "to-add-person",
             .alone = true},
            {SPN_ADD_TO_ONE("{name}", NULL), .when = "to-one"},
            {SPN_ADD_TO_ONE("{name}", NULL), .when = "!to-one", .rival = true},
            SPN_PURGE,
            {0}},
    .verify = (const struct step_template[]){SPN_CHECK, {0}},
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = SPN_CONSOLE,
             .command = "setspn -D {name} {account-that-has-it}",
             .condition = "only if another account turns out to need it",
             .note = "all of them together would be the duplicate again: first off the "
                     "one that has it now",
             .when = "!mapped"},
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = SPN_CONSOLE,
             .command = "setspn -F -S {name} {account-that-needs-it}",
             .condition = "only if another account turns out to need it",
             .note = "then back to the one of these that needs it: {accounts}; -S "
                     "declines while another has it. setspn -U -F -S where the account is "
                     "a user's",
             .when = "!mapped"},
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = SPN_CONSOLE,
             .condition = "if the name was added",
             .command = "setspn -D {name} {account}",
             .when = "mapped",
             .alone = true},
            {0}},
    .make_known = make_known,
    .references = references,
};

const struct finding_kind smtp_spn_misplaced = {
    .id = "smtp-spn-misplaced",
    .severity = SEVERITY_CRITICAL,
    .title = "{name} is registered on {holder}, not on the account of {machine}",
    .why = "A ticket for the name is made with the key of the account that has it. The SMTP "
           "service runs as the machine and has the key of its own account alone: it cannot read "
           "the ticket, and answers X-EXPS with 535.",
    .symptom = SYMPTOM " The ticket itself is issued, so that klist get succeeds.",
    .cause =
        "The name went to another account: a server that was replaced or renamed, a service "
        "account or the alternate service account of Exchange, which is for HTTP and MAPI alone; "
        "several servers call themselves by one name, as behind a load balancer, and only one of "
        "them can have it; or HOST/ on another account stands in for it by sPNMappings.",
    .applies_to = "Exchange 2000 and later, in every forest",
    .cost = "Mail between the company's own servers may be delayed or stand still.",
    .repair = "Move the mail server's name to the account of the machine.",
    .fix =
        (const struct step_template[]){
            SHARED,
            SPN_LOOK,
            CONNECTOR_BACK,
            NAMESAKE,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "whoever looks after {holder}",
             .command = "Find out whether a service that runs as {holder} needs the name.",
             .note = "Exchange's transport runs as no service account; another mail system may",
             .when = "service-account"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "{holder}",
             .command = "Look whether it calls itself {host} on a connector or an SMTP virtual "
                        "server: then the name is wanted by both, and {machine} gets a name of "
                        "its own instead.",
             .note = "{holder} is the account of another mail server",
             .when = "server-account"},
            TAKE_OFF(STEP_EXACT, NULL, "certain"),
            TAKE_OFF(STEP_DECIDE, UNLESS_CONNECTOR, "certain-else"),
            TAKE_OFF(STEP_DECIDE, NULL, "decide"),
            TAKE_OFF(STEP_DECIDE, UNLESS_CONNECTOR, "decide-else"),
            TAKE_OFF_USERS(NULL, "!choice", FIRST_OFF_USERS),
            TAKE_OFF_USERS(UNLESS_CONNECTOR, "choice", FIRST_OFF_USERS),
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = SPN_CONSOLE,
             .command = "setspn -D {name} {wrong}",
             .risk = TAKE_OFF_RISK,
             .condition = "only if it is not that account that is to have the name",
             .each = "wrong",
             .rival = true},
            TO_ADD("-S declines while another account has it"),
            TO_ADD_ELSE("-S declines while another account has it"),
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = SPN_CONSOLE,
             .command = "setspn -F -S {name} {account}",
             .risk = "whatever else goes by this name cannot be logged on to by it",
             .condition = "only if servers are to log on to {machine} by this name, and to "
                          "nothing else",
             .when = "add-decide",
             .alone = true},
            {SPN_ADD_TO_ONE("{name}", NULL), .when = "to-one"},
            {SPN_ADD_TO_ONE("{name}", NULL), .when = "!to-one", .rival = true},
            SPN_PURGE,
            {0}},
    .verify = (const struct step_template[]){SPN_CHECK, {0}},
    .undo = (const struct step_template[]){{.shell = SHELL_CMD,
                                            .kind = STEP_DECIDE,
                                            .where = SPN_CONSOLE,
                                            .condition = "if the name was added",
                                            .command = "setspn -D {name} {account}",
                                            .note = "before it goes back",
                                            .when = "moved",
                                            .alone = true},
                                           {.shell = SHELL_CMD,
                                            .kind = STEP_DECIDE,
                                            .where = SPN_CONSOLE,
                                            .command = "setspn -D {name} {account}",
                                            .condition = "if the name was added",
                                            .note = "before it goes back",
                                            .when = "add-decide",
                                            .alone = true},
                                           {TAKE_OFF_THE_ONE, .when = "to-one"},
                                           {TAKE_OFF_THE_ONE, .when = "!to-one", .rival = true},
                                           {.shell = SHELL_CMD,
                                            .kind = STEP_DECIDE,
                                            .where = SPN_CONSOLE,
                                            .condition = "if the name was taken off",
                                            .command = "setspn -S {name} {wrong}",
                                            .each = "wrong",
                                            .alone = true},
                                           {.shell = SHELL_CMD,
                                            .kind = STEP_DECIDE,
                                            .where = SPN_CONSOLE,
                                            .condition = "if the name was taken off",
                                            .command = "setspn -U -S {name} {wrong-user}",
                                            .each = "wrong-user",
                                            .alone = true},
                                           CONNECTOR_UNDO,
                                           {0}},
    .make_known = make_owner_known,
    .references = references,
};
