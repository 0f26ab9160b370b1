#include "diag/command/audit_run.h"

#include "diag/command/audit_input.h"
#include "diag/command/audit_line.h"
#include "diag/command/option_subjects.h"
#include "diag/command/progress.h"
#include "diag/exam.h"
#include "diag/platform.h"
#include "diag/read/domain_list.h"
#include "diag/read/utf16.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROOM_FIRST = 256,     /* domains in flight */
    ROOM_MOST = 16384,    /* the same, however many of them wait for one server */
    SHORT_WHILE = 4,      /* milliseconds */
    LINES_MOST = 10000,   /* of the list, at once */
    SHOWN_MOST = 1000,    /* bytes of a line that is no domain */
    FLUSH_SIZE = 32768,   /* bytes of lines that are written at once */
    FLUSH_EVERY = 100,    /* milliseconds */
    PROGRESS_EVERY = 200, /* milliseconds */
    PROGRESS_SIZE = 256
};

struct audit {
    const struct audit_plan *plan;
    struct audit_outcome *outcome;
    struct evidence_store *store;
    struct exam *exam;
    struct gather *gather;

    struct audit_input *input;
    struct domain_list list;
    bool is_utf16;
    struct utf16 utf16;
    struct buffer utf8; /* the piece at hand, where the list is UTF-16 */
    bool is_read;       /* no piece of the input follows */
    bool is_exhausted;  /* no line either */
    bool is_dry;        /* no line is there at present */
    int64_t input_size; /* -1: not known */
    int64_t input_used;
    struct buffer name; /* of the line at hand, as it is written */

    size_t in_flight; /* domains */
    size_t room;      /* for those; see make_room() */
    size_t most_room;
    size_t room_for_workers; /* whatever the room; see has_room() */
    bool has_settled;        /* something, since the last look */
    struct buffer out;
    int64_t flushed; /* when, microseconds on the monotonic clock; so are the next two */
    int64_t began;
    int64_t shown;

    struct platform_mutex *mutex; /* guards: */
    bool interrupted;
};

/* ---- interruption ---- */

static void interrupt(void *context)
{
    struct audit *audit = context;

    platform_mutex_lock(audit->mutex);
    audit->interrupted = true;
    platform_mutex_unlock(audit->mutex);
    gather_wake(audit->gather);
}

static bool is_interrupted(struct audit *audit)
{
    bool interrupted;

    platform_mutex_lock(audit->mutex);
    interrupted = audit->interrupted;
    platform_mutex_unlock(audit->mutex);
    return interrupted;
}

/* ---- lines in ---- */

/* The list as UTF-8, whichever of the two it is in. */
static void add_piece(struct audit *audit, const char *bytes, size_t size)
{
    if (audit->input_used == 0)
        audit->is_utf16 = utf16_begins(bytes, size, &audit->utf16);
    audit->input_used += (int64_t)size;
    if (!audit->is_utf16 || size == 0) {
        domain_list_add(&audit->list, bytes, size);
        return;
    }
    buffer_clear(&audit->utf8);
    utf16_to_utf8(&audit->utf16, bytes, size, &audit->utf8);
    if (audit->utf8.size > 0) /* half a character is no end */
        domain_list_add(&audit->list, audit->utf8.text, audit->utf8.size);
}

static bool next_line(struct audit *audit, struct domain_line *line)
{
    while (!domain_list_next(&audit->list, line)) {
        const char *bytes;
        size_t size;

        if (audit->is_read) {
            audit->is_exhausted = true;
            return false;
        }
        if (!audit_input_take(audit->input, &bytes, &size, &audit->outcome->input))
            return false;
        audit->is_read = size == 0;
        add_piece(audit, bytes, size);
    }
    return true;
}

/* Why the line is no domain; NULL if it is one. Either way audit->name is what it is called. */
static const char *name_of(struct audit *audit, const struct domain_line *line)
{
    const char *fault = line->fault;

    buffer_clear(&audit->name);
    if (!fault && strpbrk(line->name, ",;\t"))
        fault = "several fields: give the column of the domains alone";
    else if (!fault && options_canonical_name(line->name, &audit->name) != STATUS_OK)
        fault = "not a domain name";
    else if (!fault && !strchr(audit->name.text, '.'))
        fault = "not a domain: a name without a dot";
    if (!fault)
        return NULL;
    buffer_clear(&audit->name);
    text_show(&audit->name, line->text, line->size);
    return fault;
}

static void take_line(struct audit *audit, const struct domain_line *line)
{
    const struct audit_plan *plan = audit->plan;
    const char *fault = name_of(audit, line), *name = audit->name.text;
    uint64_t hash = text_hash(name);

    if (hash % plan->shard_count != plan->shard)
        return;
    if (plan->done && audit_done_take(plan->done, hash))
        return;
    if (fault) {
        audit_line_refused(&audit->out, name, fault);
        audit->outcome->lines++;
    } else {
        audit->in_flight++;
        exam_add_subject(audit->exam, SUBJECT_DOMAIN, name, name, true);
    }
}

/*
 * Where workers have conversations, there is room for as many domains as give every one of
 * them its next before it asks for it: some wait long for one server, and hold nobody up.
 */
static bool has_room(const struct audit *audit)
{
    return audit->in_flight < audit->room || audit->in_flight < audit->room_for_workers;
}

static void look_at_workers(struct audit *audit)
{
    size_t appetite = gather_appetite(audit->gather);

    audit->room_for_workers = appetite > 0 ? audit->in_flight + appetite : 0;
    if (audit->room_for_workers > ROOM_MOST)
        audit->room_for_workers = ROOM_MOST;
}

/*
 * As many as there is room for, and no more output than is written at once. Nor more
 * lines than take a moment, should all of them be done already.
 */
static void take_lines(struct audit *audit)
{
    struct domain_line line;

    look_at_workers(audit);
    audit->is_dry = false;
    for (unsigned lines = 0; lines < LINES_MOST && has_room(audit); lines++) {
        if (audit->out.size >= FLUSH_SIZE)
            return;
        if (!next_line(audit, &line)) {
            audit->is_dry = true;
            return;
        }
        take_line(audit, &line);
    }
}

/* ---- lines out ---- */

static void concluded(void *context, const struct visit *visit)
{
    struct audit *audit = context;

    audit_line_examined(&audit->out, visit);
    audit->in_flight--;
    audit->outcome->lines++;
}

static void flush(struct audit *audit, int64_t now)
{
    audit->flushed = now;
    if (audit->out.size == 0)
        return;
    if (fwrite(audit->out.text, 1, audit->out.size, stdout) != audit->out.size ||
        fflush(stdout) != 0)
        audit->outcome->output = platform_write_error();
    buffer_clear(&audit->out);
}

/* Soon, but not line by line. */
static void flush_if_due(struct audit *audit, int64_t now)
{
    if (audit->out.size >= FLUSH_SIZE || now - audit->flushed >= FLUSH_EVERY * (int64_t)1000)
        flush(audit, now);
}

/* ---- progress ---- */

static void add_time_left(struct buffer *line, double seconds)
{
    if (seconds < 90)
        buffer_print(line, ", %.0f s left", seconds);
    else if (seconds < 5400)
        buffer_print(line, ", %.0f min left", seconds / 60);
    else
        buffer_print(line, ", %.1f h left", seconds / 3600);
}

static void show_progress(struct audit *audit, int64_t now)
{
    double seconds = (double)(now - audit->began) / 1e6;
    double used = (double)(audit->input_used - (audit->list.end - audit->list.at));
    struct buffer line;

    if (!audit->plan->shows_progress || now - audit->shown < PROGRESS_EVERY * (int64_t)1000)
        return;
    audit->shown = now;
    buffer_init(&line, PROGRESS_SIZE);
    buffer_print(&line, "%llu domains, %.0f a second, %zu under way",
                 (unsigned long long)audit->outcome->lines, (double)audit->outcome->lines / seconds,
                 audit->in_flight);
    if (audit->input_size > 0 && used > 0)
        add_time_left(&line, seconds * ((double)audit->input_size - used) / used);
    progress_draw(&line);
    buffer_release(&line);
}

/* ---- the loop ---- */

static void fetch(void *context, struct evidence *item)
{
    struct audit *audit = context;

    gather_start(audit->gather, item);
}

static void settled(void *context, struct evidence *item)
{
    struct audit *audit = context;

    audit->has_settled = true;
    exam_settled(audit->exam, item, platform_monotonic_clock());
}

static void wake(void *context)
{
    gather_wake(context);
}

/*
 * Few domains at once are quicker than many, for what is known of them stays near the
 * processor; so there is room for more of them only when no answer comes for a while.
 */
static void make_room(struct audit *audit)
{
    audit->has_settled = false;
    gather_wait(audit->gather, SHORT_WHILE);
    if (!audit->has_settled)
        audit->room *= 2;
    if (audit->room > audit->most_room)
        audit->room = audit->most_room;
}

static void wait_for_more(struct audit *audit)
{
    int64_t due = exam_due(audit->exam), most = FLUSH_EVERY;

    if (!audit->is_dry && has_room(audit)) {
        gather_wait(audit->gather, 0);
        return;
    }
    if (!audit->is_dry && audit->room < audit->most_room) {
        make_room(audit);
        return;
    }
    if (due != INT64_MAX) {
        int64_t left = (due - platform_monotonic_clock()) / 1000 + 1;

        most = left < 0 ? 0 : left < most ? left : most;
    }
    gather_wait(audit->gather, most);
}

static bool is_done(const struct audit *audit)
{
    return audit->is_exhausted && audit->in_flight == 0;
}

static bool is_over(struct audit *audit)
{
    if (audit->outcome->output != STATUS_OK)
        return true;
    if (is_interrupted(audit)) {
        audit->outcome->interrupted = true;
        return true;
    }
    return is_done(audit);
}

static void work(struct audit *audit)
{
    int64_t now = audit->began = audit->flushed = audit->shown = platform_monotonic_clock();

    while (!is_over(audit)) {
        take_lines(audit);
        exam_work(audit->exam, now);
        flush_if_due(audit, now);
        show_progress(audit, now);
        if (!is_done(audit))
            wait_for_more(audit);
        now = platform_monotonic_clock();
    }
    flush(audit, now);
}

static void release(struct audit *audit)
{
    audit_input_free(audit->input);
    gather_free(audit->gather);
    exam_free(audit->exam);
    evidence_store_free(audit->store);
    buffer_release(&audit->name);
    buffer_release(&audit->utf8);
    buffer_release(&audit->out);
    platform_mutex_free(audit->mutex);
    free(audit);
}

static struct audit *new_audit(const struct audit_plan *plan, struct audit_outcome *outcome)
{
    struct audit *audit = memory_new(1, sizeof *audit);
    const struct exam_options how = {.settings = plan->settings,
                                     .probes = plan->probes,
                                     .store = evidence_cache_new(AUDIT_CACHE_SIZE),
                                     .started = platform_wall_clock(),
                                     .absent = STATUS_CANCELLED,
                                     .fetch = fetch,
                                     .concluded = concluded,
                                     .context = audit};

    memset(outcome, 0, sizeof *outcome);
    audit->plan = plan;
    audit->outcome = outcome;
    audit->store = how.store;
    audit->exam = exam_new(&how);
    audit->input_size = platform_input_size();
    audit->most_room = plan->gather.dns_window;
    audit->room = ROOM_FIRST < audit->most_room ? ROOM_FIRST : audit->most_room;
    audit->mutex = platform_mutex_new();
    buffer_init(&audit->name, SHOWN_MOST);
    buffer_init(&audit->utf8,
                2 * (size_t)AUDIT_PIECE); /* a unit of two bytes becomes three at most */
    buffer_init(&audit->out, SIZE_MAX - 1);
    return audit;
}

enum status audit_run(const struct audit_plan *plan, struct audit_outcome *outcome)
{
    struct audit *audit = new_audit(plan, outcome);
    enum status status = gather_new(&plan->gather, settled, audit, &audit->gather);

    if (status != STATUS_OK)
        goto out;
    platform_on_interrupt(interrupt, audit);
    status = audit_input_new(wake, audit->gather, &audit->input);
    if (status == STATUS_OK)
        work(audit);
    platform_on_interrupt(NULL, NULL);
    if (plan->shows_progress)
        progress_clear();
out:
    release(audit);
    return status;
}
