/* What a MailStore job log comes to (mailstore_log.h): counted and kept as messages end. */
#ifndef EXDIAG_READ_MAILSTORE_TALLY_H
#define EXDIAG_READ_MAILSTORE_TALLY_H

#include "diag/read/mailstore_log.h"

enum { MAILSTORE_NOWHERE = -1 };

struct mailstore_tally;

struct mailstore_ended {              /* a message that is over */
    struct mailstore_message message; /* what it points to is the caller's */
    uint64_t identity;                /* of its line; of no meaning where that is 0 */
    int mailbox;                      /* or MAILSTORE_NOWHERE */
};

struct mailstore_tally *mailstore_tally_new(void);

/* The numbers that it has for a call and a mailbox; MAILSTORE_NOWHERE where they are too many. */
int mailstore_tally_call(struct mailstore_tally *tally, const char *name, size_t size);
int mailstore_tally_mailbox(struct mailstore_tally *tally, const char *name);

/* A message of this mailbox has begun. */
void mailstore_tally_begin(struct mailstore_tally *tally, int mailbox);

/* One that was fetched with its first request: nearly all are. Its line was seen. */
void mailstore_tally_fine(struct mailstore_tally *tally, uint64_t identity);

/* Any that is over, after one request at least. */
void mailstore_tally_end(struct mailstore_tally *tally, const struct mailstore_ended *ended);

/* An exception elsewhere, behind `call` or (MAILSTORE_NOWHERE) none. */
void mailstore_tally_elsewhere(struct mailstore_tally *tally, int call, const char *code,
                               uint64_t line);

/* Adds it all to `out`, in `arena`, and frees it. */
void mailstore_tally_keep(struct mailstore_tally *tally, struct arena *arena,
                          struct mailstore_log *out);

#endif
