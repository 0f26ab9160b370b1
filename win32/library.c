#include "diag/platform.h"
#include "win32/system.h"

/* Among the system's own: never from the folder it happens to run in, or the program's. */
void *platform_library_load(const char *name)
{
    return LoadLibraryExA(name, NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
}

platform_function *platform_library_function(void *library, const char *name)
{
    return (platform_function *)GetProcAddress(library, name);
}
