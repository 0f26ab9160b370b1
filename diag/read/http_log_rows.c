#include "diag/read/http_log_rows.h"

#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROWS_MOST = 4096,
    ROWS_OF_OTHERS_MOST = 3072, /* but for EWS and PowerShell */
    SLOTS = 8192,
    AGENTS_MOST = 256
};

struct row {
    uint64_t hash;
    struct http_log_row row;
    struct http_log_text action, code; /* of what is kept; its text is in `memory` */
};

struct agent {
    uint64_t hash;
    struct http_log_agent agent;
    size_t size;
};

struct http_log_rows {
    struct arena memory;
    struct row *rows;
    size_t count, others;
    uint16_t slots[SLOTS]; /* of rows, from 1; 0: none */
    struct agent agents[AGENTS_MOST];
    size_t agent_count;
    bool more;
};

struct http_log_rows *http_log_rows_new(void)
{
    struct http_log_rows *rows = memory_new(1, sizeof *rows);

    rows->rows = memory_new(ROWS_MOST, sizeof *rows->rows);
    return rows;
}

void http_log_rows_free(struct http_log_rows *rows)
{
    arena_release(&rows->memory);
    free(rows->rows);
    free(rows);
}

/* ---- rows ---- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t mix_text(uint64_t hash, const struct http_log_text *text)
{
    for (size_t i = 0; i < text->size; i++)
        hash = (hash ^ (unsigned char)text->text[i]) * UINT64_C(0x100000001b3);
    return mix(hash, text->size);
}

static uint64_t hash_of(const struct http_log_request *request)
{
    uint64_t numbers =
        (uint64_t)request->win32 << 32 | (uint64_t)request->status << 16 | request->substatus;
    uint64_t rest = (uint64_t)request->back_end_status << 8 | (uint64_t)request->place << 1 |
                    request->is_back_end;
    uint64_t hash = mix(mix(1, numbers), rest);

    if (request->action.size > 0)
        hash = mix_text(hash, &request->action);
    if (request->code.size > 0)
        hash = mix_text(mix(hash, 2), &request->code);
    return hash;
}

static bool is_equal(const struct http_log_text *a, const struct http_log_text *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->text, b->text, a->size) == 0);
}

static bool is_of(const struct row *row, const struct http_log_request *request)
{
    return row->row.place == request->place && row->row.is_back_end == request->is_back_end &&
           row->row.status == request->status && row->row.substatus == request->substatus &&
           row->row.back_end_status == request->back_end_status &&
           row->row.win32 == request->win32 && is_equal(&row->action, &request->action) &&
           is_equal(&row->code, &request->code);
}

static bool is_examined(enum http_place place)
{
    return place == HTTP_PLACE_EWS || place == HTTP_PLACE_POWERSHELL;
}

static const char *copy(struct http_log_rows *rows, struct http_log_text *text)
{
    if (text->size == 0)
        return NULL;
    text->text = arena_copy(&rows->memory, text->text, text->size);
    return text->text;
}

static struct row *new_row(struct http_log_rows *rows, const struct http_log_request *request,
                           uint64_t hash)
{
    bool is_other = !is_examined(request->place);
    struct row *row;

    if (rows->count == ROWS_MOST || (is_other && rows->others == ROWS_OF_OTHERS_MOST)) {
        rows->more = true;
        return NULL;
    }
    rows->others += is_other;
    row = &rows->rows[rows->count++];
    *row = (struct row){.hash = hash,
                        .row = {.place = request->place,
                                .is_back_end = request->is_back_end,
                                .status = request->status,
                                .substatus = request->substatus,
                                .back_end_status = request->back_end_status,
                                .win32 = request->win32,
                                .first = request->mark},
                        .action = request->action,
                        .code = request->code};
    row->row.action = copy(rows, &row->action);
    row->row.code = copy(rows, &row->code);
    return row;
}

static struct row *row_of(struct http_log_rows *rows, const struct http_log_request *request)
{
    uint64_t hash = hash_of(request);
    size_t slot = (size_t)hash % SLOTS;
    struct row *row;

    for (; rows->slots[slot]; slot = (slot + 1) % SLOTS) {
        row = &rows->rows[rows->slots[slot] - 1];
        if (row->hash == hash && is_of(row, request))
            return row;
    }
    row = new_row(rows, request, hash);
    if (row)
        rows->slots[slot] = (uint16_t)rows->count;
    return row;
}

void http_log_rows_add(struct http_log_rows *rows, const struct http_log_request *request)
{
    struct row *row = row_of(rows, request);
    unsigned span = 0;

    if (!row)
        return;
    row->row.count++;
    row->row.last = request->mark;
    if (!request->is_timed)
        return;
    while (span < HTTP_LOG_SPANS - 1 && request->took > http_log_spans[span])
        span++;
    row->row.spans[span]++;
    if (request->took > row->row.longest)
        row->row.longest = request->took;
}

/* ---- clients ---- */

static void keep_agent(struct http_log_rows *rows, struct agent *agent,
                       const struct http_log_text *text, bool has_plus)
{
    char *copied = arena_copy(&rows->memory, text->text, text->size);

    for (char *plus = copied; has_plus && (plus = strchr(plus, '+'));)
        *plus = ' ';
    agent->agent.agent = copied;
    agent->size = text->size;
}

void http_log_rows_add_agent(struct http_log_rows *rows, const struct http_log_request *request,
                             bool has_plus)
{
    uint64_t hash = mix_text(1, &request->agent);
    size_t at = 0;

    while (at < rows->agent_count &&
           (rows->agents[at].hash != hash || rows->agents[at].size != request->agent.size))
        at++;
    if (at == AGENTS_MOST) {
        rows->more = true;
        return;
    }
    if (at == rows->agent_count) {
        rows->agents[at] = (struct agent){.hash = hash, .agent = {.first = request->mark}};
        keep_agent(rows, &rows->agents[at], &request->agent, has_plus);
        rows->agent_count++;
    }
    rows->agents[at].agent.count++;
    rows->agents[at].agent.last = request->mark;
}

/* ---- what is kept ---- */

static int by_count(uint64_t left, uint64_t right)
{
    return (left < right) - (left > right);
}

static int by_line(const struct http_log_mark *left, const struct http_log_mark *right)
{
    return (left->line > right->line) - (left->line < right->line);
}

/* Those that are to be kept first. */
static int by_worth(const void *left, const void *right)
{
    const struct http_log_row *a = &((const struct row *)left)->row;
    const struct http_log_row *b = &((const struct row *)right)->row;
    int order = is_examined(b->place) - is_examined(a->place);

    if (order == 0)
        order = by_count(a->count, b->count);
    return order ? order : by_line(&a->first, &b->first);
}

static int by_place(const void *left, const void *right)
{
    const struct http_log_row *a = left, *b = right;
    int order = (int)a->place - (int)b->place;

    if (order == 0)
        order = by_count(a->count, b->count);
    return order ? order : by_line(&a->first, &b->first);
}

static int by_failures(const void *left, const void *right)
{
    const struct http_log_agent *a = &((const struct agent *)left)->agent;
    const struct http_log_agent *b = &((const struct agent *)right)->agent;
    int order = by_count(a->count, b->count);

    return order ? order : by_line(&a->first, &b->first);
}

static const char *move(const char *text, struct arena *arena)
{
    return text ? arena_copy_string(arena, text) : NULL;
}

static void keep_rows(struct http_log_rows *rows, struct arena *arena, struct http_log *out)
{
    struct http_log_row *kept;

    out->row_count = rows->count < HTTP_LOG_ROWS_KEPT ? rows->count : HTTP_LOG_ROWS_KEPT;
    kept = arena_new(arena, out->row_count, sizeof *kept);
    if (rows->count > 1)
        qsort(rows->rows, rows->count, sizeof *rows->rows, by_worth);
    for (size_t i = 0; i < out->row_count; i++) {
        kept[i] = rows->rows[i].row;
        kept[i].action = move(kept[i].action, arena);
        kept[i].code = move(kept[i].code, arena);
    }
    if (out->row_count > 1)
        qsort(kept, out->row_count, sizeof *kept, by_place);
    out->rows = kept;
}

static void keep_agents(struct http_log_rows *rows, struct arena *arena, struct http_log *out)
{
    struct http_log_agent *kept;

    out->agent_count =
        rows->agent_count < HTTP_LOG_AGENTS_KEPT ? rows->agent_count : HTTP_LOG_AGENTS_KEPT;
    kept = arena_new(arena, out->agent_count, sizeof *kept);
    if (rows->agent_count > 1)
        qsort(rows->agents, rows->agent_count, sizeof *rows->agents, by_failures);
    for (size_t i = 0; i < out->agent_count; i++) {
        kept[i] = rows->agents[i].agent;
        kept[i].agent = move(kept[i].agent, arena);
    }
    out->agents = kept;
}

bool http_log_rows_keep(struct http_log_rows *rows, struct arena *arena, struct http_log *out)
{
    keep_rows(rows, arena, out);
    keep_agents(rows, arena, out);
    return rows->more || rows->count > out->row_count || rows->agent_count > out->agent_count;
}
