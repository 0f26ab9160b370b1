#include "diag/platform.h"
#include "diag/read/dns_name.h"
#include "diag/text.h"

#include <idn2.h>
#include <string.h>

static bool is_ascii(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text >= 0x80)
            return false;
    }
    return true;
}

static enum status give(const char *name, char *out, size_t room)
{
    size_t size = strlen(name) + 1;

    if (size > room)
        return STATUS_TOO_LARGE;
    memcpy(out, name, size);
    return STATUS_OK;
}

/* An ASCII name in lower case, if its labels are what the DNS can hold. */
static enum status give_ascii(const char *name, char *out, size_t room)
{
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t wire_size;
    enum status status;

    if (dns_name_to_wire(name, wire, &wire_size) != STATUS_OK)
        return STATUS_INVALID;
    status = give(name, out, room);
    if (status != STATUS_OK)
        return status;
    for (; *out; out++)
        *out = text_lower(*out);
    return STATUS_OK;
}

static enum status map_to_ascii(const char *name, char *out, size_t room)
{
    char *ascii = NULL;
    enum status status;

    if (idn2_to_ascii_8z(name, &ascii, IDN2_NONTRANSITIONAL) != IDN2_OK)
        return STATUS_INVALID;
    status = give_ascii(ascii, out, room);
    idn2_free(ascii);
    return status;
}

enum status platform_idn_to_ascii(const char *name, char *out, size_t room)
{
    if (strlen(name) >= DNS_NAME_TEXT_SIZE)
        return STATUS_INVALID;
    return is_ascii(name) ? give_ascii(name, out, room) : map_to_ascii(name, out, room);
}

/* A form that would not lead back to the name must not stand for it. */
enum status platform_idn_to_unicode(const char *name, char *out, size_t room)
{
    char folded[DNS_NAME_TEXT_SIZE];
    char again[DNS_NAME_TEXT_SIZE];
    char *unicode = NULL;
    enum status status = STATUS_INVALID;

    if (!is_ascii(name) || give_ascii(name, folded, sizeof folded) != STATUS_OK)
        return STATUS_INVALID;
    if (idn2_to_unicode_8z8z(folded, &unicode, 0) != IDN2_OK)
        return STATUS_INVALID;
    if (strcmp(unicode, folded) == 0 ||
        (map_to_ascii(unicode, again, sizeof again) == STATUS_OK && strcmp(again, folded) == 0))
        status = give(unicode, out, room);
    idn2_free(unicode);
    return status;
}
