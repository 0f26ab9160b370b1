#include "diag/read/capture.h"

#include "diag/read/capture_window.h"

#include <stdlib.h>
#include <string.h>

const char capture_is_cut[] = "the file ends in the middle of a frame: it is cut off";
const char capture_is_damaged[] = "the file is damaged: what follows cannot be told apart";

/* ---- the window ---- */

void capture_window_init(struct capture_window *window, const struct capture_source *source,
                         size_t room)
{
    *window = (struct capture_window){.source = source, .room = room};
    window->bytes = memory_new(room, 1);
}

void capture_window_release(struct capture_window *window)
{
    free(window->bytes);
}

size_t capture_window_fill(struct capture_window *window, size_t size, const unsigned char **bytes)
{
    const struct capture_source *source = window->source;
    size_t left = window->size - window->at;

    if (size > window->room)
        size = window->room;
    memmove(window->bytes, window->bytes + window->at, left);
    window->offset += window->at;
    window->at = 0;
    window->size = left;
    while (window->size < size) {
        size_t got = source->read(source->context, window->offset + window->size,
                                  window->bytes + window->size, window->room - window->size);

        if (got == 0)
            break;
        window->size += got;
    }
    *bytes = window->bytes;
    return window->size;
}

void capture_window_skip(struct capture_window *window, uint64_t size)
{
    uint64_t left = window->size - window->at;

    if (size <= left) {
        window->at += (size_t)size;
        return;
    }
    window->offset += window->at + size;
    window->at = window->size = 0;
}

/* ---- what the formats share ---- */

enum trace_link capture_link(uint32_t linktype)
{
    static const struct {
        uint32_t linktype;
        enum trace_link link;
    } links[] = {
        {1, TRACE_LINK_ETHERNET}, {113, TRACE_LINK_LINUX_SLL}, {276, TRACE_LINK_LINUX_SLL2},
        {0, TRACE_LINK_NULL},     {108, TRACE_LINK_NULL},      {12, TRACE_LINK_RAW_IP},
        {14, TRACE_LINK_RAW_IP},  {101, TRACE_LINK_RAW_IP},    {228, TRACE_LINK_RAW_IP},
        {229, TRACE_LINK_RAW_IP},
    };

    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (links[i].linktype == linktype)
            return links[i].link;
    }
    return TRACE_LINK_UNKNOWN;
}

int64_t capture_time(int64_t seconds, int64_t microseconds)
{
    const int64_t year_10000 = 253402300800;

    if (seconds < 0 || seconds >= year_10000 || microseconds < 0 || microseconds >= 1000000000)
        return 0;
    return seconds * 1000000 + microseconds;
}

const char *capture_read(enum file_type type, const struct capture_source *source,
                         struct mail_tracer *tracer)
{
    struct capture_window window;
    const char *remark = capture_is_damaged;

    capture_window_init(&window, source, CAPTURE_PIECE);
    if (type == FILE_TYPE_PCAP)
        remark = capture_read_pcap(&window, tracer);
    else if (type == FILE_TYPE_PCAPNG)
        remark = capture_read_pcapng(&window, tracer);
    else if (type == FILE_TYPE_NETMON)
        remark = capture_read_netmon(&window, tracer);
    capture_window_release(&window);
    return remark;
}
