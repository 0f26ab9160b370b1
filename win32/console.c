#include "win32/console.h"

#include "diag/platform.h"
#include "win32/console_output.h"
#include "win32/system.h"
#include "win32/wide.h"

#include <fcntl.h>
#include <io.h>
#include <signal.h>
#include <stdlib.h>

enum { OUTPUT_BUFFER = 1 << 16 };

static UINT code_page_before;

/* While a password is asked for: the console that shows nothing of it, and its mode before. */
static struct {
    HANDLE volatile input;
    DWORD before;
} silent;

void console_restore(void)
{
    HANDLE input = silent.input;

    console_output_restore();
    if (input)
        SetConsoleMode(input, silent.before);
    if (code_page_before != 0)
        SetConsoleOutputCP(code_page_before);
}

/* What is still buffered is UTF-8: it goes out before the code page goes back. */
static void finish_output(void)
{
    console_output_finish();
    console_restore();
}

/* The system does with a crash what it does with any; the window is not left in red. */
static LONG WINAPI on_crash(EXCEPTION_POINTERS *unused)
{
    (void)unused;
    console_restore();
    return EXCEPTION_CONTINUE_SEARCH;
}

static void on_abort(int unused)
{
    (void)unused;
    console_restore();
}

/* While nobody watches for it (platform_on_interrupt()), the system's own follows, and ends it. */
static BOOL WINAPI on_interrupt(DWORD event)
{
    (void)event;
    console_restore();
    return FALSE;
}

/* Both streams are buffered whole: the C library has no line buffering here. */
static void prepare_streams(void)
{
    FILE *const streams[] = {stdout, stderr};

    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        if (_fileno(streams[i]) < 0)
            continue;
        _setmode(_fileno(streams[i]), _O_BINARY);
        setvbuf(streams[i], NULL, _IOFBF, OUTPUT_BUFFER);
    }
    if (_fileno(stdin) >= 0)
        _setmode(_fileno(stdin), _O_BINARY);
}

/* The code page is for whoever shows what goes into a pipe; a console is given UTF-16. */
void console_prepare(void)
{
    console_output_start();
    prepare_streams();
    if (!platform_is_terminal(stdout)) {
        code_page_before = GetConsoleOutputCP();
        if (code_page_before != 0)
            SetConsoleOutputCP(CP_UTF8);
    }
    SetUnhandledExceptionFilter(on_crash);
    signal(SIGABRT, on_abort);
    SetConsoleCtrlHandler(on_interrupt, TRUE);
    atexit(finish_output);
}

/* _isatty() takes every character device, NUL among them, for one. */
bool platform_is_terminal(FILE *stream)
{
    return console_output_of(stream) != INVALID_HANDLE_VALUE;
}

/*
 * One that obeys escapes waits in its last column for the next character. Others go on to the next
 * line at once, so that the end of a line which fills it would leave an empty one behind.
 */
unsigned platform_terminal_columns(FILE *stream)
{
    CONSOLE_SCREEN_BUFFER_INFO about;
    unsigned columns;

    if (!GetConsoleScreenBufferInfo(console_output_of(stream), &about) ||
        about.srWindow.Right < about.srWindow.Left)
        return 0;
    columns = (unsigned)(about.srWindow.Right - about.srWindow.Left) + 1;
    if (!console_output_obeys_escapes(stream) && about.srWindow.Right + 1 == about.dwSize.X)
        columns--;
    return columns;
}

/* By escapes or by the console's own functions: on the way to it they are told apart. */
bool platform_terminal_colours(FILE *stream)
{
    return console_output_carries(stream);
}

/* ---- passwords ---- */

enum { PASSWORD_UNITS = 1024 };

/* The line, without its end, as UTF-8. */
static enum status take_line(WCHAR *line, DWORD units, char *password, size_t room)
{
    int size;
    bool is_whole = units > 0 && line[units - 1] == L'\n';

    while (units > 0 && (line[units - 1] == L'\n' || line[units - 1] == L'\r'))
        units--;
    if (!is_whole)
        return STATUS_TOO_LARGE;
    size = units == 0 ? 0
                      : WideCharToMultiByte(CP_UTF8, 0, line, (int)units, password, (int)room - 1,
                                            NULL, NULL);
    password[size] = '\0';
    return units > 0 && size == 0 ? STATUS_TOO_LARGE : STATUS_OK;
}

/* To the console, wherever stderr leads. */
static void show(const char *text)
{
    HANDLE console;
    wchar_t *wide;
    DWORD written;

    if (platform_is_terminal(stderr)) {
        fputs(text, stderr);
        fflush(stderr);
        return;
    }
    console = CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE,
                          FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    if (console == INVALID_HANDLE_VALUE)
        return;
    wide = wide_from_utf8(text);
    if (wide)
        WriteConsoleW(console, wide, (DWORD)wcslen(wide), &written, NULL);
    free(wide);
    CloseHandle(console);
}

static enum status read_line(HANDLE input, char *password, size_t room)
{
    WCHAR line[PASSWORD_UNITS];
    DWORD units = 0;
    enum status status;

    SetLastError(ERROR_SUCCESS);
    if (!ReadConsoleW(input, line, PASSWORD_UNITS, &units, NULL))
        status = STATUS_CLOSED;
    else if (units == 0 && GetLastError() == ERROR_OPERATION_ABORTED)
        status = STATUS_CANCELLED;
    else
        status = take_line(line, units, password, room);
    SecureZeroMemory(line, sizeof line);
    return status;
}

enum status platform_password_read(const char *prompt, char *password, size_t room)
{
    HANDLE input = CreateFileW(L"CONIN$", GENERIC_READ | GENERIC_WRITE,
                               FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    enum status status = STATUS_NOT_SUPPORTED;

    password[0] = '\0';
    if (input == INVALID_HANDLE_VALUE)
        return STATUS_NOT_SUPPORTED;
    if (GetConsoleMode(input, &silent.before)) {
        silent.input = input;
        if (SetConsoleMode(input, ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT)) {
            show(prompt);
            status = read_line(input, password, room);
            SetConsoleMode(input, silent.before);
            show("\n");
        }
        silent.input = NULL;
    }
    CloseHandle(input);
    return status;
}
