#include "diag/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

bool platform_is_terminal(FILE *stream)
{
    int fd = fileno(stream);

    return fd >= 0 && isatty(fd) != 0;
}

unsigned platform_terminal_columns(FILE *stream)
{
    struct winsize size;

    if (!platform_is_terminal(stream) || ioctl(fileno(stream), TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

bool platform_terminal_colours(FILE *stream)
{
    const char *terminal = getenv("TERM");

    return platform_is_terminal(stream) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

/* ---- passwords ---- */

/* To the end of the line; what has no room is read too, and thrown away. */
static enum status read_line(int terminal, char *line, size_t room)
{
    size_t size = 0;
    bool fits = true;

    for (;;) {
        char character;
        ssize_t got = read(terminal, &character, 1);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return STATUS_CLOSED;
        if (character == '\n')
            break;
        fits = size + 1 < room;
        if (fits)
            line[size++] = character;
    }
    line[size] = '\0';
    return fits ? STATUS_OK : STATUS_TOO_LARGE;
}

static void show(int terminal, const char *text)
{
    if (write(terminal, text, strlen(text)) < 0)
        return; /* who does not see it may type all the same */
}

enum status platform_password_read(const char *prompt, char *password, size_t room)
{
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios before, silent;
    enum status status = STATUS_NOT_SUPPORTED;

    password[0] = '\0';
    if (terminal < 0)
        return STATUS_NOT_SUPPORTED;
    if (tcgetattr(terminal, &before) == 0) {
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        silent.c_lflag |= ICANON;
        if (tcsetattr(terminal, TCSAFLUSH, &silent) == 0) {
            show(terminal, prompt);
            status = read_line(terminal, password, room);
            tcsetattr(terminal, TCSAFLUSH, &before);
            show(terminal, "\n");
        }
    }
    close(terminal);
    return status;
}
