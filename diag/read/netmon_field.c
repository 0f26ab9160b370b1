#include "diag/read/netmon_field.h"

#include "diag/clock.h"
#include "diag/read/dns_message.h"
#include "diag/read/dns_name.h"
#include "diag/text.h"

#include <stdio.h>
#include <string.h>

/* ---- fields of a statement ---- */

const char *netmon_skip_space(const char *text)
{
    return text + strspn(text, " \t");
}

const char *netmon_field(const char *statement, const char *name)
{
    size_t size = strlen(name), left = strlen(statement);

    for (const char *at = statement; left >= size; at++, left--) {
        const char *value = at + size;

        if (text_lower(*at) != text_lower(*name) || !text_starts_fold(at, left, name))
            continue;
        value = netmon_skip_space(value);
        if (*value == ':' || *value == '=')
            return netmon_skip_space(value + 1);
    }
    return NULL;
}

uint64_t netmon_number(const char *text)
{
    static const char digits[] = "0123456789abcdef";
    unsigned base = text[0] == '0' && text_lower(text[1]) == 'x' ? 16 : 10;
    uint64_t value = 0;

    for (text += base == 16 ? 2 : 0; *text; text++) {
        const char *digit = memchr(digits, text_lower(*text), base);

        if (!digit || value > UINT64_MAX / 32)
            break;
        value = value * base + (uint64_t)(digit - digits);
    }
    return value;
}

/* "25 (SMTP)", "0x0479", "SMTP (25)", "SMTP", "Unknown, (1146)". */
static uint16_t port_of(const char *text)
{
    static const struct {
        const char *name;
        uint16_t port;
    } names[] = {{"SMTP", 25}, {"DNS", DNS_PORT}};
    const char *number = text + strcspn(text, "(;");
    uint64_t value = netmon_number(text);

    if (value == 0 && *number == '(')
        value = netmon_number(number + 1);
    for (size_t i = 0; i < sizeof names / sizeof *names && value == 0; i++) {
        if (text_starts_fold(text, strlen(text), names[i].name))
            value = names[i].port;
    }
    return value <= UINT16_MAX ? (uint16_t)value : 0;
}

void netmon_read_port(const char *statement, const char *name, uint16_t *port)
{
    const char *value = netmon_field(statement, name);

    if (value && port_of(value))
        *port = port_of(value);
}

void netmon_read_number(const char *statement, const char *name, uint32_t *number)
{
    const char *value = netmon_field(statement, name);

    if (value && text_is_digit(*value))
        *number = (uint32_t)netmon_number(value);
}

static size_t word_length(const char *text)
{
    return strcspn(text, " \t\r\n,;");
}

void netmon_read_address(const char *statement, const char *name, struct ip_address *ip)
{
    const char *value = netmon_field(statement, name);

    if (value)
        (void)ip_parse(value, word_length(value), ip); /* stays as it was, if it is none */
}

bool netmon_read_name(const char *text, char *name)
{
    size_t size = word_length(text);
    uint8_t wire[DNS_NAME_WIRE_MOST];
    struct buffer folded;
    char printed[DNS_NAME_TEXT_SIZE];

    if (size == 0 || size >= sizeof printed)
        return false;
    memcpy(printed, text, size);
    printed[size] = '\0';
    if (dns_name_to_wire(printed, wire, &size) != STATUS_OK)
        return false;
    buffer_init(&folded, DNS_NAME_TEXT_SIZE - 1);
    dns_name_fold(printed, &folded);
    memcpy(name, folded.text, folded.size + 1);
    buffer_release(&folded);
    return true;
}

/* ---- times ---- */

/* Up to `most` numbers of a text, with what parts them left out. */
static size_t numbers_of(const char *text, unsigned *numbers, size_t most)
{
    size_t count = 0;

    while (*text && count < most) {
        text += strcspn(text, "0123456789");
        if (!*text)
            break;
        numbers[count++] = (unsigned)(netmon_number(text) % 1000000000);
        text += strspn(text, "0123456789");
    }
    return count;
}

/* "Mar 22, 1999", in English; 0 where no month stands in it. */
static unsigned month_of(const char *text)
{
    static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec"};

    for (unsigned i = 0; i < 12; i++) {
        if (text_starts_fold(text, strlen(text), months[i]))
            return i + 1;
    }
    return 0;
}

struct date {
    unsigned year, month, day;
};

/*
 * Of three numbers: the year is that of four digits, and where both others may be a
 * month, the first is, unless the year stands before them or dots part them.
 */
static struct date date_of(const unsigned *parts, bool has_dots)
{
    if (parts[0] > 99)
        return (struct date){parts[0], parts[1], parts[2]};
    if (parts[0] > 12 || has_dots)
        return (struct date){parts[2], parts[1], parts[0]};
    return (struct date){parts[2], parts[0], parts[1]};
}

/* "22:15.041": what follows the last colon, as microseconds. */
static int64_t fraction_of(const char *clock)
{
    const char *dot = strrchr(clock, '.');
    int64_t value = 0, scale = 100000;

    for (dot = dot ? dot + 1 : ""; text_is_digit(*dot); dot++, scale /= 10)
        value += (*dot - '0') * scale;
    return value;
}

/* Hours, minutes and seconds, as microseconds; -1 for none. */
static int64_t clock_of(const char *text)
{
    unsigned parts[3] = {0};
    char copy[32];
    const char *colon = strchr(text, ':');
    size_t size;
    int64_t value;

    while (colon && colon > text && text_is_digit(colon[-1]))
        colon--;
    if (!colon)
        return -1;
    size = strspn(colon, "0123456789:.");
    if (size >= sizeof copy)
        return -1;
    memcpy(copy, colon, size);
    copy[size] = '\0';
    if (numbers_of(copy, parts, 3) < 3)
        return -1;
    if (text_starts_fold(netmon_skip_space(colon + size), 2, "PM") && parts[0] < 12)
        parts[0] += 12;
    if (text_starts_fold(netmon_skip_space(colon + size), 2, "AM") && parts[0] == 12)
        parts[0] = 0;
    value = ((int64_t)parts[0] * 60 + parts[1]) * 60 + parts[2];
    return value * 1000000 + fraction_of(copy);
}

int64_t netmon_moment(const char *text)
{
    unsigned parts[3] = {0}, month = month_of(text);
    int64_t clock = clock_of(text), day;
    bool has_dots = memchr(text, '.', strcspn(text, " :")) != NULL;
    struct date date;
    char iso[16];

    if (clock < 0 || clock >= 86400 * (int64_t)1000000)
        return 0;
    if (numbers_of(text, parts, month ? 2 : 3) < (month ? 2u : 3u))
        return 0;
    date = month ? (struct date){parts[1], month, parts[0]} : date_of(parts, has_dots);
    snprintf(iso, sizeof iso, "%04u-%02u-%02u", date.year % 10000, date.month % 100,
             date.day % 100);
    if (date.year < 1980 || clock_parse_day(iso, &day) != STATUS_OK)
        return 0;
    return day * 1000 + clock;
}

int64_t netmon_seconds(const char *text)
{
    char copy[32];
    size_t size = strspn(text, "0123456789.");
    uint64_t seconds = netmon_number(text);

    if (size == 0 || size >= sizeof copy || seconds > 31000000 || text[size] == '/')
        return -1;
    memcpy(copy, text, size);
    copy[size] = '\0';
    return (int64_t)seconds * 1000000 + fraction_of(copy);
}
