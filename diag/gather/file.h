/* Opening what the user named with --file. */
#ifndef EXDIAG_GATHER_FILE_H
#define EXDIAG_GATHER_FILE_H

#include "diag/status.h"

#include <stdio.h>

/*
 * An ordinary file, for reading bytes. A folder, device, pipe or socket is
 * STATUS_INVALID and `*reason` says which; close the file with fclose().
 */
enum status gather_file_open(const char *path, FILE **file, const char **reason);

#endif
