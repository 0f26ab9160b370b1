#include "diag/read/machine_path.h"

#include "diag/text.h"

#include <stdbool.h>
#include <string.h>

static bool is_name(const char *text)
{
    size_t size = strlen(text);

    if (size == 0 || size > MACHINE_NAME_MOST || strchr("-_.", *text))
        return false;
    for (; *text; text++) {
        if (!text_is_letter(*text) && !text_is_digit(*text) && !strchr("-_.:", *text))
            return false;
    }
    return true;
}

const char *machine_in_path(const char *path)
{
    if (!*path)
        return path;
    return path[0] == '\\' && path[1] == '\\' && is_name(path + 2) ? path + 2 : NULL;
}
