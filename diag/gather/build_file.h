/* Reads which builds a file tells: ExSetup.exe, or what PowerShell printed. */
#ifndef EXDIAG_GATHER_BUILD_FILE_H
#define EXDIAG_GATHER_BUILD_FILE_H

#include "diag/evidence/build_file.h"

/*
 * Makes the observation of a new `struct build_file`, whose question is its path. Blocks; for a
 * pool thread. STATUS_INVALID for a file that is neither, and for another program than ExSetup.exe,
 * as updates do not replace every file of Exchange; STATUS_MALFORMED for a torn one. Nothing of a
 * program is run.
 */
void gather_build_file(struct evidence *item);

#endif
