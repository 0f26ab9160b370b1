/* `exdiag explain ews`: messages that an archiver cannot fetch, and why. */
#include "diag/probe.h"

static const struct paragraph paragraphs[] = {
    {"an error that is not as transient as it says",
     "An archiver asks Exchange Web Services for the MIME content of each message (GetItem with "
     "IncludeMimeContent; a MailStore job log calls it GetMimeContent). The server keeps messages "
     "in another form and makes the MIME as it is asked for.\n"
     "For some it answers ErrorInternalServerTransientError: \"try again later\". MailStore tries "
     "fifteen times more, each wait about 0.2 s longer than the one before (0.7 s to 3.5 s), "
     "and gives up after 31 s. The next run fails for the same messages.\n"
     "In the documented case these were messages in RTF, such as a meeting request with an inline "
     "picture that nobody had answered, on one node of a DAG of Exchange 2010 SP3 alone, and more "
     "of them the more the server had to do."},
    {"what helped",
     "At once: the database made active on the other node (Move-ActiveMailboxDatabase). After the "
     "way back it failed again.\n"
     "For good: the EWS virtual directory of the node that failed, removed and made again, and "
     "iisreset."},
    {"what was tried in vain",
     "Throttling policies made anew; the code of throttling is another one (ErrorServerBusy).\n"
     "The newest update rollup of Exchange, and of MailStore.\n"
     "TCP Chimney, receive side scaling (RSS) and autotuning turned off.\n"
     "New mailbox databases, and a new database of the archive.\n"
     "Databases moved to and fro; the virtual machine moved to another host helped for a while.\n"
     "CGI uninstalled from IIS, which had been suspected: the error stayed until the virtual "
     "directory was made again. Healthy servers have no CGI, and it is named in a report where it "
     "is found, but never as the cause."},
    {"asking the server itself",
     "exdiag check --mailbox ADDRESS --server HOST finds up to ten items of the kinds in question, "
     "meeting requests, appointments and what was written in RTF, and asks for their MIME content "
     "as the archiver does: up to sixteen times, each wait 0.2 s longer, and no sooner than the "
     "server asks for (BackOffMilliseconds, Retry-After), all within --patience.\n"
     "Name --server once for each node: the same items are asked for through each, and an item "
     "that comes through one and not through the other shows where the fault lives.\n"
     "Nothing is changed. Only with --plant-test-item a meeting request with an inline picture is "
     "made in Drafts, asked for and deleted again, also after Ctrl-C; it is sent to nobody. Where "
     "the server makes no such message, it is an appointment of the year 2000. What an earlier run "
     "had to leave is deleted first, and nothing that does not prove to be such an item.\n"
     "Who asks: the bearer of --token-file; --user, by Basic or --ntlm; or the caller with a "
     "Kerberos ticket. With --impersonate as the mailbox's owner. Passwords and tokens go over TLS "
     "that verifies, to the servers of --server, and follow no redirect. Of an item a hash, its "
     "class and sizes are kept."},
    {"which code is which fault",
     "ErrorInternalServerTransientError again and again for one message: the virtual directory, as "
     "above (ews-mime-transient). Once or twice, and then the message: nothing is wrong.\n"
     "ErrorMimeContentConversionFailed: this one message, on every server (ews-mime-conversion).\n"
     "ErrorServerBusy, ErrorExceededConnectionCount: too much at once (ews-throttled).\n"
     "ErrorAccessDenied, ErrorImpersonationFailed, HTTP 401 and 403: rights (ews-denied).\n"
     "ErrorMailboxStoreUnavailable, ErrorMailboxMoveInProgress, ErrorADUnavailable, "
     "ErrorConnectionFailed, ErrorTimeoutExpired, ErrorInsufficientResources: what EWS itself "
     "needs (ews-unavailable).\n"
     "ErrorItemNotFound: somebody was faster (ews-item-gone)."},
    {"the order of the commands",
     "The way round first, for it makes the archive whole today: the archiver talks to a server "
     "that gives the messages, or the database moves. Then the record: the virtual "
     "directory's URLs and authentication into a file, and a backup of IIS's configuration. Only "
     "then Remove-WebServicesVirtualDirectory, New-WebServicesVirtualDirectory with the recorded "
     "values, and iisreset.\n"
     "-Role ClientAccess, -Server and -OAuthAuthentication are of Exchange 2013 and later. "
     "-WebSiteName is not for the default web site.\n"
     "While the directory is away, nobody reaches EWS through that server; iisreset ends "
     "everything that is served over HTTP for a minute."},
    {"what widespread descriptions get wrong",
     "\"Get-WebServicesVirtualDirectory | Remove-WebServicesVirtualDirectory, then Get- | Set-\": "
     "after the first there is nothing left to get, so that the second changes nothing and EWS "
     "is gone. It takes New-, and the values that were there.\n"
     "\"it is transient, so wait\": sixteen failures of one message are no accident."},
    {"what is read of a job log",
     "The lines of a MailStore job log, in any language and encoding: only times, thread numbers, "
     "GetMimeContent and the codes count. Give all files of one log in one run: a message whose "
     "requests go on in the next file is put together by its thread.\n"
     "Kept are numbers, times, the dates of messages that failed, and mailboxes if the log names "
     "them; no subjects and no ids."},
    {"what is read of a server",
     "Its applicationHost.config, and the web.config of the EWS folder (below ClientAccess\\exchweb, "
     "since Exchange 2013 also below FrontEnd\\HttpProxy): EWS that is not there any more, CGI and "
     "FastCGI that reach it, modules that IIS cannot load or somebody else made, authentication, "
     "Extended Protection and SSL. Give the files of two servers of one version in one run, and "
     "what differs is told: --file EX01=FILE says whose each is, or those of one server lie in a "
     "folder of its own. A part that is encrypted or in a file of its own is unknown.\n"
     "IIS logs, and Exchange's in Logging\\Ews and Logging\\HttpProxy\\Ews: which requests to EWS "
     "the server failed, when, and whose; whether any was answered at all; throttling by itself. "
     "A log of IIS has no codes of EWS: its 500 may be the server's, a client's or throttling, and "
     "few of them that one client alone has make no problem.\n"
     "No passwords, users, queries or addresses of clients are kept of any of them."},
    {NULL, NULL}};

static const struct reference references[] = {
    {"RTF content archiving problem when using Mailstore against Exchange 2010 SPx - "
     "ErrorInternalServerTransientError",
     NULL},
    {"Microsoft Learn: GetItem operation",
     "https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/"
     "getitem-operation"},
    {"Microsoft Learn: ResponseCode of EWS",
     "https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/"
     "responsecode"},
    {"Microsoft Learn: New-WebServicesVirtualDirectory",
     "https://learn.microsoft.com/en-us/powershell/module/exchange/"
     "new-webservicesvirtualdirectory"},
    {"Microsoft Learn: EWS throttling in Exchange",
     "https://learn.microsoft.com/en-us/exchange/client-developer/exchange-web-services/"
     "ews-throttling-in-exchange"},
    {NULL, NULL}};

const struct topic topic_ews = {
    .name = "ews",
    .title = "messages that an archiver cannot fetch over Exchange Web Services",
    .paragraphs = paragraphs,
    .references = references,
};
