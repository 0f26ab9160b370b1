/* Paths that settings of this machine name: which of them are followed, and as what. */
#include "diag/memory.h"
#include "diag/platform.h"
#include "diag/read/iis_config.h"
#include "win32/error.h"
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

enum status platform_system_folder(const char *machine, struct buffer *path)
{
    if (*machine)
        return STATUS_NOT_SUPPORTED;
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

/* A link may lead to another machine, and would be followed on the way to what is behind it. */
static bool is_link(const wchar_t *path)
{
    HANDLE handle = CreateFileW(
        path, FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
        OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    FILE_ATTRIBUTE_TAG_INFO about;
    bool is_one;

    if (handle == INVALID_HANDLE_VALUE)
        return false;
    is_one = GetFileInformationByHandleEx(handle, FileAttributeTagInfo, &about, sizeof about) &&
             about.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT &&
             about.ReparseTag == IO_REPARSE_TAG_SYMLINK;
    CloseHandle(handle);
    return is_one;
}

/* `path` is writable, and is afterwards as it was. */
static bool has_link(wchar_t *path)
{
    for (wchar_t *at = path + ROOT_SIZE;; at++) {
        wchar_t end = *at;
        bool found;

        if (end != L'\0' && !is_separator(end))
            continue;
        *at = L'\0';
        found = is_link(path);
        *at = end;
        if (found || end == L'\0')
            return found;
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

static enum status check(wchar_t *path, const char **reason)
{
    enum status status;

    if (!begins_at_drive(path))
        *reason = "it does not begin at a drive of this machine";
    else if (wcspbrk(path + 2, L":*?<>|\"") || wcslen(path) >= MAX_PATH)
        *reason = "it is no name of a file";
    if (*reason)
        return STATUS_NOT_FOLLOWED;
    status = check_drive(path, reason);
    if (status != STATUS_OK || !has_link(path))
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

enum status platform_local_path(const char *machine, const char *path, struct buffer *local,
                                const char **reason)
{
    wchar_t *wide = wide_from_utf8(path);
    enum status status = STATUS_NOT_FOLLOWED;

    *reason = NULL;
    if (*machine)
        status = STATUS_NOT_SUPPORTED;
    else if (!wide || iis_path_climbs(path))
        *reason = "it leads out of its folder, or to another machine or a device";
    else
        status = check(wide, reason);
    if (status == STATUS_OK)
        status = add_path(wide, local);
    free(wide);
    return status;
}
