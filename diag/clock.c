#include "diag/clock.h"

#include "diag/text.h"

#include <string.h>

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 0001-01-01 to the first day of `year`. */
static int64_t days_before_year(int64_t year)
{
    int64_t past = year - 1;

    return past * 365 + past / 4 - past / 100 + past / 400;
}

static int64_t day_number(int64_t year, int month, int day)
{
    int64_t days = days_before_year(year) - days_before_year(1970) + day - 1;

    for (int earlier = 1; earlier < month; earlier++)
        days += days_in_month(year, earlier);
    return days;
}

enum status clock_day_number(int year, int month, int day, int64_t *days)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month))
        return STATUS_INVALID;
    *days = day_number(year, month, day);
    return STATUS_OK;
}

/* So many digits, and what is behind them; printf takes ten times as long. */
static char *put_number(char *out, int digits, int64_t number, char behind)
{
    for (int i = digits; i > 0; i--, number /= 10)
        out[i - 1] = (char)('0' + number % 10);
    out[digits] = behind;
    return out + digits + 1;
}

/* Whole days since 1970-01-01; before it they are negative. */
static int64_t days_of(int64_t milliseconds)
{
    return milliseconds / CLOCK_DAY - (milliseconds % CLOCK_DAY < 0);
}

void clock_format(int64_t milliseconds, char out[CLOCK_TEXT_SIZE])
{
    const int64_t first = day_number(1, 1, 1) * CLOCK_DAY,
                  last = day_number(10000, 1, 1) * CLOCK_DAY - 1;
    int64_t days, rest, year;
    int month = 1;

    if (milliseconds < first)
        milliseconds = first;
    if (milliseconds > last)
        milliseconds = last;
    days = days_of(milliseconds);
    rest = milliseconds - days * CLOCK_DAY;
    year = days < 0 ? 1969 + days / 365 : 1970 + days / 366; /* or one of the years before */
    while (day_number(year + 1, 1, 1) <= days)
        year++;
    days -= day_number(year, 1, 1);
    while (days >= days_in_month(year, month))
        days -= days_in_month(year, month++);
    out = put_number(out, 4, year, '-');
    out = put_number(out, 2, month, '-');
    out = put_number(out, 2, days + 1, 'T');
    out = put_number(out, 2, rest / 3600000, ':');
    out = put_number(out, 2, rest / 60000 % 60, ':');
    out = put_number(out, 2, rest / 1000 % 60, '.');
    out = put_number(out, 3, rest % 1000, 'Z');
    *out = '\0';
}

/* Exactly `digits` decimal digits. */
static bool take_number(const char **text, int digits, int *number)
{
    *number = 0;
    for (; digits > 0; digits--, (*text)++) {
        if (!text_is_digit(**text))
            return false;
        *number = *number * 10 + (**text - '0');
    }
    return true;
}

static bool take_mark(const char **text, char mark)
{
    if (**text != mark)
        return false;
    (*text)++;
    return true;
}

static bool take_day(const char **text, int64_t *milliseconds)
{
    int year, month, day;
    int64_t days;

    if (!take_number(text, 4, &year) || !take_mark(text, '-') || !take_number(text, 2, &month) ||
        !take_mark(text, '-') || !take_number(text, 2, &day) ||
        clock_day_number(year, month, day, &days) != STATUS_OK)
        return false;
    *milliseconds = days * CLOCK_DAY;
    return true;
}

/* Milliseconds of a fraction of any length, or of none; what is finer is cut off. */
static bool take_fraction(const char **text, int *value)
{
    int scale = 100, digit;

    *value = 0;
    if (!take_mark(text, '.'))
        return true;
    if (!take_number(text, 1, &digit))
        return false;
    do {
        *value += digit * scale;
        scale /= 10;
    } while (take_number(text, 1, &digit));
    return true;
}

enum status clock_parse(const char *text, int64_t *milliseconds)
{
    int hour, minute, second, fraction;
    int64_t day;

    if (!take_day(&text, &day) || !take_mark(&text, 'T') || !take_number(&text, 2, &hour) ||
        !take_mark(&text, ':') || !take_number(&text, 2, &minute) || !take_mark(&text, ':') ||
        !take_number(&text, 2, &second) || !take_fraction(&text, &fraction) || hour > 23 ||
        minute > 59 || second > 60)
        return STATUS_INVALID;
    *milliseconds = day + ((hour * 60 + minute) * 60 + second) * (int64_t)1000 + fraction;
    return strcmp(text, "Z") == 0 ? STATUS_OK : STATUS_INVALID;
}

bool clock_is_same_day(int64_t a, int64_t b)
{
    return days_of(a) == days_of(b);
}

enum status clock_parse_day(const char *text, int64_t *milliseconds)
{
    return take_day(&text, milliseconds) && *text == '\0' ? STATUS_OK : STATUS_INVALID;
}
