/* `exdiag explain spn`: what names in the directory have to do with mail between servers. */
#include "diag/probe.h"

static const struct paragraph paragraphs[] = {
    {"why a name in the directory stops mail",
     "Exchange's servers log on to each other before they hand over mail: X-EXPS, by Kerberos. The "
     "one that sends asks a domain controller for a ticket for SMTPSVC/ and the name by which the "
     "other has greeted it. The domain controller looks for the one account that has this service "
     "principal name, and makes the ticket with the key of that account.\n"
     "On no account: no ticket. On several: no ticket, or the wrong one. On another account than "
     "the server's: a ticket that the server cannot read, and 535.\n"
     "Mail from the Internet does not log on and still comes in, so that it is noticed late."},
    {"which names count",
     "What the server announces, in its banner and in its reply to EHLO: the FQDN of the SMTP "
     "virtual server (Exchange 2000 and 2003) or of the receive connector (2007 and later), which "
     "is the machine's full name unless somebody changed it.\n"
     "Exchange registers SMTP/ and SmtpSvc/ with the machine's short and full names, and no "
     "others. Capitals do not matter.\n"
     "HOST/ stands in for the services that sPNMappings lists, to which SMTPSVC does not belong "
     "unless somebody added it.\n"
     "Since Exchange 2007 the receive connector that servers log on to (Default and the server's "
     "name) keeps the machine's own name; a name for the Internet belongs on a connector of its "
     "own, without Exchange Server authentication."},
    {"which account it belongs on",
     "That of the computer: the transport service runs as the machine, not as a service account. "
     "The alternate service account of Exchange is for HTTP, MAPI and the address book, and SMTP "
     "does not use it.\n"
     "One name, one account: servers behind a load balancer cannot share a name for this."},
    {"how it is looked up",
     "The domain controllers come from DNS (SRV) or --dc; one that does not answer is passed over. "
     "The configuration partition names the servers and what they call themselves; a global "
     "catalog is asked once for each server who in the whole forest has its names. No forest is "
     "read from end to end.\n"
     "With a ticket of your own at hand (klist), Kerberos itself is asked for one for each name: "
     "KDC_ERR_S_PRINCIPAL_UNKNOWN (7) for a missing name, and of some KDCs for a duplicate one; "
     "KDC_ERR_PRINCIPAL_NOT_UNIQUE (8); KDC_ERR_ETYPE_NOSUPP (14) where no encryption type is "
     "shared; KRB_AP_ERR_SKEW (37) where it is the clocks. A ticket that is granted does not say "
     "whose account has the name: the directory does.\n"
     "Without access to the directory, exports of ldifde and the output of setspn -L, -Q and -X "
     "do; of a partial list it is not concluded that a name is missing."},
    {"the order of the commands",
     "Look (setspn -Q), take it off the wrong account (setspn -D), add it with a look for "
     "duplicates (setspn -S; -A, which does not look, only where Windows Server 2003 has nothing "
     "else), verify (setspn -Q, setspn -X -F), and the way back.\n"
     "The article's second way, BackConnectionHostNames, is for a server that logs on to itself "
     "by a name that is not its own, as with several virtual servers on one machine. It does not "
     "replace the name in the directory."},
    {"what widespread descriptions get wrong",
     "\"setspn -a SMTPSVC/name server\": -A makes a duplicate without a word, and two accounts with "
     "the name are worse than none.\n"
     "\"a ticket is issued, so the name is right\": it may be on the wrong account.\n"
     "\"DisableLoopbackCheck = 1\": takes the protection off all names; BackConnectionHostNames "
     "lists those that are meant.\n"
     "\"event 1035, so authentication between servers is broken\": with the mechanisms Login and "
     "NTLM, from addresses outside, it is somebody who guesses passwords."},
    {NULL, NULL}};

static const struct reference references[] = {
    {"KB 914137: Exchange Protocol Security authentication fails on a server that has multiple "
     "SMTP virtual servers",
     NULL},
    {"KB 979174: 454 4.7.0 Temporary authentication failure, events 1035 and 2017", NULL},
    {"KB 896861: BackConnectionHostNames and DisableLoopbackCheck", NULL},
    {"Microsoft Learn: setspn",
     "https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/setspn"},
    {"Microsoft Learn: Set-ReceiveConnector, parameter Fqdn",
     "https://learn.microsoft.com/en-us/powershell/module/exchange/set-receiveconnector"},
    {"RFC 4120, The Kerberos Network Authentication Service (V5)",
     "https://www.rfc-editor.org/rfc/rfc4120"},
    {NULL, NULL}};

const struct topic topic_spn = {
    .name = "spn",
    .title = "names in the directory by which mail servers log on to each other",
    .paragraphs = paragraphs,
    .references = references,
};
