#include "diag/read/smb2_negotiate.h"

#include "diag/read/instant.h"

#include <string.h>

enum {
    FRAME_SIZE = 4,
    HEADER_SIZE = 64,
    REQUEST_SIZE = 36,  /* MS-SMB2 2.2.3, without dialects */
    RESPONSE_SIZE = 64, /* MS-SMB2 2.2.4, without the security token */
    RESPONSE_STRUCTURE_SIZE = 65,
    SIGNING_ENABLED = 1,
    SERVER_TO_CLIENT = 1, /* SMB2_FLAGS_SERVER_TO_REDIR */
    DIALECT_311 = 0x0311,
    PREAUTH_INTEGRITY = 1, /* MS-SMB2 2.2.3.1.1: what 3.1.1 needs in a request */
    SHA512 = 1,
    SALT_SIZE = 32
};

static const uint16_t dialects[] = {0x0202, 0x0210, 0x0300, 0x0302, DIALECT_311};

enum { DIALECT_COUNT = sizeof dialects / sizeof *dialects };

static const unsigned char protocol[4] = {0xFE, 'S', 'M', 'B'};

/* ---- building: numbers are little-endian, but the frame's length ---- */

static void put(struct buffer *out, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        buffer_add_char(out, (char)(number >> (8 * i)));
}

static void put_header(struct buffer *out)
{
    buffer_add(out, protocol, sizeof protocol);
    put(out, HEADER_SIZE, 2);
    put(out, 0, 2); /* credit charge */
    put(out, 0, 4); /* status */
    put(out, 0, 2); /* command: NEGOTIATE */
    put(out, 1, 2); /* credits asked for */
    put(out, 0, 8); /* flags, next command */
    put(out, 0, 8); /* message id */
    put(out, 0, 8); /* process and tree */
    put(out, 0, 8); /* session */
    put(out, 0, 8); /* signature */
    put(out, 0, 8);
}

static void put_preauth_context(const unsigned char guid[16], struct buffer *out)
{
    put(out, PREAUTH_INTEGRITY, 2);
    put(out, 2 + 2 + 2 + SALT_SIZE, 2);
    put(out, 0, 4);
    put(out, 1, 2); /* hash algorithms */
    put(out, SALT_SIZE, 2);
    put(out, SHA512, 2);
    for (size_t i = 0; i < SALT_SIZE; i += 16) /* it protects a session, and there is none */
        buffer_add(out, guid, 16);
}

void smb2_write_negotiate(const unsigned char guid[16], struct buffer *out)
{
    enum {
        DIALECTS_END = HEADER_SIZE + REQUEST_SIZE + 2 * DIALECT_COUNT,
        CONTEXTS = (DIALECTS_END + 7) / 8 * 8,
        SIZE = CONTEXTS + 8 + 6 + SALT_SIZE
    };

    put(out, 0, 2); /* the frame: a session message, and its length in three bytes */
    put(out, SIZE >> 8, 1);
    put(out, SIZE & 0xFF, 1);
    put_header(out);
    put(out, REQUEST_SIZE, 2);
    put(out, DIALECT_COUNT, 2);
    put(out, SIGNING_ENABLED, 2);
    put(out, 0, 2 + 4); /* reserved, capabilities */
    buffer_add(out, guid, 16);
    put(out, CONTEXTS, 4);
    put(out, 1, 2);
    put(out, 0, 2);
    for (size_t i = 0; i < DIALECT_COUNT; i++)
        put(out, dialects[i], 2);
    put(out, 0, CONTEXTS - DIALECTS_END);
    put_preauth_context(guid, out);
}

/* ---- reading ---- */

size_t smb2_frame_size(const unsigned char *bytes, size_t size)
{
    size_t length;

    if (size > 0 && bytes[0] != 0)
        return SIZE_MAX;
    if (size < FRAME_SIZE)
        return 0;
    length = (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
    if (length > SMB2_MESSAGE_MOST)
        return SIZE_MAX;
    return size - FRAME_SIZE < length ? 0 : FRAME_SIZE + length;
}

/* `size` bytes, at most 8; the caller knows that they are there. */
static uint64_t get(const unsigned char *bytes, size_t at, size_t size)
{
    uint64_t number = 0;

    for (size_t i = size; i > 0; i--)
        number = number << 8 | bytes[at + i - 1];
    return number;
}

static enum status check_header(const unsigned char *message, size_t size)
{
    if (size < HEADER_SIZE || memcmp(message, protocol, sizeof protocol) != 0 ||
        get(message, 4, 2) != HEADER_SIZE || get(message, 12, 2) != 0 ||
        !(get(message, 16, 4) & SERVER_TO_CLIENT) || get(message, 24, 8) != 0)
        return STATUS_MALFORMED;
    return get(message, 8, 4) == 0 ? STATUS_OK : STATUS_REJECTED;
}

static bool is_dialect(uint64_t number)
{
    for (size_t i = 0; i < DIALECT_COUNT; i++) {
        if (dialects[i] == number)
            return true;
    }
    return false;
}

/* What stands behind the fixed part is not read, but has to be where the message says. */
static bool has_sound_offsets(const unsigned char *message, size_t size)
{
    const size_t fixed = HEADER_SIZE + RESPONSE_SIZE;
    size_t token = (size_t)get(message, HEADER_SIZE + 56, 2);
    size_t token_size = (size_t)get(message, HEADER_SIZE + 58, 2);
    size_t contexts = (size_t)get(message, HEADER_SIZE + 60, 4);

    if (token_size > 0 && (token < fixed || token > size || token_size > size - token))
        return false;
    if (get(message, HEADER_SIZE + 4, 2) != DIALECT_311 || get(message, HEADER_SIZE + 6, 2) == 0)
        return true;
    return contexts >= fixed && contexts <= size;
}

enum status smb2_read_negotiated(const unsigned char *bytes, size_t size,
                                 struct smb2_negotiated *out)
{
    const unsigned char *message, *body;
    enum status status;
    uint64_t started;

    *out = (struct smb2_negotiated){.started = INT64_MIN};
    if (size < FRAME_SIZE || smb2_frame_size(bytes, size) != size)
        return STATUS_MALFORMED;
    message = bytes + FRAME_SIZE;
    size -= FRAME_SIZE;
    status = check_header(message, size);
    if (status)
        return status;
    body = message + HEADER_SIZE;
    if (size < HEADER_SIZE + RESPONSE_SIZE || get(body, 0, 2) != RESPONSE_STRUCTURE_SIZE ||
        !is_dialect(get(body, 4, 2)) || !has_sound_offsets(message, size))
        return STATUS_MALFORMED;
    out->dialect = (uint16_t)get(body, 4, 2);
    memcpy(out->server_guid, body + 8, sizeof out->server_guid);
    started = get(body, 48, 8);
    if (instant_from_filetime(get(body, 40, 8), &out->system_time) ||
        (started != 0 && instant_from_filetime(started, &out->started)))
        return STATUS_MALFORMED;
    return STATUS_OK;
}
