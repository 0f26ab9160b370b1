#include "diag/read/spn.h"

#include "diag/read/case_fold.h"
#include "diag/text.h"

#include <string.h>

static bool is_plain(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return false;
    }
    return text_is_utf8(text, size);
}

/* Bytes of a host; an IPv6 address in brackets has colons that begin no port. */
static size_t host_size(const char *text)
{
    size_t bracketed = *text == '[' ? strcspn(text, "]/") : 0;

    return bracketed + strcspn(text + bracketed, ":/");
}

/* What stands behind a colon: a port, or the name of an instance. */
static enum status read_port(const char *text, size_t size, struct arena *arena, struct spn *out)
{
    unsigned port = 0;

    if (size == 0 || memchr(text, ':', size))
        return STATUS_MALFORMED;
    for (size_t i = 0; i < size; i++) {
        if (!text_is_digit(text[i])) {
            out->instance = arena_copy(arena, text, size);
            return STATUS_OK;
        }
        port = port * 10 + (unsigned)(text[i] - '0');
        if (port > 65535)
            return STATUS_MALFORMED;
    }
    out->port = port;
    return port > 0 ? STATUS_OK : STATUS_MALFORMED;
}

static enum status read_host(const char *text, struct arena *arena, struct spn *out)
{
    size_t size = host_size(text), port = 0;
    enum status status = STATUS_OK;

    if (size == 0)
        return STATUS_MALFORMED;
    out->host = arena_copy(arena, text, size);
    text += size;
    if (*text == ':') {
        port = strcspn(++text, "/");
        status = read_port(text, port, arena, out);
    }
    text += port;
    if (*text == '/') {
        out->name = arena_copy_string(arena, text + 1);
        if (!*out->name)
            status = STATUS_MALFORMED;
    }
    return status;
}

enum status spn_parse(const char *text, struct arena *arena, struct spn *out)
{
    size_t size = strlen(text), service = strcspn(text, "/");

    *out = (struct spn){.port = 0};
    if (size > SPN_MOST || service == 0 || service == size || !is_plain(text, size))
        return STATUS_MALFORMED;
    out->service = arena_copy(arena, text, service);
    return read_host(text + service + 1, arena, out);
}

bool spn_equal(const char *one, const char *other)
{
    return case_equal(one, strlen(one), other, strlen(other));
}
