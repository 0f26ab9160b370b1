/* Logs of web requests: IIS and Exchange's own, in any order of columns, however damaged. */
#include "diag/read/http_log.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena memory;

static struct http_log read_log(enum file_type type, const char *text)
{
    struct http_log_reader *reader = http_log_reader_new(type);
    struct http_log log;

    while (*text) {
        size_t size = strcspn(text, "\n");
        char *copy = malloc(size ? size : 1); /* so that a sanitizer sees what is read beyond */

        assert_non_null(copy);
        memcpy(copy, text, size);
        http_log_add(reader, copy, size);
        free(copy);
        text += size + (text[size] == '\n');
    }
    http_log_end(reader, &memory, &log);
    return log;
}

static int forget(void **state)
{
    (void)state;
    arena_release(&memory);
    return 0;
}

#define IIS                                                                                        \
    "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2026-11-20 00:00:01\r\n"
#define IIS_FIELDS                                                                                 \
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "          \
    "cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\r\n"
#define GET(time, stem, port, agent, end)                                                          \
    "2026-11-20 " time " 10.0.0.1 POST " stem " q=secret " port " CONTOSO\\bob 10.1.1.1 " agent    \
    " - " end "\r\n"

static void test_iis(void **state)
{
    struct http_log log = read_log(
        FILE_TYPE_IIS_LOG,
        "\xef\xbb\xbf" IIS IIS_FIELDS GET("08:00:00", "/EWS/Exchange.asmx", "443", "MailStore+10",
                                          "200 0 0 90") GET("08:00:01", "/ews/exchange.asmx", "443",
                                                            "MailStore+10", "500 0 64 30500")
            GET("09:00:01", "/ews/exchange.asmx", "443", "MailStore+10", "500 0 64 500")
                GET("09:00:02", "/EWS/Exchange.asmx", "443", "-", "503 2 0 60001")
                    GET("09:00:02", "/EWS/Exchange.asmx", "443", "Outlook", "401 2 2148074254 1")
                        GET("07:59:59", "/EWS/Exchange.asmx", "444", "Outlook", "500 0 0 -")
                            GET("09:00:03", "/powershell", "80", "WinRM", "500 0 0 15"));

    (void)state;
    assert_string_equal(log.software, "Microsoft Internet Information Services 10.0");
    assert_null(log.server);
    assert_int_equal(log.lines, 11);
    assert_int_equal(log.requests, 7);
    assert_int_equal(log.damaged, 0);
    assert_int_equal(log.first, 1795161599000);
    assert_int_equal(log.last, 1795165203000);
    assert_int_equal(log.row_count, 6);
    assert_int_equal(log.rows[0].place, HTTP_PLACE_EWS);
    assert_int_equal(log.rows[0].status, 500);
    assert_int_equal(log.rows[0].win32, 64);
    assert_int_equal(log.rows[0].count, 2);
    assert_int_equal(log.rows[0].first.line, 6);
    assert_int_equal(log.rows[0].last.line, 7);
    assert_int_equal(log.rows[0].last.time, 1795165201000);
    assert_int_equal(log.rows[0].spans[1], 1);
    assert_int_equal(log.rows[0].spans[6], 1);
    assert_int_equal(log.rows[0].longest, 30500);
    assert_int_equal(log.rows[1].status, 200);
    assert_int_equal(log.rows[1].spans[0], 1);
    assert_int_equal(log.rows[2].substatus, 2);
    assert_int_equal(log.rows[2].spans[7], 1);
    assert_int_equal(log.rows[3].win32, 2148074254);
    assert_true(log.rows[4].is_back_end);
    assert_int_equal(log.rows[4].longest, 0);
    assert_false(log.rows[3].is_back_end);
    assert_int_equal(log.rows[5].place, HTTP_PLACE_POWERSHELL);
    assert_int_equal(log.failures, 4);
    assert_int_equal(log.by_hour[8], 1);
    assert_int_equal(log.by_hour[9], 2);
    assert_int_equal(log.by_hour[7], 1);
    assert_int_equal(log.agent_count, 3);
    assert_string_equal(log.agents[0].agent, "MailStore 10");
    assert_int_equal(log.agents[0].count, 2);
    assert_string_equal(log.agents[1].agent, "");
    assert_string_equal(log.agents[2].agent, "Outlook");
    assert_int_equal(log.agents[2].first.line, 10);
    assert_false(log.more);
}

/* Columns may change within a file; those that are not there say nothing. */
static void test_columns(void **state)
{
    struct http_log log =
        read_log(FILE_TYPE_IIS_LOG,
                 "500 /EWS/x\n" IIS "#Fields: sc-status cs-uri-stem\n500 /EWS/x\n500\n"
                 "#Fields: time cs-uri-stem sc-status s-computername\n10:00:00 /EWS/x 500 EX1\n"
                 "10:00:00 /EWS/x\n#Fields: cs-uri-stem time-taken\n/EWS/x 500\n"
                 "#Date: bad\n#Fields: time sc-status\n10:00:00 404\n"
                 "#Fields: date time sc-status\n2026-02-30 10:00:00 404\n2026-13-01 x 404\n");

    (void)state;
    assert_int_equal(log.damaged, 3);
    assert_int_equal(log.requests, 6);
    assert_int_equal(log.rows[0].place, HTTP_PLACE_EWS);
    assert_int_equal(log.rows[0].count, 2);
    assert_int_equal(log.rows[0].first.time, 0);
    assert_int_equal(log.rows[0].last.time, 1795168800000);
    assert_int_equal(log.rows[1].place, HTTP_PLACE_OTHER);
    assert_int_equal(log.rows[1].status, 404);
    assert_int_equal(log.rows[1].count, 3);
    assert_int_equal(log.rows[1].last.time, 0);
    assert_int_equal(log.rows[2].status, 500);
    assert_string_equal(log.server, "EX1");
}

/* Which folder a request is for, by its first part and in any case. */
static void test_places(void **state)
{
    static const struct {
        const char *stem;
        enum http_place place;
    } cases[] = {{"/EWS", HTTP_PLACE_EWS},
                 {"/ews/", HTTP_PLACE_EWS},
                 {"/EWSx/a", HTTP_PLACE_OTHER},
                 {"/PowerShell/", HTTP_PLACE_POWERSHELL},
                 {"/powershell-liveid/", HTTP_PLACE_OTHER},
                 {"/owa/auth/logon.aspx", HTTP_PLACE_OWA},
                 {"/owa/healthcheck.htm", HTTP_PLACE_HEALTHCHECK},
                 {"/PowerShell/HealthCheck.htm", HTTP_PLACE_HEALTHCHECK},
                 {"/Microsoft-Server-ActiveSync/default.eas", HTTP_PLACE_ACTIVESYNC},
                 {"/mapi/emsmdb/", HTTP_PLACE_MAPI},
                 {"/oab/x", HTTP_PLACE_OAB},
                 {"/ecp", HTTP_PLACE_ECP},
                 {"/rpc/rpcproxy.dll", HTTP_PLACE_RPC},
                 {"/Autodiscover/Autodiscover.xml", HTTP_PLACE_AUTODISCOVER},
                 {"/", HTTP_PLACE_OTHER},
                 {"ews/", HTTP_PLACE_OTHER},
                 {"-", HTTP_PLACE_OTHER}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];
        struct http_log log;

        snprintf(text, sizeof text, "#Fields: cs-uri-stem sc-status\n%s 200\n", cases[i].stem);
        log = read_log(FILE_TYPE_IIS_LOG, text);
        assert_int_equal(log.row_count, 1);
        assert_int_equal(log.rows[0].place, cases[i].place);
    }
    for (unsigned i = 0; i < HTTP_PLACE_COUNT; i++)
        assert_int_equal(http_place_from_word(http_place_word((enum http_place)i)), i);
    assert_int_equal(http_place_from_word("none"), HTTP_PLACE_OTHER);
}

#define EWS_FIELDS                                                                                 \
    "DateTime,RequestId,AuthenticatedUser,UserAgent,ServerHostName,SoapAction,HttpStatus,"         \
    "ErrorCode,TotalRequestTime,GenericErrors"

static void test_ews(void **state)
{
    struct http_log log = read_log(
        FILE_TYPE_EWS_LOG, EWS_FIELDS
        "\r\n#Software: Microsoft Exchange Server\r\n#Version: 15.01.2375.007\r\n"
        "#Log-type: EWS Logs\r\n#Fields: " EWS_FIELDS "\r\n"
        "2026-11-20T08:00:00.500Z,1,bob@contoso.com,MailStore/1,EX1,GetItem,200,"
        "ErrorInternalServerTransientError,700,\r\n"
        "2026-11-20T08:00:01.500Z,1,\"bob, the \"\"b\"\"\",\"a, b\",EX1,GetItem,200,"
        "ErrorInternalServerTransientError,1700,\"x,y\"\r\n"
        "2026-11-20T08:00:02Z,1,\"b\"\",o\"\"b\",c+d,EX1,GetItem,200,NoError,10,\r\n"
        "2026-11-20T08:00:03.000Z,1,,,EX2,FindItem of secret,500,ErrorServerBusy(secret),,\r\n"
        "torn,line\r\n");

    (void)state;
    assert_string_equal(log.software, "Microsoft Exchange Server 15.01.2375.007");
    assert_string_equal(log.server, "EX2");
    assert_int_equal(log.requests, 4);
    assert_int_equal(log.damaged, 1);
    assert_int_equal(log.failures, 3);
    assert_int_equal(log.by_hour[8], 3);
    assert_int_equal(log.row_count, 3);
    assert_string_equal(log.rows[0].action, "GetItem");
    assert_string_equal(log.rows[0].code, "ErrorInternalServerTransientError");
    assert_int_equal(log.rows[0].count, 2);
    assert_true(log.rows[0].is_back_end);
    assert_int_equal(log.rows[0].first.time, 1795161600500);
    assert_int_equal(log.rows[0].longest, 1700);
    assert_string_equal(log.rows[1].code, "NoError");
    assert_string_equal(log.rows[2].action, "FindItem");
    assert_string_equal(log.rows[2].code, "ErrorServerBusy");
    assert_int_equal(log.agent_count, 3);
    assert_string_equal(log.agents[1].agent, "a, b");
}

static void test_http_proxy(void **state)
{
    struct http_log log = read_log(
        FILE_TYPE_HTTP_PROXY_LOG,
        "#Fields: DateTime,Protocol,UrlStem,ProtocolAction,HttpStatus,BackEndStatus,ErrorCode,"
        "TotalRequestTime\n2026-11-20T08:00:00.000Z,PowerShell,/powershell,New-PSSession:Receive,"
        "500,500,,13\n2026-11-20T08:00:00.000Z,Owa,/owa/bob@contoso.com,Secret,200,,,13\n");

    (void)state;
    assert_int_equal(log.rows[0].place, HTTP_PLACE_POWERSHELL);
    assert_string_equal(log.rows[0].action, "New-PSSession:Receive");
    assert_int_equal(log.rows[0].back_end_status, 500);
    assert_null(log.rows[0].code);
    assert_false(log.rows[0].is_back_end);
    assert_int_equal(log.rows[1].place, HTTP_PLACE_OWA);
    assert_null(log.rows[1].action);
    assert_int_equal(log.failures, 0);
}

static void test_failed(void **state)
{
    (void)state;
    assert_true(http_log_failed(500, NULL));
    assert_true(http_log_failed(400, NULL));
    assert_true(http_log_failed(200, "ErrorItemNotFound"));
    assert_false(http_log_failed(401, NULL));
    assert_false(http_log_failed(399, NULL));
    assert_false(http_log_failed(200, "NoError"));
}

/* The back end of Exchange 2013 and later is at ports of its own. */
static void test_ports(void **state)
{
    struct http_log log = read_log(FILE_TYPE_IIS_LOG, "#Fields: s-port sc-status\n80 200\n443 201\n"
                                                      "81 202\n444 203\n- 204\n");

    (void)state;
    assert_int_equal(log.row_count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(log.rows[i].is_back_end,
                         log.rows[i].status == 202 || log.rows[i].status == 203);
}

/* What is no number never becomes one; a line too long is damaged. */
static void test_numbers(void **state)
{
    struct http_log log = read_log(
        FILE_TYPE_IIS_LOG,
        "#Fields: sc-status sc-substatus sc-win32-status time-taken\n"
        "1000 0 0 0\n-1 0 0 0\n5x0 0 0 0\n500 65536 4294967296 "
        "4294967296\n500 65535 4294967295 4294967295\n99999999999 0\n18446744073709551816 0\n");
    struct http_log_reader *reader = http_log_reader_new(FILE_TYPE_IIS_LOG);
    char *line = memory_new(1, HTTP_LOG_LINE_MOST + 2);

    (void)state;
    assert_int_equal(log.damaged, 5);
    assert_int_equal(log.row_count, 2);
    assert_int_equal(log.rows[0].substatus + log.rows[1].substatus, 65535);
    assert_int_equal(log.rows[0].longest, 0);
    assert_int_equal(log.rows[1].longest, 4294967295);
    http_log_add(reader, "#Fields: sc-status", 18);
    memset(line, '\0', HTTP_LOG_LINE_MOST + 1);
    memcpy(line, "500 ", 4);
    http_log_add(reader, line, HTTP_LOG_LINE_MOST + 1);
    http_log_add(reader, line, HTTP_LOG_LINE_MOST);
    http_log_end(reader, &memory, &log);
    assert_int_equal(log.damaged, 1);
    assert_int_equal(log.requests, 1);
    free(line);
}

/* Too many kinds of answers: those of EWS stay, the most frequent first. */
static void test_limits(void **state)
{
    struct http_log_reader *reader = http_log_reader_new(FILE_TYPE_IIS_LOG);
    static const char fields[] = "#Fields: cs-uri-stem sc-status sc-win32-status cs(User-Agent)";
    struct http_log log;
    char line[400];

    (void)state;
    http_log_add(reader, fields, sizeof fields - 1);
    for (unsigned i = 0; i < 6000; i++)
        http_log_add(reader, line, (size_t)snprintf(line, sizeof line, "/owa 500 %u -", i));
    for (unsigned i = 0; i < 700; i++)
        http_log_add(reader, line,
                     (size_t)snprintf(line, sizeof line, "/ews 500 %u a%u", i, i % 400));
    for (unsigned i = 0; i < 3; i++)
        http_log_add(reader, line, (size_t)snprintf(line, sizeof line, "/ews 500 699 a7"));
    http_log_end(reader, &memory, &log);
    assert_true(log.more);
    assert_int_equal(log.row_count, HTTP_LOG_ROWS_KEPT);
    assert_int_equal(log.rows[0].win32, 699);
    assert_int_equal(log.rows[0].count, 4);
    assert_int_equal(log.rows[HTTP_LOG_ROWS_KEPT - 1].place, HTTP_PLACE_EWS);
    assert_int_equal(log.agent_count, HTTP_LOG_AGENTS_KEPT);
    assert_string_equal(log.agents[0].agent, "a7");
    assert_int_equal(log.agents[0].count, 5);
    assert_int_equal(log.failures, 703);
}

/* A line, cut off anywhere, is read as far as it goes. */
static void test_cut_off(void **state)
{
    static const char text[] =
        IIS IIS_FIELDS GET("08:00:00", "/EWS/Exchange.asmx", "443", "a", "500 0 64 90");
    size_t line = strlen(IIS IIS_FIELDS);

    (void)state;
    for (size_t size = 0; size < sizeof text - 1; size++) {
        char *copy = arena_copy(&memory, text, size);
        struct http_log log = read_log(FILE_TYPE_IIS_LOG, copy);

        assert_true(log.requests + log.damaged <= 1);
        assert_int_equal(log.requests + log.damaged, size > line);
    }
}

/* A line of any fields, of which the first, which nobody looks at, has a quotation mark or none. */
static size_t write_line(char *line, size_t most, bool has_mark, uint32_t random)
{
    static const char *const values[] = {"200",
                                         "500",
                                         "",
                                         "401",
                                         "-",
                                         "GetItem",
                                         "ErrorServerBusy",
                                         "/ews/x",
                                         "/owa",
                                         "2026-11-20T08:00:00.500Z",
                                         "70000",
                                         "EX1",
                                         "a client whose name is longer than a block of sixty-four",
                                         "444"};
    size_t size = (size_t)snprintf(line, most, has_mark ? "a\"" : "ab");

    for (unsigned fields = random >> 27; fields > 0; fields--) {
        random = random * 1664525 + 1013904223;
        size += (size_t)snprintf(line + size, most - size, ",%s",
                                 values[(random >> 16) % (sizeof values / sizeof *values)]);
    }
    return size;
}

static struct http_log read_random(bool has_mark)
{
    static const char *const headers[] = {
        "RequestId,HttpStatus,UrlStem,DateTime,UserAgent,ErrorCode,ProtocolAction",
        "RequestId,x,DateTime,x,UrlStem,x,x,x,x,x,TotalRequestTime,x,x,x,x,x,HttpStatus,x,x",
        "RequestId,HttpStatus,HttpStatus,UserAgent,BackEndStatus,ServerHostName,,,UrlStem"};
    struct http_log_reader *reader = http_log_reader_new(FILE_TYPE_HTTP_PROXY_LOG);
    struct http_log log;
    char line[3000];

    for (uint32_t i = 0; i < 60000; i++) {
        uint32_t random = (i + 1) * 2654435761u;
        size_t size = i % 20000 == 0
                          ? (size_t)snprintf(line, sizeof line, "#Fields: %s", headers[i / 20000])
                          : write_line(line, sizeof line, has_mark, random ^ random >> 15);

        http_log_add(reader, line, size);
    }
    http_log_end(reader, &memory, &log);
    return log;
}

static void check_same_text(const char *left, const char *right)
{
    assert_int_equal(left != NULL, right != NULL);
    if (left)
        assert_string_equal(left, right);
}

/* Lines without quotation marks are split in another way than those with, to the same fields. */
static void test_both_ways(void **state)
{
    struct http_log plain = read_random(false), quoted = read_random(true);

    (void)state;
    assert_true(plain.requests > 5000 && plain.damaged > 5000 && plain.failures > 50);
    assert_int_equal(plain.requests, quoted.requests);
    assert_int_equal(plain.damaged, quoted.damaged);
    assert_int_equal(plain.failures, quoted.failures);
    assert_true(plain.first == quoted.first && plain.last == quoted.last);
    assert_memory_equal(plain.by_hour, quoted.by_hour, sizeof plain.by_hour);
    check_same_text(plain.server, quoted.server);
    assert_int_equal(plain.row_count, quoted.row_count);
    for (size_t i = 0; i < plain.row_count; i++) {
        struct http_log_row left = plain.rows[i], right = quoted.rows[i];

        check_same_text(left.action, right.action);
        check_same_text(left.code, right.code);
        assert_true(left.place == right.place && left.status == right.status &&
                    left.back_end_status == right.back_end_status && left.count == right.count);
        assert_true(left.first.line == right.first.line && left.last.line == right.last.line);
        assert_true(left.first.time == right.first.time && left.longest == right.longest);
        assert_memory_equal(left.spans, right.spans, sizeof left.spans);
    }
    assert_int_equal(plain.agent_count, quoted.agent_count);
    for (size_t i = 0; i < plain.agent_count; i++) {
        assert_string_equal(plain.agents[i].agent, quoted.agents[i].agent);
        assert_int_equal(plain.agents[i].count, quoted.agents[i].count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_iis),        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_places),     cmocka_unit_test(test_ews),
        cmocka_unit_test(test_http_proxy), cmocka_unit_test(test_failed),
        cmocka_unit_test(test_ports),      cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_limits),     cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_both_ways)};

    return cmocka_run_group_tests(tests, NULL, forget);
}
