#include "diag/platform.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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
