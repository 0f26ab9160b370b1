#include "diag/remedy.h"

#include "diag/read/dns_name.h"
#include "diag/text.h"

#include <stdint.h>
#include <string.h>

enum {
    CMD_VALUE_MOST = 8000,     /* a line of cmd ends at 8191 characters */
    TXT_STRING_MOST = 255,     /* RFC 1035 3.3 */
    TXT_VALUE_MOST = 255 * 255 /* fits the 65535 bytes of RDATA together with its length octets */
};

/* To Windows PowerShell and PowerShell, five characters are a single quote. */
static bool is_powershell_quote(uint32_t code_point)
{
    return code_point == '\'' || (code_point >= 0x2018 && code_point <= 0x201B);
}

static bool quote_powershell(const char *bytes, size_t size, struct buffer *out)
{
    uint32_t code_point = 0;

    buffer_add_char(out, '\'');
    for (size_t at = 0, taken; at < size; at += taken) {
        taken = text_decode(bytes + at, size - at, &code_point);
        buffer_add(out, bytes + at, taken);
        if (is_powershell_quote(code_point))
            buffer_add(out, bytes + at, taken);
    }
    buffer_add_char(out, '\'');
    return true;
}

/*
 * What every shell takes for one argument as it stands, and between ". The Command Prompt of
 * Windows, where a line of sh is typed as well, would pass ' on.
 */
#define PLAIN_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:=@-"

static bool is_of(const char *bytes, size_t size, const char *characters)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\0' || !strchr(characters, bytes[i]))
            return false;
    }
    return size > 0;
}

static bool is_bare(const char *bytes, size_t size)
{
    return is_of(bytes, size, PLAIN_CHARACTERS) && !strchr(":=@-", bytes[0]);
}

/* sh takes \\ for one. */
static bool is_path_of_windows(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\\' && (i + 1 == size || bytes[i + 1] == '\\'))
            return false;
    }
    return is_of(bytes, size, PLAIN_CHARACTERS " ()\\");
}

static bool quote_sh(const char *bytes, size_t size, struct buffer *out)
{
    const char *quotes = is_bare(bytes, size) ? "" : "\"";

    if (*quotes == '\0' || is_path_of_windows(bytes, size)) {
        buffer_add_string(out, quotes);
        buffer_add(out, bytes, size);
        buffer_add_string(out, quotes);
        return true;
    }
    buffer_add_char(out, '\'');
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\'')
            buffer_add_string(out, "'\\''");
        else
            buffer_add_char(out, bytes[i]);
    }
    buffer_add_char(out, '\'');
    return true;
}

/*
 * A program that asks Windows for its arguments in a code page gets the nearest characters
 * the code page has. In one or the other, the nearest to these is one of " % \.
 */
static bool is_cmd_look_alike(uint32_t code_point)
{
    static const uint16_t look_alikes[] = {0x00A5, 0x00A8, 0x02B9, 0x02BA, 0x02DD, 0x02EE, 0x0308,
                                           0x030E, 0x066A, 0x201C, 0x201D, 0x201E, 0x201F, 0x2030,
                                           0x2033, 0x2035, 0x2036, 0x20A9, 0x20E5, 0x2216, 0x275D,
                                           0x275E, 0x301D, 0x301E, 0x301F, 0xFF02, 0xFF05, 0xFF3C};

    for (size_t i = 0; i < sizeof look_alikes / sizeof *look_alikes; i++) {
        if (look_alikes[i] == code_point)
            return true;
    }
    return false;
}

static bool is_cmd_text(const char *bytes, size_t size)
{
    uint32_t code_point = 0;

    for (size_t at = 0; at < size;) {
        at += text_decode(bytes + at, size - at, &code_point);
        if (code_point == '"' || code_point == '%' || is_cmd_look_alike(code_point))
            return false;
    }
    return true;
}

static bool quote_cmd(const char *bytes, size_t size, struct buffer *out)
{
    if (size > CMD_VALUE_MOST || !is_cmd_text(bytes, size))
        return false;
    buffer_add_char(out, '"');
    buffer_add(out, bytes, size);
    /* The C runtime takes \" for a quote within the argument, \\" for its end. */
    for (size_t i = size; i > 0 && bytes[i - 1] == '\\'; i--)
        buffer_add_char(out, '\\');
    buffer_add_char(out, '"');
    return true;
}

static bool quote_manual(const char *bytes, size_t size, struct buffer *out)
{
    if (size > 0 && memchr(bytes, '"', size))
        return false;
    buffer_add_char(out, '"');
    buffer_add(out, bytes, size);
    buffer_add_char(out, '"');
    return true;
}

/* RFC 1035 5.1: \X takes the meaning from a character, \DDD stands for any byte. */
static void add_zone_byte(struct buffer *out, uint8_t byte, const char *special, char least)
{
    if (byte < (uint8_t)least || byte > '~')
        buffer_print(out, "\\%03u", (unsigned)byte);
    else if (strchr(special, byte))
        buffer_print(out, "\\%c", byte);
    else
        buffer_add_char(out, (char)byte);
}

static void add_zone_string(const char *bytes, size_t size, struct buffer *out)
{
    buffer_add_char(out, '"');
    for (size_t i = 0; i < size; i++)
        add_zone_byte(out, (uint8_t)bytes[i], "\"\\", ' ');
    buffer_add_char(out, '"');
}

/* How much goes into the first string: up to the last space of its second half, if there is one. */
static size_t first_string(const char *bytes, size_t size)
{
    if (size <= TXT_STRING_MOST)
        return size;
    for (size_t end = TXT_STRING_MOST; end > TXT_STRING_MOST / 2; end--) {
        if (bytes[end - 1] == ' ')
            return end;
    }
    return TXT_STRING_MOST;
}

static bool quote_zone_text(const char *bytes, size_t size, struct buffer *out)
{
    if (size > TXT_VALUE_MOST)
        return false;
    for (size_t at = 0; at < size || at == 0;) {
        size_t string = first_string(bytes + at, size - at);

        if (at > 0)
            buffer_add_char(out, ' ');
        add_zone_string(bytes + at, string, out);
        at += string ? string : 1;
    }
    return true;
}

static bool quote_zone_data(const char *bytes, size_t size, struct buffer *out)
{
    for (size_t at = 0; at < size;) {
        size_t string = (unsigned char)bytes[at++];

        if (string > size - at)
            return false;
        if (at > 1)
            buffer_add_char(out, ' ');
        add_zone_string(bytes + at, string, out);
        at += string;
    }
    return size > 0;
}

static bool quote_zone_name(const char *bytes, size_t size, struct buffer *out)
{
    char name[DNS_NAME_TEXT_SIZE + 1]; /* with a trailing dot */
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t wire_size;

    if (size == 0 || size >= sizeof name || memchr(bytes, '\0', size))
        return false;
    memcpy(name, bytes, size);
    name[size] = '\0';
    if (dns_name_to_wire(name, wire, &wire_size) != STATUS_OK)
        return false;
    if (wire[0] == 0)
        buffer_add_char(out, '.');
    for (const uint8_t *label = wire; *label; label += 1 + *label) {
        for (unsigned i = 1; i <= *label; i++)
            add_zone_byte(out, label[i], "\"().;@$\\", '!');
        buffer_add_char(out, '.');
    }
    return true;
}

/* PowerShell, into which a line for cmd is soon pasted, runs what "$(...)" holds; no host is called
 * so. */
static bool is_alive_in_powershell(const char *bytes, size_t size)
{
    return size > 0 && (memchr(bytes, '$', size) || memchr(bytes, '`', size));
}

static bool quote(enum shell shell, enum value_type type, const char *bytes, size_t size,
                  struct buffer *out)
{
    static bool (*const quoters[SHELL_COUNT])(const char *, size_t, struct buffer *) = {
        [SHELL_POWERSHELL] = quote_powershell,
        [SHELL_EMS] = quote_powershell,
        [SHELL_CMD] = quote_cmd,
        [SHELL_SH] = quote_sh,
        [SHELL_DNS] = quote_zone_text,
        [SHELL_MANUAL] = quote_manual,
    };

    if (size > REMEDY_VALUE_MOST)
        return false;
    if (shell == SHELL_DNS && type == VALUE_NAME)
        return quote_zone_name(bytes, size, out);
    if (type == VALUE_TXT_DATA)
        return shell == SHELL_DNS && quote_zone_data(bytes, size, out);
    if (shell != SHELL_DNS && !text_is_printable(bytes, size))
        return false;
    if (shell == SHELL_CMD && type == VALUE_NAME && is_alive_in_powershell(bytes, size))
        return false;
    return quoters[shell](bytes, size, out);
}

enum status remedy_quote(enum shell shell, enum value_type type, const char *bytes, size_t size,
                         struct buffer *out)
{
    const size_t size_before = out->size;
    const bool truncated_before = out->truncated;
    enum status status;

    out->truncated = false;
    status = quote(shell, type, bytes, size, out) ? STATUS_OK : STATUS_INVALID;
    if (out->truncated)
        status = STATUS_TOO_LARGE; /* half a quoted value would swallow what follows */
    out->truncated = truncated_before;
    if (status != STATUS_OK) {
        out->size = size_before;
        out->text[size_before] = '\0';
    }
    return status;
}
