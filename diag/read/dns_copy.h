/* Keeping what a message says: a copy in one piece of memory of just its size. Pure. */
#ifndef EXDIAG_READ_DNS_COPY_H
#define EXDIAG_READ_DNS_COPY_H

#include "diag/read/dns_message.h"

/*
 * Replaces the three sections of a message by copies in `arena`; nothing in them points
 * outside it but owners written like `name`, which are `name` itself.
 */
void dns_message_keep(struct dns_message *message, const char *name, struct arena *arena);

#endif
