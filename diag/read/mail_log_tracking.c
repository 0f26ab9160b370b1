/* Exchange's message tracking log: SEND, DEFER and FAIL, with what was said of the failure. */
#include "diag/read/mail_log_reader.h"

#include "diag/text.h"

#include <string.h>

enum column { TIME, SERVER_IP, SERVER_NAME, CONTEXT, SOURCE, EVENT, RECIPIENTS, STATUS, COLUMNS };

static const char *const column_names[] = {
    "date-time",         "server-ip",        "server-hostname",
    "source-context",    "source",           "event-id",
    "recipient-address", "recipient-status", NULL};

struct tracking_log {
    struct log_fields fields;
    size_t columns[COLUMNS];
    bool has_columns;
};

static const char *column(const struct tracking_log *log, enum column which)
{
    return log_field(&log->fields, log->columns[which]);
}

/* Of the failure, from where it is told: the recipients' status, or the context. */
static void read_failure(const struct tracking_log *log, struct mail_log_event *event,
                         struct mail_log_status *status)
{
    mail_log_read_status(column(log, STATUS), status);
    if (status->fault == MAIL_LOG_FAULT_COUNT)
        mail_log_read_status(column(log, CONTEXT), status);
    event->fault = status->fault;
    if (*status->host)
        event->host = status->host;
    if (status->address.ip.family != IP_NONE)
        event->address = status->address;
}

static void read_delivery(struct mail_log_reader *reader, struct tracking_log *log,
                          const struct mail_log_event *line)
{
    bool is_sent = text_equal_fold(column(log, EVENT), "SEND");
    const char *host = column(log, SERVER_NAME), *ip = column(log, SERVER_IP);
    char name[MAIL_LOG_NAME_MOST + 1], domain[MAIL_LOG_NAME_MOST + 1];
    struct mail_log_event event = *line;
    struct mail_log_status status;

    if (mail_log_name(host, strlen(host), name))
        event.host = name;
    (void)mail_log_address(ip, strlen(ip), &event.address);
    mail_log_domain(column(log, RECIPIENTS), domain);
    event.domain = *domain ? domain : NULL;
    event.route = event.domain;
    event.greeted = is_sent;
    if (!is_sent)
        read_failure(log, &event, &status);
    if (is_sent || event.fault != MAIL_LOG_FAULT_COUNT)
        mail_log_tell(reader, &event);
}

static bool is_delivery(const struct tracking_log *log)
{
    const char *id = column(log, EVENT), *source = column(log, SOURCE);

    if (text_equal_fold(id, "SEND"))
        return text_equal_fold(source, "SMTP");
    return text_equal_fold(id, "DEFER") || text_equal_fold(id, "FAIL");
}

static void read_line(struct mail_log_reader *reader, void *state, const char *line)
{
    struct tracking_log *log = state;
    struct mail_log_event event = {.fault = MAIL_LOG_FAULT_COUNT, .silence = -1, .text = line};

    if (text_starts_fold(line, strlen(line), "#Fields:")) {
        log_fields_split(&log->fields, line + 8 + strspn(line + 8, " "), ',');
        log_columns(&log->fields, column_names, log->columns);
        log->has_columns = log->columns[EVENT] != SIZE_MAX;
        return;
    }
    if (*line == '#' || !*line)
        return;
    log_fields_split(&log->fields, line, ',');
    event.line = mail_log_line(reader);
    event.time = log->has_columns ? mail_log_time(reader, column(log, TIME)) : 0;
    if (event.time == 0) {
        mail_log_damaged(reader);
        return;
    }
    if (is_delivery(log))
        read_delivery(reader, log, &event);
}

static void end(struct mail_log_reader *reader, void *state)
{
    struct tracking_log *log = state;

    (void)reader;
    if (log->fields.text.text)
        buffer_release(&log->fields.text);
}

const struct mail_log_form mail_log_tracking = {
    .type = FILE_TYPE_TRACKING_LOG,
    .size = sizeof(struct tracking_log),
    .read = read_line,
    .end = end,
};
