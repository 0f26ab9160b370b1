#include "diag/gather/clock_smtp.h"

#include "diag/gather/clock_token.h"
#include "diag/platform.h"
#include "diag/read/base64.h"
#include "diag/read/instant.h"
#include "diag/read/ntlm_challenge.h"
#include "diag/read/smtp_reply.h"
#include "diag/text.h"

#include <stdio.h>
#include <string.h>

enum {
    PIECE_SIZE = 4096,
    COMMAND_SIZE = 32 + IP_TEXT_SIZE,
    CHALLENGE_MOST = 12288, /* bytes of the line (RFC 4954 4) */
    PARTING = 2000000       /* microseconds for QUIT, at most */
};

struct talk {
    struct clock_inquiry *inquiry;
    struct stream stream;
    struct smtp_reply_reader *reader;
};

static int64_t deadline_of(const struct talk *talk)
{
    return clock_stream_deadline(talk->inquiry, &talk->stream);
}

/* ---- replies ---- */

/* STATUS_OK for a complete reply, whatever its code. */
static enum status hear(struct talk *talk, struct smtp_reply *reply, int64_t deadline)
{
    char piece[PIECE_SIZE];
    size_t size;

    while (!smtp_reply_is_over(talk->reader)) {
        enum status status = stream_receive(&talk->stream, piece, sizeof piece, &size, deadline);

        if (status != STATUS_OK)
            return status;
        smtp_reply_add(talk->reader, piece, size, stream_now(&talk->stream));
    }
    *reply = smtp_reply_of(talk->reader);
    return reply->state == SMTP_REPLY_COMPLETE ? STATUS_OK : STATUS_MALFORMED;
}

/* What was said out of turn answers nothing. */
static enum status say(struct talk *talk, const char *line, int64_t deadline)
{
    smtp_reply_drop(talk->reader);
    smtp_reply_begin(talk->reader);
    return stream_send(&talk->stream, line, strlen(line), deadline);
}

/* A command that is to be answered by this code; STATUS_REJECTED for any other. */
static enum status ask(struct talk *talk, const char *command, unsigned code,
                       struct smtp_reply *reply)
{
    enum status status = say(talk, command, deadline_of(talk));

    if (status == STATUS_OK)
        status = hear(talk, reply, deadline_of(talk));
    if (status != STATUS_OK || reply->code == code)
        return status;
    talk->inquiry->reading->evidence.reason =
        arena_print(&talk->inquiry->reading->evidence.memory, "%.*s was answered with %u",
                    (int)strcspn(command, "\r"), command, reply->code);
    return STATUS_REJECTED;
}

static enum status introduce(struct talk *talk, struct smtp_reply *reply)
{
    char command[COMMAND_SIZE], text[IP_TEXT_SIZE];
    struct net_address own = {.ip = {.family = IP_NONE}};

    if (platform_socket_address(talk->stream.socket, &own) != STATUS_OK)
        ip_parse("127.0.0.1", strlen("127.0.0.1"), &own.ip);
    ip_format(&own.ip, text);
    snprintf(command, sizeof command, "EHLO [%s%s]\r\n", own.ip.family == IP_V6 ? "IPv6:" : "",
             text);
    return ask(talk, command, 250, reply);
}

static void part(struct talk *talk)
{
    int64_t until = stream_now(&talk->stream) + PARTING, deadline = deadline_of(talk);
    struct smtp_reply reply;

    if (until > deadline)
        until = deadline;
    if (say(talk, "QUIT\r\n", until) == STATUS_OK)
        (void)hear(talk, &reply, until);
}

/* ---- the banner ---- */

static enum status read_banner(struct talk *talk, const struct smtp_reply *reply,
                               struct clock_sample *sample)
{
    struct clock_reading *reading = talk->inquiry->reading;
    enum status status = STATUS_NOT_FOUND;

    for (size_t i = reply->line_count; i-- > 0 && status == STATUS_NOT_FOUND;) {
        const char *text = smtp_line_text(&reply->lines[i]);

        status = instant_from_mail_date(text, strlen(text), &sample->remote);
    }
    if (status == STATUS_NOT_FOUND)
        reading->evidence.reason = "its greeting holds no date";
    if (status == STATUS_INVALID)
        reading->evidence.reason = "the date in its greeting cannot be";
    return status == STATUS_INVALID ? STATUS_MALFORMED : status;
}

static enum status greet(struct talk *talk, struct smtp_reply *reply)
{
    enum status status = hear(talk, reply, deadline_of(talk));

    if (status == STATUS_OK && reply->code != 220) {
        talk->inquiry->reading->evidence.reason =
            arena_print(&talk->inquiry->reading->evidence.memory, "it greets with %u", reply->code);
        status = STATUS_REJECTED;
    }
    return status;
}

/* ---- NTLM ---- */

static bool has_word(const char *words, const char *word)
{
    while (words && *words) {
        size_t size = strcspn(words, " ");

        if (text_equal_fold_sized(words, size, word, strlen(word)))
            return true;
        words += size;
        words += *words == ' ';
    }
    return false;
}

/* The command that begins NTLM; NULL where it is not offered. */
static const char *offered(const struct smtp_reply *ehlo)
{
    if (has_word(smtp_keyword(ehlo, "AUTH"), "NTLM"))
        return "AUTH NTLM\r\n";
    return has_word(smtp_keyword(ehlo, "X-EXPS"), "NTLM") ? "X-EXPS NTLM\r\n" : NULL;
}

static enum status upgrade(struct talk *talk, struct smtp_reply *reply)
{
    struct clock_reading *reading = talk->inquiry->reading;
    const char *reason = NULL;
    enum status status = ask(talk, "STARTTLS\r\n", 220, reply);

    if (status != STATUS_OK)
        return status;
    status = stream_secure(&talk->stream, talk->inquiry->trust, reading->host, deadline_of(talk),
                           &reading->evidence.memory, &reason);
    if (reason)
        reading->evidence.reason = reason;
    return status == STATUS_OK ? introduce(talk, reply) : status;
}

/* The command, once the conversation is where it is offered. */
static enum status find_ntlm(struct talk *talk, const char **command)
{
    struct smtp_reply reply;
    enum status status = introduce(talk, &reply);

    *command = status == STATUS_OK ? offered(&reply) : NULL;
    if (status == STATUS_OK && !*command && smtp_keyword(&reply, "STARTTLS")) {
        status = upgrade(talk, &reply);
        *command = status == STATUS_OK ? offered(&reply) : NULL;
    }
    if (status == STATUS_OK && !*command) {
        talk->inquiry->reading->evidence.reason = "it does not offer NTLM";
        status = STATUS_NOT_FOUND;
    }
    return status;
}

/* One line, longer than a reply's may be. */
static enum status hear_line(struct talk *talk, struct buffer *line)
{
    enum status status = STATUS_OK;
    char piece[PIECE_SIZE];
    size_t size;

    while (status == STATUS_OK && !memchr(line->text, '\n', line->size)) {
        status = stream_receive(&talk->stream, piece, sizeof piece, &size, deadline_of(talk));
        if (status == STATUS_OK)
            buffer_add(line, piece, size);
        if (line->truncated)
            status = STATUS_TOO_LARGE;
    }
    return status;
}

static enum status read_line(struct talk *talk, const struct buffer *line,
                             struct clock_sample *sample)
{
    static const char code[] = "334 ";
    size_t size = strcspn(line->text, "\r\n"), skipped = sizeof code - 1;

    if (size < skipped || strncmp(line->text, code, skipped) != 0) {
        talk->inquiry->reading->evidence.reason = "it does not answer NTLM with a challenge";
        return STATUS_REJECTED;
    }
    return clock_read_challenge(talk->inquiry->reading, line->text + skipped, size - skipped,
                                sample);
}

static enum status ask_for_challenge(struct talk *talk, struct clock_sample *sample)
{
    unsigned char token[NTLM_NEGOTIATE_SIZE];
    struct buffer line;
    enum status status;

    ntlm_write_negotiate(token);
    buffer_init(&line, CHALLENGE_MOST);
    base64_encode(token, sizeof token, &line);
    buffer_add_string(&line, "\r\n");
    sample->sent = clock_now(talk->inquiry);
    status = say(talk, line.text, deadline_of(talk));
    buffer_clear(&line);
    if (status == STATUS_OK)
        status = hear_line(talk, &line);
    sample->received = clock_now(talk->inquiry);
    if (status == STATUS_OK)
        status = read_line(talk, &line, sample);
    buffer_release(&line);
    return status;
}

static enum status negotiate(struct talk *talk, struct clock_sample *sample)
{
    const char *command;
    struct smtp_reply reply;
    enum status status = find_ntlm(talk, &command);

    if (status == STATUS_OK)
        status = ask(talk, command, 334, &reply);
    if (status == STATUS_OK)
        status = ask_for_challenge(talk, sample);
    if (status == STATUS_OK && say(talk, "*\r\n", deadline_of(talk)) == STATUS_OK)
        (void)hear(talk, &reply, deadline_of(talk));
    return status;
}

/* ---- the conversation ---- */

static enum status converse(struct talk *talk)
{
    struct clock_inquiry *inquiry = talk->inquiry;
    struct clock_reading *reading = inquiry->reading;
    struct clock_sample sample = {.sent = clock_now(inquiry)};
    struct smtp_reply reply;
    enum status status =
        stream_open(&talk->stream, &reading->address, inquiry->deadline - clock_now(inquiry));

    if (status == STATUS_OK)
        status = greet(talk, &reply);
    if (status != STATUS_OK)
        return status;
    sample.received = clock_now(inquiry);
    status = reading->source == CLOCK_SMTP_BANNER ? read_banner(talk, &reply, &sample)
                                                  : negotiate(talk, &sample);
    part(talk);
    return status == STATUS_OK ? clock_take_sample(reading, &sample) : status;
}

enum status clock_ask_smtp(struct clock_inquiry *inquiry)
{
    struct talk talk = {.inquiry = inquiry};
    enum status status;

    talk.reader = smtp_reply_reader_new(&inquiry->reading->evidence.memory);
    status = converse(&talk);
    stream_close(&talk.stream);
    return status;
}
