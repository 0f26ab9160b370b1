#include "diag/platform.h"
#include "posix/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_MOST = 4096, TRIES = 8 };

/* Another file with the name of this one would lose what the name stood for. */
static bool may_be_replaced(const struct stat *about)
{
    return S_ISREG(about->st_mode) && about->st_nlink == 1;
}

/* Its owner and its permissions stay what they were. */
static bool take_after(int fd, const struct stat *former)
{
    struct stat about;

    if (fstat(fd, &about) != 0)
        return false;
    if ((about.st_uid != former->st_uid || about.st_gid != former->st_gid) &&
        fchown(fd, former->st_uid, former->st_gid) != 0)
        return false;
    return fchmod(fd, former->st_mode & 07777) == 0;
}

static int open_beside(const char *path, struct buffer *name)
{
    const mode_t everyone = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
    int fd = -1;

    for (int i = 0; i < TRIES && fd < 0; i++) {
        unsigned number;

        if (platform_random(&number, sizeof number) != STATUS_OK)
            return -1;
        buffer_clear(name);
        buffer_print(name, "%s.%08x.tmp", path, number);
        fd = name->truncated ? -1
                             : open(name->text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, everyone);
        if (fd < 0 && errno != EEXIST)
            return -1;
    }
    return fd;
}

static bool make_beside(const char *path, struct platform_new_file *file)
{
    struct buffer name;
    struct stat former;
    bool is_there = lstat(path, &former) == 0;
    int fd;

    if ((is_there && !may_be_replaced(&former)) || (!is_there && errno != ENOENT) ||
        (is_there && access(path, W_OK) != 0))
        return false;
    buffer_init(&name, PATH_MOST);
    fd = open_beside(path, &name);
    if (fd >= 0 && (!is_there || take_after(fd, &former)))
        file->stream = fdopen(fd, "wb");
    if (file->stream) {
        file->beside = name.text;
        return true;
    }
    if (fd >= 0) {
        close(fd);
        unlink(name.text);
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
    (void)file;
}

enum status platform_new_file_end(struct platform_new_file *file, const char *path,
                                  enum status status)
{
    if (fclose(file->stream) != 0 && status == STATUS_OK)
        status = platform_write_error();
    if (!file->beside)
        return status;
    if (status == STATUS_OK && rename(file->beside, path) != 0)
        status = error_status(errno);
    if (status != STATUS_OK)
        unlink(file->beside);
    free(file->beside);
    file->beside = NULL;
    return status;
}
