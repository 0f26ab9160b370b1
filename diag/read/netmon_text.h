/*
 * The text that Network Monitor prints of frames (KB Q182821 shows some), as a trace:
 * its line breaks kept or lost, sections opened or closed ("+ DNS: ..."), with prose in
 * between. Segments without their handshake's numbers are another connection.
 *
 * Moments have the time that the text prints: a date and time as if it were UTC; seconds
 * since the trace began as microseconds from 0 on, which is below 1971; or none.
 * Fuzz target: tests/fuzz/netmon_text.c.
 */
#ifndef EXDIAG_READ_NETMON_TEXT_H
#define EXDIAG_READ_NETMON_TEXT_H

#include "diag/read/mail_trace.h"

struct netmon_text_reader;

struct netmon_text_reader *netmon_text_reader_new(void);

/* A piece of the text, UTF-8 or a code page of ASCII's kind, however it is cut. */
void netmon_text_add(struct netmon_text_reader *reader, const char *bytes, size_t size);

/* The trace, in `arena`; the reader is freed. */
void netmon_text_end(struct netmon_text_reader *reader, struct arena *arena,
                     struct mail_trace *out);

#endif
