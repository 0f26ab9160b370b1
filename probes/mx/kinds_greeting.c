/* An exchanger that accepts and does not greet, or greets late. */
#include "probes/mx/kinds.h"

static const struct reference references[] = {
    {"KB Q182821, XFOR: Internet Mail Service Not Trying Next Exchange Record", NULL},
    MX_REFERENCE("4.5.3.2.1", "Initial 220 Message: 5 Minutes"),
    MX_REFERENCE("5.1", "Locating the Target Host"),
    {"Postfix configuration parameters: smtp_helo_timeout, smtp_mx_session_limit",
     "https://www.postfix.org/postconf.5.html"},
    {"Microsoft Learn: New-SendConnector",
     "https://learn.microsoft.com/en-us/powershell/module/exchange/new-sendconnector"},
    {"Microsoft Learn: Retry-Queue",
     "https://learn.microsoft.com/en-us/powershell/module/exchange/retry-queue"},
    {NULL, NULL}};

/* What whoever sends to the domain can do until it is repaired; of a known sender, its own step. */
#define SENDERS_MEANWHILE                                                                          \
    {.shell = SHELL_MANUAL,                                                                        \
     .kind = STEP_DECIDE,                                                                          \
     .where = "if you only send to it: its postmaster",                                            \
     .command = "Tell the postmaster of its organisation, by telephone or from a mailbox "         \
                "elsewhere, with the lines that were seen here.",                                  \
     .note = "mail to postmaster by the way that fails waits like all the rest"},                  \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = "if you only send to it, with Exchange 5.0 or 5.5",                              \
         .command =                                                                                \
             "Install the latest service pack of 5.5, or for 5.0 the fix of KB Q182821 "           \
             "(after service pack 2): without it the Internet Mail Service never tries the "       \
             "next exchanger.",                                                                    \
         .note = "until then, a route for the domain to a host that greets, on the Connections "   \
                 "page of the Internet Mail Service",                                              \
         .when = "sender-5"},                                                                      \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = "if you only send to it, with Exchange 2000 or 2003",                            \
         .command = "In System Manager, add an SMTP connector with {name} as its address space "   \
                    "that forwards to a smart host which greets.",                                 \
         .note = "remove it when the exchanger greets again",                                      \
         .when = "sender-2000"},                                                                   \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = "if you only send to it, with Exchange 2007 or later",                           \
         .command = "New-SendConnector -Name {connector} -AddressSpaces {name} "                   \
                    "-DNSRoutingEnabled $false -SmartHosts {exchanger-that-greets}",               \
         .risk = "all mail to the domain then goes to this one host, whatever DNS says: take the " \
                 "connector away when the exchanger greets again",                                 \
         .note = "for queues in status Retry: Get-Queue, then Retry-Queue with the queue's "       \
                 "identity and -Resubmit $true",                                                   \
         .when = "sender-2007"},                                                                   \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = "if you only send to it, with Postfix",                                          \
         .command = "Nothing is needed: it waits smtp_helo_timeout (300 s unless it was changed) " \
                    "and tries the next exchanger. To save the wait, route the domain in "         \
                    "transport_maps to smtp:[a host that greets].",                                \
         .note = "brackets turn the MX lookup off; run postmap on the table and postfix reload",   \
         .when = "sender-other"},                                                                  \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "if you only send to it, with Exim",  \
        .command = "Nothing is needed: it waits command_timeout of its smtp transport (5 minutes " \
                   "unless it was changed) and tries the next exchanger. To save the wait, put a " \
                   "manualroute router for the domain before the one that looks up DNS.",          \
        .note = "such a router names its host in route_list", .when = "sender-other"               \
    }

static const struct step_template verify_greeting[] = {
    MX_PROVE_IT,
    MX_READ_GREETING,
    MX_TEST_PORT("TcpTestSucceeded: True says only that TCP is accepted, which is what this fault "
                 "looks like: read the 220 too"),
    {0}};

const struct finding_kind mx_banner_stall = {
    .id = "mx-banner-stall",
    .severity = SEVERITY_CRITICAL,
    .title = "a mail exchanger accepts connections and never greets",
    .why =
        "For TCP the exchanger is alive, so a sender has no reason to move on: it waits for the "
        "220 that opens every SMTP conversation. Today's senders wait up to 5 minutes for each "
        "connection (RFC 5321 section 4.5.3.2.1) and then try the next exchanger, so mail is late "
        "by that much, and by hours where all of them do it. Exchange 5.0, and 5.5 before its "
        "service pack, never tries the next one: it keeps to the silent host until the message "
        "expires and is returned to its sender (KB Q182821).",
    .symptom =
        "Mail to the domain is late by minutes, or comes back after days with 4.4.7 (delivery "
        "time expired), 4.4.1 or 4.4.2, though there is a second exchanger that works. Monitoring "
        "that only opens the port shows it as up. A network trace shows SYN, SYN-ACK, ACK and "
        "then nothing.",
    .cause =
        "A firewall or load balancer answers the handshake by itself, in front of a host that is "
        "down or a pool without members. Or the daemon hangs, or is at its limit of processes: "
        "the kernel accepts what it never gets to. Or it looks something up before it greets (the "
        "caller's name, a block list) and that never answers. A first line that begins with "
        "220- is no greeting: it promises more.",
    .applies_to = "every mail exchanger; senders: all wait, Exchange 5.0 and early 5.5 for ever",
    .cost = "Mail from outside arrives late, or comes back to its sender.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "first of all: is the exchanger yours?",
             .command = "If you do not know, look up whose network its address is in (whois). If "
                        "it is yours, take the steps for that; if you only send to it, change "
                        "nothing on your own servers but what the steps of a sender say.",
             .note = "the fault is with the exchanger, not with those who send to it"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "if the exchanger is yours: the firewall or load balancer in front of "
                      "{address}",
             .command = "Find out which host the address leads to, and whether that host is up and "
                        "listens on the port that it is sent to.",
             .note = "let the health check read the 220 (HAProxy: option smtpchk), not only open "
                     "the port, so that a silent host is taken out by itself"},
            MX_EXCHANGE_SERVICES,
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_DECIDE,
             .where = "if the exchanger is yours: the same server, if it is the one that hangs",
             .command = "Restart-Service -Name MSExchangeFrontEndTransport",
             .risk = "never on your own server if the exchanger is somebody else's: that mends "
                     "nothing. Connections that are open break, and senders try again; on an Edge "
                     "or a 2007 or 2010 server restart MSExchangeTransport, which also stops "
                     "delivery for that time"},
            MX_POSIX_SERVICE,
            MX_TAKE_OUT,
            SENDERS_MEANWHILE,
            {0}},
    .verify = verify_greeting,
    .undo =
        (const struct step_template[]){
            MX_PUT_BACK,
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = "the Exchange sender that was given a connector, once the exchanger greets",
             .command = "Remove-SendConnector -Identity {connector}",
             .when = "sender-2007"},
            {0}},
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = "the Exchange server that the list of queues is from",
             .command = "Get-Queue -Filter \"Status -eq 'Retry'\" | Format-List "
                        "Identity,NextHopDomain,MessageCount,LastError",
             .note = "save what it prints to a file, and examine that with --file",
             .when = "queues"},
            MX_PROVE_IT,
            MX_READ_GREETING,
            {0}},
    .references = references,
};

const struct finding_kind mx_banner_slow = {
    .id = "mx-banner-slow",
    .severity = SEVERITY_WARNING,
    .title = "a mail exchanger greets only after 30 seconds or more",
    .why =
        "RFC 5321 allows a server 5 minutes for its 220, but many senders give up sooner: mail "
        "from them goes to another exchanger, waits, or comes back. Whoever is as slow as this is "
        "often on the way to not greeting at all.",
    .symptom = "Some senders report timeouts, others deliver late; tests by hand seem to work to "
               "whoever waits long enough.",
    .cause =
        "Before it greets the server looks up the caller's name or asks block lists, and their "
        "name servers do not answer; or an ident query (port 113) is dropped by a firewall; or "
        "the machine is short of memory or processes. Delays of a few seconds are often meant: "
        "many servers make callers wait, because spam software does not.",
    .applies_to = "every mail exchanger",
    .cost = "Mail from outside may arrive late.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the server behind {address}",
             .command = "Check what it does before it greets: reverse lookups of the caller, block "
                        "lists, ident queries, content filters; and that its own name servers "
                        "answer at once."},
            MX_POSIX_SERVICE,
            {0}},
    .verify = verify_greeting,
    .no_undo = "looking changes nothing; whatever is changed on the server has its own way back",
    .make_known = (const struct step_template[]){MX_PROVE_IT, {0}},
    .references = references,
};
