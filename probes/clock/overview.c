/* `exdiag explain clock`: what clocks have to do with mail, and how they are measured. */
#include "diag/probe.h"

static const struct paragraph paragraphs[] = {
    {"why a clock stops mail",
     "A Kerberos ticket is good for a time, and a server takes a client's word for its time of day "
     "only within a tolerance: 5 minutes, unless the policy \"Maximum tolerance for computer clock "
     "synchronization\" says otherwise. Beyond it the answer is KRB_AP_ERR_SKEW (37, 0x25).\n"
     "Exchange uses Kerberos towards itself (the PowerShell virtual directory), towards the other "
     "servers (SMTP with X-EXPS GSSAPI) and towards the directory. A clock that is wrong breaks "
     "these one by one, and none of them names the clock.\n"
     "What counts is the difference of a server from the domain controller that it asks, and not "
     "which of the two is right."},
    {"who follows whom",
     "Members follow a domain controller, domain controllers the PDC emulator of their domain, PDC "
     "emulators that of the domain above, and the PDC emulator of the forest's root follows servers "
     "outside: three or more, so that one which is wrong is outvoted.\n"
     "Everybody but that last one is set to NT5DS (w32tm /config /syncfromflags:domhier), it alone "
     "to NTP (/syncfromflags:manual, /manualpeerlist, /reliable:yes).\n"
     "What a group policy sets wins over what stands on the machine, silently.\n"
     "A hypervisor that sets its guests' clocks is a second master."},
    {"how a clock is read from outside",
     "Domain controllers tell the time to anybody over SNTP, in the rootDSE (LDAP and CLDAP), in "
     "the error that Kerberos gives to a question without credentials, and when SMB2 is "
     "negotiated. Members do not serve NTP, but SMB2, the challenge of NTLM, HTTP's Date and the "
     "banner of Exchange's SMTP tell it too.\n"
     "Each answer is an interval: the host read its clock after the question was sent and before "
     "the answer came, and told it in steps of its own, from a microsecond to a second.\n"
     "An MIT KDC fills the microseconds with a counter, so its clock is known to the second "
     "only.\n"
     "Intervals of one host are laid upon each other (Marzullo's algorithm): what most of them have "
     "in common is the host's, and whoever contradicts it is named. What answers at one port has "
     "one voice: a balancer there does not outvote the machine.\n"
     "Two hosts are compared through this machine's clock, which cancels: it may be wrong by years."},
    {"the verdicts",
     "critical: the whole interval of the difference is at the limit or beyond.\n"
     "warning: all of it is 60 seconds or more; a hierarchy that works never comes to that.\n"
     "ok: all of it is less than 60 seconds.\n"
     "unknown: it holds both sides of a limit, or there was nobody to compare with.\n"
     "Which one is wrong: clocks outside (--reference) decide; contradicting each other they decide "
     "nothing. Else the most controllers are right: servers repeat what those say that they "
     "follow. Where nothing decides, no command is given but to find out; a Date of HTTP or a "
     "banner alone is a warning, for anything may answer there.\n"
     "A wrong controller is told of itself, not of every server; only "
     "where it is the only one, Kerberos fails for all of them, and that is told, with its cause.\n"
     "Servers that agree with each other and not with the only controller show that it is wrong, "
     "unless one hypervisor has set them all: a clock outside is to confirm it."},
    {"what widespread descriptions get wrong",
     "\"logon works, so the clock is right\": Windows recovers from skew for some clients, and "
     "MIT's kinit takes over the server's time, and so hides ten minutes of skew.\n"
     "\"stop the service, configure, start it\": /config /update has to reach a running service; "
     "configure, then stop and start it, then resync.\n"
     "\"w32tm /config /syncfromflags:manual\" alone: without a list of peers it follows nobody.\n"
     "\"give every server its own NTP servers\": then nothing ties it to its domain controllers, "
     "and their time is what counts.\n"
     "\"a domain controller corrects any difference\": from 48 hours on it only logs an event."},
    {NULL, NULL}};

static const struct reference references[] = {
    {"RFC 4120, The Kerberos Network Authentication Service (V5)",
     "https://www.rfc-editor.org/rfc/rfc4120"},
    {"RFC 5905, Network Time Protocol Version 4", "https://www.rfc-editor.org/rfc/rfc5905"},
    {"Microsoft Learn: Windows Time service tools and settings",
     "https://learn.microsoft.com/en-us/windows-server/networking/windows-time-service/"
     "windows-time-service-tools-and-settings"},
    {"KB 979174: all clocks should be synchronized to within 5 minutes of one another", NULL},
    {NULL, NULL}};

const struct topic topic_clock = {
    .name = "clock",
    .title = "whether machines agree on the time, and what breaks where they do not",
    .paragraphs = paragraphs,
    .references = references,
};
