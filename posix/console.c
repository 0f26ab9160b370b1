#include "diag/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

/* ---- signals while nothing is echoed ---- */

/* They are noted alone, so that the terminal is itself again before they do their work. */
static const int held_signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};

enum { HELD_SIGNALS = sizeof held_signals / sizeof *held_signals };

static volatile sig_atomic_t noted_signal;

static void note_signal(int signal)
{
    noted_signal = signal;
}

static void hold_signals(struct sigaction *before)
{
    struct sigaction noting = {.sa_handler = note_signal}; /* without SA_RESTART: it ends a read */

    noted_signal = 0;
    for (size_t i = 0; i < HELD_SIGNALS; i++) {
        sigaction(held_signals[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(held_signals[i], &noting, NULL);
    }
}

static void release_signals(const struct sigaction *before)
{
    for (size_t i = 0; i < HELD_SIGNALS; i++)
        sigaction(held_signals[i], &before[i], NULL);
    if (noted_signal != 0)
        raise(noted_signal);
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

        if (noted_signal != 0)
            return STATUS_CANCELLED;
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

static enum status read_silently(int terminal, const char *prompt, char *password, size_t room)
{
    struct sigaction signals[HELD_SIGNALS];
    struct termios before, silent;
    enum status status = STATUS_NOT_SUPPORTED;

    if (tcgetattr(terminal, &before) != 0)
        return STATUS_NOT_SUPPORTED;
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    silent.c_lflag |= ICANON;
    hold_signals(signals);
    if (tcsetattr(terminal, TCSAFLUSH, &silent) == 0) {
        show(terminal, prompt);
        status = read_line(terminal, password, room);
        tcsetattr(terminal, TCSAFLUSH, &before);
        show(terminal, "\n");
    }
    release_signals(signals);
    return status;
}

enum status platform_password_read(const char *prompt, char *password, size_t room)
{
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    enum status status;

    password[0] = '\0';
    if (terminal < 0)
        return STATUS_NOT_SUPPORTED;
    do {
        status = read_silently(terminal, prompt, password, room);
    } while (status == STATUS_CANCELLED && noted_signal == SIGTSTP); /* it goes on: asked again */
    close(terminal);
    return status;
}
