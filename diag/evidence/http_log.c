#include "diag/evidence/http_log.h"

#include "diag/evidence/file_question.h"
#include "diag/evidence/hours.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"

#include <string.h>

static const struct http_log_digest *of(const struct evidence *item)
{
    return (const struct http_log_digest *)item;
}

/* ---- the question ---- */

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "http-log ");
    buffer_add_string(out, of(question)->path);
}

/* ---- saving ---- */

static void put_mark(json_t *object, const char *name, const struct http_log_mark *mark)
{
    json_t *member = json_object();

    json_put_number(member, "line", mark->line);
    if (mark->time)
        json_put_time(member, "time", mark->time);
    json_object_set_new(object, name, member);
}

static void put_positive(json_t *object, const char *name, uint64_t number)
{
    if (number > 0)
        json_put_number(object, name, number);
}

/* Up to the last that is not zero. */
static void put_spans(json_t *object, const uint64_t *spans)
{
    json_t *list;
    size_t count = HTTP_LOG_SPANS;

    while (count > 0 && spans[count - 1] == 0)
        count--;
    if (count == 0)
        return;
    list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_integer((json_int_t)spans[i]));
    json_object_set_new(object, "spans", list);
}

static json_t *row_to_json(const struct http_log_row *row)
{
    json_t *object = json_object();

    json_put_text(object, "place", http_place_word(row->place));
    if (row->is_back_end)
        json_put_bool(object, "back_end", true);
    if (row->action)
        json_put_text(object, "action", row->action);
    if (row->code)
        json_put_text(object, "code", row->code);
    json_put_number(object, "status", row->status);
    put_positive(object, "substatus", row->substatus);
    put_positive(object, "win32", row->win32);
    put_positive(object, "back_end_status", row->back_end_status);
    json_put_number(object, "count", row->count);
    put_mark(object, "first", &row->first);
    put_mark(object, "last", &row->last);
    put_spans(object, row->spans);
    put_positive(object, "longest_ms", row->longest);
    return object;
}

static json_t *agent_to_json(const struct http_log_agent *agent)
{
    json_t *object = json_object();

    json_put_text(object, "agent", agent->agent);
    json_put_number(object, "count", agent->count);
    put_mark(object, "first", &agent->first);
    put_mark(object, "last", &agent->last);
    return object;
}

static void save_lists(const struct http_log *log, json_t *object)
{
    json_t *rows = json_array(), *agents = json_array();

    for (size_t i = 0; i < log->row_count; i++)
        json_array_append_new(rows, row_to_json(&log->rows[i]));
    for (size_t i = 0; i < log->agent_count; i++)
        json_array_append_new(agents, agent_to_json(&log->agents[i]));
    json_object_set_new(object, "rows", rows);
    json_object_set_new(object, "agents", agents);
}

static void save(const struct evidence *item, json_t *object)
{
    const struct http_log *log = &of(item)->log;

    json_put_text(object, "path", of(item)->path);
    if (item->status != STATUS_OK)
        return;
    json_put_text(object, "type", file_type_word(log->type));
    if (log->software)
        json_put_text(object, "software", log->software);
    if (log->server)
        json_put_text(object, "server", log->server);
    json_put_number(object, "lines", log->lines);
    json_put_number(object, "requests", log->requests);
    json_put_number(object, "damaged", log->damaged);
    json_put_number(object, "of_ews", log->of_ews);
    json_put_number(object, "failures", log->failures);
    if (log->first)
        json_put_time(object, "first", log->first);
    if (log->last)
        json_put_time(object, "last", log->last);
    hours_save(object, "by_hour", log->by_hour);
    if (log->more)
        json_put_bool(object, "more", true);
    save_lists(log, object);
}

/* ---- loading ---- */

static struct http_log_mark load_mark(const json_t *object, const char *name)
{
    const json_t *member = json_object_get(object, name);

    return (struct http_log_mark){json_get_number(member, "line", INT64_MAX, 0),
                                  json_get_time(member, "time")};
}

static uint16_t load_small(const json_t *object, const char *name)
{
    return (uint16_t)json_get_number(object, name, UINT16_MAX, 0);
}

static void load_row(const json_t *object, struct arena *memory, struct http_log_row *row)
{
    const char *place = json_get_text(object, "place");
    const json_t *spans = json_object_get(object, "spans");

    *row = (struct http_log_row){
        .place = place ? http_place_from_word(place) : HTTP_PLACE_OTHER,
        .is_back_end = json_get_bool(object, "back_end"),
        .action = json_copy_text(object, "action", memory),
        .code = json_copy_text(object, "code", memory),
        .status = load_small(object, "status"),
        .substatus = load_small(object, "substatus"),
        .win32 = (uint32_t)json_get_number(object, "win32", UINT32_MAX, 0),
        .back_end_status = load_small(object, "back_end_status"),
        .count = json_get_number(object, "count", INT64_MAX, 0),
        .first = load_mark(object, "first"),
        .last = load_mark(object, "last"),
        .longest = (uint32_t)json_get_number(object, "longest_ms", UINT32_MAX, 0)};
    for (size_t i = 0; i < json_array_size(spans) && i < HTTP_LOG_SPANS; i++) {
        json_int_t count = json_integer_value(json_array_get(spans, i));

        row->spans[i] = count > 0 ? (uint64_t)count : 0;
    }
}

/* The length of a list, and that there was more of it. */
static size_t size_of(const json_t *list, size_t most, struct http_log *log)
{
    size_t size = json_array_size(list);

    log->more = log->more || size > most;
    return size < most ? size : most;
}

static void load_lists(struct http_log_digest *digest, const json_t *object)
{
    struct arena *memory = &digest->evidence.memory;
    struct http_log *log = &digest->log;
    const json_t *row_list = json_object_get(object, "rows");
    const json_t *agent_list = json_object_get(object, "agents");
    struct http_log_agent *agents;
    struct http_log_row *rows;

    log->row_count = size_of(row_list, HTTP_LOG_ROWS_KEPT, log);
    log->agent_count = size_of(agent_list, HTTP_LOG_AGENTS_KEPT, log);
    rows = arena_new(memory, log->row_count, sizeof *rows);
    agents = arena_new(memory, log->agent_count, sizeof *agents);
    for (size_t i = 0; i < log->row_count; i++)
        load_row(json_array_get(row_list, i), memory, &rows[i]);
    for (size_t i = 0; i < log->agent_count; i++) {
        const json_t *agent = json_array_get(agent_list, i);
        const char *text = json_copy_text(agent, "agent", memory);

        agents[i] =
            (struct http_log_agent){text ? text : "", json_get_number(agent, "count", INT64_MAX, 0),
                                    load_mark(agent, "first"), load_mark(agent, "last")};
    }
    log->rows = rows;
    log->agents = agents;
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct http_log_digest *digest = (struct http_log_digest *)item;
    const char *type = json_get_text(object, "type");

    digest->path = json_copy_text(object, "path", &item->memory);
    if (!digest->path)
        return STATUS_MALFORMED;
    digest->log = (struct http_log){.type = type ? file_type_from_word(type) : FILE_TYPE_UNKNOWN,
                                    .software = json_copy_text(object, "software", &item->memory),
                                    .server = json_copy_text(object, "server", &item->memory),
                                    .lines = json_get_number(object, "lines", INT64_MAX, 0),
                                    .requests = json_get_number(object, "requests", INT64_MAX, 0),
                                    .damaged = json_get_number(object, "damaged", INT64_MAX, 0),
                                    .of_ews = json_get_number(object, "of_ews", INT64_MAX, 0),
                                    .failures = json_get_number(object, "failures", INT64_MAX, 0),
                                    .first = json_get_time(object, "first"),
                                    .last = json_get_time(object, "last"),
                                    .more = json_get_bool(object, "more")};
    hours_load(object, "by_hour", digest->log.by_hour);
    load_lists(digest, object);
    return STATUS_OK;
}

/* ---- redaction ---- */

/* Words of clients that are widely used, and of what all of them write. */
static const char *const agent_words[] = {"MailStore",   "ExchangeServicesClient",
                                          "Microsoft",   "Office",
                                          "Outlook",     "Mac",
                                          "OS",          "X",
                                          "MSExchange",  "Mozilla",
                                          "compatible",  "Windows",
                                          "NT",          "Win64",
                                          "x64",         "AppleWebKit",
                                          "KHTML",       "like",
                                          "Gecko",       "Chrome",
                                          "Safari",      "Firefox",
                                          "Edge",        "MSIE",
                                          "Trident",     "Apple",
                                          "Mail",        "CalendarAgent",
                                          "macOS",       "iOS",
                                          "iPhone",      "Android",
                                          "Java",        "Python",
                                          "exchangelib", "curl",
                                          "Lync",        "Teams",
                                          "Skype",       "for",
                                          "Business",    "UCCAPI",
                                          "Thunderbird", "Evolution",
                                          "ASProxy",     "CrossForest",
                                          "EmailDomain", "AMProbe",
                                          "Local",       "ClientAccess",
                                          "Ews",         "Probe",
                                          "WinRM",       "Client",
                                          "MS",          "WebServices",
                                          "client",      "NET",
                                          "Protocol",    "SOAPAction",
                                          "exdiag",      NULL};

static const char *redact_words(const struct redactor *redactor, const char *text,
                                const char *const *words, struct arena *memory)
{
    struct buffer out;

    buffer_init(&out, 4 * strlen(text) + IP_TEXT_SIZE);
    redact_text(redactor, text, strlen(text), words, &out);
    return buffer_keep(&out, memory);
}

/* What IIS and Exchange say of themselves: their names and numbers. */
static const char *redact_software(const char *software)
{
    static const char *const own[] = {"Microsoft Internet Information Services",
                                      "Microsoft Exchange Server"};

    for (size_t i = 0; software && i < 2; i++) {
        size_t size = strlen(own[i]);

        if (strncmp(software, own[i], size) == 0 &&
            !software[size + strspn(software + size, " .0123456789")])
            return software;
    }
    return NULL;
}

/* Codes and actions of EWS are tokens of its schema; those that are no such words are labels. */
static const char *redact_token(const struct redactor *redactor, const char *token,
                                struct arena *memory)
{
    static const char *const none[] = {NULL};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-:";

    if (!token || !token[strspn(token, letters)])
        return token;
    return redact_words(redactor, token, none, memory);
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct http_log_digest *digest = (struct http_log_digest *)item;
    struct http_log *log = &digest->log;
    struct arena *memory = &item->memory;
    struct http_log_row *rows = arena_new(memory, log->row_count, sizeof *rows);
    struct http_log_agent *agents = arena_new(memory, log->agent_count, sizeof *agents);

    digest->path = redact_path_copy(redactor, digest->path, memory);
    log->software = redact_software(log->software);
    log->server = redact_name_copy(redactor, log->server, memory);
    for (size_t i = 0; i < log->row_count; i++) {
        rows[i] = log->rows[i];
        rows[i].action = redact_token(redactor, rows[i].action, memory);
        rows[i].code = redact_token(redactor, rows[i].code, memory);
    }
    for (size_t i = 0; i < log->agent_count; i++) {
        agents[i] = log->agents[i];
        agents[i].agent = redact_words(redactor, agents[i].agent, agent_words, memory);
    }
    log->rows = rows;
    log->agents = agents;
}

const struct evidence_kind evidence_http_log = {
    .name = "http-log",
    .size = sizeof(struct http_log_digest),
    .is_of_file = true,
    FILE_QUESTION(struct http_log_digest),
    .write_key = write_key,
    .describe = file_question_describe,
    .save = save,
    .load = load,
    .redact = redact,
};
