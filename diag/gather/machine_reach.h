/*
 * Questions that a Windows machine is asked about itself (read/machine_path.h): how long each may
 * take, and which other machines have been asked in vain, so that one that does not answer is
 * waited for once in a run and not for each question. For all threads; the last to leave frees it.
 */
#ifndef EXDIAG_GATHER_MACHINE_REACH_H
#define EXDIAG_GATHER_MACHINE_REACH_H

#include "diag/evidence/evidence.h"

struct machine_reach;

struct machine_reach *machine_reach_new(void);
struct machine_reach *machine_reach_share(struct machine_reach *reach);
void machine_reach_leave(struct machine_reach *reach); /* NULL is allowed */

/* Whom a question asks: "" the machine at hand, the name of another; NULL: no machine. */
const char *machine_reach_whom(const struct evidence *item);

/*
 * Microseconds for a question of a machine, of which another's is answered over the network.
 * `timeout`: milliseconds for one network operation.
 */
int64_t machine_reach_allowance(const struct evidence *item, unsigned timeout);

/* True: it would be asked as one was that nobody answered, and has now failed as that one did. */
bool machine_reach_is_vain(struct machine_reach *reach, struct evidence *item);

/* To be called with each that was asked: it is kept in mind who does not answer. */
void machine_reach_learn(struct machine_reach *reach, const struct evidence *item);

/* Fails one whose allowance is over; of one that asks no machine false, and nothing is done. */
bool machine_reach_fail(struct machine_reach *reach, struct evidence *item);

#endif
