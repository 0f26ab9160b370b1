/*
 * Windows events, as event logs hold them: what an XML export and an .evtx file have in common.
 * Events are known by provider and id and by their insertion strings, in the order of the
 * template; never by a sentence, which is in the language of whoever rendered it.
 */
#ifndef EXDIAG_READ_WINDOWS_EVENT_H
#define EXDIAG_READ_WINDOWS_EVENT_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    EVENT_STRINGS_MOST = 64,   /* of one event; what is beyond is left out */
    EVENT_STRING_MOST = 32768, /* bytes of one; cut off beyond, at a whole character */
};

/*
 * UTF-8; what was none, or NUL, is U+FFFD. Absent texts are "". Lines end as they were written in
 * .evtx, and with "\n" in XML, which knows no other end.
 */
struct windows_event {
    const char *provider; /* as registered: "MSExchangeTransport", "Microsoft-Windows-WAS" */
    uint32_t id;          /* without qualifiers */
    uint32_t qualifiers;
    uint32_t level; /* 1 critical, 2 error, 3 warning, 4 information; 0 not told */
    int64_t time;   /* TimeCreated: milliseconds since 1970 UTC; 0 not told */
    uint64_t record;
    const char *channel;
    const char *computer;

    /* The elements of EventData in order, or the innermost ones of UserData; not Binary. */
    const char *strings[EVENT_STRINGS_MOST];
    size_t string_count;
    const char *binary; /* of EventData: upper case hex, "0C030980" for an error's code */
};

/* Which events somebody wants: a table ended by a provider that is NULL. Case-insensitive. */
struct event_wish {
    const char *provider;
    uint32_t id; /* 0: all of the provider */
};

bool event_is_wished(const struct event_wish *wishes, const struct windows_event *event);

/* The error code that is all of the binary data, as "0x8009030c" in `arena`; "" where it is none.
 */
const char *event_error_of_data(const struct windows_event *event, struct arena *arena);

/* Called for each event wished for; the event and its texts are gone afterwards. */
typedef void event_take(void *context, const struct windows_event *event);

/*
 * What became of a log. Damage is counted and read past; the rest is still told. Of an event
 * that nobody wishes for, only what tells so is read.
 */
struct event_log_account {
    uint64_t events;     /* wished for or not */
    uint64_t damaged;    /* events or chunks that were not */
    bool cut_off;        /* it ends within one */
    int64_t first, last; /* time of the earliest and latest event, where cheaply known; or 0 */
};

#endif
