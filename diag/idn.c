#include "diag/idn.h"

#include "diag/platform.h"
#include "diag/text.h"

#include <string.h>

static bool is_ascii(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text >= 0x80)
            return false;
    }
    return true;
}

/* An ASCII name in lower case, if its labels are what the DNS can hold. */
static enum status to_lower(const char *name, char *ascii)
{
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t size;

    if (strlen(name) >= DNS_NAME_TEXT_SIZE || dns_name_to_wire(name, wire, &size) != STATUS_OK)
        return STATUS_INVALID;
    do
        *ascii++ = text_lower(*name);
    while (*name++);
    return STATUS_OK;
}

enum status idn_to_ascii(const char *name, char *ascii)
{
    struct buffer mapped;
    enum status status;

    if (is_ascii(name))
        return to_lower(name, ascii);
    if (strlen(name) >= DNS_NAME_TEXT_SIZE)
        return STATUS_INVALID;
    buffer_init(&mapped, DNS_NAME_TEXT_SIZE);
    status = platform_idn_encode(name, &mapped);
    if (status == STATUS_OK)
        status = to_lower(mapped.text, ascii);
    buffer_release(&mapped);
    return status;
}

/* A form that would not lead back to the name must not stand for it. */
static bool leads_back(const char *unicode, const char *name)
{
    char ascii[DNS_NAME_TEXT_SIZE];

    return idn_to_ascii(unicode, ascii) == STATUS_OK && strcmp(ascii, name) == 0;
}

enum status idn_to_unicode(const char *name, char *unicode)
{
    char lower[DNS_NAME_TEXT_SIZE];
    struct buffer decoded;
    enum status status;

    if (!is_ascii(name) || to_lower(name, lower) != STATUS_OK)
        return STATUS_INVALID;
    buffer_init(&decoded, DNS_NAME_TEXT_SIZE - 1);
    status = platform_idn_decode(lower, &decoded);
    if (status == STATUS_OK && (decoded.truncated || !leads_back(decoded.text, lower)))
        status = STATUS_INVALID;
    if (status == STATUS_OK)
        memcpy(unicode, decoded.text, decoded.size + 1);
    buffer_release(&decoded);
    return status;
}
