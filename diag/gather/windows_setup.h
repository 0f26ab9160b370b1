/* Reads how Windows and Exchange came onto a machine: from a file, or of the machine at hand. */
#ifndef EXDIAG_GATHER_WINDOWS_SETUP_H
#define EXDIAG_GATHER_WINDOWS_SETUP_H

#include "diag/evidence/windows_setup.h"

/*
 * Makes the observation of a new `struct windows_setup`, whose question is its path. Blocks; for a
 * pool thread. STATUS_INVALID for a file that is neither of a registry nor an environment,
 * STATUS_NOT_FOUND for one that holds none of what is read; STATUS_NOT_SUPPORTED for the path ""
 * where there is no registry.
 */
void gather_windows_setup(struct evidence *item);

#endif
