/*
 * Any text as a date of each kind, and any 64 bits as a time stamp: what is read is within
 * its years, whatever the clock here says, and what is not leaves everything alone.
 */
#include "diag/read/instant.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t UNTOUCHED = -1;
static const int64_t END = INT64_C(253402300800) * 1000000;

static void check(enum status status, int64_t instant)
{
    bool holds = status == STATUS_OK ? instant >= 0 && instant < END
                                     : (status == STATUS_INVALID || status == STATUS_NOT_FOUND) &&
                                           instant == UNTOUCHED;

    if (!holds)
        abort();
}

static void check_number(uint64_t number, int64_t now)
{
    int64_t instant = UNTOUCHED, back = UNTOUCHED;
    enum status status = instant_from_ntp(number, now, &instant);

    check(status, instant);
    if (status == STATUS_OK && instant_to_ntp(instant) != 0 &&
        (instant_from_ntp(instant_to_ntp(instant), instant, &back) != STATUS_OK || back != instant))
        abort();
    (void)instant_to_ntp(now);
    instant = UNTOUCHED;
    check(instant_from_filetime(number, &instant), instant);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t number;
    int64_t now, instant = UNTOUCHED;
    char *text;

    if (size < sizeof number + sizeof now)
        return 0;
    memcpy(&number, data, sizeof number);
    memcpy(&now, data + sizeof number, sizeof now);
    check_number(number, now);
    size -= sizeof number + sizeof now;
    text = malloc(size + 1);
    if (!text)
        abort();
    memcpy(text, data + sizeof number + sizeof now, size);
    check(instant_from_http_date(text, size, now, &instant), instant);
    instant = UNTOUCHED;
    check(instant_from_mail_date(text, size, &instant), instant);
    instant = UNTOUCHED;
    check(instant_from_generalized_time(text, size, &instant), instant);
    free(text);
    return 0;
}
