#include "diag/read/ntlm_challenge.h"

#include "diag/read/instant.h"
#include "diag/read/utf16.h"

#include <string.h>

static const unsigned char signature[8] = "NTLMSSP";

enum {
    TYPE_NEGOTIATE = 1,
    TYPE_CHALLENGE = 2,
    CHALLENGE_LEAST = 48, /* MS-NLMP 2.2.1.2, up to the version */
    CHALLENGE_WITH_VERSION = 56,
    AV_TIMESTAMP = 7 /* MS-NLMP 2.2.2.1 */
};

enum flag { /* MS-NLMP 2.2.2.5 */
            FLAG_UNICODE = 0x00000001,
            FLAG_REQUEST_TARGET = 0x00000004,
            FLAG_NTLM = 0x00000200,
            FLAG_ALWAYS_SIGN = 0x00008000,
            FLAG_EXTENDED_SESSION_SECURITY = 0x00080000,
            FLAG_TARGET_INFO = 0x00800000,
            FLAG_VERSION = 0x02000000,
            FLAG_128 = 0x20000000
};

static uint64_t get(const unsigned char *bytes, size_t at, size_t size)
{
    uint64_t number = 0;

    for (size_t i = size; i > 0; i--)
        number = number << 8 | bytes[at + i - 1];
    return number;
}

/* ---- NEGOTIATE ---- */

void ntlm_write_negotiate(unsigned char out[NTLM_NEGOTIATE_SIZE])
{
    static const unsigned char version[8] = {6, 1, 0xB1, 0x1D, 0, 0, 0, 15};
    const uint32_t flags = FLAG_UNICODE | FLAG_REQUEST_TARGET | FLAG_NTLM | FLAG_ALWAYS_SIGN |
                           FLAG_EXTENDED_SESSION_SECURITY | FLAG_VERSION | FLAG_128;

    memset(out, 0, NTLM_NEGOTIATE_SIZE); /* no domain and no workstation are named */
    memcpy(out, signature, sizeof signature);
    out[8] = TYPE_NEGOTIATE;
    for (size_t i = 0; i < 4; i++)
        out[12 + i] = (unsigned char)(flags >> (8 * i));
    memcpy(out + 32, version, sizeof version);
}

/* ---- CHALLENGE ---- */

struct bytes {
    const unsigned char *at;
    size_t size;
};

/* A length, the room for it, and where it begins (MS-NLMP 2.2.1.2): false if that is outside. */
static bool get_field(struct bytes message, size_t at, struct bytes *out)
{
    size_t size = (size_t)get(message.at, at, 2);
    size_t offset = (size_t)get(message.at, at + 4, 4);

    *out = (struct bytes){message.at, 0};
    if (size == 0)
        return true;
    if (offset > message.size || size > message.size - offset)
        return false;
    *out = (struct bytes){message.at + offset, size};
    return true;
}

/* NULL for an empty text; false where it is no UTF-16 or says one thing twice. */
static bool take_text(struct bytes value, struct arena *arena, const char **out)
{
    struct utf16 utf16 = {0};
    struct buffer text;
    bool is_sound;

    if (value.size % 2 != 0 || *out)
        return false;
    if (value.size == 0)
        return true;
    buffer_init(&text, 2 * value.size); /* a unit is three bytes at most, and two of them four */
    utf16_to_utf8(&utf16, (const char *)value.at, value.size, &text);
    is_sound = utf16.high == 0 && !text.truncated && strlen(text.text) == text.size;
    if (is_sound)
        *out = arena_copy(arena, text.text, text.size);
    buffer_release(&text);
    return is_sound;
}

static bool take_pair(unsigned id, struct bytes value, struct arena *arena,
                      struct ntlm_challenge *out)
{
    const char **texts[] = {
        NULL, &out->computer, &out->domain, &out->dns_computer, &out->dns_domain, &out->dns_forest};

    if (id < sizeof texts / sizeof *texts)
        return take_text(value, arena, texts[id]);
    if (id != AV_TIMESTAMP)
        return true;
    return value.size == 8 && out->time == INT64_MIN &&
           instant_from_filetime(get(value.at, 0, 8), &out->time) == STATUS_OK;
}

/* MS-NLMP 2.2.2.1: pairs of an id and a value, and a last one of id 0. */
static bool take_pairs(struct bytes left, struct arena *arena, struct ntlm_challenge *out)
{
    while (left.size >= 4) {
        unsigned id = (unsigned)get(left.at, 0, 2);
        struct bytes value = {left.at + 4, (size_t)get(left.at, 2, 2)};

        if (value.size > left.size - 4)
            return false;
        if (id == 0)
            return value.size == 0;
        if (!take_pair(id, value, arena, out))
            return false;
        left.at += 4 + value.size;
        left.size -= 4 + value.size;
    }
    return false;
}

bool ntlm_is_challenge(const unsigned char *bytes, size_t size)
{
    return size >= CHALLENGE_LEAST && size <= NTLM_TOKEN_MOST &&
           memcmp(bytes, signature, sizeof signature) == 0 && get(bytes, 8, 4) == TYPE_CHALLENGE;
}

enum status ntlm_read_challenge(const unsigned char *bytes, size_t size, struct arena *arena,
                                struct ntlm_challenge *out)
{
    struct bytes message = {bytes, size}, target, info;
    uint64_t flags;

    *out = (struct ntlm_challenge){.time = INT64_MIN};
    if (!ntlm_is_challenge(bytes, size) || !get_field(message, 12, &target) ||
        !get_field(message, 40, &info))
        return STATUS_MALFORMED;
    flags = get(bytes, 20, 4);
    if ((flags & FLAG_TARGET_INFO) && !take_pairs(info, arena, out))
        return STATUS_MALFORMED;
    if ((flags & FLAG_VERSION) && size >= CHALLENGE_WITH_VERSION) {
        out->major = bytes[48];
        out->minor = bytes[49];
        out->build = (unsigned)get(bytes, 50, 2);
    }
    return STATUS_OK;
}
