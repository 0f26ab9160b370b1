#include "diag/gather/file.h"

#include "diag/platform.h"

enum status gather_file_open(const char *path, FILE **file, const char **reason)
{
    switch (platform_file_kind(path)) {
    case PLATFORM_FOLDER:
        *reason = "it is a folder";
        return STATUS_INVALID;
    case PLATFORM_OTHER_FILE:
        *reason = "it is a device, a pipe or a socket, not a file";
        return STATUS_INVALID;
    default:
        return platform_file_open(path, file);
    }
}
