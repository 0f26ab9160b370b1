/*
 * Internationalised domain names: IDNA as browsers have it (UTS 46, non-transitional).
 * The system maps characters (diag/platform.h); what is a name is decided here, alike
 * on every system.
 */
#ifndef EXDIAG_IDN_H
#define EXDIAG_IDN_H

#include "diag/read/dns_name.h"

/*
 * A UTF-8 domain name to its xn-- form, and that back to UTF-8 for display, both in
 * lower case; a trailing dot stays. ASCII is its own xn-- form. The result has
 * DNS_NAME_TEXT_SIZE bytes. STATUS_INVALID where the name has no such form, or for
 * display none that leads back to it.
 */
enum status idn_to_ascii(const char *name, char *ascii);
enum status idn_to_unicode(const char *name, char *unicode);

#endif
