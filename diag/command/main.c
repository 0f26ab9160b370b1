#include "diag/command/command.h"
#include "diag/platform.h"
#include "diag/text.h"
#include "diag/version.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

static const struct command *const commands[] = {
    &command_check, &command_report, &command_explain, &command_list, &command_demo, NULL,
};

int complain(const char *format, ...)
{
    struct arena memory = {0};
    struct buffer shown;
    va_list arguments;
    const char *text;

    va_start(arguments, format);
    text = arena_print_list(&memory, format, arguments);
    va_end(arguments);
    buffer_init(&shown, 4096);
    text_show(&shown, text, strlen(text));
    fflush(stdout);
    fprintf(stderr, "exdiag: %s\n", shown.text);
    buffer_release(&shown);
    arena_release(&memory);
    return EXIT_TROUBLE;
}

static int print_help(void)
{
    puts("exdiag examines an Exchange organisation's mail for documented failures and prints\n"
         "what was seen, why it matters, the commands that repair it, and how to verify them.\n\n"
         "usage: exdiag COMMAND [options]\n");
    for (const struct command *const *command = commands; *command; command++)
        printf("  %-10s %s\n", (*command)->name, (*command)->summary);
    puts("\n'exdiag COMMAND --help' shows the options of a command.\n\n"
         "exit status: 0 nothing wrong, 1 problems found, 2 usage or internal error,\n"
         "             3 nothing wrong in what could be checked, but something could not be");
    return EXIT_FINE;
}

static int print_command_help(const struct command *command)
{
    printf("%s\n\nusage: exdiag %s %s\n\n", command->summary, command->name, command->usage);
    options_print_help(command->flag);
    return EXIT_FINE;
}

static int print_version(void)
{
    puts("exdiag " EXDIAG_VERSION);
    return EXIT_FINE;
}

static const struct command *find_command(const char *name)
{
    for (const struct command *const *command = commands; *command; command++) {
        if (strcmp((*command)->name, name) == 0)
            return *command;
    }
    return NULL;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct options options;
    int exit_status = EXIT_TROUBLE;

    if (options_read(&options, command->name, command->flag, argc, argv) == STATUS_OK) {
        if (options.help)
            exit_status = print_command_help(command);
        else if (options.version)
            exit_status = print_version();
        else
            exit_status = command->run(&options);
    }
    options_release(&options);
    return exit_status;
}

int exdiag_main(int argc, char **argv)
{
    const struct command *command;

    if (platform_init() != STATUS_OK || curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK)
        return complain("the system's network functions could not be started");
    if (argc < 2) {
        print_help();
        return EXIT_TROUBLE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return print_help();
    if (strcmp(argv[1], "--version") == 0)
        return print_version();
    command = find_command(argv[1]);
    if (!command)
        return complain("'%s' is not a command; see 'exdiag --help'", argv[1]);
    return run_command(command, argc - 2, argv + 2);
}
