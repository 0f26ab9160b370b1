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
     "Exchange 2007 and 2010 without the Hub Transport role have no transport, and Edge servers no "
     "account in the forest: nobody logs on to them, and they need no such names.\n"
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
     "do; of a partial list, or of an export that breaks off, is damaged or ran into a limit, it is "
     "not concluded that a name is missing."},
    {"what is offered, and where",
     "Exchange offers X-EXPS in the clear, or to its own servers behind X-ANONYMOUSTLS alone, "
     "a handshake in which the server shows its internal transport certificate (smtp-certificate) "
     "and nobody verifies its name or issuer; STARTTLS is for everybody else. All three are "
     "looked at. It is called absent where it is in none of those that there are; where one of "
     "them could not be seen, that is not known.\n"
     "A connector answers each address with offers of its own: what this machine sees is not what "
     "another server sees."},
    {"logging on oneself (--authenticate)",
     "With a ticket for each name that you or the directory vouch for, X-EXPS GSSAPI is said, or "
     "AUTH GSSAPI where there is no X-EXPS, and QUIT. 235: the name, the key and the clocks are in "
     "order.\n"
     "X-EXPS is for the accounts of Exchange's servers. 535 or 454 is the server's failure only "
     "where such an account was refused; to anybody else, and by AUTH, it may be right, and is not "
     "known.\n"
     "Over the network SYSTEM is the machine's account, without a password: a task of the task "
     "scheduler on an Exchange server (schtasks /RU SYSTEM) asks as one of them, and nothing has to "
     "be installed for that.\n"
     "Where no ticket is to be had, the KDC says why: no account with the name (7), several (8), no "
     "encryption type in common (14), a broken trust (31), clocks (37). A server that says why it "
     "refuses does it with the same numbers: 37, and 41 or 44 where the ticket was made with "
     "another key than it has.\n"
     "The server logs each (its SMTP protocol log, security event 4624 or 4625, 1035)."},
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
     "NTLM, from addresses outside, it is somebody who guesses passwords; with Gssapi it may be "
     "any user's program, unless the address is a server's.\n"
     "\"klist purge, and it works\": that is the session of whoever types it; the transport runs as "
     "NETWORK SERVICE (klist -li 0x3e4 purge).\n"
     "\"535 in the log, so the name is wrong\": if logons were taken after it, or the log names the "
     "account before it, the name is right."},
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
