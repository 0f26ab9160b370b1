/* Paths of Windows as configurations write them: in any case, with either slash. */
#ifndef EXDIAG_PROBES_POWERSHELL_PATHS_H
#define EXDIAG_PROBES_POWERSHELL_PATHS_H

#include "diag/memory.h"

#include <stdbool.h>

/*
 * With backslashes, single ones but for those that a share begins with, and none at its end;
 * without ".." and the folder that it leaves; in `arena`.
 */
const char *path_tidy(const char *path, struct arena *arena);

bool path_is(const char *path, const char *other); /* both tidy */

/* It is `tail`, or ends with it behind a backslash. */
bool path_ends_with(const char *path, const char *tail);

/* What is before `part`, which is whole folders: "C:\X" of "C:\X\Bin\Y" and "Bin"; or NULL. */
const char *path_before(const char *path, const char *part, struct arena *arena);

/* It has a name of 8.3, of which nobody can tell what it stands for. */
bool path_is_short(const char *path);

/* The one becomes the other where commas are blanks. */
bool path_has_comma_for_blank(const char *path, const char *other);

#endif
