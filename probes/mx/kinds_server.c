/* What is said of a mail exchanger, in words for a server that was named itself. */
#include "probes/mx/kinds.h"

#include <stddef.h>

#define THROUGH_IT                                                                                 \
    "Mail through this server arrives late; where it is the only way, it does not arrive."

static const struct {
    const struct finding_kind *kind;
    const char *title;
    const char *why; /* NULL: the kind's */
    const char *cost;
} rows[] = {
    {&mx_banner_stall, "a mail server accepts connections and never greets",
     "For TCP it is alive, so whoever sends to it waits for the 220: up to 5 minutes for each "
     "connection (RFC 5321 4.5.3.2.1), and then goes to another server. Mail is late by that much, "
     "and by hours where there is no other. Exchange 5.0 and early 5.5 never try another: the "
     "message expires and comes back (KB Q182821).",
     "Mail through this server arrives late, or comes back to its sender."},
    {&mx_banner_slow, "a mail server greets only after 30 seconds or more",
     "RFC 5321 allows a server 5 minutes for its 220, but many senders give up sooner: mail from "
     "them goes to another server, waits, or comes back. Whoever is as slow as this is often on "
     "the way to not greeting at all.",
     "Mail through this server may arrive late."},
    {&mx_closes, "a mail server accepts connections and closes them without a greeting",
     "A sender takes this for a failure and tries another server, or again later: mail is not "
     "lost, but nothing is delivered through this one.",
     THROUGH_IT},
    {&mx_refuses, "a mail server refuses connections",
     "Its address answers, and says that nobody listens on the port. Senders notice at once and "
     "try another server; where there is none, mail waits in their queues for days and then comes "
     "back.",
     THROUGH_IT},
    {&mx_unreachable, "a mail server does not answer",
     "Nothing comes back from its address, not even a refusal. Senders wait, often half a minute, "
     "and try another server; where there is none, mail waits in their queues for days and then "
     "comes back.",
     THROUGH_IT},
    {&mx_greeting_refused, "a mail server answers, and refuses service in its greeting",
     "4xx says not now: senders try another server or come back later. 5xx says no: 554 that it "
     "takes no mail, or none from this caller; 521 that it never takes any (RFC 7504). The code "
     "may be meant for the address alone that this examination was made from.",
     "Mail through this server arrives late, or comes back to its sender."},
    {&mx_no_address, "a mail server has no address",
     "A name without an address cannot be called. Whoever is to send through this server finds "
     "nobody: mail comes back at once or waits for days.",
     "Mail through this server arrives late; where it is the only way, it comes back to its "
     "sender."},
    {&mx_not_smtp, "what answers at a mail server's address does not speak SMTP",
     "Senders expect a line that begins with 220. Whatever else comes, they take it for a failure "
     "and go to another server, or try again for days.",
     THROUGH_IT},
    {&mx_inspected, "a firewall rewrites the SMTP conversation of a mail server", NULL,
     "Mail through this server may travel unencrypted or fail, because a firewall interferes."},
    {&mx_breaks_off, "a mail server greets and goes no further",
     "It says 220, and then does not answer EHLO, or ends the connection. Senders wait, as with a "
     "missing greeting, and try another server; monitoring that reads the greeting alone sees "
     "nothing.",
     THROUGH_IT},
    {&mx_starttls, "a mail server does not encrypt (STARTTLS)",
     "Mail to a server without STARTTLS crosses the network in clear text, and senders that insist "
     "on encryption do not deliver. Where it is offered and then fails it is worse: many senders "
     "break off, and try again in the same way until the mail comes back.",
     "Mail to this server travels in the clear; senders that insist on encryption do not "
     "deliver."},
};

void mx_say_of_server(struct finding *finding)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (finding->kind != rows[i].kind)
            continue;
        if (!finding->title)
            finding->title = rows[i].title;
        finding->why = rows[i].why;
        finding->cost = rows[i].cost;
    }
}
