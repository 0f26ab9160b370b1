#include "diag/read/mailstore_tally.h"

#include <stdlib.h>
#include <string.h>

enum {
    PLACES = 2 * MAILSTORE_DISTINCT_MOST, /* a power of two */
    DAY = 24 * 3600 * 1000,
    HOUR = 3600 * 1000
};

struct kept { /* with room for what its message points to */
    struct mailstore_message message;
    char code[EWS_CODE_MOST + 1];
    char date[MAILSTORE_WORD_KEPT + 1];
    int mailbox;
};

struct distinct {
    struct kept *kept;       /* or NULL: only counted */
    uint64_t codes, lasting; /* bits of struct mailstore_code */
    uint32_t failures;
    bool is_fetched_later;
};

_Static_assert(MAILSTORE_CODES_KEPT <= 64, "a bit for each");

struct code {
    struct mailstore_code totals;
    char name[EWS_CODE_MOST + 1];
};

struct call {
    struct mailstore_call totals;
    char name[MAILSTORE_WORD_KEPT + 1];
};

struct mailbox {
    struct mailstore_mailbox totals;
    char name[MAILSTORE_NAME_KEPT + 1];
};

struct ends { /* parts of messages at one end of the log */
    struct kept list[MAILSTORE_OPEN_KEPT];
    size_t count;
};

struct mailstore_tally {
    uint64_t outcomes[MAILSTORE_OUTCOME_COUNT];
    uint64_t recovered_requests, fetched_later, distinct_count;
    uint32_t recovered_span;
    struct mailstore_delay delays[MAILSTORE_DELAYS_KEPT];
    size_t delay_count;
    struct kept failed[EWS_CLASS_COUNT][MAILSTORE_KEPT_OF_CLASS];
    size_t failed_counts[EWS_CLASS_COUNT];
    struct ends begun, open;
    uint64_t identities[PLACES]; /* of messages that failed; 0: the place is free */
    struct distinct distinct[PLACES];
    struct code codes[MAILSTORE_CODES_KEPT];
    size_t code_count, other_codes;
    struct call calls[MAILSTORE_CALLS_KEPT];
    size_t call_count;
    struct mailbox mailboxes[MAILSTORE_MAILBOXES_KEPT];
    size_t mailbox_count;
    bool more;
};

struct mailstore_tally *mailstore_tally_new(void)
{
    return memory_new(1, sizeof(struct mailstore_tally));
}

/* ---- calls, mailboxes, codes ---- */

int mailstore_tally_call(struct mailstore_tally *tally, const char *name, size_t size)
{
    size_t i = 0;

    while (i < tally->call_count &&
           (strlen(tally->calls[i].name) != size || memcmp(tally->calls[i].name, name, size) != 0))
        i++;
    if (i == MAILSTORE_CALLS_KEPT) {
        tally->more = true;
        return MAILSTORE_NOWHERE;
    }
    if (i == tally->call_count)
        memcpy(tally->calls[tally->call_count++].name, name, size);
    tally->calls[i].totals.requests++;
    return (int)i;
}

int mailstore_tally_mailbox(struct mailstore_tally *tally, const char *name)
{
    size_t i = 0;

    while (i < tally->mailbox_count && strcmp(tally->mailboxes[i].name, name) != 0)
        i++;
    if (i == MAILSTORE_MAILBOXES_KEPT) {
        tally->more = true;
        return MAILSTORE_NOWHERE;
    }
    if (i == tally->mailbox_count)
        memcpy(tally->mailboxes[tally->mailbox_count++].name, name, strlen(name) + 1);
    return (int)i;
}

static struct code *code_of(struct mailstore_tally *tally, const char *code, uint64_t line)
{
    bool is_other = ews_class_of(code) == EWS_CLASS_OTHER;
    struct mailstore_code *totals;
    size_t i = 0;

    code = code ? code : "";
    while (i < tally->code_count && strcmp(tally->codes[i].name, code) != 0)
        i++;
    if (i == tally->code_count &&
        (i == MAILSTORE_CODES_KEPT ||
         (is_other && tally->other_codes == MAILSTORE_OTHER_CODES_KEPT))) {
        tally->more = true;
        return NULL;
    }
    totals = &tally->codes[i].totals;
    if (i == tally->code_count) {
        tally->code_count++;
        tally->other_codes += is_other;
        memcpy(tally->codes[i].name, code, strlen(code) + 1);
        totals->first_line = line;
    }
    if (line < totals->first_line) /* threads end their messages in any order */
        totals->first_line = line;
    if (line > totals->last_line)
        totals->last_line = line;
    return &tally->codes[i];
}

/* ---- messages that fail, each once ---- */

/* Its place, or the free one where it would be. */
static size_t place_of(const struct mailstore_tally *tally, uint64_t identity)
{
    size_t at = (size_t)(identity * 0x9e3779b97f4a7c15u >> 40);

    while (tally->identities[at % PLACES] != identity && tally->identities[at % PLACES] != 0)
        at++;
    return at % PLACES;
}

static void copy_kept(struct kept *kept, const struct mailstore_ended *ended)
{
    const struct mailstore_message *message = &ended->message;

    kept->message = *message;
    if (message->code)
        memcpy(kept->code, message->code, strlen(message->code) + 1);
    if (message->date)
        memcpy(kept->date, message->date, strlen(message->date) + 1);
    kept->mailbox = ended->mailbox;
}

static struct kept *keep_failed(struct mailstore_tally *tally, const struct mailstore_ended *ended)
{
    enum ews_class class = ews_class_of(ended->message.code);
    size_t count = tally->failed_counts[class];
    struct kept *kept = &tally->failed[class][count];

    if (count == MAILSTORE_KEPT_OF_CLASS) {
        tally->more = true;
        return NULL;
    }
    tally->failed_counts[class]++;
    copy_kept(kept, ended);
    kept->message.failures = 1;
    return kept;
}

/* Where it was not recognised again: as if there were no other try of it. */
static void count_once(struct code *code, const struct mailstore_message *message)
{
    if (!code)
        return;
    code->totals.distinct++;
    code->totals.lasting += message->requests >= MAILSTORE_LASTING;
}

/* Of all codes that the message had. */
static void set_fetched(struct mailstore_tally *tally, struct distinct *distinct, bool is_fetched)
{
    if (distinct->is_fetched_later == is_fetched)
        return;
    distinct->is_fetched_later = is_fetched;
    if (distinct->kept)
        distinct->kept->message.is_fetched_later = is_fetched;
    tally->fetched_later = is_fetched ? tally->fetched_later + 1 : tally->fetched_later - 1;
    for (size_t i = 0; i < tally->code_count; i++) {
        struct mailstore_code *code = &tally->codes[i].totals;
        uint64_t one = distinct->codes >> i & 1, lasting = distinct->lasting >> i & 1;

        code->fetched_later = is_fetched ? code->fetched_later + one : code->fetched_later - one;
        code->lasting_fetched =
            is_fetched ? code->lasting_fetched + lasting : code->lasting_fetched - lasting;
    }
}

static void count_distinct(const struct mailstore_tally *tally, struct distinct *distinct,
                           struct code *code, uint32_t requests)
{
    uint64_t bit;

    if (!code)
        return;
    bit = (uint64_t)1 << (code - tally->codes);
    code->totals.distinct += !(distinct->codes & bit);
    distinct->codes |= bit;
    if (requests >= MAILSTORE_LASTING) {
        code->totals.lasting += !(distinct->lasting & bit);
        distinct->lasting |= bit;
    }
}

static void fail_distinct(struct mailstore_tally *tally, const struct mailstore_ended *ended,
                          struct code *code)
{
    struct distinct *distinct;
    size_t place;

    if (ended->message.line == 0) {
        (void)keep_failed(tally, ended);
        count_once(code, &ended->message);
        return;
    }
    place = place_of(tally, ended->identity);
    distinct = &tally->distinct[place];
    if (tally->identities[place] == 0) {
        struct kept *kept = keep_failed(tally, ended);

        if (tally->distinct_count == MAILSTORE_DISTINCT_MOST) {
            count_once(code, &ended->message);
            return;
        }
        tally->distinct_count++;
        tally->identities[place] = ended->identity;
        distinct->kept = kept;
    }
    distinct->failures++;
    set_fetched(tally, distinct, false);
    count_distinct(tally, distinct, code, ended->message.requests);
    if (distinct->kept)
        distinct->kept->message.failures = distinct->failures;
}

static void fetch_distinct(struct mailstore_tally *tally, uint64_t identity)
{
    size_t place;

    if (tally->distinct_count == 0)
        return;
    place = place_of(tally, identity);
    if (tally->identities[place] != 0)
        set_fetched(tally, &tally->distinct[place], true);
}

/* ---- messages ---- */

void mailstore_tally_begin(struct mailstore_tally *tally, int mailbox)
{
    if (mailbox != MAILSTORE_NOWHERE)
        tally->mailboxes[mailbox].totals.messages++;
}

static void add_delays(struct mailstore_tally *tally, const struct mailstore_message *message)
{
    if (message->delay_count > tally->delay_count)
        tally->delay_count = message->delay_count;
    for (size_t i = 0; i < message->delay_count; i++) {
        struct mailstore_delay *delay = &tally->delays[i];
        uint32_t value = message->delays[i];

        if (delay->count == 0 || value < delay->least)
            delay->least = value;
        if (value > delay->most)
            delay->most = value;
        delay->total += value;
        delay->count++;
    }
}

static void end_failed(struct mailstore_tally *tally, const struct mailstore_ended *ended)
{
    const struct mailstore_message *message = &ended->message;
    bool is_transient = ews_class_of(message->code) == EWS_CLASS_TRANSIENT;
    struct code *code = code_of(tally, message->code, message->last_line);

    if (code) {
        code->totals.messages++;
        code->totals.again += message->requests >= MAILSTORE_LASTING;
        code->totals.by_hour[message->time % DAY / HOUR]++;
        code->totals.manners[message->manner]++;
    }
    if (ended->mailbox != MAILSTORE_NOWHERE) {
        tally->mailboxes[ended->mailbox].totals.failed++;
        tally->mailboxes[ended->mailbox].totals.transient += is_transient;
    }
    if (is_transient && message->line > 0) /* of others the first requests are not known */
        add_delays(tally, message);
    fail_distinct(tally, ended, code);
}

static void end_recovered(struct mailstore_tally *tally, const struct mailstore_ended *ended)
{
    const struct mailstore_message *message = &ended->message;
    struct code *code = message->code ? code_of(tally, message->code, message->last_line) : NULL;

    if (code)
        code->totals.recovered++;
    tally->recovered_requests += message->requests - 1;
    if (message->span > tally->recovered_span)
        tally->recovered_span = message->span;
}

static void keep_end(struct mailstore_tally *tally, struct ends *ends,
                     const struct mailstore_ended *ended)
{
    if (ends->count == MAILSTORE_OPEN_KEPT)
        tally->more = true;
    else
        copy_kept(&ends->list[ends->count++], ended);
}

void mailstore_tally_fine(struct mailstore_tally *tally, uint64_t identity)
{
    tally->outcomes[MAILSTORE_FINE]++;
    fetch_distinct(tally, identity);
}

void mailstore_tally_end(struct mailstore_tally *tally, const struct mailstore_ended *ended)
{
    const struct mailstore_message *message = &ended->message;

    tally->outcomes[message->outcome]++;
    if (message->line == 0)
        keep_end(tally, &tally->begun, ended);
    if (message->outcome == MAILSTORE_UNFINISHED)
        keep_end(tally, &tally->open, ended);
    else if (message->outcome == MAILSTORE_FAILED)
        end_failed(tally, ended);
    else if (message->line > 0)
        fetch_distinct(tally, ended->identity);
    if (message->outcome == MAILSTORE_RECOVERED)
        end_recovered(tally, ended);
}

void mailstore_tally_elsewhere(struct mailstore_tally *tally, int call, const char *code,
                               uint64_t line)
{
    struct code *place = code_of(tally, code, line);

    if (place)
        place->totals.elsewhere++;
    if (call != MAILSTORE_NOWHERE)
        tally->calls[call].totals.failures++;
}

/* ---- the whole ---- */

struct copying {
    const struct mailstore_mailbox *mailboxes;
    struct arena *arena;
};

static void copy_message(const struct copying *copying, const struct kept *kept,
                         struct mailstore_message *out)
{
    *out = kept->message;
    out->code = *kept->code ? arena_copy_string(copying->arena, kept->code) : NULL;
    out->date = *kept->date ? arena_copy_string(copying->arena, kept->date) : NULL;
    out->mailbox =
        kept->mailbox == MAILSTORE_NOWHERE ? NULL : copying->mailboxes[kept->mailbox].name;
}

static const struct mailstore_message *copy_ends(const struct copying *copying,
                                                 const struct ends *ends)
{
    struct mailstore_message *list = arena_new(copying->arena, ends->count, sizeof *list);

    for (size_t i = 0; i < ends->count; i++)
        copy_message(copying, &ends->list[i], &list[i]);
    return list;
}

static int compare_kept(const void *a, const void *b)
{
    const struct kept *one = *(const struct kept *const *)a,
                      *other = *(const struct kept *const *)b;

    if (one->message.last_line != other->message.last_line)
        return one->message.last_line < other->message.last_line ? -1 : 1;
    return one->message.thread < other->message.thread ? -1 : 1;
}

static void copy_failed(const struct mailstore_tally *tally, const struct copying *copying,
                        struct mailstore_log *out)
{
    const struct kept *sorted[MAILSTORE_MESSAGES_KEPT];
    struct mailstore_message *list;
    size_t count = 0;

    for (size_t class = 0; class < EWS_CLASS_COUNT; class ++) {
        for (size_t i = 0; i < tally->failed_counts[class]; i++)
            sorted[count++] = &tally->failed[class][i];
    }
    if (count > 0)
        qsort(sorted, count, sizeof *sorted, compare_kept);
    list = arena_new(copying->arena, count, sizeof *list);
    for (size_t i = 0; i < count; i++)
        copy_message(copying, sorted[i], &list[i]);
    out->failed = list;
    out->failed_count = count;
}

static void copy_names(const struct mailstore_tally *tally, struct arena *arena,
                       struct mailstore_log *out)
{
    struct mailstore_code *codes = arena_new(arena, tally->code_count, sizeof *codes);
    struct mailstore_call *calls = arena_new(arena, tally->call_count, sizeof *calls);
    struct mailstore_mailbox *mailboxes = arena_new(arena, tally->mailbox_count, sizeof *mailboxes);

    for (size_t i = 0; i < tally->code_count; i++) {
        const char *name = tally->codes[i].name;

        codes[i] = tally->codes[i].totals;
        codes[i].code = *name ? arena_copy_string(arena, name) : NULL;
    }
    for (size_t i = 0; i < tally->call_count; i++) {
        calls[i] = tally->calls[i].totals;
        calls[i].name = arena_copy_string(arena, tally->calls[i].name);
    }
    for (size_t i = 0; i < tally->mailbox_count; i++) {
        mailboxes[i] = tally->mailboxes[i].totals;
        mailboxes[i].name = arena_copy_string(arena, tally->mailboxes[i].name);
    }
    out->codes = codes;
    out->code_count = tally->code_count;
    out->calls = calls;
    out->call_count = tally->call_count;
    out->mailboxes = mailboxes;
    out->mailbox_count = tally->mailbox_count;
}

void mailstore_tally_keep(struct mailstore_tally *tally, struct arena *arena,
                          struct mailstore_log *out)
{
    struct copying copying = {.arena = arena};

    memcpy(out->outcomes, tally->outcomes, sizeof out->outcomes);
    memcpy(out->delays, tally->delays, sizeof out->delays);
    out->delay_count = tally->delay_count;
    out->distinct_failed = tally->distinct_count;
    out->fetched_later = tally->fetched_later;
    out->recovered_requests = tally->recovered_requests;
    out->recovered_span = tally->recovered_span;
    out->more = tally->more;
    copy_names(tally, arena, out);
    copying.mailboxes = out->mailboxes;
    copy_failed(tally, &copying, out);
    out->begun = copy_ends(&copying, &tally->begun);
    out->begun_count = tally->begun.count;
    out->open = copy_ends(&copying, &tally->open);
    out->open_count = tally->open.count;
    free(tally);
}
