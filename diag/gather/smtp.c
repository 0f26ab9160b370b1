#include "diag/gather/smtp.h"

#include "diag/gather/stream.h"
#include "diag/read/dns_name.h"
#include "diag/read/smtp_reply.h"

#include <stdio.h>
#include <string.h>

enum {
    PIECE_SIZE = 4096,
    COMMAND_SIZE = 16 + SMTP_OWN_NAME_SIZE,
    DRAINED_MOST = 32, /* pieces */

    QUIT_WAIT = 2000,    /* milliseconds, as are the next ones */
    KNOCK_WAIT = 750,    /* at most, for a QUIT into silence */
    KNOCK_SHARE = 40,    /* and no more than this part of the patience */
    KNOCK_ANSWER = 50,   /* after it was acknowledged */
    KNOCK_LOOK_MOST = 8, /* between two looks */
    SLACK = 10000
};

struct talk {
    struct smtp_conversation *seen;
    struct tls_trust *trust;
    struct stream stream;
    struct smtp_reply_reader *reader;
};

static struct arena *memory_of(struct talk *talk)
{
    return &talk->seen->evidence.memory;
}

static int64_t now(const struct talk *talk)
{
    return stream_now(&talk->stream);
}

static int64_t microseconds(unsigned milliseconds)
{
    return (int64_t)milliseconds * 1000;
}

static int64_t deadline_of_step(const struct talk *talk)
{
    return now(talk) + microseconds(talk->seen->timeout);
}

/* ---- steps ---- */

static struct smtp_exchange *begin_at(struct talk *talk, enum smtp_step step, int64_t time)
{
    struct smtp_exchange *exchange = &talk->seen->exchanges[talk->seen->exchange_count++];

    exchange->step = step;
    exchange->began = time;
    exchange->reply.first_byte = exchange->reply.last_byte = -1;
    return exchange;
}

static struct smtp_exchange *begin(struct talk *talk, enum smtp_step step)
{
    return begin_at(talk, step, now(talk));
}

static enum status end(struct talk *talk, struct smtp_exchange *exchange, enum status status)
{
    exchange->ended = now(talk);
    exchange->status = status;
    exchange->was_reset = status == STATUS_CLOSED && talk->stream.was_reset;
    return status;
}

/* Adds what comes to the reply until that is over: a peer that never pauses is no exception. */
static enum status hear(struct talk *talk, int64_t deadline)
{
    char piece[PIECE_SIZE];
    enum status status = STATUS_OK;
    size_t size;

    while (status == STATUS_OK && !smtp_reply_is_over(talk->reader)) {
        status = stream_receive(&talk->stream, piece, sizeof piece, &size, deadline);
        if (status != STATUS_OK)
            break;
        smtp_reply_add(talk->reader, piece, size, now(talk));
        if (!smtp_reply_is_over(talk->reader) && now(talk) > deadline)
            status = STATUS_TIMED_OUT;
    }
    return status;
}

/* Ends a step with the reply that there is. `heard`: why there is no more of it. */
static enum status end_with_reply(struct talk *talk, struct smtp_exchange *exchange,
                                  enum status heard)
{
    exchange->reply = smtp_reply_of(talk->reader);
    switch (exchange->reply.state) {
    case SMTP_REPLY_COMPLETE:
        return end(talk, exchange, STATUS_OK);
    case SMTP_REPLY_STRANGE:
        return end(talk, exchange, STATUS_MALFORMED);
    case SMTP_REPLY_TOO_LARGE:
        return end(talk, exchange, STATUS_TOO_LARGE);
    default:
        return end(talk, exchange, heard);
    }
}

/*
 * What came before its time answers nothing, and may be somebody else's (RFC 3207 6).
 * STATUS_CLOSED if the peer has ended the connection by now.
 */
static enum status drain(struct talk *talk)
{
    char piece[PIECE_SIZE];
    size_t size;

    if (smtp_reply_left(talk->reader) > 0)
        talk->seen->spoke_out_of_turn = true;
    smtp_reply_drop(talk->reader);
    for (unsigned i = 0; i < DRAINED_MOST; i++) {
        enum status status = stream_receive(&talk->stream, piece, sizeof piece, &size, 0);

        if (status != STATUS_OK)
            return status;
        talk->seen->spoke_out_of_turn = true;
    }
    return STATUS_OK;
}

static enum status say(struct talk *talk, const char *command, int64_t deadline)
{
    enum status drained = drain(talk);

    smtp_reply_begin(talk->reader);
    if (drained == STATUS_CLOSED)
        return drained;
    return stream_send(&talk->stream, command, strlen(command), deadline);
}

/* A command and its reply. */
static const struct smtp_exchange *ask(struct talk *talk, enum smtp_step step, const char *command,
                                       int64_t deadline)
{
    struct smtp_exchange *exchange = begin(talk, step);
    enum status status = say(talk, command, deadline);

    if (status == STATUS_OK || status == STATUS_CLOSED)
        status = hear(talk, deadline);
    end_with_reply(talk, exchange, status);
    return exchange;
}

static bool is_answered(const struct smtp_exchange *exchange, unsigned hundreds)
{
    return exchange->status == STATUS_OK && exchange->reply.code / 100 == hundreds;
}

void smtp_address_literal(const struct ip_address *own, char out[SMTP_OWN_NAME_SIZE])
{
    char text[IP_TEXT_SIZE];

    ip_format(own, text);
    snprintf(out, SMTP_OWN_NAME_SIZE, "[%s%s]", own->family == IP_V6 ? "IPv6:" : "", text);
}

/* RFC 952, RFC 1123 2.1; not "ws7" or "ws7.corp", which nobody outside can look up. */
static bool is_public_host_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    size_t size = strlen(name);
    struct ip_address ip;

    return strspn(name, allowed) == size && strcspn(name, ".-") > 0 && !strstr(name, "..") &&
           ip_parse(name, size, &ip) != STATUS_OK && !dns_name_is_private(name);
}

void smtp_helo_name(const char *host_name, const struct ip_address *own,
                    char out[SMTP_OWN_NAME_SIZE])
{
    if (is_public_host_name(host_name))
        snprintf(out, SMTP_OWN_NAME_SIZE, "%s", host_name);
    else
        smtp_address_literal(own, out);
}

static struct ip_address own_address(const struct talk *talk)
{
    struct net_address own = {.ip = {.family = IP_NONE}};

    if (platform_socket_address(talk->stream.socket, &own) != STATUS_OK)
        ip_parse("127.0.0.1", strlen("127.0.0.1"), &own.ip);
    return own.ip;
}

static void write_ehlo(const struct talk *talk, char command[COMMAND_SIZE])
{
    char name[SMTP_OWN_NAME_SIZE];
    const struct ip_address own = own_address(talk);

    smtp_address_literal(&own, name);
    snprintf(command, COMMAND_SIZE, "EHLO %s\r\n", name);
}

static const struct smtp_exchange *say_ehlo(struct talk *talk, enum smtp_step step)
{
    char command[COMMAND_SIZE];

    write_ehlo(talk, command);
    return ask(talk, step, command, deadline_of_step(talk));
}

static const struct smtp_exchange *say_helo(struct talk *talk)
{
    char command[COMMAND_SIZE], host_name[PLATFORM_HOST_NAME_SIZE], name[SMTP_OWN_NAME_SIZE];
    const struct ip_address own = own_address(talk);

    platform_host_name(host_name);
    smtp_helo_name(host_name, &own, name);
    snprintf(command, sizeof command, "HELO %s\r\n", name);
    return ask(talk, SMTP_HELO, command, deadline_of_step(talk));
}

static enum status shake_hands_in(struct talk *talk, enum smtp_step step, int64_t deadline)
{
    struct smtp_exchange *exchange = begin(talk, step);
    struct stream *stream = &talk->stream;
    enum status status = stream_secure(stream, talk->trust, talk->seen->server_name, deadline,
                                       memory_of(talk), &exchange->reason);

    end(talk, exchange, status);
    exchange->reply.bytes = stream->bytes;
    exchange->reply.first_byte = stream->first_byte;
    exchange->reply.last_byte = stream->last_byte;
    return status;
}

static enum status shake_hands(struct talk *talk, int64_t deadline)
{
    enum status status = shake_hands_in(talk, SMTP_HANDSHAKE, deadline);

    if (status == STATUS_OK)
        tls_session_describe(talk->stream.tls, memory_of(talk), &talk->seen->tls);
    return status;
}

/* ---- silence ---- */

static void look(struct talk *talk)
{
    enum status status = platform_tcp_acknowledged(talk->stream.socket);

    if (status == STATUS_OK)
        talk->seen->quit_acknowledged = SMTP_ACK_YES;
    else if (status == STATUS_AGAIN)
        talk->seen->quit_acknowledged = SMTP_ACK_NO;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Hears what comes. STATUS_OK once the peer's system has taken the QUIT, or answered it. */
static enum status hear_until_acknowledged(struct talk *talk, int64_t deadline)
{
    int64_t pause = 1;
    enum status status;

    do {
        look(talk);
        if (talk->seen->quit_acknowledged == SMTP_ACK_YES)
            return STATUS_OK;
        status = hear(talk, earlier(deadline, now(talk) + pause * 1000));
        if (pause < KNOCK_LOOK_MOST)
            pause *= 2;
    } while (status == STATUS_TIMED_OUT && now(talk) < deadline);
    return status;
}

/* Says QUIT, and looks at what becomes of it. */
static void knock(struct talk *talk)
{
    struct smtp_exchange *exchange = begin(talk, SMTP_QUIT);
    int64_t share = microseconds(talk->seen->patience) / KNOCK_SHARE;
    int64_t deadline = exchange->began + earlier(share, microseconds(KNOCK_WAIT));
    enum status status = say(talk, "QUIT\r\n", deadline);

    if (status == STATUS_OK)
        status = hear_until_acknowledged(talk, deadline);
    if (status == STATUS_OK)
        status = hear(talk, earlier(deadline, now(talk) + microseconds(KNOCK_ANSWER)));
    look(talk);
    end_with_reply(talk, exchange, status);
}

/* ---- the conversation ---- */

/* EHLO, and HELO where that is refused for good. */
static const struct smtp_exchange *introduce(struct talk *talk)
{
    const struct smtp_exchange *exchange = say_ehlo(talk, SMTP_EHLO);

    return is_answered(exchange, 5) ? say_helo(talk) : exchange;
}

/* STATUS_OK if the connection is good for more, with TLS or as it was. */
static enum status upgrade(struct talk *talk)
{
    const struct smtp_exchange *exchange;
    enum status status;

    tls_trust_load(talk->trust);
    exchange = ask(talk, SMTP_STARTTLS, "STARTTLS\r\n", deadline_of_step(talk));
    status = exchange->status;
    if (!is_answered(exchange, 2))
        return status;
    drain(talk);
    status = shake_hands(talk, deadline_of_step(talk));
    return status == STATUS_OK ? say_ehlo(talk, SMTP_EHLO_AGAIN)->status : status;
}

static enum status greet(struct talk *talk, int64_t deadline)
{
    struct smtp_exchange *exchange = begin(talk, SMTP_GREETING);
    enum status status = hear(talk, deadline);

    return end_with_reply(talk, exchange, status);
}

/* Until the greeting is complete, not a word. */
static void converse(struct talk *talk)
{
    struct smtp_conversation *seen = talk->seen;
    int64_t deadline = now(talk) + microseconds(seen->patience);
    const struct smtp_exchange *exchange;
    enum status status;

    if (seen->tls_at_once && shake_hands(talk, deadline) != STATUS_OK)
        return;
    status = greet(talk, deadline);
    if (status == STATUS_TIMED_OUT && !seen->tls_at_once)
        knock(talk);
    if (status != STATUS_OK)
        return;
    if (is_answered(smtp_exchange_of(seen, SMTP_GREETING), 2)) {
        exchange = introduce(talk);
        status = exchange->status;
        if (!seen->tls_at_once && is_answered(exchange, 2) &&
            smtp_keyword(&exchange->reply, "STARTTLS"))
            status = upgrade(talk);
    }
    if (status == STATUS_OK)
        ask(talk, SMTP_QUIT, "QUIT\r\n",
            now(talk) + microseconds(seen->timeout < QUIT_WAIT ? seen->timeout : QUIT_WAIT));
}

/* ---- X-ANONYMOUSTLS ---- */

static bool offers_anonymous_tls(const struct smtp_conversation *seen)
{
    const struct smtp_exchange *ehlo = smtp_exchange_of(seen, SMTP_EHLO);

    return ehlo && is_answered(ehlo, 2) && smtp_keyword(&ehlo->reply, "X-ANONYMOUSTLS");
}

/* One command of the way to the one that is asked for: its reply is that of the step so far. */
static enum status pass(struct talk *talk, struct smtp_exchange *exchange, const char *command,
                        int64_t deadline)
{
    enum status status = command ? say(talk, command, deadline) : STATUS_OK;

    if (status == STATUS_OK || status == STATUS_CLOSED)
        status = hear(talk, deadline);
    return end_with_reply(talk, exchange, status);
}

/* STATUS_OK if a handshake may follow. */
static enum status ask_for_anonymous_tls(struct talk *talk)
{
    struct smtp_exchange *exchange = begin(talk, SMTP_ANONYMOUS_TLS);
    int64_t opened = talk->stream.opened;
    enum status status =
        stream_open(&talk->stream, &talk->seen->address, microseconds(talk->seen->timeout));
    char command[COMMAND_SIZE];

    talk->stream.opened = opened; /* one clock for the whole conversation */
    if (status != STATUS_OK)
        return end(talk, exchange, status);
    write_ehlo(talk, command);
    status = pass(talk, exchange, NULL, now(talk) + microseconds(talk->seen->patience));
    if (status == STATUS_OK && is_answered(exchange, 2))
        status = pass(talk, exchange, command, deadline_of_step(talk));
    if (status == STATUS_OK && is_answered(exchange, 2))
        status = pass(talk, exchange, "X-ANONYMOUSTLS\r\n", deadline_of_step(talk));
    if (status == STATUS_OK && !is_answered(exchange, 2))
        status = STATUS_REJECTED;
    return status;
}

static void look_behind_anonymous_tls(const struct talk *first)
{
    struct talk talk = {.seen = first->seen, .trust = first->trust};
    enum status status;

    talk.stream.opened = first->stream.opened;
    talk.reader = smtp_reply_reader_new(memory_of(&talk));
    tls_trust_load(talk.trust);
    status = ask_for_anonymous_tls(&talk);
    if (status == STATUS_OK) {
        drain(&talk);
        status = shake_hands_in(&talk, SMTP_ANONYMOUS_HANDSHAKE, deadline_of_step(&talk));
    }
    if (status == STATUS_OK)
        status = say_ehlo(&talk, SMTP_ANONYMOUS_EHLO)->status;
    if (status == STATUS_OK || status == STATUS_REJECTED) {
        int64_t deadline = now(&talk) + microseconds(QUIT_WAIT);

        if (say(&talk, "QUIT\r\n", deadline) == STATUS_OK)
            hear(&talk, deadline);
    }
    stream_close(&talk.stream);
}

static enum status connect_to(struct talk *talk)
{
    struct smtp_exchange *exchange = begin_at(talk, SMTP_CONNECT, 0);
    enum status status =
        stream_open(&talk->stream, &talk->seen->address, microseconds(talk->seen->timeout));

    return end(talk, exchange, status);
}

void gather_smtp(struct evidence *item, const struct gather_options *options,
                 struct tls_trust *trust)
{
    struct smtp_conversation *seen = (struct smtp_conversation *)item;
    struct talk talk = {.seen = seen, .trust = trust};

    seen->patience = options->patience;
    seen->timeout = options->timeout;
    seen->exchanges = arena_new(&item->memory, SMTP_STEP_COUNT, sizeof *seen->exchanges);
    talk.reader = smtp_reply_reader_new(&item->memory);
    if (seen->tls_at_once)
        tls_trust_load(trust);
    item->status = connect_to(&talk);
    if (item->status == STATUS_OK)
        converse(&talk);
    stream_close(&talk.stream);
    if (offers_anonymous_tls(seen))
        look_behind_anonymous_tls(&talk);
    tls_thread_end();
    item->settled = true;
}

int64_t gather_smtp_allowance(const struct gather_options *options)
{
    enum {
        CONNECT_EHLO_HELO_STARTTLS_HANDSHAKE_EHLO = 6,
        CONNECT_EHLO_COMMAND_HANDSHAKE_EHLO = 5,
        STEPS = CONNECT_EHLO_HELO_STARTTLS_HANDSHAKE_EHLO + CONNECT_EHLO_COMMAND_HANDSHAKE_EHLO
    };

    return 2 * microseconds(options->patience) + STEPS * microseconds(options->timeout) +
           microseconds(KNOCK_WAIT + 2 * QUIT_WAIT + SLACK);
}
