/* An exchanger that does not let senders in, each in its way. */
#include "probes/mx/kinds.h"

static const struct reference references[] = {
    MX_REFERENCE("5.1", "Locating the Target Host"),
    MX_REFERENCE("3.1", "Session Initiation"),
    {"RFC 7504, SMTP 521 and 556 Reply Codes", "https://www.rfc-editor.org/rfc/rfc7504"},
    {NULL, NULL}};

static const struct step_template put_back[] = {MX_PUT_BACK, {0}};

static const struct step_template verify_answer[] = {MX_CHECK_AGAIN, MX_READ_GREETING, {0}};

/* A network that does not let port 25 out makes every exchanger in the world look dead. */
#define ASK_ELSEWHERE                                                                              \
    MX_RUN_EXDIAG("the mail server itself, or any machine that may send to port 25", "--only mx",  \
                  "networks of offices, homes and clouds often let no connection to port 25 "      \
                  "out"),                                                                          \
        MX_TEST_PORT("TcpTestSucceeded must be True, on a machine that may send to port 25"),      \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .is_alternative = true,                             \
        .where = "a sending server that runs Linux, with netcat",                                  \
        .command = "nc -v -w 30 {address} {port}",                                                 \
        .note = "a line that begins with 220 is the greeting; where none comes it waits. Ctrl-C "  \
                "ends it",                                                                         \
        .each = "address"                                                                          \
    }

static const struct step_template ask_elsewhere[] = {ASK_ELSEWHERE, {0}};

static const struct step_template verify_elsewhere[] = {ASK_ELSEWHERE, MX_READ_GREETING, {0}};

#define IS_IT_LISTENING                                                                            \
    {.shell = SHELL_POWERSHELL,                                                                    \
     .kind = STEP_DECIDE,                                                                          \
     .where = "the server behind the address",                                                     \
     .condition = "if it is yours, and runs Windows",                                              \
     .command = "Get-NetTCPConnection -State Listen -LocalPort {port}",                            \
     .note = "an error that nothing was found says that nothing listens"},                         \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_DECIDE, .where = "the server behind the address",          \
        .condition = "if it is yours, and runs Linux", .command = "ss -ltn sport = :{port}",       \
        .note = "without a line below the heading nothing "                                        \
                "listens"                                                                          \
    }

#define CONNECTION_LIMITS                                                                          \
    "Get-ReceiveConnector | Format-List Identity, Bindings, RemoteIPRanges, "                      \
    "MaxInboundConnection, MaxInboundConnectionPerSource, MaxInboundConnectionPercentagePerSource"

const struct finding_kind mx_closes = {
    .id = "mx-closes",
    .severity = SEVERITY_WARNING,
    .title = "a mail exchanger accepts connections and closes them without a greeting",
    .why = "A sender takes this for a failure and tries the next exchanger, or again later: mail "
           "is not lost, but nothing is delivered through this one.",
    .symptom = "Senders log that the connection was closed or lost before the greeting; the port "
               "is open to every test that looks no further.",
    .cause =
        "A load balancer accepts and finds no living host behind it; the server has reached its "
        "limit of connections, in all or for one caller; an access rule drops the caller after "
        "the connection was made. Where the examining address alone is unwelcome, others get "
        "through.",
    .applies_to = "every mail exchanger",
    .cost = "Mail from outside arrives late; where this is the only way in, it does not arrive.",
    .repair = "Repair what closes the connections: the mail server, or the firewall or balancer in "
              "front of it.",
    .fix =
        (const struct step_template[]){
            MX_ONLINE,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the firewall or load balancer in front of {address}",
             .command = "Check that a host is alive behind it, and which callers its rules turn "
                        "away."},
            MX_EXCHANGE_SERVICES,
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = "the server behind the address",
             .condition = "if it is yours, and runs Exchange",
             .command = CONNECTION_LIMITS},
            MX_POSIX_SERVICE,
            MX_TAKE_OUT,
            {0}},
    .verify = verify_answer,
    .undo = put_back,
    .no_undo = NULL,
    .make_known = ask_elsewhere,
    .references = references,
};

const struct finding_kind mx_refuses = {
    .id = "mx-refuses",
    .severity = SEVERITY_WARNING,
    .title = "a mail exchanger refuses connections",
    .why = "Its address answers, and says that nobody listens on the port. Senders notice at "
           "once and try the next exchanger; where there is none, mail waits in their queues "
           "for days and then comes back.",
    .symptom = "Senders log \"connection refused\"; mail is late or comes back with 4.4.1.",
    .cause = "The service is stopped or listens on another address, or a firewall answers in its "
             "place with a reset: the server's own, one on the way, or one near this machine that "
             "lets no connection to port 25 out.",
    .applies_to = "every mail exchanger",
    .cost = "Mail from outside arrives late; where this is the only way in, it does not arrive.",
    .repair = "Start the mail server, or open the way to it.",
    .fix =
        (const struct step_template[]){
            MX_ONLINE,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the mail server itself, or any machine that may send to port 25",
             .command = "Before anything is changed, look from there whether the port is "
                        "closed: a firewall near this machine may refuse every connection to "
                        "it. The steps that verify say how.",
             .when = "nobody-connected"},
            IS_IT_LISTENING,
            MX_EXCHANGE_SERVICES,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the firewall in front of {address}",
             .command = "Check that port 25 leads to the mail server, and that it is open to "
                        "everybody: senders come from anywhere.",
             .note = "a server that takes mail from mail programs alone (ports 587 and 465) "
                     "needs no port 25"},
            MX_TAKE_OUT,
            {0}},
    .verify = verify_elsewhere,
    .undo = put_back,
    .make_known = ask_elsewhere,
    .references = references,
};

const struct finding_kind mx_unreachable = {
    .id = "mx-unreachable",
    .severity = SEVERITY_WARNING,
    .title = "a mail exchanger does not answer",
    .why =
        "Nothing comes back from its address, not even a refusal. Senders wait, often half a "
        "minute, and try the next exchanger; where all are like this, mail waits in their queues "
        "for days and then comes back.",
    .symptom = "Senders log timeouts when they connect; mail is late or comes back with 4.4.1.",
    .cause =
        "The host is off, the address is an old one, or a firewall drops what comes to the port. "
        "For an IPv6 address: the record was published and the way there never opened.",
    .applies_to = "every mail exchanger",
    .cost = "Mail from outside arrives late; where this is the only way in, it does not arrive.",
    .repair = "Bring the mail server back, correct its address, or open the firewall for it.",
    .fix =
        (const struct step_template[]){
            MX_ONLINE,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "whoever runs {address}",
             .command = "Check that the host is up, that the address in DNS is still its own, "
                        "and that the firewall lets port 25 in from everywhere."},
            IS_IT_LISTENING,
            MX_TAKE_OUT,
            {0}},
    .verify = verify_answer,
    .undo = put_back,
    .make_known = ask_elsewhere,
    .references = references,
};

const struct finding_kind mx_greeting_refused = {
    .id = "mx-greeting-refused",
    .severity = SEVERITY_WARNING,
    .title = "a mail exchanger answers, and refuses service in its greeting",
    .why =
        "4xx says not now: senders try another exchanger or come back later. 5xx says no: 554 "
        "that it takes no mail, or none from this caller; 521 that it never takes any (RFC "
        "7504). The code may be meant for the address alone that this examination was made from.",
    .symptom = "Senders log 421, 450, 521 or 554 right after they connect.",
    .cause =
        "421 4.3.2: an Exchange server whose transport components are inactive or draining, as "
        "in maintenance mode, or one at its limit of connections, as any server may be that says "
        "421. 554: a block list or an "
        "access rule that names the caller. 521: a host that is no mail server any more and "
        "still has an MX record.",
    .applies_to = "every mail exchanger; component states: Exchange 2013 and later",
    .cost = "Mail from outside arrives late, or comes back to its sender.",
    .repair = "Find out why the mail server refuses, and end that, or take it out of DNS.",
    .fix =
        (const struct step_template[]){
            MX_ONLINE,
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = "the server that answers so",
             .condition = "where it answered 421 4.3.2, if it runs Exchange 2013 or later",
             .command = "Get-ServerComponentState -Identity {exchange-server}",
             .note = "look at ServerWideOffline, FrontendTransport and HubTransport",
             .when = "refused-inactive"},
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = "the same server",
             .condition = "only if ServerWideOffline is Inactive there and maintenance is over",
             .command = "Set-ServerComponentState -Identity {exchange-server} -Component "
                        "ServerWideOffline -State Active -Requester Maintenance",
             .risk = "the server takes part in everything again: not while somebody works on it",
             .note = "what another requester made inactive stays so until that one makes it "
                     "Active",
             .when = "refused-inactive"},
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = "the server that answers so",
             .condition = "where it answered 421, if it runs Exchange",
             .command = CONNECTION_LIMITS,
             .note = "raise one only where the callers are wanted",
             .when = "refused-busy"},
            {.shell = SHELL_SH,
             .kind = STEP_DECIDE,
             .where = "the server that answers so",
             .condition = "where it answered 421, if it runs Postfix",
             .command = "postconf default_process_limit smtpd_client_connection_count_limit",
             .note = "of all processes, and of one caller's connections",
             .when = "refused-busy"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the server that answers so",
             .condition = "where it answered 554 or the like",
             .command = "Look in its log what turned the caller away (a block list, an access "
                        "rule, a missing reverse name), and check from a server that sends "
                        "mail: if only the examining address is unwelcome, nothing is wrong.",
             .when = "refused-caller"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the host that answers so",
             .condition = "where it answered 521",
             .command = "If it is to take mail, start its mail server in place of what answers; "
                        "if not, let no MX record name it.",
             .note = "a domain that takes no mail at all says so with a null MX: 0 . (RFC 7505)",
             .when = "refused-host"},
            MX_TAKE_OUT,
            {0}},
    .verify = verify_answer,
    .undo =
        (const struct step_template[]){
            MX_PUT_BACK,
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = "the same server",
             .condition = "if it was made Active above, and is to go back into maintenance",
             .command = "Set-ServerComponentState -Identity {exchange-server} -Component "
                        "ServerWideOffline -State Inactive -Requester Maintenance",
             .risk = "it takes no more mail",
             .when = "refused-inactive"},
            {0}},
    .make_known = ask_elsewhere,
    .references = references,
};
