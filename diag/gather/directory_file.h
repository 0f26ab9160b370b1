/* Reads an export of a directory once, from beginning to end. */
#ifndef EXDIAG_GATHER_DIRECTORY_FILE_H
#define EXDIAG_GATHER_DIRECTORY_FILE_H

#include "diag/evidence/directory_file.h"

/*
 * Makes the observation of a new `struct directory_file`, whose question is its path. Blocks; for
 * a pool thread. STATUS_INVALID for a file that is no LDIF and no output of setspn, and
 * STATUS_TOO_LARGE for one of the latter beyond 64 MiB. Memory is bounded, whatever the file's
 * size.
 */
void gather_directory_file(struct evidence *item);

#endif
