/* What a sender's own records say of the hosts it could not deliver to. */
#include "diag/read/mail_log.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

struct read {
    struct arena memory;
    struct mail_log log;
};

static void read_log(struct read *read, enum file_type type, const char *text)
{
    struct mail_log_reader *reader = mail_log_reader_new(type);

    memset(read, 0, sizeof *read);
    while (*text) {
        size_t size = strcspn(text, "\n");

        mail_log_add(reader, text, size);
        text += size + (text[size] == '\n');
    }
    mail_log_end(reader, &read->memory, &read->log);
}

static const struct mail_log_peer *peer_at(const struct read *read, const char *address)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    for (size_t i = 0; i < read->log.peer_count; i++) {
        net_address_format(&read->log.peers[i].address, 25, text);
        if (strcmp(text, address) == 0)
            return &read->log.peers[i];
    }
    fail_msg("no host at %s", address);
    return NULL;
}

#define SEND_HEAD                                                                                  \
    "\xef\xbb\xbf#Software: Microsoft Exchange Server\r\n"                                         \
    "#Version: 15.01.2507.006\r\n"                                                                 \
    "#Log-type: SMTP Send Protocol Log\r\n"                                                        \
    "#Date: 2026-11-20T08:00:00.000Z\r\n"                                                          \
    "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,"                   \
    "remote-endpoint,event,data,context\r\n"

/* Sessions are told apart by their ids, and what became of each is what its lines say. */
static void test_send_log(void **state)
{
    static const char text[] = SEND_HEAD
        "2026-11-20T08:00:01.000Z,Out,A1,0,,192.0.2.1:25,*,,attempting to connect\r\n"
        "2026-11-20T08:00:01.010Z,Out,A1,1,10.0.0.1:5001,192.0.2.1:25,+,,\r\n"
        "2026-11-20T08:00:02.000Z,Out,B2,0,,192.0.2.2:25,*,,attempting to connect\r\n"
        "2026-11-20T08:00:02.010Z,Out,B2,1,10.0.0.1:5002,192.0.2.2:25,+,,\r\n"
        "2026-11-20T08:00:02.030Z,Out,B2,2,10.0.0.1:5002,192.0.2.2:25,<,\"220 b, hello\",\r\n"
        "2026-11-20T08:00:02.040Z,Out,B2,3,10.0.0.1:5002,192.0.2.2:25,>,EHLO ex01,\r\n"
        "2026-11-20T08:00:03.000Z,Out,C3,0,,192.0.2.3:25,*,,\"Failed to connect. Winsock error "
        "code: 10060, Win32 error code: 10060, Destination domain: fabrikam.example\"\r\n"
        "2026-11-20T08:00:03.100Z,Out,D4,0,,192.0.2.4:25,*,,\"Failed connection to 192.0.2.4:25 "
        "(ConnectionRefused:0000274D)[TargetIPAddress:192.0.2.4:25]\"\r\n"
        "2026-11-20T08:00:04.000Z,Out,E5,1,10.0.0.1:5005,192.0.2.5:25,+,,\r\n"
        "2026-11-20T08:00:04.500Z,Out,E5,2,10.0.0.1:5005,192.0.2.5:25,-,,Remote\r\n"
        "2026-11-20T08:00:05.000Z,Out,F6,1,10.0.0.1:5006,192.0.2.6:25,+,,\r\n"
        "2026-11-20T08:00:05.200Z,Out,F6,2,10.0.0.1:5006,192.0.2.6:25,<,421 4.3.2 no,\r\n"
        "2026-11-20T08:00:05.300Z,Out,F6,3,10.0.0.1:5006,192.0.2.6:25,-,,Local\r\n"
        "2026-11-20T08:10:01.010Z,Out,A1,2,10.0.0.1:5001,192.0.2.1:25,-,,Local\r\n"
        "2026-11-20T08:10:02.000Z,Out,B2,9,10.0.0.1:5002,192.0.2.2:25,-,,Local\r\n"
        "2026-11-20T08:10:03.000Z,Out,G7,1,10.0.0.1:5007,192.0.2.7:25,+,,\r\n";
    const struct mail_log_peer *peer;
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG, text);
    assert_string_equal(read.log.software, "Microsoft Exchange Server 15.01.2507.006");
    assert_int_equal(read.log.lines, 21);
    assert_int_equal(read.log.damaged, 0);
    assert_int_equal(read.log.last - read.log.first, 602000);
    assert_int_equal(read.log.peer_count, 7);
    peer = peer_at(&read, "192.0.2.1");
    assert_int_equal(peer->faults[MAIL_LOG_SILENT], 1);
    assert_int_equal(peer->longest_silence, 600000);
    assert_int_equal(peer->first.line, 19);
    assert_non_null(strstr(peer->first.text, ",A1,2,"));
    peer = peer_at(&read, "192.0.2.2");
    assert_int_equal(peer->sessions, 1);
    assert_int_equal(peer->greeted, 1);
    peer = peer_at(&read, "192.0.2.3");
    assert_int_equal(peer->faults[MAIL_LOG_UNREACHABLE], 1);
    assert_string_equal(peer->domain, "fabrikam.example");
    assert_int_equal(peer_at(&read, "192.0.2.4")->faults[MAIL_LOG_REFUSED], 1);
    assert_int_equal(peer_at(&read, "192.0.2.5")->faults[MAIL_LOG_CLOSED], 1);
    assert_int_equal(peer_at(&read, "192.0.2.6")->faults[MAIL_LOG_GREETING], 1);
    peer = peer_at(&read, "192.0.2.7"); /* still open: no fault */
    assert_int_equal(peer->sessions, 1);
    assert_int_equal(peer->greeted, 0);
    assert_int_equal(read.log.peers[6].address.ip.bytes[3], 7); /* failures come first */
    arena_release(&read.memory);
}

/* Lines that others follow are no greeting: the last one is, or what came instead. */
static void test_teasers(void **state)
{
    static const char text[] =
        SEND_HEAD "2026-11-20T08:00:00.000Z,Out,A1,1,,192.0.2.1:25,+,,\n"
                  "2026-11-20T08:00:00.100Z,Out,A1,2,,192.0.2.1:25,<,220-wait,\n"
                  "2026-11-20T08:00:08.000Z,Out,A1,3,,192.0.2.1:25,-,,Remote\n"
                  "2026-11-20T08:01:00.000Z,Out,B2,1,,192.0.2.2:25,+,,\n"
                  "2026-11-20T08:01:00.100Z,Out,B2,2,,192.0.2.2:25,<,220-wait,\n"
                  "2026-11-20T08:01:06.000Z,Out,B2,3,,192.0.2.2:25,<,220 mx,\n"
                  "2026-11-20T08:02:00.000Z,Out,C3,1,,192.0.2.3:25,+,,\n"
                  "2026-11-20T08:02:00.100Z,Out,C3,2,,192.0.2.3:25,<,220-wait,\n"
                  "2026-11-20T08:02:06.000Z,Out,C3,3,,192.0.2.3:25,<,521 5.7.1 blocked,\n";
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG, text);
    assert_int_equal(peer_at(&read, "192.0.2.1")->greeted, 0);
    assert_int_equal(peer_at(&read, "192.0.2.1")->faults[MAIL_LOG_SILENT], 1);
    assert_int_equal(peer_at(&read, "192.0.2.2")->greeted, 1);
    assert_int_equal(peer_at(&read, "192.0.2.3")->greeted, 0);
    assert_int_equal(peer_at(&read, "192.0.2.3")->faults[MAIL_LOG_GREETING], 1);
    arena_release(&read.memory);
}

/* Who ended a silence says how long it must have been to be the host's fault. */
static void test_who_ended_the_silence(void **state)
{
    static const struct {
        const char *end, *who;
        enum mail_log_fault fault;
    } rows[] = {
        {"08:00:04.999", "Remote", MAIL_LOG_CLOSED}, {"08:00:05.000", "Remote", MAIL_LOG_SILENT},
        {"08:00:01.000", "Local", MAIL_LOG_OTHER},   {"08:00:09.000", "Local", MAIL_LOG_OTHER},
        {"08:00:59.999", "Local", MAIL_LOG_OTHER},   {"08:01:00.000", "Local", MAIL_LOG_SILENT},
    };
    struct read read;
    char text[1024];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(text, sizeof text,
                 SEND_HEAD "2026-11-20T08:00:00.000Z,Out,A1,1,,192.0.2.1:25,+,,\n"
                           "2026-11-20T08:00:00.500Z,Out,A1,2,,192.0.2.1:25,*,,Service shutdown\n"
                           "2026-11-20T%sZ,Out,A1,3,,192.0.2.1:25,-,,%s\n",
                 rows[i].end, rows[i].who);
        read_log(&read, FILE_TYPE_SMTP_SEND_LOG, text);
        assert_int_equal(peer_at(&read, "192.0.2.1")->faults[rows[i].fault], 1);
        arena_release(&read.memory);
    }
}

/* The same host again and again, and how often in a row before another was tried. */
static void test_runs(void **state)
{
    static const char text[] =
        SEND_HEAD "2026-11-20T08:00:00.000Z,Out,A1,1,,192.0.2.1:25,+,,\n"
                  "2026-11-20T08:01:00.000Z,Out,A1,2,,192.0.2.1:25,-,,Local\n"
                  "2026-11-20T08:02:00.000Z,Out,A2,1,,192.0.2.1:25,+,,\n"
                  "2026-11-20T08:03:00.000Z,Out,A2,2,,192.0.2.1:25,-,,Local\n"
                  "2026-11-20T08:03:30.000Z,Other,B1,1,,192.0.2.9:25,+,,\n"
                  "2026-11-20T08:03:31.000Z,Other,B1,2,,192.0.2.9:25,<,220 hi,\n"
                  "2026-11-20T08:04:00.000Z,Out,A3,1,,192.0.2.1:25,+,,\n"
                  "2026-11-20T08:05:30.000Z,Out,A3,2,,192.0.2.1:25,-,,Local\n"
                  "2026-11-20T08:06:00.000Z,Out,B2,1,,192.0.2.9:25,+,,\n"
                  "2026-11-20T08:06:01.000Z,Out,B2,2,,192.0.2.9:25,<,220 hi,\n"
                  "2026-11-20T08:07:00.000Z,Out,A4,1,,192.0.2.1:25,+,,\n"
                  "2026-11-20T08:08:00.000Z,Out,A4,2,,192.0.2.1:25,-,,Local\n";
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG, text);
    assert_int_equal(peer_at(&read, "192.0.2.1")->faults[MAIL_LOG_SILENT], 4);
    assert_int_equal(peer_at(&read, "192.0.2.1")->most_in_a_row, 3);
    assert_int_equal(peer_at(&read, "192.0.2.1")->longest_silence, 90000);
    assert_int_equal(peer_at(&read, "192.0.2.1")->first.line, 7);
    assert_int_equal(peer_at(&read, "192.0.2.1")->last.line, 17);
    arena_release(&read.memory);
}

/* Lines that are none are counted, and the others are read. */
static void test_damage(void **state)
{
    static const char text[] = SEND_HEAD "garbage\n"
                                         ",,,,,,\n"
                                         "2026-11-20T08:00:00.000Z,Out,A1,1,,192.0.2.1:25,+,,\n"
                                         "\"2026-11-20T08:00\n"
                                         "2026-11-20T08:01:00.000Z,Out,A1,2,,192.0.2.1:25,-,,\n";
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG, text);
    assert_int_equal(read.log.damaged, 3);
    assert_int_equal(read.log.peer_count, 1);
    arena_release(&read.memory);
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG, "2026-11-20T08:00:00.000Z,Out,A1,1,,x,+,,\n");
    assert_int_equal(read.log.damaged, 1); /* no directive names the columns */
    arena_release(&read.memory);
}

/* More hosts than are kept: those that never failed make room. */
static void test_bounds(void **state)
{
    struct mail_log_reader *reader = mail_log_reader_new(FILE_TYPE_SMTP_SEND_LOG);
    struct arena memory = {0};
    struct mail_log log;
    char line[256];

    (void)state;
    mail_log_add(reader, "#Fields: date-time,connector-id,session-id,remote-endpoint,event,data",
                 70);
    for (unsigned i = 0; i < MAIL_LOG_PEERS_KEPT + 50; i++) {
        bool greets = i < 30;
        int size;

        size = snprintf(line, sizeof line, "2026-11-20T08:00:00.000Z,O,S%u,10.1.%u.%u:25,+,", i,
                        i / 250, i % 250);
        mail_log_add(reader, line, (size_t)size);
        size = snprintf(line, sizeof line, "2026-11-20T08:09:00.000Z,O,S%u,10.1.%u.%u:25,%s", i,
                        i / 250, i % 250, greets ? "<,220 a" : "-,");
        mail_log_add(reader, line, (size_t)size);
    }
    mail_log_end(reader, &memory, &log);
    assert_int_equal(log.peer_total, MAIL_LOG_PEERS_KEPT + 50);
    assert_int_equal(log.peer_count, MAIL_LOG_PEERS_KEPT);
    assert_int_equal(log.peers[0].faults[MAIL_LOG_SILENT], 1);
    assert_int_equal(log.peers[MAIL_LOG_PEERS_KEPT - 1].faults[MAIL_LOG_SILENT], 1);
    arena_release(&memory);
}

/* Deliveries and failures by host and domain; those for other reasons are none of ours. */
static void test_tracking_log(void **state)
{
    static const char text[] =
        "#Software: Microsoft Exchange Server\n#Version: 14.0.0.0\n"
        "#Log-type: Message Tracking Log\n"
        "#Fields: date-time,client-ip,server-ip,server-hostname,source-context,source,event-id,"
        "recipient-address,recipient-status\n"
        "2026-11-20T08:00:00.000Z,10.0.0.1,192.0.2.5,mx1.fabrikam.example,,SMTP,SEND,"
        "ann@fabrikam.example;bob@fabrikam.example,250 2.1.5 ok\n"
        "2026-11-20T08:00:01.000Z,10.0.0.1,,,,SMTP,DEFER,joe@contoso.example,"
        "\"[{LED=441 4.4.1 Error communicating with target host: \"\"Failed to connect. Winsock "
        "error code: 10061, Win32 error code: 10061.\"\"};{MSG=};{FQDN=MX.contoso.example};"
        "{IP=192.0.2.9};{LRT=11/20/2026 8:00:00 AM}]\"\n"
        "2026-11-20T08:00:02.000Z,,,,,ROUTING,FAIL,x@nobody.example,550 5.1.1 no such user\n"
        "2026-11-20T08:00:03.000Z,,,,,QUEUE,FAIL,joe@contoso.example,"
        "550 4.4.7 QUEUE.Expired; message expired\n"
        "2026-11-20T08:00:04.000Z,,192.0.2.5,EX01,,STOREDRIVER,SEND,a@b.example,\n";
    const struct mail_log_peer *peer;
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_TRACKING_LOG, text);
    assert_int_equal(read.log.peer_count, 3);
    assert_int_equal(read.log.damaged, 0);
    peer = &read.log.peers[0];
    assert_string_equal(peer->host, "mx.contoso.example");
    assert_string_equal(peer->domain, "contoso.example");
    assert_int_equal(peer->address.ip.bytes[3], 9);
    assert_int_equal(peer->faults[MAIL_LOG_REFUSED], 1);
    assert_int_equal(peer->first.line, 6);
    peer = &read.log.peers[1];
    assert_null(peer->host);
    assert_int_equal(peer->faults[MAIL_LOG_EXPIRED], 1);
    peer = &read.log.peers[2];
    assert_string_equal(peer->host, "mx1.fabrikam.example");
    assert_int_equal(peer->greeted, 1);
    arena_release(&read.memory);
}

#define LAST_ERROR                                                                                 \
    "[{LED=441 4.4.1 Error communicating with target host: Failed to connect. Winsock error "      \
    "code: 10060};{FQDN=mx1.fabrikam.example};{IP=192.0.2.5}]"

static void check_queue(const char *text)
{
    struct read read;

    read_log(&read, FILE_TYPE_QUEUE_LIST, text);
    assert_int_equal(read.log.peer_count, 1);
    assert_string_equal(read.log.peers[0].host, "mx1.fabrikam.example");
    assert_string_equal(read.log.peers[0].domain, "fabrikam.example");
    assert_int_equal(read.log.peers[0].address.ip.bytes[3], 5);
    assert_int_equal(read.log.peers[0].faults[MAIL_LOG_UNREACHABLE], 1);
    arena_release(&read.memory);
}

/* A queue says the same as a list, wrapped or not, as a table and as CSV. */
static void test_queues(void **state)
{
    struct read read;

    (void)state;
    check_queue("\nIdentity      : EX01\\3\nDeliveryType  : DnsConnectorDelivery\n"
                "NextHopDomain : Fabrikam.example\nStatus        : Retry\nRetryCount    : 7\n"
                "LastError     : " LAST_ERROR "\n\nIdentity      : EX01\\4\n"
                "NextHopDomain : contoso.example\nStatus        : Ready\nLastError     : \n");
    check_queue("Identity      : EX01\\3\r\nNextHopDomain : fabrikam.example\r\n"
                "LastError     : [{LED=441 4.4.1 Failed to connect. Winsock error code: \r\n"
                "                10060};{FQDN=mx1.fabrikam.example};{IP=192.0.2.5}]\r\n"
                "LastRetryTime : x\r\n");
    check_queue("\"Identity\",\"NextHopDomain\",\"LastError\"\n"
                "\"EX01\\3\",\"fabrikam.example\",\"" LAST_ERROR "\"\n");
    check_queue("Identity;NextHopDomain;LastError\nEX01\\3;fabrikam.example;\"" LAST_ERROR "\"\n");
    check_queue("Identity NextHopDomain    LastError\n-------- -------------    ---------\n"
                "EX01\\3   fabrikam.example " LAST_ERROR "\n");
    read_log(&read, FILE_TYPE_QUEUE_LIST,
             "DeliveryType  : SmartHostConnectorDelivery\nNextHopDomain : [192.0.2.77]\n"
             "RetryCount    : 9\nLastError     : 451 4.4.0 Primary target did not answer\n");
    assert_int_equal(read.log.peers[0].address.ip.bytes[3], 77);
    assert_int_equal(read.log.peers[0].faults[MAIL_LOG_OTHER], 1);
    assert_int_equal(read.log.peers[0].most_in_a_row, 9);
    assert_null(read.log.peers[0].domain);
    arena_release(&read.memory);
}

static void check_unexplained(const char *text, uint64_t line)
{
    struct read read;

    read_log(&read, FILE_TYPE_QUEUE_LIST, text);
    assert_int_equal(read.log.peer_count, 1);
    assert_string_equal(read.log.peers[0].domain, "fabrikam.example");
    assert_int_equal(read.log.peers[0].faults[MAIL_LOG_UNEXPLAINED], 1);
    assert_int_equal(read.log.peers[0].first.line, line);
    assert_non_null(strstr(read.log.peers[0].first.text, "Retry"));
    arena_release(&read.memory);
}

/* A queue that waits without a reason is told; one that is ready, and one with a reason, not. */
static void test_queues_without_a_reason(void **state)
{
    (void)state;
    check_unexplained(
        "Identity         DeliveryType Status MessageCount OutboundIPPool NextHopDomain\n"
        "--------         ------------ ------ ------------ -------------- -------------\n"
        "EX01\\148         DnsConnec... Retry  14                          fabrikam.example\n"
        "EX01\\149         DnsConnec... Retry  14                          fabrikam.ex...\n"
        "EX01\\150         DnsConnec... Ready  0                           contoso.example\n"
        "EX01\\Submission  Undefined    Ready  0                           Submission\n",
        3);
    check_unexplained("Identity      : EX01\\3\nStatus        : Retry\n"
                      "NextHopDomain : fabrikam.example\nLastError     : \n\n"
                      "Identity      : EX01\\4\nStatus        : Ready\n"
                      "NextHopDomain : contoso.example\n",
                      2);
    check_unexplained("\"Identity\",\"NextHopDomain\",\"Status\"\n"
                      "\"EX01\\3\",\"fabrikam.example\",\"Retry\"\n"
                      "\"EX01\\4\",\"contoso.example\",\"Ready\"\n",
                      2);
}

/* The text for people and the fields for machines tell of one host. */
static void test_reports(void **state)
{
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_NDR,
             "Generating server: EX01.contoso.example\n\nann@Fabrikam.example\n"
             "#550 4.4.7 QUEUE.Expired; message expired ##\n\n"
             "Reporting-MTA: dns;EX01.contoso.example\n\n"
             "Final-Recipient: rfc822;ann@fabrikam.example\nAction: failed\nStatus: 4.4.7\n"
             "Diagnostic-Code: smtp;550 4.4.7 QUEUE.Expired; message expired [{LED=441 4.4.1\n"
             " Failed to connect. Winsock error code: 10060};{FQDN=mx1.fabrikam.example};\n"
             " {IP=192.0.2.5}]\nRemote-MTA: dns;mx1.fabrikam.example\n");
    assert_int_equal(read.log.peer_count, 1);
    assert_string_equal(read.log.peers[0].domain, "fabrikam.example");
    assert_string_equal(read.log.peers[0].host, "mx1.fabrikam.example");
    assert_int_equal(read.log.peers[0].address.ip.bytes[3], 5);
    assert_int_equal(read.log.peers[0].faults[MAIL_LOG_EXPIRED], 1);
    assert_int_equal(read.log.peers[0].faults[MAIL_LOG_UNREACHABLE], 1);
    arena_release(&read.memory);

    read_log(&read, FILE_TYPE_NDR,
             "ann@fabrikam.example\nmx1.fabrikam.example #550 4.4.7 Expired ##\n");
    assert_string_equal(read.log.peers[0].host, "mx1.fabrikam.example");
    assert_int_equal(read.log.peers[0].faults[MAIL_LOG_EXPIRED], 1);
    arena_release(&read.memory);

    read_log(&read, FILE_TYPE_NDR,
             "Final-Recipient: rfc822;ann@fabrikam.example\nAction: failed\nStatus: 5.1.1\n"
             "Diagnostic-Code: smtp;550 5.1.1 no such user 14.4.7.1\n");
    assert_int_equal(read.log.peer_count, 0);
    arena_release(&read.memory);
}

/* Mail expires in the end whatever the reason; what the host answered is one. */
static void test_answered_reports(void **state)
{
    static const struct {
        const char *diagnostic;
        enum mail_log_fault fault;
    } rows[] = {
        {"smtp;452 4.2.2 over quota", MAIL_LOG_ANSWERED},
        {"smtp; 550 5.7.1 Message expired, blocked", MAIL_LOG_ANSWERED},
        {"smtp;550 4.4.7 QUEUE.Expired; message expired", MAIL_LOG_EXPIRED},
        {"smtp;421 4.3.2 Service not available", MAIL_LOG_EXPIRED},
        {"smtp;452 over quota", MAIL_LOG_EXPIRED},
        {"smtp;452 4.2", MAIL_LOG_EXPIRED},
        {"smtp;4", MAIL_LOG_EXPIRED},
    };
    struct read read;
    char text[1024];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(text, sizeof text,
                 "Final-Recipient: rfc822;ann@fabrikam.example\nAction: failed\nStatus: 4.4.7\n"
                 "Diagnostic-Code: %s\nRemote-MTA: dns;mx1.fabrikam.example\n",
                 rows[i].diagnostic);
        read_log(&read, FILE_TYPE_NDR, text);
        assert_int_equal(read.log.peer_count, 1);
        assert_int_equal(read.log.peers[0].faults[rows[i].fault], 1);
        arena_release(&read.memory);
    }
}

static void check_report(const char *text, const char *host, enum mail_log_fault fault)
{
    const struct mail_log_peer *peer;
    struct read read;

    read_log(&read, FILE_TYPE_NDR, text);
    assert_int_equal(read.log.peer_count, 1);
    peer = &read.log.peers[0];
    if (host) {
        assert_string_equal(peer->host, host);
        assert_int_equal(peer->address.ip.bytes[3], 5);
    } else {
        assert_null(peer->host);
        assert_int_equal(peer->address.ip.family, IP_NONE);
    }
    assert_string_equal(peer->domain, "fabrikam.example");
    assert_int_equal(peer->faults[fault], 1);
    assert_int_equal(peer->most_in_a_row, 0); /* a report tells one failure in many words */
    arena_release(&read.memory);
}

#define GENERATED "Generating server: EX01.contoso.example\n"
#define RETURNED  "Server at MX1.fabrikam.example (192.0.2.5) returned "

/* Exchange 2013 and later: the host and its address stand before what it returned. */
static void test_returned_reports(void **state)
{
    (void)state;
    check_report(GENERATED "Receiving server: mx1.fabrikam.example (192.0.2.5)\n\n"
                           "ann@fabrikam.example\nmx1.fabrikam.example\n" RETURNED
                           "'400 4.4.7 Message delayed'\n11/20/2026 8:31:05 AM - " RETURNED
                           "'441 4.4.1 Error communicating with target host: \"Failed to connect. "
                           "Winsock error code: 10060, Win32 error code: 10060.\"'\n",
                 "mx1.fabrikam.example", MAIL_LOG_UNREACHABLE);
    check_report("Remote server: EX01.contoso.example\nann@fabrikam.example\n" RETURNED
                 "'550 4.4.7 QUEUE.Expired; message expired'\n",
                 "mx1.fabrikam.example", MAIL_LOG_EXPIRED);
    check_report("Generierender Server: EX01.contoso.example\n"
                 "Empfangender Server: mx1.fabrikam.example (192.0.2.5)\n\nann@fabrikam.example\n"
                 "Remote Server returned '550 5.4.316 Message expired, connection refused'\n",
                 "mx1.fabrikam.example", MAIL_LOG_EXPIRED);
    check_report(GENERATED "\nann@fabrikam.example\nRemote Server returned '550 5.4.316 Message "
                           "expired, connection refused(Socket error code 10061)'\n",
                 NULL, MAIL_LOG_REFUSED);
}

/* Who wrote the report is not who failed, wherever its name stands. */
static void test_reporters(void **state)
{
    static const char *const texts[] = {
        "      ann@fabrikam.example on 11/20/2026 9:31 AM\n"
        "            <EX01.contoso.example #4.4.7>\n",
        GENERATED "\nann@fabrikam.example\nEX01.contoso.example #550 4.4.7 QUEUE.Expired ##\n",
        "Reporting-MTA: dns;EX01.contoso.example\n\nFinal-Recipient: rfc822;ann@fabrikam.example\n"
        "Action: failed\nStatus: 4.4.7\nRemote-MTA: dns;EX01.contoso.example\n",
    };
    struct read read;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        check_report(texts[i], NULL, MAIL_LOG_EXPIRED);
        read_log(&read, FILE_TYPE_NDR, texts[i]);
        assert_string_equal(read.log.reporter, "ex01.contoso.example");
        arena_release(&read.memory);
    }
}

#define BOUNCED "<ann@fabrikam.example>: "
#define MX      "mx1.fabrikam.example[192.0.2.5]"

/* What Postfix writes, for people and for machines. */
static void test_postfix_reports(void **state)
{
    const char *host = "mx1.fabrikam.example";

    (void)state;
    check_report(BOUNCED "conversation with " MX " timed\n    out while receiving the initial "
                         "server greeting\n",
                 host, MAIL_LOG_SILENT);
    check_report(BOUNCED "lost connection with " MX "\n    while receiving the initial server "
                         "greeting\n",
                 host, MAIL_LOG_CLOSED);
    check_report(BOUNCED "connect to " MX ":25: Connection timed out\n", host,
                 MAIL_LOG_UNREACHABLE);
    check_report(BOUNCED "connect to " MX ":25: Connection refused\n", host, MAIL_LOG_REFUSED);
    check_report(BOUNCED "host " MX " refused to talk to me: 421 4.3.2 later\n", host,
                 MAIL_LOG_GREETING);
    check_report("Final-Recipient: rfc822; ann@fabrikam.example\nAction: failed\nStatus: 4.4.2\n"
                 "Diagnostic-Code: X-Postfix; conversation with " MX " timed\n    out while "
                 "receiving the initial server greeting\n",
                 host, MAIL_LOG_SILENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_send_log),         cmocka_unit_test(test_runs),
        cmocka_unit_test(test_teasers),          cmocka_unit_test(test_who_ended_the_silence),
        cmocka_unit_test(test_damage),           cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_tracking_log),     cmocka_unit_test(test_queues),
        cmocka_unit_test(test_reports),          cmocka_unit_test(test_answered_reports),
        cmocka_unit_test(test_returned_reports), cmocka_unit_test(test_reporters),
        cmocka_unit_test(test_postfix_reports),  cmocka_unit_test(test_queues_without_a_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
