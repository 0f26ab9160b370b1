#include "diag/command/audit_line.h"

#include "diag/text.h"

#include <string.h>

enum {
    IDS_MOST = 256,  /* more than there are kinds of findings */
    TEXT_MOST = 4096 /* bytes of one text */
};

/* ---- JSON: only what a line needs ---- */

static void put_escaped(struct buffer *out, const char *text, size_t size)
{
    for (size_t at = 0, step; at < size; at += step) {
        uint32_t code_point;

        step = text_decode(text + at, size - at, &code_point);
        if (step == 0) {
            buffer_add_string(out, "\xEF\xBF\xBD"); /* U+FFFD */
            step = 1;
        } else if (code_point == '"' || code_point == '\\') {
            buffer_add_char(out, '\\');
            buffer_add_char(out, text[at]);
        } else if (code_point < 0x20) {
            buffer_print(out, "\\u%04x", (unsigned)code_point);
        } else {
            buffer_add(out, text + at, step);
        }
    }
}

/* Most names need nothing of the sort. */
static size_t plain_size(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size && text[at] >= 0x20 && text[at] < 0x7F && text[at] != '"' && text[at] != '\\')
        at++;
    return at;
}

static void put_text(struct buffer *out, const char *text)
{
    size_t size = text_fit(text, strlen(text), TEXT_MOST), plain = plain_size(text, size);

    buffer_add_char(out, '"');
    buffer_add(out, text, plain);
    put_escaped(out, text + plain, size - plain);
    buffer_add_char(out, '"');
}

/* A word of the program's own: an id or a name. */
static void put_word(struct buffer *out, const char *word)
{
    buffer_add_char(out, '"');
    buffer_add_string(out, word);
    buffer_add_char(out, '"');
}

static void begin_line(struct buffer *out, const char *domain)
{
    buffer_add_string(out, "{\"domain\": ");
    put_text(out, domain);
}

/* ---- findings ---- */

struct ids { /* each once, sorted */
    const char *list[IDS_MOST];
    size_t count;
};

static void add_id(struct ids *ids, const char *id)
{
    size_t at = ids->count;

    while (at > 0 && strcmp(ids->list[at - 1], id) > 0)
        at--;
    if (ids->count == IDS_MOST || (at > 0 && strcmp(ids->list[at - 1], id) == 0))
        return;
    memmove(ids->list + at + 1, ids->list + at, (ids->count - at) * sizeof *ids->list);
    ids->list[at] = id;
    ids->count++;
}

struct told {
    struct ids problems;
    struct ids unknown;
};

static void take_finding(void *context, struct finding *finding)
{
    struct told *told = context;

    if (finding->outcome == OUTCOME_PROBLEM)
        add_id(&told->problems, finding->kind->id);
    else if (finding->outcome == OUTCOME_UNKNOWN)
        add_id(&told->unknown, finding->kind->id);
}

static void put_ids(struct buffer *out, const char *name, const struct ids *ids)
{
    buffer_add_string(out, ", \"");
    buffer_add_string(out, name);
    buffer_add_string(out, "\": [");
    for (size_t i = 0; i < ids->count; i++) {
        if (i > 0)
            buffer_add_string(out, ", ");
        put_word(out, ids->list[i]);
    }
    buffer_add_char(out, ']');
}

/* ---- facts ---- */

static void put_facts(void *context, const struct probe *probe, const struct fact *facts)
{
    struct buffer *out = context;
    const char *before = ": {";

    buffer_add_string(out, ", ");
    put_word(out, probe->name);
    for (const struct fact *fact = facts; fact; fact = fact->next) {
        buffer_add_string(out, before);
        put_word(out, fact->name);
        buffer_add_string(out, ": ");
        if (fact->text)
            put_text(out, fact->text);
        else
            buffer_add_number(out, fact->number);
        before = ", ";
    }
    buffer_add_char(out, '}');
}

/* ---- what stood in the way ---- */

static void put_obstacle(struct buffer *out, const struct evidence *item)
{
    struct arena memory = {0};
    struct buffer text;

    buffer_init(&text, TEXT_MOST);
    item->kind->describe(item, &text);
    buffer_print(&text, ": %s", status_text(item->status));
    if (item->reason)
        buffer_print(&text, ": %s", item->reason);
    buffer_add_string(out, ", \"error\": ");
    put_text(out, text_printable(&memory, text.text, text.size));
    buffer_release(&text);
    arena_release(&memory);
}

void audit_line_examined(struct buffer *out, const struct visit *visit)
{
    const struct evidence *obstacle = visit_obstacle(visit);
    struct told told;

    told.problems.count = told.unknown.count = 0;
    visit_findings(visit, take_finding, &told);
    begin_line(out, visit_subject(visit)->name);
    put_ids(out, "findings", &told.problems);
    if (told.unknown.count > 0)
        put_ids(out, "unknown", &told.unknown);
    visit_facts(visit, put_facts, out);
    if (obstacle)
        put_obstacle(out, obstacle);
    buffer_add_string(out, "}\n");
}

void audit_line_refused(struct buffer *out, const char *text, const char *why)
{
    begin_line(out, text);
    buffer_add_string(out, ", \"findings\": [], \"error\": ");
    put_text(out, why);
    buffer_add_string(out, "}\n");
}
