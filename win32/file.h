/* Which file a path leads to. */
#ifndef EXDIAG_WIN32_FILE_H
#define EXDIAG_WIN32_FILE_H

#include "win32/system.h"

#include <stdbool.h>

/* False where nothing is there, or it cannot be looked at. */
bool file_look_at(const char *path, BY_HANDLE_FILE_INFORMATION *about);

bool file_is_same(const BY_HANDLE_FILE_INFORMATION *one, const BY_HANDLE_FILE_INFORMATION *other);

#endif
