/*
 * A survey of a mailbox over EWS, on a worker. What it says and hears goes through a wire, so that
 * the order of requests, the waits and the cleaning up are tried without a network.
 *
 * A test item that was made is deleted again whatever happens, and within EWS_CLEAN_UP once the run
 * is told to end: gather_end(), which waits for that.
 */
#ifndef EXDIAG_GATHER_EWS_H
#define EXDIAG_GATHER_EWS_H

#include "diag/evidence/ews.h"
#include "diag/gather/gather.h"

enum { EWS_CLEAN_UP = 8000 /* milliseconds for all that is deleted at the end */ };

struct ews_head { /* of an answer: texts live in the survey's memory */
    unsigned http;
    const char *server, *backend, *owa_version; /* of its fields, or NULL */
    const char *challenges, *location, *identity;
    bool has_retry_after;
    uint32_t retry_after; /* milliseconds */
};

struct ews_wire {
    /*
     * One POST of `request`, and its answer; the body is handed to `take` as it comes, until that
     * says false. STATUS_OK where there is a whole answer, of any HTTP status. `deadline`: on the
     * monotonic clock. Nothing is followed, and credentials are sent once they are refused no more.
     */
    enum status (*post)(void *context, const struct buffer *request,
                        bool (*take)(void *taker, const char *bytes, size_t size), void *taker,
                        int64_t deadline, struct arena *arena, struct ews_head *head);
    /* Waits until `until`, monotonic, or until the run is to end: then false. */
    bool (*wait)(void *context, int64_t until);
    int64_t (*now)(void *context);
    void *context;
};

struct xml_library;

/* Fills in the observation; the item is not settled. */
enum status ews_survey_run(struct ews_survey *survey, const struct gather_options *options,
                           const struct xml_library *library, const struct ews_wire *wire);

/* Settles the item. Blocks for no longer than gather_ews_allowance(). */
void gather_ews(struct evidence *item, const struct gather_options *options);

/* Microseconds that it may take, and some more. */
int64_t gather_ews_allowance(const struct gather_options *options);

#endif
