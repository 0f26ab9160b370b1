#include "diag/platform.h"

#include <dlfcn.h>
#include <string.h>

void *platform_library_load(const char *name)
{
    return dlopen(name, RTLD_NOW | RTLD_LOCAL);
}

platform_function *platform_library_function(void *library, const char *name)
{
    void *address = dlsym(library, name);
    platform_function *function;

    memcpy(&function, &address, sizeof function); /* POSIX makes them alike, C does not */
    return function;
}
