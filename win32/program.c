#include "diag/memory.h"
#include "diag/platform.h"
#include "win32/console.h"
#include "win32/error.h"
#include "win32/system.h"
#include "win32/wide.h"

#include <limits.h>
#include <stdlib.h>

enum status platform_init(void)
{
    WSADATA about;
    int error = WSAStartup(MAKEWORD(2, 2), &about);

    if (error != 0)
        return error_status((unsigned long)error);
    console_prepare();
    return STATUS_OK;
}

/* Sockets are handles here, of which a process has millions. */
unsigned platform_open_most(void)
{
    return UINT_MAX;
}

const char *platform_environment(const char *name)
{
    static char *value;
    wchar_t *wide_name = wide_from_utf8(name);
    DWORD room = wide_name ? GetEnvironmentVariableW(wide_name, NULL, 0) : 0;
    wchar_t *wide;

    free(value);
    value = NULL;
    if (room > 0) {
        wide = memory_new(room, sizeof *wide);
        if (GetEnvironmentVariableW(wide_name, wide, room) < room)
            value = wide_to_utf8(wide);
        free(wide);
    }
    free(wide_name);
    return value;
}

/* The system's block, and the copy of it that the C library made. */
void platform_environment_forget(const char *name)
{
    wchar_t *wide_name = wide_from_utf8(name);

    if (!wide_name)
        return;
    SetEnvironmentVariableW(wide_name, NULL);
    _wputenv_s(wide_name, L"");
    free(wide_name);
}
