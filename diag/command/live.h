/* A live run as the options of the command line have it. */
#ifndef EXDIAG_COMMAND_LIVE_H
#define EXDIAG_COMMAND_LIVE_H

#include "diag/command/options.h"
#include "diag/run.h"

/*
 * Examines run->about.subjects by run->about.settings, with progress on a terminal's
 * stderr. EXIT_FINE, or EXIT_TROUBLE after a message where nothing could be examined.
 */
int live_run(struct run *run, const struct options *options);

/* --jobs or the usual ones, or after a message fewer, where this process may not open that many
 * sockets. */
unsigned live_jobs(const struct options *options);

#endif
