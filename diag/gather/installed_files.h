/* Reads which files exist: from a list, or of the machine at hand. */
#ifndef EXDIAG_GATHER_INSTALLED_FILES_H
#define EXDIAG_GATHER_INSTALLED_FILES_H

#include "diag/evidence/installed_files.h"

/*
 * Makes the observation of a new `struct installed_files`, whose question are its path and image.
 * Blocks; for a pool thread. STATUS_INVALID for a file that is no such list. For the path "" as
 * machine_files.h says.
 */
void gather_installed_files(struct evidence *item);

#endif
