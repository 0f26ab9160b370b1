#include "diag/platform.h"
#include "win32/error.h"
#include "win32/file.h"
#include "win32/wide.h"

#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MOST = 32768, TRIES = 20, PAUSE = 50 /* milliseconds */, PIECE = 4096 };

/* "report.html:notes" is a part of another file: no name can be made beside it. */
static bool is_stream(const char *path)
{
    const char *name = path;

    for (const char *at = path; *at; at++) {
        if (*at == '\\' || *at == '/')
            name = at + 1;
    }
    if (name == path && path[0] && path[1] == ':')
        name += 2; /* the drive's */
    return strchr(name, ':') != NULL;
}

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

    if (is_stream(path) || platform_file_kind(path) == PLATFORM_OTHER_FILE ||
        !may_be_replaced(path) || platform_random(&number, sizeof number) != STATUS_OK)
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

void platform_new_file_is_text(struct platform_new_file *file)
{
    _setmode(_fileno(file->stream), _O_TEXT);
}

/* That somebody reads one of them, a scanner for viruses say, passes. */
static bool may_pass(DWORD error)
{
    return error == ERROR_SHARING_VIOLATION || error == ERROR_ACCESS_DENIED ||
           error == ERROR_LOCK_VIOLATION || error == ERROR_UNABLE_TO_REMOVE_REPLACED;
}

/* Who may read the former one may read this one: ReplaceFileW() keeps that, a move does not. */
static bool take_place(const wchar_t *from, const wchar_t *to)
{
    for (int i = 0; i < TRIES; i++) {
        DWORD error;

        if (MoveFileExW(from, to, 0))
            return true;
        error = GetLastError();
        if (error == ERROR_ALREADY_EXISTS || error == ERROR_FILE_EXISTS) {
            if (ReplaceFileW(to, from, NULL, 0, NULL, NULL))
                return true;
            error = GetLastError();
        }
        if (!may_pass(error))
            return false;
        Sleep(PAUSE);
    }
    return false;
}

static enum status copy(FILE *from, FILE *to)
{
    char piece[PIECE];
    size_t size;

    while ((size = fread(piece, 1, sizeof piece, from)) > 0) {
        if (fwrite(piece, 1, size, to) != size)
            return platform_write_error();
    }
    return ferror(from) ? STATUS_IO : STATUS_OK;
}

/* Where others may write but nobody may put another in its place. */
static enum status write_over(const char *beside, const char *path)
{
    FILE *from, *to;
    enum status status = platform_file_open(beside, &from);

    if (status != STATUS_OK)
        return status;
    status = platform_file_write(path, &to);
    if (status == STATUS_OK) {
        status = copy(from, to);
        if (fclose(to) != 0 && status == STATUS_OK)
            status = platform_write_error();
    }
    fclose(from);
    return status;
}

static enum status replace(const char *beside, const char *path)
{
    wchar_t *from = wide_path(beside), *to = wide_path(path);
    bool done = from && to && take_place(from, to);
    enum status status = STATUS_OK;

    if (!done)
        status = write_over(beside, path);
    if (!done && status == STATUS_OK)
        platform_file_remove(beside);
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
