/*
 * Network captures, as frames: pcap and pcapng (both byte orders, micro- and
 * nanoseconds), Network Monitor 1.x and 2.x. The file comes in pieces of any size.
 * Fuzz target: tests/fuzz/capture.c.
 */
#ifndef EXDIAG_READ_CAPTURE_H
#define EXDIAG_READ_CAPTURE_H

#include "diag/read/file_type.h"
#include "diag/read/mail_trace.h"
#include "diag/status.h"

struct capture_reader;

/* `type`: FILE_TYPE_PCAP, FILE_TYPE_PCAPNG or FILE_TYPE_NETMON. */
struct capture_reader *capture_reader_new(enum file_type type, struct mail_tracer *tracer);
void capture_reader_free(struct capture_reader *reader);

/*
 * Takes the next piece and hands its frames to the tracer. STATUS_MALFORMED where the
 * file cannot be followed further; what came before stands.
 */
enum status capture_reader_add(struct capture_reader *reader, const unsigned char *bytes,
                               size_t size);

/* After the last piece: why the file ends in the middle of something, or NULL. */
const char *capture_reader_end(struct capture_reader *reader);

#endif
