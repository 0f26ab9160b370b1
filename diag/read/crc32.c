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

static uint32_t word_at(const unsigned char *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* What four bytes come to before as many as the first table stands for. */
static uint32_t add_word(const uint32_t tables[4][256], uint32_t word)
{
    return tables[3][word & 0xFF] ^ tables[2][word >> 8 & 0xFF] ^ tables[1][word >> 16 & 0xFF] ^
           tables[0][word >> 24];
}

/* The tables tell what each byte comes to behind the other ones: only four wait for the sum. */
static uint32_t add_stride(const struct crc32 *crc, uint32_t sum, const unsigned char *bytes)
{
    const uint32_t(*tables)[256] = crc->tables;

    return add_word(tables + 12, word_at(bytes) ^ sum) ^ add_word(tables + 8, word_at(bytes + 4)) ^
           add_word(tables + 4, word_at(bytes + 8)) ^ add_word(tables, word_at(bytes + 12));
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
