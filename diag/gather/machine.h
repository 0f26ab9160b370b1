/*
 * Files of a machine that its own settings name, for gatherers on Windows: a setting is a path with
 * variables, which are replaced as that machine's services see them, and is followed on its own
 * fixed drives alone (platform_local_path()). `machine` is platform.h's. Where this is not Windows
 * STATUS_NOT_SUPPORTED.
 */
#ifndef EXDIAG_GATHER_MACHINE_H
#define EXDIAG_GATHER_MACHINE_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stdio.h>

enum machine_source { MACHINE_REGISTRY, MACHINE_FILES, MACHINE_EVENTS };

/* Why a machine does not tell, and what would make it tell; NULL where the status says it all. */
const char *machine_reason(const char *machine, enum machine_source source, enum status status);

/*
 * What one question came to, the next to the same machine will: nobody answers, or the logon was
 * turned down, which tried again and again locks an account. Of keys of a registry also where the
 * service is off that tells them.
 */
bool machine_is_lost(enum status status);
bool machine_registry_is_lost(enum status status);

/*
 * Where the file is that a setting names, as platform_file_open() takes it, in `arena`. `folder`,
 * which may be NULL, is the setting then, and `name` the file in it. STATUS_NOT_FOUND: there is no
 * such drive; STATUS_NOT_FOLLOWED, with the reason: it is not followed, or has a variable that is
 * not known.
 */
enum status machine_path(const char *machine, const char *folder, const char *name,
                         struct arena *arena, const char **path, const char **reason);

/*
 * Opens an ordinary file that machine_path() found, which may have gone. STATUS_NOT_FOUND,
 * STATUS_DENIED, STATUS_INVALID for a folder or device, and what platform.h says of machines that
 * do not answer; with the reason.
 */
enum status machine_open(const char *machine, const char *path, FILE **file, const char **reason);

/* The two in one. */
enum status machine_file_open(const char *machine, const char *folder, const char *name,
                              FILE **file, const char **reason);

/*
 * The file of this name in the folder where IIS has its configuration: STATUS_NOT_FOUND, with a
 * reason, where there is none.
 */
enum status machine_iis_open(const char *machine, const char *name, FILE **file,
                             const char **reason);

#endif
