/*
 * Event log files (.evtx), [MS-EVEN6] 2.2.12 and the public descriptions of the format: a file
 * header of 4 KiB, chunks of 64 KiB with their own strings and templates, records of binary XML.
 *
 * Given whole chunks in any order: each stands alone. A header that counts wrong (a copy of a log
 * in use) is nothing to go by; a chunk or record whose checksum is wrong or that does not parse
 * counts as damaged, and the next one is read. Everything is bounded: templates nest to
 * EVTX_DEPTH_MOST, one record holds no more than fits a chunk.
 */
#ifndef EXDIAG_READ_EVTX_H
#define EXDIAG_READ_EVTX_H

#include "diag/read/windows_event.h"

enum { EVTX_HEADER_SIZE = 4096, EVTX_CHUNK_SIZE = 65536, EVTX_DEPTH_MOST = 16 };

/* The first bytes are those of an .evtx file. */
bool evtx_is(const unsigned char *bytes, size_t size);

/*
 * One chunk of EVTX_CHUNK_SIZE bytes, or fewer at the end of a file that was cut off. Adds to
 * `account`. A chunk of zeros, or one without its signature behind the last in use, is none and
 * counts as nothing.
 */
void evtx_read_chunk(const unsigned char *bytes, size_t size, const struct event_wish *wishes,
                     event_take *take, void *context, struct event_log_account *account);

#endif
