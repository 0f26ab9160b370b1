/*
 * The clock behind a web server: the Date of its answers, and the challenge of NTLM where EWS
 * is: /EWS/Exchange.asmx, as "NTLM", or "Negotiate" where that alone is offered. No logon.
 */
#ifndef EXDIAG_GATHER_CLOCK_HTTP_H
#define EXDIAG_GATHER_CLOCK_HTTP_H

#include "diag/gather/clock_exchange.h"

/* CLOCK_HTTP or CLOCK_HTTP_NTLM. */
enum status clock_ask_http(struct clock_inquiry *inquiry);

#endif
