/* Reads a file once, from its beginning to its end, and says what it is. */
#ifndef EXDIAG_GATHER_DIGEST_H
#define EXDIAG_GATHER_DIGEST_H

#include "diag/evidence/digest.h"

/*
 * Makes the observation of a new `struct file_digest`, whose question is its path.
 * Blocks; for a pool thread. The file is read in pieces, so its size does not
 * matter, and only ordinary files are opened: a folder, device, pipe or socket is
 * STATUS_INVALID. After a failure the observation is empty.
 */
void gather_digest(struct evidence *item);

#endif
