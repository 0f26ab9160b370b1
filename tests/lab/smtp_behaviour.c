#include "tests/lab/smtp_behaviour.h"

#include "diag/memory.h"
#include "diag/text.h"

#include <limits.h>
#include <string.h>

enum { STEPS_MOST = 16, TEXT_MOST = 1024, SECONDS_MOST = 3600 };

/* `milliseconds` of a step that are SECONDS of the behaviour's text. */
#define SETTABLE UINT_MAX

/* In texts, what the peer is called. */
#define NAME "{name}"

struct behaviour {
    const char *name;
    const char *summary;
    enum smtp_peer_certificate certificate;
    unsigned milliseconds; /* where no SECONDS are given */
    struct smtp_peer how;  /* all but its script and certificate */
    struct smtp_peer_step script[STEPS_MOST];
};

#define STEP(act)                                                                                  \
    {                                                                                              \
        SMTP_PEER_##act, NULL, 0, 0, 0                                                             \
    }
#define SAY(text)                                                                                  \
    {                                                                                              \
        SMTP_PEER_SAY, text, 0, 0, 0                                                               \
    }
#define SAY_RAW(text)                                                                              \
    {                                                                                              \
        SMTP_PEER_SAY, text, 0, 0, sizeof(text) - 1                                                \
    }
#define HEAR(text)                                                                                 \
    {                                                                                              \
        SMTP_PEER_HEAR, text, 0, 0, 0                                                              \
    }
#define FLOOD(text, n)                                                                             \
    {                                                                                              \
        SMTP_PEER_FLOOD, text, 0, n, 0                                                             \
    }
#define DRIP(text, n)                                                                              \
    {                                                                                              \
        SMTP_PEER_DRIP, text, SETTABLE, n, 0                                                       \
    }
#define PAUSE                                                                                      \
    {                                                                                              \
        SMTP_PEER_WAIT, NULL, SETTABLE, 0, 0                                                       \
    }
#define GREETING SAY("220 " NAME " ESMTP\r\n")
#define TEASER   SAY("220-" NAME " ESMTP\r\n")
#define KEYWORDS SAY("250-" NAME "\r\n250-STARTTLS\r\n250 8BITMIME\r\n")
#define GOOD_BYE HEAR("QUIT"), SAY("221 2.0.0 Bye\r\n"), STEP(CLOSE)

/* A line of 64 bytes. */
#define TEASER_64 "220-............................................... " NAME "\r\n"
#define DOTS_64   "................................................................"

static const struct behaviour behaviours[] = {
    {"healthy", "greets and serves", .script = {GREETING, STEP(SERVE)}},
    {"healthy-tls", "the same with STARTTLS; its certificate is the lab's authority's",
     SMTP_PEER_TRUSTED, .script = {GREETING, STEP(SERVE)}},
    {"self-signed", "the same, signed by itself", SMTP_PEER_SELF_SIGNED,
     .script = {GREETING, STEP(SERVE)}},
    {"expired", "the same, expired yesterday", SMTP_PEER_EXPIRED,
     .script = {GREETING, STEP(SERVE)}},
    {"mismatched", "the same, for another name", SMTP_PEER_MISMATCHED,
     .script = {GREETING, STEP(SERVE)}},
    {"many-names", "the same, for 300 other names before its own", SMTP_PEER_MANY_NAMES,
     .script = {GREETING, STEP(SERVE)}},
    {"exchange", "the same as Exchange: X-ANONYMOUSTLS, and X-EXPS, with more behind that",
     SMTP_PEER_TRUSTED, .how = {.is_exchange = true}, .script = {GREETING, STEP(SERVE)}},
    {"tls-at-once", "TLS before it greets, as at port 465", SMTP_PEER_TRUSTED,
     .how = {.tls_at_once = true}, .script = {GREETING, STEP(SERVE)}},

    {"stall", "accepts and says nothing", .script = {STEP(END)}},
    {"deaf", "never accepts; the system completes the connection", .how = {.is_deaf = true},
     .script = {STEP(END)}},
    {"refused", "the port is closed", .how = {.is_refusing = true}, .script = {STEP(END)}},
    {"late-close", "silent for SECONDS (8), then FIN: a balancer without back end",
     .milliseconds = 8000, .script = {PAUSE, STEP(CLOSE)}},
    {"late-reset", "the same with RST", .milliseconds = 8000, .script = {PAUSE, STEP(RESET)}},
    {"closes", "FIN at once", .script = {STEP(CLOSE)}},
    {"resets", "RST at once", .script = {STEP(RESET)}},
    {"closes-in-greeting", "a teaser line, then FIN", .script = {TEASER, STEP(CLOSE)}},
    {"closes-in-line", "half a greeting, then FIN", .script = {SAY("220 mail"), STEP(CLOSE)}},
    {"closes-at-greeting", "greets, then FIN", .script = {GREETING, STEP(CLOSE)}},
    {"closes-at-ehlo", "FIN for an answer to EHLO",
     .script = {GREETING, HEAR("EHLO"), STEP(CLOSE)}},
    {"resets-at-ehlo", "RST for an answer to EHLO",
     .script = {GREETING, HEAR("EHLO"), STEP(RESET)}},
    {"stalls-at-ehlo", "greets and never answers", .script = {GREETING, STEP(END)}},
    {"closes-at-quit", "FIN for an answer to QUIT",
     .script = {GREETING, HEAR("EHLO"), SAY("250 " NAME "\r\n"), HEAR("QUIT"), STEP(CLOSE)}},

    {"refuses-450", "450 for a greeting",
     .script = {SAY("450 4.7.1 Client host rejected: try again later\r\n"), GOOD_BYE}},
    {"refuses-421", "421 4.3.2 for a greeting: Exchange, its service not active",
     .script = {SAY("421 4.3.2 Service not active\r\n"), STEP(CLOSE)}},
    {"refuses-421-busy", "421 4.3.2 for a greeting: too many connections",
     .script = {SAY("421 4.3.2 The maximum number of concurrent connections has exceeded a limit, "
                    "closing transmission channel\r\n"),
                STEP(CLOSE)}},
    {"refuses-521", "521 for a greeting: no mail here (RFC 7504)",
     .script = {SAY("521 " NAME " does not accept mail\r\n"), GOOD_BYE}},
    {"refuses-550", "550 for a greeting",
     .script = {SAY("550 5.7.1 Service unavailable; client host is listed\r\n"), GOOD_BYE}},
    {"refuses-554", "554 for a greeting",
     .script = {SAY("554 5.7.1 " NAME " no SMTP service for you\r\n"), GOOD_BYE}},

    {"teaser", "220- at once, the rest after SECONDS (6)", SMTP_PEER_TRUSTED, .milliseconds = 6000,
     .script = {TEASER, PAUSE, GREETING, STEP(SERVE)}},
    {"teaser-refuses-521", "220-, 521 after SECONDS (6): postscreen, the client on a block list",
     .milliseconds = 6000,
     .script = {TEASER, PAUSE, SAY("521 5.7.1 Service unavailable; client [192.0.2.1] blocked\r\n"),
                STEP(CLOSE)}},
    {"teaser-refuses-421", "220-, 421 after SECONDS (6): postscreen, out of processes",
     .milliseconds = 6000,
     .script = {TEASER, PAUSE, SAY("421 4.3.2 All server ports are busy\r\n"), STEP(CLOSE)}},
    {"teaser-stall", "220- and nothing more", .script = {TEASER, STEP(END)}},
    {"teaser-late-close", "220-, silent for SECONDS (8), then FIN", .milliseconds = 8000,
     .script = {TEASER, PAUSE, STEP(CLOSE)}},
    {"delayed", "greets after SECONDS (5)", SMTP_PEER_TRUSTED, .milliseconds = 5000,
     .script = {PAUSE, GREETING, STEP(SERVE)}},
    {"drip", "its greeting a byte each SECONDS (1)", .milliseconds = 1000,
     .script = {DRIP("220 " NAME " ESMTP\r\n", 1), STEP(SERVE)}},
    {"drip-forever", "teaser lines for ever, a byte each SECONDS (1)", .milliseconds = 1000,
     .script = {DRIP("220-" NAME "\r\n", UINT_MAX - 1), STEP(END)}},
    {"half-line", "half a greeting and nothing more", .script = {SAY("220 ma"), STEP(END)}},
    {"half-line-flood", "half a greeting; at QUIT bytes without an end of line",
     .script = {SAY("220 ma"), HEAR("QUIT"), FLOOD(DOTS_64, UINT_MAX - 1)}},

    {"big-banner", "a greeting of 100 KiB in lines",
     .script = {FLOOD(TEASER_64, 1600), GREETING, STEP(SERVE)}},
    {"long-line", "a greeting of one line of 100 KiB",
     .script = {SAY("220 "), FLOOD(DOTS_64, 1600), SAY("\r\n"), STEP(SERVE)}},
    {"endless-banner", "teaser lines as fast as they are read",
     .script = {FLOOD(TEASER_64, UINT_MAX - 1), STEP(END)}},
    {"nuls", "NULs in its greeting",
     .script = {SAY_RAW("220 mail\0.example\0 ESMTP\0\r\n"), STEP(SERVE)}},
    {"8-bit", "Latin-1 and broken UTF-8 in its greeting",
     .script = {SAY("220 m\xfcller.example gr\xfc\xdft \xc3\xa9 \xe2\x82 \xff\r\n"), STEP(SERVE)}},
    {"escapes", "terminal escapes and HTML in its greeting",
     .script = {SAY("220 \033[2J\033]0;owned\007\r\b<script>alert(1)</script> \"'& \xe2\x80\xae"
                    "txet\r\n"),
                STEP(SERVE)}},
    {"bare-lf", "lines that end in LF alone", .script = {SAY("220 " NAME "\n"), STEP(SERVE)}},
    {"exchange-5.0", "the greeting of Exchange 5.0 SP1, as in KB Q182821",
     .script = {SAY("220 " NAME " ESMTP Server (Microsoft Exchange Internet Mail Service "
                    "5.0.1458.49) ready\r\n"),
                STEP(SERVE)}},
    {"windows-2003", "the greeting of Windows Server 2003's SMTP service, or of Exchange 2003",
     .script = {SAY("220 " NAME " Microsoft ESMTP MAIL Service, Version: 6.0.3790.4675 ready at  "
                    "Sun, 22 Nov 2026 12:00:00 +0000\r\n"),
                STEP(SERVE)}},
    {"no-code", "a greeting without a code", .script = {SAY("Welcome to " NAME "\r\n"), STEP(END)}},
    {"codes-differ", "a second line of another code",
     .script = {SAY("220-" NAME "\r\n250 " NAME "\r\n"), STEP(END)}},
    {"ssh", "an SSH server's banner", .script = {SAY("SSH-2.0-OpenSSH_9.2p1\r\n"), STEP(END)}},
    {"http", "a web server's answer",
     .script = {SAY("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), STEP(CLOSE)}},
    {"pop3", "a POP3 server's banner", .script = {SAY("+OK ready\r\n"), STEP(END)}},
    {"talks-on", "more behind its greeting than was asked for",
     .script = {SAY("220 " NAME "\r\n250 " NAME "\r\n"), STEP(SERVE)}},

    {"mailguard", "a firewall's asterisks; EHLO is refused",
     .script = {SAY("220 ****************************************2******0*\r\n"), HEAR("EHLO"),
                SAY("500 5.3.3 Unrecognized command\r\n"), HEAR("HELO"),
                SAY("250 " NAME " Hello\r\n"), GOOD_BYE}},
    {"ehlo-refused", "502 for EHLO, 250 for HELO",
     .script = {GREETING, HEAR("EHLO"), SAY("502 5.5.1 Not implemented\r\n"), HEAR("HELO"),
                SAY("250 " NAME "\r\n"), GOOD_BYE}},
    {"ehlo-421", "421 for EHLO, and FIN: a server that has no time after all",
     .script = {GREETING, HEAR("EHLO"), SAY("421 4.7.0 Try again later\r\n"), STEP(CLOSE)}},
    {"name-refused", "550 for EHLO and HELO: it wants another name",
     .script = {GREETING, HEAR("EHLO"), SAY("550 5.7.1 Invalid HELO name\r\n"), HEAR("HELO"),
                SAY("550 5.7.1 Invalid HELO name\r\n"), GOOD_BYE}},
    {"starttls-454", "offers STARTTLS and answers it 454",
     .script = {GREETING, HEAR("EHLO"), KEYWORDS, HEAR("STARTTLS"),
                SAY("454 4.7.0 TLS not available\r\n"), GOOD_BYE}},
    {"starttls-garbage", "offers STARTTLS; behind its 220 comes no handshake",
     .script = {GREETING, HEAR("EHLO"), KEYWORDS, HEAR("STARTTLS"), SAY("220 2.0.0 Ready\r\n"),
                PAUSE, SAY("This is no handshake, is it?\r\n"), STEP(END)},
     .milliseconds = 100},
    {"starttls-closes", "offers STARTTLS; FIN behind its 220",
     .script = {GREETING, HEAR("EHLO"), KEYWORDS, HEAR("STARTTLS"), SAY("220 2.0.0 Ready\r\n"),
                STEP(CLOSE)}},
    {"starttls-stalls", "offers STARTTLS; nothing behind its 220",
     .script = {GREETING, HEAR("EHLO"), KEYWORDS, HEAR("STARTTLS"), SAY("220 2.0.0 Ready\r\n"),
                STEP(END)}},
    {"closes-behind-tls", "FIN for an answer to EHLO behind the handshake", SMTP_PEER_TRUSTED,
     .script = {GREETING, HEAR("EHLO"), KEYWORDS, HEAR("STARTTLS"), SAY("220 2.0.0 Ready\r\n"),
                STEP(TLS), HEAR("EHLO"), STEP(CLOSE)}},
    {"stalls-behind-tls", "a handshake, and nothing behind it", SMTP_PEER_TRUSTED,
     .script = {GREETING, HEAR("EHLO"), KEYWORDS, HEAR("STARTTLS"), SAY("220 2.0.0 Ready\r\n"),
                STEP(TLS), STEP(END)}},
    {"starttls-injection", "bytes in the clear right behind the 220 of STARTTLS", SMTP_PEER_TRUSTED,
     .script = {GREETING, HEAR("EHLO"), KEYWORDS, HEAR("STARTTLS"),
                SAY("220 2.0.0 Ready\r\n250 injected\r\n"), STEP(TLS), STEP(SERVE)}},
};

enum { BEHAVIOURS = sizeof behaviours / sizeof *behaviours };

bool smtp_behaviour_at(size_t index, const char **name, const char **summary)
{
    if (index >= BEHAVIOURS)
        return false;
    *name = behaviours[index].name;
    *summary = behaviours[index].summary;
    return true;
}

static const struct behaviour *find(const char *name, size_t size)
{
    for (size_t i = 0; i < BEHAVIOURS; i++) {
        if (strlen(behaviours[i].name) == size && memcmp(behaviours[i].name, name, size) == 0)
            return &behaviours[i];
    }
    return NULL;
}

/* "6" or "0.05"; three digits behind the point count. */
static bool read_seconds(const char *text, size_t size, unsigned *milliseconds)
{
    unsigned whole = 0, part = 0, unit = 100;
    size_t i = 0;

    for (; i < size && text_is_digit(text[i]) && whole <= SECONDS_MOST; i++)
        whole = whole * 10 + (unsigned)(text[i] - '0');
    if (i > 0 && i < size && text[i] == '.') {
        for (i++; i < size && text_is_digit(text[i]); i++) {
            part += unit * (unsigned)(text[i] - '0');
            unit /= 10;
        }
    }
    *milliseconds = whole * 1000 + part;
    return i > 0 && i == size && whole <= SECONDS_MOST;
}

/* A text with the peer's name in its place. */
static const char *with_name(const char *text, const char *name, struct arena *arena)
{
    struct buffer out;
    const char *at;

    buffer_init(&out, TEXT_MOST);
    while ((at = strstr(text, NAME)) != NULL) {
        buffer_add(&out, text, (size_t)(at - text));
        buffer_add_string(&out, name);
        text = at + strlen(NAME);
    }
    buffer_add_string(&out, text);
    return buffer_keep(&out, arena);
}

static const struct smtp_peer_step *copy_script(const struct behaviour *behaviour,
                                                unsigned milliseconds, const char *name,
                                                struct arena *arena)
{
    struct smtp_peer_step *script = arena_new(arena, STEPS_MOST + 1, sizeof *script);

    memcpy(script, behaviour->script, sizeof behaviour->script);
    for (size_t i = 0; i < STEPS_MOST; i++) {
        if (script[i].milliseconds == SETTABLE)
            script[i].milliseconds = milliseconds;
        if (script[i].text && script[i].size == 0)
            script[i].text = with_name(script[i].text, name, arena);
    }
    return script;
}

enum status smtp_behaviour_read(const char *text, struct arena *arena, struct smtp_peer *peer)
{
    const char *address = peer->address, *name = strchr(text, '@');
    size_t size = name ? (size_t)(name - text) : strlen(text);
    const char *colon = memchr(text, ':', size);
    const struct behaviour *behaviour = find(text, colon ? (size_t)(colon - text) : size);
    unsigned milliseconds;

    if (!behaviour)
        return STATUS_NOT_FOUND;
    milliseconds = behaviour->milliseconds;
    if (colon && (milliseconds == 0 ||
                  !read_seconds(colon + 1, size - (size_t)(colon + 1 - text), &milliseconds)))
        return STATUS_INVALID;
    *peer = behaviour->how;
    peer->address = address;
    peer->name = arena_copy_string(arena, name ? name + 1 : "mail.example");
    peer->certificate = behaviour->certificate;
    peer->script = copy_script(behaviour, milliseconds, peer->name, arena);
    return STATUS_OK;
}
