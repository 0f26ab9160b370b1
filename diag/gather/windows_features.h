/* Reads which features of Windows a machine has: from a list, or of the machine at hand. */
#ifndef EXDIAG_GATHER_WINDOWS_FEATURES_H
#define EXDIAG_GATHER_WINDOWS_FEATURES_H

#include "diag/evidence/windows_features.h"

/*
 * Makes the observation of a new `struct windows_features`, whose question is its path. Blocks; for
 * a pool thread. STATUS_INVALID for a file that is no such list. For the path "" as
 * machine_features.h says.
 */
void gather_windows_features(struct evidence *item);

#endif
