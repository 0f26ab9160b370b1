#include "diag/read/ntp_peers.h"

#include "diag/text.h"

#include <string.h>

#define BLANKS " \t\r\n"

bool ntp_flags_read(const char *text, size_t size, uint32_t *out)
{
    static const char digits[] = "0123456789abcdef";
    unsigned base = text_starts_fold(text, size, "0x") ? 16 : 10;
    uint64_t number = 0;
    size_t at = base == 16 ? 2 : 0;

    *out = 0;
    if (at == size)
        return false;
    for (; at < size; at++) {
        const char *digit = memchr(digits, text_lower(text[at]), base);

        if (!digit)
            return false;
        number = number * base + (uint64_t)(digit - digits);
        if (number > UINT32_MAX)
            return false;
    }
    *out = (uint32_t)number;
    return true;
}

/* Names may be of any letters; their dots, addresses and zones are ASCII. */
static bool is_host(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!text_is_letter(text[i]) && !text_is_digit(text[i]) && (unsigned char)text[i] < 0x80 &&
            (!text[i] || !strchr("-._:%[]", text[i])))
            return false;
    }
    return size > 0;
}

struct ntp_peer ntp_peer_read(const char *text, size_t size)
{
    const char *comma = size > 0 ? memchr(text, ',', size) : NULL;
    struct ntp_peer peer = {.text = text, .size = size, .host_size = size};

    if (comma) {
        peer.host_size = (size_t)(comma - text);
        peer.has_flags = ntp_flags_read(comma + 1, size - peer.host_size - 1, &peer.flags);
    }
    peer.is_malformed = !is_host(text, peer.host_size) || (comma && !peer.has_flags);
    return peer;
}

bool ntp_peer_next(const char **list, struct ntp_peer *out)
{
    const char *text = *list + strspn(*list, BLANKS);
    size_t size = strcspn(text, BLANKS);

    *list = text + size;
    if (size == 0)
        return false;
    *out = ntp_peer_read(text, size);
    return true;
}
