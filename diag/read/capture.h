/*
 * Network captures, as frames: pcap and pcapng (both byte orders, micro- and
 * nanoseconds), Network Monitor 1.x and 2.x. Memory does not depend on the file's size.
 * Fuzz target: tests/fuzz/capture.c.
 *
 * Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng; Network Monitor's as its files
 * have it: a header of 128 bytes, frames, and a table of where each of them begins. Its
 * times are of the zone of the machine that captured, which the file does not name, except
 * from version 2.3 on.
 */
#ifndef EXDIAG_READ_CAPTURE_H
#define EXDIAG_READ_CAPTURE_H

#include "diag/read/file_type.h"
#include "diag/read/mail_trace.h"

struct capture_source {
    /* Up to `size` bytes from `offset` on; fewer only where the file ends or cannot be read. */
    size_t (*read)(void *context, uint64_t offset, void *bytes, size_t size);
    void *context;
};

enum {
    CAPTURE_PIECE = 512 * 1024,      /* bytes asked of a source at once, from front to back */
    CAPTURE_FRAME_KEPT = 256 * 1024, /* of a frame; the rest of a longer one is passed over */
    CAPTURE_FRAME_MOST = 128 << 20   /* a frame that says it is longer is damage */
};

/*
 * Hands every frame of the file to the tracer, numbered from 1. `type`: FILE_TYPE_PCAP,
 * FILE_TYPE_PCAPNG or FILE_TYPE_NETMON. Returns why reading ended before the end of the
 * file, or NULL where it did not; the frames before that stand.
 */
const char *capture_read(enum file_type type, const struct capture_source *source,
                         struct mail_tracer *tracer);

#endif
