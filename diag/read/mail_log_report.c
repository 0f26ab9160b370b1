/*
 * Non-delivery reports: the fields of RFC 3464 for each recipient, and what Exchange
 * writes for people, by its codes. Both tell of one failure, so hosts are merged.
 */
#include "diag/read/mail_log_reader.h"

#include "diag/text.h"

#include <string.h>

enum { TEXT_MOST = 4096 };

struct report {
    struct buffer text;                     /* of the recipient's Diagnostic-Code, Status */
    uint64_t line;                          /* where that began */
    char recipient[MAIL_LOG_NAME_MOST + 1]; /* its domain */
    char host[MAIL_LOG_NAME_MOST + 1];      /* Remote-MTA */
    bool goes_on;
    char last_domain[MAIL_LOG_NAME_MOST + 1]; /* of the last address in the text for people */
};

static void tell(struct mail_log_reader *reader, const struct report *report, const char *domain,
                 const char *text, uint64_t line)
{
    struct mail_log_event event = {.silence = -1, .merges = true, .line = line, .text = text};
    struct mail_log_status status;

    mail_log_read_status(text, &status);
    event.fault = status.fault;
    event.address = status.address;
    event.host = *status.host ? status.host : *report->host ? report->host : NULL;
    event.domain = *domain ? domain : NULL;
    event.route = event.domain;
    if (status.fault != MAIL_LOG_FAULT_COUNT)
        mail_log_tell(reader, &event);
}

/* ---- the fields of a recipient ---- */

static void end_recipient(struct mail_log_reader *reader, struct report *report)
{
    if (report->text.size > 0)
        tell(reader, report, report->recipient, report->text.text, report->line);
    buffer_clear(&report->text);
    *report->recipient = *report->host = '\0';
    report->goes_on = false;
}

static const char *value_of(const char *line, const char *name)
{
    size_t size = strlen(name);

    if (!text_starts_fold(line, strlen(line), name))
        return NULL;
    return line + size + strspn(line + size, " \t");
}

static void add_text(struct mail_log_reader *reader, struct report *report, const char *text)
{
    if (report->text.size == 0)
        report->line = mail_log_line(reader);
    else
        buffer_add_char(&report->text, ' ');
    buffer_add_string(&report->text, text);
    report->goes_on = true;
}

/* "dns;mail.example.net", "dns; mail.example.net (192.0.2.1)" */
static void read_host(struct report *report, const char *value)
{
    const char *host = strchr(value, ';');

    host = host ? host + 1 + strspn(host + 1, " \t") : value;
    (void)mail_log_name(host, strcspn(host, " \t("), report->host);
}

/* True if the line is a field of RFC 3464, or goes one on. */
static bool read_field(struct mail_log_reader *reader, struct report *report, const char *line)
{
    const char *value;

    if ((*line == ' ' || *line == '\t') && report->goes_on) {
        add_text(reader, report, line + strspn(line, " \t"));
        return true;
    }
    report->goes_on = false;
    if ((value = value_of(line, "Final-Recipient:")) != NULL) {
        end_recipient(reader, report);
        mail_log_domain(value, report->recipient);
    } else if ((value = value_of(line, "Remote-MTA:")) != NULL) {
        read_host(report, value);
    } else if ((value = value_of(line, "Diagnostic-Code:")) != NULL ||
               (value = value_of(line, "Status:")) != NULL) {
        add_text(reader, report, value);
    } else {
        return false;
    }
    return true;
}

/* ---- the text for people ---- */

/* "mail.example.net #550 4.4.7 QUEUE.Expired; message expired ##": the host before the mark. */
static void read_marked_host(struct report *report, const char *line, const char *mark)
{
    const char *start = mark;

    while (start > line && start[-1] == ' ')
        start--;
    mark = start;
    while (start > line && !strchr(" <\t", start[-1]))
        start--;
    (void)mail_log_name(start, (size_t)(mark - start), report->host);
}

static void read_text(struct mail_log_reader *reader, struct report *report, const char *line)
{
    const char *mark = strchr(line, '#');
    char domain[MAIL_LOG_NAME_MOST + 1];
    struct mail_log_status status;

    mail_log_domain(line, domain);
    if (*domain)
        memcpy(report->last_domain, domain, sizeof domain);
    mail_log_read_status(line, &status);
    if (status.fault == MAIL_LOG_FAULT_COUNT)
        return;
    if (mark)
        read_marked_host(report, line, mark);
    tell(reader, report, report->last_domain, line, mail_log_line(reader));
    *report->host = '\0';
}

static void read_line(struct mail_log_reader *reader, void *state, const char *line)
{
    struct report *report = state;

    if (!report->text.text)
        buffer_init(&report->text, TEXT_MOST);
    if (line[strspn(line, " \t")] == '\0') {
        end_recipient(reader, report);
        return;
    }
    if (!read_field(reader, report, line))
        read_text(reader, report, line);
}

static void end(struct mail_log_reader *reader, void *state)
{
    struct report *report = state;

    if (!report->text.text)
        return;
    end_recipient(reader, report);
    buffer_release(&report->text);
}

const struct mail_log_form mail_log_report = {
    .type = FILE_TYPE_NDR,
    .size = sizeof(struct report),
    .read = read_line,
    .end = end,
};
