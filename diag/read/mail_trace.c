#include "diag/read/mail_trace.h"

#include "diag/read/frame.h"
#include "diag/read/mail_kept.h"
#include "diag/read/mail_lookups.h"
#include "diag/read/mail_stream.h"

#include <stdlib.h>
#include <string.h>

enum {
    SLOTS_FIRST = 1024, /* of the table; twice as many when it is full */
    CLOSED_KEPT = 1024  /* connections whose end was seen, and whose last frames may come yet */
};

struct key { /* all of its bytes count */
    unsigned char client[16], server[16];
    uint16_t client_port, server_port;
    uint32_t family;
};

struct tracked {
    struct key key;
    uint64_t hash;
    struct tracked *next_in_slot;
    struct tracked *previous, *next; /* in its list */
    struct trace_connection seen;
    uint64_t first_frame;
    uint32_t client_isn;   /* by SYN or SYN-ACK */
    uint32_t server_begin; /* the number of the first byte awaited */
    bool is_closed;        /* in the list of those */
    bool lacks_syn_ack;    /* it must have been: it was answered, or data followed it */
    bool gave_way;         /* to another, though it may go on */
    bool client_ended, server_ended;
    struct mail_stream client, server;
    struct mail_greeting greeting;
    struct mail_path path;
};

struct list { /* the one whose last frame is oldest stands first */
    struct tracked *first, *last;
    size_t count;
};

struct mail_tracer {
    struct frame_fragments *fragments;
    struct mail_lookups *lookups;
    struct mail_kept *kept;
    struct tracked **slots;
    size_t slot_count; /* a power of 2 */
    struct list open, closed;
    size_t held;             /* bytes of greetings whose turn is to come */
    struct mail_trace trace; /* its counters */
};

const struct trace_moment *trace_began(const struct trace_connection *connection)
{
    const struct trace_moment *moments[] = {&connection->syn, &connection->syn_ack,
                                            &connection->client_first, &connection->server_first};

    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        if (moments[i]->frame)
            return moments[i];
    }
    return &connection->last;
}

bool trace_is_half_open(const struct trace_connection *connection)
{
    return connection->syn_ack.frame && !connection->ack.frame && !connection->server_first.frame &&
           connection->ended_by != TRACE_SERVER_FIN;
}

/* ---- the table of connections ---- */

static uint64_t hash_of(const struct key *key)
{
    uint64_t words[sizeof *key / sizeof(uint64_t)], hash = 0;

    memcpy(words, key, sizeof words);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15;
        hash ^= hash >> 32;
    }
    return hash;
}

static struct key key_of(const struct frame_payload *payload, bool from_client)
{
    size_t size = payload->family == IP_V4 ? 4 : 16;
    struct key key = {.family = payload->family};

    memcpy(key.client, from_client ? payload->source : payload->target, size);
    memcpy(key.server, from_client ? payload->target : payload->source, size);
    key.client_port = from_client ? payload->source_port : payload->target_port;
    key.server_port = from_client ? payload->target_port : payload->source_port;
    return key;
}

static struct tracked *find(const struct mail_tracer *tracer, const struct key *key, uint64_t hash)
{
    struct tracked *tracked = tracer->slots[hash & (tracer->slot_count - 1)];

    while (tracked && (tracked->hash != hash || memcmp(&tracked->key, key, sizeof *key) != 0))
        tracked = tracked->next_in_slot;
    return tracked;
}

static void link_in(struct mail_tracer *tracer, struct tracked *tracked)
{
    struct tracked **slot = &tracer->slots[tracked->hash & (tracer->slot_count - 1)];

    tracked->next_in_slot = *slot;
    *slot = tracked;
}

static void link_out(struct mail_tracer *tracer, struct tracked *tracked)
{
    struct tracked **place = &tracer->slots[tracked->hash & (tracer->slot_count - 1)];

    while (*place != tracked)
        place = &(*place)->next_in_slot;
    *place = tracked->next_in_slot;
}

static void append(struct list *list, struct tracked *tracked)
{
    tracked->previous = list->last;
    tracked->next = NULL;
    *(list->last ? &list->last->next : &list->first) = tracked;
    list->last = tracked;
    list->count++;
}

static void take_out(struct list *list, struct tracked *tracked)
{
    *(tracked->previous ? &tracked->previous->next : &list->first) = tracked->next;
    *(tracked->next ? &tracked->next->previous : &list->last) = tracked->previous;
    list->count--;
}

static struct list *list_of(struct mail_tracer *tracer, const struct tracked *tracked)
{
    return tracked->is_closed ? &tracer->closed : &tracer->open;
}

static void grow_table(struct mail_tracer *tracer)
{
    struct list *const lists[] = {&tracer->open, &tracer->closed};

    if (tracer->open.count + tracer->closed.count < tracer->slot_count)
        return;
    free(tracer->slots);
    tracer->slot_count *= 2;
    tracer->slots = memory_new(tracer->slot_count, sizeof(struct tracked *));
    for (size_t i = 0; i < 2; i++) {
        for (struct tracked *tracked = lists[i]->first; tracked; tracked = tracked->next)
            link_in(tracer, tracked);
    }
}

/* ---- the life of a connection ---- */

/* No more is expected of it: it is kept, or not. */
static void finish(struct mail_tracer *tracer, struct tracked *tracked)
{
    struct mail_kept_connection done = {
        .seen = tracked->seen, .first_frame = tracked->first_frame, .path = tracked->path};
    struct mail_greeting *greeting = &tracked->greeting;

    done.seen.client_bytes = tracked->client.bytes;
    done.seen.server_bytes = tracked->server.bytes;
    done.seen.greeting = greeting->text;
    done.seen.greeting_size = greeting->size;
    done.seen.greeting_code = greeting->code;
    done.seen.is_cut = greeting->is_cut;
    done.seen.has_gap = tracked->lacks_syn_ack || tracked->gave_way || greeting->is_lost ||
                        mail_stream_has_gap(&tracked->client) ||
                        mail_stream_has_gap(&tracked->server);
    greeting->text = NULL;
    mail_greeting_release(greeting);
    link_out(tracer, tracked);
    take_out(list_of(tracer, tracked), tracked);
    free(tracked);
    mail_kept_add(tracer->kept, &done);
}

static void finish_all(struct mail_tracer *tracer, struct list *list)
{
    struct tracked *tracked, *next;

    for (tracked = list->first; tracked; tracked = next) {
        next = tracked->next;
        finish(tracer, tracked);
    }
}

static void close_connection(struct mail_tracer *tracer, struct tracked *tracked)
{
    if (tracked->is_closed)
        return;
    take_out(&tracer->open, tracked);
    tracked->is_closed = true;
    append(&tracer->closed, tracked);
    if (tracer->closed.count > CLOSED_KEPT)
        finish(tracer, tracer->closed.first);
}

static void make_room(struct mail_tracer *tracer)
{
    if (tracer->open.count < TRACE_OPEN_MOST)
        return;
    tracer->open.first->gave_way = true;
    finish(tracer, tracer->open.first);
}

static struct tracked *begin(struct mail_tracer *tracer, const struct key *key, uint64_t hash,
                             uint64_t frame)
{
    struct tracked *tracked = memory_new(1, sizeof *tracked);
    uint8_t family = (uint8_t)key->family;

    make_room(tracer);
    grow_table(tracer);
    tracked->key = *key;
    tracked->hash = hash;
    tracked->first_frame = frame;
    tracked->greeting.held_in_all = &tracer->held;
    tracked->seen.client =
        (struct net_address){.ip = frame_address(family, key->client), .port = key->client_port};
    tracked->seen.server =
        (struct net_address){.ip = frame_address(family, key->server), .port = key->server_port};
    link_in(tracer, tracked);
    append(&tracer->open, tracked);
    tracer->trace.connection_total++;
    return tracked;
}

static void note(struct trace_moment *moment, const struct trace_moment *now)
{
    if (!moment->frame)
        *moment = *now;
}

static void end_by(struct tracked *tracked, enum trace_end end, const struct trace_moment *now)
{
    if (tracked->seen.ended_by != TRACE_OPEN)
        return;
    tracked->seen.ended_by = end;
    tracked->seen.end = *now;
}

/* Its handshake is in the trace, or a part of that. */
static bool has_begun(const struct tracked *tracked)
{
    return tracked->seen.syn.frame || tracked->seen.syn_ack.frame;
}

static void await_greeting(struct tracked *tracked, uint32_t sequence)
{
    tracked->server_begin = sequence;
    mail_stream_begin(&tracked->server, sequence);
    if (tracked->seen.server.port != TRACE_TLS_PORT)
        mail_greeting_begin(&tracked->greeting, sequence);
}

/* ---- segments ---- */

static void take_syn(struct tracked *tracked, const struct frame_payload *segment,
                     const struct trace_moment *now)
{
    note(&tracked->seen.syn, now);
    tracked->seen.syns++;
    tracked->client_isn = segment->sequence;
    if (!tracked->client.is_known)
        mail_stream_begin(&tracked->client, segment->sequence + 1);
}

static void take_syn_ack(struct tracked *tracked, const struct frame_payload *segment,
                         const struct trace_moment *now)
{
    if (has_begun(tracked) && segment->acknowledged != tracked->client_isn + 1)
        return; /* of another connection between the same ports */
    note(&tracked->seen.syn_ack, now);
    tracked->client_isn = segment->acknowledged - 1;
    if (tracked->server_begin == segment->sequence + 1)
        tracked->lacks_syn_ack = false; /* recorded after what followed it */
    if (!tracked->client.is_known)
        mail_stream_begin(&tracked->client, segment->acknowledged);
    if (!tracked->server.is_known)
        await_greeting(tracked, segment->sequence + 1);
}

/* Not so a segment about an earlier connection between the same ports (RFC 5961 4). */
static bool acknowledges_syn(const struct tracked *tracked, const struct frame_payload *segment)
{
    uint32_t least = tracked->client_isn + 1;

    return !tracked->seen.syn.frame || tracked->server.is_known || !(segment->flags & FRAME_ACK) ||
           segment->acknowledged - least <= tracked->client.next - least;
}

static void take_client_segment(struct tracked *tracked, const struct frame_payload *segment,
                                const struct trace_moment *now)
{
    bool is_fin = (segment->flags & FRAME_FIN) != 0;

    if (segment->flags & FRAME_ACK) {
        if (has_begun(tracked))
            note(&tracked->seen.ack, now);
        if (has_begun(tracked) && !tracked->server.is_known) {
            tracked->lacks_syn_ack = true;
            await_greeting(tracked, segment->acknowledged);
        }
        mail_stream_acknowledge(&tracked->server, segment->acknowledged);
    }
    if (mail_stream_add(&tracked->client, segment->sequence, segment->size, is_fin))
        note(&tracked->seen.client_first, now);
    if (is_fin)
        end_by(tracked, TRACE_CLIENT_FIN, now);
    tracked->client_ended |= is_fin;
}

static void take_server_segment(struct tracked *tracked, const struct frame_payload *segment,
                                const struct trace_moment *now)
{
    bool is_fin = (segment->flags & FRAME_FIN) != 0;

    if (!acknowledges_syn(tracked, segment))
        return;
    if (segment->flags & FRAME_ACK)
        mail_stream_acknowledge(&tracked->client, segment->acknowledged);
    if (tracked->seen.syn.frame && !tracked->server.is_known) {
        tracked->lacks_syn_ack = true;
        await_greeting(tracked, segment->sequence);
    }
    if (mail_stream_add(&tracked->server, segment->sequence, segment->size, is_fin))
        note(&tracked->seen.server_first, now);
    if (tracked->greeting.is_open && mail_greeting_add(&tracked->greeting, segment->sequence,
                                                       segment->data, segment->size, segment->kept))
        note(&tracked->seen.greeted, now);
    if (is_fin)
        end_by(tracked, TRACE_SERVER_FIN, now);
    tracked->server_ended |= is_fin;
}

static void take_reset(struct tracked *tracked, const struct frame_payload *segment,
                       bool from_client, const struct trace_moment *now)
{
    bool is_unanswered = tracked->seen.syn.frame && !tracked->server.is_known;

    if (is_unanswered && from_client && segment->sequence != tracked->client_isn + 1)
        return; /* of an earlier connection too */
    if (is_unanswered && !from_client && !acknowledges_syn(tracked, segment))
        return;
    end_by(tracked, from_client ? TRACE_CLIENT_RST : TRACE_SERVER_RST, now);
    tracked->client_ended = tracked->server_ended = true;
}

/* Which side of a segment is the server, where both ports may be. */
static bool is_from_client(const struct mail_tracer *tracer, const struct frame_payload *segment)
{
    struct key key;

    if (!frame_is_mail_port(segment->source_port))
        return true;
    if (!frame_is_mail_port(segment->target_port))
        return false;
    if (segment->flags & FRAME_SYN)
        return !(segment->flags & FRAME_ACK);
    key = key_of(segment, false);
    return !find(tracer, &key, hash_of(&key));
}

/*
 * Whether this segment begins another connection between the same ports. A capture may have
 * the SYN-ACK before its SYN.
 */
static bool begins_another(const struct tracked *tracked, const struct frame_payload *segment,
                           bool from_client)
{
    unsigned handshake = segment->flags & (FRAME_SYN | FRAME_ACK);
    uint32_t isn = from_client ? segment->sequence : segment->acknowledged - 1;

    if (handshake != (from_client ? FRAME_SYN : FRAME_SYN | FRAME_ACK))
        return false;
    if (has_begun(tracked) && tracked->client_isn == isn)
        return false;
    return from_client || tracked->is_closed || !has_begun(tracked);
}

/* The connection of a segment; NULL where there is none, and none begins with it. */
static struct tracked *connection_of(struct mail_tracer *tracer,
                                     const struct frame_payload *segment, bool from_client,
                                     const struct trace_moment *now)
{
    struct key key = key_of(segment, from_client);
    uint64_t hash = hash_of(&key);
    struct tracked *tracked = find(tracer, &key, hash);

    if (tracked && begins_another(tracked, segment, from_client)) {
        if (tracked->seen.ended_by == TRACE_OPEN)
            tracked->seen.replaced = *now;
        finish(tracer, tracked);
        tracked = NULL;
    }
    if (tracked || segment->flags & FRAME_RST)
        return tracked;
    tracked = begin(tracer, &key, hash, now->frame);
    if (segment->flags & FRAME_SYN) /* of one that began before, nobody knows what led to it */
        tracked->path = mail_lookups_find(tracer->lookups, &tracked->seen.server.ip);
    return tracked;
}

static void touch(struct mail_tracer *tracer, struct tracked *tracked)
{
    if (tracked->is_closed || tracer->open.last == tracked)
        return;
    take_out(&tracer->open, tracked);
    append(&tracer->open, tracked);
}

/* The data of a SYN (RFC 7413) has the number after it. */
static void take_data(struct tracked *tracked, const struct frame_payload *segment,
                      bool from_client, const struct trace_moment *now)
{
    struct frame_payload data = *segment;

    if (data.flags & FRAME_SYN) {
        if (data.size == 0 && !(data.flags & FRAME_FIN))
            return;
        data.sequence++;
    }
    if (from_client)
        take_client_segment(tracked, &data, now);
    else
        take_server_segment(tracked, &data, now);
}

static void take_segment(struct mail_tracer *tracer, const struct frame_payload *segment,
                         const struct trace_moment *now)
{
    bool from_client = is_from_client(tracer, segment);
    struct tracked *tracked = connection_of(tracer, segment, from_client, now);

    if (!tracked)
        return;
    tracked->seen.last = *now;
    touch(tracer, tracked);
    if (segment->flags & FRAME_RST) {
        take_reset(tracked, segment, from_client, now);
    } else {
        if ((segment->flags & FRAME_SYN) && from_client)
            take_syn(tracked, segment, now);
        else if (segment->flags & FRAME_SYN)
            take_syn_ack(tracked, segment, now);
        take_data(tracked, segment, from_client, now);
    }
    if (tracked->client_ended && tracked->server_ended)
        close_connection(tracer, tracked);
}

/* ---- frames ---- */

struct mail_tracer *mail_tracer_new(void)
{
    struct mail_tracer *tracer = memory_new(1, sizeof *tracer);

    tracer->fragments = frame_fragments_new();
    tracer->lookups = mail_lookups_new();
    tracer->kept = mail_kept_new(tracer->lookups);
    tracer->slot_count = SLOTS_FIRST;
    tracer->slots = memory_new(tracer->slot_count, sizeof(struct tracked *));
    return tracer;
}

void mail_tracer_set_local_time(struct mail_tracer *tracer)
{
    tracer->trace.is_local_time = true;
}

/* Frames of several interfaces need not be in the order of their times. */
static void note_frame(struct mail_trace *trace, const struct trace_moment *now)
{
    trace->frames++;
    if (!trace->first.frame || (now->time && now->time < trace->first.time))
        trace->first = *now;
    if (now->time >= trace->last.time)
        trace->last = *now;
}

void mail_tracer_add(struct mail_tracer *tracer, const struct trace_frame *frame)
{
    struct trace_moment now = {frame->number, frame->time};
    struct frame_payload payload;

    note_frame(&tracer->trace, &now);
    switch (frame_read(frame, tracer->fragments, &payload)) {
    case FRAME_OTHER:
        return;
    case FRAME_UNREAD:
        tracer->trace.unread++;
        return;
    case FRAME_UDP:
        mail_lookups_add(tracer->lookups, now, &payload, false);
        return;
    case FRAME_TCP:
        if (frame_is_mail_port(payload.source_port) || frame_is_mail_port(payload.target_port))
            take_segment(tracer, &payload, &now);
        else
            mail_lookups_add(tracer->lookups, now, &payload, true);
        return;
    }
}

void mail_tracer_end(struct mail_tracer *tracer, struct arena *arena, struct mail_trace *out)
{
    finish_all(tracer, &tracer->open);
    finish_all(tracer, &tracer->closed);
    *out = tracer->trace;
    mail_kept_collect(tracer->kept, arena, out);
    mail_kept_free(tracer->kept);
    mail_lookups_free(tracer->lookups);
    frame_fragments_free(tracer->fragments);
    free(tracer->slots);
    free(tracer);
}
