/* Paths that settings of a machine name: which of them are followed, and as what. */
#include "diag/memory.h"
#include "diag/platform.h"
#include "diag/read/iis_config.h"
#include "win32/error.h"
#include "win32/remote.h"
#include "win32/system.h"
#include "win32/wide.h"

#include <stdlib.h>
#include <wctype.h>

enum { ROOT_SIZE = 3 }; /* "C:\" */

/* ---- the system's folder ---- */

static bool is_redirected(void)
{
    BOOL yes = FALSE;

    return IsWow64Process(GetCurrentProcess(), &yes) && yes;
}

/* `tail` behind the folder of Windows itself. */
static enum status windows_folder(const wchar_t *tail, struct buffer *path)
{
    wchar_t wide[MAX_PATH + 1];
    UINT size = GetSystemWindowsDirectoryW(wide, MAX_PATH + 1);
    char *utf8;

    if (size == 0 || size + wcslen(tail) > MAX_PATH)
        return STATUS_NOT_FOUND;
    wcscat(wide, tail);
    utf8 = wide_to_utf8(wide);
    buffer_add_string(path, utf8);
    free(utf8);
    return STATUS_OK;
}

/* A registry without a text there is of no Windows. */
static enum status folder_status(LSTATUS error)
{
    if (error == ERROR_SUCCESS || error == ERROR_MORE_DATA || error == ERROR_FILE_NOT_FOUND)
        return STATUS_MALFORMED;
    return error_status((unsigned long)error);
}

/* What another machine's registry says of that. */
static enum status remote_folder(const char *machine, wchar_t folder[MAX_PATH + 1])
{
    static const wchar_t key[] = L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
    DWORD size = MAX_PATH * sizeof *folder, type;
    LSTATUS error;
    HKEY root, opened;
    enum status status = remote_registry(machine, &root);

    if (status != STATUS_OK)
        return status;
    error = RegOpenKeyExW(root, key, 0, REGISTRY_RIGHTS, &opened);
    RegCloseKey(root);
    if (error != ERROR_SUCCESS)
        return folder_status(error);
    error = RegQueryValueExW(opened, L"SystemRoot", NULL, &type, (BYTE *)folder, &size);
    RegCloseKey(opened);
    if (error != ERROR_SUCCESS || type != REG_SZ)
        return folder_status(error);
    folder[size / sizeof *folder] = L'\0';
    return STATUS_OK;
}

static enum status remote_system_folder(const char *machine, struct buffer *path)
{
    wchar_t folder[MAX_PATH + 1];
    enum status status = remote_folder(machine, folder);
    char *utf8;

    if (status != STATUS_OK)
        return status;
    utf8 = wide_to_utf8(folder);
    buffer_print(path, "%s\\System32", utf8);
    free(utf8);
    return STATUS_OK;
}

enum status platform_system_folder(const char *machine, struct buffer *path)
{
    if (*machine)
        return remote_system_folder(machine, path);
    return windows_folder(is_redirected() ? L"\\Sysnative" : L"\\System32", path);
}

/* ---- which paths are followed ---- */

static bool is_separator(wchar_t c)
{
    return c == L'\\' || c == L'/';
}

static bool begins_at_drive(const wchar_t *path)
{
    return path[0] < 128 && iswalpha(path[0]) && path[1] == L':' && is_separator(path[2]);
}

/*
 * A link may lead to another machine, and would be followed on the way to what is behind it; so
 * would one that cannot be looked at. A mounted volume is the machine's own.
 */
static enum status look_at(const wchar_t *path, bool *is_link)
{
    HANDLE handle = CreateFileW(
        path, FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
        OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    FILE_ATTRIBUTE_TAG_INFO about;
    enum status status = STATUS_OK;

    *is_link = false;
    if (handle == INVALID_HANDLE_VALUE) {
        status = error_status(GetLastError());
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    }
    if (!GetFileInformationByHandleEx(handle, FileAttributeTagInfo, &about, sizeof about))
        status = error_status(GetLastError());
    else
        *is_link = about.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT &&
                   IsReparseTagNameSurrogate(about.ReparseTag) &&
                   about.ReparseTag != IO_REPARSE_TAG_MOUNT_POINT;
    CloseHandle(handle);
    return status;
}

/* `path` is writable, and is afterwards as it was; its root is no link. */
static enum status look_for_link(wchar_t *path, size_t root, bool *found)
{
    for (wchar_t *at = path + root;; at++) {
        wchar_t end = *at;
        enum status status;

        if (end != L'\0' && !is_separator(end))
            continue;
        *at = L'\0';
        status = look_at(path, found);
        *at = end;
        if (status != STATUS_OK || *found || end == L'\0')
            return status;
    }
}

/* STATUS_NOT_FOUND for a drive that there is not. */
static enum status check_drive(const wchar_t *path, const char **reason)
{
    wchar_t root[ROOT_SIZE + 1] = {path[0], L':', L'\\', L'\0'};
    UINT type = GetDriveTypeW(root);

    if (type == DRIVE_FIXED)
        return STATUS_OK;
    if (type == DRIVE_NO_ROOT_DIR)
        return STATUS_NOT_FOUND;
    *reason = "its drive is not fixed in this machine";
    return STATUS_NOT_FOLLOWED;
}

static enum status check_form(const wchar_t *path, const char **reason)
{
    if (!begins_at_drive(path))
        *reason = "it does not begin at a drive of this machine";
    else if (wcspbrk(path + 2, L":*?<>|\"") || wcslen(path) >= MAX_PATH)
        *reason = "it is no name of a file";
    return *reason ? STATUS_NOT_FOLLOWED : STATUS_OK;
}

static enum status check_links(wchar_t *path, size_t root, const char **reason)
{
    bool found;
    enum status status = look_for_link(path, root, &found);

    if (status != STATUS_OK || !found)
        return status;
    *reason = "a symbolic link is on its way";
    return STATUS_NOT_FOLLOWED;
}

/* ---- a 32-bit program's view ---- */

/* How much of a path is the folder that Windows shows another one for; or 0. */
static size_t redirected_size(const wchar_t *path)
{
    wchar_t folder[MAX_PATH + 1];
    UINT size = GetSystemDirectoryW(folder, MAX_PATH + 1);

    if (size == 0 || size > MAX_PATH || _wcsnicmp(path, folder, size) != 0 ||
        !is_separator(path[size]))
        return 0;
    return size;
}

static enum status add_path(const wchar_t *path, struct buffer *local)
{
    size_t skipped = is_redirected() ? redirected_size(path) : 0;
    enum status status = skipped > 0 ? platform_system_folder("", local) : STATUS_OK;
    char *utf8 = wide_to_utf8(path + skipped);

    if (status == STATUS_OK)
        buffer_add_string(local, utf8);
    free(utf8);
    return status;
}

static enum status follow_here(wchar_t *path, struct buffer *local, const char **reason)
{
    enum status status = check_drive(path, reason);

    if (status == STATUS_OK)
        status = check_links(path, ROOT_SIZE, reason);
    return status == STATUS_OK ? add_path(path, local) : status;
}

/* ---- another machine's drives, of which Windows shares those that are fixed ---- */

/* A share that is missing says nothing of its drive: shares of drives can be switched off. */
static enum status check_share(const wchar_t *host, wchar_t drive, const char **reason)
{
    enum status status = remote_share(host, drive);

    if (status != STATUS_NOT_FOUND)
        return status;
    *reason = "that machine shares no such drive with its administrators";
    return STATUS_NOT_FOLLOWED;
}

/* "C:\..." as \\host\C$\...; free() releases it. */
static wchar_t *path_by_share(const wchar_t *host, const wchar_t *path)
{
    wchar_t *remote = memory_new(wcslen(host) + wcslen(path) + 2, sizeof *remote);
    wchar_t *drive;

    wcscpy(remote, host);
    wcscat(remote, L"\\");
    drive = remote + wcslen(remote);
    wcscpy(drive, path);
    drive[1] = L'$';
    for (wchar_t *at = drive; *at; at++) {
        if (*at == L'/')
            *at = L'\\';
    }
    return remote;
}

static enum status follow_there(const wchar_t *host, const wchar_t *path, struct buffer *local,
                                const char **reason)
{
    enum status status = check_share(host, path[0], reason);
    wchar_t *remote;
    char *utf8;

    if (status != STATUS_OK)
        return status;
    remote = path_by_share(host, path);
    status = check_links(remote, wcslen(host) + 1 + ROOT_SIZE, reason);
    if (status == STATUS_OK) {
        utf8 = wide_to_utf8(remote);
        buffer_add_string(local, utf8);
        free(utf8);
    }
    free(remote);
    return status;
}

enum status platform_local_path(const char *machine, const char *path, struct buffer *local,
                                const char **reason)
{
    wchar_t *wide = wide_from_utf8(path), *host = *machine ? remote_host(machine) : NULL;
    enum status status = STATUS_NOT_FOLLOWED;

    *reason = NULL;
    if (*machine && !host)
        status = STATUS_INVALID;
    else if (!wide || iis_path_climbs(path))
        *reason = "it leads out of its folder, or to another machine or a device";
    else
        status = check_form(wide, reason);
    if (status == STATUS_OK)
        status = host ? follow_there(host, wide, local, reason) : follow_here(wide, local, reason);
    free(host);
    free(wide);
    return status;
}
