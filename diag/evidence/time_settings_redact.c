#include "diag/evidence/time_settings_redact.h"

#include "diag/evidence/redact.h"
#include "diag/read/ntp_peers.h"
#include "diag/text.h"

#include <string.h>

/* ---- hosts ---- */

/* Time servers of the public; with a dot at the front, what is below that name too. */
static const char *const public_servers[] = {
    "time.windows.com",    "time.nist.gov",  ".pool.ntp.org", "time.google.com",
    "time.cloudflare.com", "time.apple.com", "localhost",
};

static bool is_public(const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof public_servers / sizeof *public_servers; i++) {
        const char *known = public_servers[i];
        size_t known_size = strlen(known);

        if (*known == '.' && size > known_size &&
            text_equal_fold_sized(name + size - known_size, known_size, known, known_size))
            return true;
        known += *known == '.';
        if (text_equal_fold_sized(name, size, known, strlen(known)))
            return true;
    }
    return false;
}

static void redact_host(const struct redactor *redactor, const char *name, size_t size,
                        struct arena *arena, struct buffer *out)
{
    if (is_public(name, size))
        buffer_add(out, name, size);
    else
        redact_name(redactor, arena_copy(arena, name, size), out);
}

/* "ntp1.example.net,0x8 ntp2.example.net,0x8", or as it was written by mistake. */
static void redact_peers(const struct redactor *redactor, const char *text, struct arena *arena,
                         struct buffer *out)
{
    static const char separators[] = " \t\r\n,;|\"'";
    bool follows_comma = false;
    uint32_t flags;

    while (*text) {
        size_t size = strcspn(text, separators);

        if (follows_comma && ntp_flags_read(text, size, &flags))
            buffer_add(out, text, size);
        else if (size > 0)
            redact_host(redactor, text, size, arena, out);
        text += size;
        follows_comma = *text == ',';
        if (*text)
            buffer_add_char(out, *text++);
    }
}

/* ---- values ---- */

enum treatment { AS_TEXT, AS_PEERS, AS_NAME, AS_PATH, AS_IT_IS };

static enum treatment treatment_of(const char *name)
{
    static const struct {
        const char *name;
        enum treatment treatment;
    } treatments[] = {
        {"NtpServer", AS_PEERS},
        {"Hostname", AS_NAME},
        {"NV Hostname", AS_NAME},
        {"Domain", AS_NAME},
        {"NV Domain", AS_NAME},
        {"ComputerName", AS_NAME},
        {"DllName", AS_PATH},
        {"FileLogName", AS_PATH},
        {"SystemManufacturer", AS_IT_IS},
        {"SystemProductName", AS_IT_IS},
    };

    for (size_t i = 0; i < sizeof treatments / sizeof *treatments; i++) {
        if (text_equal_fold(treatments[i].name, name))
            return treatments[i].treatment;
    }
    return AS_TEXT;
}

static bool is_number(const char *text)
{
    while (text_is_digit(*text))
        text++;
    return !*text;
}

static const char *redacted(const struct redactor *redactor, enum treatment treatment,
                            const char *text, struct arena *arena)
{
    static const char *const words[] = {"NoSync", "NTP",      "NT5DS",    "AllSync",
                                        "WinNT",  "ServerNT", "LanmanNT", NULL};
    size_t size = strlen(text);
    struct buffer out;

    buffer_init(&out, 4 * size + IP_TEXT_SIZE);
    if (treatment == AS_IT_IS || is_number(text))
        buffer_add(&out, text, size);
    else if (treatment == AS_PEERS)
        redact_peers(redactor, text, arena, &out);
    else if (treatment == AS_NAME)
        redact_host(redactor, text, size, arena, &out);
    else if (treatment == AS_PATH)
        redact_path(redactor, text, &out);
    else
        redact_text(redactor, text, size, words, &out);
    return buffer_keep(&out, arena);
}

/* Lists and bytes hold what no verdict asks for. */
static void redact_value(const struct redactor *redactor, struct registry_value *value,
                         struct arena *arena)
{
    if (value->text)
        value->text = redacted(redactor, treatment_of(value->name), value->text, arena);
    value->list_count = 0;
    value->size = 0;
}

/* ---- w32tm ---- */

/* From stratum 2 on it is the address of the source (RFC 5905, 7.3), IPv4, or a hash of one. */
static void redact_reference(const struct redactor *redactor, struct w32tm_status *w32tm)
{
    struct ip_address ip = {.family = IP_V4};
    uint32_t id = w32tm->reference_id;

    if (w32tm->stratum < 2 || w32tm->source == W32TM_SOURCE_VM_IC)
        return;
    for (unsigned i = 0; i < 4; i++)
        ip.bytes[i] = (uint8_t)(id >> (24 - 8 * i));
    redact_ip(redactor, &ip);
    w32tm->reference_id = (uint32_t)ip.bytes[0] << 24 | (uint32_t)ip.bytes[1] << 16 |
                          (uint32_t)ip.bytes[2] << 8 | ip.bytes[3];
}

static void redact_status(const struct redactor *redactor, struct w32tm_status *w32tm,
                          struct arena *arena)
{
    if (w32tm->source_name && w32tm->source == W32TM_SOURCE_PEER)
        w32tm->source_name = redacted(redactor, AS_NAME, w32tm->source_name, arena);
    else if (w32tm->source_name && w32tm->source == W32TM_SOURCE_UNKNOWN)
        w32tm->source_name = redacted(redactor, AS_TEXT, w32tm->source_name, arena);
    redact_reference(redactor, w32tm);
    for (size_t i = 0; i < w32tm->peer_count; i++)
        w32tm->peers[i] = redacted(redactor, AS_NAME, w32tm->peers[i], arena);
    for (size_t i = 0; i < w32tm->setting_count; i++) {
        struct w32tm_setting *setting = &w32tm->settings[i];

        setting->value = redacted(redactor, treatment_of(setting->name), setting->value, arena);
    }
}

void time_settings_redact(struct time_settings *settings, const struct redactor *redactor)
{
    struct arena *arena = &settings->evidence.memory;

    for (size_t i = 0; i < settings->registry.count; i++)
        redact_value(redactor, &settings->registry.values[i], arena);
    if (settings->has_w32tm)
        redact_status(redactor, &settings->w32tm, arena);
}
