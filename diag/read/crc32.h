/* CRC-32 as in ISO-HDLC, Ethernet and zip. */
#ifndef EXDIAG_READ_CRC32_H
#define EXDIAG_READ_CRC32_H

#include <stddef.h>
#include <stdint.h>

enum { CRC32_STRIDE = 16 };

struct crc32 {
    uint32_t sum;
    uint32_t tables[CRC32_STRIDE][256];
};

/* Makes the tables, which takes about as long as 8 KiB of bytes. */
void crc32_begin(struct crc32 *crc);

/* Forgets the bytes; the tables stay. */
void crc32_again(struct crc32 *crc);

void crc32_add(struct crc32 *crc, const unsigned char *bytes, size_t size);
uint32_t crc32_end(const struct crc32 *crc);

#endif
