/*
 * SNTP (RFC 4330, RFC 5905): the 48-byte client's packet, and what comes back.
 * Fuzz target: tests/fuzz/sntp.c.
 */
#ifndef EXDIAG_READ_SNTP_H
#define EXDIAG_READ_SNTP_H

#include "diag/status.h"

#include <stddef.h>
#include <stdint.h>

enum { SNTP_SIZE = 48 };

struct sntp_reply {
    uint8_t leap;       /* 3: not synchronised */
    uint8_t stratum;    /* 1 to 15; 0: not synchronised, or see `kiss` */
    char kiss[5];       /* "RATE", "DENY"; printable ASCII, or "" */
    int8_t precision;   /* log2 seconds; 0 at most in a reply that is STATUS_OK */
    int64_t root_delay; /* microseconds */
    int64_t root_dispersion;
    uint32_t reference; /* the identifier; of stratum 1 four characters */
    int64_t received;   /* by the server: microseconds since 1970 UTC, as is the next; */
    int64_t sent;       /* INT64_MIN where it does not say */
};

/* `cookie`: random, in the place of our own time; the reply has to bring it back. */
void sntp_write_request(uint64_t cookie, unsigned char out[SNTP_SIZE]);

/*
 * STATUS_MALFORMED: shorter than 48 bytes, not of a server (mode 4), of a version other than 3
 * and 4 (Windows speaks 3), another cookie, zero or impossible time stamps (sent before it was
 * received), a precision of more than a second. STATUS_REJECTED: a kiss-o'-death.
 * STATUS_SERVER_FAILURE: not synchronised (leap 3, stratum 0 or 16 and more, the kisses INIT
 * and STEP); what its clock says is given all the same. `out` is filled in as far as it was
 * read: with another cookie, not at all.
 */
enum status sntp_read_reply(const unsigned char *bytes, size_t size, uint64_t cookie, int64_t now,
                            struct sntp_reply *out);

#endif
