#include "diag/read/file_type_mail.h"

#include "diag/read/mail_log_reader.h"
#include "diag/text.h"

#include <string.h>

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end && end[1] ? end + 1 : NULL;
}

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/* ---- logs of Exchange Server ---- */

static bool has_log_type(const char *text, const char *type)
{
    for (const char *line = text; line && *line == '#'; line = next_line(line)) {
        if (text_starts_fold(line, strlen(line), "#Log-type:")) {
            line += 10 + strspn(line + 10, " \t");
            return text_starts_fold(line, strlen(line), type);
        }
    }
    return false;
}

bool file_is_smtp_send_log(const char *text)
{
    return has_log_type(text, "SMTP Send Protocol Log");
}

bool file_is_smtp_receive_log(const char *text)
{
    return has_log_type(text, "SMTP Receive Protocol Log");
}

bool file_is_tracking_log(const char *text)
{
    return has_log_type(text, "Message Tracking Log");
}

/* ---- Network Monitor ---- */

static bool is_tcp_line(const char *text)
{
    if (strncmp(text, "Control Bits: ", 14) == 0)
        text += 14;
    return strspn(text, ".UAPRSF") == 6 && strncmp(text + 6, ", len:", 6) == 0;
}

static bool has_tcp_line(const char *text)
{
    for (text = strstr(text, "TCP: "); text; text = strstr(text + 5, "TCP: ")) {
        if (is_tcp_line(text + 5))
            return true;
    }
    return false;
}

bool file_is_netmon_text(const char *text)
{
    static const char *const marks[] = {"FRAME: Base frame properties", "FRAME: Time of capture",
                                        "ETHERNET: ETYPE =", "IP: ID =", "UDP: Src Port:"};
    unsigned count = has_tcp_line(text) ? 2 : 0;

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (strstr(text, marks[i]))
            count++;
    }
    return count >= 2;
}

/* ---- Get-Queue ---- */

/* Which property of a queue a word names, as a bit; 0 for none. */
static unsigned queue_property(const char *word, size_t size)
{
    static const char *const names[] = {
        "DeliveryType",         "NextHopDomain",     "NextHopConnector", "LastError",
        "MessageCount",         "LastRetryTime",     "NextRetryTime",    "NextHopCategory",
        "DeferredMessageCount", "LockedMessageCount"};

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_equal_fold_sized(word, size, names[i], strlen(names[i])))
            return 1u << i;
    }
    return 0;
}

static size_t word_size(const char *text)
{
    size_t size = 0;

    while (text_is_letter(text[size]))
        size++;
    return size;
}

/* "NextHopDomain     : example.com" */
static unsigned listed_property(const char *line)
{
    size_t size = word_size(line);

    return line[size + strspn(line + size, " ")] == ':' ? queue_property(line, size) : 0;
}

static bool has_two(unsigned bits)
{
    return (bits & (bits - 1)) != 0;
}

/* A line of names and nothing else: the head of a table, or of a CSV file. */
static bool is_queue_header(const char *line)
{
    unsigned found = 0;

    while (*line && *line != '\n') {
        size_t size = word_size(line);

        found |= queue_property(line, size);
        line += size;
        if (size == 0 && !strchr(" \t\r,;\"", *line))
            return false;
        line += size == 0;
    }
    return has_two(found);
}

bool file_is_queue_list(const char *text)
{
    unsigned listed = 0;

    for (const char *line = text; line; line = next_line(line)) {
        listed |= listed_property(line);
        if (has_two(listed) || is_queue_header(line))
            return true;
    }
    return false;
}

/* ---- non-delivery reports ---- */

/* RFC 3463: class, subject and detail of a failure, "4.4.7". */
static bool is_status(const char *text)
{
    if ((text[0] != '4' && text[0] != '5') || text[1] != '.' || !text_is_digit(text[2]) ||
        text[3] != '.')
        return false;
    return text_is_digit(text[4]);
}

static bool is_code(const char *text)
{
    return text_is_digit(text[0]) && text_is_digit(text[1]) && text_is_digit(text[2]) &&
           text[3] == ' ';
}

/*
 * Exchange's own form: "mail.example.net #550 4.4.7 QUEUE.Expired; message expired ##",
 * before 2007 "<mail.example.net #4.4.7>".
 */
static bool has_hash_status(const char *text)
{
    for (const char *at = strchr(text, '#'); at; at = strchr(at + 1, '#')) {
        bool spaced = at > text && (at[-1] == ' ' || at[-1] == '<');
        const char *status = at + 1 + (at[1] == '<');

        if (is_code(status) && is_status(status + 4))
            return true;
        if (spaced && is_status(status) && strpbrk(status, ">\n") && *strpbrk(status, ">\n") == '>')
            return true;
    }
    return false;
}

static bool has_field(const char *text, const char *name)
{
    for (const char *line = text; line; line = next_line(line)) {
        if (text_starts_fold(line, strlen(line), name))
            return true;
    }
    return false;
}

static bool has_delivery_status(const char *text)
{
    for (const char *at = strchr(text, '='); at; at = strchr(at + 1, '=')) {
        const char *value = at + 1 + (at[1] == '"');

        if (at - text >= 11 && text_starts_fold(at - 11, 11, "report-type") &&
            text_starts_fold(value, strlen(value), "delivery-status"))
            return true;
    }
    return false;
}

/* "{LED=441 4.4.1 ...};{FQDN=...}": the fields of Exchange 2013 and later. */
static bool has_exchange_fields(const char *text)
{
    const char *at = strstr(text, "{LED=");

    return at && is_code(at + 5);
}

/* "'550 5.4.316 Message expired'" */
static bool is_quoted_status(const char *text)
{
    return *text == '\'' && is_code(text + 1) && is_status(text + 5);
}

/* "mx1.example.net (192.0.2.1)" or "mx1.example.net[192.0.2.1]", before `end` */
static bool has_server_address(const char *text, const char *end)
{
    struct net_address address;

    for (; text < end; text++) {
        size_t size = *text == '(' || *text == '[' ? strcspn(text + 1, ")]\n") : 0;

        if (size > 0 && text + 1 + size < end && mail_log_address(text + 1, size, &address))
            return true;
    }
    return false;
}

/* "Generating server: NAME", in any language */
static bool has_server_line(const char *text)
{
    for (const char *line = text; line; line = next_line(line)) {
        if (mail_log_server(line, strcspn(line, "\r\n")))
            return true;
    }
    return false;
}

/*
 * Exchange 2013 and later: "Server at mx1.example.net (192.0.2.1) returned '400 4.4.7 ...'",
 * or without an address below the line that names the server which wrote the report. By its
 * form: the words are of any language.
 */
static bool has_returned_status(const char *text)
{
    bool has_server = has_server_line(text);

    for (const char *line = text; line; line = next_line(line)) {
        const char *quote = line;

        while (*quote && *quote != '\n' && !is_quoted_status(quote))
            quote++;
        if (is_quoted_status(quote) && (has_server || has_server_address(line, quote)))
            return true;
    }
    return false;
}

static size_t paragraph_size(const char *text, size_t most)
{
    size_t size = 0;

    while (size < most && text[size] && !(text[size] == '\n' && strchr("\r\n", text[size + 1])))
        size++;
    return size;
}

/* Postfix: "<user@example.com>: host mx1.example.com[192.0.2.1] said: ..." */
static bool has_bounced_recipient(const char *text)
{
    enum { SERVER_WITHIN = 300 };

    for (const char *line = text; line; line = next_line(line)) {
        const char *end = *line == '<' ? line + strcspn(line, ">\n") : line;

        if (*end == '>' && end[1] == ':' && memchr(line, '@', (size_t)(end - line)) &&
            has_server_address(end, end + paragraph_size(end, SERVER_WITHIN)))
            return true;
    }
    return false;
}

bool file_is_ndr(const char *text)
{
    bool has_fields = has_field(text, "Final-Recipient:") || has_field(text, "Reporting-MTA:");

    while (is_blank(*text))
        text++;
    return (has_fields && (has_field(text, "Action:") || has_field(text, "Status:"))) ||
           has_delivery_status(text) || has_hash_status(text) || has_exchange_fields(text) ||
           has_returned_status(text) || has_bounced_recipient(text) ||
           strstr(text, " QUEUE.Expired");
}
