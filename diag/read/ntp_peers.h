/*
 * Lists of NTP peers as W32Time has them: "HOST,0xFLAGS HOST,0xFLAGS", in the setting NtpServer,
 * of w32tm /config /manualpeerlist and, one alone, as the source that w32tm /query names. A host
 * is a name or an address; the flags may be missing, and are hexadecimal or decimal.
 */
#ifndef EXDIAG_READ_NTP_PEERS_H
#define EXDIAG_READ_NTP_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ntp_peer {
    const char *text; /* the whole of it, in what was read */
    size_t size;
    size_t host_size; /* of `text`, up to its first comma */
    bool has_flags;   /* and they are a number */
    uint32_t flags;   /* 0 where there are none */
    bool is_malformed;
};

/* One peer. What is no "HOST,0xFLAGS" is malformed; `host_size` holds all the same. */
struct ntp_peer ntp_peer_read(const char *text, size_t size);

/* The next of a list with blanks between, and moves on behind it; false at the end. */
bool ntp_peer_next(const char **list, struct ntp_peer *out);

/* "0x9", or 9: a number of 32 bits; nothing else is in `text`. */
bool ntp_flags_read(const char *text, size_t size, uint32_t *out);

#endif
