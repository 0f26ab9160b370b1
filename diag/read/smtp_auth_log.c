#include "diag/read/smtp_auth_log.h"

#include "diag/clock.h"
#include "diag/read/log_fields.h"
#include "diag/read/log_sessions.h"
#include "diag/read/smtp_auth_peers.h"
#include "diag/read/smtp_auth_text.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { SOFTWARE_MOST = 200 };

enum column { TIME, CONNECTOR, SESSION, REMOTE, EVENT, DATA, CONTEXT, COLUMNS };

static const char *const column_names[] = {
    "date-time", "connector-id", "session-id", "remote-endpoint", "event", "data", "context", NULL};

struct session {
    struct log_session open;
    struct net_address remote;
    char remote_text[NET_ADDRESS_TEXT_SIZE];
    char connector[SMTP_AUTH_NAME_KEPT + 1];
    char server[SMTP_AUTH_NAME_KEPT + 1], client[SMTP_AUTH_NAME_KEPT + 1];
    bool is_counted; /* with its peer of now */
    bool is_ehlo;    /* the answer to EHLO is awaited, or goes on */
    bool has_host;   /* of which the first line is read */
    bool is_rcpt;    /* RCPT was the last command */
    bool is_awaited; /* the answer to `mechanism` is */
    bool is_told;    /* the attempt has failed: what is noted of it is no other failure */
    bool is_known;   /* whose account it is, is noted of the attempt that is awaited */
    enum smtp_auth_mechanism mechanism;
    unsigned offers;
    char error[SMTP_AUTH_ERROR_KEPT + 1]; /* noted of the attempt that is awaited */
    uint64_t error_line;
    int64_t error_time;
};

struct smtp_auth_reader {
    struct smtp_auth_log log;
    struct buffer line, software, version;
    struct log_fields fields;
    size_t columns[COLUMNS];
    bool has_columns;
    struct log_sessions sessions;
    struct smtp_auth_peers *peers;
    uint64_t number; /* of the line at hand */
    int64_t time;    /* its own */
};

static const char *field(const struct smtp_auth_reader *reader, enum column column)
{
    return log_field(&reader->fields, reader->columns[column]);
}

/* ---- telling peers ---- */

static enum smtp_auth_rank rank_of(enum smtp_auth_mechanism mechanism,
                                   enum smtp_auth_outcome outcome)
{
    if (outcome == SMTP_AUTH_ACCEPTED)
        return SMTP_AUTH_HEALTHY;
    return smtp_auth_is_by_password(mechanism) || outcome == SMTP_AUTH_RELAY_DENIED
               ? SMTP_AUTH_BY_PASSWORD
               : SMTP_AUTH_BY_SERVER;
}

static struct smtp_auth_peer *peer_of(struct smtp_auth_reader *reader, struct session *session,
                                      enum smtp_auth_rank rank)
{
    struct smtp_auth_peer *peer =
        smtp_auth_peer_of(reader->peers, &session->remote, session->connector, rank);

    if (!peer)
        return NULL;
    /* It may be another one than that for which the session counted: a connector is told late. */
    peer->sessions += !session->is_counted || peer->sessions == 0;
    session->is_counted = true;
    smtp_auth_name_peer(peer, session->server, session->client);
    return peer;
}

static void tell(struct smtp_auth_reader *reader, struct session *session,
                 enum smtp_auth_outcome outcome)
{
    struct smtp_auth_event event = {session->mechanism, outcome,      session->error,
                                    reader->number,     reader->time, reader->line.text};
    struct smtp_auth_peer *peer = peer_of(reader, session, rank_of(session->mechanism, outcome));

    reader->log.outcomes[event.mechanism][outcome]++;
    if (peer)
        smtp_auth_tell_peer(peer, &event);
    session->is_told = outcome != SMTP_AUTH_ACCEPTED;
    session->is_awaited = false;
    session->mechanism = SMTP_AUTH_NONE;
    session->error[0] = '\0';
}

/* ---- events of a session ---- */

static void read_command(struct session *session, const char *command)
{
    bool is_ehlo = text_starts_fold(command, strlen(command), "EHLO ");
    enum smtp_auth_mechanism mechanism = smtp_auth_command(command);

    session->is_rcpt = text_starts_fold(command, strlen(command), "RCPT ");
    if (is_ehlo) {
        smtp_auth_word(command + 5, session->client);
        session->offers = 0;
        session->has_host = false;
    }
    session->is_ehlo = is_ehlo;
    if (is_ehlo || mechanism != SMTP_AUTH_NONE) {
        session->is_told = session->is_awaited = session->is_known = false;
        session->error[0] = '\0';
    }
    if (mechanism != SMTP_AUTH_NONE) {
        session->mechanism = mechanism;
        session->is_awaited = true;
    }
}

/* The first word behind the code is the server's own name for itself. */
static void read_offers(struct smtp_auth_reader *reader, struct session *session, const char *reply)
{
    struct smtp_auth_peer *peer;

    if (!session->has_host && reply[3])
        smtp_auth_word(reply + 4, session->server);
    session->has_host = true;
    session->offers |= smtp_auth_offers(reply);
    if (smtp_auth_goes_on(reply))
        return;
    session->is_ehlo = false;
    peer = peer_of(reader, session, SMTP_AUTH_HEALTHY);
    if (!peer)
        return;
    peer->greetings++;
    for (unsigned i = 0; i < SMTP_AUTH_OFFER_COUNT; i++)
        peer->offers[i] += session->offers >> i & 1;
}

/* What says that servers' authentication is missing, in answer to something else or in a remark. */
static bool is_required(const char *text)
{
    return smtp_auth_code(text) >= 400 && smtp_auth_has_status(text, "5.7.3");
}

static bool is_relay_denied(const char *reply)
{
    return smtp_auth_code(reply) == 550 &&
           (smtp_auth_has_status(reply, "5.7.1") || smtp_auth_has_status(reply, "5.7.54"));
}

/* Whose account it is, is known by a ticket that was taken: then it is a right that is missing. */
static enum smtp_auth_outcome outcome_of(const struct session *session, unsigned code)
{
    enum smtp_auth_outcome outcome = smtp_auth_answer(code);

    return outcome == SMTP_AUTH_DENIED && session->is_known && !*session->error
               ? SMTP_AUTH_FORBIDDEN
               : outcome;
}

static void read_reply(struct smtp_auth_reader *reader, struct session *session, const char *reply)
{
    unsigned code = smtp_auth_code(reply);
    enum smtp_auth_outcome outcome = SMTP_AUTH_OUTCOME_COUNT;

    if (session->is_ehlo && code == 250) {
        read_offers(reader, session, reply);
        return;
    }
    session->is_ehlo = session->is_ehlo && code < 300;
    if (code == 0 || smtp_auth_goes_on(reply))
        return;
    if (session->is_awaited)
        outcome = outcome_of(session, code);
    else if (code == 535)
        outcome = SMTP_AUTH_DENIED;
    else if (code == 454 && smtp_auth_has_status(reply, "4.7.0"))
        outcome = SMTP_AUTH_TEMPORARY;
    else if (is_required(reply))
        outcome = SMTP_AUTH_REQUIRED;
    else if (session->is_rcpt && is_relay_denied(reply))
        outcome = SMTP_AUTH_RELAY_DENIED;
    if (outcome != SMTP_AUTH_OUTCOME_COUNT)
        tell(reader, session, outcome);
}

static void keep_error(const struct smtp_auth_reader *reader, struct session *session,
                       const char *error)
{
    memcpy(session->error, error, strlen(error) + 1);
    session->error_line = reader->number;
    session->error_time = reader->time;
}

/* An error belongs to the attempt under way, or to the one that has just failed, or is one. */
static void read_error(struct smtp_auth_reader *reader, struct session *session, const char *error)
{
    struct smtp_auth_peer *peer;

    if (!session->is_told) {
        if (!*session->error)
            keep_error(reader, session, error);
        if (!session->is_awaited)
            tell(reader, session, SMTP_AUTH_REMARKED);
        return;
    }
    peer = peer_of(reader, session, SMTP_AUTH_HEALTHY);
    if (peer)
        smtp_auth_tell_error(peer, error);
}

static void read_remark(struct smtp_auth_reader *reader, struct session *session)
{
    const char *texts[] = {field(reader, CONTEXT), field(reader, DATA)};
    char error[SMTP_AUTH_ERROR_KEPT + 1];

    for (size_t i = 0; i < 2; i++) {
        if (smtp_auth_error(texts[i], error)) {
            read_error(reader, session, error);
            return;
        }
        if (is_required(texts[i]) && !session->is_told) {
            tell(reader, session, SMTP_AUTH_REQUIRED);
            return;
        }
        session->is_known = session->is_known || smtp_auth_names_computer(texts[i]);
    }
}

static void read_end(struct smtp_auth_reader *reader, struct session *session)
{
    if (session->is_awaited)
        tell(reader, session, *session->error ? SMTP_AUTH_REMARKED : SMTP_AUTH_BROKEN);
    else if (!session->is_counted)
        (void)peer_of(reader, session, SMTP_AUTH_HEALTHY);
    memset(session, 0, sizeof *session);
}

/* ---- lines ---- */

/* Of a client the port says nothing: the next session has another. */
static void read_address(const struct smtp_auth_reader *reader, const char *text,
                         struct net_address *out)
{
    if (net_address_parse(text, 25, out) != STATUS_OK)
        *out = (struct net_address){.port = 0};
    if (reader->log.type == FILE_TYPE_SMTP_RECEIVE_LOG)
        out->port = 0;
}

/* A session may go on to another address of the host that it is for. */
static void set_peer(const struct smtp_auth_reader *reader, struct session *session)
{
    const char *remote = field(reader, REMOTE), *connector = field(reader, CONNECTOR);
    size_t size = strlen(connector);

    if (*remote && strlen(remote) < sizeof session->remote_text &&
        strcmp(remote, session->remote_text) != 0) {
        memcpy(session->remote_text, remote, strlen(remote) + 1);
        read_address(reader, remote, &session->remote);
        session->is_counted = session->is_told = session->is_awaited = session->is_ehlo = false;
        session->is_known = false;
        session->mechanism = SMTP_AUTH_NONE;
        session->server[0] = session->client[0] = session->error[0] = '\0';
    }
    if (size > SMTP_AUTH_NAME_KEPT)
        size = SMTP_AUTH_NAME_KEPT;
    if (!session->connector[0])
        memcpy(session->connector, connector, size);
}

static void read_event(struct smtp_auth_reader *reader)
{
    const char *id = field(reader, SESSION), *event = field(reader, EVENT);
    bool is_send = reader->log.type == FILE_TYPE_SMTP_SEND_LOG;
    struct session *session;

    if (clock_parse(field(reader, TIME), &reader->time) != STATUS_OK || reader->time <= 0 || !*id ||
        strlen(id) > LOG_SESSION_ID_MOST) {
        reader->log.damaged++;
        return;
    }
    if (reader->log.first == 0 || reader->time < reader->log.first)
        reader->log.first = reader->time;
    if (reader->time > reader->log.last)
        reader->log.last = reader->time;
    session = log_session_of(&reader->sessions, id, reader->number);
    set_peer(reader, session);
    if (*event == (is_send ? '>' : '<'))
        read_command(session, field(reader, DATA));
    else if (*event == (is_send ? '<' : '>'))
        read_reply(reader, session, field(reader, DATA));
    else if (*event == '*')
        read_remark(reader, session);
    else if (*event == '-')
        read_end(reader, session);
}

static void read_directive(const char *line, const char *name, struct buffer *out)
{
    if (out->size > 0 || !text_starts_fold(line, strlen(line), name))
        return;
    line += strlen(name);
    buffer_add_string(out, line + strspn(line, " \t"));
}

static void read_header(struct smtp_auth_reader *reader, const char *line)
{
    read_directive(line, "#Software:", &reader->software);
    read_directive(line, "#Version:", &reader->version);
    if (!text_starts_fold(line, strlen(line), "#Fields:"))
        return;
    log_fields_split(&reader->fields, line + 8 + strspn(line + 8, " "), ',');
    log_columns(&reader->fields, column_names, reader->columns);
    reader->has_columns =
        reader->columns[SESSION] != SIZE_MAX && reader->columns[EVENT] != SIZE_MAX;
}

static void keep_line(struct smtp_auth_reader *reader, const char *line, size_t size)
{
    char *text;

    buffer_clear(&reader->line);
    buffer_add(&reader->line, line, size);
    text = reader->line.text;
    while ((text = memchr(text, '\0', reader->line.size - (size_t)(text - reader->line.text))))
        *text = ' ';
}

void smtp_auth_add(struct smtp_auth_reader *reader, const char *line, size_t size)
{
    reader->number = ++reader->log.lines;
    if (reader->number == 1 && size >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3;
        size -= 3;
    }
    if (size > 0 && line[size - 1] == '\r')
        size--;
    if (size == 0)
        return;
    if (size > SMTP_AUTH_LINE_MOST) {
        reader->log.damaged++;
        return;
    }
    keep_line(reader, line, size);
    if (*line == '#') {
        read_header(reader, reader->line.text);
    } else if (!reader->has_columns) {
        reader->log.damaged++;
    } else {
        log_fields_split(&reader->fields, reader->line.text, ',');
        read_event(reader);
    }
}

/* ---- the whole ---- */

struct smtp_auth_reader *smtp_auth_reader_new(enum file_type type)
{
    struct smtp_auth_reader *reader = memory_new(1, sizeof *reader);

    reader->log.type = type;
    reader->peers = smtp_auth_peers_new();
    log_sessions_init(&reader->sessions, sizeof(struct session));
    buffer_init(&reader->line, SMTP_AUTH_LINE_MOST);
    buffer_init(&reader->software, SOFTWARE_MOST);
    buffer_init(&reader->version, SOFTWARE_MOST);
    return reader;
}

/* Sessions that the log leaves open have failed only where that was noted. */
static void end_sessions(struct smtp_auth_reader *reader)
{
    buffer_clear(&reader->line);
    for (size_t i = 0; i < LOG_SESSIONS_MOST; i++) {
        struct session *session = log_session_at(&reader->sessions, i);

        if (!session)
            continue;
        if (!*session->error)
            session->is_awaited = false;
        reader->number = session->error_line;
        reader->time = session->error_time;
        read_end(reader, session);
    }
}

void smtp_auth_end(struct smtp_auth_reader *reader, struct arena *arena, struct smtp_auth_log *out)
{
    end_sessions(reader);
    *out = reader->log;
    if (reader->software.size > 0)
        out->software = arena_print(arena, "%s%s%s", reader->software.text,
                                    reader->version.size ? " " : "", reader->version.text);
    out->more = smtp_auth_peers_keep(reader->peers, arena, out);
    smtp_auth_peers_free(reader->peers);
    log_sessions_release(&reader->sessions);
    if (reader->fields.text.text)
        buffer_release(&reader->fields.text);
    buffer_release(&reader->line);
    buffer_release(&reader->software);
    buffer_release(&reader->version);
    free(reader);
}
