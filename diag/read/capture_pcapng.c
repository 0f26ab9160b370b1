#include "diag/read/capture_window.h"

#include <stdlib.h>

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 2, /* obsolete */
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_ENHANCED_PACKET = 6
};

enum {
    BLOCK_HEADER = 8,
    BLOCK_LEAST = 12, /* a header, and the length once more at the end */
    SECTION_LEAST = 28,
    INTERFACE_KEPT = 64 * 1024 /* bytes of a description; its options are soon over */
};

enum { INTERFACES_MOST = 65536 }; /* of a section; packets count them with 16 bits at first */

struct interface {
    enum trace_link link;
    uint32_t snaplen; /* 0: no limit */
    uint64_t units;   /* of time stamps in a second; 0: more than can be told apart */
    int64_t offset;   /* seconds */
};

struct pcapng {
    struct capture_window *window;
    struct mail_tracer *tracer;
    struct trace_frame frame;
    bool is_big;
    struct interface *interfaces;
    size_t count, room;
};

/* ---- interfaces ---- */

enum { OPTION_END = 0, OPTION_RESOLUTION = 9, OPTION_OFFSET = 14 };

/* The high bit: powers of 2, else of 10. */
static uint64_t units_of(uint8_t resolution)
{
    unsigned exponent = resolution & 0x7f, base = resolution & 0x80 ? 2 : 10;
    uint64_t units = 1;

    if (exponent > (base == 2 ? 63u : 19u))
        return 0;
    while (exponent-- > 0)
        units *= base;
    return units;
}

static void read_options(const struct pcapng *file, const unsigned char *bytes, size_t size,
                         struct interface *interface)
{
    while (size >= 4) {
        unsigned code = capture_u16(bytes, file->is_big);
        size_t length = capture_u16(bytes + 2, file->is_big), padded = (length + 3) / 4 * 4;

        if (code == OPTION_END || padded > size - 4)
            return;
        if (code == OPTION_RESOLUTION && length >= 1)
            interface->units = units_of(bytes[4]);
        if (code == OPTION_OFFSET && length >= 8)
            interface->offset = (int64_t)capture_u64(bytes + 4, file->is_big);
        bytes += 4 + padded;
        size -= 4 + padded;
    }
}

static const char *read_interface(struct pcapng *file, const unsigned char *body, size_t size)
{
    struct interface *interface;

    if (size < 8 || file->count == INTERFACES_MOST)
        return capture_is_damaged;
    file->interfaces =
        memory_grow(file->interfaces, &file->room, file->count, sizeof *file->interfaces);
    interface = &file->interfaces[file->count++];
    interface->link = capture_link(capture_u16(body, file->is_big));
    interface->snaplen = capture_u32(body + 4, file->is_big);
    interface->units = 1000000;
    interface->offset = 0;
    read_options(file, body + 8, size - 8, interface);
    return NULL;
}

/* ---- time stamps ---- */

static int64_t time_of(const struct interface *interface, uint64_t stamp)
{
    const int64_t offset_most = INT64_MAX / 2;
    uint64_t units = interface->units, seconds, fraction;

    if (interface->offset > offset_most || interface->offset < -offset_most)
        return 0;
    if (units == 0)
        return capture_time(interface->offset, 0);
    seconds = stamp / units;
    fraction = stamp % units;
    if (seconds > (uint64_t)offset_most)
        return 0;
    if (units > 1000000000000) { /* so that the product below fits */
        fraction /= 1000000;
        units /= 1000000;
    }
    return capture_time((int64_t)seconds + interface->offset,
                        (int64_t)(fraction * 1000000 / units));
}

/* ---- packets ---- */

struct packet { /* where a kind of packet block has its members, from the body's beginning */
    size_t header;
    bool has_time;
    bool is_short; /* the interface's number has 16 bits */
};

static void read_packet(const struct pcapng *file, const struct packet *form,
                        const unsigned char *body, uint32_t room, const struct interface *from,
                        struct trace_frame *frame)
{
    if (form->has_time) {
        uint64_t high = capture_u32(body + 4, file->is_big);

        frame->time = time_of(from, high << 32 | capture_u32(body + 8, file->is_big));
        frame->size = capture_u32(body + 12, file->is_big);
        frame->original = capture_u32(body + 16, file->is_big);
        return;
    }
    frame->time = 0;
    frame->original = capture_u32(body, file->is_big);
    frame->size = frame->original < room ? frame->original : room;
    if (from->snaplen && frame->size > from->snaplen)
        frame->size = from->snaplen;
}

/* `length`: of the whole block. */
static const char *take_packet(struct pcapng *file, const struct packet *form, uint32_t length)
{
    const size_t header = BLOCK_HEADER + form->header;
    struct trace_frame *frame = &file->frame;
    const unsigned char *bytes;
    uint32_t number = 0;

    if (length < header + 4)
        return capture_is_damaged;
    if (capture_window_look(file->window, header, &bytes) < header)
        return capture_is_cut;
    if (form->has_time)
        number = form->is_short ? capture_u16(bytes + BLOCK_HEADER, file->is_big)
                                : capture_u32(bytes + BLOCK_HEADER, file->is_big);
    if (number >= file->count)
        return capture_is_damaged;
    read_packet(file, form, bytes + BLOCK_HEADER, length - (uint32_t)header - 4,
                &file->interfaces[number], frame);
    if (frame->size > length - header - 4)
        return capture_is_damaged;
    if (frame->size > CAPTURE_FRAME_KEPT)
        frame->size = CAPTURE_FRAME_KEPT;
    if (capture_window_look(file->window, header + frame->size, &bytes) < header + frame->size)
        return capture_is_cut;
    frame->link = file->interfaces[number].link;
    frame->bytes = bytes + header;
    frame->number++;
    mail_tracer_add(file->tracer, frame);
    return NULL;
}

/* ---- blocks ---- */

static const char *take_section(struct pcapng *file, uint32_t length)
{
    file->count = 0;
    return length < SECTION_LEAST ? capture_is_damaged : NULL;
}

static const char *take_interface(struct pcapng *file, uint32_t length)
{
    size_t kept = length < INTERFACE_KEPT ? length : INTERFACE_KEPT;
    const unsigned char *bytes;

    if (capture_window_look(file->window, kept, &bytes) < kept)
        return capture_is_cut;
    return read_interface(file, bytes + BLOCK_HEADER, kept - BLOCK_LEAST);
}

static const char *take_block(struct pcapng *file, uint32_t type, uint32_t length)
{
    static const struct packet enhanced = {20, true, false}, simple = {4, false, false},
                               obsolete = {20, true, true};

    switch (type) {
    case BLOCK_SECTION:
        return take_section(file, length);
    case BLOCK_INTERFACE:
        return take_interface(file, length);
    case BLOCK_PACKET:
        return take_packet(file, &obsolete, length);
    case BLOCK_SIMPLE_PACKET:
        return take_packet(file, &simple, length);
    case BLOCK_ENHANCED_PACKET:
        return take_packet(file, &enhanced, length);
    default:
        return NULL;
    }
}

/* A section says its byte order behind a type that reads the same in both. */
static bool read_byte_order(const unsigned char *magic, bool *is_big)
{
    *is_big = capture_u32(magic, true) == 0x1a2b3c4d;
    return *is_big || capture_u32(magic, false) == 0x1a2b3c4d;
}

/* The length stands once more at the block's end: the way back, and a check on the way. */
static const char *end_block(struct pcapng *file, uint32_t length)
{
    const unsigned char *bytes;

    capture_window_skip(file->window, length - 4);
    if (capture_window_look(file->window, 4, &bytes) < 4)
        return capture_is_cut;
    if (capture_u32(bytes, file->is_big) != length)
        return capture_is_damaged;
    capture_window_skip(file->window, 4);
    return NULL;
}

static const char *read_block(struct pcapng *file, const unsigned char *bytes, size_t size)
{
    const char *remark;
    uint32_t type, length;

    if (size < BLOCK_LEAST)
        return capture_is_cut;
    type = capture_u32(bytes, file->is_big);
    if (type == BLOCK_SECTION && !read_byte_order(bytes + BLOCK_HEADER, &file->is_big))
        return capture_is_damaged;
    length = capture_u32(bytes + 4, file->is_big);
    if (length < BLOCK_LEAST || length % 4 != 0)
        return capture_is_damaged;
    remark = take_block(file, type, length);
    return remark ? remark : end_block(file, length);
}

static const char *read_blocks(struct pcapng *file)
{
    const unsigned char *bytes;
    const char *remark = NULL;
    size_t size;

    while (!remark && (size = capture_window_look(file->window, BLOCK_LEAST, &bytes)) > 0)
        remark = read_block(file, bytes, size);
    return remark;
}

const char *capture_read_pcapng(struct capture_window *window, struct mail_tracer *tracer)
{
    struct pcapng file = {.window = window, .tracer = tracer};
    const char *remark = read_blocks(&file);

    free(file.interfaces);
    return remark;
}
