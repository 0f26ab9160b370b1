/* `exdiag explain mx`: how mail finds its exchanger, and the one that accepts and never speaks. */
#include "diag/probe.h"

static const struct paragraph paragraphs[] = {
    {"how a sender finds its way",
     "It asks DNS for the domain's MX records, and tries the hosts in the order of their "
     "preferences, the lowest number first; those with equal numbers in random order (RFC 5321 "
     "section 5.1).\n"
     "Without an MX record the domain's own address is tried. \"MX 0 .\" alone says that the domain "
     "takes no mail (RFC 7505).\n"
     "It connects to port 25 of each address of a host, and then says nothing until it has been "
     "greeted: a line with 220. Lines that begin with 220- are part of a greeting that is not "
     "complete yet.\n"
     "Where a connection is refused, or is not made in time, or the greeting is an error, it goes "
     "on to the next address. That much was never in doubt."},
    {"what KB Q182821 says",
     "The Internet Mail Service of Exchange 5.0 and 5.5 does not try the next MX record if the host "
     "of the first completes TCP's three-way handshake and never sends the 220. It tries this "
     "same host until the message's time is over, and returns it to its sender.\n"
     "In a network trace: the MX question and its answer, the question for the host's address and "
     "its answer, SYN, SYN-ACK, ACK; and the 220 never comes. (The sixth packet that the article "
     "prints is of another connection: it acknowledges 3332995 where 3447618 would be due.)\n"
     "Corrected in a fix after service pack 2 of Exchange 5.0, and in a service pack of 5.5."},
    {"what is different today",
     "Senders since then treat silence as a failure of the connection: they wait (RFC 5321 section "
     "4.5.3.2.1 asks for 5 minutes), then try the next exchanger or come back later. Postfix: "
     "smtp_helo_timeout, 300 s; Exim: command_timeout of its transport, 5 minutes.\n"
     "So one silent exchanger at the best preference makes mail late by minutes, again and again; "
     "one among n equals makes about one message in n late; all silent, and nothing arrives.\n"
     "Few hosts hang for ever any more. A load balancer whose back end is gone accepts, tries the "
     "back end for some seconds, and closes without a word: 5 seconds of silence and then the end is "
     "the same fault."},
    {"the verdicts",
     "ready: 220 within a second, or a first line 220- at once and the rest later, as postscreen of "
     "Postfix does on purpose.\n"
     "delayed: 220 after 1 to 30 seconds. Healthy: a greet delay, or a lookup of the caller.\n"
     "slow: 220 after 30 seconds or more. A warning: many senders do not wait so long.\n"
     "stall: accepted, and no complete greeting for 300 seconds, or none for 5 seconds and then "
     "closed. Critical at the best preference.\n"
     "silent: the same for 60 seconds, and still open. A warning.\n"
     "inconclusive: the same for less than 60 seconds: nothing is known. --patience proof waits 300.\n"
     "closes: accepted, and closed within 5 seconds.\n"
     "greeting-refused: 4xx (not now), 554 (not here, or not for you), 521 (never).\n"
     "strange: what it sends is no SMTP.\n"
     "refused: the port is closed. unreachable: nothing comes back. unknown: it could not be tried."},
    {"what a QUIT into the silence tells",
     "After the wait one QUIT is sent, and Linux knows whether the other system's TCP acknowledged "
     "it.\n"
     "Acknowledged: that system is alive. The daemon behind it hangs, or has no process left, or a "
     "proxy answers for it.\n"
     "Not acknowledged: whatever completed the handshake is gone or never was a host: a firewall "
     "that answers SYN by itself, in front of a dead one.\n"
     "Elsewhere this cannot be known."},
    {"what widespread descriptions get wrong",
     "\"the port is open, so the server is up\": telnet that connects, Test-NetConnection with "
     "TcpTestSucceeded: True, and health checks that only connect see exactly this fault as health.\n"
     "\"a second MX record protects\": only from hosts that refuse, or are away; and from silent "
     "ones only after each sender has waited, for each connection anew.\n"
     "\"a slow greeting is a fault\": up to half a minute it is usually meant, against spam "
     "software.\n"
     "\"the first line says it all\": 220- is a promise. A test that stops there takes a stalled "
     "postscreen for health, and one that speaks after it is taken for a spammer.\n"
     "\"all exchangers are down\": seen from a network that lets no connection to port 25 out, all "
     "exchangers in the world are."},
    {NULL, NULL}};

static const struct reference references[] = {
    {"KB Q182821, XFOR: Internet Mail Service Not Trying Next Exchange Record", NULL},
    {"RFC 5321, Simple Mail Transfer Protocol", "https://www.rfc-editor.org/rfc/rfc5321"},
    {"RFC 7505, A \"Null MX\" No Service Resource Record for Domains That Accept No Mail",
     "https://www.rfc-editor.org/rfc/rfc7505"},
    {NULL, NULL}};

const struct topic topic_mx = {
    .name = "mx",
    .title = "who takes a domain's mail, and the exchanger that accepts and never speaks",
    .paragraphs = paragraphs,
    .references = references,
};
