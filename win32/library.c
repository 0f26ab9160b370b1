#include "diag/platform.h"
#include "win32/system.h"

/* Beside the program or among the system's own: never from the folder it happens to run in. */
void *platform_library_load(const char *name)
{
    return LoadLibraryExA(name, NULL,
                          LOAD_LIBRARY_SEARCH_APPLICATION_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
}

platform_function *platform_library_function(void *library, const char *name)
{
    return (platform_function *)GetProcAddress(library, name);
}
