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
    char host[MAIL_LOG_NAME_MOST + 1];      /* Remote-MTA, or before "#550 4.4.7" */
    char receiver[MAIL_LOG_NAME_MOST + 1];  /* "Receiving server:", of all that follow */
    struct net_address receiver_address;
    bool goes_on;
    char last_domain[MAIL_LOG_NAME_MOST + 1]; /* of the last address in the text for people */
};

/* ---- what is told ---- */

/* The name that ends at `mark`: "mail.example.net #550 4.4.7 QUEUE.Expired ##". */
static void read_name_before(const char *line, const char *mark, char out[MAIL_LOG_NAME_MOST + 1])
{
    const char *start;

    while (mark > line && mark[-1] == ' ')
        mark--;
    for (start = mark; start > line && !strchr(" <\t", start[-1]); start--)
        ;
    (void)mail_log_name(start, (size_t)(mark - start), out);
}

/* "mx1.example.com (192.0.2.1)", Postfix's "mx1.example.com[192.0.2.1]": the first in a text. */
static void find_server(const char *text, char name[MAIL_LOG_NAME_MOST + 1],
                        struct net_address *address)
{
    for (const char *at = strpbrk(text, "(["); at; at = strpbrk(at + 1, "([")) {
        if (mail_log_address(at + 1, strcspn(at + 1, ")]"), address)) {
            read_name_before(text, at, name);
            return;
        }
    }
}

/* Postfix says by words how a connection ended that had no greeting. */
static enum mail_log_fault fault_of_postfix(const char *text)
{
    static const struct {
        const char *beginning, *words;
        enum mail_log_fault fault;
    } rows[] = {
        {"conversation with ", " timed out while receiving the initial server greeting",
         MAIL_LOG_SILENT},
        {"lost connection with ", " while receiving the initial server greeting", MAIL_LOG_CLOSED},
        {"host ", " refused to talk to me: ", MAIL_LOG_GREETING},
        {"connect to ", ": Connection refused", MAIL_LOG_REFUSED},
        {"connect to ", ": Connection timed out", MAIL_LOG_UNREACHABLE},
        {"connect to ", ": No route to host", MAIL_LOG_UNREACHABLE},
        {"connect to ", ": Network is unreachable", MAIL_LOG_UNREACHABLE},
    };
    const char *start = strstr(text, "X-Postfix;");

    text = start ? start + 10 + strspn(start + 10, " ") : text;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (text_starts_fold(text, strlen(text), rows[i].beginning) && strstr(text, rows[i].words))
            return rows[i].fault;
    }
    return MAIL_LOG_FAULT_COUNT;
}

/* Which host failed: what the failure says itself, then the fields around it. */
static void name_host(const struct mail_log_reader *reader, const struct report *report,
                      const char *text, struct mail_log_status *status)
{
    struct net_address address = {.port = 0};
    char name[MAIL_LOG_NAME_MOST + 1] = "";

    find_server(text, name, &address);
    if (address.ip.family == IP_NONE && !*report->host)
        address = report->receiver_address;
    if (!*name)
        memcpy(name, *report->host ? report->host : report->receiver, sizeof name);
    if (!*status->host)
        memcpy(status->host, name, sizeof name);
    if (status->address.ip.family == IP_NONE)
        status->address = address;
    if (mail_log_is_reporter(reader, status->host))
        *status->host = '\0';
}

/*
 * "smtp;452 4.2.2 over quota" beside a status of expiry: what the host said to the mail
 * itself. Codes of network and routing, X.4.X, are of the sender's own making; 421 and X.3.X
 * may have been a greeting.
 */
static bool has_answer(const char *text)
{
    for (const char *at = strstr(text, "smtp;"); at; at = strstr(at + 1, "smtp;")) {
        const char *code = at + 5 + strspn(at + 5, " ");

        if ((*code == '4' || *code == '5') && strspn(code, "0123456789") == 3 && code[3] == ' ' &&
            code[4] == *code && code[5] == '.' && strchr("12567", code[6]) && code[7] == '.')
            return true;
    }
    return false;
}

static void tell(struct mail_log_reader *reader, const struct report *report, const char *domain,
                 const char *text, uint64_t line)
{
    struct mail_log_event event = {.silence = -1, .merges = true, .line = line, .text = text};
    enum mail_log_fault fault = fault_of_postfix(text);
    struct mail_log_status status;

    mail_log_read_status(text, &status);
    if (fault != MAIL_LOG_FAULT_COUNT)
        status.fault = fault;
    if (status.fault == MAIL_LOG_FAULT_COUNT)
        return;
    if ((status.fault == MAIL_LOG_EXPIRED || status.fault == MAIL_LOG_OTHER) && has_answer(text))
        status.fault = MAIL_LOG_ANSWERED;
    name_host(reader, report, text, &status);
    event.fault = status.fault;
    event.address = status.address;
    event.host = *status.host ? status.host : NULL;
    event.domain = *domain ? domain : NULL;
    event.route = event.domain;
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
static bool read_host(const char *value, char out[MAIL_LOG_NAME_MOST + 1])
{
    const char *host = strchr(value, ';');

    host = host ? host + 1 + strspn(host + 1, " \t") : value;
    return mail_log_name(host, strcspn(host, " \t("), out);
}

/* True if the line is a field of RFC 3464, or goes one on. */
static bool read_field(struct mail_log_reader *reader, struct report *report, const char *line)
{
    char name[MAIL_LOG_NAME_MOST + 1];
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
        (void)read_host(value, report->host);
    } else if ((value = value_of(line, "Reporting-MTA:")) != NULL) {
        if (read_host(value, name))
            mail_log_reported_by(reader, name);
    } else if ((value = value_of(line, "Diagnostic-Code:")) != NULL ||
               (value = value_of(line, "Status:")) != NULL) {
        add_text(reader, report, value);
    } else {
        return false;
    }
    return true;
}

/* ---- the text for people ---- */

/* Before Exchange 2007 "<mail.example.net #4.4.7>" names the host that wrote the report. */
static void read_marked_name(struct mail_log_reader *reader, struct report *report,
                             const char *line, const char *mark)
{
    char name[MAIL_LOG_NAME_MOST + 1];
    const char *bracket = memchr(line, '<', (size_t)(mark - line));

    read_name_before(line, mark, name);
    if (!*name)
        return;
    if (bracket && strchr(mark, '>'))
        mail_log_reported_by(reader, name);
    else
        memcpy(report->host, name, sizeof name);
}

/* "Generating server: NAME", "Receiving server: NAME (ADDRESS)". */
static bool read_server(struct mail_log_reader *reader, struct report *report, const char *line)
{
    const char *server = mail_log_server(line, strlen(line)), *bracket;
    char name[MAIL_LOG_NAME_MOST + 1];

    if (!server)
        return false;
    bracket = strchr(server, '(');
    if (bracket) {
        find_server(server, report->receiver, &report->receiver_address);
    } else if (mail_log_name(server, strcspn(server, " \t"), name)) {
        mail_log_reported_by(reader, name);
    }
    return true;
}

/* "<user@example.com>: conversation with ...": where Postfix begins to tell of a recipient. */
static bool read_recipient(struct mail_log_reader *reader, struct report *report, const char *line)
{
    const char *end = *line == '<' ? strstr(line, ">: ") : NULL;

    if (!end || !memchr(line, '@', (size_t)(end - line)))
        return false;
    end_recipient(reader, report);
    mail_log_domain(line, report->recipient);
    add_text(reader, report, end + 3);
    return true;
}

static void read_text(struct mail_log_reader *reader, struct report *report, const char *line)
{
    const char *mark = strchr(line, '#');
    char domain[MAIL_LOG_NAME_MOST + 1];
    struct mail_log_status status;

    if (read_recipient(reader, report, line) || read_server(reader, report, line))
        return;
    mail_log_domain(line, domain);
    if (*domain)
        memcpy(report->last_domain, domain, sizeof domain);
    mail_log_read_status(line, &status);
    if (status.fault == MAIL_LOG_FAULT_COUNT)
        return;
    if (mark)
        read_marked_name(reader, report, line, mark);
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
