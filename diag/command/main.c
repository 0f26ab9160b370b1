#include "diag/command/command.h"
#include "diag/command/option_files.h"
#include "diag/command/output.h"
#include "diag/gather/tls.h"
#include "diag/platform.h"
#include "diag/text.h"
#include "diag/version.h"

#include <stdlib.h>
#include <string.h>

enum { SUMMARY_COLUMN = 18 };

const struct command *const commands[] = {
    &command_check, &command_report,     &command_diff, &command_spf,
    &command_audit, &command_explain,    &command_list, &command_collect_script,
    &command_demo,  &command_completion, &command_man,  NULL,
};

enum { COMPLAINT_SIZE = 1024 };
static char last_complaint[COMPLAINT_SIZE]; /* for a plugin, of which stdout alone is read */

static void keep_complaint(const char *text)
{
    size_t size = text_fit(text, strlen(text), COMPLAINT_SIZE - 1);

    memcpy(last_complaint, text, size);
    last_complaint[size] = '\0';
}

static const char *complaint_place; /* of options read from a file; or NULL */

void complain_at(const char *where)
{
    complaint_place = where;
}

int complain(const char *format, ...)
{
    struct arena memory = {0};
    va_list arguments;
    const char *text;

    va_start(arguments, format);
    text = arena_print_list(&memory, format, arguments);
    va_end(arguments);
    if (complaint_place)
        text = arena_print(&memory, "%s: %s", complaint_place, text);
    fflush(stdout);
    text = text_printable(&memory, text, strlen(text));
    fprintf(stderr, "exdiag: %s\n", text);
    keep_complaint(text);
    arena_release(&memory);
    return EXIT_TROUBLE;
}

static int print_help(void)
{
    struct arena memory = {0};

    puts("exdiag examines an Exchange organisation's mail for documented failures, and\n"
         "prints what was seen, why it matters, the commands that repair it, and how to\n"
         "verify them.\n\n"
         "usage: exdiag COMMAND [options]\n");
    for (const struct command *const *command = commands; *command; command++)
        output_prose(arena_print(&memory, "  %s", (*command)->name), SUMMARY_COLUMN,
                     (*command)->summary);
    arena_release(&memory);
    puts("\n'exdiag COMMAND --help' shows the options of a command.\n\n"
         "exit status: 0 nothing wrong, 1 problems found, 2 usage or internal error,\n"
         "             3 nothing wrong in what could be checked, but something could not");
    return EXIT_FINE;
}

static int print_command_help(const struct command *command)
{
    struct arena memory = {0};

    output_prose("", 0, command->summary);
    puts("");
    output_prose("usage:", sizeof "usage:",
                 arena_print(&memory, "exdiag %s %s", command->name, command->usage));
    puts("");
    arena_release(&memory);
    options_print_help(command->flag);
    if (command->more)
        printf("\n%s\n", command->more);
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

static int refuse(const char *name)
{
    struct arena memory = {0};
    struct vocabulary known = vocabulary_read(VOCABULARY_COMMAND, &memory);
    const char *meant = words_nearest(&known.words, name);

    if (meant)
        complain("'%s' is not a command; did you mean '%s'?", name, meant);
    else
        complain("'%s' is not a command; see 'exdiag --help'", name);
    arena_release(&memory);
    return EXIT_TROUBLE;
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

static int run(int argc, char **argv)
{
    const struct command *command;
    bool help;

    if (argc < 2) {
        print_help();
        return EXIT_TROUBLE;
    }
    help = strcmp(argv[1], "help") == 0;
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "/?") == 0 || (help && argc == 2))
        return print_help();
    if (strcmp(argv[1], "--version") == 0)
        return print_version();
    command = find_command(argv[1 + help]);
    if (!command)
        return refuse(argv[1 + help]);
    return help ? print_command_help(command) : run_command(command, argc - 2, argv + 2);
}

/* The value of this option in `argument`, or in `next` (NULL at the end); NULL: it is another one.
 */
static const char *value_of(const char *option, const char *argument, const char *next)
{
    size_t size = strlen(option);

    if (strncmp(argument, option, size) != 0)
        return NULL;
    if (argument[size] == '=')
        return argument + size + 1;
    return argument[size] == '\0' ? next : NULL;
}

/* By its arguments and files of options: where they are wrong, nobody has read them. */
static bool is_plugin(int argc, char **argv)
{
    for (int i = 1; i < argc && argv[i]; i++) {
        const char *format = value_of("--format", argv[i], argv[i + 1]);
        const char *config = value_of("--config", argv[i], argv[i + 1]);

        if ((format && strcmp(format, "nagios") == 0) ||
            (config && options_file_is_of_plugin(config)))
            return true;
    }
    return false;
}

/* What is wrong with the call is no word on mail: UNKNOWN, with the reason where it is read. */
static int end_plugin(int exit_status)
{
    enum { CRITICAL = 2, UNKNOWN = 3 };

    if (exit_status == EXIT_CRITICAL)
        return CRITICAL;
    if (exit_status != EXIT_TROUBLE)
        return exit_status;
    fputs("EXDIAG UNKNOWN - ", stdout);
    for (const char *at = last_complaint; *at; at++)
        fputc(*at == '|' ? '/' : *at, stdout);
    puts(*last_complaint ? "" : "it did not run");
    fflush(stdout);
    return UNKNOWN;
}

int exdiag_main(int argc, char **argv)
{
    int exit_status;

    if (platform_init() != STATUS_OK)
        return complain("the system's network functions could not be started");
    tls_library_init();
    exit_status = run(argc, argv);
    if (exit_status != EXIT_TROUBLE && (fflush(stdout) != 0 || ferror(stdout)))
        exit_status =
            complain("the output could not be written: %s", status_text(platform_write_error()));
    return is_plugin(argc, argv) || exit_status == EXIT_CRITICAL ? end_plugin(exit_status)
                                                                 : exit_status;
}
