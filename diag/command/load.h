/* Saved evidence, for the commands that judge it. */
#ifndef EXDIAG_COMMAND_LOAD_H
#define EXDIAG_COMMAND_LOAD_H

#include "diag/command/options.h"
#include "diag/run.h"

/*
 * Reads an evidence file, with the options of this call on top of what its run was given.
 * EXIT_FINE, or EXIT_TROUBLE after a message.
 */
int load_evidence(struct run *run, const char *path, const struct options *options);

/* Judges runs that were loaded; with --redact in pseudonyms that are the same in all of them. */
int judge_evidence(struct run *runs, size_t count, const struct options *options);

#endif
