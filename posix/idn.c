#include "diag/platform.h"

#include <idn2.h>

enum status platform_idn_encode(const char *name, struct buffer *ascii)
{
    char *encoded = NULL;

    if (idn2_to_ascii_8z(name, &encoded, IDN2_NONTRANSITIONAL) != IDN2_OK)
        return STATUS_INVALID;
    buffer_add_string(ascii, encoded);
    idn2_free(encoded);
    return STATUS_OK;
}

enum status platform_idn_decode(const char *name, struct buffer *unicode)
{
    char *decoded = NULL;

    if (idn2_to_unicode_8z8z(name, &decoded, 0) != IDN2_OK)
        return STATUS_INVALID;
    buffer_add_string(unicode, decoded);
    idn2_free(decoded);
    return STATUS_OK;
}
