#include "diag/read/http_log.h"

#include "diag/clock.h"
#include "diag/read/http_log_rows.h"
#include "diag/read/separators.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MOST = 256, SOFTWARE_MOST = 200 };

const uint32_t http_log_spans[HTTP_LOG_SPANS - 1] = {100, 500, 1000, 5000, 10000, 30000, 60000};

static const struct {
    const char *word, *folder;
    size_t size; /* of the folder */
} places[HTTP_PLACE_COUNT] = {
#define X(name, word, folder) [HTTP_PLACE_##name] = {word, folder, sizeof folder - 1},
    HTTP_PLACE_LIST(X)
#undef X
};

const char *http_place_word(enum http_place place)
{
    return places[place].word;
}

enum http_place http_place_from_word(const char *word)
{
    for (unsigned i = 0; i < HTTP_PLACE_COUNT; i++) {
        if (strcmp(places[i].word, word) == 0)
            return (enum http_place)i;
    }
    return HTTP_PLACE_OTHER;
}

bool http_log_failed(uint16_t status, const char *code)
{
    return (status >= 400 && status != 401) ||
           (code && text_starts_fold(code, strlen(code), "Error"));
}

/* ---- columns ---- */

enum column {
    DATE,
    TIME,
    MOMENT,
    STEM,
    PORT,
    AGENT,
    STATUS,
    SUBSTATUS,
    WIN32,
    TAKEN,
    SERVER,
    ACTION,
    CODE,
    BACK_END_STATUS,
    COLUMNS,
    NOTHING = COLUMNS /* a column that is not looked at */
};

struct http_log_reader {
    struct http_log log;
    struct http_log_rows *rows;
    struct buffer software, version, server;
    char separator;
    struct { /* of a line, in their order: those that are looked at */
        size_t at;
        enum column column;
    } columns[COLUMNS];
    size_t column_count; /* 0: no header yet */
    char day_text[10];   /* as last read */
    int64_t day;         /* its beginning; INT64_MIN: none yet */
    int64_t header_day;  /* #Date: the same */
};

static enum column column_of(const struct http_log_text *name)
{
    static const struct {
        const char *name;
        enum column column;
    } names[] = {{"date", DATE},
                 {"time", TIME},
                 {"cs-uri-stem", STEM},
                 {"s-port", PORT},
                 {"cs(User-Agent)", AGENT},
                 {"sc-status", STATUS},
                 {"sc-substatus", SUBSTATUS},
                 {"sc-win32-status", WIN32},
                 {"time-taken", TAKEN},
                 {"s-computername", SERVER},
                 {"DateTime", MOMENT},
                 {"UrlStem", STEM},
                 {"UserAgent", AGENT},
                 {"HttpStatus", STATUS},
                 {"BackEndStatus", BACK_END_STATUS},
                 {"TotalRequestTime", TAKEN},
                 {"ServerHostName", SERVER},
                 {"SoapAction", ACTION},
                 {"ProtocolAction", ACTION},
                 {"ErrorCode", CODE}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_equal_fold_sized(name->text, name->size, names[i].name, strlen(names[i].name)))
            return names[i].column;
    }
    return NOTHING;
}

/* Takes quotation marks off a field, but for doubled ones in it; gives where it ends. */
static const char *unquote(struct http_log_text *field, char separator)
{
    const char *end, *all = field->text + field->size;

    field->text++;
    field->size--;
    end = memchr(field->text, '"', field->size);
    while (end && end + 1 < all && end[1] == '"')
        end = memchr(end + 2, '"', (size_t)(all - end - 2));
    if (end)
        field->size = (size_t)(end - field->text);
    else
        end = field->text;
    return memchr(end, separator, (size_t)(all - end));
}

/* Takes the next field off a line. */
static struct http_log_text take_field(struct http_log_text *rest, char separator)
{
    struct http_log_text field = *rest;
    const char *end;

    if (separator == ',' && field.size > 0 && *field.text == '"') {
        end = unquote(&field, separator);
    } else {
        end = memchr(field.text, separator, field.size);
        if (end)
            field.size = (size_t)(end - field.text);
    }
    if (end) {
        end++;
        rest->size = (size_t)(rest->text + rest->size - end);
        rest->text = end;
    } else {
        rest->text += rest->size;
        rest->size = SIZE_MAX; /* there is no further field, not even an empty one */
    }
    return field;
}

/* Of a name that is there twice, the first one counts. */
static void read_columns(struct http_log_reader *reader, struct http_log_text rest)
{
    bool is_seen[COLUMNS] = {false};

    reader->column_count = 0;
    for (size_t i = 0; rest.size != SIZE_MAX && i < COLUMNS_MOST; i++) {
        struct http_log_text name = take_field(&rest, reader->separator);
        enum column column = column_of(&name);

        if (column == NOTHING || is_seen[column])
            continue;
        is_seen[column] = true;
        reader->columns[reader->column_count].at = i;
        reader->columns[reader->column_count++].column = column;
    }
}

/* ---- numbers and times ---- */

/* More than 9 for what is none: a comparison instead of a call, for there are many. */
static unsigned digit(char character)
{
    return (unsigned)(unsigned char)character - '0';
}

static bool read_number(const struct http_log_text *text, uint64_t most, uint64_t *out)
{
    uint64_t number = 0;

    if (text->size == 0 || text->size > 10)
        return false;
    for (size_t i = 0; i < text->size; i++) {
        if (digit(text->text[i]) > 9)
            return false;
        number = number * 10 + digit(text->text[i]);
    }
    *out = number;
    return number <= most;
}

/* Digits at a place of a text that is known to be long enough; -1 where they are none. */
static int digits_at(const char *text, size_t count)
{
    int number = 0;

    for (size_t i = 0; i < count; i++) {
        if (digit(text[i]) > 9)
            return -1;
        number = number * 10 + (int)digit(text[i]);
    }
    return number;
}

/* "2026-03-17" to the beginning of that day; most lines have the one of the line before. */
static int64_t read_day(struct http_log_reader *reader, const struct http_log_text *text)
{
    int year, month, day;
    int64_t days;

    if (text->size < 10)
        return INT64_MIN;
    if (memcmp(text->text, reader->day_text, 10) == 0)
        return reader->day;
    year = digits_at(text->text, 4);
    month = digits_at(text->text + 5, 2);
    day = digits_at(text->text + 8, 2);
    if (text->text[4] != '-' || text->text[7] != '-' || year < 1970 || month < 0 || day < 0 ||
        clock_day_number(year, month, day, &days) != STATUS_OK)
        return INT64_MIN;
    memcpy(reader->day_text, text->text, 10);
    reader->day = days * 86400000;
    return reader->day;
}

/* "08:01:15", with milliseconds or without; -1 if it is none. */
static int64_t read_time_of_day(const struct http_log_text *text)
{
    int hour, minute, second, thousandths = 0;

    if (text->size < 8 || text->text[2] != ':' || text->text[5] != ':')
        return -1;
    hour = digits_at(text->text, 2);
    minute = digits_at(text->text + 3, 2);
    second = digits_at(text->text + 6, 2);
    if (text->size >= 12 && text->text[8] == '.')
        thousandths = digits_at(text->text + 9, 3);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
        thousandths < 0)
        return -1;
    return ((hour * 60 + minute) * 60 + second) * (int64_t)1000 + thousandths;
}

/* 0 where a line does not tell. */
static int64_t read_moment(struct http_log_reader *reader, const struct http_log_text *fields)
{
    const struct http_log_text *moment = &fields[MOMENT];
    struct http_log_text time = fields[TIME];
    int64_t day, of_day;

    if (moment->size > 11) {
        day = read_day(reader, moment);
        time = (struct http_log_text){moment->text + 11, moment->size - 11};
    } else {
        day = fields[DATE].size ? read_day(reader, &fields[DATE]) : reader->header_day;
    }
    of_day = read_time_of_day(&time);
    return day == INT64_MIN || of_day < 0 ? 0 : day + of_day;
}

/* ---- requests ---- */

static enum http_place read_place(const struct http_log_text *stem)
{
    static const char check[] = "/healthcheck.htm";
    const char *text = stem->text + 1, *end;
    size_t size;

    if (stem->size < 2 || *stem->text != '/')
        return HTTP_PLACE_OTHER;
    end = memchr(text, '/', stem->size - 1);
    if (stem->size >= sizeof check - 1 && text_lower(stem->text[stem->size - 1]) == 'm' &&
        text_equal_fold_sized(stem->text + stem->size - (sizeof check - 1), sizeof check - 1, check,
                              sizeof check - 1))
        return HTTP_PLACE_HEALTHCHECK;
    size = end ? (size_t)(end - text) : stem->size - 1;
    for (unsigned i = 0; i < HTTP_PLACE_COUNT && size > 0; i++) {
        if (size == places[i].size &&
            text_equal_fold_sized(text, size, places[i].folder, places[i].size))
            return (enum http_place)i;
    }
    return HTTP_PLACE_OTHER;
}

/* A token, for what is behind one may be anybody's words. */
static struct http_log_text read_token(const struct http_log_text *text)
{
    size_t size = 0;

    while (size < text->size && size < HTTP_LOG_TEXT_KEPT &&
           (text_is_letter(text->text[size]) || text_is_digit(text->text[size]) ||
            (text->text[size] && strchr("_-.:", text->text[size]))))
        size++;
    return (struct http_log_text){text->text, size};
}

static bool is_failure(const struct http_log_request *request)
{
    return http_log_failed(request->status, NULL) ||
           (request->code.size >= 5 && text_starts_fold(request->code.text, 5, "Error"));
}

static bool read_request(struct http_log_reader *reader, const struct http_log_text *fields,
                         struct http_log_request *out)
{
    uint64_t number = 0;

    *out = (struct http_log_request){.place = HTTP_PLACE_EWS, .is_back_end = true};
    if (!read_number(&fields[STATUS], 999, &number))
        return false;
    out->status = (uint16_t)number;
    if (read_number(&fields[SUBSTATUS], UINT16_MAX, &number))
        out->substatus = (uint16_t)number;
    if (read_number(&fields[WIN32], UINT32_MAX, &number))
        out->win32 = (uint32_t)number;
    if (read_number(&fields[BACK_END_STATUS], 999, &number))
        out->back_end_status = (uint16_t)number;
    out->is_timed = read_number(&fields[TAKEN], UINT32_MAX, &number);
    out->took = out->is_timed ? (uint32_t)number : 0;
    if (reader->log.type != FILE_TYPE_EWS_LOG) {
        out->place = read_place(&fields[STEM]);
        out->is_back_end =
            read_number(&fields[PORT], UINT16_MAX, &number) && (number == 444 || number == 81);
    }
    if (out->place == HTTP_PLACE_EWS || out->place == HTTP_PLACE_POWERSHELL)
        out->action = read_token(&fields[ACTION]);
    out->code = read_token(&fields[CODE]);
    out->mark.line = reader->log.lines;
    out->mark.time = read_moment(reader, fields);
    return true;
}

static void count_failure(struct http_log_reader *reader, struct http_log_request *request,
                          const struct http_log_text *agent)
{
    request->agent = *agent;
    if (agent->size == 1 && *agent->text == '-')
        request->agent.size = 0;
    if (request->agent.size > HTTP_LOG_TEXT_KEPT)
        request->agent.size = HTTP_LOG_TEXT_KEPT;
    reader->log.failures++;
    if (request->mark.time)
        reader->log.by_hour[request->mark.time / 3600000 % HTTP_LOG_HOURS]++;
    http_log_rows_add_agent(reader->rows, request, reader->separator == ' ');
}

static void keep_server(struct http_log_reader *reader, const struct http_log_text *server)
{
    size_t size = server->size < HTTP_LOG_TEXT_KEPT ? server->size : HTTP_LOG_TEXT_KEPT;

    if (size == 0 || (size == 1 && *server->text == '-') ||
        (size == reader->server.size && memcmp(server->text, reader->server.text, size) == 0))
        return;
    buffer_clear(&reader->server);
    buffer_add(&reader->server, server->text, size);
}

static void take_request(struct http_log_reader *reader, const struct http_log_text *fields)
{
    struct http_log *log = &reader->log;
    struct http_log_request request;

    if (!read_request(reader, fields, &request)) {
        log->damaged++;
        return;
    }
    log->requests++;
    if (request.mark.time) {
        if (log->first == 0 || request.mark.time < log->first)
            log->first = request.mark.time;
        if (request.mark.time > log->last)
            log->last = request.mark.time;
    }
    keep_server(reader, &fields[SERVER]);
    log->of_ews += request.place == HTTP_PLACE_EWS;
    http_log_rows_add(reader->rows, &request);
    if (request.place == HTTP_PLACE_EWS && is_failure(&request))
        count_failure(reader, &request, &fields[AGENT]);
}

/* Fields that none has quoted, which are nearly all: between one separator and the next. */
static void split_plain(const struct http_log_reader *reader, const struct http_log_text *line,
                        struct http_log_text *fields)
{
    uint32_t ends[COLUMNS_MOST];
    size_t last = reader->columns[reader->column_count - 1].at;
    size_t count = separators_find(line->text, line->size, reader->separator, ends, last + 1);

    for (size_t i = 0; i < reader->column_count && reader->columns[i].at <= count; i++) {
        size_t at = reader->columns[i].at;
        size_t begin = at > 0 ? (size_t)ends[at - 1] + 1 : 0;
        size_t end = at < count ? ends[at] : line->size;

        fields[reader->columns[i].column] = (struct http_log_text){line->text + begin, end - begin};
    }
}

static void split_quoted(const struct http_log_reader *reader, struct http_log_text rest,
                         struct http_log_text *fields)
{
    size_t at = 0;

    for (size_t i = 0; i < reader->column_count && rest.size != SIZE_MAX; at++) {
        struct http_log_text field = take_field(&rest, reader->separator);

        if (at == reader->columns[i].at)
            fields[reader->columns[i++].column] = field;
    }
}

static void read_line(struct http_log_reader *reader, const struct http_log_text *line)
{
    struct http_log_text fields[COLUMNS];

    for (unsigned i = 0; i < COLUMNS; i++)
        fields[i] = (struct http_log_text){"", 0};
    if (reader->separator == ',' && memchr(line->text, '"', line->size))
        split_quoted(reader, *line, fields);
    else
        split_plain(reader, line, fields);
    take_request(reader, fields);
}

/* ---- directives ---- */

static bool read_directive(struct http_log_text *line, const char *name)
{
    size_t size = strlen(name);

    if (line->size < size || !text_starts_fold(line->text, line->size, name))
        return false;
    line->text += size;
    line->size -= size;
    while (line->size > 0 && (*line->text == ' ' || *line->text == '\t')) {
        line->text++;
        line->size--;
    }
    return true;
}

static void keep_first(struct buffer *buffer, const struct http_log_text *text)
{
    if (buffer->size == 0)
        buffer_add(buffer, text->text, text->size);
}

static void read_header(struct http_log_reader *reader, struct http_log_text line)
{
    if (read_directive(&line, "#Software:"))
        keep_first(&reader->software, &line);
    else if (read_directive(&line, "#Version:"))
        keep_first(&reader->version, &line);
    else if (read_directive(&line, "#Date:"))
        reader->header_day = read_day(reader, &line);
    else if (read_directive(&line, "#Fields:"))
        read_columns(reader, line);
}

void http_log_add(struct http_log_reader *reader, const char *line, size_t size)
{
    struct http_log_text text = {line, size};

    reader->log.lines++;
    if (reader->log.lines == 1 && size >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0)
        text = (struct http_log_text){line + 3, size - 3};
    if (text.size > 0 && text.text[text.size - 1] == '\r')
        text.size--;
    if (text.size == 0)
        return;
    if (*text.text == '#')
        read_header(reader, text);
    else if (reader->separator == ',' && text_starts_fold(text.text, text.size, "DateTime,"))
        read_columns(reader, text);
    else if (text.size > HTTP_LOG_LINE_MOST || reader->column_count == 0)
        reader->log.damaged++;
    else
        read_line(reader, &text);
}

/* ---- the whole ---- */

struct http_log_reader *http_log_reader_new(enum file_type type)
{
    struct http_log_reader *reader = memory_new(1, sizeof *reader);

    reader->log.type = type;
    reader->separator = type == FILE_TYPE_IIS_LOG ? ' ' : ',';
    reader->day = reader->header_day = INT64_MIN;
    reader->rows = http_log_rows_new();
    buffer_init(&reader->software, SOFTWARE_MOST);
    buffer_init(&reader->version, SOFTWARE_MOST);
    buffer_init(&reader->server, HTTP_LOG_TEXT_KEPT);
    return reader;
}

static const char *keep_text(const struct buffer *buffer, struct arena *arena)
{
    return buffer->size ? arena_copy(arena, buffer->text, buffer->size) : NULL;
}

/* The version that IIS names is that of the log's format. */
void http_log_end(struct http_log_reader *reader, struct arena *arena, struct http_log *out)
{
    *out = reader->log;
    out->software = keep_text(&reader->software, arena);
    if (out->software && reader->version.size > 0 && out->type != FILE_TYPE_IIS_LOG)
        out->software = arena_print(arena, "%s %s", out->software, reader->version.text);
    out->server = keep_text(&reader->server, arena);
    out->more = http_log_rows_keep(reader->rows, arena, out);
    http_log_rows_free(reader->rows);
    buffer_release(&reader->software);
    buffer_release(&reader->version);
    buffer_release(&reader->server);
    free(reader);
}
