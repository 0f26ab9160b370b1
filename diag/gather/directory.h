/*
 * One search of a directory server: all its pages, and of attributes that come in ranges all of
 * those ([MS-ADTS] 3.1.1.3.1.3.3). On a worker.
 */
#ifndef EXDIAG_GATHER_DIRECTORY_H
#define EXDIAG_GATHER_DIRECTORY_H

#include "diag/gather/directory_access.h"
#include "diag/gather/gather.h"

/* Settles the item. Blocks for no longer than gather_directory_allowance(). */
void gather_directory(struct evidence *item, const struct gather_options *options,
                      struct directory_access *access);

/* Microseconds that a search may take, and some more. */
int64_t gather_directory_allowance(const struct gather_options *options);

#endif
