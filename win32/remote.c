#include "win32/remote.h"

#include "diag/memory.h"
#include "win32/error.h"
#include "win32/wide.h"

#include <stdbool.h>
#include <stdlib.h>

#define LITERAL L".ipv6-literal.net"

/* ---- names ---- */

wchar_t *remote_host(const char *machine)
{
    wchar_t *name = wide_from_utf8(machine), *host;
    bool is_literal;

    if (!name)
        return NULL;
    is_literal = wcschr(name, L':') != NULL;
    host = memory_new(2 + wcslen(name) + sizeof LITERAL / sizeof *host, sizeof *host);
    wcscpy(host, L"\\\\");
    wcscat(host, name);
    for (wchar_t *at = host; *at; at++) {
        if (*at == L':')
            *at = L'-';
    }
    if (is_literal)
        wcscat(host, LITERAL);
    free(name);
    return host;
}

/* ---- shares ---- */

/* Of a share itself, Wine says so of a host that it does not know. */
static enum status share_status(unsigned long error)
{
    return error == ERROR_PATH_NOT_FOUND ? STATUS_UNREACHABLE : error_status(error);
}

enum status remote_share(const wchar_t *host, wchar_t drive)
{
    const wchar_t tail[] = {L'\\', drive, L'$', L'\\', L'\0'};
    wchar_t *path = memory_new(wcslen(host) + sizeof tail / sizeof *tail, sizeof *path);
    enum status status = STATUS_OK;
    HANDLE handle;

    wcscpy(path, host);
    wcscat(path, tail);
    handle = CreateFileW(path, FILE_READ_ATTRIBUTES,
                         FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                         OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        status = share_status(GetLastError());
    else
        CloseHandle(handle);
    free(path);
    return status;
}

/* ---- registries ---- */

/* Windows says the same of a machine that is not there and of one without RemoteRegistry. */
static enum status without_pipe(const wchar_t *host)
{
    enum status status = remote_share(host, L'C');

    return status == STATUS_OK || status == STATUS_DENIED || status == STATUS_NOT_FOUND
               ? STATUS_REFUSED
               : status;
}

enum status remote_registry(const char *machine, HKEY *root)
{
    wchar_t *host = remote_host(machine);
    enum status status;
    LSTATUS error;

    if (!host)
        return STATUS_INVALID;
    error = RegConnectRegistryW(host, HKEY_LOCAL_MACHINE, root);
    if (error == ERROR_BAD_NETPATH || error == ERROR_FILE_NOT_FOUND)
        status = without_pipe(host);
    else
        status = error == ERROR_SUCCESS ? STATUS_OK : error_status((unsigned long)error);
    free(host);
    return status;
}
