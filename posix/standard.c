#include "diag/platform.h"
#include "posix/error.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum status platform_input_read(void *bytes, size_t room, size_t *received)
{
    ssize_t size;

    do
        size = read(STDIN_FILENO, bytes, room);
    while (size < 0 && errno == EINTR);
    *received = size > 0 ? (size_t)size : 0;
    return size < 0 ? error_status(errno) : STATUS_OK;
}

int64_t platform_input_size(void)
{
    off_t at = lseek(STDIN_FILENO, 0, SEEK_CUR);
    struct stat about;

    if (at < 0 || fstat(STDIN_FILENO, &about) != 0 || !S_ISREG(about.st_mode))
        return -1;
    return about.st_size > at ? about.st_size - at : 0;
}

bool platform_output_is(const char *path)
{
    struct stat file, output;

    return stat(path, &file) == 0 && fstat(STDOUT_FILENO, &output) == 0 &&
           S_ISREG(output.st_mode) && file.st_dev == output.st_dev && file.st_ino == output.st_ino;
}

enum status platform_output_cut(int64_t size)
{
    if (ftruncate(STDOUT_FILENO, (off_t)size) != 0 ||
        lseek(STDOUT_FILENO, (off_t)size, SEEK_SET) < 0)
        return error_status(errno);
    return STATUS_OK;
}
