#include "probes/folder.h"

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

static size_t folder_size(const char *path)
{
    size_t size = 0;

    for (size_t i = 0; path[i]; i++) {
        if (is_separator(path[i]))
            size = i + 1;
    }
    return size;
}

size_t folders_shared(const char *one, const char *other)
{
    size_t shared = 0;

    for (size_t i = 0; one[i] && one[i] == other[i]; i++) {
        if (is_separator(one[i]))
            shared = i + 1;
    }
    return shared;
}

bool folders_are_one(const char *one, const char *other)
{
    size_t shared = folders_shared(one, other);

    return shared == folder_size(one) && shared == folder_size(other);
}
