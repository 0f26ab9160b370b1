#include "diag/read/mailstore_log.h"

#include "diag/read/mailstore_line.h"
#include "diag/read/mailstore_tally.h"

#include <stdlib.h>
#include <string.h>

enum {
    DAY = 24 * 3600 * 1000,
    HOUR = 3600 * 1000,
    BACK_IS_MIDNIGHT = 2 * HOUR, /* the end of summer time takes one */
    APART_MOST = 16,             /* lines of other threads amid those of an exception */
    HEAD_KEPT = 96               /* bytes of the line that names a message, up to its subject */
};

static const char *const outcome_words[MAILSTORE_OUTCOME_COUNT] = {
#define X(name, word) [MAILSTORE_##name] = word,
    MAILSTORE_OUTCOME_LIST(X)
#undef X
};

static const char *const manner_words[MAILSTORE_MANNER_COUNT] = {
#define X(name, word) [MAILSTORE_##name] = word,
    MAILSTORE_MANNER_LIST(X)
#undef X
};

const char *mailstore_outcome_word(enum mailstore_outcome outcome)
{
    return outcome_words[outcome];
}

const char *mailstore_manner_word(enum mailstore_manner manner)
{
    return manner_words[manner];
}

struct worker { /* a thread of the log, and the message that it has at hand */
    uint32_t number;
    bool has_message;
    bool is_failed;   /* the last word of the message is an exception */
    bool is_answered; /* something follows the last request, so it is over */
    int call;         /* another than GetMimeContent was the last one; or MAILSTORE_NOWHERE */
    int mailbox;
    uint64_t line, last_line, identity;
    int64_t first, last; /* requests */
    int64_t end;         /* the exception, or the last request */
    uint32_t requests;
    size_t delay_count;
    uint32_t delays[MAILSTORE_DELAYS_KEPT];
    char code[EWS_CODE_MOST + 1];
    size_t subject; /* where it stands in `head` */
    size_t head_size;
    char head[HEAD_KEPT];
};

struct mailstore_reader {
    struct mailstore_log log;
    struct mailstore_tally *tally;
    struct worker *workers[MAILSTORE_THREADS_MOST];
    int64_t clock; /* milliseconds of the day, of the last line that was looked at; -1: none was */
    struct worker *answered; /* by the last line, which may have been torn; or NULL */
    struct worker *excepted; /* an exception whose lines go on, or NULL */
    bool is_warned;          /* it is a warning */
    uint64_t excepted_line;
    char code[EWS_CODE_MOST + 1]; /* of it */
    bool is_known;                /* and it has a class of its own */
    bool is_torn;                 /* the last line ends in it */
    struct worker *codeless;      /* its exception was without a code so far, or NULL */
    uint64_t codeless_line;
    uint64_t damaged_line; /* the last one that was; 0: none */
};

/* ---- times ---- */

/* Lines of before midnight may still come after it. */
static int64_t moment(struct mailstore_reader *reader, uint32_t time)
{
    struct mailstore_log *log = &reader->log;
    int64_t now = time, day = (int64_t)log->days;

    if (day > 0 && now >= DAY - HOUR && reader->clock < HOUR) {
        day--;
    } else {
        if (now + BACK_IS_MIDNIGHT < reader->clock)
            day = (int64_t)++log->days;
        reader->clock = now;
    }
    now += day * DAY;
    if (log->first < 0)
        log->first = now;
    if (now > log->last)
        log->last = now;
    return now;
}

/* ---- messages ---- */

static uint32_t between(int64_t from, int64_t to)
{
    return to - from < UINT32_MAX ? (uint32_t)(to - from) : UINT32_MAX;
}

static struct mailstore_message message_of(const struct worker *worker)
{
    struct mailstore_message message = {.line = worker->line,
                                        .last_line = worker->last_line,
                                        .thread = worker->number,
                                        .time = worker->first,
                                        .span = between(worker->first, worker->end),
                                        .requests = worker->requests,
                                        .delay_count = worker->delay_count,
                                        .manner = MAILSTORE_PLAIN,
                                        .code = *worker->code ? worker->code : NULL};

    memcpy(message.delays, worker->delays, worker->delay_count * sizeof *worker->delays);
    if (worker->line > 0)
        message.manner = mailstore_line_manner(worker->head + worker->subject,
                                               worker->head_size - worker->subject);
    return message;
}

/* A line that was damaged meanwhile may have been that of the next message. */
static bool is_doubtful(const struct mailstore_reader *reader, const struct worker *worker)
{
    return !*worker->code && reader->damaged_line > worker->line &&
           reader->damaged_line < worker->last_line;
}

static enum mailstore_outcome outcome_of(const struct mailstore_reader *reader,
                                         const struct worker *worker, bool is_next)
{
    if (worker->is_failed)
        return MAILSTORE_FAILED;
    if (!is_next && !worker->is_answered)
        return MAILSTORE_UNFINISHED;
    return worker->requests > 1 && !is_doubtful(reader, worker) ? MAILSTORE_RECOVERED
                                                                : MAILSTORE_FINE;
}

/* `is_next`: the thread has gone on to another message. */
static void end_message(struct mailstore_reader *reader, struct worker *worker, bool is_next)
{
    enum mailstore_outcome outcome = outcome_of(reader, worker, is_next);
    char date[MAILSTORE_WORD_KEPT + 1];
    struct mailstore_ended ended;

    worker->has_message = false;
    if (worker->requests == 0)
        return;
    if (outcome == MAILSTORE_FINE && worker->line > 0) {
        mailstore_tally_fine(reader->tally, worker->identity);
        return;
    }
    mailstore_line_date(worker->head, worker->line > 0 ? worker->subject : 0, date);
    ended.message = message_of(worker);
    ended.message.outcome = outcome;
    ended.message.date = *date ? date : NULL;
    ended.identity = worker->identity;
    ended.mailbox = worker->mailbox;
    mailstore_tally_end(reader->tally, &ended);
}

static void end_any(struct mailstore_reader *reader, struct worker *worker, bool is_next)
{
    if (worker->has_message)
        end_message(reader, worker, is_next);
}

static void begin_message(struct worker *worker)
{
    worker->has_message = true;
    worker->is_failed = worker->is_answered = false;
    worker->line = worker->last_line = worker->identity = 0;
    worker->requests = 0;
    worker->delay_count = 0;
    worker->code[0] = '\0';
    worker->call = MAILSTORE_NOWHERE;
}

static struct worker *worker_of(struct mailstore_reader *reader, uint32_t number)
{
    struct worker **place = &reader->workers[number % MAILSTORE_THREADS_MOST];

    if (!*place)
        *place = memory_new(1, sizeof **place);
    else if ((*place)->number == number)
        return *place;
    else
        end_any(reader, *place, false);
    **place =
        (struct worker){.number = number, .call = MAILSTORE_NOWHERE, .mailbox = MAILSTORE_NOWHERE};
    return *place;
}

static uint64_t mixed(uint64_t hash, const char *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

/* In two chains that do not wait for each other: it is made for every message. Never 0. */
static uint64_t identity_of(const char *text, size_t size)
{
    char rest[16] = "";
    uint64_t one = size, other = 0;

    for (; size >= sizeof rest; text += sizeof rest, size -= sizeof rest) {
        one = mixed(one, text);
        other = mixed(other, text + 8);
    }
    memcpy(rest, text, size);
    one = mixed(mixed(one, rest), rest + 8) ^ mixed(other, rest + 8);
    return one ? one : 1;
}

static void name_message(struct mailstore_reader *reader, struct worker *worker,
                         const struct mailstore_line *line, const char *subject)
{
    size_t before = (size_t)(subject - line->text), skip = 0, size;
    int64_t now = moment(reader, line->time);

    end_any(reader, worker, true);
    begin_message(worker);
    worker->line = worker->last_line = reader->log.lines;
    worker->identity = identity_of(line->text, line->size);
    if (before > HEAD_KEPT / 2)
        skip = before - HEAD_KEPT / 2;
    size = line->size - skip < HEAD_KEPT ? line->size - skip : HEAD_KEPT;
    memcpy(worker->head, line->text + skip, size);
    worker->head_size = size;
    worker->subject = before - skip;
    reader->log.messages++;
    reader->log.by_hour[now % DAY / HOUR]++;
    mailstore_tally_begin(reader->tally, worker->mailbox);
}

static void request(struct mailstore_reader *reader, struct worker *worker,
                    const struct mailstore_line *line)
{
    int64_t now = moment(reader, line->time);

    if (!worker->has_message)
        begin_message(worker);
    if (worker->requests == 0) {
        worker->first = now;
    } else {
        now = now < worker->last ? worker->last : now;
        if (worker->delay_count < MAILSTORE_DELAYS_KEPT)
            worker->delays[worker->delay_count++] = between(worker->last, now);
    }
    worker->last = worker->end = now;
    worker->last_line = reader->log.lines;
    worker->requests++;
    worker->is_failed = worker->is_answered = false;
    worker->call = MAILSTORE_NOWHERE;
    reader->log.requests++;
}

/* ---- exceptions ---- */

static void damaged(struct mailstore_reader *reader)
{
    reader->log.damaged += reader->damaged_line != reader->log.lines;
    reader->damaged_line = reader->log.lines;
}

static void look_for_code(struct mailstore_reader *reader, const char *text, size_t size)
{
    char status[MAILSTORE_WORD_KEPT + 1];
    size_t start, found = ews_code_find(text, size, &start);
    char code[EWS_CODE_MOST + 1];

    if (found > 0) {
        memcpy(code, text + start, found);
        code[found] = '\0';
    } else if (*reader->code || !mailstore_line_status(text, size, status)) {
        return;
    } else {
        memcpy(code, status, strlen(status) + 1);
    }
    reader->is_known = ews_class_of(code) != EWS_CLASS_OTHER;
    if (reader->is_known || !*reader->code)
        memcpy(reader->code, code, strlen(code) + 1);
}

/* All its lines are read. */
static void end_exception(struct mailstore_reader *reader)
{
    struct worker *worker = reader->excepted;
    const char *code = *reader->code ? reader->code : NULL;

    if (!worker)
        return;
    reader->excepted = NULL;
    if (worker->has_message && worker->requests > 0 && worker->call == MAILSTORE_NOWHERE) {
        worker->is_failed = worker->is_failed || !reader->is_warned;
        worker->last_line = reader->excepted_line;
        if (code)
            memcpy(worker->code, code, strlen(code) + 1);
        else
            reader->codeless = worker->is_failed ? worker : reader->codeless;
        reader->codeless_line = code ? reader->codeless_line : reader->excepted_line;
    } else if (!reader->is_warned) {
        mailstore_tally_elsewhere(reader->tally, worker->call, code, reader->excepted_line);
    }
}

/* Its lines may stand behind one of another thread. */
static void go_on(struct mailstore_reader *reader, const char *text, size_t size)
{
    struct worker *worker = reader->codeless;

    if (reader->excepted) {
        if (!reader->is_known)
            look_for_code(reader, text, size);
        return;
    }
    if (!worker || size == 0 || *text != ':' || worker->last_line != reader->codeless_line ||
        !worker->is_failed || reader->log.lines - reader->codeless_line > APART_MOST)
        return;
    reader->code[0] = '\0';
    look_for_code(reader, text, size);
    memcpy(worker->code, reader->code, strlen(reader->code) + 1);
    if (*reader->code)
        reader->codeless = NULL;
}

/* Where the log ends amid a code that several begin like, it is open which one it was. */
static void end_torn(struct mailstore_reader *reader)
{
    struct worker *worker = reader->excepted;
    const char *whole;
    size_t count;

    if (!worker || !reader->is_torn)
        return;
    count = ews_code_complete(reader->code, &whole);
    if (count == 1)
        memcpy(reader->code, whole, strlen(whole) + 1);
    else if (count > 1 && worker->has_message && worker->call == MAILSTORE_NOWHERE)
        reader->excepted = NULL;
}

static void begin_exception(struct mailstore_reader *reader, struct worker *worker,
                            const struct mailstore_line *line)
{
    int64_t now = moment(reader, line->time);

    reader->excepted = worker;
    reader->is_warned = line->is_warning;
    reader->excepted_line = reader->log.lines;
    reader->code[0] = '\0';
    reader->is_known = false;
    if (worker->call == MAILSTORE_NOWHERE && now > worker->end)
        worker->end = now;
    look_for_code(reader, line->text, line->size);
}

/* ---- lines ---- */

/* `end`: of all that the line has. A CR is there where its end was seen. */
static void tell(struct mailstore_reader *reader, struct mailstore_line *line, const char *end)
{
    const char *subject, *name, *text = line->text;
    size_t size = mailstore_line_call(line, &name);
    char mailbox[MAILSTORE_NAME_KEPT + 1];
    struct worker *worker = worker_of(reader, line->thread);

    if (size > 0) {
        reader->log.damaged += line->text != text;
        if (size == MAILSTORE_CALL_SIZE && memcmp(name, MAILSTORE_CALL, MAILSTORE_CALL_SIZE) == 0) {
            request(reader, worker, line);
            return;
        }
        worker->call = mailstore_tally_call(reader->tally, name, size);
    } else if ((subject = mailstore_line_subject(line))) {
        name_message(reader, worker, line, subject);
    } else if (memchr(text, '\0', (size_t)(end - text))) {
        damaged(reader);
    } else if (mailstore_line_mailbox(line, mailbox) > 0) {
        worker->mailbox = mailstore_tally_mailbox(reader->tally, mailbox);
    }
    worker->is_answered = worker->is_answered || (end[-1] == '\r' && worker->requests > 0);
    reader->answered = worker;
}

static bool is_torn_code(const struct mailstore_reader *reader, const char *text, size_t size)
{
    size_t code = strlen(reader->code);

    return reader->excepted && !reader->is_known && code > 0 && code <= size &&
           memcmp(text + size - code, reader->code, code) == 0;
}

static void add_more(struct mailstore_reader *reader, const char *text, size_t size)
{
    reader->log.strange += mailstore_line_is_strange(text, size);
    if (memchr(text, '\0', size))
        damaged(reader);
    go_on(reader, text, size);
    reader->is_torn = is_torn_code(reader, text, size);
}

void mailstore_add(struct mailstore_reader *reader, const char *text, size_t size)
{
    struct mailstore_line line;
    enum mailstore_form form;

    reader->log.lines++;
    reader->is_torn = false;
    if (reader->answered)
        reader->answered->is_answered = reader->answered->requests > 0;
    reader->answered = NULL;
    if (size > MAILSTORE_LINE_MOST) {
        damaged(reader);
        size = MAILSTORE_LINE_MOST;
    }
    form = mailstore_line_split(text, size, &line);
    if (form == MAILSTORE_LINE_MORE) {
        add_more(reader, text, size);
        return;
    }
    reader->log.whole++;
    end_exception(reader);
    if (form == MAILSTORE_LINE_DAMAGED) {
        damaged(reader);
    } else if (line.is_telling) {
        tell(reader, &line, text + size);
    } else {
        begin_exception(reader, worker_of(reader, line.thread), &line);
        reader->is_torn = is_torn_code(reader, text, size);
    }
}

/* ---- the whole ---- */

struct mailstore_reader *mailstore_reader_new(void)
{
    struct mailstore_reader *reader = memory_new(1, sizeof *reader);

    reader->log.first = reader->log.last = reader->clock = -1;
    reader->tally = mailstore_tally_new();
    return reader;
}

void mailstore_end(struct mailstore_reader *reader, struct arena *arena, struct mailstore_log *out)
{
    end_torn(reader);
    end_exception(reader);
    for (size_t i = 0; i < MAILSTORE_THREADS_MOST; i++) {
        if (reader->workers[i])
            end_any(reader, reader->workers[i], false);
        free(reader->workers[i]);
    }
    *out = reader->log;
    mailstore_tally_keep(reader->tally, arena, out);
    free(reader);
}
