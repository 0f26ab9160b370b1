#include "diag/read/mail_event.h"

#include "diag/read/net_address.h"
#include "diag/text.h"

#include <string.h>

enum { CODE_SIZE = 3 };

/* ---- kinds ---- */

static const struct {
    const char *word;
    uint32_t id;
} kinds[MAIL_EVENT_KIND_COUNT] = {
#define X(name, word, id) {word, id},
    MAIL_EVENT_LIST(X)
#undef X
};

const struct event_wish mail_event_wishes[] = {
#define X(name, word, id) {"MSExchangeTransport", id},
    MAIL_EVENT_LIST(X)
#undef X
        {"MSExchangeFrontEndTransport", 1035},
    {"MSExchangeFrontEndTransport", 2017},
    {NULL, 0},
};

const char *mail_event_word(enum mail_event_kind kind)
{
    return kinds[kind].word;
}

enum mail_event_kind mail_event_from_word(const char *word)
{
    unsigned kind = 0;

    while (kind < MAIL_EVENT_KIND_COUNT && strcmp(kinds[kind].word, word) != 0)
        kind++;
    return (enum mail_event_kind)kind;
}

static enum mail_event_kind kind_of(uint32_t id)
{
    unsigned kind = 0;

    while (kind < MAIL_EVENT_KIND_COUNT && kinds[kind].id != id)
        kind++;
    return (enum mail_event_kind)kind;
}

/* ---- strings ---- */

static bool is_blank(char character)
{
    return character == ' ' || (character >= '\t' && character <= '\r');
}

static size_t digits_of(const char *text)
{
    return strspn(text, "0123456789");
}

/* "%1": whoever exported the event had no string for it. */
static bool is_placeholder(const char *text, size_t size)
{
    return size > 1 && *text == '%' && 1 + digits_of(text + 1) == size;
}

static const char *keep(const char *text, size_t size, struct arena *arena)
{
    return arena_copy(arena, text, text_fit(text, size, MAIL_EVENT_TEXT_MOST));
}

static const char *string_of(const struct windows_event *event, size_t index, struct arena *arena)
{
    const char *text = index < event->string_count ? event->strings[index] : "";
    size_t size;

    while (is_blank(*text))
        text++;
    size = strlen(text);
    while (size > 0 && is_blank(text[size - 1]))
        size--;
    return is_placeholder(text, size) ? "" : keep(text, size, arena);
}

/* What a program writes for another: "LogonDenied", "-2146893042", "X-EXPS". */
static bool is_token(const char *text)
{
    const char *at = text;

    while (text_is_letter(*at) || text_is_digit(*at) || *at == '-' || *at == '_' || *at == '.')
        at++;
    return !*at && at > text;
}

static bool is_number(const char *text)
{
    return *text && !text[digits_of(text)];
}

/* ---- Exchange 2003 ---- */

static bool is_error_code(const char *text)
{
    size_t digits;

    if (!text_starts_fold(text, strlen(text), "0x"))
        return false;
    digits = strspn(text + 2, "0123456789abcdefABCDEF");
    return digits > 0 && digits <= 8 && !text[2 + digits];
}

/* "host", "function" called "function", error code, ( file@line ). */
static bool read_exps(const struct windows_event *event, struct arena *arena,
                      struct mail_event *out)
{
    enum { ERROR_AT = 3 };
    const char *error = string_of(event, ERROR_AT, arena), *host = string_of(event, 0, arena);

    out->error = is_error_code(error) ? error : event_error_of_data(event, arena);
    if (!is_error_code(host))
        out->host = host;
    return *out->host || *out->error;
}

/* "5.7.1": RFC 3463 2; 0 for none. */
static size_t status_size(const char *text)
{
    enum { DIGITS_MOST = 3 };
    size_t subject, detail;

    if (!*text || !strchr("245", *text) || text[1] != '.')
        return 0;
    subject = digits_of(text + 2);
    if (subject < 1 || subject > DIGITS_MOST || text[2 + subject] != '.')
        return 0;
    detail = digits_of(text + 3 + subject);
    return detail < 1 || detail > DIGITS_MOST ? 0 : 3 + subject + detail;
}

size_t mail_event_codes(const char *reply)
{
    size_t size;

    if (digits_of(reply) != CODE_SIZE)
        return 0;
    if (reply[CODE_SIZE] != ' ' && reply[CODE_SIZE] != '-')
        return CODE_SIZE;
    size = status_size(reply + CODE_SIZE + 1);
    return size ? CODE_SIZE + 1 + size : CODE_SIZE;
}

static const char *command_of(const char *text, struct arena *arena)
{
    char *word = arena_copy(arena, text, strcspn(text, " \t\r\n"));

    for (char *at = word; *at; at++)
        *at = text_lower(*at);
    return word;
}

/* Virtual server, connection, "host", "command", "reply", "the whole command". */
static bool read_reply(const struct windows_event *event, struct arena *arena,
                       struct mail_event *out)
{
    out->connector = string_of(event, 0, arena);
    out->host = string_of(event, 2, arena);
    out->command = command_of(string_of(event, 3, arena), arena);
    out->reply = string_of(event, 4, arena);
    return is_number(out->connector) && is_number(string_of(event, 1, arena)) &&
           is_token(out->command) && mail_event_codes(out->reply) > 0;
}

/* ---- Exchange 2007 and later ---- */

static const char *address_text(const struct ip_address *ip, struct arena *arena)
{
    struct ip_address mapped = {.family = IP_V4};
    char text[IP_TEXT_SIZE];

    if (ip_is_v4_mapped(ip)) {
        memcpy(mapped.bytes, ip->bytes + 12, 4);
        ip = &mapped;
    }
    ip_format(ip, text);
    return arena_copy_string(arena, text);
}

/* "192.0.2.1", "[192.0.2.1]", "fe80::1%12", "192.0.2.1:1024"; what is no address stays. */
static const char *address_of(const char *text, struct arena *arena)
{
    struct net_address address;
    size_t size;

    if (net_address_parse(text, 0, &address) == STATUS_OK)
        return address_text(&address.ip, arena);
    text += *text == '[';
    size = strcspn(text, "]%");
    if (ip_parse(text, size, &address.ip) == STATUS_OK)
        return address_text(&address.ip, arena);
    return arena_copy(arena, text, strcspn(text, "]"));
}

/* Error, connector, mechanism, and what `rest` is. */
static bool read_failure(const struct windows_event *event, struct arena *arena,
                         struct mail_event *out, const char **rest)
{
    out->error = string_of(event, 0, arena);
    out->connector = string_of(event, 1, arena);
    out->mechanism = string_of(event, 2, arena);
    *rest = string_of(event, 3, arena);
    return is_token(out->error) && is_token(out->mechanism);
}

static bool read_inbound(const struct windows_event *event, struct arena *arena,
                         struct mail_event *out)
{
    const char *address;

    if (!read_failure(event, arena, out, &address))
        return false;
    out->address = address_of(address, arena);
    return true;
}

static bool read_outbound(const struct windows_event *event, struct arena *arena,
                          struct mail_event *out)
{
    return read_failure(event, arena, out, &out->target);
}

/* ---- any of them ---- */

bool mail_event_read(const struct windows_event *event, struct arena *arena, struct mail_event *out)
{
    static bool (*const readers[MAIL_EVENT_KIND_COUNT])(
        const struct windows_event *event, struct arena *arena, struct mail_event *out) = {
        [MAIL_EVENT_EXPS_FAILED] = read_exps,         [MAIL_EVENT_EXPS_UNAVAILABLE] = read_exps,
        [MAIL_EVENT_PEER_WARNED] = read_reply,        [MAIL_EVENT_PEER_REFUSED] = read_reply,
        [MAIL_EVENT_CLIENT_REFUSED] = read_reply,     [MAIL_EVENT_INBOUND_FAILED] = read_inbound,
        [MAIL_EVENT_OUTBOUND_FAILED] = read_outbound,
    };

    if (!event_is_wished(mail_event_wishes, event))
        return false;
    *out = (struct mail_event){kind_of(event->id), "", "", "", "", "", "", "", ""};
    return readers[out->kind](event, arena, out);
}
