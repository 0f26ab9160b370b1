#include "diag/memory.h"
#include "diag/platform.h"
#include "win32/system.h"
#include "win32/wide.h"

#include <stdlib.h>

/* Not main(), whose arguments come in the code page of the day. */
int wmain(int argc, wchar_t **argv);

/* It runs as administrator, and from where downloads go: DLLs are the system's own, before any. */
int wmain(int argc, wchar_t **argv)
{
    char **arguments;
    int exit_status;

    if (!SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32))
        return EXIT_FAILURE;
    arguments = memory_new((size_t)argc + 1, sizeof *arguments);
    for (int i = 0; i < argc; i++)
        arguments[i] = wide_to_utf8(argv[i]);
    exit_status = exdiag_main(argc, arguments);
    for (int i = 0; i < argc; i++)
        free(arguments[i]);
    free(arguments);
    return exit_status;
}
