#include "tests/unit/system.h"

#include "win32/system.h"
#include "win32/wide.h"

#include <aclapi.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>

enum { MODULE_PATH_SIZE = 1024 };

void system_folder_new(char *path)
{
    wchar_t parent[MAX_PATH];
    char *utf8;

    if (GetTempPathW(MAX_PATH, parent) == 0)
        abort();
    utf8 = wide_to_utf8(parent);
    snprintf(path, SYSTEM_PATH_SIZE, "%sexdiag-test-%lu-%lu", utf8, GetCurrentProcessId(),
             GetTickCount());
    free(utf8);
    if (!system_folder_make(path))
        abort();
}

bool system_folder_make(const char *path)
{
    wchar_t *wide = wide_path(path);
    bool made = wide && CreateDirectoryW(wide, NULL);

    free(wide);
    return made;
}

void system_remove(const char *path)
{
    wchar_t *wide = wide_path(path);

    if (wide && !DeleteFileW(wide))
        RemoveDirectoryW(wide);
    free(wide);
}

bool system_link(const char *target, const char *path)
{
    const DWORD without_privilege = 2; /* SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE */
    wchar_t *wide_target = wide_path(target);
    wchar_t *wide = wide_path(path);
    bool made = wide && wide_target && CreateSymbolicLinkW(wide, wide_target, without_privilege) &&
                GetFileAttributesW(wide) != INVALID_FILE_ATTRIBUTES;

    free(wide_target);
    free(wide);
    return made;
}

/* The program's user, whoever owns the file, and the system, which Wine always adds. */
static bool is_trusted(PSID sid, PSID user)
{
    return EqualSid(sid, user) || IsWellKnownSid(sid, WinCreatorOwnerRightsSid) ||
           IsWellKnownSid(sid, WinLocalSystemSid);
}

static bool is_private_list(const ACL *list, PSID user)
{
    bool lists_user = false;

    for (DWORD i = 0; i < list->AceCount; i++) {
        ACCESS_ALLOWED_ACE *entry;
        PSID sid;

        if (!GetAce((ACL *)list, i, (void **)&entry))
            return false;
        sid = &entry->SidStart;
        if (entry->Header.AceType != ACCESS_ALLOWED_ACE_TYPE || !is_trusted(sid, user))
            return false;
        lists_user = lists_user || EqualSid(sid, user);
    }
    return lists_user;
}

bool system_fifo(const char *path)
{
    (void)path;
    return false;
}

FILE *system_hold(const char *path)
{
    wchar_t *wide = wide_path(path);
    HANDLE handle = CreateFileW(wide, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);

    free(wide);
    return handle == INVALID_HANDLE_VALUE ? NULL
                                          : _fdopen(_open_osfhandle((intptr_t)handle, 0), "rb");
}

bool system_is_private(const char *path)
{
    unsigned char user[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    wchar_t *wide = wide_path(path);
    PSECURITY_DESCRIPTOR security = NULL;
    ACL *list = NULL;
    DWORD size = sizeof user;
    bool is_private = false;
    HANDLE token;

    if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) {
        is_private = GetTokenInformation(token, TokenUser, user, size, &size) &&
                     GetNamedSecurityInfoW(wide, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL,
                                           NULL, &list, NULL, &security) == ERROR_SUCCESS &&
                     list && is_private_list(list, ((TOKEN_USER *)(void *)user)->User.Sid);
        CloseHandle(token);
    }
    LocalFree(security);
    free(wide);
    return is_private;
}

void system_set_environment(const char *name, const char *value)
{
    wchar_t *wide_name = wide_from_utf8(name);
    wchar_t *wide = wide_from_utf8(value);

    SetEnvironmentVariableW(wide_name, wide);
    free(wide_name);
    free(wide);
}

FILE *system_closed_pipe(void)
{
    HANDLE reading;
    HANDLE writing;

    if (!CreatePipe(&reading, &writing, NULL, 0))
        return NULL;
    CloseHandle(reading);
    return _fdopen(_open_osfhandle((intptr_t)writing, 0), "wb");
}

FILE *system_full_device(void)
{
    return NULL;
}

FILE *system_terminal(unsigned *columns)
{
    CONSOLE_SCREEN_BUFFER_INFO about;
    HANDLE console = CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE,
                                 FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);

    if (console == INVALID_HANDLE_VALUE || !GetConsoleScreenBufferInfo(console, &about))
        return NULL;
    *columns = (unsigned)(about.srWindow.Right - about.srWindow.Left + 1);
    return _fdopen(_open_osfhandle((intptr_t)console, 0), "wb");
}

bool system_heeds_term(void)
{
    return false;
}

static bool is_wine(void)
{
    return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != NULL;
}

bool system_tells_resets(void)
{
    return !is_wine();
}

bool system_tells_refusals(void)
{
    return !is_wine();
}

bool system_reads_references(void)
{
    return !is_wine();
}

bool system_leaves_cut_messages(void)
{
    return !is_wine();
}

bool system_asks_directories_by_address(void)
{
    return false;
}

bool system_limit_files(unsigned most)
{
    return _setmaxstdio((int)most) != -1;
}

int system_run_again(const char *argument)
{
    wchar_t program[MODULE_PATH_SIZE];
    wchar_t line[MODULE_PATH_SIZE + 64];
    wchar_t *wide = wide_from_utf8(argument);
    STARTUPINFOW start = {.cb = sizeof start};
    PROCESS_INFORMATION process;
    DWORD status = 0;
    BOOL begun;

    GetModuleFileNameW(NULL, program, MODULE_PATH_SIZE);
    _snwprintf(line, sizeof line / sizeof *line, L"test %ls", wide);
    free(wide);
    begun = CreateProcessW(program, line, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, NULL, &start,
                           &process);
    if (!begun)
        return SYSTEM_NOT_RUN;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &status);
    CloseHandle(process.hProcess);
    CloseHandle(process.hThread);
    if (status == (DWORD)STATUS_CONTROL_C_EXIT || status == 0) /* 0: Wine's own way to end it */
        return SYSTEM_INTERRUPTED;
    return (int)status;
}

bool system_interrupt(void)
{
    return GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) != 0;
}
