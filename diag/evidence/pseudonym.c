#include "diag/evidence/pseudonym.h"

#include "diag/evidence/redact.h"
#include "diag/memory.h"
#include "diag/text.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HASH_SIZE = 32, V4_SIZE = 4, V6_SIZE = 16 };

/* ---- the keyed function: HMAC-SHA256 ---- */

struct redactor {
    EVP_MAC *mac;
    EVP_MAC_CTX *context;
};

/* Going on would let out what was to be hidden. */
static void give_up(void)
{
    fputs("exdiag: the cryptographic library cannot compute HMAC-SHA256\n", stderr);
    exit(2);
}

struct redactor *redactor_new(const void *key)
{
    struct redactor *redactor = memory_new(1, sizeof *redactor);
    char digest[] = "SHA256";
    OSSL_PARAM parameters[2];

    parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
    parameters[1] = OSSL_PARAM_construct_end();
    redactor->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    redactor->context = redactor->mac ? EVP_MAC_CTX_new(redactor->mac) : NULL;
    if (!redactor->context || !EVP_MAC_init(redactor->context, key, REDACTOR_KEY_SIZE, parameters))
        give_up();
    return redactor;
}

void redactor_free(struct redactor *redactor)
{
    if (!redactor)
        return;
    EVP_MAC_CTX_free(redactor->context);
    EVP_MAC_free(redactor->mac);
    free(redactor);
}

static void hash(const struct redactor *redactor, const unsigned char *bytes, size_t size,
                 unsigned char *out)
{
    size_t out_size = 0;

    if (!EVP_MAC_init(redactor->context, NULL, 0, NULL) ||
        !EVP_MAC_update(redactor->context, bytes, size) ||
        !EVP_MAC_final(redactor->context, out, &out_size, HASH_SIZE) || out_size != HASH_SIZE)
        give_up();
}

/* ---- labels: a permutation of all labels of one shape ---- */

enum { PIECE_MOST = 2 * HASH_SIZE, ROUNDS = 8, LETTERS = 26, DIGITS = 10, LAST_BYTES = 64 };

/* What is replaced in a label, as numbers; what stays is not in here. */
struct piece {
    size_t count;
    unsigned char *at[PIECE_MOST];
    unsigned char value[PIECE_MOST];
    unsigned char radix[PIECE_MOST]; /* LETTERS, DIGITS or LAST_BYTES: the shape */
};

/* One round of a Feistel network: a half is shifted by a hash of the other. */
static void shift_half(const struct redactor *redactor, struct piece *piece, unsigned round)
{
    size_t middle = piece->count / 2, count = piece->count;
    size_t start = round % 2 ? 0 : middle, end = round % 2 ? middle : count;
    size_t other = round % 2 ? middle : 0, other_size = count - (end - start);
    unsigned char input[3 + 2 * PIECE_MOST], shift[HASH_SIZE];

    input[0] = 'L';
    input[1] = (unsigned char)round;
    input[2] = (unsigned char)count;
    memcpy(input + 3, piece->radix, count);
    memcpy(input + 3 + count, piece->value + other, other_size);
    hash(redactor, input, 3 + count + other_size, shift);
    for (size_t i = start; i < end; i++)
        piece->value[i] = (unsigned char)((piece->value[i] + shift[i - start]) % piece->radix[i]);
}

static void replace_piece(const struct redactor *redactor, struct piece *piece)
{
    for (unsigned round = 0; round < ROUNDS; round++)
        shift_half(redactor, piece, round);
    for (size_t i = 0; i < piece->count; i++) {
        unsigned char *byte = piece->at[i], value = piece->value[i];

        if (piece->radix[i] == LETTERS)
            *byte = (unsigned char)(('A' + value) | (*byte & 0x20)); /* in its case */
        else if (piece->radix[i] == DIGITS)
            *byte = (unsigned char)('0' + value);
        else
            *byte = (unsigned char)(0x80 | value);
    }
    piece->count = 0;
}

static void add_symbol(struct piece *piece, unsigned char *at, unsigned value, unsigned radix)
{
    piece->at[piece->count] = at;
    piece->value[piece->count] = (unsigned char)value;
    piece->radix[piece->count] = (unsigned char)radix;
    piece->count++;
}

/* Letters of other scripts, as opposed to punctuation and symbols. */
static bool is_foreign_letter(uint32_t code_point)
{
    return code_point >= 0xc0 && (code_point < 0x2000 || code_point >= 0x2c00);
}

void pseudonym_write(const struct redactor *redactor, unsigned char *bytes, size_t size)
{
    struct piece piece = {.count = 0};
    size_t used;

    for (size_t i = 0; i < size; i += used) {
        uint32_t code_point;

        used = text_decode((const char *)bytes + i, size - i, &code_point);
        if (used == 0)
            used = 1;
        else if (text_is_letter((char)bytes[i]))
            add_symbol(&piece, bytes + i, (bytes[i] | 0x20u) - 'a', LETTERS);
        else if (text_is_digit((char)bytes[i]))
            add_symbol(&piece, bytes + i, bytes[i] - '0', DIGITS);
        else if (is_foreign_letter(code_point))
            add_symbol(&piece, bytes + i + used - 1, bytes[i + used - 1] & 0x3f, LAST_BYTES);
        if (piece.count == PIECE_MOST)
            replace_piece(redactor, &piece);
    }
    if (piece.count)
        replace_piece(redactor, &piece);
}

/* ---- addresses ---- */

struct range {
    unsigned char bytes[V6_SIZE];
    unsigned bits;
};

/*
 * The special-purpose registries of RFC 6890 as they are today, and multicast.
 * Single addresses are ranges too, and so map onto themselves.
 */
static const struct range special_v4[] = {
    {{0}, 8},
    {{0, 0, 0, 0}, 32},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{127, 0, 0, 1}, 32},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 31, 196}, 24},
    {{192, 52, 193}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{192, 175, 48}, 24},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 4},
    {{240}, 4},
    {{255, 255, 255, 255}, 32},
};

static const struct range special_v6[] = {
    {{0}, 128},                                              /* :: */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128}, /* ::1 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96},
    {{0, 0x64, 0xff, 0x9b}, 96},
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 48},
    {{1}, 64},                      /* 100::/64 */
    {{1, 0, 0, 0, 0, 0, 0, 1}, 64}, /* 100:0:0:1::/64 */
    {{0x20, 1}, 23},
    {{0x20, 1}, 32},
    {{0x20, 1, 0, 2}, 48},
    {{0x20, 1, 0, 0x10}, 28},
    {{0x20, 1, 0, 0x20}, 28},
    {{0x20, 1, 0, 0x30}, 28},
    {{0x20, 1, 0x0d, 0xb8}, 32},
    {{0x20, 2}, 16},
    {{0x26, 0x20, 0, 0x4f, 0x80}, 48}, /* 2620:4f:8000::/48 */
    {{0x3f, 0xff}, 20},
    {{0x5f, 0}, 16},
    {{0xfc}, 7},
    {{0xfe, 0x80}, 10},
    {{0xff}, 8},
};

static unsigned bit_of(const unsigned char *bytes, unsigned index)
{
    return (unsigned)bytes[index / 8] >> (7 - index % 8) & 1;
}

/*
 * How many bits stay: the way towards a special range, and the bit that leaves
 * it. So nothing moves into such a range, and nothing out.
 */
static unsigned kept_bits(const unsigned char *bytes, const struct range *ranges, size_t count)
{
    unsigned most = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned bits = 0;

        while (bits < ranges[i].bits && bit_of(bytes, bits) == bit_of(ranges[i].bytes, bits))
            bits++;
        if (bits < ranges[i].bits)
            bits++;
        if (bits > most)
            most = bits;
    }
    return most;
}

/*
 * Whether a bit is flipped depends on the bits before it: a hash of the whole bytes
 * before, in which the bits before it within its byte choose one of 255 places.
 */
static void replace_bits(const struct redactor *redactor, unsigned char *bytes, size_t size,
                         unsigned kept)
{
    unsigned char input[2 + V6_SIZE], flips[HASH_SIZE];

    input[0] = size == V4_SIZE ? '4' : '6';
    memcpy(input + 2, bytes, size);
    for (unsigned i = kept / 8; i < size; i++) {
        unsigned place = 1, original = bytes[i];

        input[1] = (unsigned char)i;
        hash(redactor, input, 2 + i, flips);
        for (unsigned bit = 0; bit < 8; bit++) {
            if (i * 8 + bit >= kept && bit_of(flips, place))
                bytes[i] ^= (unsigned char)(0x80 >> bit);
            place = place * 2 + (original >> (7 - bit) & 1);
        }
    }
}

void redact_ip(const struct redactor *redactor, struct ip_address *ip)
{
    bool is_mapped = ip_is_v4_mapped(ip);
    unsigned char *v4 = is_mapped ? ip->bytes + V6_SIZE - V4_SIZE : ip->bytes;

    if (ip->family == IP_V4 || is_mapped)
        replace_bits(redactor, v4, V4_SIZE,
                     kept_bits(v4, special_v4, sizeof special_v4 / sizeof *special_v4));
    else if (ip->family == IP_V6)
        replace_bits(redactor, ip->bytes, V6_SIZE,
                     kept_bits(ip->bytes, special_v6, sizeof special_v6 / sizeof *special_v6));
}
