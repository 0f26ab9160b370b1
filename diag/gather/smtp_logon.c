#include "diag/gather/smtp_logon.h"

#include "diag/gather/smtp.h"
#include "diag/gather/stream.h"
#include "diag/platform_directory.h"
#include "diag/read/base64.h"
#include "diag/read/smtp_token.h"
#include "diag/text.h"

#include <stdio.h>
#include <string.h>

enum {
    PIECE_SIZE = 4096,
    COMMAND_SIZE = 16 + SMTP_OWN_NAME_SIZE,
    LINE_MOST = SMTP_TOKEN_MOST * 2,
    WHY_MOST = 1024,
    TOKENS_MOST = 8, /* that either side sends */
    CONTINUE = 334,  /* RFC 4954 4 */
    QUIT_WAIT = 2000 /* milliseconds, as is the next one */,
    SLACK = 10000
};

const struct smtp_logon_means smtp_logon_of_platform = {
    platform_kerberos_logon_open, platform_kerberos_logon_step, platform_kerberos_logon_close};

struct talk {
    struct smtp_logon *seen;
    const struct gather_options *options;
    struct tls_trust *trust;
    const struct smtp_logon_means *means;
    struct kerberos_logon *tokens;
    struct stream stream;
    struct smtp_reply_reader *reader;
    struct smtp_reply reply; /* the last */
    struct arena memory;     /* of replies, tokens among them: gone with the conversation */
    struct buffer why;
};

static int64_t microseconds(unsigned milliseconds)
{
    return (int64_t)milliseconds * 1000;
}

static int64_t in_time(const struct talk *talk)
{
    return stream_now(&talk->stream) + microseconds(talk->options->timeout);
}

/* ---- replies ---- */

static void note_reply(struct talk *talk)
{
    struct smtp_logon *seen = talk->seen;

    talk->reply = smtp_reply_of(talk->reader);
    seen->code = talk->reply.code;
    seen->enhanced = NULL;
    if (talk->reply.line_count > 0)
        seen->enhanced = smtp_enhanced_code(&talk->reply.lines[0], &seen->evidence.memory);
}

static enum status hear(struct talk *talk, int64_t deadline)
{
    enum status status = STATUS_OK;
    char piece[PIECE_SIZE];
    size_t size;

    while (status == STATUS_OK && !smtp_reply_is_over(talk->reader)) {
        status = stream_receive(&talk->stream, piece, sizeof piece, &size, deadline);
        if (status == STATUS_OK)
            smtp_reply_add(talk->reader, piece, size, stream_now(&talk->stream));
        if (stream_now(&talk->stream) > deadline && !smtp_reply_is_over(talk->reader))
            status = STATUS_TIMED_OUT;
    }
    note_reply(talk);
    if (status != STATUS_OK)
        return status;
    return talk->reply.state == SMTP_REPLY_COMPLETE ? STATUS_OK : STATUS_MALFORMED;
}

/* One line without its end, and the reply to it. */
static enum status ask(struct talk *talk, const char *line, int64_t deadline)
{
    struct buffer bytes;
    enum status status;

    smtp_reply_drop(talk->reader);
    smtp_reply_begin(talk->reader);
    buffer_init(&bytes, LINE_MOST);
    buffer_print(&bytes, "%s\r\n", line);
    status = stream_send(&talk->stream, bytes.text, bytes.size, deadline);
    buffer_release(&bytes);
    return status == STATUS_OK || status == STATUS_CLOSED ? hear(talk, deadline) : status;
}

/* What has to be answered 2xx for the rest to make sense. */
static enum status need(const struct talk *talk, enum status status)
{
    if (status != STATUS_OK)
        return status;
    return talk->reply.code / 100 == 2 ? STATUS_OK : STATUS_REJECTED;
}

static enum status say_ehlo(struct talk *talk)
{
    char command[COMMAND_SIZE], name[SMTP_OWN_NAME_SIZE];
    struct net_address own = {.ip = {.family = IP_NONE}};

    if (platform_socket_address(talk->stream.socket, &own) != STATUS_OK)
        ip_parse("127.0.0.1", strlen("127.0.0.1"), &own.ip);
    smtp_address_literal(&own.ip, name);
    snprintf(command, sizeof command, "EHLO %s", name);
    return need(talk, ask(talk, command, in_time(talk)));
}

/* ---- what is offered ---- */

static bool has_word(const char *words, const char *word)
{
    while (words && *words) {
        size_t size = strcspn(words, " ");

        if (text_equal_fold_sized(words, size, word, strlen(word)))
            return true;
        words += size;
        words += strspn(words, " ");
    }
    return false;
}

static const char *offer_of(const struct smtp_reply *ehlo)
{
    if (has_word(smtp_keyword(ehlo, "X-EXPS"), "GSSAPI"))
        return "X-EXPS GSSAPI";
    return has_word(smtp_keyword(ehlo, "AUTH"), "GSSAPI") ? "AUTH GSSAPI" : NULL;
}

static const char anonymous_tls[] = "X-ANONYMOUSTLS", start_tls[] = "STARTTLS";

/*
 * By which command more may be offered; NULL: what is there will do. Exchange has X-EXPS for
 * everybody, or behind X-ANONYMOUSTLS alone.
 */
static const char *security_of(const struct smtp_reply *ehlo)
{
    if (has_word(smtp_keyword(ehlo, "X-EXPS"), "GSSAPI"))
        return NULL;
    if (smtp_keyword(ehlo, anonymous_tls))
        return anonymous_tls;
    return !offer_of(ehlo) && smtp_keyword(ehlo, start_tls) ? start_tls : NULL;
}

static enum status secure(struct talk *talk, const char *command)
{
    const char *reason = NULL;
    enum status status;

    talk->seen->step = SMTP_LOGON_TLS;
    tls_trust_load(talk->trust);
    status = need(talk, ask(talk, command, in_time(talk)));
    if (status != STATUS_OK)
        return status;
    status = stream_secure(&talk->stream, talk->trust, NULL, in_time(talk), &talk->memory, &reason);
    if (status != STATUS_OK && reason)
        buffer_add_string(&talk->why, reason);
    talk->seen->over_tls = status == STATUS_OK;
    talk->seen->over_anonymous_tls = status == STATUS_OK && command == anonymous_tls;
    return status == STATUS_OK ? say_ehlo(talk) : status;
}

/* To where it is known by which command the logon begins. */
static enum status introduce(struct talk *talk)
{
    struct smtp_logon *seen = talk->seen;
    const char *security;
    enum status status;

    seen->step = SMTP_LOGON_CONNECT;
    status = stream_open(&talk->stream, &seen->address, microseconds(talk->options->timeout));
    if (status != STATUS_OK)
        return status;
    seen->step = SMTP_LOGON_GREETING;
    status =
        need(talk, hear(talk, stream_now(&talk->stream) + microseconds(talk->options->patience)));
    if (status != STATUS_OK)
        return status;
    seen->step = SMTP_LOGON_EHLO;
    status = say_ehlo(talk);
    security = status == STATUS_OK ? security_of(&talk->reply) : NULL;
    if (security)
        status = secure(talk, security);
    if (status != STATUS_OK)
        return status;
    seen->mechanism = offer_of(&talk->reply);
    return seen->mechanism ? STATUS_OK : STATUS_NOT_SUPPORTED;
}

/* ---- the logon ---- */

/* The token of a reply; of the first there is none: Exchange says words there. */
static enum status read_token(struct talk *talk, struct buffer *out)
{
    struct kerberos_error error;
    enum status status = smtp_token_of(&talk->reply, out);

    if (status == STATUS_OK && smtp_token_is_error(out, &talk->memory, &error)) {
        talk->seen->error_code = error.code;
        talk->seen->server_time = error.server_time;
    }
    return status;
}

static enum status answer(struct talk *talk, struct buffer *heard, struct buffer *said)
{
    struct buffer line;
    enum status status;

    buffer_clear(said);
    status = talk->means->step(talk->tokens, heard->text, heard->size, said, &talk->why);
    if (status != STATUS_OK) {
        ask(talk, "*", in_time(talk)); /* RFC 4954 4: it is cancelled */
        if (status != STATUS_REJECTED)
            return status;
        return heard->size > 0 ? STATUS_DENIED : STATUS_INVALID; /* nobody's but our own fault */
    }
    buffer_init(&line, LINE_MOST);
    base64_encode(said->text, said->size, &line);
    status = ask(talk, line.text, in_time(talk));
    buffer_release(&line);
    return status;
}

static enum status exchange_tokens(struct talk *talk, struct buffer *heard, struct buffer *said)
{
    enum status status;

    talk->seen->step = SMTP_LOGON_COMMAND;
    status = ask(talk, talk->seen->mechanism, in_time(talk));
    for (unsigned i = 0; i < TOKENS_MOST && status == STATUS_OK && talk->reply.code == CONTINUE;
         i++) {
        if (i > 0)
            status = read_token(talk, heard);
        talk->seen->step = SMTP_LOGON_TOKENS;
        if (status == STATUS_OK)
            status = answer(talk, heard, said);
    }
    return status == STATUS_OK && talk->reply.code == CONTINUE ? STATUS_MALFORMED : status;
}

static enum status log_on(struct talk *talk)
{
    struct buffer heard, said;
    enum status status;

    buffer_init(&heard, SMTP_TOKEN_MOST);
    buffer_init(&said, SMTP_TOKEN_MOST);
    status = exchange_tokens(talk, &heard, &said);
    buffer_release(&heard);
    buffer_release(&said);
    return status;
}

/* The verdict stays what it was. */
static void say_good_bye(struct talk *talk)
{
    struct smtp_logon *seen = talk->seen;
    unsigned code = seen->code;
    const char *enhanced = seen->enhanced;

    ask(talk, "QUIT", stream_now(&talk->stream) + microseconds(QUIT_WAIT));
    seen->code = code;
    seen->enhanced = enhanced;
}

static enum status converse(struct talk *talk)
{
    enum status status = introduce(talk);

    if (status == STATUS_OK)
        status = log_on(talk);
    if (status == STATUS_OK || status == STATUS_REJECTED || status == STATUS_NOT_SUPPORTED ||
        status == STATUS_DENIED)
        say_good_bye(talk);
    stream_close(&talk->stream);
    tls_thread_end();
    return status;
}

void gather_smtp_logon(struct evidence *item, const struct gather_options *options,
                       struct tls_trust *trust, const struct smtp_logon_means *means)
{
    struct talk talk = {
        .seen = (struct smtp_logon *)item, .options = options, .trust = trust, .means = means};

    buffer_init(&talk.why, WHY_MOST);
    talk.reader = smtp_reply_reader_new_for_tokens(&talk.memory);
    item->status =
        means->open(talk.seen, platform_monotonic_clock() + microseconds(options->timeout),
                    &talk.why, &talk.tokens);
    if (item->status == STATUS_OK)
        item->status = converse(&talk);
    means->close(talk.tokens);
    if (talk.why.size > 0)
        item->reason = text_printable(&item->memory, talk.why.text, talk.why.size);
    buffer_release(&talk.why);
    arena_release(&talk.memory);
    item->settled = true;
}

int64_t gather_smtp_logon_allowance(const struct gather_options *options)
{
    enum { TICKET_CONNECT_EHLO_STARTTLS_HANDSHAKE_EHLO_COMMAND_CANCEL = 8 };
    const int64_t steps = TICKET_CONNECT_EHLO_STARTTLS_HANDSHAKE_EHLO_COMMAND_CANCEL + TOKENS_MOST;

    return microseconds(options->patience) + steps * microseconds(options->timeout) +
           microseconds(QUIT_WAIT + SLACK);
}
