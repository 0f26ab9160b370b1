#include "tests/lab/web_script.h"

#include "diag/clock.h"
#include "diag/platform.h"
#include "diag/read/base64.h"
#include "diag/read/ber.h"
#include "diag/read/crc32.h"
#include "tests/lab/powershell_web.h"

#include <stdio.h>
#include <string.h>

enum {
    TOKEN_MOST = 4096,
    BLOCK_MOST = 65535,
    MINUTES = 60 * 1000000,
    SLOW = 50 /* milliseconds */
};

/* ---- pieces of answers ---- */

static const struct {
    unsigned code;
    const char *phrase;
} phrases[] = {
    {200, "OK"},
    {302, "Found"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

void web_say_status(struct web_reply *reply, unsigned code)
{
    const char *phrase = "Something Else";

    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (phrases[i].code == code)
            phrase = phrases[i].phrase;
    }
    buffer_print(&reply->bytes, "HTTP/1.1 %u %s\r\n", code, phrase);
}

void web_say_field(struct web_reply *reply, const char *name, const char *value)
{
    buffer_print(&reply->bytes, "%s: %s\r\n", name, value);
}

void web_say_body(struct web_reply *reply, const char *type, const void *body, size_t size)
{
    web_say_field(reply, "Content-Type", type);
    buffer_print(&reply->bytes, "Content-Length: %zu\r\n\r\n", size);
    buffer_add(&reply->bytes, body, size);
}

void web_say_chunked(struct web_reply *reply, const char *type, const void *body, size_t size,
                     size_t piece)
{
    const char *bytes = body;

    web_say_field(reply, "Content-Type", type);
    web_say_field(reply, "Transfer-Encoding", "chunked");
    buffer_add_string(&reply->bytes, "\r\n");
    for (size_t at = 0; at < size; at += piece) {
        size_t left = size - at < piece ? size - at : piece;

        buffer_print(&reply->bytes, "%zx\r\n", left);
        buffer_add(&reply->bytes, bytes + at, left);
        buffer_add_string(&reply->bytes, "\r\n");
    }
    buffer_add_string(&reply->bytes, "0\r\n\r\n");
}

static void add_little(struct buffer *out, uint32_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        buffer_add_char(out, (char)(number >> (8 * i) & 0xff));
}

static const char gzip_header[] = "\x1f\x8b\x08\0\0\0\0\0\0\xff";

/* RFC 1952, around blocks that are stored as they are (RFC 1951 3.2.4). */
static void add_gzip(struct buffer *out, const char *bytes, size_t size)
{
    struct crc32 crc;
    size_t at = 0;

    buffer_add(out, gzip_header, sizeof gzip_header - 1);
    do {
        size_t left = size - at < BLOCK_MOST ? size - at : BLOCK_MOST;

        buffer_add_char(out, at + left == size);
        add_little(out, (uint32_t)left, 2);
        add_little(out, ~(uint32_t)left, 2);
        buffer_add(out, bytes + at, left);
        at += left;
    } while (at < size);
    crc32_begin(&crc);
    crc32_add(&crc, (const unsigned char *)bytes, size);
    add_little(out, crc32_end(&crc), 4);
    add_little(out, (uint32_t)size, 4);
}

void web_say_gzip(struct web_reply *reply, const char *type, const void *body, size_t size)
{
    struct buffer packed;

    buffer_init(&packed, reply->bytes.most);
    add_gzip(&packed, body, size);
    web_say_field(reply, "Content-Encoding", "gzip");
    web_say_body(reply, type, packed.text, packed.size);
    buffer_release(&packed);
}

void web_say(struct web_reply *reply, unsigned code, const char *type, const char *body)
{
    web_say_status(reply, code);
    web_say_body(reply, type, body, strlen(body));
}

/* ---- Kerberos ---- */

static void put_element(struct buffer *out, int number, int tag, const char *text)
{
    size_t start = out->size;

    ber_put_text(out, tag, text);
    ber_wrap(out, start, BER_CONTEXT + number);
}

static void put_number(struct buffer *out, int number, int64_t value)
{
    size_t start = out->size;

    ber_put_integer(out, BER_INTEGER, value);
    ber_wrap(out, start, BER_CONTEXT + number);
}

/* "20261122090507Z" of "2026-11-22T09:05:07.000Z" */
static void put_time(struct buffer *out, int number, int64_t time)
{
    char text[CLOCK_TEXT_SIZE], plain[16];
    size_t size = 0;

    clock_format(time / 1000, text);
    for (const char *at = text; *at && *at != '.' && size < sizeof plain - 2; at++) {
        if (*at >= '0' && *at <= '9')
            plain[size++] = *at;
    }
    plain[size++] = 'Z';
    plain[size] = '\0';
    put_element(out, number, BER_GENERALIZED_TIME, plain);
}

/* KRB-ERROR (RFC 4120 5.9.1) of HTTP/ex01 in CONTOSO.COM. */
static void put_error(struct buffer *out, unsigned code, int64_t time)
{
    enum { VERSION = 5, KRB_ERROR = 30, NT_PRINCIPAL = 1 };
    size_t start = out->size, name, names;

    put_number(out, 0, VERSION);
    put_number(out, 1, KRB_ERROR);
    put_time(out, 4, time);
    put_number(out, 5, time % 1000000);
    put_number(out, 6, code);
    put_element(out, 9, BER_GENERAL_STRING, "CONTOSO.COM");
    name = out->size;
    put_number(out, 0, NT_PRINCIPAL);
    names = out->size;
    ber_put_text(out, BER_GENERAL_STRING, "HTTP");
    ber_put_text(out, BER_GENERAL_STRING, "ex01");
    ber_wrap(out, names, BER_SEQUENCE);
    ber_wrap(out, names, BER_CONTEXT + 1);
    ber_wrap(out, name, BER_SEQUENCE);
    ber_wrap(out, name, BER_CONTEXT + 10);
    ber_wrap(out, start, BER_SEQUENCE);
    ber_wrap(out, start, BER_APPLICATION + KRB_ERROR);
}

/* NegTokenResp (RFC 4178 4.2.2): rejected, and the mechanism's token with its GSS header. */
static void put_negotiation(struct buffer *out, unsigned code, int64_t time)
{
    static const unsigned char kerberos[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2};
    enum { ENUMERATED_REJECT = 2 };
    size_t start = out->size, token;

    ber_put_integer(out, BER_ENUMERATED, ENUMERATED_REJECT);
    ber_wrap(out, start, BER_CONTEXT);
    token = out->size;
    ber_put(out, BER_OBJECT_IDENTIFIER, kerberos, sizeof kerberos);
    buffer_add(out, "\3\0", 2);
    put_error(out, code, time);
    ber_wrap(out, token, BER_APPLICATION);
    ber_wrap(out, token, BER_OCTET_STRING);
    ber_wrap(out, token, BER_CONTEXT + 2);
    ber_wrap(out, start, BER_SEQUENCE);
    ber_wrap(out, start, BER_CONTEXT + 1);
}

void web_say_kerberos_error(struct web_reply *reply, unsigned code, int64_t time)
{
    struct buffer token;

    buffer_init(&token, TOKEN_MOST);
    put_negotiation(&token, code, time);
    buffer_add_string(&reply->bytes, "WWW-Authenticate: Negotiate ");
    base64_encode(token.text, token.size, &reply->bytes);
    buffer_add_string(&reply->bytes, "\r\n");
    buffer_release(&token);
}

/* ---- behaviours ---- */

static const char html[] = "text/html; charset=utf-8";

static void say_exchange_fields(struct web_reply *reply)
{
    web_say_field(reply, "Server", "Microsoft-IIS/10.0");
    web_say_field(reply, "X-Powered-By", "ASP.NET");
    web_say_field(reply, "X-FEServer", "EX01");
}

static void answer_page(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static const char page[] =
        "<html><head><title>200 OK</title></head>EX01.contoso.com</html>\r\n";

    (void)context;
    (void)heard;
    web_say_status(reply, 200);
    say_exchange_fields(reply);
    web_say_field(reply, "X-OWA-Version", "15.2.1118.7");
    web_say_field(reply, "X-BEServer", "EX02");
    web_say_field(reply, "X-CalculatedBETarget", "ex02.contoso.com");
    web_say_body(reply, html, page, sizeof page - 1);
}

/* A build without its last part, as folders of Outlook on the web are called. */
static int folder_size(const char *build)
{
    const char *end = build;

    for (int dots = 0; *end && (dots += *end == '.') < 3;)
        end++;
    return (int)(end - build);
}

/*
 * Outlook on the web of a build, "15.2.2562.37" of `context`, and the manifest of the export tool;
 * "15.2.2562.37/15.2.2562.29": the manifest of another; "-/15.2.2562.29": a proxy takes
 * X-OWA-Version away.
 */
static void answer_owa(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    const char *builds = context ? context : "15.2.1118.7", *slash = strchr(builds, '/');
    const char *tool = slash ? slash + 1 : builds;
    int size = (int)strcspn(builds, "/");
    char text[512];

    web_say_status(reply, 200);
    say_exchange_fields(reply);
    if (*builds != '-') {
        snprintf(text, sizeof text, "%.*s", size, builds);
        web_say_field(reply, "X-OWA-Version", text);
    }
    if (strstr(heard->path, "exporttool"))
        snprintf(
            text, sizeof text,
            "<asmv1:assembly><assemblyIdentity name=\"microsoft.exchange.ediscovery.exporttool."
            "application\" version=\"%s\" language=\"neutral\"/></asmv1:assembly>",
            tool);
    else
        snprintf(text, sizeof text,
                 "<html><link rel=\"shortcut icon\" href=\"/owa/auth/%.*s/themes/resources/"
                 "favicon.ico\"></html>",
                 folder_size(tool), tool);
    web_say_body(reply, html, text, strlen(text));
}

static void answer_redirect(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)heard;
    web_say_status(reply, 302);
    say_exchange_fields(reply);
    web_say_field(reply, "Location", context ? context : "https://elsewhere.example/");
    web_say_body(reply, html, "", 0);
}

static void answer_login(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    web_say_status(reply, 302);
    say_exchange_fields(reply);
    web_say_field(reply, "Location",
                  "/owa/auth/logon.aspx?url=https%3a%2f%2fmail.contoso.com%2fPowerShell&reason=0");
    web_say_field(reply, "Set-Cookie", "secret-cookie=1; path=/; HttpOnly");
    web_say_body(reply, html, "", 0);
}

static void answer_schemes(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    web_say_status(reply, 401);
    say_exchange_fields(reply);
    web_say_field(reply, "WWW-Authenticate", "Negotiate, NTLM");
    web_say_field(reply, "WWW-Authenticate", "Basic realm=\"mail, of \\\"contoso\\\"\", Kerberos");
    web_say_field(reply, "WWW-Authenticate",
                  "Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", "
                  "trusted_issuers=\"*\"");
    web_say_body(reply, html, "", 0);
}

/* "ok" if the request shows who makes it, whoever that is. */
static void answer_guarded(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    char value[2];

    if (web_heard_field(heard, "Authorization", value, sizeof value))
        answer_page(context, heard, reply);
    else
        answer_schemes(context, heard, reply);
}

static bool has_word(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

/*
 * A challenge of NTLM to the first token; to the second, 200. `context`: "refuse" has 401 for 200,
 * and so has what is to stand before the challenge's bytes, a line of a head; "forget" has, from
 * the third request on, 401 that only asks for NTLM.
 */
static void answer_ntlm(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static const char challenge[] =
        "TlRMTVNTUAACAAAAAAAAADgAAAABAoACAQIDBAUGBwgAAAAAAAAAAAQABAA4AAAACgB8TwAAAA8AAAAA";
    const char *how = context;
    bool forgets = has_word(how, "forget") && heard->number > 1;
    char value[64] = "";

    web_heard_field(heard, "Authorization", value, sizeof value);
    if (strncmp(value, "NTLM TlRMTVNTUAAD", 17) == 0 && (!how || has_word(how, "forget"))) {
        answer_page(context, heard, reply);
        return;
    }
    web_say_status(reply, 401);
    if (strncmp(value, "NTLM TlRMTVNTUAAB", 17) == 0 && !forgets)
        buffer_print(&reply->bytes, "%s%s\r\n",
                     how && strchr(how, ':') ? how : "WWW-Authenticate: NTLM ", challenge);
    else
        web_say_field(reply, "WWW-Authenticate", "NTLM");
    web_say_body(reply, html, "", 0);
}

static void refuse_by_kerberos(struct web_reply *reply, unsigned code, int64_t ahead)
{
    web_say_status(reply, 401);
    say_exchange_fields(reply);
    web_say_kerberos_error(reply, code, platform_wall_clock_fine() + ahead);
    web_say_body(reply, html, "", 0);
}

static void answer_skew(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    refuse_by_kerberos(reply, 37, INT64_C(10) * MINUTES);
}

static void answer_early(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    refuse_by_kerberos(reply, 33, INT64_C(-10) * MINUTES);
}

static void answer_key(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    refuse_by_kerberos(reply, 44, 0);
}

static void answer_code(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    unsigned code = (unsigned)(((const char *)context)[0] - '0') * 100 +
                    (unsigned)(((const char *)context)[1] - '0') * 10 +
                    (unsigned)(((const char *)context)[2] - '0');

    (void)heard;
    web_say_status(reply, code);
    say_exchange_fields(reply);
    web_say_body(reply, html, "<html>no</html>", 15);
}

static void answer_iis(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static const char page[] =
        "<html><head><title>IIS 10.0 Detailed Error - 500.19 - Interner Serverfehler</title></head>"
        "<h3>HTTP-Fehler 500.19</h3><tr><th>Fehlercode</th><td>0x80070021</td></tr>"
        "<td>C:\\Program Files\\Microsoft\\Exchange Server\\V15\\web.config</td></html>";

    (void)context;
    (void)heard;
    web_say_status(reply, 500);
    say_exchange_fields(reply);
    web_say_body(reply, html, page, sizeof page - 1);
}

static void answer_fault(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static const char fault[] =
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><s:Fault>"
        "<s:Detail><f:WSManFault xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\" "
        "Code=\"2150858770\" Machine=\"ex01.contoso.com\"/></s:Detail></s:Fault></s:Body>"
        "</s:Envelope>";

    (void)context;
    (void)heard;
    web_say_status(reply, 500);
    web_say_body(reply, "application/soap+xml;charset=UTF-8", fault, sizeof fault - 1);
}

static void answer_empty(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    buffer_add_string(&reply->bytes, "HTTP/1.1 500 \r\nContent-Length: 0\r\n\r\n");
}

static void answer_busy(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)heard;
    web_say_status(reply, 503);
    web_say_field(reply, "Retry-After", context ? context : "30");
    web_say_body(reply, html, "", 0);
}

static void answer_identify(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static const char identity[] =
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>"
        "<wsmid:IdentifyResponse "
        "xmlns:wsmid=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">"
        "<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
        "<wsmid:ProductVersion>OS: 0.0.0 SP: 0.0 Stack: 3.0</wsmid:ProductVersion>"
        "</wsmid:IdentifyResponse></s:Body></s:Envelope>";

    (void)context;
    web_say_status(reply, strstr(heard->body, "Identify/>") ? 200 : 405);
    web_say_field(reply, "Server", "Microsoft-HTTPAPI/2.0");
    web_say_body(reply, "application/soap+xml;charset=UTF-8", identity, sizeof identity - 1);
}

static void answer_gzip(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static const char page[] = "<html>packed, and unpacked again: ErrorAccessDenied</html>";

    (void)context;
    (void)heard;
    web_say_status(reply, 200);
    web_say_gzip(reply, html, page, sizeof page - 1);
}

static void answer_bad_gzip(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    web_say_status(reply, 200);
    web_say_field(reply, "Content-Encoding", "gzip");
    web_say_body(reply, html, "this is no gzip at all, whatever the field says", 47);
}

/* A thousand times as much comes out: distances of one, as long as can be (RFC 1951 3.2.6). */
static void answer_bomb(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static const char zeros[] = "\x05\xa3\x60\x14\x8c\x82\x51\x30\x0a\x46\xc1\x28\x18";

    (void)context;
    (void)heard;
    web_say_status(reply, 200);
    web_say_field(reply, "Content-Encoding", "gzip");
    web_say_field(reply, "Connection", "close");
    buffer_add_string(&reply->bytes, "\r\n");
    buffer_add(&reply->bytes, gzip_header, sizeof gzip_header - 1);
    buffer_add_string(&reply->bytes, "\x63\x18");
    reply->repeated = zeros;
    reply->repeat_count = UINT64_MAX;
}

static void answer_chunked(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static const char page[] = "<html>in pieces, one after another, until the last</html>";

    (void)context;
    (void)heard;
    web_say_status(reply, 200);
    web_say_chunked(reply, html, page, sizeof page - 1, 7);
}

static void answer_bad_chunks(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    web_say_status(reply, 200);
    web_say_field(reply, "Transfer-Encoding", "chunked");
    buffer_add_string(&reply->bytes, "\r\n5\r\nright\r\nwrong\r\nwrong\r\n");
}

static void answer_trailers(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    web_say_status(reply, 200);
    web_say_field(reply, "Transfer-Encoding", "chunked");
    buffer_add_string(&reply->bytes, "\r\n5\r\nright\r\n0\r\nX-FEServer: EX99\r\n\r\n");
}

static void answer_slowly(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    answer_page(context, heard, reply);
    reply->piece = 1;
    reply->pause = SLOW;
}

static void answer_slow_body(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    web_say_status(reply, 200);
    buffer_add_string(&reply->bytes, "Content-Length: 1000000\r\n\r\n");
    reply->repeated = "x";
    reply->repeat_count = UINT64_MAX;
    reply->piece = reply->bytes.size > 0 ? (unsigned)reply->bytes.size : 1;
    reply->pause = SLOW;
}

static void answer_huge(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static const char line[] = "<p>a hundred mebibytes of the very same line</p>\n";

    (void)context;
    (void)heard;
    web_say_status(reply, 200);
    reply->repeated = line;
    reply->repeat_count = (100 << 20) / (sizeof line - 1);
    buffer_print(&reply->bytes, "Content-Length: %zu\r\n\r\n",
                 (sizeof line - 1) * (size_t)reply->repeat_count);
}

static void answer_cut(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    buffer_add_string(&reply->bytes, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthis much");
    reply->close = true;
}

static void answer_endless_head(void *context, const struct web_heard *heard,
                                struct web_reply *reply)
{
    (void)context;
    (void)heard;
    web_say_status(reply, 200);
    reply->repeated = "X-More: and more, and more, and more\r\n";
    reply->repeat_count = UINT64_MAX;
}

static void answer_endless_field(void *context, const struct web_heard *heard,
                                 struct web_reply *reply)
{
    (void)context;
    (void)heard;
    web_say_status(reply, 200);
    buffer_add_string(&reply->bytes, "X-More: ");
    reply->repeated = "and more, ";
    reply->repeat_count = UINT64_MAX;
}

static void answer_continue(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    reply->repeated = "HTTP/1.1 100 Continue\r\n\r\n";
    reply->repeat_count = UINT64_MAX;
}

static void answer_noise(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    buffer_add_string(&reply->bytes, "220 mail.contoso.com ESMTP, and no web server\r\n");
    reply->close = true;
}

static void answer_nothing(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    reply->close = true;
}

static void answer_reset(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    reply->reset = true;
}

static void answer_never(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    reply->hang = true;
}

/* Each time something else, as behind a balancer whose servers are not alike. */
static void answer_variously(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static web_answer *const answers[] = {answer_page, answer_iis, answer_schemes, answer_empty};

    answers[heard->number % (sizeof answers / sizeof *answers)](context, heard, reply);
}

static void answer_fine(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    (void)context;
    (void)heard;
    web_say(reply, 200, "text/plain", "fine\n");
}

static const struct behaviour {
    const char *name;
    const char *summary;
    web_answer *answer;
    const char *context;
    enum smtp_peer_certificate certificate;
    bool (*knows)(const char *context); /* what it can be given; NULL: whatever it is */
} behaviours[] = {
    {.name = "fine", .summary = "200 and a line", .answer = answer_fine},
    {.name = "page", .summary = "200 as Exchange says it", .answer = answer_page},
    {.name = "owa", .summary = "Outlook on the web, =BUILD[/BUILD]", .answer = answer_owa},
    {.name = "redirect", .summary = "302 to another host, or =URL", .answer = answer_redirect},
    {.name = "login", .summary = "302 to a login form, with a cookie", .answer = answer_login},
    {.name = "schemes", .summary = "401 with several schemes", .answer = answer_schemes},
    {.name = "guarded", .summary = "401 without Authorization, else 200", .answer = answer_guarded},
    {.name = "ntlm", .summary = "200 to NTLM; =refuse, =forget, or =LINE", .answer = answer_ntlm},
    {.name = "skew", .summary = "401 with KRB-ERROR 37, ten minutes ahead", .answer = answer_skew},
    {.name = "early", .summary = "401 with KRB-ERROR 33, ten minutes ago", .answer = answer_early},
    {.name = "key", .summary = "401 with KRB-ERROR 44", .answer = answer_key},
    {.name = "forbidden", .summary = "403", .answer = answer_code, .context = "403"},
    {.name = "missing", .summary = "404", .answer = answer_code, .context = "404"},
    {.name = "not-allowed", .summary = "405", .answer = answer_code, .context = "405"},
    {.name = "iis", .summary = "500 with IIS' own page, its codes in it", .answer = answer_iis},
    {.name = "fault", .summary = "500 with a fault of WS-Management", .answer = answer_fault},
    {.name = "empty", .summary = "500 with nothing", .answer = answer_empty},
    {.name = "busy", .summary = "503 with Retry-After: 30, or =VALUE", .answer = answer_busy},
    {.name = "identify", .summary = "200 to WS-Management's Identify", .answer = answer_identify},
    {.name = "powershell",
     .summary = "a front end's directory, =NAME[@NODE] of powershell_web.c",
     .answer = powershell_web_answer,
     .context = "fine",
     .knows = powershell_web_knows},
    {.name = "gzip", .summary = "200, packed", .answer = answer_gzip},
    {.name = "bad-gzip", .summary = "200, said to be packed", .answer = answer_bad_gzip},
    {.name = "bomb", .summary = "200, packed zeros without end", .answer = answer_bomb},
    {.name = "chunked", .summary = "200 in chunks", .answer = answer_chunked},
    {.name = "bad-chunks", .summary = "200 in chunks that are none", .answer = answer_bad_chunks},
    {.name = "trailers", .summary = "200 in chunks, a field behind", .answer = answer_trailers},
    {.name = "slow", .summary = "200, a byte each 50 ms", .answer = answer_slowly},
    {.name = "slow-body", .summary = "200, its body as slowly", .answer = answer_slow_body},
    {.name = "huge", .summary = "200 and 100 MiB", .answer = answer_huge},
    {.name = "cut", .summary = "200, FIN amid the body", .answer = answer_cut},
    {.name = "endless-head", .summary = "fields without end", .answer = answer_endless_head},
    {.name = "endless-field", .summary = "a field without end", .answer = answer_endless_field},
    {.name = "continue", .summary = "100 without end", .answer = answer_continue},
    {.name = "noise", .summary = "another protocol", .answer = answer_noise},
    {.name = "close", .summary = "FIN for an answer", .answer = answer_nothing},
    {.name = "reset", .summary = "RST for an answer", .answer = answer_reset},
    {.name = "hang", .summary = "no answer", .answer = answer_never},
    {.name = "various", .summary = "another answer each time", .answer = answer_variously},
    {.name = "self-signed",
     .summary = "page, by a certificate of its own",
     .answer = answer_page,
     .certificate = SMTP_PEER_SELF_SIGNED},
    {.name = "expired",
     .summary = "page, by a certificate that ended yesterday",
     .answer = answer_page,
     .certificate = SMTP_PEER_EXPIRED},
    {.name = "mismatched",
     .summary = "page, by a certificate for another name",
     .answer = answer_page,
     .certificate = SMTP_PEER_MISMATCHED},
};

enum { BEHAVIOURS = sizeof behaviours / sizeof *behaviours };

bool web_script_at(size_t index, const char **name, const char **summary)
{
    if (index >= BEHAVIOURS)
        return false;
    *name = behaviours[index].name;
    *summary = behaviours[index].summary;
    return true;
}

static const struct behaviour *find(const char *name, size_t size)
{
    for (size_t i = 0; i < BEHAVIOURS; i++) {
        if (strlen(behaviours[i].name) == size && memcmp(behaviours[i].name, name, size) == 0)
            return &behaviours[i];
    }
    return NULL;
}

enum status web_script_read(const char *text, struct arena *arena, struct web_peer *peer)
{
    size_t size = strcspn(text, "=");
    const struct behaviour *behaviour = find(text, size);

    if (!behaviour || (behaviour->knows && text[size] && !behaviour->knows(text + size + 1)))
        return STATUS_NOT_FOUND;
    peer->answer = behaviour->answer;
    peer->certificate = behaviour->certificate ? behaviour->certificate : SMTP_PEER_TRUSTED;
    peer->context = text[size]           ? arena_copy_string(arena, text + size + 1)
                    : behaviour->context ? arena_copy_string(arena, behaviour->context)
                                         : NULL;
    return STATUS_OK;
}
