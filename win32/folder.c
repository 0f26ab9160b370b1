#include "diag/buffer.h"
#include "diag/platform.h"
#include "win32/error.h"
#include "win32/system.h"
#include "win32/wide.h"

#include <stdlib.h>
#include <string.h>

/* Newer than mingw's headers. */
#ifndef FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS
#define FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS 0x00400000
#endif

enum { PATTERN_MOST = 65536 };

/*
 * Links have a reparse point that stands for a name. Others are ordinary files, deduplicated or
 * compressed; but one that is kept elsewhere would be fetched over the network.
 */
static enum platform_file_kind kind_of(const WIN32_FIND_DATAW *entry)
{
    DWORD attributes = entry->dwFileAttributes;
    bool is_link =
        attributes & FILE_ATTRIBUTE_REPARSE_POINT && IsReparseTagNameSurrogate(entry->dwReserved0);

    if (is_link || attributes & (FILE_ATTRIBUTE_DEVICE | FILE_ATTRIBUTE_OFFLINE |
                                 FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS))
        return PLATFORM_OTHER_FILE;
    return attributes & FILE_ATTRIBUTE_DIRECTORY ? PLATFORM_FOLDER : PLATFORM_FILE;
}

/* "C:\evidence\*", in the form of paths without a limit where it is long. */
static wchar_t *pattern_of(const char *path)
{
    size_t size = strlen(path);
    struct buffer pattern;
    wchar_t *wide;

    buffer_init(&pattern, PATTERN_MOST);
    buffer_add_string(&pattern, path);
    if (size > 0 && !strchr("/\\:", path[size - 1]))
        buffer_add_char(&pattern, '\\');
    buffer_add_char(&pattern, '*');
    wide = size > 0 && !pattern.truncated ? wide_path(pattern.text) : NULL;
    buffer_release(&pattern);
    return wide;
}

static void take_entry(const WIN32_FIND_DATAW *entry, platform_folder_take *take, void *context)
{
    char *name = wide_to_utf8(entry->cFileName);

    if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
        take(context, name, kind_of(entry));
    free(name);
}

/* ERROR_DIRECTORY where it is a file, and ERROR_INVALID_NAME for "a file\\*" under Wine. */
static bool is_no_folder(DWORD error)
{
    return error_status(error) == STATUS_INVALID;
}

enum status platform_folder_list(const char *path, platform_folder_take *take, void *context)
{
    wchar_t *pattern = pattern_of(path);
    WIN32_FIND_DATAW entry;
    HANDLE search;
    DWORD error;

    if (!pattern)
        return STATUS_NOT_FOUND;
    search = FindFirstFileW(pattern, &entry);
    error = GetLastError();
    free(pattern);
    if (search == INVALID_HANDLE_VALUE)
        return is_no_folder(error) ? STATUS_NOT_FOUND : error_status(error);
    do
        take_entry(&entry, take, context);
    while (FindNextFileW(search, &entry));
    error = GetLastError();
    FindClose(search);
    return error == ERROR_NO_MORE_FILES ? STATUS_OK : error_status(error);
}
