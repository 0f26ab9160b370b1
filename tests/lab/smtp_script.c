#include "tests/lab/smtp_script.h"

#include "diag/text.h"

#include <string.h>

enum {
    IN_MOST = 32768,       /* bytes a client said that no step has heard yet */
    LINE_MOST = 16384,     /* of these, in one line: a logon's are long (RFC 4954 4) */
    OUT_MOST = 512 * 1024, /* of one text, encrypted */
    PIECE = 4096,
    STEPS_A_ROUND = 64,
    CODE_SIZE = 3 /* of a reply; the character behind it tells its last line */
};

/* How a step of a script goes on. */
enum progress { BLOCKED, DONE, GONE };

const char *smtp_peer_name(const struct smtp_peers *peers, size_t peer)
{
    const char *name = peers->list[peer].name;

    return name ? name : "mail.example";
}

/* ---- what is said ---- */

/* A reply's last line has something else than "-" behind its code (RFC 5321 4.2). */
static void note_greeting(struct smtp_connection *connection, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size && !connection->has_greeted; i++) {
        if (bytes[i] == '\n') {
            connection->has_greeted = connection->fourth != '-';
            connection->column = 0;
            continue;
        }
        if (connection->column++ == CODE_SIZE)
            connection->fourth = bytes[i];
    }
}

static void say(struct smtp_connection *connection, const char *bytes, size_t size)
{
    note_greeting(connection, bytes, size);
    if (!connection->is_secured) {
        buffer_add(&connection->out, bytes, size);
        return;
    }
    lab_tls_write(connection->tls, bytes, size);
    lab_tls_give(connection->tls, &connection->out);
}

static void say_text(struct smtp_connection *connection, const char *text)
{
    say(connection, text, strlen(text));
}

static void say_with_name(const struct smtp_peers *peers, struct smtp_connection *connection,
                          const char *before, const char *after)
{
    struct buffer line;

    buffer_init(&line, PIECE);
    buffer_print(&line, "%s%s%s\r\n", before, smtp_peer_name(peers, connection->peer), after);
    say(connection, line.text, line.size);
    buffer_release(&line);
}

static size_t text_size(const struct smtp_peer_step *step)
{
    return step->size ? step->size : strlen(step->text);
}

bool smtp_script_send(struct smtp_connection *connection)
{
    while (connection->sent < connection->out.size) {
        size_t sent;
        enum status status =
            platform_send(connection->socket, connection->out.text + connection->sent,
                          connection->out.size - connection->sent, &sent);

        if (status == STATUS_AGAIN)
            return true;
        if (status != STATUS_OK)
            return false;
        connection->sent += sent;
    }
    buffer_clear(&connection->out);
    connection->sent = 0;
    return true;
}

/* ---- what is heard ---- */

static void note_heard(struct smtp_peers *peers, const struct smtp_connection *connection,
                       const char *bytes, size_t size)
{
    struct smtp_peer_count *count = &peers->counts[connection->peer];

    platform_mutex_lock(peers->thread.mutex);
    if (!connection->has_greeted)
        count->before_greeting += (unsigned)size;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != '\r')
            buffer_add_char(&count->heard, bytes[i]);
    }
    platform_mutex_unlock(peers->thread.mutex);
}

static void hear(struct smtp_peers *peers, struct smtp_connection *connection, const char *bytes,
                 size_t size)
{
    note_heard(peers, connection, bytes, size);
    buffer_add(&connection->in, bytes, size);
}

/* False when what came is no handshake. */
static bool take_encrypted(struct smtp_peers *peers, struct smtp_connection *connection,
                           const char *bytes, size_t size)
{
    enum status status = STATUS_OK;
    char plain[PIECE];
    size_t got;

    lab_tls_take(connection->tls, bytes, size);
    if (!connection->is_secured)
        status = lab_tls_handshake(connection->tls);
    connection->is_secured = status == STATUS_OK;
    while (connection->is_secured && (got = lab_tls_read(connection->tls, plain, sizeof plain)) > 0)
        hear(peers, connection, plain, got);
    lab_tls_give(connection->tls, &connection->out);
    if (status == STATUS_MALFORMED)
        (void)smtp_script_send(connection); /* the alert */
    return status != STATUS_MALFORMED;
}

bool smtp_script_receive(struct smtp_peers *peers, struct smtp_connection *connection)
{
    char bytes[PIECE];
    enum status status;
    size_t size;

    for (;;) {
        status = platform_receive(connection->socket, bytes, sizeof bytes, &size);
        if (status != STATUS_OK)
            return status == STATUS_AGAIN;
        if (!connection->tls)
            hear(peers, connection, bytes, size);
        else if (!take_encrypted(peers, connection, bytes, size))
            return false;
    }
}

/* The next line that was said, without its end, cut off the front of what was. */
static bool take_line(struct smtp_connection *connection, char *line, size_t room)
{
    struct buffer *in = &connection->in;
    const char *end = memchr(in->text, '\n', in->size);
    size_t size, taken;

    if (!end) {
        if (in->size >= LINE_MOST)
            buffer_clear(in); /* longer than any line; the rest of it is another */
        return false;
    }
    taken = (size_t)(end - in->text) + 1;
    size = taken - 1;
    if (size > 0 && in->text[size - 1] == '\r')
        size--;
    if (size >= room)
        size = room - 1;
    memcpy(line, in->text, size);
    line[size] = '\0';
    memmove(in->text, in->text + taken, in->size - taken + 1);
    in->size -= taken;
    return true;
}

static bool begins_with(const char *line, const char *word)
{
    return text_starts_fold(line, strlen(line), word);
}

/* ---- the acts ---- */

typedef enum progress act(struct smtp_peers *peers, struct smtp_connection *connection,
                          int64_t now);

static enum progress act_end(struct smtp_peers *peers, struct smtp_connection *connection,
                             int64_t now)
{
    (void)peers;
    (void)now;
    buffer_clear(&connection->in);
    return BLOCKED;
}

static enum progress act_say(struct smtp_peers *peers, struct smtp_connection *connection,
                             int64_t now)
{
    const struct smtp_peer_step *step = connection->step;

    (void)now;
    if (step->text)
        say(connection, step->text, text_size(step));
    else
        say_with_name(peers, connection, "220 ", " ESMTP");
    return DONE;
}

static enum progress act_drip(struct smtp_peers *peers, struct smtp_connection *connection,
                              int64_t now)
{
    const struct smtp_peer_step *step = connection->step;

    (void)peers;
    if (now < connection->due)
        return BLOCKED;
    say(connection, step->text + connection->offset, 1);
    connection->due = now + (int64_t)step->milliseconds * 1000;
    if (++connection->offset < text_size(step))
        return BLOCKED;
    connection->offset = 0;
    return ++connection->round < step->count ? BLOCKED : DONE;
}

static enum progress act_flood(struct smtp_peers *peers, struct smtp_connection *connection,
                               int64_t now)
{
    const struct smtp_peer_step *step = connection->step;

    (void)peers;
    connection->due = now;
    say(connection, step->text, text_size(step));
    return ++connection->round < step->count ? BLOCKED : DONE;
}

static enum progress act_wait(struct smtp_peers *peers, struct smtp_connection *connection,
                              int64_t now)
{
    (void)peers;
    if (connection->due == 0)
        connection->due = now + (int64_t)connection->step->milliseconds * 1000;
    return now < connection->due ? BLOCKED : DONE;
}

static enum progress act_hear(struct smtp_peers *peers, struct smtp_connection *connection,
                              int64_t now)
{
    const char *word = connection->step->text;
    char line[PIECE];

    (void)peers;
    (void)now;
    while (take_line(connection, line, sizeof line)) {
        if (!word || begins_with(line, word))
            return DONE;
    }
    return BLOCKED;
}

/* False when the client had said something already, and that is no handshake. */
static bool begin_tls(struct smtp_peers *peers, struct smtp_connection *connection)
{
    struct buffer *in = &connection->in;
    char early[PIECE];
    size_t size = in->size < sizeof early ? in->size : sizeof early;

    memcpy(early, in->text, size);
    buffer_clear(in);
    connection->tls = lab_tls_new(peers->identities[connection->peer]);
    return size == 0 || take_encrypted(peers, connection, early, size);
}

static enum progress act_tls(struct smtp_peers *peers, struct smtp_connection *connection,
                             int64_t now)
{
    (void)now;
    if (!connection->tls && !begin_tls(peers, connection))
        return GONE;
    return connection->is_secured ? DONE : BLOCKED;
}

static enum progress act_close(struct smtp_peers *peers, struct smtp_connection *connection,
                               int64_t now)
{
    (void)peers;
    (void)connection;
    (void)now;
    return GONE;
}

static enum progress act_reset(struct smtp_peers *peers, struct smtp_connection *connection,
                               int64_t now)
{
    (void)peers;
    (void)now;
    lab_reset(connection->socket);
    connection->socket = PLATFORM_NO_SOCKET;
    return GONE;
}

/* ---- a healthy server ---- */

/* More to those who came by X-ANONYMOUSTLS. */
static void offer_exps(struct smtp_peers *peers, struct smtp_connection *connection)
{
    if (connection->is_anonymous)
        say_text(connection,
                 "250-X-EXPS EXCHANGEAUTH GSSAPI NTLM\r\n250-X-EXCHANGEAUTH SHA256\r\n");
    else
        say_text(connection, "250-X-EXPS GSSAPI NTLM\r\n");
    if (peers->identities[connection->peer] && !connection->tls)
        say_text(connection, "250-X-ANONYMOUSTLS\r\n");
}

static enum progress answer_ehlo(struct smtp_peers *peers, struct smtp_connection *connection)
{
    say_with_name(peers, connection, "250-", "");
    say_text(connection, "250-PIPELINING\r\n250-SIZE 37748736\r\n");
    if (peers->identities[connection->peer] && !connection->tls)
        say_text(connection, "250-STARTTLS\r\n");
    if (peers->list[connection->peer].is_exchange)
        offer_exps(peers, connection);
    say_text(connection, "250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n");
    return DONE;
}

static enum progress answer_helo(struct smtp_peers *peers, struct smtp_connection *connection)
{
    say_with_name(peers, connection, "250 ", "");
    return DONE;
}

/* What was said with STARTTLS is forgotten (RFC 3207 4.2). */
static enum progress answer_starttls(struct smtp_peers *peers, struct smtp_connection *connection)
{
    if (!peers->identities[connection->peer] || connection->tls) {
        say_text(connection, "502 5.5.1 Not implemented\r\n");
        return DONE;
    }
    say_text(connection, "220 2.0.0 Ready to start TLS\r\n");
    buffer_clear(&connection->in);
    connection->tls = lab_tls_new(peers->identities[connection->peer]);
    return DONE;
}

static enum progress answer_anonymous_tls(struct smtp_peers *peers,
                                          struct smtp_connection *connection)
{
    if (!peers->list[connection->peer].is_exchange) {
        say_text(connection, "500 5.3.3 Unrecognized command\r\n");
        return DONE;
    }
    connection->is_anonymous = true;
    return answer_starttls(peers, connection);
}

static enum progress answer_ok(struct smtp_peers *peers, struct smtp_connection *connection)
{
    (void)peers;
    say_text(connection, "250 2.0.0 Ok\r\n");
    return DONE;
}

static enum progress answer_quit(struct smtp_peers *peers, struct smtp_connection *connection)
{
    (void)peers;
    say_text(connection, "221 2.0.0 Bye\r\n");
    if (connection->tls) {
        lab_tls_finish(connection->tls);
        lab_tls_give(connection->tls, &connection->out);
    }
    (void)smtp_script_send(connection);
    return GONE;
}

static enum progress answer_unknown(struct smtp_peers *peers, struct smtp_connection *connection)
{
    (void)peers;
    say_text(connection, "502 5.5.1 Not implemented\r\n");
    return DONE;
}

static const struct {
    const char *word;
    enum progress (*answer)(struct smtp_peers *peers, struct smtp_connection *connection);
} answers[] = {
    {"EHLO", answer_ehlo},         {"HELO", answer_helo},
    {"STARTTLS", answer_starttls}, {"X-ANONYMOUSTLS", answer_anonymous_tls},
    {"NOOP", answer_ok},           {"RSET", answer_ok},
    {"QUIT", answer_quit},         {"", answer_unknown},
};

static enum progress act_serve(struct smtp_peers *peers, struct smtp_connection *connection,
                               int64_t now)
{
    char line[PIECE];
    size_t i;

    (void)now;
    if (connection->tls && !connection->is_secured)
        return BLOCKED;
    while (take_line(connection, line, sizeof line)) {
        for (i = 0; !begins_with(line, answers[i].word); i++)
            continue;
        if (answers[i].answer(peers, connection) == GONE)
            return GONE;
        if (connection->tls && !connection->is_secured)
            break;
    }
    return BLOCKED;
}

static act *const acts[] = {
    [SMTP_PEER_END] = act_end,     [SMTP_PEER_SAY] = act_say,     [SMTP_PEER_DRIP] = act_drip,
    [SMTP_PEER_FLOOD] = act_flood, [SMTP_PEER_WAIT] = act_wait,   [SMTP_PEER_HEAR] = act_hear,
    [SMTP_PEER_TLS] = act_tls,     [SMTP_PEER_CLOSE] = act_close, [SMTP_PEER_RESET] = act_reset,
    [SMTP_PEER_SERVE] = act_serve,
};

/* ---- the script ---- */

static const struct smtp_peer_step healthy[] = {{.act = SMTP_PEER_SAY}, {.act = SMTP_PEER_SERVE}};

void smtp_script_begin(struct smtp_peers *peers, struct smtp_connection *connection)
{
    const struct smtp_peer *peer = &peers->list[connection->peer];

    connection->step = peer->script ? peer->script : healthy;
    buffer_init(&connection->in, IN_MOST);
    buffer_init(&connection->out, OUT_MOST);
    if (peer->tls_at_once)
        (void)begin_tls(peers, connection);
}

bool smtp_script_play(struct smtp_peers *peers, struct smtp_connection *connection, int64_t now)
{
    for (int i = 0; i < STEPS_A_ROUND && connection->out.size == 0; i++) {
        enum progress progress;

        if (connection->tls && !connection->is_secured && connection->step->act != SMTP_PEER_TLS)
            return true;
        progress = acts[connection->step->act](peers, connection, now);
        if (progress == GONE)
            return false;
        if (!smtp_script_send(connection))
            return false;
        if (progress == DONE) {
            connection->step++;
            connection->offset = 0;
            connection->round = 0;
            connection->due = 0;
        } else if (connection->step->act != SMTP_PEER_FLOOD) {
            return true;
        }
    }
    return true;
}
