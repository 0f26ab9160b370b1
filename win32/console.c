#include "win32/console.h"

#include "diag/platform.h"
#include "win32/system.h"

#include <fcntl.h>
#include <io.h>
#include <stdlib.h>

enum { OUTPUT_BUFFER = 1 << 16, MODES_MOST = 2 };

static UINT code_page_before;

static struct {
    HANDLE console;
    DWORD before;
} modes[MODES_MOST];

static size_t mode_count;

/* INVALID_HANDLE_VALUE if the stream has none, as in a program without a console. */
static HANDLE handle_of(FILE *stream)
{
    int fd = _fileno(stream);

    return fd < 0 ? INVALID_HANDLE_VALUE : (HANDLE)_get_osfhandle(fd);
}

void console_restore(void)
{
    while (mode_count > 0) {
        mode_count--;
        SetConsoleMode(modes[mode_count].console, modes[mode_count].before);
    }
    if (code_page_before != 0)
        SetConsoleOutputCP(code_page_before);
}

/* What is still buffered is UTF-8: it goes out before the code page goes back. */
static void finish_output(void)
{
    fflush(stdout);
    fflush(stderr);
    console_restore();
}

/*
 * A console takes UTF-8 only in whole characters, and an unbuffered stream writes
 * byte after byte; the C library has no line buffering here.
 */
void console_prepare(void)
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
    code_page_before = GetConsoleOutputCP();
    if (code_page_before != 0)
        SetConsoleOutputCP(CP_UTF8);
    atexit(finish_output);
}

/* _isatty() takes every character device, NUL among them, for one. */
bool platform_is_terminal(FILE *stream)
{
    DWORD mode;

    return GetConsoleMode(handle_of(stream), &mode) != 0;
}

unsigned platform_terminal_columns(FILE *stream)
{
    CONSOLE_SCREEN_BUFFER_INFO about;

    if (!GetConsoleScreenBufferInfo(handle_of(stream), &about))
        return 0;
    if (about.srWindow.Right < about.srWindow.Left)
        return 0;
    return (unsigned)(about.srWindow.Right - about.srWindow.Left) + 1;
}

/* Consoles before Windows 10 1607 and Server 2016 refuse the mode and show escapes as they are. */
bool platform_terminal_colours(FILE *stream)
{
    HANDLE console = handle_of(stream);
    DWORD mode;

    if (!GetConsoleMode(console, &mode))
        return false;
    if (mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING)
        return true;
    if (mode_count == MODES_MOST ||
        !SetConsoleMode(console,
                        mode | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING))
        return false;
    modes[mode_count].console = console;
    modes[mode_count].before = mode;
    mode_count++;
    return true;
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

enum status platform_password_read(const char *prompt, char *password, size_t room)
{
    HANDLE input = CreateFileW(L"CONIN$", GENERIC_READ | GENERIC_WRITE,
                               FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    WCHAR line[PASSWORD_UNITS];
    DWORD before, units = 0;
    enum status status = STATUS_NOT_SUPPORTED;

    password[0] = '\0';
    if (input == INVALID_HANDLE_VALUE)
        return STATUS_NOT_SUPPORTED;
    if (GetConsoleMode(input, &before) &&
        SetConsoleMode(input, ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT)) {
        fputs(prompt, stderr);
        fflush(stderr);
        status = ReadConsoleW(input, line, PASSWORD_UNITS, &units, NULL)
                     ? take_line(line, units, password, room)
                     : STATUS_CLOSED;
        SetConsoleMode(input, before);
        fputs("\n", stderr);
        fflush(stderr);
    }
    SecureZeroMemory(line, sizeof line);
    CloseHandle(input);
    return status;
}
