/*
 * The piece of a capture that is in memory, and where its reader stands in it. For the
 * readers of the formats; capture.h is what others use.
 */
#ifndef EXDIAG_READ_CAPTURE_WINDOW_H
#define EXDIAG_READ_CAPTURE_WINDOW_H

#include "diag/read/capture.h"

struct capture_window {
    const struct capture_source *source;
    unsigned char *bytes;
    size_t room;     /* the most that can be looked at at once */
    size_t size;     /* bytes in memory */
    size_t at;       /* the reader's place among them, at most `size` */
    uint64_t offset; /* of bytes[0] in the file */
};

void capture_window_init(struct capture_window *window, const struct capture_source *source,
                         size_t room);
void capture_window_release(struct capture_window *window);

/*
 * `*bytes` from the reader's place on: at least `size` of them, at most `room`, or fewer
 * where the file ends. Returns how many; they stay until the next call.
 */
size_t capture_window_fill(struct capture_window *window, size_t size, const unsigned char **bytes);

static inline size_t capture_window_look(struct capture_window *window, size_t size,
                                         const unsigned char **bytes)
{
    *bytes = window->bytes + window->at;
    if (window->size - window->at >= size)
        return window->size - window->at;
    return capture_window_fill(window, size, bytes);
}

/* Goes on, past the end of the file too: there is nothing to look at there. */
void capture_window_skip(struct capture_window *window, uint64_t size);

/* As capture_window_skip(); false where the file ends before that place. `size` is not 0. */
static inline bool capture_window_pass(struct capture_window *window, uint64_t size)
{
    const unsigned char *last;

    capture_window_skip(window, size - 1);
    if (capture_window_look(window, 1, &last) == 0)
        return false;
    window->at++;
    return true;
}

/* The reader's place in the file. */
static inline uint64_t capture_window_place(const struct capture_window *window)
{
    return window->offset + window->at;
}

/* ---- the formats ---- */

/* Each returns what capture_read() does. */
const char *capture_read_pcap(struct capture_window *window, struct mail_tracer *tracer);
const char *capture_read_pcapng(struct capture_window *window, struct mail_tracer *tracer);
const char *capture_read_netmon(struct capture_window *window, struct mail_tracer *tracer);

extern const char capture_is_cut[];     /* remark: the file ends within something */
extern const char capture_is_damaged[]; /* remark: what it says of itself cannot be */

/* What frames of a LINKTYPE_ number (tcpdump.org/linktypes) begin with. */
enum trace_link capture_link(uint32_t linktype);

/* A moment in microseconds since 1970; 0 for those that no capture is of. */
int64_t capture_time(int64_t seconds, int64_t microseconds);

/* ---- numbers of either byte order ---- */

static inline uint16_t capture_u16(const unsigned char *bytes, bool is_big)
{
    unsigned first = bytes[0], second = bytes[1];

    return (uint16_t)(is_big ? first << 8 | second : second << 8 | first);
}

static inline uint32_t capture_u32(const unsigned char *bytes, bool is_big)
{
    if (is_big)
        return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
               bytes[3];
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static inline uint64_t capture_u64(const unsigned char *bytes, bool is_big)
{
    uint64_t first = capture_u32(bytes, is_big), second = capture_u32(bytes + 4, is_big);

    return is_big ? first << 32 | second : second << 32 | first;
}

#endif
