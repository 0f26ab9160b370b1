#include "diag/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
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

struct held { /* what was before */
    struct sigaction actions[HELD_SIGNALS];
    sigset_t mask;
};

/* They come in while wait_for_input() waits, and then alone, so that none is missed before it. */
static void hold_signals(struct held *before)
{
    struct sigaction noting = {.sa_handler = note_signal};
    sigset_t held;

    noted_signal = 0;
    sigemptyset(&held);
    for (size_t i = 0; i < HELD_SIGNALS; i++)
        sigaddset(&held, held_signals[i]);
    pthread_sigmask(SIG_BLOCK, &held, &before->mask);
    for (size_t i = 0; i < HELD_SIGNALS; i++) {
        sigaction(held_signals[i], NULL, &before->actions[i]);
        if (before->actions[i].sa_handler != SIG_IGN)
            sigaction(held_signals[i], &noting, NULL);
    }
}

static void release_signals(const struct held *before)
{
    for (size_t i = 0; i < HELD_SIGNALS; i++)
        sigaction(held_signals[i], &before->actions[i], NULL);
    pthread_sigmask(SIG_SETMASK, &before->mask, NULL);
    if (noted_signal != 0)
        raise(noted_signal);
}

/* ---- passwords ---- */

/* False if a signal came instead. */
static bool wait_for_input(int terminal, const sigset_t *mask)
{
    fd_set readable;

    FD_ZERO(&readable);
    FD_SET(terminal, &readable);
    return pselect(terminal + 1, &readable, NULL, NULL, NULL, mask) >= 0 || errno != EINTR;
}

/* To the end of the line; what has no room is read too, and thrown away. */
static enum status read_line(int terminal, const sigset_t *mask, char *line, size_t room)
{
    size_t size = 0;
    bool fits = true;

    for (;;) {
        bool is_there = wait_for_input(terminal, mask);
        char character;

        if (noted_signal != 0)
            return STATUS_CANCELLED;
        if (!is_there)
            continue;
        if (read(terminal, &character, 1) <= 0)
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
    struct held signals;
    struct termios before, silent;
    enum status status = STATUS_NOT_SUPPORTED;

    if (terminal >= FD_SETSIZE || tcgetattr(terminal, &before) != 0)
        return STATUS_NOT_SUPPORTED;
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    silent.c_lflag |= ICANON;
    hold_signals(&signals);
    if (tcsetattr(terminal, TCSAFLUSH, &silent) == 0) {
        show(terminal, prompt);
        status = read_line(terminal, &signals.mask, password, room);
        tcsetattr(terminal, TCSAFLUSH, &before);
        show(terminal, "\n");
    }
    release_signals(&signals);
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
