/* What tickets and logons by SSPI have in common. */
#ifndef EXDIAG_WIN32_KERBEROS_H
#define EXDIAG_WIN32_KERBEROS_H

#include "diag/status.h"
#include "win32/system.h"

#define SECURITY_WIN32
#include <security.h>
#include <stdint.h>

enum { KERBEROS_TOKEN_MOST = 65536 }; /* Windows' own limit is 65535 */

/* The caller's credentials. STATUS_NOT_FOUND: this logon has none. */
enum status kerberos_acquire(CredHandle *credentials);

/* The KDC's error that has become a code of Windows; 0: none. */
int32_t kerberos_error_of(SECURITY_STATUS code);

#endif
