#include "diag/platform.h"
#include "posix/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static enum platform_file_kind kind_of(DIR *folder, const char *name)
{
    struct stat about;

    if (fstatat(dirfd(folder), name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return PLATFORM_OTHER_FILE;
    if (S_ISREG(about.st_mode))
        return PLATFORM_FILE;
    return S_ISDIR(about.st_mode) ? PLATFORM_FOLDER : PLATFORM_OTHER_FILE;
}

enum status platform_folder_list(const char *path, platform_folder_take *take, void *context)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int error;

    if (!folder)
        return error_status(errno);
    while (errno = 0, (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            take(context, entry->d_name, kind_of(folder, entry->d_name));
    }
    error = errno;
    closedir(folder);
    return error ? error_status(error) : STATUS_OK;
}
