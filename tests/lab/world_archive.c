#include "tests/lab/world_archive.h"

#include "diag/buffer.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { FILE_MOST = 1 << 18 };

/* ---- the job log ---- */

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE /* milliseconds */ };

struct job {
    struct buffer text;
    unsigned clock; /* milliseconds of the day */
};

static void say(struct job *job, unsigned after, const char *level, const char *text)
{
    job->clock += after;
    buffer_print(&job->text, "%02u:%02u:%02u.%03u [18] %s %s\r\n", job->clock / HOUR,
                 job->clock / MINUTE % 60, job->clock / SECOND % 60, job->clock % SECOND, level,
                 text);
}

static void begin_message(struct job *job, unsigned number, const char *subject)
{
    struct buffer text;

    buffer_init(&text, FILE_MOST);
    buffer_print(&text, "Processing message: 20.11.2026 6:%02u:45 UTC '%s', UID 1:, UID 2:", number,
                 subject);
    say(job, 4 * MINUTE, "INFO", text.text);
    say(job, 16, "INFO", "Retrieving message...");
    buffer_release(&text);
}

static void request(struct job *job, unsigned after)
{
    say(job, after, "INFO", "Sending EWS Request (GetMimeContent)");
}

static void fail(struct job *job, const char *code)
{
    say(job, 437, "EXCEPTION", "MailboxImportWorker:ProcessMailboxMessageWrapper");
    buffer_print(&job->text,
                 ": Microsoft Exchange Server could not complete the task. EWS Error Code: %s.\r\n",
                 code);
}

/* What it waits grows from two thirds of a second to three and a half: 16 requests in 31 s. */
static void fail_for_long(struct job *job, unsigned number)
{
    static const unsigned waits[] = {671,  842,  1061, 1263, 1467, 1685, 1872, 2074,
                                     2247, 2449, 2652, 2839, 3058, 3260, 3463};

    begin_message(job, number, "FW: review of the quarter");
    request(job, 15);
    for (size_t i = 0; i < COUNT(waits); i++)
        request(job, waits[i]);
    fail(job, "ErrorInternalServerTransientError");
}

static enum status add_job_log(struct world_files *files)
{
    enum { MESSAGES = 30 };
    struct job job = {.clock = 6 * HOUR + 50 * MINUTE};
    enum status status;

    buffer_init(&job.text, FILE_MOST);
    for (unsigned i = 0; i < MESSAGES; i++) {
        if (i % 10 == 4) {
            fail_for_long(&job, i);
            continue;
        }
        begin_message(&job, i, "Report");
        request(&job, 15);
        if (i == 12)
            fail(&job, "ErrorMimeContentConversionFailed");
        if (i == 21)
            fail(&job, "ErrorServerBusy");
    }
    status = world_files_add(files, &(struct world_file){"archive-job.log", job.text.text, "ews"});
    buffer_release(&job.text);
    return status;
}

/* ---- applicationHost.config ---- */

/* %s: the handlers of the server that this one has besides. */
static const char configuration[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
    "<configuration>\r\n"
    "  <system.applicationHost>\r\n"
    "    <sites>\r\n"
    "      <site name=\"Default Web Site\" id=\"1\">\r\n"
    "        <application path=\"/EWS\" applicationPool=\"MSExchangeServicesFrontEndAppPool\">\r\n"
    "          <virtualDirectory path=\"/\" "
    "physicalPath=\"C:\\Exchange\\V15\\FrontEnd\\HttpProxy\\EWS\" />\r\n"
    "        </application>\r\n"
    "      </site>\r\n"
    "      <site name=\"Exchange Back End\" id=\"2\">\r\n"
    "        <application path=\"/EWS\" applicationPool=\"MSExchangeServicesAppPool\">\r\n"
    "          <virtualDirectory path=\"/\" "
    "physicalPath=\"C:\\Exchange\\V15\\ClientAccess\\exchweb\\EWS\" />\r\n"
    "        </application>\r\n"
    "      </site>\r\n"
    "    </sites>\r\n"
    "  </system.applicationHost>\r\n"
    "  <system.webServer>\r\n"
    "    <globalModules>\r\n"
    "      <add name=\"CgiModule\" image=\"%%windir%%\\System32\\inetsrv\\cgi.dll\" />\r\n"
    "      <add name=\"StaticFileModule\" image=\"%%windir%%\\System32\\inetsrv\\static.dll\" />\r\n"
    "      <add name=\"AnonymousAuthenticationModule\" "
    "image=\"%%windir%%\\System32\\inetsrv\\authanon.dll\" />\r\n"
    "      <add name=\"WindowsAuthenticationModule\" "
    "image=\"%%windir%%\\System32\\inetsrv\\authsspi.dll\" />\r\n"
    "    </globalModules>\r\n"
    "  </system.webServer>\r\n"
    "  <location path=\"\" overrideMode=\"Allow\">\r\n"
    "    <system.webServer>\r\n"
    "      <handlers accessPolicy=\"Read, Script\">\r\n"
    "%s"
    "        <add name=\"StaticFile\" path=\"*\" verb=\"*\" modules=\"StaticFileModule\" "
    "resourceType=\"Either\" requireAccess=\"Read\" />\r\n"
    "      </handlers>\r\n"
    "      <modules>\r\n"
    "        <add name=\"CgiModule\" lockItem=\"false\" />\r\n"
    "        <add name=\"StaticFileModule\" lockItem=\"false\" />\r\n"
    "        <add name=\"AnonymousAuthenticationModule\" lockItem=\"false\" />\r\n"
    "        <add name=\"WindowsAuthenticationModule\" lockItem=\"false\" />\r\n"
    "      </modules>\r\n"
    "    </system.webServer>\r\n"
    "  </location>\r\n";

static const char directory[] = "  <location path=\"%s\">\r\n"
                                "    <system.webServer>\r\n"
                                "      <security>\r\n"
                                "        <authentication>\r\n"
                                "          <windowsAuthentication enabled=\"true\">\r\n"
                                "            <providers>\r\n"
                                "              <clear />\r\n"
                                "              <add value=\"Negotiate\" />\r\n"
                                "              <add value=\"NTLM\" />\r\n"
                                "            </providers>\r\n"
                                "          </windowsAuthentication>\r\n"
                                "          <anonymousAuthentication enabled=\"true\" />\r\n"
                                "          <digestAuthentication enabled=\"false\" />\r\n"
                                "          <basicAuthentication enabled=\"false\" />\r\n"
                                "        </authentication>\r\n"
                                "        <access sslFlags=\"Ssl, Ssl128\" />\r\n"
                                "      </security>\r\n"
                                "    </system.webServer>\r\n"
                                "  </location>\r\n";

static const char cgi[] =
    "        <add name=\"CGI-exe\" path=\"*.exe\" verb=\"*\" modules=\"CgiModule\" "
    "resourceType=\"File\" requireAccess=\"Execute\" allowPathInfo=\"true\" />\r\n";

static enum status add_configuration(struct world_files *files, const char *ending,
                                     const char *handlers)
{
    struct buffer text;
    enum status status;

    buffer_init(&text, FILE_MOST);
    buffer_print(&text, configuration, handlers);
    buffer_print(&text, directory, "Default Web Site/EWS");
    buffer_print(&text, directory, "Exchange Back End/EWS");
    buffer_add_string(&text, "</configuration>\r\n");
    status = world_files_add(files, &(struct world_file){ending, text.text, "ews"});
    buffer_release(&text);
    return status;
}

/* ---- a log of IIS ---- */

/* Every fifth request to EWS takes twelve seconds and fails. */
static enum status add_web_log(struct world_files *files)
{
    enum { REQUESTS = 100 };
    struct buffer text;
    enum status status;

    buffer_init(&text, FILE_MOST);
    buffer_add_string(&text, "#Software: Microsoft Internet Information Services 10.0\r\n"
                             "#Version: 1.0\r\n"
                             "#Date: 2026-11-20 08:00:00\r\n"
                             "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port "
                             "cs-username c-ip cs(User-Agent) sc-status sc-substatus "
                             "sc-win32-status time-taken\r\n");
    for (unsigned i = 0; i < REQUESTS; i++)
        buffer_print(&text,
                     "2026-11-20 08:%02u:%02u 127.0.0.51 POST /EWS/Exchange.asmx - 443 "
                     "CONTOSO\\svc-archive 127.0.0.70 MailStore+Server %s\r\n",
                     i / 10, i % 10 * 6, i % 5 == 2 ? "500 0 0 12034" : "200 0 0 240");
    status = world_files_add(files, &(struct world_file){"mbx1-iis.log", text.text, "ews"});
    buffer_release(&text);
    return status;
}

enum status world_archive_add(struct world_files *files)
{
    enum status status = add_job_log(files);

    if (status == STATUS_OK)
        status = add_configuration(files, "mbx2-applicationHost.config", "");
    if (status == STATUS_OK)
        status = add_configuration(files, "mbx1-applicationHost.config", cgi);
    return status == STATUS_OK ? add_web_log(files) : status;
}
