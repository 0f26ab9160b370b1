#include "diag/read/mail_log_reader.h"

#include "diag/clock.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { ROUTES = 64, KNOWN = 4096, SOFTWARE_MOST = 200 };

struct peer { /* strings are its own */
    struct mail_log_peer shown;
    uint64_t faults;
    uint64_t run; /* of failures, on its route, up to now */
};

struct route { /* who was tried last on it */
    uint64_t hash;
    size_t peer; /* index + 1 */
};

struct mail_log_reader {
    enum file_type type;
    const struct mail_log_form *form;
    void *state;
    struct buffer line, software, version, reporter;
    uint64_t lines, damaged;
    int64_t first, last;
    uint64_t peer_total;
    struct peer *peers;
    size_t peer_count, peer_room;
    struct route routes[ROUTES];
    uint16_t known[KNOWN]; /* by hashes of events: index of the peer, if it is still that */
};

const char *mail_log_fault_word(enum mail_log_fault fault)
{
    static const char *const words[] = {
#define X(name, word) [MAIL_LOG_##name] = word,
        MAIL_LOG_FAULT_LIST(X)
#undef X
    };

    return words[fault];
}

static const struct mail_log_form *form_of(enum file_type type)
{
    static const struct mail_log_form *const forms[] = {&mail_log_send, &mail_log_tracking,
                                                        &mail_log_queue, &mail_log_report};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (forms[i]->type == type)
            return forms[i];
    }
    return NULL;
}

struct mail_log_reader *mail_log_reader_new(enum file_type type)
{
    struct mail_log_reader *reader = memory_new(1, sizeof *reader);

    reader->type = type;
    reader->form = form_of(type);
    reader->state = memory_new(1, reader->form ? reader->form->size : 0);
    buffer_init(&reader->line, MAIL_LOG_LINE_MOST);
    buffer_init(&reader->software, SOFTWARE_MOST);
    buffer_init(&reader->version, SOFTWARE_MOST);
    buffer_init(&reader->reporter, MAIL_LOG_NAME_MOST);
    return reader;
}

uint64_t mail_log_line(const struct mail_log_reader *reader)
{
    return reader->lines;
}

void mail_log_damaged(struct mail_log_reader *reader)
{
    reader->damaged++;
}

void mail_log_reported_by(struct mail_log_reader *reader, const char *host)
{
    if (reader->reporter.size == 0)
        buffer_add_string(&reader->reporter, host);
}

bool mail_log_is_reporter(const struct mail_log_reader *reader, const char *host)
{
    return reader->reporter.size > 0 && strcmp(reader->reporter.text, host) == 0;
}

int64_t mail_log_time(struct mail_log_reader *reader, const char *text)
{
    int64_t time;

    if (clock_parse(text, &time) != STATUS_OK || time <= 0)
        return 0;
    if (reader->first == 0 || time < reader->first)
        reader->first = time;
    if (time > reader->last)
        reader->last = time;
    return time;
}

/* ---- directives: "#Software: Microsoft Exchange Server" ---- */

static void read_directive(const char *line, const char *name, struct buffer *out)
{
    size_t size = strlen(name);

    if (out->size > 0 || !text_starts_fold(line, strlen(line), name))
        return;
    line += size + strspn(line + size, " \t");
    buffer_add(out, line, strcspn(line, "\r"));
}

/* ---- lines ---- */

void mail_log_add(struct mail_log_reader *reader, const char *line, size_t size)
{
    reader->lines++;
    if (reader->lines == 1 && size >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3;
        size -= 3;
    }
    if (size > 0 && line[size - 1] == '\r')
        size--;
    if (size > MAIL_LOG_LINE_MOST) {
        mail_log_damaged(reader);
        return;
    }
    buffer_clear(&reader->line);
    buffer_add(&reader->line, line, size);
    for (size_t i = 0; i < reader->line.size; i++) {
        if (reader->line.text[i] == '\0')
            reader->line.text[i] = ' ';
    }
    read_directive(reader->line.text, "#Software:", &reader->software);
    read_directive(reader->line.text, "#Version:", &reader->version);
    if (reader->form)
        reader->form->read(reader, reader->state, reader->line.text);
}

/* ---- hosts ---- */

static bool is_same_name(const char *kept, const char *told)
{
    return kept ? told && strcmp(kept, told) == 0 : !told;
}

static bool is_same_address(const struct net_address *kept, const struct net_address *told)
{
    return kept->ip.family == IP_NONE ? told->ip.family == IP_NONE : net_address_equal(kept, told);
}

/* One report tells of one host twice: once with more, once with less. */
static bool may_be(const struct mail_log_peer *kept, const struct mail_log_event *event)
{
    return (!kept->host || !event->host || strcmp(kept->host, event->host) == 0) &&
           (kept->address.ip.family == IP_NONE || event->address.ip.family == IP_NONE ||
            net_address_equal(&kept->address, &event->address));
}

static bool is_of(const struct mail_log_peer *kept, const struct mail_log_event *event)
{
    if (!is_same_name(kept->domain, event->domain))
        return false;
    if (event->merges)
        return may_be(kept, event);
    return is_same_address(&kept->address, &event->address) &&
           is_same_name(kept->host, event->host);
}

static char *copy_name(const char *name)
{
    return name ? memory_copy_string(name) : NULL;
}

static void free_peer(struct peer *peer)
{
    free((char *)peer->shown.host);
    free((char *)peer->shown.domain);
    free((char *)peer->shown.first.text);
    free((char *)peer->shown.last.text);
}

/* A place for one more: of a host that never failed, where all are taken. NULL if none is. */
static struct peer *place_for_one(struct mail_log_reader *reader)
{
    if (reader->peer_count < MAIL_LOG_PEERS_KEPT) {
        reader->peers = memory_grow(reader->peers, &reader->peer_room, reader->peer_count,
                                    sizeof *reader->peers);
        return &reader->peers[reader->peer_count++];
    }
    for (size_t i = 0; i < reader->peer_count; i++) {
        if (reader->peers[i].faults == 0) {
            free_peer(&reader->peers[i]);
            return &reader->peers[i];
        }
    }
    return NULL;
}

static uint64_t hash_of(const struct mail_log_event *event)
{
    uint64_t hash = event->address.port;

    for (size_t i = 0; i < sizeof event->address.ip.bytes; i++)
        hash = hash * 31 + event->address.ip.bytes[i];
    hash ^= event->host ? text_hash(event->host) : 0;
    return hash * 31 ^ (event->domain ? text_hash(event->domain) : 0);
}

/* The one that was there the last time an event looked like this, or the first that is it. */
static struct peer *find_peer(struct mail_log_reader *reader, const struct mail_log_event *event)
{
    uint16_t *known = &reader->known[hash_of(event) % KNOWN];

    if (!event->merges && *known < reader->peer_count && is_of(&reader->peers[*known].shown, event))
        return &reader->peers[*known];
    for (size_t i = 0; i < reader->peer_count; i++) {
        if (!is_of(&reader->peers[i].shown, event))
            continue;
        *known = (uint16_t)i;
        return &reader->peers[i];
    }
    return NULL;
}

static struct peer *peer_of(struct mail_log_reader *reader, const struct mail_log_event *event)
{
    struct peer *peer = find_peer(reader, event);

    if (peer)
        return peer;
    reader->peer_total++;
    peer = place_for_one(reader);
    if (peer)
        *peer = (struct peer){.shown = {.host = copy_name(event->host),
                                        .domain = copy_name(event->domain),
                                        .address = event->address,
                                        .longest_silence = -1}};
    return peer;
}

/* What a later event knows of a host that an earlier one did not. */
static void learn(struct peer *peer, const struct mail_log_event *event)
{
    if (!peer->shown.host)
        peer->shown.host = copy_name(event->host);
    if (peer->shown.address.ip.family == IP_NONE)
        peer->shown.address = event->address;
}

static void keep_place(struct mail_log_place *place, const struct mail_log_event *event)
{
    size_t size = strlen(event->text);
    char *text;

    if (size > MAIL_LOG_LINE_KEPT)
        size = MAIL_LOG_LINE_KEPT;
    text = memory_new(size + 1, 1);
    memcpy(text, event->text, size);
    free((char *)place->text);
    *place = (struct mail_log_place){event->line, event->time, text};
}

/* Failures in a row: at this host, with no other tried on the same route in between. */
static void count_run(struct mail_log_reader *reader, struct peer *peer,
                      const struct mail_log_event *event)
{
    uint64_t hash = event->route ? text_hash(event->route) : 0;
    struct route *route = &reader->routes[hash % ROUTES];
    size_t here = (size_t)(peer - reader->peers) + 1;
    bool is_next = route->hash == hash && route->peer == here;

    *route = (struct route){hash, here};
    if (event->fault == MAIL_LOG_FAULT_COUNT) {
        peer->run = 0;
        return;
    }
    peer->run = is_next ? peer->run + 1 : 1;
    if (event->retries > peer->run)
        peer->run = event->retries;
    if (peer->run > peer->shown.most_in_a_row)
        peer->shown.most_in_a_row = peer->run;
}

void mail_log_tell(struct mail_log_reader *reader, const struct mail_log_event *event)
{
    bool is_somebody = event->host || event->domain || event->address.ip.family != IP_NONE;
    struct peer *peer = is_somebody ? peer_of(reader, event) : NULL;

    if (!peer)
        return;
    learn(peer, event);
    peer->shown.sessions++;
    peer->shown.greeted += event->greeted;
    if (!event->merges) /* one failure, told more than once */
        count_run(reader, peer, event);
    if (event->fault == MAIL_LOG_FAULT_COUNT)
        return;
    peer->shown.faults[event->fault]++;
    if (event->silence > peer->shown.longest_silence)
        peer->shown.longest_silence = event->silence;
    if (peer->faults++ == 0)
        keep_place(&peer->shown.first, event);
    keep_place(&peer->shown.last, event);
}

/* ---- the end ---- */

static const char *keep_text(struct arena *arena, const char *text)
{
    return text ? arena_copy_string(arena, text) : NULL;
}

static void keep_peers(const struct mail_log_reader *reader, bool failed, struct arena *arena,
                       struct mail_log *out)
{
    for (size_t i = 0; i < reader->peer_count; i++) {
        struct mail_log_peer *to = &out->peers[out->peer_count];

        if ((reader->peers[i].faults > 0) != failed)
            continue;
        *to = reader->peers[i].shown;
        to->host = keep_text(arena, to->host);
        to->domain = keep_text(arena, to->domain);
        to->first.text = keep_text(arena, to->first.text);
        to->last.text = keep_text(arena, to->last.text);
        out->peer_count++;
    }
}

static const char *software_of(const struct mail_log_reader *reader, struct arena *arena)
{
    if (reader->software.size == 0)
        return NULL;
    return arena_print(arena, "%s%s%s", reader->software.text, reader->version.size ? " " : "",
                       reader->version.text);
}

void mail_log_end(struct mail_log_reader *reader, struct arena *arena, struct mail_log *out)
{
    if (reader->form && reader->form->end)
        reader->form->end(reader, reader->state);
    *out = (struct mail_log){
        .type = reader->type,
        .software = software_of(reader, arena),
        .reporter = reader->reporter.size ? arena_copy_string(arena, reader->reporter.text) : NULL,
        .lines = reader->lines,
        .damaged = reader->damaged,
        .first = reader->first,
        .last = reader->last,
        .peer_total = reader->peer_total};
    out->peers = arena_new(arena, reader->peer_count, sizeof *out->peers);
    keep_peers(reader, true, arena, out);
    keep_peers(reader, false, arena, out);
    for (size_t i = 0; i < reader->peer_count; i++)
        free_peer(&reader->peers[i]);
    free(reader->peers);
    free(reader->state);
    buffer_release(&reader->line);
    buffer_release(&reader->software);
    buffer_release(&reader->version);
    buffer_release(&reader->reporter);
    free(reader);
}
