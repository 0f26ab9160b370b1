/* exdiag list: the probes, with what each needs. */
#include "diag/command/command.h"
#include "diag/probe.h"

static const struct {
    unsigned need;
    const char *word;
} needs[] = {
    {NEEDS_NETWORK, "network"},
    {NEEDS_CREDENTIALS, "credentials"},
    {NEEDS_HOST, "host"},
    {NEEDS_FILE, "file"},
};

static int list(struct options *options)
{
    (void)options;
    for (const struct probe *const *probe = probes; *probe; probe++) {
        const char *comma = "";

        printf("%-12s %s\n%-12s needs: ", (*probe)->name, (*probe)->summary, "");
        for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
            if (!((*probe)->needs & needs[i].need))
                continue;
            printf("%s%s", comma, needs[i].word);
            comma = ", ";
        }
        printf("\n%-12s findings:", "");
        for (const struct finding_kind *const *kind = (*probe)->kinds; *kind; kind++)
            printf(" %s", (*kind)->id);
        putchar('\n');
    }
    return EXIT_FINE;
}

const struct command command_list = {
    .name = "list",
    .summary = "lists the probes, what each needs and what it can find",
    .usage = "",
    .flag = FOR_LIST,
    .run = list,
};
