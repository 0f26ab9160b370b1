/* Another machine, asked by its name as the user who runs this, who is told by Windows itself. */
#ifndef EXDIAG_WIN32_REMOTE_H
#define EXDIAG_WIN32_REMOTE_H

#include "diag/status.h"
#include "win32/system.h"

/*
 * "\\ex02.contoso.com", or an IPv6 address as \\2001-db8--1.ipv6-literal.net, which is how Windows
 * writes one where a colon has another meaning. free() releases it; NULL for what is no name.
 */
wchar_t *remote_host(const char *machine);

/*
 * Whether the share of a drive is there and open to this user, of a remote_host():
 * STATUS_NOT_FOUND where the machine answers and has none, STATUS_UNREACHABLE where it does not.
 */
enum status remote_share(const wchar_t *host, wchar_t drive);

/* What reading takes: no more, for some keys grant no more. */
#define REGISTRY_RIGHTS (KEY_QUERY_VALUE | KEY_ENUMERATE_SUB_KEYS | KEY_WOW64_64KEY)

/* HKEY_LOCAL_MACHINE of another machine, for RegCloseKey(). */
enum status remote_registry(const char *machine, HKEY *root);

#endif
