/*
 * Event log files (.evtx), [MS-EVEN6] 2.2.12 and the public descriptions of the format: a file
 * header of 4 KiB, chunks of 64 KiB with their own strings and templates, records of binary XML.
 *
 * Given whole chunks in any order: each stands alone. A header that counts wrong (a copy of a log
 * in use) is nothing to go by: records behind the last one that a chunk counts are told as long as
 * their numbers go on, and what lies behind those is of an earlier use of the chunk.
 *
 * A chunk whose checksum is wrong counts as damaged once, and its records are told all the same,
 * each if it is whole: for a copy of a log in use has such chunks, and a single bit that fell over
 * leaves the other records as they were. A record that is not whole counts as damaged, and the
 * next one is looked for. A chunk may say that it has no checksums (flag 4).
 *
 * Everything is bounded: fragments nest to EVTX_DEPTH_MOST, one record holds no more than fits a
 * chunk and takes no more than evtx_binxml.h says, and a chunk EVTX_CHUNK_WORK_MOST of that.
 * Fuzz target: tests/fuzz/evtx.c.
 */
#ifndef EXDIAG_READ_EVTX_H
#define EXDIAG_READ_EVTX_H

#include "diag/read/windows_event.h"

enum {
    EVTX_HEADER_SIZE = 4096,
    EVTX_CHUNK_SIZE = 65536,
    EVTX_DEPTH_MOST = 16,
    EVTX_CHUNK_WORK_MOST = 1 << 20
};

/* The first bytes are those of an .evtx file. */
bool evtx_is(const unsigned char *bytes, size_t size);

struct evtx;

/* `wishes` is borrowed. */
struct evtx *evtx_new(const struct event_wish *wishes, event_take *take, void *context);

/*
 * One chunk of EVTX_CHUNK_SIZE bytes, or fewer at the end of a file that was cut off. A chunk of
 * zeros is none; one without its signature is damaged.
 */
void evtx_chunk(struct evtx *reader, const unsigned char *bytes, size_t size);

/* Ends and frees; tells what became of it. Times are those of the records. */
void evtx_end(struct evtx *reader, struct event_log_account *account);

#endif
