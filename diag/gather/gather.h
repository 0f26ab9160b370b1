/*
 * Gathering: everything that touches the world, behind one door.
 *
 * One coordinator thread owns all evidence and waits in one place,
 * platform_wait(): for the resolver's sockets, and for workers that finished. What can only be done
 * by blocking goes to the pool. Every ask ends: answered, failed with a reason, or at its deadline.
 */
#ifndef EXDIAG_GATHER_GATHER_H
#define EXDIAG_GATHER_GATHER_H

#include "diag/evidence/evidence.h"
#include "diag/gather/directory_access.h"
#include "diag/gather/http_access.h"
#include "diag/read/net_address.h"

struct gather_options {
    const struct net_address *resolvers; /* borrowed; may be none: asks then fail with no-server */
    size_t resolver_count;
    unsigned dns_window; /* questions in flight at once, 1 to DNS_WINDOW_MOST */
    unsigned timeout;    /* milliseconds for one network operation, retries included */
    unsigned jobs;       /* worker threads, 1 to JOBS_MOST */
    unsigned patience;   /* milliseconds that a mail exchanger is given to greet; 0: the usual */
    const char *ca_file; /* certificates that are trusted, PEM; NULL: those of the system */
    const char *ca_text; /* the same as text, in place of a file; or NULL */
    struct directory_credentials directory; /* of --user; the rest of it is that above and below */
    struct http_credentials web;            /* the same; its ca_file and ca_text are those above */
    bool anonymous; /* the tickets of the user who runs this are left alone */

    unsigned rate;   /* DNS questions a second to all servers, repeated ones too; 0: no limit */
    bool spread;     /* each question begins at the next resolver in turn, not at the first */
    bool persistent; /* a closed port or no way there is silence: asked again until the deadline */
};

enum {
    DNS_WINDOW_USUAL = 500,
    DNS_WINDOW_MOST = 8192,
    JOBS_USUAL = 64,      /* of an audit */
    JOBS_OF_CHECK = 1024, /* so that eighty hosts that drop packets are in nobody's way */
    JOBS_MOST = 4096,
    TIMEOUT_USUAL = 10000, /* milliseconds; the next ones too */
    PATIENCE_QUICK = 30000,
    PATIENCE_USUAL = 60000,
    PATIENCE_PROOF = 300000, /* RFC 5321 4.5.3.2.1: initial 220 message */
    PATIENCE_MOST = 3600000
};

/*
 * How many workers can have a conversation each: JOBS_MOST, or fewer where this process
 * may not open as many sockets. More are never started, whatever `jobs` says.
 */
unsigned gather_jobs_most(void);

struct gather;

/* Called on the coordinator thread, from within gather_wait(), when an item is settled. */
typedef void gather_settled(void *context, struct evidence *item);

enum status gather_new(const struct gather_options *options, gather_settled *settled, void *context,
                       struct gather **out);

/* Open asks are forgotten; workers past their deadline are left behind, never waited for. */
void gather_free(struct gather *gather);

/*
 * Begins the observation of an unsettled item, which stays the store's. May
 * settle it later, from gather_wait(), never at once.
 */
void gather_start(struct gather *gather, struct evidence *item);

/* Works and waits until something was settled, gather_wake(), or `most` milliseconds. */
void gather_wait(struct gather *gather, int64_t most);

/*
 * How many more subjects would keep the workers busy: each is to have a job, and when all
 * do, its next. Every question on its way may become one; and no more of those than the
 * resolver has in flight, so that answers come in the order of the subjects. 0 where no worker
 * has anything to do.
 */
size_t gather_appetite(const struct gather *gather);

/*
 * The run is to end: what has made something elsewhere deletes it, and its item is settled as
 * usual, from gather_wait(). True while that is worth waiting for: GATHER_CLEAN_UP at most.
 */
enum { GATHER_CLEAN_UP = 10000 /* milliseconds */ };
void gather_end(struct gather *gather);
bool gather_is_cleaning_up(const struct gather *gather);

/* Ends a wait. The one function here for other threads. */
void gather_wake(struct gather *gather);

#endif
