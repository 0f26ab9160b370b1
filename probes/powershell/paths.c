#include "probes/powershell/paths.h"

#include "diag/text.h"

#include <string.h>

/* "C:\X\.." is "C:"; what begins a path is never left. */
static size_t without_step_back(const char *path, size_t size)
{
    size_t at;

    if (size < 4 || memcmp(path + size - 3, "\\..", 3) != 0)
        return size;
    at = size - 3;
    while (at > 0 && path[at - 1] != '\\')
        at--;
    return at > 2 ? at - 1 : size;
}

const char *path_tidy(const char *path, struct arena *arena)
{
    char *tidy = arena_new(arena, strlen(path) + 1, 1);
    size_t size = 0;

    for (size_t i = 0; path[i]; i++) {
        char c = path[i] == '/' ? '\\' : path[i];

        if (c == '\\')
            size = without_step_back(tidy, size);
        if (c != '\\' || size < 2 || tidy[size - 1] != '\\')
            tidy[size++] = c;
    }
    size = without_step_back(tidy, size);
    while (size > 1 && tidy[size - 1] == '\\')
        size--;
    tidy[size] = '\0';
    return tidy;
}

bool path_is(const char *path, const char *other)
{
    return text_equal_fold(path, other);
}

bool path_ends_with(const char *path, const char *tail)
{
    size_t size = strlen(path), end = strlen(tail);

    return size >= end && text_equal_fold(path + size - end, tail) &&
           (size == end || path[size - end - 1] == '\\');
}

const char *path_before(const char *path, const char *part, struct arena *arena)
{
    size_t size = strlen(part);

    for (size_t i = 1; path[i]; i++) {
        if (path[i - 1] == '\\' && text_starts_fold(path + i, strlen(path + i), part) &&
            (path[i + size] == '\\' || !path[i + size]))
            return arena_print(arena, "%.*s", (int)(i - 1), path);
    }
    return NULL;
}

bool path_is_short(const char *path)
{
    const char *tilde = strchr(path, '~');

    return tilde && text_is_digit(tilde[1]);
}

bool path_has_comma_for_blank(const char *path, const char *other)
{
    bool has_comma = false;

    for (; *path && *other; path++, other++) {
        if (*path == ',' && *other == ' ')
            has_comma = true;
        else if (!text_equal_fold_sized(path, 1, other, 1))
            return false;
    }
    return has_comma && *path == *other;
}
