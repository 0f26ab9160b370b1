#include "win32/wide.h"

#include "diag/memory.h"
#include "win32/system.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_PLAIN_MOST = 247, PREFIX_LONGEST = 8 };

wchar_t *wide_from_utf8(const char *text)
{
    int size = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
    wchar_t *wide;

    if (size <= 0)
        return NULL;
    wide = memory_new((size_t)size, sizeof *wide);
    MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, wide, size);
    return wide;
}

char *wide_to_utf8(const wchar_t *text)
{
    int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
    char *utf8 = memory_new(1, size > 0 ? (size_t)size : 1);

    WideCharToMultiByte(CP_UTF8, 0, text, -1, utf8, size, NULL, NULL);
    return utf8;
}

/* \\server\share needs another prefix than C:\; a path that has one needs none. */
static const wchar_t *long_prefix(const wchar_t *full, size_t *skip)
{
    *skip = 0;
    if (wcsncmp(full, L"\\\\?\\", 4) == 0 || wcsncmp(full, L"\\\\.\\", 4) == 0)
        return L"";
    if (wcsncmp(full, L"\\\\", 2) != 0)
        return L"\\\\?\\";
    *skip = 2;
    return L"\\\\?\\UNC\\";
}

/* That form is taken literally, so the path must be absolute and without . and .. first. */
static wchar_t *long_form(const wchar_t *path)
{
    DWORD room = GetFullPathNameW(path, 0, NULL, NULL);
    wchar_t *full = memory_new((size_t)room + 1, sizeof *full);
    wchar_t *result = memory_new((size_t)room + 1 + PREFIX_LONGEST, sizeof *result);
    DWORD size = GetFullPathNameW(path, room, full, NULL);
    const wchar_t *prefix;
    size_t skip;

    if (size > 0 && size < room) {
        prefix = long_prefix(full, &skip);
        wcscpy(result, prefix);
        wcscat(result, full + skip);
    }
    free(full);
    return result;
}

wchar_t *wide_path(const char *path)
{
    wchar_t *wide = *path ? wide_from_utf8(path) : NULL;
    wchar_t *result;

    if (!wide || wcslen(wide) <= PATH_PLAIN_MOST)
        return wide;
    result = long_form(wide);
    free(wide);
    return result;
}
