/*
 * A survey of a mailbox over EWS, on a worker. What it says and hears goes through a wire, so that
 * the order of requests, the waits and the cleaning up are tried without a network.
 *
 * A test item that was made is deleted again whatever happens, within EWS_CLEAN_UP of the moment
 * that the run is told to end, or else of when it was asked for often enough.
 */
#ifndef EXDIAG_GATHER_EWS_H
#define EXDIAG_GATHER_EWS_H

#include "diag/evidence/ews.h"
#include "diag/gather/gather.h"
#include "diag/gather/http.h"

enum { EWS_CLEAN_UP = 8000 /* milliseconds */ };

struct ending;
struct xml_library;

struct ews_head { /* of an answer; its texts are in the arena that was given */
    unsigned http;
    const char *server, *backend, *owa_version; /* of fields, or NULL */
    const char *challenges, *location;          /* as struct ews_survey has them */
    enum status body;                           /* OK; or how the body ended before its end */
    bool has_retry_after;
    uint32_t retry_after; /* milliseconds */
    /* As struct ews_survey has them: where the KDC gives no ticket they are there without a head */
    int32_t error_code;
    int64_t server_time;
};

/* How long a request may take; moments as now() has them. */
struct ews_time {
    int64_t deadline; /* the answer's head is there by then, and so is a body that stands still */
    int64_t latest;   /* a body that goes on may go on until then */
    int64_t stall;    /* microseconds without a byte: it stands still */
};

typedef bool ews_take(void *reader, const char *bytes, size_t size);

struct ews_wire {
    /*
     * One POST, and its answer, whose body is handed to `take` as it comes, until that says false.
     * STATUS_OK where there is a head; what it says is in `head`.
     */
    enum status (*post)(void *context, const struct buffer *request, ews_take *take, void *reader,
                        const struct ews_time *time, struct arena *arena, struct ews_head *head);
    /* Until then, as now(); or, unless `stubborn`, until the run is to end: then false. */
    bool (*wait)(void *context, int64_t until, bool stubborn);
    bool (*is_ending)(void *context);
    int64_t (*now)(void *context); /* monotonic, microseconds */
    void *context;
};

/* Fills in the observation but for `scheme`, `caller` and `web_step`. Its status. */
enum status ews_survey_run(struct ews_survey *survey, const struct gather_options *options,
                           const struct xml_library *library, const struct ews_wire *wire);

/* Settles the item. Blocks for no longer than gather_ews_allowance(). */
void gather_ews(struct evidence *item, const struct gather_options *options,
                struct http_library *library, struct http_access *access, struct ending *ending);

/* Microseconds that it may take, and some more. */
int64_t gather_ews_allowance(const struct gather_options *options);

#endif
