#include "diag/platform.h"
#include "win32/console.h"
#include "win32/error.h"
#include "win32/system.h"

enum { UNTIL_KILLED = 60000 }; /* milliseconds; the system gives five seconds at most */

static struct {
    bool active;
    void (*interrupted)(void *argument);
    void *argument;
    LONG volatile count;
} watch;

/* At once: an orderly end would wait for locks that the program may be stuck with. */
static void end_program(void)
{
    console_restore();
    TerminateProcess(GetCurrentProcess(), (UINT)STATUS_CONTROL_C_EXIT);
}

/*
 * The system calls this on a thread of its own. After the last three events it ends
 * the program as soon as this returns, so that what the callback has set going, now
 * or by a Ctrl-C before, gets the time that is left. Of logging off and shutting down
 * it tells services alone, where user32.dll is loaded.
 */
static BOOL WINAPI on_event(DWORD event)
{
    bool is_last =
        event == CTRL_CLOSE_EVENT || event == CTRL_LOGOFF_EVENT || event == CTRL_SHUTDOWN_EVENT;

    if (InterlockedIncrement(&watch.count) == 1)
        watch.interrupted(watch.argument);
    else if (!is_last)
        end_program();
    if (is_last)
        Sleep(UNTIL_KILLED);
    return TRUE;
}

/* A parent may have left Ctrl-C ignored; the first call with NULL undoes that. */
enum status platform_on_interrupt(void (*interrupted)(void *argument), void *argument)
{
    const bool replaces = watch.active;

    SetConsoleCtrlHandler(on_event, FALSE);
    watch.active = interrupted;
    if (!interrupted)
        return STATUS_OK;
    watch.interrupted = interrupted;
    watch.argument = argument;
    if (!replaces)
        InterlockedExchange(&watch.count, 0);
    else if (InterlockedOr(&watch.count, 0) > 0)
        interrupted(argument);
    if (!SetConsoleCtrlHandler(NULL, FALSE) || !SetConsoleCtrlHandler(on_event, TRUE))
        return error_status(GetLastError());
    return STATUS_OK;
}
