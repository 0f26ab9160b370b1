#include "tests/unit/system.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_NOT_RUN = 127, EXIT_INTERRUPTED = 128 + SIGINT };

void system_folder_new(char *path)
{
    const char *parent = getenv("TMPDIR");

    snprintf(path, SYSTEM_PATH_SIZE, "%s/exdiag-test-XXXXXX", parent ? parent : "/tmp");
    if (!mkdtemp(path))
        abort();
}

bool system_folder_make(const char *path)
{
    return mkdir(path, S_IRWXU) == 0;
}

void system_remove(const char *path)
{
    (void)remove(path);
}

bool system_link(const char *target, const char *path)
{
    return symlink(target, path) == 0;
}

bool system_fifo(const char *path)
{
    return mkfifo(path, S_IRUSR | S_IWUSR) == 0;
}

FILE *system_hold(const char *path)
{
    (void)path;
    return NULL;
}

bool system_is_private(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && (about.st_mode & 0777) == 0600;
}

void system_set_environment(const char *name, const char *value)
{
    setenv(name, value, 1);
}

FILE *system_closed_pipe(void)
{
    int ends[2];

    if (pipe(ends) != 0)
        return NULL;
    close(ends[0]);
    return fdopen(ends[1], "wb");
}

FILE *system_full_device(void)
{
    return fopen("/dev/full", "wb");
}

FILE *system_terminal(unsigned *columns)
{
    struct winsize size = {.ws_row = 24, .ws_col = 97};
    int controller = posix_openpt(O_RDWR | O_NOCTTY);
    int terminal;

    if (controller < 0 || grantpt(controller) != 0 || unlockpt(controller) != 0)
        return NULL;
    terminal = open(ptsname(controller), O_RDWR | O_NOCTTY);
    if (terminal < 0 || ioctl(terminal, TIOCSWINSZ, &size) != 0)
        return NULL;
    *columns = size.ws_col;
    return fdopen(terminal, "wb");
}

bool system_heeds_term(void)
{
    return true;
}

bool system_tells_resets(void)
{
    return true;
}

bool system_tells_refusals(void)
{
    return true;
}

bool system_reads_references(void)
{
    return true;
}

bool system_leaves_cut_messages(void)
{
    return true;
}

bool system_asks_directories_by_address(void)
{
    return true;
}

bool system_limit_files(unsigned most)
{
    const struct rlimit limit = {.rlim_cur = most, .rlim_max = most};

    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

int system_run_again(const char *argument)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        execl("/proc/self/exe", "test", argument, (char *)NULL);
        _exit(EXIT_NOT_RUN);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return SYSTEM_NOT_RUN;
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGINT ? SYSTEM_INTERRUPTED : SYSTEM_NOT_RUN;
    if (WEXITSTATUS(status) == EXIT_NOT_RUN)
        return SYSTEM_NOT_RUN;
    return WEXITSTATUS(status) == EXIT_INTERRUPTED ? SYSTEM_INTERRUPTED : WEXITSTATUS(status);
}

bool system_interrupt(void)
{
    return kill(getpid(), SIGINT) == 0;
}
