#include "posix/loaded.h"

#include "diag/platform.h"

#include <string.h>

bool loaded_fill(const char *const *files, const struct loaded_name *names, size_t count,
                 void *functions)
{
    void *library = NULL;

    while (*files && !library)
        library = platform_library_load(*files++);
    for (size_t i = 0; library && i < count; i++) {
        platform_function *function = platform_library_function(library, names[i].name);

        if (!function)
            return false;
        memcpy((char *)functions + names[i].offset, &function, sizeof function);
    }
    return library != NULL;
}
