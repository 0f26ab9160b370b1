/*
 * The clock behind a web server: the Date of its answers; where EWS is, /EWS/Exchange.asmx, the
 * challenge of NTLM, as "NTLM", or "Negotiate" where that alone is offered; and there the error of
 * Kerberos for a ticket that is noise, said to be for HTTP/exdiag-clock. No logon, no credentials.
 */
#ifndef EXDIAG_GATHER_CLOCK_HTTP_H
#define EXDIAG_GATHER_CLOCK_HTTP_H

#include "diag/gather/clock_exchange.h"

/* CLOCK_HTTP, CLOCK_HTTP_NTLM or CLOCK_HTTP_KERBEROS. */
enum status clock_ask_http(struct clock_inquiry *inquiry);

#endif
