/* Authentication in Exchange's SMTP protocol logs, of receive and send connectors. */
#include "diag/buffer.h"
#include "diag/read/smtp_auth_log.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct read {
    struct arena memory;
    struct smtp_auth_log log;
};

static void add_lines(struct smtp_auth_reader *reader, const char *text, size_t size)
{
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t line = end ? (size_t)(end - text) : size;
        char *copy = memory_new(line + !line, 1); /* so that nothing beyond it is read */

        memcpy(copy, text, line);
        smtp_auth_add(reader, copy, line);
        free(copy);
        text += line + (end != NULL);
        size -= line + (end != NULL);
    }
}

static void read_log(struct read *read, enum file_type type, const char *text)
{
    struct smtp_auth_reader *reader = smtp_auth_reader_new(type);

    memset(read, 0, sizeof *read);
    add_lines(reader, text, strlen(text));
    smtp_auth_end(reader, &read->memory, &read->log);
}

#define HEAD(type)                                                                                 \
    "\xef\xbb\xbf#Software: Microsoft Exchange Server\r\n#Version: 15.01.2507.006\r\n"             \
    "#Log-type: SMTP " type " Protocol Log\r\n#Date: 2026-11-20T08:00:00.000Z\r\n"                 \
    "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,"                   \
    "remote-endpoint,event,data,context\r\n"
#define IN(id, port, rest)                                                                         \
    "2026-11-20T08:00:01.000Z,EX01\\Default EX01," id ",1,10.0.0.1:25,10.0.0.2:" port "," rest     \
    "\r\n"
#define OUT(id, rest)                                                                              \
    "2026-11-20T08:00:02.000Z,\xe7\xbb\x84\xe7\xbb\x87," id ",1,10.0.0.1:5000,10.0.0.9:25," rest   \
    "\r\n"

static uint64_t sum_of(const uint64_t *counts)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < SMTP_AUTH_MECHANISM_COUNT * SMTP_AUTH_OUTCOME_COUNT; i++)
        sum += counts[i];
    return sum;
}

#define TOTAL(outcomes) sum_of(&(outcomes)[0][0])

/* Exactly one attempt, of this kind, by the one peer there is. */
static void expect_one(enum file_type type, const char *text, enum smtp_auth_mechanism mechanism,
                       enum smtp_auth_outcome outcome, const char *error)
{
    const struct smtp_auth_peer *peer;
    struct read read;

    read_log(&read, type, text);
    peer = read.log.peers;
    assert_int_equal(read.log.damaged, 0);
    assert_int_equal(read.log.peer_count, 1);
    if (peer->outcomes[mechanism][outcome] != 1)
        fail_msg("no %s %s in %s", smtp_auth_mechanism_word(mechanism),
                 smtp_auth_outcome_word(outcome), text);
    assert_int_equal(TOTAL(peer->outcomes), 1);
    assert_int_equal(TOTAL(read.log.outcomes), 1);
    assert_int_equal(read.log.outcomes[mechanism][outcome], 1);
    assert_int_equal(peer->error_count, *error != '\0');
    if (*error)
        assert_string_equal(peer->errors[0].token, error);
    assert_int_equal(peer->first.text != NULL, outcome != SMTP_AUTH_ACCEPTED);
    assert_int_equal(peer->first.line, peer->last.line);
    arena_release(&read.memory);
}

#define EHLO_250                                                                                   \
    "\"250  ex01.contoso.com Hello [10.0.0.2] SIZE 37748736 STARTTLS X-ANONYMOUSTLS AUTH NTLM "    \
    "X-EXPS GSSAPI NTLM 8BITMIME\","

/* A receive log: another server's session over TLS, which is refused. */
static void test_receive_log(void **state)
{
    static const char text[] = HEAD("Receive") IN("A1", "5001", "+,,") IN(
        "A1", "5001",
        ">,\"220 ex01.contoso.com ready, at\",") IN("A1", "5001",
                                                    "<,EHLO ex02.contoso.com,") IN("A1", "5001",
                                                                                   ">," EHLO_250)
        IN("A1", "5001", "<,X-ANONYMOUSTLS,") IN("A1", "5001", ">,220 2.0.0 SMTP server ready,") IN(
            "A1", "5001", "<,EHLO ex02.contoso.com,") IN("A1", "5001",
                                                         ">,250-ex01.contoso.com Hello [10.0.0.2],")
            IN("A1", "5001", ">,250-AUTH NTLM LOGIN,") IN(
                "A1", "5001", ">,250-X-EXPS EXCHANGEAUTH GSSAPI NTLM,") IN("A1", "5001",
                                                                           ">,250 XRDST,")
                IN("A1", "5001", "<,X-EXPS EXCHANGEAUTH SHA256 ,") IN(
                    "A1", "5001",
                    "*,,Inbound ExchangeAuth authentication failed because of LogonDenied")
                    IN("A1", "5001", "*,,User Name: NULL") IN(
                        "A1", "5001",
                        "*,,Tarpit for '0.00:00:05' due to '535 5.7.3 Authentication unsuccessful'")
                        IN("A1", "5001", ">,535 5.7.3 Authentication unsuccessful,")
                            IN("A1", "5001", "-,,Remote") IN("B2", "5002", "+,,")
                                IN("B2", "5002", "-,,Local");
    const struct smtp_auth_peer *peer;
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_RECEIVE_LOG, text);
    assert_string_equal(read.log.software, "Microsoft Exchange Server 15.01.2507.006");
    assert_int_equal(read.log.type, FILE_TYPE_SMTP_RECEIVE_LOG);
    assert_int_equal(read.log.lines, 24);
    assert_int_equal(read.log.damaged, 0);
    assert_int_equal(read.log.first, INT64_C(1795161601000));
    assert_int_equal(read.log.last, INT64_C(1795161601000));
    assert_int_equal(read.log.peer_count, 1);
    assert_false(read.log.more);
    peer = read.log.peers;
    assert_int_equal(peer->address.ip.bytes[3], 2);
    assert_int_equal(peer->address.port, 0);
    assert_string_equal(peer->connector, "EX01\\Default EX01");
    assert_string_equal(peer->server, "ex01.contoso.com");
    assert_string_equal(peer->client, "ex02.contoso.com");
    assert_int_equal(peer->sessions, 2);
    assert_int_equal(peer->greetings, 2);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_STARTTLS], 1);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_ANONYMOUSTLS], 1);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_AUTH], 2);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_EXPS], 2);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_GSSAPI], 2);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_NTLM], 2);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_EXCHANGEAUTH], 1);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_MASKED], 0);
    assert_int_equal(peer->outcomes[SMTP_AUTH_EXPS_EXCHANGEAUTH][SMTP_AUTH_DENIED], 1);
    assert_int_equal(TOTAL(peer->outcomes), 1);
    assert_int_equal(peer->error_count, 1);
    assert_string_equal(peer->errors[0].token, "LogonDenied");
    assert_int_equal(peer->errors[0].count, 1);
    assert_int_equal(peer->first.line, 21);
    assert_int_equal(peer->first.time, INT64_C(1795161601000));
    assert_non_null(strstr(peer->first.text, ",>,535 5.7.3 "));
    arena_release(&read.memory);
}

/* A send log: the ticket cannot be had, so nothing is sent, and only a remark tells. */
static void test_send_log(void **state)
{
    static const char text[] = HEAD("Send") OUT("A1", "*,,attempting to connect") OUT("A1", "+,,")
        OUT("A1", "<,220 ex02.contoso.com,") OUT("A1", ">,EHLO ex01.contoso.com,")
            OUT("A1", "<,250-ex02.contoso.com Hello [10.0.0.1],")
                OUT("A1", "<,250-X-EXPS EXCHANGEAUTH GSSAPI NTLM,") OUT("A1", "<,250 XSHADOW,")
                    OUT("A1", "*,,Outbound Authentication failed with LogonDenied")
                        OUT("A1", "*,,Outbound Authentication failed with TimeSkew")
                            OUT("A1", ">,QUIT,") OUT("A1", "-,,Local");
    const struct smtp_auth_peer *peer;
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG, text);
    assert_int_equal(read.log.peer_count, 1);
    peer = read.log.peers;
    assert_int_equal(peer->address.port, 25);
    assert_string_equal(peer->server, "ex02.contoso.com");
    assert_string_equal(peer->client, "ex01.contoso.com");
    assert_string_equal(peer->connector, "\xe7\xbb\x84\xe7\xbb\x87");
    assert_int_equal(peer->sessions, 1);
    assert_int_equal(peer->greetings, 1);
    assert_int_equal(peer->outcomes[SMTP_AUTH_NONE][SMTP_AUTH_REMARKED], 1);
    assert_int_equal(TOTAL(peer->outcomes), 1);
    assert_int_equal(peer->error_count, 2);
    assert_string_equal(peer->errors[1].token, "TimeSkew");
    assert_int_equal(peer->first.line, 13);
    arena_release(&read.memory);
}

/* What each reply and remark makes of an attempt. */
static void test_outcomes(void **state)
{
    static const struct {
        const char *lines;
        enum smtp_auth_mechanism mechanism;
        enum smtp_auth_outcome outcome;
        const char *error;
    } rows[] = {
        {OUT("A", ">,X-EXPS GSSAPI YII,") OUT("A", "<,334 blob,") OUT("A", "<,235 2.7.0 ok,"),
         SMTP_AUTH_EXPS_GSSAPI, SMTP_AUTH_ACCEPTED, ""},
        {OUT("A", ">,x-exps gssapi,") OUT("A", "<,535 5.7.3 no,"), SMTP_AUTH_EXPS_GSSAPI,
         SMTP_AUTH_DENIED, ""},
        {OUT("A", ">,X-EXPS NTLM,") OUT("A", "<,550 5.7.1 no,"), SMTP_AUTH_EXPS_NTLM,
         SMTP_AUTH_DENIED, ""},
        {OUT("A", ">,X-EXPS EXCHANGEAUTH SHA256 x,")
             OUT("A", "<,454 4.7.0 Temporary authentication failure,")
                 OUT("A", "*,,Outbound authentication failed with KdcUnknownEncryptionType."),
         SMTP_AUTH_EXPS_EXCHANGEAUTH, SMTP_AUTH_TEMPORARY, "KdcUnknownEncryptionType"},
        {OUT("A", ">,X-EXPS LOGIN,") OUT("A", "<,504 5.7.4 what,"), SMTP_AUTH_EXPS_OTHER,
         SMTP_AUTH_UNSUPPORTED, ""},
        {OUT("A", ">,X-EXPS GSSAPI,") OUT("A", "<,500 5.3.3 Unrecognized command,"),
         SMTP_AUTH_EXPS_GSSAPI, SMTP_AUTH_UNSUPPORTED, ""},
        {OUT("A", ">,AUTH GSSAPI,") OUT("A", "<,502 5.3.3 no,"), SMTP_AUTH_AUTH_GSSAPI,
         SMTP_AUTH_UNSUPPORTED, ""},
        {OUT("A", ">,AUTH NTLM,") OUT("A", "<,501 5.5.4 bad,"), SMTP_AUTH_AUTH_NTLM,
         SMTP_AUTH_DENIED, ""},
        {OUT("A", ">,AUTH LOGIN,") OUT("A", "<,535-5.7.8 a,") OUT("A", "<,535 5.7.8 b,"),
         SMTP_AUTH_AUTH_LOGIN, SMTP_AUTH_DENIED, ""},
        {OUT("A", ">,AUTH XOAUTH2 x,") OUT("A", "-,,Remote"), SMTP_AUTH_AUTH_OTHER,
         SMTP_AUTH_BROKEN, ""},
        {OUT("A", ">,AUTH LOGIN,") OUT("A", "*,,failed with LogonDenied") OUT("A", "-,,Remote"),
         SMTP_AUTH_AUTH_LOGIN, SMTP_AUTH_REMARKED, "LogonDenied"},
        {OUT("A", ">,X-EXPS GSSAPI,") OUT("A", "*,,failed with WrongPrincipal"),
         SMTP_AUTH_EXPS_GSSAPI, SMTP_AUTH_REMARKED, "WrongPrincipal"},
        {OUT("A", "*,,failed with -2146892990"), SMTP_AUTH_NONE, SMTP_AUTH_REMARKED, "-2146892990"},
        {OUT("A", "*,LogonDenied,"), SMTP_AUTH_NONE, SMTP_AUTH_REMARKED, "LogonDenied"},
        {OUT("A", "<,535 5.7.3 no,"), SMTP_AUTH_NONE, SMTP_AUTH_DENIED, ""},
        {OUT("A", "<,454 4.7.0 later,"), SMTP_AUTH_NONE, SMTP_AUTH_TEMPORARY, ""},
        {OUT("A", "<,530 5.7.3 Client was not authenticated,"), SMTP_AUTH_NONE, SMTP_AUTH_REQUIRED,
         ""},
        {OUT("A", ">,X-EXPS GSSAPI,") OUT("A", "*,,because the client A\\EX01$ may not.")
             OUT("A", "<,535 5.7.3 no,"),
         SMTP_AUTH_EXPS_GSSAPI, SMTP_AUTH_FORBIDDEN, ""},
        {OUT("A", ">,X-EXPS GSSAPI,") OUT("A", "*,,LogonDenied for A\\EX01$")
             OUT("A", "<,535 5.7.3 no,"),
         SMTP_AUTH_EXPS_GSSAPI, SMTP_AUTH_DENIED, "LogonDenied"},
        {OUT("A", ">,X-EXPS GSSAPI,") OUT("A", "*,,User Name: \\EX01$ A\\bob")
             OUT("A", "<,535 5.7.3 no,"),
         SMTP_AUTH_EXPS_GSSAPI, SMTP_AUTH_DENIED, ""},
        {OUT("A", "*,A\\EX01$,authenticated") OUT("A", ">,X-EXPS GSSAPI,")
             OUT("A", "<,535 5.7.3 no,"),
         SMTP_AUTH_EXPS_GSSAPI, SMTP_AUTH_DENIED, ""},
        {OUT("A", ">,X-EXPS GSSAPI,") OUT("A", "*,A\\EX01$,authenticated")
             OUT("A", "<,454 4.7.0 no,"),
         SMTP_AUTH_EXPS_GSSAPI, SMTP_AUTH_TEMPORARY, ""},
        {OUT("A", "<,451 5.7.3 Cannot achieve,"), SMTP_AUTH_NONE, SMTP_AUTH_REQUIRED, ""},
        {OUT("A", "*,,451 5.7.3 Cannot achieve") OUT("A", "*,,451 5.7.3 Cannot achieve"),
         SMTP_AUTH_NONE, SMTP_AUTH_REQUIRED, ""},
        {OUT("A", ">,RCPT TO:<a@b.example>,") OUT("A", "<,550 5.7.1 Unable to relay,"),
         SMTP_AUTH_NONE, SMTP_AUTH_RELAY_DENIED, ""},
        {OUT("A", ">,RCPT TO:<a@b.example>,") OUT("A", "<,550 5.7.54 SMTP; Unable to relay,"),
         SMTP_AUTH_NONE, SMTP_AUTH_RELAY_DENIED, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer text;

        buffer_init(&text, 10000);
        buffer_print(&text, "%s%s", HEAD("Send"), rows[i].lines);
        expect_one(FILE_TYPE_SMTP_SEND_LOG, text.text, rows[i].mechanism, rows[i].outcome,
                   rows[i].error);
        buffer_release(&text);
    }
}

/* What looks like a failure and is none. */
static void test_no_outcomes(void **state)
{
    static const char *const rows[] = {
        OUT("A", ">,AUTH LOGIN,"), /* the log ends before the answer */
        OUT("A", ">,AUTH LOGIN,") OUT("A", ">,EHLO x,") OUT("A", "-,,"),
        OUT("A", ">,535 5.7.3 no,"),                           /* is what this side says */
        OUT("A", "<,530 5.7.1 Client was not authenticated,"), /* which TLS may be, too */
        OUT("A", "<,535x,"),
        OUT("A", "<,53,"),
        OUT("A", "<,,"),
        OUT("A", "<,250 5.7.3 ok,"),
        OUT("A", "<,454 4.7.00 x,"),
        OUT("A", "<,454 4.7.0.1 x,"),
        OUT("A", "*,,Tarpit due to '535 5.7.3 Authentication unsuccessful'"),
        OUT("A", "*,,User Name: JohnSmith"),
        OUT("A", "*,,NotLogonDenied"),
        OUT("A", "*,,-21468929901"),
        OUT("A", "*,,-2146892-99"),
        OUT("A", "*,SMTPSubmit SMTPAcceptAnyRecipient,Set Session Permissions"),
        OUT("A", "<,550 5.7.1 Unable to relay,"),
        OUT("A", ">,RCPT TO:<a@b.example>,") OUT("A", ">,DATA,") OUT("A", "<,550 5.7.1 no,"),
        OUT("A", ">,RCPT TO:<a@b.example>,") OUT("A", "<,554 5.7.1 no,"),
        OUT("A", ">,AUTHENTICATE LOGIN,") OUT("A", "-,,"),
        OUT("A", ">,,") OUT("A", "-,,")};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer text;
        struct read read;

        buffer_init(&text, 10000);
        buffer_print(&text, "%s%s", HEAD("Send"), rows[i]);
        read_log(&read, FILE_TYPE_SMTP_SEND_LOG, text.text);
        if (TOTAL(read.log.outcomes) != 0)
            fail_msg("an outcome in %s", rows[i]);
        assert_int_equal(read.log.damaged, 0);
        assert_int_equal(read.log.peer_count, 1);
        assert_int_equal(read.log.peers[0].sessions, 1);
        assert_null(read.log.peers[0].first.text);
        arena_release(&read.memory);
        buffer_release(&text);
    }
}

/* A firewall wrote over keywords; a server offers nothing. */
static void test_offers(void **state)
{
    static const char text[] =
        HEAD("Send") OUT("A", ">,EHLO a,") OUT("A", "<,250-b XXXX,") OUT("A", "<,250-XXXXXXXA,")
            OUT("A", "<,250-XXXXXXXX,") OUT("A", "<,250-X-EXPS NTLM LOGIN GSSAPI,")
                OUT("A", "<,250 XXX,") OUT("A", ">,EHLO [10.0.0.1],") OUT("A", "<,250 c,")
                    OUT("A", ">,EHLO a,") OUT("A", "<,500 5.3.3 what,")
                        OUT("A", "<,250 X-EXPS GSSAPI,") OUT("A", ">,EHLO a,") OUT("A", "<,250,");
    const struct smtp_auth_peer *peer;
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG, text);
    peer = read.log.peers;
    assert_int_equal(peer->greetings, 3);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_MASKED], 1);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_EXPS], 1);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_GSSAPI], 1);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_NTLM], 1);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_EXCHANGEAUTH], 0);
    assert_string_equal(peer->server, "c");
    assert_string_equal(peer->client, "a");
    for (unsigned i = 0; i < SMTP_AUTH_OFFER_COUNT; i++)
        assert_true(*smtp_auth_offer_word((enum smtp_auth_offer)i));
    arena_release(&read.memory);
}

/* What came after the last logon that was taken: of servers alone. */
static void test_streak(void **state)
{
    static const struct {
        const char *lines;
        uint64_t streak;
        bool is_taken;
    } rows[] = {
        {OUT("A", ">,X-EXPS GSSAPI,") OUT("A", "<,535 no,"), 1, false},
        {OUT("A", ">,X-EXPS GSSAPI,") OUT("A", "<,535 no,") OUT("A", ">,X-EXPS NTLM,")
             OUT("A", "<,235 ok,"),
         0, true},
        {OUT("A", ">,X-EXPS GSSAPI,") OUT("A", "<,235 ok,") OUT("A", ">,X-EXPS GSSAPI,")
             OUT("A", "<,454 4.7.0 no,") OUT("A", ">,X-EXPS GSSAPI,") OUT("A", "<,535 no,"),
         2, true},
        {OUT("A", ">,AUTH GSSAPI,") OUT("A", "<,235 ok,") OUT("A", ">,AUTH LOGIN,")
             OUT("A", "<,535 no,"),
         0, false},
        {OUT("A", "<,451 5.7.3 Cannot achieve,") OUT("A", "*,,failed with TimeSkew"), 0, false},
        {OUT("A", ">,RCPT TO:<a@b.example>,") OUT("A", "<,550 5.7.1 Unable to relay,"), 0, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer text;
        struct read read;

        buffer_init(&text, 10000);
        buffer_print(&text, "%s%s", HEAD("Send"), rows[i].lines);
        read_log(&read, FILE_TYPE_SMTP_SEND_LOG, text.text);
        assert_int_equal(read.log.peers[0].streak, rows[i].streak);
        assert_int_equal(read.log.peers[0].taken, rows[i].is_taken ? 1795161602000 : 0);
        arena_release(&read.memory);
        buffer_release(&text);
    }
}

/* An error belongs to one attempt, and the next one in a session has none. */
static void test_attempts(void **state)
{
    static const char text[] =
        HEAD("Send") OUT("A", ">,AUTH LOGIN,") OUT("A", "*,,because of LogonDenied")
            OUT("A", "<,535 5.7.3 no,") OUT("A", "<,535 5.7.3 no,") OUT("A", ">,AUTH LOGIN,")
                OUT("A", "<,535 5.7.3 no,") OUT("A", ">,AUTH NTLM,")
                    OUT("A", "*,,because of TimeSkew") OUT("A", "*,,because of InvalidToken")
                        OUT("A", "<,235 2.7.0 ok,") OUT("A", "<,535 5.7.3 no,");
    const struct smtp_auth_peer *peer;
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG, text);
    peer = read.log.peers;
    assert_int_equal(peer->sessions, 1);
    assert_int_equal(peer->outcomes[SMTP_AUTH_AUTH_LOGIN][SMTP_AUTH_DENIED], 2);
    assert_int_equal(peer->outcomes[SMTP_AUTH_NONE][SMTP_AUTH_DENIED], 2);
    assert_int_equal(peer->outcomes[SMTP_AUTH_AUTH_NTLM][SMTP_AUTH_ACCEPTED], 1);
    assert_int_equal(TOTAL(peer->outcomes), 5);
    assert_int_equal(peer->error_count, 1);
    assert_int_equal(peer->errors[0].count, 1);
    assert_int_equal(peer->last.line, 16);
    arena_release(&read.memory);
}

/* The longest name that is kept; a longer one is none, nor is one that cannot be shown. */
static void test_names(void **state)
{
    char name[SMTP_AUTH_NAME_KEPT + 2];
    struct buffer text;
    struct read read;

    (void)state;
    buffer_init(&text, 10000);
    memset(name, 'n', sizeof name);
    name[SMTP_AUTH_NAME_KEPT + 1] = '\0';
    buffer_print(&text, HEAD("Send") OUT("A", ">,EHLO %s,") OUT("A", "<,250 %s Hello,"), name,
                 name + 1);
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG, text.text);
    assert_null(read.log.peers[0].client);
    assert_string_equal(read.log.peers[0].server, name + 1);
    arena_release(&read.memory);
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG,
             HEAD("Send") OUT("A", ">,EHLO a\033[2J,") OUT("A", "<,250 \xff Hello,"));
    assert_null(read.log.peers[0].client);
    assert_null(read.log.peers[0].server);
    arena_release(&read.memory);
    buffer_release(&text);
}

/* Lines of many sessions, mixed; each has its own answer. */
static void test_interleaved(void **state)
{
    static const char text[] =
        HEAD("Receive") IN("A", "1", "<,X-EXPS GSSAPI,") IN("B", "2", "<,AUTH LOGIN,")
            IN("C", "3", "<,X-EXPS NTLM,") IN("B", "2", "*,,failed because of LogonDenied")
                IN("A", "1", ">,235 2.7.0 ok,") IN("C", "3", ">,454 4.7.0 later,")
                    IN("B", "2", ">,535 5.7.3 no,") IN("C", "3", "-,,");
    const struct smtp_auth_peer *peer;
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_RECEIVE_LOG, text);
    assert_int_equal(read.log.peer_count, 1);
    peer = read.log.peers;
    assert_int_equal(peer->sessions, 3);
    assert_int_equal(peer->outcomes[SMTP_AUTH_EXPS_GSSAPI][SMTP_AUTH_ACCEPTED], 1);
    assert_int_equal(peer->outcomes[SMTP_AUTH_AUTH_LOGIN][SMTP_AUTH_DENIED], 1);
    assert_int_equal(peer->outcomes[SMTP_AUTH_EXPS_NTLM][SMTP_AUTH_TEMPORARY], 1);
    assert_int_equal(TOTAL(peer->outcomes), 3);
    assert_int_equal(peer->first.line, 11);
    assert_int_equal(peer->last.line, 12);
    assert_int_equal(peer->error_count, 1);
    arena_release(&read.memory);
}

/* Peers are told apart by address and connector; a session may go on to another address. */
static void test_peers(void **state)
{
    static const char text[] =
        HEAD("Send") "2026-11-20T08:00:03.000Z,One,A,1,,10.0.0.9:25,>,X-EXPS GSSAPI,\n"
                     "2026-11-20T08:00:02.000Z,One,A,1,,10.0.0.8:25,<,535 5.7.3 no,\n"
                     "2026-11-20T08:00:04.000Z,Two,B,1,,10.0.0.8:25,<,535 5.7.3 no,\n"
                     "2026-11-20T08:00:02.000Z,One,C,1,,10.0.0.8:587,<,535 5.7.3 no,\n"
                     "2026-11-20T08:00:02.000Z,One,D,1,,[2001:db8::1]:25,<,535 5.7.3 no,\n"
                     "2026-11-20T08:00:02.000Z,One,E,1,,,<,535 5.7.3 no,\n"
                     "2026-11-20T08:00:02.000Z,One,F,1,,what,<,535 5.7.3 no,\n"
                     "2026-11-20T08:00:02.000Z,One,G,1,,10.0.0.8:25,<,535 5.7.3 no,\n"
                     "2026-11-20T08:00:02.000Z,One,G,1,,,<,535 5.7.3 no,\n";
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG, text);
    assert_int_equal(read.log.damaged, 0);
    assert_int_equal(read.log.peer_count, 5);
    assert_int_equal(read.log.last - read.log.first, 2000);
    assert_int_equal(read.log.peers[0].address.ip.bytes[3], 8);
    assert_int_equal(read.log.peers[0].outcomes[SMTP_AUTH_NONE][SMTP_AUTH_DENIED], 3);
    assert_int_equal(read.log.peers[0].sessions, 2);
    assert_string_equal(read.log.peers[1].connector, "Two");
    assert_int_equal(read.log.peers[2].address.port, 587);
    assert_int_equal(read.log.peers[3].address.ip.family, IP_V6);
    assert_int_equal(read.log.peers[4].address.ip.family, IP_NONE);
    assert_int_equal(read.log.peers[4].sessions, 2);
    arena_release(&read.memory);
    read_log(
        &read, FILE_TYPE_SMTP_SEND_LOG, /* what was noted of one is not said of the other */
        HEAD("Send") OUT("A", ">,X-EXPS GSSAPI,") OUT(
            "A",
            "*,,because of LogonDenied") "2026-11-20T08:00:02.000Z,One,A,1,,10.0.0.8:25,<,535 5.7.3 no,\n");
    assert_int_equal(read.log.outcomes[SMTP_AUTH_NONE][SMTP_AUTH_DENIED], 1);
    assert_int_equal(TOTAL(read.log.outcomes), 1);
    assert_int_equal(read.log.peer_count, 1);
    assert_int_equal(read.log.peers[0].error_count, 0);
    arena_release(&read.memory);
}

static void test_damage(void **state)
{
    struct smtp_auth_reader *reader;
    struct read read;
    char *line = memory_new(SMTP_AUTH_LINE_MOST + 1, 1);

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_RECEIVE_LOG, IN("A", "1", ">,535 5.7.3 no,"));
    assert_int_equal(read.log.damaged, 1); /* no header names the columns */
    arena_release(&read.memory);
    read_log(&read, FILE_TYPE_SMTP_RECEIVE_LOG,
             HEAD("Receive") "garbage\n\r\n\n,,,,,,,,\n"
                             "2026-11-20,x,A,1,,10.0.0.1:1,>,535 5.7.3 no,\n"
                             "2026-11-20T08:00:02.000Z,x,,1,,10.0.0.1:1,>,535 5.7.3 no,\n"
                             "2026-11-20T08:00:02.000Z,x,0123456789012345678901234567890123456789A,"
                             "1,,10.0.0.1:1,>,535 5.7.3 no,\n" IN("A", "1", ">,535 5.7.3 no,"));
    assert_int_equal(read.log.damaged, 5);
    assert_int_equal(TOTAL(read.log.outcomes), 1);
    arena_release(&read.memory);
    memset(&read, 0, sizeof read);
    reader = smtp_auth_reader_new(FILE_TYPE_SMTP_SEND_LOG);
    memset(line, ',', SMTP_AUTH_LINE_MOST + 1);
    smtp_auth_add(reader, line, SMTP_AUTH_LINE_MOST + 1);
    smtp_auth_add(reader, "#Fields: event,date-time,session-id,data", 40);
    smtp_auth_add(reader, "<,2026-11-20T08:00:02.000Z,A\0,535 5.7.3 no", 42);
    smtp_auth_end(reader, &read.memory, &read.log);
    assert_int_equal(read.log.damaged, 1);
    assert_int_equal(read.log.outcomes[SMTP_AUTH_NONE][SMTP_AUTH_DENIED], 1);
    arena_release(&read.memory);
    free(line);
}

/* Cut off at every byte: never more than is there, and no failure that the whole has not. */
static void test_cut_off(void **state)
{
    static const char text[] = HEAD("Receive") IN("A", "1", "<,EHLO a,") IN("A", "1", ">," EHLO_250)
        IN("A", "1", "<,X-EXPS GSSAPI,") IN("A", "1", "*,,because of LogonDenied")
            IN("A", "1", ">,535 5.7.3 no,") IN("A", "1", "-,,Local");

    (void)state;
    for (size_t size = 0; size < sizeof text; size++) {
        struct smtp_auth_reader *reader = smtp_auth_reader_new(FILE_TYPE_SMTP_RECEIVE_LOG);
        struct smtp_auth_log log;
        struct arena memory = {0};

        add_lines(reader, text, size);
        smtp_auth_end(reader, &memory, &log);
        assert_in_range(TOTAL(log.outcomes), 0, 1);
        assert_int_equal(TOTAL(log.outcomes),
                         log.outcomes[SMTP_AUTH_EXPS_GSSAPI][SMTP_AUTH_REMARKED] +
                             log.outcomes[SMTP_AUTH_EXPS_OTHER][SMTP_AUTH_REMARKED] +
                             log.outcomes[SMTP_AUTH_EXPS_GSSAPI][SMTP_AUTH_DENIED]);
        arena_release(&memory);
    }
}

static void add_session(struct smtp_auth_reader *reader, unsigned number, const char *lines)
{
    char line[256];
    int size = snprintf(line, sizeof line, "2026-11-20T08:00:00.000Z,C,S%u,1,,10.%u.%u.%u:25,%s",
                        number, number >> 16 & 255, number >> 8 & 255, number & 255, lines);

    smtp_auth_add(reader, line, (size_t)size);
}

/* More peers than are kept: the healthy give way, then guessers; servers stay. */
static void test_bounds(void **state)
{
    struct smtp_auth_reader *reader = smtp_auth_reader_new(FILE_TYPE_SMTP_SEND_LOG);
    const unsigned most = SMTP_AUTH_PEERS_KEPT;
    struct smtp_auth_log log;
    struct arena memory = {0};
    uint64_t failed = 0;

    (void)state;
    add_lines(reader, HEAD("Send"), strlen(HEAD("Send")));
    for (unsigned i = 0; i < 3 * most; i++) /* all healthy: the first ones stay */
        add_session(reader, i, "-,,");
    for (unsigned i = 3 * most; i < 5 * most; i++) {
        add_session(reader, i, ">,AUTH LOGIN,");
        add_session(reader, i, "<,535 5.7.3 no,");
        add_session(reader, i, "-,,");
    }
    for (unsigned i = 5 * most; i < 5 * most + most / 2; i++)
        add_session(reader, i, "*,,TimeSkew");
    smtp_auth_end(reader, &memory, &log);
    assert_true(log.more);
    assert_int_equal(log.peer_count, most);
    assert_int_equal(log.outcomes[SMTP_AUTH_AUTH_LOGIN][SMTP_AUTH_DENIED], 2 * most);
    for (unsigned i = 0; i < most; i++)
        failed += log.peers[i].outcomes[SMTP_AUTH_NONE][SMTP_AUTH_REMARKED];
    assert_int_equal(failed, most / 2);
    assert_int_equal(log.peers[0].outcomes[SMTP_AUTH_AUTH_LOGIN][SMTP_AUTH_DENIED], 1);
    assert_int_equal(log.peers[most - 1].errors[0].count, 1);
    arena_release(&memory);
}

/* Errors beyond those kept, and a line longer than is shown. */
static void test_kept(void **state)
{
    static const char *const tokens[] = {"LogonDenied", "TimeSkew",      "InvalidToken",
                                         "BadBindings", "OutOfSequence", "LogonDenied"};
    struct smtp_auth_reader *reader = smtp_auth_reader_new(FILE_TYPE_SMTP_SEND_LOG);
    struct smtp_auth_log log;
    struct arena memory = {0};
    struct buffer line;

    (void)state;
    add_lines(reader, HEAD("Send"), strlen(HEAD("Send")));
    buffer_init(&line, 4000);
    for (size_t i = 0; i < 6; i++) {
        buffer_clear(&line);
        buffer_print(&line, "2026-11-20T08:00:00.000Z,C,T%zu,1,,10.0.0.0:25,*,,%s %01500d", i,
                     tokens[i], 1);
        smtp_auth_add(reader, line.text, line.size);
    }
    buffer_release(&line);
    smtp_auth_end(reader, &memory, &log);
    assert_int_equal(log.peer_count, 1);
    assert_int_equal(log.peers[0].error_count, SMTP_AUTH_ERRORS_KEPT);
    assert_int_equal(log.peers[0].errors[0].count, 2);
    assert_int_equal(log.peers[0].errors[1].count, 1);
    assert_int_equal(strlen(log.peers[0].first.text), SMTP_AUTH_LINE_KEPT);
    arena_release(&memory);
}

/* The log of a real server, where it is at hand: a password that was wrong. */
static void test_sample(void **state)
{
    char path[4096], text[16384];
    const struct smtp_auth_peer *peer;
    struct read read;
    size_t size;
    FILE *file;

    (void)state;
    snprintf(path, sizeof path, "%s/../shared/samples/logs/SmtpReceive-RECV2023011116-1.LOG",
             EXDIAG_SOURCE);
    file = fopen(path, "rb");
    if (!file) {
        print_message("no file %s: skipped\n", path);
        skip();
    }
    size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    read_log(&read, FILE_TYPE_SMTP_RECEIVE_LOG, text);
    assert_int_equal(read.log.damaged, 0);
    assert_int_equal(read.log.peer_count, 1);
    peer = read.log.peers;
    assert_int_equal(peer->outcomes[SMTP_AUTH_AUTH_LOGIN][SMTP_AUTH_REMARKED], 1);
    assert_string_equal(peer->errors[0].token, "LogonDenied");
    assert_string_equal(peer->server, "SERVER-HOSTNAME.DOMAIN.TEST");
    assert_int_equal(peer->greetings, 2);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_GSSAPI], 2);
    assert_int_equal(peer->offers[SMTP_AUTH_OFFER_ANONYMOUSTLS], 1);
    assert_int_equal(peer->first.line, 17);
    arena_release(&read.memory);
}

#define TO(address, id, rest) "2026-11-20T08:00:03.000Z,Out," id ",1,," address ":25," rest "\r\n"

/* What was noted of an attempt is of that attempt alone: the first of it counts. */
static void test_whose_error(void **state)
{
    struct read read;

    (void)state;
    expect_one(FILE_TYPE_SMTP_SEND_LOG,
               HEAD("Send") OUT("A", ">,AUTH LOGIN,") OUT("A", "*,,because of TimeSkew")
                   OUT("A", ">,AUTH NTLM,") OUT("A", "<,535 5.7.3 no,"),
               SMTP_AUTH_AUTH_NTLM, SMTP_AUTH_DENIED, "");
    expect_one(FILE_TYPE_SMTP_SEND_LOG,
               HEAD("Send") OUT("A", ">,AUTH LOGIN,") OUT("A", "*,,because of TimeSkew")
                   OUT("A", "*,,because of InvalidToken") OUT("A", "<,535 5.7.3 no,"),
               SMTP_AUTH_AUTH_LOGIN, SMTP_AUTH_DENIED, "TimeSkew");
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG,
             HEAD("Send") OUT("A", ">,AUTH LOGIN,") OUT("A", "<,235 2.7.0 ok,")
                 OUT("A", "*,,because of LogonDenied"));
    assert_int_equal(read.log.outcomes[SMTP_AUTH_NONE][SMTP_AUTH_REMARKED], 1);
    arena_release(&read.memory);
}

/* A session that goes on to another address begins anew there. */
static void test_other_address(void **state)
{
    const struct smtp_auth_peer *peer;
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG,
             HEAD("Send") TO("10.0.0.8", "B", "-,,") TO("10.0.0.9", "A", ">,EHLO a,")
                 TO("10.0.0.9", "A", "<,250 b,") TO("10.0.0.9", "A", "<,535 5.7.3 no,")
                     TO("10.0.0.9", "A", ">,EHLO a,") TO("10.0.0.8", "A", "<,250 c,")
                         TO("10.0.0.8", "A", "<,535 5.7.3 no,")
                             TO("10.0.0.9", "A", "*,,because of LogonDenied")
                                 TO("10.0.0.9", "A", ">,AUTH LOGIN,")
                                     TO("10.0.0.8", "A", "<,500 what,"));
    assert_int_equal(read.log.peer_count, 2);
    peer = &read.log.peers[0];
    assert_int_equal(peer->sessions, 3); /* B, and A, which came twice */
    assert_int_equal(peer->greetings, 0);
    assert_null(peer->server);
    assert_null(peer->client);
    assert_int_equal(TOTAL(peer->outcomes), 1);
    assert_int_equal(read.log.peers[1].outcomes[SMTP_AUTH_NONE][SMTP_AUTH_REMARKED], 1);
    arena_release(&read.memory);
}

/* An id that comes again is another session; a connector that changes within one is not. */
static void test_sessions(void **state)
{
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG,
             HEAD("Send") OUT("A", "<,535 5.7.3 no,") OUT("A", "-,,") OUT("A", "<,535 5.7.3 no,")
                 TO("10.0.0.9", "A", "<,535 5.7.3 no,") OUT("A", ">,EHLO a,") OUT("A", "<,250,x"));
    assert_int_equal(read.log.peer_count, 1);
    assert_int_equal(read.log.peers[0].sessions, 2);
    assert_null(read.log.peers[0].server);
    arena_release(&read.memory);
}

/* Lines that are none, a header that is told twice, and a name that is too long. */
static void test_odd_lines(void **state)
{
    struct buffer text;
    struct read read;

    (void)state;
    buffer_init(&text, 4000);
    buffer_print(&text, "%s#Software: Other\r\n", HEAD("Send"));
    buffer_add_string(&text, "1970-01-01T00:00:00.000Z,C,A,1,,10.0.0.9:25,<,535 5.7.3 no,\r\n");
    buffer_add_string(&text, "\xef\xbb\xbf" OUT("A", "<,535 5.7.3 no,"));
    buffer_print(&text, "2026-11-20T08:00:03.000Z,%0300d,A,1,,10.0.0.9:25,<,535 5.7.3 no,", 1);
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG, text.text);
    assert_string_equal(read.log.software, "Microsoft Exchange Server 15.01.2507.006");
    assert_int_equal(read.log.damaged, 2);
    assert_int_equal(read.log.peer_count, 1);
    assert_int_equal(strlen(read.log.peers[0].connector), SMTP_AUTH_NAME_KEPT);
    arena_release(&read.memory);
    buffer_release(&text);
}

/* As many as try to relay give way to a server that cannot authenticate. */
static void test_relays_give_way(void **state)
{
    struct smtp_auth_reader *reader = smtp_auth_reader_new(FILE_TYPE_SMTP_RECEIVE_LOG);
    struct arena memory = {0};
    struct smtp_auth_log log;
    uint64_t denied = 0;

    (void)state;
    add_lines(reader, HEAD("Receive"), strlen(HEAD("Receive")));
    for (unsigned i = 0; i <= SMTP_AUTH_PEERS_KEPT; i++) {
        static const char *const lines[] = {"<,RCPT TO:<a@b.example>,", ">,550 5.7.1 no,",
                                            "<,X-EXPS GSSAPI,", ">,535 5.7.3 no,"};
        size_t first = i == SMTP_AUTH_PEERS_KEPT ? 2 : 0;

        for (size_t j = first; j < first + 2; j++) {
            char line[200];
            int size =
                snprintf(line, sizeof line, "2026-11-20T08:00:01.000Z,C,S%u,1,,10.0.%u.%u:9,%s", i,
                         i / 250, i % 250, lines[j]);

            smtp_auth_add(reader, line, (size_t)size);
        }
    }
    smtp_auth_end(reader, &memory, &log);
    assert_true(log.more);
    for (size_t i = 0; i < log.peer_count; i++)
        denied += log.peers[i].outcomes[SMTP_AUTH_EXPS_GSSAPI][SMTP_AUTH_DENIED];
    assert_int_equal(denied, 1);
    arena_release(&memory);
}

/* A fuzzer's find: the first line of a session names no connector. */
static void a_connector_that_is_told_late(void **state)
{
    struct read read;

    (void)state;
    read_log(&read, FILE_TYPE_SMTP_SEND_LOG,
             HEAD("Send") "2026-11-20T08:00:01.000Z,,A,1,,10.0.0.9:25,>,EHLO a,\r\n"
                          "2026-11-20T08:00:01.000Z,,A,1,,10.0.0.9:25,<,250 b,\r\n"
                          "2026-11-20T08:00:02.000Z,Out,A,1,,10.0.0.9:25,<,530 5.7.3 x,\r\n");
    assert_int_equal(read.log.peer_count, 2);
    assert_int_equal(read.log.peers[0].sessions, 1);
    assert_int_equal(read.log.peers[1].sessions, 1);
    arena_release(&read.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_receive_log),
        cmocka_unit_test(test_send_log),
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_no_outcomes),
        cmocka_unit_test(test_offers),
        cmocka_unit_test(test_interleaved),
        cmocka_unit_test(test_peers),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_attempts),
        cmocka_unit_test(test_streak),
        cmocka_unit_test(test_whose_error),
        cmocka_unit_test(test_other_address),
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_odd_lines),
        cmocka_unit_test(test_relays_give_way),
        cmocka_unit_test(test_names),
        cmocka_unit_test(a_connector_that_is_told_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
