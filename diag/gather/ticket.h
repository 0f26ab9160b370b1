/* What a KDC says to the caller's question for a ticket for one service. On a worker. */
#ifndef EXDIAG_GATHER_TICKET_H
#define EXDIAG_GATHER_TICKET_H

#include "diag/evidence/ticket.h"
#include "diag/gather/gather.h"

/* Settles the item. Blocks for no longer than gather_ticket_allowance(). */
void gather_ticket(struct evidence *item, const struct gather_options *options);

/* Microseconds that it may take, and some more. */
int64_t gather_ticket_allowance(const struct gather_options *options);

#endif
