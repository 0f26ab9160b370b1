#include "diag/read/instant.h"

#include "diag/clock.h"
#include "diag/text.h"

#include <stdbool.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    YEAR_FIRST = 1970,
    MINUTE = 60, /* seconds */
    HOUR = 3600,
    DAY = 86400,
    SECOND = 1000000, /* microseconds */
    ZONE_MOST = 14 * 60,
    WEEKDAY_OF_1970 = 4, /* Thursday; Sunday is 0 */
    WEEKDAY_UNSAID = -1
};

static const int64_t END = INT64_C(253402300800); /* the year 10000, in seconds since 1970 */

struct civil { /* a date as it was written */
    int year, month, day;
    int hour, minute, second, microsecond;
    int weekday;
    int zone; /* minutes east of UTC */
};

static const char *const weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const zones_of_utc[] = {"GMT", "UTC", "UT", "Z"};

/* ---- from what was written to a moment ---- */

static enum status settle(int64_t seconds, int64_t microseconds, int64_t *out)
{
    if (seconds < 0 || seconds >= END || seconds * SECOND + microseconds >= END * SECOND)
        return STATUS_INVALID;
    *out = seconds * SECOND + microseconds;
    return STATUS_OK;
}

static bool is_time_of_day(const struct civil *civil)
{
    return civil->hour <= 23 && civil->minute <= 59 && civil->second <= 60 &&
           civil->zone >= -ZONE_MOST && civil->zone <= ZONE_MOST;
}

static int second_of_day(const struct civil *civil)
{
    return civil->hour * HOUR + civil->minute * MINUTE + civil->second;
}

/* Leap seconds end a month of UTC: in the zone of `civil` that is in this month or the next. */
static bool may_follow_leap_second(const struct civil *civil, int64_t seconds)
{
    int64_t first, after;

    if (clock_day_number(civil->year, civil->month, 1, &first) != STATUS_OK)
        return false;
    if (clock_day_number(civil->year, civil->month + 1, 1, &after) != STATUS_OK)
        after = first + 31; /* of December */
    return seconds == first * DAY || seconds == after * DAY;
}

static enum status from_civil(const struct civil *civil, int64_t *out)
{
    int64_t days, seconds;

    if (civil->year < YEAR_FIRST || !is_time_of_day(civil) ||
        clock_day_number(civil->year, civil->month, civil->day, &days) != STATUS_OK)
        return STATUS_INVALID;
    if (civil->weekday != WEEKDAY_UNSAID && civil->weekday != (days + WEEKDAY_OF_1970) % 7)
        return STATUS_INVALID;
    seconds = days * DAY + second_of_day(civil) - civil->zone * (int64_t)MINUTE;
    if (civil->second == 60 && !may_follow_leap_second(civil, seconds))
        return STATUS_INVALID;
    return settle(seconds, civil->microsecond, out);
}

/* ---- reading: each takes what it wants from the beginning, or is false ---- */

struct cursor {
    const char *at;
    const char *end;
};

static bool take_mark(struct cursor *cursor, char mark)
{
    if (cursor->at == cursor->end || *cursor->at != mark)
        return false;
    cursor->at++;
    return true;
}

static bool take_digit(struct cursor *cursor, int *digit)
{
    if (cursor->at == cursor->end || !text_is_digit(*cursor->at))
        return false;
    *digit = *cursor->at++ - '0';
    return true;
}

/* Exactly so many digits. */
static bool take_number(struct cursor *cursor, int digits, int *number)
{
    *number = 0;
    for (int digit; digits > 0; digits--) {
        if (!take_digit(cursor, &digit))
            return false;
        *number = *number * 10 + digit;
    }
    return true;
}

static bool take_blanks(struct cursor *cursor)
{
    const char *first = cursor->at;

    while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\t'))
        cursor->at++;
    return cursor->at > first;
}

static bool take_word(struct cursor *cursor, const char *word, size_t size)
{
    if ((size_t)(cursor->end - cursor->at) < size ||
        !text_equal_fold_sized(cursor->at, size, word, size))
        return false;
    cursor->at += size;
    return true;
}

static bool take_weekday(struct cursor *cursor, bool is_whole, int *weekday)
{
    for (size_t i = 0; i < COUNT(weekdays); i++) {
        if (take_word(cursor, weekdays[i], is_whole ? strlen(weekdays[i]) : 3)) {
            *weekday = (int)i;
            return true;
        }
    }
    return false;
}

static bool take_month(struct cursor *cursor, int *month)
{
    for (size_t i = 0; i < COUNT(months); i++) {
        if (take_word(cursor, months[i], 3)) {
            *month = (int)i + 1;
            return true;
        }
    }
    return false;
}

static bool take_time(struct cursor *cursor, struct civil *civil)
{
    return take_number(cursor, 2, &civil->hour) && take_mark(cursor, ':') &&
           take_number(cursor, 2, &civil->minute) && take_mark(cursor, ':') &&
           take_number(cursor, 2, &civil->second);
}

/* "+0530", or without minutes where that is allowed. */
static bool take_offset(struct cursor *cursor, bool may_be_short, int *zone)
{
    bool is_west = take_mark(cursor, '-');
    int hours, minutes = 0;

    if ((!is_west && !take_mark(cursor, '+')) || !take_number(cursor, 2, &hours))
        return false;
    if (!(may_be_short && cursor->at == cursor->end) && !take_number(cursor, 2, &minutes))
        return false;
    *zone = minutes > 59 ? ZONE_MOST + 1 : hours * 60 + minutes;
    if (is_west)
        *zone = -*zone;
    return true;
}

static bool is_at_end(const struct cursor *cursor)
{
    return cursor->at == cursor->end;
}

/* ---- HTTP-date ---- */

/* Sun, 06 Nov 1994 08:49:37 GMT */
static bool read_fixdate(struct cursor cursor, struct civil *civil)
{
    return take_weekday(&cursor, false, &civil->weekday) && take_word(&cursor, ", ", 2) &&
           take_number(&cursor, 2, &civil->day) && take_mark(&cursor, ' ') &&
           take_month(&cursor, &civil->month) && take_mark(&cursor, ' ') &&
           take_number(&cursor, 4, &civil->year) && take_mark(&cursor, ' ') &&
           take_time(&cursor, civil) && take_word(&cursor, " GMT", 4) && is_at_end(&cursor);
}

/* Sunday, 06-Nov-94 08:49:37 GMT */
static bool read_rfc850_date(struct cursor cursor, struct civil *civil)
{
    return take_weekday(&cursor, true, &civil->weekday) && take_word(&cursor, ", ", 2) &&
           take_number(&cursor, 2, &civil->day) && take_mark(&cursor, '-') &&
           take_month(&cursor, &civil->month) && take_mark(&cursor, '-') &&
           take_number(&cursor, 2, &civil->year) && take_mark(&cursor, ' ') &&
           take_time(&cursor, civil) && take_word(&cursor, " GMT", 4) && is_at_end(&cursor);
}

/* Sun Nov  6 08:49:37 1994 */
static bool read_asctime_date(struct cursor cursor, struct civil *civil)
{
    return take_weekday(&cursor, false, &civil->weekday) && take_mark(&cursor, ' ') &&
           take_month(&cursor, &civil->month) && take_mark(&cursor, ' ') &&
           take_number(&cursor, take_mark(&cursor, ' ') ? 1 : 2, &civil->day) &&
           take_mark(&cursor, ' ') && take_time(&cursor, civil) && take_mark(&cursor, ' ') &&
           take_number(&cursor, 4, &civil->year) && is_at_end(&cursor);
}

/* As from_civil(), without asking whether its month has such a day. */
static int64_t roughly(const struct civil *civil, int year)
{
    int64_t first = 0;

    (void)clock_day_number(year, civil->month, 1, &first);
    return ((first + civil->day - 1) * DAY + second_of_day(civil)) * SECOND;
}

/* The last year with these two digits in which the date is not more than 50 years ahead. */
static int whole_year(const struct civil *civil, int64_t now)
{
    int year = 1900 + civil->year;

    while (year < 9900 && roughly(civil, year + 50) <= now)
        year += 100;
    return year;
}

enum status instant_from_http_date(const char *text, size_t size, int64_t now, int64_t *out)
{
    struct cursor cursor = {text, text + size};
    struct civil civil = {0};

    if (read_rfc850_date(cursor, &civil))
        civil.year = whole_year(&civil, now);
    else if (!read_fixdate(cursor, &civil) && !read_asctime_date(cursor, &civil))
        return STATUS_INVALID;
    return from_civil(&civil, out);
}

/* ---- dates of mail ---- */

static bool may_stand_before(char character)
{
    return character != '\0' && strchr(" \t,;(", character) != NULL;
}

static bool is_word_end(const struct cursor *cursor)
{
    return is_at_end(cursor) || (!text_is_letter(*cursor->at) && !text_is_digit(*cursor->at));
}

static bool take_zone(struct cursor *cursor, int *zone)
{
    *zone = 0;
    for (size_t i = 0; i < COUNT(zones_of_utc); i++) {
        struct cursor ahead = *cursor;

        if (take_word(&ahead, zones_of_utc[i], strlen(zones_of_utc[i])) && is_word_end(&ahead))
            return true;
    }
    return take_offset(cursor, false, zone) && is_word_end(cursor);
}

/* From the day of the month on. */
static bool read_mail_date(struct cursor cursor, struct civil *civil)
{
    int digit;

    if (!take_number(&cursor, 1, &civil->day))
        return false;
    if (take_digit(&cursor, &digit))
        civil->day = civil->day * 10 + digit;
    return take_blanks(&cursor) && take_month(&cursor, &civil->month) && take_blanks(&cursor) &&
           take_number(&cursor, 4, &civil->year) && take_blanks(&cursor) &&
           take_time(&cursor, civil) && take_blanks(&cursor) && take_zone(&cursor, &civil->zone);
}

/* The day of the week before a comma before the date, if there is a comma. */
static bool read_weekday_before(const char *text, size_t at, int *weekday)
{
    struct cursor word;

    *weekday = WEEKDAY_UNSAID;
    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t'))
        at--;
    if (at == 0 || text[at - 1] != ',')
        return true;
    word.at = word.end = text + at - 1;
    while (word.at > text && text_is_letter(word.at[-1]))
        word.at--;
    return take_weekday(&word, false, weekday) && is_at_end(&word);
}

enum status instant_from_mail_date(const char *text, size_t size, int64_t *out)
{
    struct civil civil = {0};

    for (size_t at = size; at-- > 0;) {
        struct cursor cursor = {text + at, text + size};

        if ((at > 0 && !may_stand_before(text[at - 1])) || !read_mail_date(cursor, &civil))
            continue;
        if (!read_weekday_before(text, at, &civil.weekday))
            return STATUS_INVALID;
        return from_civil(&civil, out);
    }
    return STATUS_NOT_FOUND;
}

/* ---- GeneralizedTime ---- */

static bool take_fraction(struct cursor *cursor, int *microseconds)
{
    int digit, unit = SECOND / 10;

    *microseconds = 0;
    if (!take_mark(cursor, '.') && !take_mark(cursor, ','))
        return true;
    if (!take_digit(cursor, &digit))
        return false;
    do {
        *microseconds += digit * unit;
        unit /= 10;
    } while (take_digit(cursor, &digit));
    return true;
}

enum status instant_from_generalized_time(const char *text, size_t size, int64_t *out)
{
    struct cursor cursor = {text, text + size};
    struct civil civil = {.weekday = WEEKDAY_UNSAID};

    if (!take_number(&cursor, 4, &civil.year) || !take_number(&cursor, 2, &civil.month) ||
        !take_number(&cursor, 2, &civil.day) || !take_number(&cursor, 2, &civil.hour) ||
        !take_number(&cursor, 2, &civil.minute) || !take_number(&cursor, 2, &civil.second) ||
        !take_fraction(&cursor, &civil.microsecond))
        return STATUS_INVALID;
    if (!take_mark(&cursor, 'Z') && !take_offset(&cursor, true, &civil.zone))
        return STATUS_INVALID;
    return is_at_end(&cursor) ? from_civil(&civil, out) : STATUS_INVALID;
}

/* ---- numbers ---- */

static const uint64_t FILETIME_OF_1970 = 116444736000000000u; /* from 1601, in 100 ns */
static const int64_t NTP_OF_1970 = INT64_C(2208988800);       /* from 1900, in seconds */
static const int64_t NTP_ERA = INT64_C(1) << 32;              /* seconds, and parts of one */

enum status instant_from_filetime(uint64_t filetime, int64_t *out)
{
    uint64_t since;

    if (filetime < FILETIME_OF_1970)
        return STATUS_INVALID;
    since = (filetime - FILETIME_OF_1970) / 10;
    return settle((int64_t)(since / SECOND), (int64_t)(since % SECOND), out);
}

static int64_t whole_seconds(int64_t instant)
{
    return instant / SECOND - (instant % SECOND < 0);
}

enum status instant_from_ntp(uint64_t timestamp, int64_t now, int64_t *out)
{
    int64_t here = whole_seconds(now), fraction = (int64_t)(timestamp & 0xFFFFFFFFu) * SECOND;
    int64_t ahead = (int64_t)(timestamp >> 32) - (int64_t)(uint32_t)(here + NTP_OF_1970);

    if (timestamp == 0)
        return STATUS_INVALID;
    if (ahead >= NTP_ERA / 2)
        ahead -= NTP_ERA;
    if (ahead < -NTP_ERA / 2)
        ahead += NTP_ERA;
    return settle(here + ahead, (fraction + NTP_ERA / 2) / NTP_ERA, out);
}

uint64_t instant_to_ntp(int64_t instant)
{
    int64_t microseconds = instant % SECOND + (instant % SECOND < 0 ? SECOND : 0);

    return (uint64_t)(whole_seconds(instant) + NTP_OF_1970) << 32 |
           ((uint64_t)microseconds << 32) / SECOND;
}
