#include "diag/read/crc32.h"

static const uint32_t POLYNOMIAL = 0xEDB88320; /* bits reversed */

void crc32_begin(struct crc32 *crc)
{
    uint32_t power = 1;

    crc->tables[0][0] = 0;
    for (unsigned bit = 128; bit > 0; bit /= 2) {
        power = power >> 1 ^ (power & 1 ? POLYNOMIAL : 0);
        for (unsigned known = 0; known < 256; known += 2 * bit)
            crc->tables[0][bit + known] = power ^ crc->tables[0][known];
    }
    for (unsigned table = 1; table < CRC32_STRIDE; table++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            uint32_t before = crc->tables[table - 1][byte];

            crc->tables[table][byte] = before >> 8 ^ crc->tables[0][before & 0xFF];
        }
    }
    crc32_again(crc);
}

void crc32_again(struct crc32 *crc)
{
    crc->sum = 0xFFFFFFFF;
}

/* Eight bytes at a time: the tables tell what each comes to behind the other ones. */
static uint32_t add_stride(const struct crc32 *crc, uint32_t sum, const unsigned char *bytes)
{
    const uint32_t(*tables)[256] = crc->tables;

    return tables[7][(sum ^ bytes[0]) & 0xFF] ^ tables[6][(sum >> 8 ^ bytes[1]) & 0xFF] ^
           tables[5][(sum >> 16 ^ bytes[2]) & 0xFF] ^ tables[4][sum >> 24 ^ bytes[3]] ^
           tables[3][bytes[4]] ^ tables[2][bytes[5]] ^ tables[1][bytes[6]] ^ tables[0][bytes[7]];
}

void crc32_add(struct crc32 *crc, const unsigned char *bytes, size_t size)
{
    uint32_t sum = crc->sum;

    for (; size >= CRC32_STRIDE; bytes += CRC32_STRIDE, size -= CRC32_STRIDE)
        sum = add_stride(crc, sum, bytes);
    for (; size > 0; bytes++, size--)
        sum = sum >> 8 ^ crc->tables[0][(sum ^ *bytes) & 0xFF];
    crc->sum = sum;
}

uint32_t crc32_end(const struct crc32 *crc)
{
    return ~crc->sum;
}
