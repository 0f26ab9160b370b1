/* `exdiag check` without a subject: the machine at hand, and all that its organisation has. */
#ifndef EXDIAG_COMMAND_EVERYTHING_H
#define EXDIAG_COMMAND_EVERYTHING_H

#include "diag/command/options.h"

/*
 * Adds this machine and sets `everything`: the rest is for probes/organisation to find. A server of
 * Exchange and a domain controller are as good as named by the user; any other machine is only
 * where the run starts. STATUS_INVALID, after a message that says what to name, on anything but a
 * Windows that is in a domain.
 */
enum status everything_add(struct options *options);

#endif
