#include "win32/file.h"
#include "diag/memory.h"
#include "diag/platform.h"
#include "win32/error.h"
#include "win32/owner.h"
#include "win32/system.h"
#include "win32/wide.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>

struct opening {
    DWORD access;
    DWORD sharing;
    DWORD disposition;
    DWORD flags;
    const char *mode;
};

enum platform_file_kind platform_file_kind(const char *path)
{
    wchar_t *wide = wide_path(path);
    enum platform_file_kind kind = PLATFORM_OTHER_FILE;
    HANDLE handle;
    BY_HANDLE_FILE_INFORMATION about;

    if (!wide)
        return PLATFORM_NO_FILE;
    handle = CreateFileW(wide, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                         OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (handle == INVALID_HANDLE_VALUE) {
        enum status status = error_status(GetLastError());

        if (status == STATUS_NOT_FOUND || status == STATUS_INVALID)
            kind = PLATFORM_NO_FILE;
    } else {
        if (GetFileType(handle) == FILE_TYPE_DISK && GetFileInformationByHandle(handle, &about))
            kind =
                about.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? PLATFORM_FOLDER : PLATFORM_FILE;
        CloseHandle(handle);
    }
    free(wide);
    return kind;
}

bool file_look_at(const char *path, BY_HANDLE_FILE_INFORMATION *about)
{
    wchar_t *wide = wide_path(path);
    HANDLE handle = INVALID_HANDLE_VALUE;
    bool found;

    if (wide)
        handle = CreateFileW(wide, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                             OPEN_EXISTING, 0, NULL);
    free(wide);
    if (handle == INVALID_HANDLE_VALUE)
        return false;
    found = GetFileInformationByHandle(handle, about) != 0;
    CloseHandle(handle);
    return found;
}

bool file_is_same(const BY_HANDLE_FILE_INFORMATION *one, const BY_HANDLE_FILE_INFORMATION *other)
{
    return one->dwVolumeSerialNumber == other->dwVolumeSerialNumber &&
           one->nFileIndexHigh == other->nFileIndexHigh &&
           one->nFileIndexLow == other->nFileIndexLow;
}

bool platform_file_is_same(const char *one, const char *other)
{
    BY_HANDLE_FILE_INFORMATION first, second;

    return file_look_at(one, &first) && file_look_at(other, &second) &&
           file_is_same(&first, &second);
}

/* From its root; NULL where it has none. To be freed. */
static wchar_t *full_path(const char *path)
{
    wchar_t *wide = wide_path(path), *full = NULL;
    DWORD size = wide ? GetFullPathNameW(wide, 0, NULL, NULL) : 0;

    if (size > 0)
        full = memory_new(size, sizeof *full);
    if (full && GetFullPathNameW(wide, size, full, NULL) >= size)
        full[0] = L'\0';
    free(wide);
    return full;
}

bool platform_path_is_same(const char *one, const char *other)
{
    wchar_t *first = full_path(one), *second = full_path(other);
    bool is_same = first && second && *first &&
                   CompareStringOrdinal(first, -1, second, -1, TRUE) == CSTR_EQUAL;

    free(first);
    free(second);
    return is_same || platform_file_is_same(one, other);
}

/* The C library's stream takes the handle over, or it is closed. */
static enum status make_stream(HANDLE handle, const char *mode, FILE **file)
{
    int fd = _open_osfhandle((intptr_t)handle, *mode == 'r' ? _O_RDONLY : 0);

    if (fd < 0) {
        CloseHandle(handle);
        return STATUS_EXHAUSTED;
    }
    *file = _fdopen(fd, mode);
    if (*file)
        return STATUS_OK;
    _close(fd);
    return STATUS_EXHAUSTED;
}

/* A folder is refused as "access denied"; a new file under a device's name is none. */
static enum status open_stream(const char *path, const struct opening *how,
                               SECURITY_ATTRIBUTES *security, FILE **file)
{
    wchar_t *wide = wide_path(path);
    enum status status = STATUS_OK;
    HANDLE handle;

    *file = NULL;
    if (!wide)
        return *path ? STATUS_INVALID : STATUS_NOT_FOUND;
    handle =
        CreateFileW(wide, how->access, how->sharing, security, how->disposition, how->flags, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        status = error_status(GetLastError());
    free(wide);
    if (status == STATUS_DENIED && how->disposition != CREATE_NEW &&
        platform_file_kind(path) == PLATFORM_FOLDER)
        return STATUS_INVALID;
    if (status != STATUS_OK)
        return status;
    if (how->disposition == CREATE_NEW && GetFileType(handle) != FILE_TYPE_DISK) {
        CloseHandle(handle);
        return STATUS_EXISTS;
    }
    return make_stream(handle, how->mode, file);
}

/* Shared with everyone: logs are read while their writers go on. */
enum status platform_file_open(const char *path, FILE **file)
{
    static const struct opening how = {GENERIC_READ,
                                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                       OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, "rb"};

    return open_stream(path, &how, NULL, file);
}

enum status platform_file_create(const char *path, FILE **file)
{
    static const struct opening how = {GENERIC_WRITE, FILE_SHARE_READ, CREATE_NEW,
                                       FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, "wb"};
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
    enum status status = owner_alone(&security.lpSecurityDescriptor);

    *file = NULL;
    if (status != STATUS_OK)
        return status;
    status = open_stream(path, &how, &security, file);
    LocalFree(security.lpSecurityDescriptor);
    return status;
}

enum status platform_file_write(const char *path, FILE **file)
{
    static const struct opening how = {GENERIC_WRITE, FILE_SHARE_READ, CREATE_ALWAYS,
                                       FILE_ATTRIBUTE_NORMAL, "wb"};

    return open_stream(path, &how, NULL, file);
}

enum status platform_file_remove(const char *path)
{
    wchar_t *wide = wide_path(path);
    enum status status = STATUS_OK;

    if (!wide)
        return STATUS_NOT_FOUND;
    if (!DeleteFileW(wide))
        status = error_status(GetLastError());
    free(wide);
    return status;
}

void platform_temporary_folder(struct buffer *path)
{
    wchar_t wide[MAX_PATH + 1];
    char *utf8;

    if (GetTempPathW(MAX_PATH + 1, wide) == 0)
        wide[0] = L'\0';
    utf8 = wide_to_utf8(wide);
    buffer_add_string(path, utf8);
    free(utf8);
}

enum status platform_file_size(FILE *file, uint64_t *size)
{
    __int64 end = _fseeki64(file, 0, SEEK_END) == 0 ? _ftelli64(file) : -1;

    if (end < 0)
        return STATUS_IO;
    *size = (uint64_t)end;
    return STATUS_OK;
}

enum status platform_file_seek(FILE *file, uint64_t offset)
{
    if (offset > INT64_MAX || _fseeki64(file, (__int64)offset, SEEK_SET) != 0)
        return STATUS_IO;
    return STATUS_OK;
}

/* errno alone would call a pipe that is going away an invalid argument. */
bool platform_file_is_public(FILE *file)
{
    (void)file;
    return false;
}

enum status platform_write_error(void)
{
    enum status status = error_status(_doserrno);

    if (errno == ENOSPC || status == STATUS_DISK_FULL)
        return STATUS_DISK_FULL;
    return errno == EPIPE || status == STATUS_CLOSED ? STATUS_CLOSED : STATUS_IO;
}
