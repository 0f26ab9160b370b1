#include "win32/console_output.h"

#include "diag/read/console_text.h"
#include "diag/text.h"

#include <fcntl.h>
#include <io.h>

enum { PIPE_SIZE = 1 << 16, PORTION = 8192 /* bytes */, RASTER_FONT = 0, STACK_SIZE = 1 << 18 };

static struct {
    HANDLE console;      /* NULL: neither stream is one */
    HANDLE pipe, thread; /* where the thread reads, and the thread */
    DWORD mode_before;
    WORD attributes_before;
    UINT raster_page; /* the code page of a font that has no other characters, or 0 */
    bool is_carried[2];
    struct console_text text;
    LONG volatile is_over; /* nothing more is to be written */
} output;

static FILE *stream_at(size_t i)
{
    return i == 0 ? stdout : stderr;
}

enum { STREAMS = 2 };

/* INVALID_HANDLE_VALUE if the stream has none, as in a program without a console. */
static HANDLE handle_of(FILE *stream)
{
    int fd = _fileno(stream);

    return fd < 0 ? INVALID_HANDLE_VALUE : (HANDLE)_get_osfhandle(fd);
}

bool console_output_carries(FILE *stream)
{
    for (size_t i = 0; i < STREAMS; i++) {
        if (output.is_carried[i] && stream == stream_at(i))
            return true;
    }
    return false;
}

HANDLE console_output_of(FILE *stream)
{
    HANDLE handle;
    DWORD mode;

    if (console_output_carries(stream))
        return output.console;
    handle = handle_of(stream);
    return GetConsoleMode(handle, &mode) ? handle : INVALID_HANDLE_VALUE;
}

bool console_output_obeys_escapes(FILE *stream)
{
    return console_output_carries(stream) && output.text.keeps_escapes;
}

/* ---- what a console can do ---- */

/*
 * Not each that accepts the mode obeys escapes: one is tried, on a page that is never shown. It
 * leads to the ninth column; printed as it is, it would take four.
 */
static bool escapes_are_obeyed(void)
{
    static const WCHAR to_ninth_column[] = L"\x1b[9G";
    HANDLE page = CreateConsoleScreenBuffer(GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                            CONSOLE_TEXTMODE_BUFFER, NULL);
    CONSOLE_SCREEN_BUFFER_INFO about;
    DWORD mode, written;
    bool obeyed;

    if (page == INVALID_HANDLE_VALUE)
        return false;
    obeyed =
        GetConsoleMode(page, &mode) &&
        SetConsoleMode(page, mode | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING) &&
        WriteConsoleW(page, to_ninth_column, 4, &written, NULL) &&
        GetConsoleScreenBufferInfo(page, &about) && about.dwCursorPosition.X == 8;
    CloseHandle(page);
    return obeyed;
}

static bool switch_escapes_on(void)
{
    const DWORD wanted = ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING;
    DWORD mode;

    return escapes_are_obeyed() && SetConsoleMode(output.console, output.mode_before | wanted) &&
           GetConsoleMode(output.console, &mode) && (mode & wanted) == wanted;
}

static void look_at_console(void)
{
    CONSOLE_SCREEN_BUFFER_INFO about;
    CONSOLE_FONT_INFOEX font = {.cbSize = sizeof font};

    GetConsoleMode(output.console, &output.mode_before);
    output.attributes_before = GetConsoleScreenBufferInfo(output.console, &about)
                                   ? about.wAttributes
                                   : FOREGROUND_RED | FOREGROUND_GREEN | FOREGROUND_BLUE;
    console_text_init(&output.text, switch_escapes_on());
    if (!output.text.keeps_escapes)
        SetConsoleMode(output.console,
                       output.mode_before | ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT);
    if (GetCurrentConsoleFontEx(output.console, FALSE, &font) && font.FaceName[0] != L'\0' &&
        (font.FontFamily & TMPF_TRUETYPE) == RASTER_FONT)
        output.raster_page = GetConsoleOutputCP();
}

/* ---- writing ---- */

static bool is_in_page(UINT page, WCHAR unit)
{
    BOOL is_missing = FALSE;
    char bytes[8];

    return WideCharToMultiByte(page, WC_NO_BEST_FIT_CHARS, &unit, 1, bytes, sizeof bytes, NULL,
                               &is_missing) > 0 &&
           !is_missing;
}

/* Such a font shows what it lacks as anything; two halves of a pair become two characters. */
static void use_characters_of(UINT page, WCHAR *units, int count)
{
    for (int i = 0; i < count; i++)
        if (units[i] >= 0x80 && !is_in_page(page, units[i]))
            units[i] = (WCHAR)console_text_substitute(units[i]);
}

/* A console that is gone takes nothing; whoever writes shall not wait for it. */
static void write_units(const WCHAR *units, int count)
{
    while (count > 0 && !output.is_over) {
        DWORD written = 0;

        if (!WriteConsoleW(output.console, units, (DWORD)count, &written, NULL) || written == 0)
            return;
        units += written;
        count -= (int)written;
    }
}

static void write_characters(const char *text, size_t size)
{
    WCHAR units[PORTION];

    while (size > 0) {
        size_t portion = text_fit(text, size, PORTION);
        int count;

        if (portion == 0) /* not UTF-8 */
            portion = size < PORTION ? size : PORTION;
        count = MultiByteToWideChar(CP_UTF8, 0, text, (int)portion, units, PORTION);
        if (output.raster_page != 0)
            use_characters_of(output.raster_page, units, count);
        write_units(units, count);
        text += portion;
        size -= portion;
    }
}

static void erase_rest_of_line(void)
{
    CONSOLE_SCREEN_BUFFER_INFO about;
    DWORD cells, done;

    if (!GetConsoleScreenBufferInfo(output.console, &about) ||
        about.dwCursorPosition.X >= about.dwSize.X)
        return;
    cells = (DWORD)(about.dwSize.X - about.dwCursorPosition.X);
    FillConsoleOutputCharacterW(output.console, L' ', cells, about.dwCursorPosition, &done);
    FillConsoleOutputAttribute(output.console, about.wAttributes, cells, about.dwCursorPosition,
                               &done);
}

static void put(void *context, const struct console_piece *piece)
{
    (void)context;
    if (output.is_over)
        return;
    if (piece->kind == CONSOLE_CHARACTERS)
        write_characters(piece->text, piece->size);
    else if (piece->kind == CONSOLE_ERASE)
        erase_rest_of_line();
    else
        SetConsoleTextAttribute(output.console,
                                console_text_attributes(&piece->style, output.attributes_before));
}

static DWORD WINAPI carry(void *unused)
{
    static char bytes[PIPE_SIZE];
    DWORD size;

    (void)unused;
    while (ReadFile(output.pipe, bytes, sizeof bytes, &size, NULL))
        console_text_read(&output.text, bytes, size, put, NULL);
    console_text_end(&output.text, put, NULL);
    return 0;
}

/* ---- begin and end ---- */

/* From here on `stream` leads into the pipe. */
static bool divert(FILE *stream, int into)
{
    return _dup2(into, _fileno(stream)) == 0;
}

/* The first stream that is a console decides which: both are of the same window. */
static bool find_console(void)
{
    for (size_t i = 0; i < STREAMS; i++) {
        HANDLE found = console_output_of(stream_at(i));

        if (found != INVALID_HANDLE_VALUE)
            return DuplicateHandle(GetCurrentProcess(), found, GetCurrentProcess(), &output.console,
                                   0, FALSE, DUPLICATE_SAME_ACCESS) != 0;
    }
    return false;
}

void console_output_start(void)
{
    bool is_console[STREAMS];
    int ends[2];

    for (size_t i = 0; i < STREAMS; i++)
        is_console[i] = console_output_of(stream_at(i)) != INVALID_HANDLE_VALUE;
    if (!find_console() || _pipe(ends, PIPE_SIZE, _O_BINARY | _O_NOINHERIT) != 0)
        return;
    look_at_console();
    output.pipe = (HANDLE)_get_osfhandle(ends[0]);
    output.thread = CreateThread(NULL, STACK_SIZE, carry, NULL, 0, NULL);
    for (size_t i = 0; i < STREAMS && output.thread; i++)
        output.is_carried[i] = is_console[i] && divert(stream_at(i), ends[1]);
    _close(ends[1]);
}

void console_output_restore(void)
{
    if (!output.console)
        return;
    InterlockedExchange(&output.is_over, 1);
    if (!output.text.keeps_escapes)
        SetConsoleTextAttribute(output.console, output.attributes_before);
    SetConsoleMode(output.console, output.mode_before);
}

/* The pipe ends with the last stream that leads there. */
void console_output_finish(void)
{
    fflush(stdout);
    fflush(stderr);
    for (size_t i = 0; i < STREAMS; i++) {
        if (output.is_carried[i])
            _close(_fileno(stream_at(i)));
    }
    if (output.thread)
        WaitForSingleObject(output.thread, INFINITE);
    console_output_restore();
}
