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
     .where = "its postmaster",                                                                    \
     .condition = "if you only send to it",                                                        \
     .command =                                                                                    \
         "Tell the postmaster, by telephone or from a mailbox elsewhere, with the lines that "     \
         "were seen here: mail by the way that fails waits like all the rest."},                   \
        {.shell = SHELL_EMS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = "any Exchange server of yours",                                                  \
         .condition = "if you only send to it, with Exchange 2007 or later",                       \
         .command = "New-SendConnector -Name {connector} -AddressSpaces {name} "                   \
                    "-DNSRoutingEnabled $false -SmartHosts {exchanger-that-greets}",               \
         .risk = "all mail to the domain then goes to this one host, whatever DNS says: take "     \
                 "the connector away when the exchanger greets again",                             \
         .note = "for queues in Retry: Retry-Queue with the Identity of Get-Queue and -Resubmit "  \
                 "$true",                                                                          \
         .when = "sender-2007"},                                                                   \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = "your Exchange server",                                                          \
         .condition = "if you only send to it, with Exchange 2000 or 2003",                        \
         .command =                                                                                \
             "In System Manager, add an SMTP connector with {name} as its address space "          \
             "that forwards to a smart host which greets; remove it when the exchanger does.",     \
         .when = "sender-2000"},                                                                   \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = "your Exchange server",                                                          \
         .condition = "if you only send to it, with Exchange 5.0 or 5.5",                          \
         .command =                                                                                \
             "Install the latest service pack of 5.5, or for 5.0 the fix of KB Q182821 (after "    \
             "service pack 2). Until then, a route for the domain to a host that greets, on "      \
             "the Connections page of the Internet Mail Service.",                                 \
         .when = "sender-5"},                                                                      \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = "your mail server",                                                              \
         .condition = "if you only send to it, with Postfix or Exim",                              \
         .command = "Nothing is needed: after 5 minutes they try the next exchanger. A route "     \
                    "to one that greets (transport_maps, a manualroute router) saves the wait.",   \
         .when = "sender-other"},                                                                  \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "your mail server",                   \
        .condition = "if you only send to it",                                                     \
        .command = "Postfix and Exim try the next exchanger after 5 minutes by themselves. "       \
                   "Exchange 5.0 and 5.5: install the latest service pack (KB Q182821). 2000 "     \
                   "and 2003: an SMTP connector for {name} to a smart host that greets, until "    \
                   "the exchanger does.",                                                          \
        .when = "sender-old"                                                                       \
    }

static const struct step_template verify_greeting[] = {MX_PROVE_IT, MX_READ_GREETING, {0}};

const struct finding_kind mx_banner_stall = {
    .id = "mx-banner-stall",
    .severity = SEVERITY_CRITICAL,
    .title = "a mail exchanger accepts connections and never greets",
    .why = "For TCP it is alive, so senders wait for the 220: up to 5 minutes for each "
           "connection (RFC 5321 4.5.3.2.1), and then try the next exchanger. Mail is late by "
           "that much, and by hours where all of them are silent. Exchange 5.0 and early 5.5 "
           "never try the next one: the message expires and comes back (KB Q182821).",
    .symptom =
        "Mail to the domain is late by minutes, or comes back after days with 4.4.7 (delivery "
        "time expired), 4.4.1 or 4.4.2, though there is a second exchanger that works. "
        "Monitoring that only opens the port shows it as up. A network trace shows SYN, "
        "SYN-ACK, ACK and then nothing.",
    .cause =
        "A firewall or load balancer answers the handshake by itself, in front of a host that "
        "is down or a pool without members. Or the daemon hangs, or is at its limit of "
        "processes: the kernel accepts what it never gets to. Or it looks something up before "
        "it greets (the caller's name, a block list) and that never answers. A first line that "
        "begins with 220- is no greeting: it promises more.",
    .applies_to = "every mail exchanger; senders: all wait, Exchange 5.0 and early 5.5 for ever",
    .cost = "Mail from outside arrives late, or comes back to its sender.",
    .repair = "Repair the mail server that stays silent, or take it out of DNS until it greets.",
    .fix =
        (const struct step_template[]){
            MX_ONLINE,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "any machine with whois",
             .command = "First of all find out whether the exchanger is yours: look up whose "
                        "network its address is in. If you only send to it, change nothing on "
                        "your own servers but what the steps for that say."},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the firewall or load balancer in front of {address}",
             .condition = "if it is yours",
             .command = "Find out which host the address leads to, and whether that is up and "
                        "listens. Let the health check read the 220 (HAProxy: option smtpchk), "
                        "not only open the port."},
            MX_EXCHANGE_SERVICES,
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_DECIDE,
             .where = "the server behind the address",
             .condition = "if it is yours, runs Exchange, and is the one that hangs",
             .command = "Restart-Service -Name MSExchangeFrontEndTransport",
             .risk = "connections break, and senders try again; on an Edge, 2007 or 2010 server it "
                     "is MSExchangeTransport, which also stops delivery for that time"},
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
             .where = "any Exchange server of yours",
             .condition = "once the exchanger greets, if the connector was made",
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
    .why = "RFC 5321 allows a server 5 minutes for its 220, but many senders give up sooner: "
           "mail from them goes to another exchanger, waits, or comes back. Whoever is as slow "
           "as this is often on the way to not greeting at all.",
    .symptom = "Some senders report timeouts, others deliver late; tests by hand seem to work to "
               "whoever waits long enough.",
    .cause =
        "Before it greets the server looks up the caller's name or asks block lists, and their "
        "name servers do not answer; or an ident query (port 113) is dropped by a firewall; or "
        "the machine is short of memory or processes. Delays of a few seconds are often meant: "
        "many servers make callers wait, because spam software does not.",
    .applies_to = "every mail exchanger",
    .cost = "Mail from outside may arrive late.",
    .repair = "Find out what the mail server waits for before it greets.",
    .fix =
        (const struct step_template[]){
            MX_ONLINE,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the server behind the address",
             .command = "Check what it does before it greets: reverse lookups of the caller, "
                        "block lists, ident queries, content filters; and that its own name "
                        "servers answer at once."},
            MX_POSIX_SERVICE,
            {0}},
    .verify = verify_greeting,
    .no_undo = "looking changes nothing; whatever is changed on the server has its own way back",
    .make_known = (const struct step_template[]){MX_PROVE_IT, {0}},
    .references = references,
};
