/* What Get-Queue says, through Format-List, Format-Table or Export-Csv. */
#include "diag/read/mail_log_reader.h"

#include "diag/text.h"

#include <string.h>

enum property { IDENTITY, NEXT_HOP, DELIVERY_TYPE, LAST_ERROR, RETRIES, QUEUE_STATUS, PROPERTIES };

enum { VALUE_MOST = 4096 };

static const char *const property_names[] = {
    "Identity", "NextHopDomain", "DeliveryType", "LastError", "RetryCount", "Status", NULL};

enum form { FORM_LIST, FORM_CSV, FORM_TABLE, FORM_COLUMNS };

struct queue_list {
    enum form form;
    char separator; /* of CSV */
    struct log_fields fields;
    size_t columns[PROPERTIES];       /* FORM_COLUMNS: where each begins, in bytes */
    struct buffer values[PROPERTIES]; /* of the queue that is being read */
    enum property last;               /* whose value may go on */
    bool goes_on;
    uint64_t line;     /* of its LastError, or of its Status before that */
    struct buffer row; /* that line */
};

static void clear(struct queue_list *list)
{
    for (size_t i = 0; i < PROPERTIES; i++) {
        if (!list->values[i].text)
            buffer_init(&list->values[i], VALUE_MOST);
        buffer_clear(&list->values[i]);
    }
    if (!list->row.text)
        buffer_init(&list->row, VALUE_MOST);
    buffer_clear(&list->row);
    list->goes_on = false;
    list->line = 0;
}

/* ---- a queue that has been read ---- */

/* A table may have cut it: "DnsConnec..." */
static bool is_delivery_type(const struct buffer *type, const char *name)
{
    enum { LEAST = 4 };
    size_t size = strcspn(type->text, ".");

    return size >= LEAST &&
           text_equal_fold_sized(type->text, size, name, size < strlen(name) ? size : strlen(name));
}

/* Where mail goes by MX records the next hop is a domain, else it is a host: a smart host. */
static void read_next_hop(const struct queue_list *list, struct mail_log_event *event,
                          char name[MAIL_LOG_NAME_MOST + 1])
{
    const struct buffer *hop = &list->values[NEXT_HOP], *type = &list->values[DELIVERY_TYPE];
    bool by_mx = type->size == 0 || is_delivery_type(type, "DnsConnectorDelivery") ||
                 is_delivery_type(type, "SmtpDnsConnectorDelivery");
    const char *text = hop->text + (*hop->text == '[');
    size_t size = strcspn(text, "] ,");

    if (mail_log_address(text, size, &event->address) || !mail_log_name(text, size, name))
        return;
    if (by_mx)
        event->domain = name;
    else
        event->host = name;
}

static uint64_t retries_of(const struct queue_list *list)
{
    uint64_t count = 0;

    for (const char *digit = list->values[RETRIES].text; text_is_digit(*digit) && count < 1000000;
         digit++)
        count = count * 10 + (uint64_t)(*digit - '0');
    return count;
}

/* It failed, and LastError says how; or it is tried again, and the list has no LastError. */
static bool has_failed(const struct queue_list *list)
{
    return list->values[LAST_ERROR].size > 0 ||
           text_equal_fold(list->values[QUEUE_STATUS].text, "Retry");
}

static void end_queue(struct mail_log_reader *reader, struct queue_list *list)
{
    bool is_explained = list->values[LAST_ERROR].size > 0;
    struct mail_log_event event = {.silence = -1};
    char name[MAIL_LOG_NAME_MOST + 1];
    struct mail_log_status status;

    if (has_failed(list)) {
        mail_log_read_status(list->values[LAST_ERROR].text, &status);
        read_next_hop(list, &event, name);
        event.fault = is_explained ? status.fault : MAIL_LOG_UNEXPLAINED;
        if (*status.host)
            event.host = status.host;
        if (status.address.ip.family != IP_NONE)
            event.address = status.address;
        event.retries = retries_of(list);
        event.line = list->line;
        event.route = event.domain ? event.domain : event.host;
        event.text = is_explained ? list->values[LAST_ERROR].text : list->row.text;
        if (event.fault != MAIL_LOG_FAULT_COUNT)
            mail_log_tell(reader, &event);
    }
    clear(list);
}

/* ---- Format-List ---- */

static size_t name_size(const char *line)
{
    size_t size = 0;

    while (text_is_letter(line[size]))
        size++;
    return size;
}

static void read_property(struct mail_log_reader *reader, struct queue_list *list, const char *line)
{
    size_t size = name_size(line);
    const char *value = line + size + strspn(line + size, " ");

    list->goes_on = false;
    if (*value != ':')
        return;
    value += 1 + strspn(value + 1, " ");
    for (unsigned i = 0; i < PROPERTIES; i++) {
        if (!text_equal_fold_sized(line, size, property_names[i], strlen(property_names[i])))
            continue;
        if (i == IDENTITY || list->values[i].size > 0)
            end_queue(reader, list);
        buffer_add_string(&list->values[i], value);
        list->last = (enum property)i;
        list->goes_on = true;
        if ((i == LAST_ERROR && *value) || i == QUEUE_STATUS) {
            list->line = mail_log_line(reader);
            buffer_clear(&list->row);
            buffer_add_string(&list->row, line);
        }
        return;
    }
}

static void read_listed(struct mail_log_reader *reader, struct queue_list *list, const char *line)
{
    size_t indent = strspn(line, " \t");

    if (!line[indent]) {
        list->goes_on = false;
        return;
    }
    if (indent == 0)
        read_property(reader, list, line);
    else if (list->goes_on)
        buffer_add_string(&list->values[list->last], line + indent);
}

/* ---- rows ---- */

/* A CSV file's first line names the columns, with one of three separators. */
static bool begins_csv(struct queue_list *list, const char *line)
{
    for (const char *separator = ",;\t"; *separator; separator++) {
        log_fields_split(&list->fields, line, *separator);
        log_columns(&list->fields, property_names, list->columns);
        if (list->fields.count >= 2 &&
            (list->columns[LAST_ERROR] != SIZE_MAX || list->columns[QUEUE_STATUS] != SIZE_MAX)) {
            list->separator = *separator;
            return true;
        }
    }
    return false;
}

/* Words parted by any number of spaces; of a row the last column takes what is left. */
static void split_words(struct log_fields *fields, const char *line, size_t most)
{
    struct buffer row;

    buffer_init(&row, MAIL_LOG_LINE_MOST);
    for (size_t count = 1; *line; count++) {
        size_t size = count < most ? strcspn(line, " \t") : strlen(line);

        if (row.size > 0)
            buffer_add_char(&row, '\t');
        buffer_add(&row, line, size);
        line += size + strspn(line + size, " \t");
    }
    log_fields_split(fields, row.text, '\t');
    buffer_release(&row);
}

/* A table is read if its last column is LastError, whose text has spaces. */
static bool begins_table(struct queue_list *list, const char *line)
{
    split_words(&list->fields, line + strspn(line, " "), LOG_FIELDS_MOST);
    log_columns(&list->fields, property_names, list->columns);
    return list->fields.count >= 2 && list->columns[LAST_ERROR] == list->fields.count - 1;
}

/* Any other table is read by where its columns begin: their values may be empty or cut. */
static bool begins_columns(struct queue_list *list, const char *line)
{
    for (size_t i = 0; i < PROPERTIES; i++)
        list->columns[i] = SIZE_MAX;
    for (const char *word = line; *word;) {
        size_t size = strcspn(word, " \t");

        for (size_t i = 0; i < PROPERTIES; i++) {
            if (text_equal_fold_sized(word, size, property_names[i], strlen(property_names[i])))
                list->columns[i] = (size_t)(word - line);
        }
        word += size + strspn(word + size, " \t");
    }
    return list->columns[QUEUE_STATUS] != SIZE_MAX && list->columns[NEXT_HOP] != SIZE_MAX;
}

static void read_columns(struct queue_list *list, const char *line)
{
    size_t size = strlen(line);

    for (size_t i = 0; i < PROPERTIES; i++) {
        size_t start = list->columns[i];

        if (start < size && (start == 0 || line[start - 1] == ' '))
            buffer_add(&list->values[i], line + start, strcspn(line + start, " \t"));
    }
}

static void read_row(struct mail_log_reader *reader, struct queue_list *list, const char *line)
{
    buffer_add_string(&list->row, line);
    list->line = mail_log_line(reader);
    if (list->form == FORM_COLUMNS) {
        read_columns(list, line);
        end_queue(reader, list);
        return;
    }
    if (list->form == FORM_CSV)
        log_fields_split(&list->fields, line, list->separator);
    else
        split_words(&list->fields, line + strspn(line, " "), list->columns[LAST_ERROR] + 1);
    for (size_t i = 0; i < PROPERTIES; i++)
        buffer_add_string(&list->values[i], log_field(&list->fields, list->columns[i]));
    end_queue(reader, list);
}

static void read_line(struct mail_log_reader *reader, void *state, const char *line)
{
    struct queue_list *list = state;

    if (!list->values[0].text)
        clear(list);
    if (*line == '#' || strspn(line, " -\t") == strlen(line)) {
        list->goes_on = false;
        return;
    }
    if (list->form != FORM_LIST)
        read_row(reader, list, line);
    else if (begins_csv(list, line))
        list->form = FORM_CSV;
    else if (begins_table(list, line))
        list->form = FORM_TABLE;
    else if (begins_columns(list, line))
        list->form = FORM_COLUMNS;
    else
        read_listed(reader, list, line);
}

static void end(struct mail_log_reader *reader, void *state)
{
    struct queue_list *list = state;

    if (!list->values[0].text)
        return;
    end_queue(reader, list);
    for (size_t i = 0; i < PROPERTIES; i++)
        buffer_release(&list->values[i]);
    buffer_release(&list->row);
    if (list->fields.text.text)
        buffer_release(&list->fields.text);
}

const struct mail_log_form mail_log_queue = {
    .type = FILE_TYPE_QUEUE_LIST,
    .size = sizeof(struct queue_list),
    .read = read_line,
    .end = end,
};
