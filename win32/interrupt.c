#include "diag/platform.h"
#include "win32/console.h"
#include "win32/error.h"
#include "win32/system.h"

enum { UNTIL_KILLED = 60000 }; /* milliseconds; the system gives five seconds at most */

/* But for `count`, under the lock: events come on threads of the system's. */
static struct {
    SRWLOCK lock;
    void (*interrupted)(void *argument); /* NULL: nobody watches */
    void *argument;
    LONG volatile count;
} watch = {.lock = SRWLOCK_INIT};

/* At once: an orderly end would wait for locks that the program may be stuck with. */
static void end_program(void)
{
    console_restore();
    TerminateProcess(GetCurrentProcess(), (UINT)STATUS_CONTROL_C_EXIT);
}

/* False where nobody watches any more, and the argument may be gone. */
static bool tell(void)
{
    bool is_told;

    AcquireSRWLockExclusive(&watch.lock);
    is_told = watch.interrupted;
    if (is_told)
        watch.interrupted(watch.argument);
    ReleaseSRWLockExclusive(&watch.lock);
    return is_told;
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

    if (InterlockedIncrement(&watch.count) > 1) {
        if (!is_last)
            end_program();
    } else if (!tell()) {
        return FALSE;
    }
    if (is_last)
        Sleep(UNTIL_KILLED);
    return TRUE;
}

/* True if somebody watched before: who takes over hears of what that one was told. */
static bool hand_over(void (*interrupted)(void *argument), void *argument)
{
    bool replaces;

    AcquireSRWLockExclusive(&watch.lock);
    replaces = watch.interrupted;
    watch.interrupted = interrupted;
    watch.argument = argument;
    if (!replaces)
        InterlockedExchange(&watch.count, 0);
    else if (interrupted && InterlockedOr(&watch.count, 0) > 0)
        interrupted(argument);
    ReleaseSRWLockExclusive(&watch.lock);
    return replaces;
}

/* A parent may have left Ctrl-C ignored; the first call with NULL undoes that. */
enum status platform_on_interrupt(void (*interrupted)(void *argument), void *argument)
{
    const bool replaces = hand_over(interrupted, argument);
    DWORD error;

    if (!interrupted)
        SetConsoleCtrlHandler(on_event, FALSE);
    if (!interrupted || replaces)
        return STATUS_OK;
    if (SetConsoleCtrlHandler(NULL, FALSE) && SetConsoleCtrlHandler(on_event, TRUE))
        return STATUS_OK;
    error = GetLastError();
    hand_over(NULL, NULL);
    return error_status(error);
}
