#include "win32/remote.h"

#include "diag/memory.h"
#include "win32/error.h"
#include "win32/wide.h"

#include <stdbool.h>
#include <stdlib.h>

#define LITERAL L".ipv6-literal.net"

/* ---- words ---- */

static const struct {
    unsigned long number;
    enum status status;
} table[] = {
    {ERROR_REM_NOT_LIST, STATUS_UNREACHABLE},
    {ERROR_BAD_NETPATH, STATUS_UNREACHABLE},
    {ERROR_UNEXP_NET_ERR, STATUS_UNREACHABLE},
    {ERROR_NETNAME_DELETED, STATUS_UNREACHABLE}, /* the connection broke */
    {ERROR_NO_NET_OR_BAD_PATH, STATUS_UNREACHABLE},
    {ERROR_NETWORK_UNREACHABLE, STATUS_UNREACHABLE},
    {ERROR_HOST_UNREACHABLE, STATUS_UNREACHABLE},
    {ERROR_CONNECTION_ABORTED, STATUS_UNREACHABLE},
    {ERROR_HOST_DOWN, STATUS_UNREACHABLE},
    {RPC_S_SERVER_UNAVAILABLE, STATUS_UNREACHABLE},
    {RPC_S_CALL_FAILED, STATUS_UNREACHABLE},
    {RPC_S_CALL_FAILED_DNE, STATUS_UNREACHABLE},
    {WSAHOST_NOT_FOUND, STATUS_UNREACHABLE},
    {DNS_ERROR_RCODE_NAME_ERROR, STATUS_UNREACHABLE},
    {ERROR_SEM_TIMEOUT, STATUS_TIMED_OUT},
    {ERROR_TIMEOUT, STATUS_TIMED_OUT},
    {ERROR_CONNECTION_REFUSED, STATUS_REFUSED},
    {ERROR_PORT_UNREACHABLE, STATUS_REFUSED},
    {ERROR_PIPE_BUSY, STATUS_REFUSED},
    {ERROR_SERVICE_NOT_ACTIVE, STATUS_REFUSED},
    {RPC_S_SERVER_TOO_BUSY, STATUS_REFUSED},
    {RPC_S_UNKNOWN_IF, STATUS_REFUSED},
    {EPT_S_NOT_REGISTERED, STATUS_REFUSED},
    {ERROR_NETWORK_ACCESS_DENIED, STATUS_DENIED},
    {ERROR_SESSION_CREDENTIAL_CONFLICT, STATUS_REJECTED},
    {ERROR_DOWNGRADE_DETECTED, STATUS_REJECTED},
    {ERROR_NO_LOGON_SERVERS, STATUS_REJECTED},
    {ERROR_NO_SUCH_LOGON_SESSION, STATUS_REJECTED},
    {ERROR_LOGON_FAILURE, STATUS_REJECTED},
    {ERROR_ACCOUNT_RESTRICTION, STATUS_REJECTED},
    {ERROR_INVALID_LOGON_HOURS, STATUS_REJECTED},
    {ERROR_INVALID_WORKSTATION, STATUS_REJECTED},
    {ERROR_PASSWORD_EXPIRED, STATUS_REJECTED},
    {ERROR_ACCOUNT_DISABLED, STATUS_REJECTED},
    {ERROR_LOGON_NOT_GRANTED, STATUS_REJECTED},
    {ERROR_LOGON_TYPE_NOT_GRANTED, STATUS_REJECTED},
    {ERROR_WRONG_TARGET_NAME, STATUS_REJECTED},
    {ERROR_TIME_SKEW, STATUS_REJECTED},
    {ERROR_TRUSTED_DOMAIN_FAILURE, STATUS_REJECTED},
    {ERROR_TRUSTED_RELATIONSHIP_FAILURE, STATUS_REJECTED},
    {ERROR_TRUST_FAILURE, STATUS_REJECTED},
    {ERROR_ACCOUNT_EXPIRED, STATUS_REJECTED},
    {ERROR_PASSWORD_MUST_CHANGE, STATUS_REJECTED},
    {ERROR_ACCOUNT_LOCKED_OUT, STATUS_REJECTED},
    {RPC_S_SEC_PKG_ERROR, STATUS_REJECTED},
};

enum status remote_status(unsigned long error)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].number == error)
            return table[i].status;
    }
    return error_status(error);
}

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
    return error == ERROR_PATH_NOT_FOUND ? STATUS_UNREACHABLE : remote_status(error);
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
        status = error == ERROR_SUCCESS ? STATUS_OK : remote_status((unsigned long)error);
    free(host);
    return status;
}
