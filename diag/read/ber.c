#include "diag/read/ber.h"

#include "diag/status.h"
#include "diag/text.h"

#include <string.h>

enum {
    TAG_NUMBER = 0x1F, /* all of it set: the number is in the octets that follow */
    LENGTH_IS_LONG = 0x80,
    LENGTH_OCTETS_MOST = 4,
    HEADER_MOST = 2 + LENGTH_OCTETS_MOST,
    INTEGER_MOST = 8
};

struct header {
    int tag;
    size_t size;   /* of the header itself */
    size_t length; /* of the content: not yet held against what is there */
};

/* STATUS_AGAIN while it is not complete. Tag 0 ends what has no definite length (X.690 8.1.5). */
static enum status read_header(const unsigned char *bytes, size_t size, struct header *out)
{
    size_t octets;

    if (size > 0 && (bytes[0] == 0 || (bytes[0] & TAG_NUMBER) == TAG_NUMBER))
        return STATUS_MALFORMED;
    if (size < 2)
        return STATUS_AGAIN;
    octets = bytes[1] & LENGTH_IS_LONG ? bytes[1] & ~(unsigned)LENGTH_IS_LONG : 0;
    if (bytes[1] == LENGTH_IS_LONG || octets > LENGTH_OCTETS_MOST)
        return STATUS_MALFORMED;
    if (size < 2 + octets)
        return STATUS_AGAIN;
    out->tag = bytes[0];
    out->size = 2 + octets;
    out->length = octets ? 0 : bytes[1];
    for (size_t i = 0; i < octets; i++)
        out->length = out->length << 8 | bytes[2 + i];
    return STATUS_OK;
}

size_t ber_element_size(const unsigned char *bytes, size_t size, size_t most)
{
    struct header header;
    enum status status = read_header(bytes, size, &header);

    if (status == STATUS_AGAIN)
        return 0;
    if (status != STATUS_OK || header.size > most || header.length > most - header.size)
        return SIZE_MAX;
    return header.size + header.length;
}

/* ---- reading ---- */

static struct ber fail(struct ber *ber)
{
    const struct ber nothing = {.failed = true};

    *ber = nothing;
    return nothing;
}

int ber_peek(const struct ber *ber)
{
    return ber->failed || ber->size == 0 ? -1 : ber->bytes[0];
}

struct ber ber_take_any(struct ber *ber, int *tag)
{
    struct header header;
    struct ber content = {0};

    *tag = -1;
    if (ber->failed || read_header(ber->bytes, ber->size, &header) != STATUS_OK ||
        header.length > ber->size - header.size)
        return fail(ber);
    *tag = header.tag;
    content.bytes = ber->bytes + header.size;
    content.size = header.length;
    ber->bytes = content.bytes + content.size;
    ber->size -= header.size + header.length;
    return content;
}

struct ber ber_take(struct ber *ber, int tag)
{
    int any;

    return ber_peek(ber) == tag ? ber_take_any(ber, &any) : fail(ber);
}

bool ber_take_optional(struct ber *ber, int tag, struct ber *content)
{
    if (ber_peek(ber) != tag)
        return false;
    *content = ber_take(ber, tag);
    return !content->failed;
}

int64_t ber_take_integer(struct ber *ber)
{
    struct ber content =
        ber_take(ber, ber_peek(ber) == BER_ENUMERATED ? BER_ENUMERATED : BER_INTEGER);
    uint64_t number;

    if (content.size == 0 || content.size > INTEGER_MOST) {
        fail(ber);
        return 0;
    }
    number = content.bytes[0] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < content.size; i++)
        number = number << 8 | content.bytes[i];
    return number > INT64_MAX ? -(int64_t)~number - 1 : (int64_t)number;
}

const char *ber_text(const struct ber *content, struct arena *arena)
{
    const char *text = content->size ? (const char *)content->bytes : "";

    if (content->failed || memchr(text, '\0', content->size) || !text_is_utf8(text, content->size))
        return NULL;
    return arena_copy(arena, text, content->size);
}

/* ---- writing ---- */

static size_t write_header(unsigned char out[HEADER_MOST], int tag, size_t length)
{
    size_t octets = 0, used = 0;

    for (size_t rest = length; length >= LENGTH_IS_LONG && rest > 0; rest >>= 8)
        octets++;
    out[used++] = (unsigned char)tag;
    out[used++] = (unsigned char)(octets ? LENGTH_IS_LONG | octets : length);
    while (octets > 0)
        out[used++] = (unsigned char)(length >> 8 * --octets);
    return used;
}

void ber_put(struct buffer *out, int tag, const void *content, size_t size)
{
    size_t start = out->size;

    buffer_add(out, content, size);
    ber_wrap(out, start, tag);
}

void ber_put_text(struct buffer *out, int tag, const char *text)
{
    ber_put(out, tag, text, strlen(text));
}

void ber_put_integer(struct buffer *out, int tag, int64_t number)
{
    unsigned char octets[INTEGER_MOST];
    size_t first = 0;

    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (unsigned char)((uint64_t)number >> 8 * (sizeof octets - 1 - i));
    while (first < sizeof octets - 1 && ((octets[first] == 0 && octets[first + 1] < 0x80) ||
                                         (octets[first] == 0xFF && octets[first + 1] >= 0x80)))
        first++;
    ber_put(out, tag, octets + first, sizeof octets - first);
}

void ber_wrap(struct buffer *out, size_t start, int tag)
{
    unsigned char header[HEADER_MOST];
    size_t size = out->size - start, header_size = write_header(header, tag, size);

    buffer_add(out, header, header_size);
    if (out->truncated)
        return;
    memmove(out->text + start + header_size, out->text + start, size);
    memcpy(out->text + start, header, header_size);
}
