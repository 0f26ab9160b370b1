#include "diag/read/capture_window.h"

#include <string.h>

enum { FILE_HEADER = 24, FRAME_HEADER = 16 };

struct pcap {
    bool is_big;
    bool is_nano;
    bool is_swapped; /* the two sizes of a frame: before version 2.3 always, in it at times */
    bool may_be_swapped;
    enum trace_link link;
};

static bool read_header(const unsigned char *header, struct pcap *out)
{
    static const struct {
        unsigned char magic[4];
        bool is_big, is_nano;
    } magics[] = {
        {{0xa1, 0xb2, 0xc3, 0xd4}, true, false},
        {{0xd4, 0xc3, 0xb2, 0xa1}, false, false},
        {{0xa1, 0xb2, 0x3c, 0x4d}, true, true},
        {{0x4d, 0x3c, 0xb2, 0xa1}, false, true},
    };
    unsigned minor;

    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        if (memcmp(header, magics[i].magic, 4) != 0)
            continue;
        out->is_big = magics[i].is_big;
        out->is_nano = magics[i].is_nano;
        minor = capture_u16(header + 6, out->is_big);
        out->is_swapped = minor < 3;
        out->may_be_swapped = minor == 3;
        /* The bits above say how long a frame's check sum is. */
        out->link = capture_link(capture_u32(header + 20, out->is_big) & 0x03ffffff);
        return true;
    }
    return false;
}

static void read_frame_header(const unsigned char *header, const struct pcap *pcap,
                              struct trace_frame *frame)
{
    uint32_t seconds = capture_u32(header, pcap->is_big);
    uint32_t fraction = capture_u32(header + 4, pcap->is_big);

    frame->time = capture_time(seconds, pcap->is_nano ? fraction / 1000 : fraction);
    frame->size = capture_u32(header + 8, pcap->is_big);
    frame->original = capture_u32(header + 12, pcap->is_big);
    if (pcap->is_swapped || (pcap->may_be_swapped && frame->size > frame->original)) {
        size_t size = frame->size;

        frame->size = frame->original;
        frame->original = size;
    }
}

const char *capture_read_pcap(struct capture_window *window, struct mail_tracer *tracer)
{
    struct pcap pcap;
    struct trace_frame frame = {.number = 0};
    const unsigned char *bytes;
    size_t size = capture_window_look(window, FILE_HEADER, &bytes);

    if (size < FILE_HEADER)
        return capture_is_cut;
    if (!read_header(bytes, &pcap))
        return capture_is_damaged;
    frame.link = pcap.link;
    capture_window_skip(window, FILE_HEADER);
    while ((size = capture_window_look(window, FRAME_HEADER, &bytes)) >= FRAME_HEADER) {
        uint64_t whole;

        read_frame_header(bytes, &pcap, &frame);
        whole = FRAME_HEADER + (uint64_t)frame.size;
        if (frame.size > CAPTURE_FRAME_MOST)
            return capture_is_damaged;
        if (frame.size > CAPTURE_FRAME_KEPT)
            frame.size = CAPTURE_FRAME_KEPT;
        size = capture_window_look(window, FRAME_HEADER + frame.size, &bytes);
        if (size < FRAME_HEADER + frame.size)
            return capture_is_cut;
        frame.bytes = bytes + FRAME_HEADER;
        frame.number++;
        mail_tracer_add(tracer, &frame);
        if (!capture_window_pass(window, whole))
            return capture_is_cut;
    }
    return size ? capture_is_cut : NULL;
}
