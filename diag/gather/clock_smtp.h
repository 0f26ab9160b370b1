/*
 * The clock behind a mail server: the date in its greeting, and the challenge of NTLM.
 * Challenges are asked for by AUTH, or X-EXPS where that alone is offered, after STARTTLS where
 * neither is offered before it.
 */
#ifndef EXDIAG_GATHER_CLOCK_SMTP_H
#define EXDIAG_GATHER_CLOCK_SMTP_H

#include "diag/gather/clock_exchange.h"

/* One conversation, for CLOCK_SMTP_BANNER or CLOCK_SMTP_NTLM. */
enum status clock_ask_smtp(struct clock_inquiry *inquiry);

#endif
