/* `exdiag explain powershell`: a directory that answers 500, and why. */
#include "diag/probe.h"

static const struct paragraph paragraphs[] = {
    {"one symptom, three causes",
     "The Exchange Management Shell is a remote PowerShell, also on the server itself: it asks "
     "http://SERVER/PowerShell/ for a session, with a Kerberos ticket. When IIS answers that with "
     "HTTP 500, the shell says \"received an HTTP server error status (500)\" and nothing about "
     "why.\n"
     "Root cause 1: the server's clock is five minutes or more from its domain controllers'.\n"
     "Root cause 2: kerbauth.dll is loaded from a wrong folder, or the directory is misconfigured: "
     "kerbauth is a managed module there, not a native one.\n"
     "Root cause 3: the module WSMan is missing, since an upgrade of Windows in place took the "
     "feature WinRM IIS Extension away."},
    {"the order in which to look",
     "The clock first: it is looked at from anywhere within a minute, and while it is wrong every "
     "other test misleads.\n"
     "Then the configuration of IIS, then the event logs, then the variable ExchangeInstallPath. "
     "Each finding of powershell-vdir-500 that has no cause names the single piece of evidence "
     "that decides next, and prints the command that gets it.\n"
     "The repair goes the same way: what changes least comes first, and the shell is tried after "
     "each. To make the directory anew is the last resort, not the first: done by the commands that "
     "most descriptions have, it leaves a directory that requires SSL and takes Basic, and a shell "
     "that gets 403 in place of 500."},
    {"what answers tell apart",
     "500 of the directory while pages beside it are served: the directory (powershell-vdir-500). "
     "500.19: IIS cannot use its configuration. 500.21 to 500.24: a module of its list.\n"
     "503 everywhere: no application pool starts, most often since IIS cannot load a module: event "
     "2280 names it, and a kerbauth.dll of a removed installation is the classic "
     "(powershell-unavailable).\n"
     "403 without SSL: Require SSL was turned on, and the shell comes without (powershell-forbidden). "
     "404: the directory or its binding is gone, or the binding of port 80 has got a host name "
     "(powershell-not-found).\n"
     "401 whose token is a KRB-ERROR: code 37 or 33 is the clock, 44 another key than the server's "
     "(powershell-refused). 401 without one is how every logon begins, and says nothing."},
    {"certificates",
     "Front ends reach the back end at port 444, over TLS alone. That port is bound to the "
     "self-signed certificate that setup made, named \"Microsoft Exchange\" and good for five "
     "years; where it was deleted, lost its key or is bound no more, Outlook on the web, the admin "
     "center and the shell fail together (backend-certificate). The same is looked at for port 443 "
     "(frontend-certificate), for bindings of every name: other ports and bindings by host name may "
     "be anybody's. Of certificates only presence and dates are read, by the registry; no private "
     "key is opened."},
    {"what is no fault",
     "On healthy servers of Exchange 2013 and later every kind of authentication of the front "
     "end's directory is off in IIS: the module kerbauth does it. WinRM IIS Extension is not "
     "installed on many of them, so that its absence means nothing while the module WSMan is "
     "there. kerbauth.dll may be on any drive, wherever Exchange is.\n"
     "Single requests that end with 500 are everyday in a log: WS-Management answers its own faults "
     "so. A log is a finding where nothing else is answered any more."},
    {"asking the server",
     "exdiag check --server HOST asks /PowerShell/ of the front end (TCP 80 and 443) and of the back "
     "end (TCP 444) without showing who it is, and pages beside it, so that a dead web site is told "
     "from one broken directory. With --authenticate it logs on as you, with your Kerberos "
     "ticket, and asks for a remote PowerShell in a way that is refused: no shell is made. How a healthy front end answers "
     "somebody unknown is documented nowhere, so that alone is never a problem; asked for with "
     "--only powershell it is left open until somebody logs on.\n"
     "With the clock probe, which runs beside it, root cause 1 is measured in the same run."},
    {"files of the server",
     "exdiag collect-script prints a PowerShell script that gathers all of this on the server, "
     "changes nothing, and leaves a folder for --file. By hand: applicationHost.config, web.config "
     "of FrontEnd\\HttpProxy\\PowerShell and ClientAccess\\PowerShell-Proxy (2010: "
     "ClientAccess\\PowerShell), reg export of Session Manager\\Environment, "
     "ExchangeServer\\v15\\Setup, Services\\HTTP\\Parameters and "
     "SystemCertificates\\MY, Get-WindowsFeature, the System and Application logs, logs of IIS and "
     "of Logging\\HttpProxy\\PowerShell.\n"
     "Files in one folder are of one server; --file EX01=FILE says whose one is. A server that is "
     "asked live and whose files are there is judged once, under its own name."},
    {"what widespread descriptions get wrong",
     "\"Get-PowerShellVirtualDirectory | Remove-, then New-, then only -BasicAuthentication:$false\": "
     "New- turns on SSL, Basic and Windows authentication; and all of it is typed into the shell that "
     "is broken.\n"
     "\"Add-WindowsFeature WinRM-IIS-Ext\" for every 500: healthy servers lack it.\n"
     "\"w32tm /config /syncfromflags:manual /\": without peers and /update it changes nothing. The "
     "clock probe prints what sets a clock right."},
    {NULL, NULL}};

static const struct reference references[] = {
    {"Exchange 2013 SP1 - problem #1 - Powershell virtual directory malfunction - HTTP error (500)",
     NULL},
    {"Exchange team blog, 4 February 2010: Troubleshooting Exchange 2010 Management Tools startup "
     "issues",
     NULL},
    {"KB 2028305: Exchange Management Shell or Console does not start", NULL},
    {"[MS-PSRP]: PowerShell Remoting Protocol; [MS-WSMV]: WS-Management for Windows",
     "https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-psrp/"},
    {NULL, NULL}};

const struct topic topic_powershell = {
    .name = "powershell",
    .title = "a PowerShell virtual directory that answers HTTP 500",
    .paragraphs = paragraphs,
    .references = references,
};
