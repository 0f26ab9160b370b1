#include "diag/platform.h"
#include "win32/error.h"
#include "win32/file.h"
#include "win32/wide.h"

#include <stdlib.h>

enum { PATH_MOST = 32768 };

/* Another file with the name of this one would lose what the name stood for. */
static bool may_be_replaced(const char *path)
{
    BY_HANDLE_FILE_INFORMATION about;
    wchar_t *wide = wide_path(path);
    DWORD attributes = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;

    free(wide);
    if (attributes == INVALID_FILE_ATTRIBUTES)
        return platform_file_kind(path) == PLATFORM_NO_FILE;
    return !(attributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT |
                           FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_DEVICE)) &&
           file_look_at(path, &about) && about.nNumberOfLinks == 1;
}

static bool make_beside(const char *path, struct platform_new_file *file)
{
    struct buffer name;
    unsigned number;

    if (platform_file_kind(path) == PLATFORM_OTHER_FILE || !may_be_replaced(path) ||
        platform_random(&number, sizeof number) != STATUS_OK)
        return false;
    buffer_init(&name, PATH_MOST);
    buffer_print(&name, "%s.%08x.tmp", path, number);
    if (!name.truncated && platform_file_kind(name.text) == PLATFORM_NO_FILE &&
        platform_file_write(name.text, &file->stream) == STATUS_OK) {
        if (platform_file_kind(name.text) == PLATFORM_FILE) {
            file->beside = name.text;
            return true;
        }
        fclose(file->stream);
        file->stream = NULL;
    }
    buffer_release(&name);
    return false;
}

enum status platform_new_file(const char *path, struct platform_new_file *file)
{
    *file = (struct platform_new_file){0};
    if (make_beside(path, file))
        return STATUS_OK;
    return platform_file_write(path, &file->stream);
}

static enum status replace(const char *beside, const char *path)
{
    wchar_t *from = wide_path(beside), *to = wide_path(path);
    enum status status = from && to ? STATUS_OK : STATUS_INVALID;

    if (status == STATUS_OK && !MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING))
        status = error_status(GetLastError());
    free(from);
    free(to);
    return status;
}

enum status platform_new_file_end(struct platform_new_file *file, const char *path,
                                  enum status status)
{
    if (fclose(file->stream) != 0 && status == STATUS_OK)
        status = platform_write_error();
    if (!file->beside)
        return status;
    if (status == STATUS_OK)
        status = replace(file->beside, path);
    if (status != STATUS_OK)
        platform_file_remove(file->beside);
    free(file->beside);
    file->beside = NULL;
    return status;
}
