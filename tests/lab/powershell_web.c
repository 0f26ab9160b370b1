#include "tests/lab/powershell_web.h"

#include "diag/platform.h"
#include "diag/read/wsman_reply.h"
#include "diag/text.h"
#include "tests/lab/web_script.h"

#include <stdio.h>
#include <string.h>

enum { MINUTE = 60 * 1000000, NAME_MOST = 64 };

#define FAULT_URI "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
#define ENVELOPE                                                                                   \
    "<s:Envelope xml:lang=\"en-US\" xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "          \
    "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "                                \
    "xmlns:x=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\" "                                  \
    "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" "                                  \
    "xmlns:r=\"http://schemas.microsoft.com/wbem/wsman/1/windows/shell\">"

static const char html[] = "text/html", soap[] = "application/soap+xml;charset=UTF-8";
static const char shell_id[] = "0A1B2C3D-0000-4000-8000-0123456789AB";

struct site { /* a request, and who is asked */
    const struct web_heard *heard;
    const char *node;
    bool is_somebody;
};

/* ---- pieces ---- */

static bool asks_for(const struct site *site, const char *what)
{
    return strstr(site->heard->body, what) != NULL;
}

static void say_status(const struct site *site, struct web_reply *reply, unsigned code)
{
    web_say_status(reply, code);
    web_say_field(reply, "Server", "Microsoft-IIS/10.0");
    web_say_field(reply, "X-Powered-By", "ASP.NET");
    web_say_field(reply, "X-FEServer", site->node);
}

static void say(const struct site *site, struct web_reply *reply, unsigned code, const char *type,
                const char *body)
{
    say_status(site, reply, code);
    web_say_body(reply, type, body, strlen(body));
}

/* MS-WSMV 2.2.4.43; `is_plugin`: it is within one of PowerShell's plug-in. */
static void say_fault_as(const struct site *site, struct web_reply *reply, const char *type,
                         const char *subcode, uint32_t number, bool is_plugin)
{
    char body[4096], inner[1024] = "Who fails says so here. ";

    if (is_plugin)
        snprintf(
            inner, sizeof inner,
            "<f:ProviderFault provider=\"microsoft.powershell\" "
            "path=\"C:\\WINDOWS\\system32\\pwrshplugin.dll\"><f:WSManFault xmlns:f=\"" FAULT_URI
            "\" Code=\"%u\" Machine=\"%s\"><f:Message>Who fails says so here. </f:Message>"
            "</f:WSManFault></f:ProviderFault>",
            (unsigned)number, site->node);
    snprintf(body, sizeof body,
             ENVELOPE "<s:Header><a:Action>http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
                      "</a:Action></s:Header><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value>"
                      "<s:Subcode><s:Value>w:%s</s:Value></s:Subcode></s:Code><s:Reason>"
                      "<s:Text xml:lang=\"en-US\">Who fails says so here. </s:Text></s:Reason>"
                      "<s:Detail><f:WSManFault xmlns:f=\"" FAULT_URI "\" Code=\"%u\" "
                      "Machine=\"%s.contoso.com\"><f:Message>%s</f:Message></f:WSManFault>"
                      "</s:Detail></s:Fault></s:Body></s:Envelope>",
             subcode, (unsigned)number, site->node, inner);
    say(site, reply, 500, type, body);
}

static void say_fault(const struct site *site, struct web_reply *reply, const char *subcode,
                      uint32_t number, bool is_plugin)
{
    say_fault_as(site, reply, soap, subcode, number, is_plugin);
}

static void say_identity(const struct site *site, struct web_reply *reply)
{
    say(site, reply, 200, soap,
        ENVELOPE "<s:Header/><s:Body><i:IdentifyResponse "
                 "xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">"
                 "<i:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
                 "</i:ProtocolVersion><i:ProductVendor>Microsoft Corporation</i:ProductVendor>"
                 "<i:ProductVersion>OS: 10.0.17763 SP: 0.0 Stack: 3.0</i:ProductVersion>"
                 "</i:IdentifyResponse></s:Body></s:Envelope>");
}

static void say_shell(const struct site *site, struct web_reply *reply)
{
    char body[4096];

    snprintf(body, sizeof body,
             ENVELOPE
             "<s:Header/><s:Body><x:ResourceCreated><a:Address>https://%s/PowerShell/</a:Address>"
             "<a:ReferenceParameters><w:SelectorSet><w:Selector Name=\"ShellId\">%s</w:Selector>"
             "</w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>"
             "<r:Shell><r:ShellId>%s</r:ShellId></r:Shell></s:Body></s:Envelope>",
             site->node, shell_id, shell_id);
    say(site, reply, 200, soap, body);
}

static void challenge(const struct site *site, struct web_reply *reply)
{
    say_status(site, reply, 401);
    web_say_field(reply, "WWW-Authenticate", "Negotiate");
    web_say_body(reply, html, "", 0);
}

static void refuse_ticket(const struct site *site, struct web_reply *reply, unsigned code,
                          int64_t ahead)
{
    if (!site->is_somebody) {
        challenge(site, reply);
        return;
    }
    say_status(site, reply, 401);
    web_say_kerberos_error(reply, code, platform_wall_clock_fine() + ahead);
    web_say_body(reply, html, "", 0);
}

/* A page of IIS as it shows it on the server itself; others see no codes. */
static void say_page(const struct site *site, struct web_reply *reply, unsigned code,
                     const char *full_code, const char *error)
{
    char body[1024];

    snprintf(body, sizeof body,
             "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"x\"><html><head><title>"
             "IIS 10.0 Detailed Error - %s</title></head><body><h3>HTTP Error %s</h3><table>"
             "<tr><th>Error Code</th><td>&nbsp;&nbsp;&nbsp;%s</td></tr></table></body></html>",
             full_code, full_code, error);
    say(site, reply, code, html, body);
}

/* ---- what is asked of the directory itself ---- */

typedef void answer(const struct site *site, struct web_reply *reply);

static void be_fine(const struct site *site, struct web_reply *reply)
{
    if (!site->is_somebody)
        challenge(site, reply);
    else if (strcmp(site->heard->method, "GET") == 0)
        say(site, reply, 405, html, "");
    else if (site->heard->body_size == 0)
        say(site, reply, 200, soap, "");
    else if (asks_for(site, "Identify/>"))
        say_identity(site, reply);
    else
        say_fault(site, reply, "InternalError", WSMAN_PSRP_VERSION, true);
}

static void be_empty(const struct site *site, struct web_reply *reply)
{
    say(site, reply, 500, html, "");
}

/* What IIS shows those who are not on the server. */
static void be_short(const struct site *site, struct web_reply *reply)
{
    say(site, reply, 500, html,
        "<html><title>500 - Internal server error.</title><h2>500 - Internal server error.</h2>");
}

/* As EMS fails: whoever shows who he is gets 500, and nobody is asked who he is. */
static void be_empty_to_somebody(const struct site *site, struct web_reply *reply)
{
    if (site->is_somebody)
        be_empty(site, reply);
    else
        challenge(site, reply);
}

static void be_faulty(const struct site *site, struct web_reply *reply)
{
    say_fault(site, reply, "InternalError", WSMAN_DESTINATION_UNREACHABLE, false);
}

static void be_misconfigured(const struct site *site, struct web_reply *reply)
{
    say_page(site, reply, 500, "500.19 - Internal Server Error", "0x80070021");
}

static void be_without_module(const struct site *site, struct web_reply *reply)
{
    say_page(site, reply, 500, "500.21 - Internal Server Error", "0x8007000d");
}

static void be_for_ssl(const struct site *site, struct web_reply *reply)
{
    say_page(site, reply, 403, "403.4 - Forbidden", "0x80070005");
}

static void be_missing(const struct site *site, struct web_reply *reply)
{
    say(site, reply, 404, html, "<html><h2>404 - File or directory not found.</h2></html>");
}

static void take_no_post(const struct site *site, struct web_reply *reply)
{
    say_status(site, reply, 405);
    web_say_field(reply, "Allow", "GET, HEAD, OPTIONS, TRACE");
    web_say_body(reply, html, "", 0);
}

static void be_elsewhere(const struct site *site, struct web_reply *reply)
{
    say_status(site, reply, 302);
    web_say_field(reply, "Location", "https://elsewhere.example/owa/");
    web_say_body(reply, html, "", 0);
}

static void be_ahead(const struct site *site, struct web_reply *reply)
{
    refuse_ticket(site, reply, 37, INT64_C(10) * MINUTE);
}

static void be_behind(const struct site *site, struct web_reply *reply)
{
    refuse_ticket(site, reply, 33, INT64_C(-10) * MINUTE);
}

static void have_another_key(const struct site *site, struct web_reply *reply)
{
    refuse_ticket(site, reply, 44, 0);
}

static void deny(const struct site *site, struct web_reply *reply)
{
    if (asks_for(site, "transfer/Create"))
        say_fault(site, reply, "AccessDenied", WSMAN_ACCESS_DENIED, false);
    else
        be_fine(site, reply);
}

static void make_shells(const struct site *site, struct web_reply *reply)
{
    if (asks_for(site, "transfer/Create"))
        say_shell(site, reply);
    else if (asks_for(site, "transfer/Delete"))
        say(site, reply, asks_for(site, shell_id) ? 200 : 500, soap,
            ENVELOPE "<s:Header/><s:Body/></s:Envelope>");
    else
        be_fine(site, reply);
}

static void keep_shells(const struct site *site, struct web_reply *reply)
{
    if (asks_for(site, "transfer/Delete"))
        be_empty(site, reply);
    else
        make_shells(site, reply);
}

/* "content type is absent or invalid": what a managed kerbauth is known to bring about. */
static void say_no_type(const struct site *site, struct web_reply *reply)
{
    say_status(site, reply, 200);
    buffer_add_string(&reply->bytes, "Content-Length: 0\r\n\r\n");
}

static void say_wrong_type(const struct site *site, struct web_reply *reply)
{
    say_fault_as(site, reply, html, "InternalError", WSMAN_DESTINATION_UNREACHABLE, false);
}

static void be_of_two_minds(const struct site *site, struct web_reply *reply)
{
    struct site other = *site;

    if (site->heard->number % 2 == 0) {
        be_fine(site, reply);
        return;
    }
    other.node = "EX99";
    be_empty(&other, reply);
}

static void say_garbage(const struct site *site, struct web_reply *reply)
{
    say(site, reply, 500, soap, ENVELOPE "<s:Body><s:Fault></s:Body>\x01\xff</s:Envelope>");
}

static void say_entities(const struct site *site, struct web_reply *reply)
{
    say(site, reply, 500, soap,
        "<!DOCTYPE s [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">"
        "<!ENTITY c SYSTEM \"file:///etc/passwd\">]>" ENVELOPE
        "<s:Body><s:Fault><s:Reason><s:Text>&b;&c;</s:Text></s:Reason></s:Fault></s:Body>"
        "</s:Envelope>");
}

static void say_depths(const struct site *site, struct web_reply *reply)
{
    say_status(site, reply, 500);
    web_say_field(reply, "Content-Type", soap);
    web_say_field(reply, "Connection", "close");
    buffer_add_string(&reply->bytes, "\r\n" ENVELOPE "<s:Body>");
    reply->repeated = "<s:Fault><s:Fault><s:Fault><s:Fault><s:Fault><s:Fault><s:Fault><s:Fault>";
    reply->repeat_count = 100000 / 8;
    reply->close = true;
}

static void go_on(const struct site *site, struct web_reply *reply)
{
    say_status(site, reply, 500);
    web_say_field(reply, "Content-Type", soap);
    buffer_add_string(&reply->bytes, "\r\n" ENVELOPE "<s:Body><s:Fault><s:Reason>");
    reply->repeated = "<s:Text xml:lang=\"en\">and so on, and so on</s:Text>";
    reply->repeat_count = UINT64_MAX;
}

static const struct behaviour {
    const char *name;
    const char *summary;
    answer *answer;
    bool is_dead; /* all of the site is */
} behaviours[] = {
    {"fine", "lets somebody in, and refuses the Create as it has to", be_fine, false},
    {"empty", "500 with nothing", be_empty, false},
    {"500", "500 with nothing to somebody, 401 to nobody", be_empty_to_somebody, false},
    {"short", "500 with the page for those elsewhere", be_short, false},
    {"fault", "500 with a fault of WS-Management", be_faulty, false},
    {"config", "500.19", be_misconfigured, false},
    {"module", "500.21", be_without_module, false},
    {"dead", "503, and so is all of the site", NULL, true},
    {"stopped", "503", NULL, false},
    {"ssl", "403.4", be_for_ssl, false},
    {"missing", "404", be_missing, false},
    {"no-post", "405", take_no_post, false},
    {"elsewhere", "302", be_elsewhere, false},
    {"ahead", "401 with KRB-ERROR 37, ten minutes ahead", be_ahead, false},
    {"behind", "401 with KRB-ERROR 33, ten minutes ago", be_behind, false},
    {"key", "401 with KRB-ERROR 44", have_another_key, false},
    {"denied", "a fault of number 5 to the Create", deny, false},
    {"makes", "makes the shell, and deletes it", make_shells, false},
    {"keeps", "makes the shell, and keeps it", keep_shells, false},
    {"no-type", "200 without a type", say_no_type, false},
    {"wrong-type", "500 with a fault that is called HTML", say_wrong_type, false},
    {"two", "two nodes by turns, the second with 500", be_of_two_minds, false},
    {"garbage", "500 with what is no XML", say_garbage, false},
    {"entities", "500 with a document type", say_entities, false},
    {"depths", "500 with elements within elements", say_depths, false},
    {"endless", "500 with a fault without end", go_on, false},
};

enum { BEHAVIOURS = sizeof behaviours / sizeof *behaviours };

/* ---- the site ---- */

static const struct behaviour *find(const char *context)
{
    size_t size = strcspn(context, "@");

    for (size_t i = 0; i < BEHAVIOURS; i++) {
        if (strlen(behaviours[i].name) == size && memcmp(behaviours[i].name, context, size) == 0)
            return &behaviours[i];
    }
    return NULL;
}

bool powershell_web_knows(const char *context)
{
    return find(context) != NULL;
}

bool powershell_web_at(size_t index, const char **name, const char **summary)
{
    if (index >= BEHAVIOURS)
        return false;
    *name = behaviours[index].name;
    *summary = behaviours[index].summary;
    return true;
}

/* By HTTP.sys, before IIS. */
static void be_unavailable(struct web_reply *reply)
{
    static const char page[] = "<HTML><TITLE>Service Unavailable</TITLE><BODY><h2>Service "
                               "Unavailable</h2><p>HTTP Error 503. The service is unavailable.</p>";

    web_say_status(reply, 503);
    web_say_field(reply, "Server", "Microsoft-HTTPAPI/2.0");
    web_say_body(reply, "text/html; charset=us-ascii", page, sizeof page - 1);
}

/* "/PowerShell/...", in any case, and not "/powershell-liveid/". */
static bool is_directory(const char *path)
{
    static const char name[] = "/PowerShell";

    return text_starts_fold(path, strlen(path), name) && strchr("/?", path[sizeof name - 1]);
}

void powershell_web_answer(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    const struct behaviour *behaviour = find(context);
    const char *at = strchr(context, '@');
    char value[2], node[NAME_MOST];
    struct site site = {.heard = heard,
                        .node = node,
                        .is_somebody =
                            web_heard_field(heard, "Authorization", value, sizeof value)};
    bool is_here = is_directory(heard->path);

    snprintf(node, sizeof node, "%s", at ? at + 1 : "EX01");
    if (behaviour->is_dead || (is_here && !behaviour->answer))
        be_unavailable(reply);
    else if (strstr(heard->path, "healthcheck.htm") && (!is_here || behaviour->answer == be_fine))
        say(&site, reply, 200, html, "200 OK<br/>EX01.contoso.com");
    else if (is_here)
        behaviour->answer(&site, reply);
    else
        challenge(&site, reply);
}
