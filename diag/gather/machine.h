/*
 * Files of the machine at hand that its own settings name, for gatherers on Windows: a setting is a
 * path with variables, which are replaced as this machine's services see them, and is followed on
 * its own fixed drives alone (platform_local_path()). Everywhere else STATUS_NOT_SUPPORTED.
 */
#ifndef EXDIAG_GATHER_MACHINE_H
#define EXDIAG_GATHER_MACHINE_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdio.h>

/* What whoever is denied something of this machine can do about it. */
extern const char machine_needs_administrator[];

/*
 * Where the file is that a setting names, as platform_file_open() takes it, in `arena`. `folder`,
 * which may be NULL, is the setting then, and `name` the file in it. STATUS_NOT_FOUND: there is no
 * such drive; STATUS_NOT_FOLLOWED, with the reason: it is not followed, or has a variable that is
 * not known.
 */
enum status machine_path(const char *machine, const char *folder, const char *name,
                         struct arena *arena, const char **path, const char **reason);

/* An ordinary file, which may have gone: the errors of machine_path() and gather_file_open(). */
enum status machine_file_open(const char *machine, const char *folder, const char *name,
                              FILE **file, const char **reason);

/*
 * The file of this name in the folder where IIS has its configuration: STATUS_NOT_FOUND, with a
 * reason, where there is none.
 */
enum status machine_iis_open(const char *machine, const char *name, FILE **file,
                             const char **reason);

#endif
