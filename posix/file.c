#include "diag/platform.h"
#include "posix/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum platform_file_kind platform_file_kind(const char *path)
{
    struct stat about;

    if (stat(path, &about) != 0)
        return error_status(errno) == STATUS_NOT_FOUND ? PLATFORM_NO_FILE : PLATFORM_OTHER_FILE;
    if (S_ISREG(about.st_mode))
        return PLATFORM_FILE;
    return S_ISDIR(about.st_mode) ? PLATFORM_FOLDER : PLATFORM_OTHER_FILE;
}

bool platform_file_is_same(const char *one, const char *other)
{
    struct stat first, second;

    return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/* Whatever stands before the name; "." where nothing does. To be freed. */
static char *folder_of(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');

    *name = slash ? slash + 1 : path;
    return slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
}

bool platform_path_is_same(const char *one, const char *other)
{
    const char *name, *other_name;
    char *folder = folder_of(one, &name), *other_folder = folder_of(other, &other_name);
    bool is_same = folder && other_folder && strcmp(name, other_name) == 0 &&
                   platform_file_is_same(folder, other_folder);

    free(folder);
    free(other_folder);
    return is_same || platform_file_is_same(one, other);
}

static enum status open_stream(const char *path, int flags, mode_t mode, FILE **file)
{
    int fd = open(path, flags | O_CLOEXEC | O_NOCTTY, mode);
    struct stat about;
    enum status status;

    *file = NULL;
    if (fd < 0)
        return error_status(errno);
    if (fstat(fd, &about) == 0 && S_ISDIR(about.st_mode)) {
        close(fd);
        return STATUS_INVALID;
    }
    *file = fdopen(fd, (flags & O_ACCMODE) == O_RDONLY ? "rb" : "wb");
    if (*file)
        return STATUS_OK;
    status = error_status(errno);
    close(fd);
    return status;
}

enum status platform_file_open(const char *path, FILE **file)
{
    return open_stream(path, O_RDONLY, 0, file);
}

enum status platform_file_create(const char *path, FILE **file)
{
    return open_stream(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, S_IRUSR | S_IWUSR, file);
}

enum status platform_file_write(const char *path, FILE **file)
{
    const mode_t everyone = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;

    return open_stream(path, O_WRONLY | O_CREAT | O_TRUNC, everyone, file);
}

enum status platform_file_remove(const char *path)
{
    return unlink(path) == 0 ? STATUS_OK : error_status(errno);
}

void platform_temporary_folder(struct buffer *path)
{
    const char *named = platform_environment("TMPDIR");

    buffer_print(path, "%s/", named && *named ? named : "/tmp");
}

enum status platform_file_size(FILE *file, uint64_t *size)
{
    off_t end = fseeko(file, 0, SEEK_END) == 0 ? ftello(file) : -1;

    if (end < 0)
        return STATUS_IO;
    *size = (uint64_t)end;
    return STATUS_OK;
}

enum status platform_file_seek(FILE *file, uint64_t offset)
{
    if (offset > INT64_MAX || fseeko(file, (off_t)offset, SEEK_SET) != 0)
        return STATUS_IO;
    return STATUS_OK;
}

bool platform_file_is_public(FILE *file)
{
    struct stat about;

    return fstat(fileno(file), &about) == 0 && S_ISREG(about.st_mode) && about.st_mode & S_IROTH;
}

enum status platform_write_error(void)
{
    switch (error_status(errno)) {
    case STATUS_DISK_FULL:
        return STATUS_DISK_FULL;
    case STATUS_CLOSED:
        return STATUS_CLOSED;
    default:
        return STATUS_IO;
    }
}
