/* What one address did, told from a conversation and from a captured connection. */
#include "probes/mx/verdict.h"
#include "tests/unit/unit.h"

#include <string.h>

static const int64_t second = 1000000;

/* ---- conversations ---- */

struct call {
    enum status connected;
    enum status greeting;
    double ended; /* seconds after the connection stood */
    unsigned code;
    double first, last; /* bytes of the greeting came; negative: none */
    unsigned patience;  /* seconds */
    enum mx_verdict verdict;
};

static enum mx_verdict verdict_of(const struct call *call)
{
    const int64_t connected = second / 10;
    struct smtp_exchange exchanges[2] = {
        {.step = SMTP_CONNECT, .ended = connected, .status = call->connected},
        {.step = SMTP_GREETING,
         .began = connected,
         .ended = connected + (int64_t)(call->ended * 1e6),
         .status = call->greeting,
         .reply = {.code = call->code,
                   .first_byte = -1,
                   .last_byte = -1,
                   .state =
                       call->greeting == STATUS_OK ? SMTP_REPLY_COMPLETE : SMTP_REPLY_PARTIAL}}};
    struct smtp_conversation conversation = {.evidence = {.status = call->connected},
                                             .patience = call->patience * 1000,
                                             .exchanges = exchanges,
                                             .exchange_count =
                                                 call->connected == STATUS_OK ? 2 : 1};

    if (call->first >= 0) {
        exchanges[1].reply.bytes = 10;
        exchanges[1].reply.first_byte = connected + (int64_t)(call->first * 1e6);
        exchanges[1].reply.last_byte = connected + (int64_t)(call->last * 1e6);
    }
    return mx_verdict_of_conversation(&conversation);
}

#define GREETED(code, first, last, verdict)                                                        \
    {                                                                                              \
        STATUS_OK, STATUS_OK, last, code, first, last, 60, verdict                                 \
    }
#define SILENT(ended, patience, verdict)                                                           \
    {                                                                                              \
        STATUS_OK, STATUS_TIMED_OUT, ended, 0, -1, -1, patience, verdict                           \
    }
#define CLOSED(ended, verdict)                                                                     \
    {                                                                                              \
        STATUS_OK, STATUS_CLOSED, ended, 0, -1, -1, 60, verdict                                    \
    }
#define FAILED(status, verdict)                                                                    \
    {                                                                                              \
        status, STATUS_OK, 0, 0, -1, -1, 60, verdict                                               \
    }

static void conversations_have_their_verdicts(void **state)
{
    static const struct call rows[] = {
        GREETED(220, 0.01, 0.01, MX_READY),
        GREETED(220, 0.01, 6.1, MX_READY), /* a teaser line, as of postscreen */
        GREETED(220, 1.0, 1.0, MX_DELAYED),
        GREETED(220, 29.9, 29.9, MX_DELAYED),
        GREETED(220, 30.0, 30.0, MX_SLOW),
        GREETED(220, 0.01, 40, MX_SLOW),
        GREETED(421, 0, 0, MX_GREETING_REFUSED),
        GREETED(450, 45, 45, MX_GREETING_REFUSED),
        GREETED(521, 0, 0, MX_GREETING_REFUSED),
        GREETED(554, 0, 0, MX_GREETING_REFUSED),
        GREETED(250, 0, 0, MX_STRANGE),
        SILENT(0.5, 0, MX_INCONCLUSIVE),
        SILENT(30.0, 30, MX_INCONCLUSIVE),
        SILENT(59.99, 59, MX_INCONCLUSIVE),
        SILENT(59.9, 60, MX_SILENT), /* a timer that rang early */
        SILENT(60.05, 60, MX_SILENT),
        SILENT(299.0, 299, MX_SILENT),
        SILENT(300.1, 300, MX_STALL),
        CLOSED(0.0, MX_CLOSES),
        CLOSED(4.99, MX_CLOSES),
        CLOSED(5.0, MX_STALL),
        CLOSED(20.03, MX_STALL), /* a balancer whose back end is gone */
        /* teaser lines, and then silence or the end */
        {STATUS_OK, STATUS_TIMED_OUT, 60, 220, 0, 0, 60, MX_SILENT},
        {STATUS_OK, STATUS_TIMED_OUT, 300, 220, 0, 299, 300, MX_STALL},
        {STATUS_OK, STATUS_CLOSED, 8, 220, 0, 0, 60, MX_STALL},
        {STATUS_OK, STATUS_CLOSED, 1, 220, 0, 0, 60, MX_CLOSES},
        /* a refusal without its line's end is one */
        {STATUS_OK, STATUS_CLOSED, 0, 554, 0, 0, 60, MX_GREETING_REFUSED},
        {STATUS_OK, STATUS_MALFORMED, 0, 0, 0, 0, 60, MX_STRANGE},
        {STATUS_OK, STATUS_TOO_LARGE, 9, 220, 0, 9, 60, MX_STRANGE},
        {STATUS_OK, STATUS_CANCELLED, 9, 0, -1, -1, 60, MX_UNKNOWN},
        FAILED(STATUS_REFUSED, MX_REFUSED),
        FAILED(STATUS_TIMED_OUT, MX_UNREACHABLE),
        FAILED(STATUS_UNREACHABLE, MX_UNREACHABLE),
        FAILED(STATUS_EXHAUSTED, MX_UNKNOWN),
        FAILED(STATUS_DENIED, MX_UNKNOWN),
        FAILED(STATUS_CANCELLED, MX_UNKNOWN),
        FAILED(STATUS_NOT_RECORDED, MX_UNKNOWN),
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum mx_verdict verdict = verdict_of(&rows[i]);

        if (verdict != rows[i].verdict)
            fail_msg("row %zu: %s, not %s", i, mx_verdict_word(verdict),
                     mx_verdict_word(rows[i].verdict));
    }
}

/* With TLS at once the handshake may be all there is. */
static void a_handshake_may_stall_too(void **state)
{
    struct smtp_exchange exchanges[2] = {
        {.step = SMTP_CONNECT, .ended = 1000, .status = STATUS_OK},
        {.step = SMTP_HANDSHAKE, .began = 1000, .ended = 60 * second, .status = STATUS_TIMED_OUT}};
    struct smtp_conversation conversation = {
        .tls_at_once = true, .patience = 60000, .exchanges = exchanges, .exchange_count = 2};

    (void)state;
    assert_int_equal(mx_verdict_of_conversation(&conversation), MX_SILENT);
    exchanges[1].status = STATUS_MALFORMED;
    assert_int_equal(mx_verdict_of_conversation(&conversation), MX_STRANGE);
    exchanges[1].status = STATUS_INVALID;
    assert_int_equal(mx_verdict_of_conversation(&conversation), MX_UNKNOWN);
    conversation.exchange_count = 1;
    assert_int_equal(mx_verdict_of_conversation(&conversation), MX_UNKNOWN);
}

/* What a firewall has written over was a greeting, whatever its digits are, unless they refuse. */
static void asterisks_are_a_greeting(void **state)
{
    struct smtp_line line = {.text = "2002***2***0*00", .size = 15};
    struct smtp_exchange exchanges[2] = {
        {.step = SMTP_CONNECT, .status = STATUS_OK},
        {.step = SMTP_GREETING,
         .status = STATUS_OK,
         .reply = {.state = SMTP_REPLY_COMPLETE, .code = 200, .lines = &line, .line_count = 1}}};
    struct smtp_conversation conversation = {
        .patience = 60000, .exchanges = exchanges, .exchange_count = 2};

    (void)state;
    assert_int_equal(mx_verdict_of_conversation(&conversation), MX_READY);
    line = (struct smtp_line){.text = "554 *******", .size = 11};
    exchanges[1].reply.code = 554;
    assert_int_equal(mx_verdict_of_conversation(&conversation), MX_GREETING_REFUSED);
}

/* ---- connections ---- */

struct capture {
    const char *story;
    double syn_ack, first, greeted, end; /* seconds; negative: not in the trace */
    unsigned code;
    enum trace_end ended_by;
    double trace_end;
    enum mx_verdict verdict;
};

static struct trace_moment moment(double at)
{
    return at < 0 ? (struct trace_moment){0} : (struct trace_moment){7, (int64_t)(at * 1e6)};
}

static struct trace_connection connection_of(const struct capture *capture)
{
    return (struct trace_connection){.syn = moment(0),
                                     .syns = 1,
                                     .syn_ack = moment(capture->syn_ack),
                                     .ack = moment(capture->syn_ack),
                                     .server_first = moment(capture->first),
                                     .greeted = moment(capture->greeted),
                                     .greeting_code = capture->code,
                                     .greeting = "",
                                     .end = moment(capture->end),
                                     .ended_by = capture->ended_by};
}

static void connections_have_their_verdicts(void **state)
{
    static const struct capture rows[] = {
        {"220", 0.1, 0.2, 0.2, -1, 220, TRACE_OPEN, 9, MX_READY},
        {"a teaser", 0.1, 0.2, 6.2, -1, 220, TRACE_OPEN, 9, MX_READY},
        {"late", 0.1, 5.2, 5.2, -1, 220, TRACE_OPEN, 9, MX_DELAYED},
        {"later", 0.1, 45, 45, -1, 220, TRACE_OPEN, 90, MX_SLOW},
        {"554", 0.1, 0.2, 0.2, 0.3, 554, TRACE_SERVER_FIN, 9, MX_GREETING_REFUSED},
        {"no code", 0.1, 0.2, 0.2, -1, 0, TRACE_OPEN, 9, MX_STRANGE},
        {"silent", 0.1, -1, -1, -1, 0, TRACE_OPEN, 30, MX_INCONCLUSIVE},
        {"silent, longer", 0.1, -1, -1, -1, 0, TRACE_OPEN, 61, MX_SILENT},
        {"silent, longest", 0.1, -1, -1, -1, 0, TRACE_OPEN, 301, MX_STALL},
        {"the client gave up", 0.1, -1, -1, 31, 0, TRACE_CLIENT_FIN, 999, MX_INCONCLUSIVE},
        {"after 5 minutes", 0.1, -1, -1, 300.2, 0, TRACE_CLIENT_RST, 999, MX_STALL},
        {"closed at once", 0.1, -1, -1, 0.2, 0, TRACE_SERVER_FIN, 9, MX_CLOSES},
        {"reset at once", 0.1, -1, -1, 0.2, 0, TRACE_SERVER_RST, 9, MX_CLOSES},
        {"closed late", 0.1, -1, -1, 20.2, 0, TRACE_SERVER_FIN, 99, MX_STALL},
        {"refused", -1, -1, -1, 0.1, 0, TRACE_SERVER_RST, 9, MX_REFUSED},
        {"no answer", -1, -1, -1, -1, 0, TRACE_OPEN, 30, MX_UNREACHABLE},
        {"the trace ends", -1, -1, -1, -1, 0, TRACE_OPEN, 1, MX_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct trace_connection connection = connection_of(&rows[i]);
        enum mx_verdict verdict =
            mx_verdict_of_connection(&connection, (int64_t)(rows[i].trace_end * 1e6));

        if (verdict != rows[i].verdict)
            fail_msg("%s: %s, not %s", rows[i].story, mx_verdict_word(verdict),
                     mx_verdict_word(rows[i].verdict));
    }
}

/* What the capture did not keep is not held against anybody. */
static void what_is_missing_is_unknown(void **state)
{
    static const struct capture silent = {"", 0.1, -1, -1, -1, 0, TRACE_OPEN, 301, MX_STALL};
    struct trace_connection connection = connection_of(&silent);

    (void)state;
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_STALL);
    connection.has_gap = true;
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_UNKNOWN);
    connection.has_gap = false;
    connection.is_cut = true;
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_UNKNOWN);
    connection.is_cut = false;
    connection.syn_ack.frame = 0;
    connection.server_bytes = 5;
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_UNKNOWN);
}

/* Without the client's ACK nobody is there to be greeted: a scan, a flood of SYNs. */
static void half_open_connections_are_unknown(void **state)
{
    static const struct capture silent = {"", 0.1, -1, -1, -1, 0, TRACE_OPEN, 301, MX_STALL};
    struct trace_connection connection = connection_of(&silent);

    (void)state;
    connection.ack.frame = 0;
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_UNKNOWN);
    connection.end = moment(0.2);
    connection.ended_by = TRACE_CLIENT_RST;
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_UNKNOWN);
    connection.ended_by = TRACE_SERVER_FIN; /* which takes an accepted connection */
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_CLOSES);
}

/* An answer to the SYN that the trace lacks was given all the same. */
static void an_ack_proves_an_answer(void **state)
{
    static const struct capture unanswered = {
        "", -1, -1, -1, -1, 0, TRACE_OPEN, 301, MX_UNREACHABLE};
    struct trace_connection connection = connection_of(&unanswered);

    (void)state;
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_UNREACHABLE);
    connection.has_gap = true;
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_UNKNOWN);
    connection.has_gap = false;
    connection.ack = moment(0.2);
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_UNKNOWN);
    connection.end = moment(0.3);
    connection.ended_by = TRACE_SERVER_RST;
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_UNKNOWN);
}

/* Where TLS comes first the server has nothing to say before the client has spoken. */
static void with_tls_at_once_the_client_begins(void **state)
{
    static const struct {
        double client, server, end; /* seconds; negative: never */
        enum trace_end ended_by;
        enum mx_verdict verdict;
    } rows[] = {
        {0.2, 0.3, -1, TRACE_OPEN, MX_READY},       {0.2, 5, -1, TRACE_OPEN, MX_DELAYED},
        {0.2, 200, -1, TRACE_OPEN, MX_SLOW},        {200, 200.1, -1, TRACE_OPEN, MX_READY},
        {-1, -1, -1, TRACE_OPEN, MX_UNKNOWN},       {-1, -1, 310, TRACE_CLIENT_FIN, MX_UNKNOWN},
        {-1, -1, 60, TRACE_SERVER_FIN, MX_UNKNOWN}, {-1, -1, 1, TRACE_SERVER_FIN, MX_CLOSES},
        {0.2, -1, -1, TRACE_OPEN, MX_STALL},        {0.2, -1, 20, TRACE_SERVER_FIN, MX_STALL},
        {350, -1, -1, TRACE_OPEN, MX_INCONCLUSIVE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct capture capture = {
            "", 0.1, rows[i].server, -1, rows[i].end, 0, rows[i].ended_by, 400, MX_UNKNOWN};
        struct trace_connection connection = connection_of(&capture);
        enum mx_verdict verdict;

        connection.server.port = 465;
        connection.client_first = moment(rows[i].client);
        verdict = mx_verdict_of_connection(&connection, 400 * second);
        if (verdict != rows[i].verdict)
            fail_msg("row %zu: %s, not %s", i, mx_verdict_word(verdict),
                     mx_verdict_word(rows[i].verdict));
    }
}

/* On port 465 nobody can read the greeting; that the server spoke is enough. */
static void what_is_encrypted_is_a_greeting(void **state)
{
    static const struct capture spoke = {"", 0.1, 0.2, -1, -1, 0, TRACE_OPEN, 301, MX_READY};
    struct trace_connection connection = connection_of(&spoke);

    (void)state;
    connection.server_bytes = 3000;
    connection.server.port = 465;
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_READY);
    connection.server.port = 25;
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_STALL);
    connection.greeting = "\x16\x03\x03";
    connection.greeting_size = 3;
    assert_int_equal(mx_verdict_of_connection(&connection, 301 * second), MX_READY);
}

/* The text of Network Monitor has no times: silence then has no length. */
static void without_times_nobody_has_waited(void **state)
{
    static const struct capture silent = {"", 0, -1, -1, -1, 0, TRACE_OPEN, 0, MX_INCONCLUSIVE};
    struct trace_connection connection = connection_of(&silent);

    (void)state;
    assert_int_equal(mx_verdict_of_connection(&connection, 0), MX_INCONCLUSIVE);
}

static void words_tell_verdicts_apart(void **state)
{
    (void)state;
    for (int i = 0; i < MX_VERDICT_COUNT; i++) {
        for (int j = 0; j < i; j++)
            assert_string_not_equal(mx_verdict_word((enum mx_verdict)i),
                                    mx_verdict_word((enum mx_verdict)j));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversations_have_their_verdicts),
        cmocka_unit_test(a_handshake_may_stall_too),
        cmocka_unit_test(asterisks_are_a_greeting),
        cmocka_unit_test(connections_have_their_verdicts),
        cmocka_unit_test(what_is_missing_is_unknown),
        cmocka_unit_test(half_open_connections_are_unknown),
        cmocka_unit_test(an_ack_proves_an_answer),
        cmocka_unit_test(with_tls_at_once_the_client_begins),
        cmocka_unit_test(what_is_encrypted_is_a_greeting),
        cmocka_unit_test(without_times_nobody_has_waited),
        cmocka_unit_test(words_tell_verdicts_apart),
    };

    return cmocka_run_group_tests_name("mx verdict", tests, NULL, NULL);
}
