#include "diag/read/mail_stream.h"

#include <stdlib.h>
#include <string.h>

/* How far `a` is ahead of `b`; negative where it is behind. */
static int64_t ahead(uint32_t a, uint32_t b)
{
    uint32_t distance = a - b;

    return distance < 0x80000000u ? (int64_t)distance : (int64_t)distance - 0x100000000;
}

/* ---- sequence numbers ---- */

void mail_stream_begin(struct mail_stream *stream, uint32_t next)
{
    stream->is_known = true;
    stream->next = next;
}

static void add_hole(struct mail_stream *stream, uint32_t begin, uint32_t end)
{
    if (stream->holes == STREAM_HOLES_MOST) {
        stream->is_lost = true;
        return;
    }
    stream->hole[stream->holes].begin = begin;
    stream->hole[stream->holes].end = end;
    stream->holes++;
}

static void remove_hole(struct mail_stream *stream, unsigned index)
{
    stream->hole[index] = stream->hole[--stream->holes];
}

/* Takes [begin, end) out of the holes. */
static void fill_holes(struct mail_stream *stream, uint32_t begin, uint32_t end)
{
    for (unsigned i = stream->holes; i-- > 0;) {
        uint32_t from = stream->hole[i].begin, to = stream->hole[i].end;

        if (ahead(begin, to) >= 0 || ahead(from, end) >= 0)
            continue;
        remove_hole(stream, i);
        if (ahead(begin, from) > 0)
            add_hole(stream, from, begin);
        if (ahead(to, end) > 0)
            add_hole(stream, end, to);
    }
}

bool mail_stream_add(struct mail_stream *stream, uint32_t sequence, size_t size, bool is_fin)
{
    uint32_t end = sequence + (uint32_t)size;
    int64_t early, further;

    if (!stream->is_known)
        mail_stream_begin(stream, sequence);
    early = ahead(sequence, stream->next);
    further = ahead(end, stream->next);
    if (early > 0 && (size || is_fin))
        add_hole(stream, stream->next, sequence);
    else if (early > 0)
        mail_stream_acknowledge(stream, sequence); /* it was sent, though it may come yet */
    else if (early < 0 && stream->holes)
        fill_holes(stream, sequence, end);
    if (further > 0 && (size || is_fin)) {
        stream->bytes += (uint64_t)further;
        stream->next = end;
    }
    if (is_fin && !stream->is_ended && end == stream->next) {
        stream->is_ended = true;
        stream->next++;
    }
    return size > 0 && further > 0;
}

void mail_stream_acknowledge(struct mail_stream *stream, uint32_t number)
{
    if (stream->has_acks && ahead(number, stream->acknowledged) <= 0)
        return;
    stream->has_acks = true;
    stream->acknowledged = number;
}

bool mail_stream_has_gap(const struct mail_stream *stream)
{
    return stream->is_lost || stream->holes ||
           (stream->is_known && stream->has_acks && ahead(stream->acknowledged, stream->next) > 0);
}

/* ---- greetings ---- */

struct mail_greeting_piece {
    struct mail_greeting_piece *next;
    uint32_t sequence;
    size_t size, kept;
    unsigned char bytes[];
};

void mail_greeting_begin(struct mail_greeting *greeting, uint32_t next)
{
    greeting->is_open = true;
    greeting->next = next;
}

/* Takes out the piece that stands here. */
static struct mail_greeting_piece *take_piece(struct mail_greeting *greeting,
                                              struct mail_greeting_piece **place)
{
    struct mail_greeting_piece *piece = *place;

    *place = piece->next;
    greeting->held--;
    *greeting->held_in_all -= piece->kept;
    return piece;
}

static void drop_pieces(struct mail_greeting *greeting)
{
    while (greeting->pieces)
        free(take_piece(greeting, &greeting->pieces));
}

void mail_greeting_release(struct mail_greeting *greeting)
{
    drop_pieces(greeting);
    free(greeting->text);
    greeting->text = NULL;
}

static void close_greeting(struct mail_greeting *greeting)
{
    greeting->is_open = false;
    drop_pieces(greeting);
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* A line is complete: the last, one of several, or none of a reply. */
static void end_line(struct mail_greeting *greeting)
{
    size_t size = greeting->line - greeting->ends_with_cr;
    const char *head = greeting->head;

    greeting->line = 0;
    greeting->ends_with_cr = false;
    if (size < 3 || head[0] < '2' || head[0] > '5' || !is_digit(head[1]) || !is_digit(head[2])) {
        close_greeting(greeting);
        return;
    }
    if (size > 3 && head[3] == '-')
        return;
    if (size == 3 || head[3] == ' ')
        greeting->code = (unsigned)((head[0] - '0') * 100 + (head[1] - '0') * 10 + (head[2] - '0'));
    close_greeting(greeting);
}

static void keep(struct mail_greeting *greeting, const unsigned char *bytes, size_t size)
{
    size_t room = TRACE_GREETING_KEPT - greeting->size;

    if (size > room)
        size = room;
    if (size == 0)
        return;
    greeting->text = memory_resize(greeting->text, greeting->size + size, 1);
    memcpy(greeting->text + greeting->size, bytes, size);
    greeting->size += size;
}

/* The next bytes of the stream, up to the greeting's end. */
static void read_bytes(struct mail_greeting *greeting, const unsigned char *bytes, size_t size)
{
    size_t used = 0;

    while (used < size && greeting->is_open) {
        char byte = (char)bytes[used++];

        if (byte == '\n') {
            end_line(greeting);
            continue;
        }
        if (greeting->line < sizeof greeting->head)
            greeting->head[greeting->line] = byte;
        greeting->line++;
        greeting->ends_with_cr = byte == '\r';
    }
    keep(greeting, bytes, used);
    greeting->bytes += (uint32_t)used;
    if (greeting->bytes > GREETING_MOST)
        close_greeting(greeting);
}

static void hold(struct mail_greeting *greeting, uint32_t sequence, const unsigned char *bytes,
                 size_t size, size_t kept)
{
    struct mail_greeting_piece *piece, **place = &greeting->pieces;

    if (kept > GREETING_HELD_KEPT)
        kept = GREETING_HELD_KEPT;
    if (greeting->held == GREETING_HELD_MOST ||
        *greeting->held_in_all + kept > GREETING_HELD_BYTES) {
        greeting->is_lost = true;
        return;
    }
    piece = memory_new(1, sizeof *piece + kept);
    piece->sequence = sequence;
    piece->size = size;
    piece->kept = kept;
    if (kept)
        memcpy(piece->bytes, bytes, kept);
    while (*place)
        place = &(*place)->next;
    *place = piece;
    greeting->held++;
    *greeting->held_in_all += kept;
}

/* False for a segment that is not next. */
static bool read_segment(struct mail_greeting *greeting, uint32_t sequence,
                         const unsigned char *bytes, size_t size, size_t kept)
{
    int64_t old = ahead(greeting->next, sequence);

    if (old < 0)
        return false;
    if ((uint64_t)old >= size)
        return true;
    greeting->next = sequence + (uint32_t)size;
    if ((uint64_t)old < kept)
        read_bytes(greeting, bytes + old, kept - (size_t)old);
    if (greeting->is_open && kept < size) {
        greeting->is_cut = true;
        close_greeting(greeting);
    }
    return true;
}

/* Reads a held piece whose turn has come; false if there is none. */
static bool read_held(struct mail_greeting *greeting)
{
    struct mail_greeting_piece **place = &greeting->pieces;

    while (greeting->is_open && *place) {
        struct mail_greeting_piece *piece = *place;

        if (ahead(piece->sequence, greeting->next) > 0) {
            place = &piece->next;
            continue;
        }
        take_piece(greeting, place);
        read_segment(greeting, piece->sequence, piece->bytes, piece->size, piece->kept);
        free(piece);
        return true;
    }
    return false;
}

bool mail_greeting_add(struct mail_greeting *greeting, uint32_t sequence,
                       const unsigned char *bytes, size_t size, size_t kept)
{
    if (!greeting->is_open || size == 0)
        return false;
    if (!read_segment(greeting, sequence, bytes, size, kept))
        hold(greeting, sequence, bytes, size, kept);
    while (read_held(greeting))
        ;
    return greeting->code != 0;
}
