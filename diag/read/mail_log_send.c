/*
 * Exchange's SMTP send protocol log: a line for each event of a session, sessions mixed.
 * Events: * information, + connected, - disconnected, > sent, < received.
 */
#include "diag/read/log_sessions.h"
#include "diag/read/mail_log_reader.h"

#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    /* Milliseconds: ended sooner by the host, it was closed rather than silent; */
    SILENCE = 5000,
    PATIENCE = 60000 /* ended sooner by the sender, for whatever reason, it says nothing */
};

enum column { TIME, CONNECTOR, SESSION, REMOTE, EVENT, DATA, CONTEXT, COLUMNS };

static const char *const column_names[] = {
    "date-time", "connector-id", "session-id", "remote-endpoint", "event", "data", "context", NULL};

struct session {
    struct log_session open;
    struct net_address remote;
    int64_t connected; /* time; 0: not, or unknown */
    bool is_connected;
    bool is_told; /* greeted, or failed */
};

struct send_log {
    struct log_fields fields;
    size_t columns[COLUMNS];
    bool has_columns;
    struct log_sessions sessions;
};

static void tell(struct mail_log_reader *reader, struct send_log *log, struct session *session,
                 struct mail_log_event *event, const char *line)
{
    const char *connector = log_field(&log->fields, log->columns[CONNECTOR]);

    session->is_told = true;
    event->address = session->remote;
    event->line = mail_log_line(reader);
    event->route = event->domain ? event->domain : connector;
    event->text = line;
    mail_log_tell(reader, event);
}

/* The last line of the first reply: 220, or a refusal. "220-" alone is no greeting yet. */
static void read_greeting(struct mail_log_reader *reader, struct send_log *log,
                          struct session *session, struct mail_log_event *event, const char *line)
{
    const char *data = log_field(&log->fields, log->columns[DATA]);

    if (session->is_told || strspn(data, "0123456789") < 3 || data[3] == '-')
        return;
    event->greeted = *data == '2';
    if (*data == '4' || *data == '5')
        event->fault = MAIL_LOG_GREETING;
    tell(reader, log, session, event, line);
}

static void read_end(struct mail_log_reader *reader, struct send_log *log, struct session *session,
                     struct mail_log_event *event, const char *line)
{
    bool by_us = text_equal_fold(log_field(&log->fields, log->columns[CONTEXT]), "Local");

    if (session->is_connected && !session->is_told) {
        if (session->connected && event->time)
            event->silence = event->time - session->connected;
        event->fault = event->silence >= (by_us ? PATIENCE : SILENCE) ? MAIL_LOG_SILENT
                       : by_us                                        ? MAIL_LOG_OTHER
                                                                      : MAIL_LOG_CLOSED;
        tell(reader, log, session, event, line);
    }
    memset(session, 0, sizeof *session);
}

/* Failures to connect are told in words around a code of Winsock's. */
static void read_remark(struct mail_log_reader *reader, struct send_log *log,
                        struct session *session, const struct mail_log_event *remark,
                        const char *line)
{
    const char *texts[] = {log_field(&log->fields, log->columns[CONTEXT]),
                           log_field(&log->fields, log->columns[DATA])};

    for (size_t i = 0; i < 2 && !session->is_told; i++) {
        struct mail_log_event event = *remark;
        struct mail_log_status status;

        mail_log_read_status(texts[i], &status);
        if (status.fault == MAIL_LOG_FAULT_COUNT || session->is_connected)
            continue;
        event.fault = status.fault;
        event.domain = *status.domain ? status.domain : NULL;
        if (session->remote.ip.family == IP_NONE)
            session->remote = status.address;
        tell(reader, log, session, &event, line);
    }
}

static void read_event(struct mail_log_reader *reader, struct send_log *log, const char *line)
{
    struct mail_log_event event = {.fault = MAIL_LOG_FAULT_COUNT, .silence = -1};
    const char *id = log_field(&log->fields, log->columns[SESSION]);
    const char *remote = log_field(&log->fields, log->columns[REMOTE]);
    struct net_address address;
    struct session *session;

    event.time = mail_log_time(reader, log_field(&log->fields, log->columns[TIME]));
    if (!*id || strlen(id) > LOG_SESSION_ID_MOST || event.time == 0) {
        mail_log_damaged(reader);
        return;
    }
    if (!log->sessions.places)
        log_sessions_init(&log->sessions, sizeof *session);
    session = log_session_of(&log->sessions, id, mail_log_line(reader));
    if (mail_log_address(remote, strlen(remote), &address)) {
        if (session->remote.ip.family != IP_NONE && !net_address_equal(&session->remote, &address))
            session->is_connected = session->is_told = false; /* the next address of the host */
        session->remote = address;
    }
    switch (*log_field(&log->fields, log->columns[EVENT])) {
    case '+':
        session->is_connected = true;
        session->connected = event.time;
        break;
    case '<':
        read_greeting(reader, log, session, &event, line);
        break;
    case '-':
        read_end(reader, log, session, &event, line);
        break;
    case '*':
        read_remark(reader, log, session, &event, line);
        break;
    default:
        break;
    }
}

static void read_line(struct mail_log_reader *reader, void *state, const char *line)
{
    struct send_log *log = state;

    if (text_starts_fold(line, strlen(line), "#Fields:")) {
        log_fields_split(&log->fields, line + 8 + strspn(line + 8, " "), ',');
        log_columns(&log->fields, column_names, log->columns);
        log->has_columns = log->columns[SESSION] != SIZE_MAX && log->columns[EVENT] != SIZE_MAX;
        return;
    }
    if (*line == '#' || !*line)
        return;
    if (!log->has_columns) {
        mail_log_damaged(reader);
        return;
    }
    log_fields_split(&log->fields, line, ',');
    read_event(reader, log, line);
}

/* Sessions that the log leaves open have not failed. */
static void end(struct mail_log_reader *reader, void *state)
{
    struct send_log *log = state;

    for (size_t i = 0; i < LOG_SESSIONS_MOST; i++) {
        const struct session *session = log_session_at(&log->sessions, i);
        struct mail_log_event event = {.fault = MAIL_LOG_FAULT_COUNT, .silence = -1, .text = ""};

        if (!session || !session->is_connected || session->is_told)
            continue;
        event.address = session->remote;
        mail_log_tell(reader, &event);
    }
    if (log->fields.text.text)
        buffer_release(&log->fields.text);
    log_sessions_release(&log->sessions);
}

const struct mail_log_form mail_log_send = {
    .type = FILE_TYPE_SMTP_SEND_LOG,
    .size = sizeof(struct send_log),
    .read = read_line,
    .end = end,
};
