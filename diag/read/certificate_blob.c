#include "diag/read/certificate_blob.h"

#include <stdint.h>

enum { KEY_PROVIDER = 2, CERTIFICATE = 32, HEAD_SIZE = 12, SIZE_AT = 8 };

static uint32_t number_at(const unsigned char *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* False for a second certificate, and for one without a byte. */
static bool take(uint32_t property, const unsigned char *value, size_t size,
                 struct certificate_blob *out)
{
    if (property == KEY_PROVIDER)
        out->has_key = size > 0;
    if (property != CERTIFICATE)
        return true;
    if (out->der || size == 0)
        return false;
    out->der = value;
    out->size = size;
    return true;
}

enum status certificate_blob_read(const void *bytes, size_t size, struct certificate_blob *out)
{
    const unsigned char *at = bytes;

    *out = (struct certificate_blob){0};
    while (size > 0) {
        uint32_t value_size;

        if (size < HEAD_SIZE)
            return STATUS_MALFORMED;
        value_size = number_at(at + SIZE_AT);
        if (value_size > size - HEAD_SIZE || !take(number_at(at), at + HEAD_SIZE, value_size, out))
            return STATUS_MALFORMED;
        at += HEAD_SIZE + value_size;
        size -= HEAD_SIZE + value_size;
    }
    return out->der ? STATUS_OK : STATUS_NOT_FOUND;
}
