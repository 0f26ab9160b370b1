/* Who may read the evidence that this program writes. */
#ifndef EXDIAG_WIN32_OWNER_H
#define EXDIAG_WIN32_OWNER_H

#include "diag/status.h"

/*
 * A security descriptor with full access for this program's user, and for whoever
 * owns the file, and for nobody else; the folder's entries are not inherited.
 *
 * The owner stands beside the user since a file server may know the user by another
 * name. Administrators and the system are not on it: backups read with a privilege
 * that passes it by, and an administrator who must read the file can take ownership,
 * which leaves a trace.
 *
 * LocalFree() releases it.
 */
enum status owner_alone(void **descriptor);

#endif
