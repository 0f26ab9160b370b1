/*
 * Reads a file once, from its beginning to its end, and says what it is. Of a network
 * capture, which may have many gigabytes and is read once for its frames, the beginning
 * is read alone: it has a type and a size, and neither lines nor a sum.
 */
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
