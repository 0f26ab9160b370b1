/* exdiag list: the probes, with what each needs, and what others see of it. */
#include "diag/command/command.h"
#include "diag/command/machine_text.h"
#include "diag/command/output.h"
#include "diag/probe.h"

#include <string.h>

static const struct {
    unsigned need;
    const char *word;
} needs[] = {
    {NEEDS_NETWORK, "network"},
    {NEEDS_CREDENTIALS, "credentials"},
    {NEEDS_HOST, "host"},
    {NEEDS_FILE, "file"},
};

enum { NAME_COLUMN = 13 };

static void print_row(struct arena *memory, const char *heading, const char *text)
{
    const char *label = arena_print(memory, "%*s%s:", NAME_COLUMN, "", heading);

    output_prose(label, strlen(label) + 1, text);
}

static const char *needs_of(const struct probe *probe, struct arena *memory)
{
    const char *text = "nothing";

    for (size_t i = 0, count = 0; i < sizeof needs / sizeof *needs; i++) {
        if (probe->needs & needs[i].need)
            text = count++ ? arena_print(memory, "%s, %s", text, needs[i].word) : needs[i].word;
    }
    return text;
}

static const char *findings_of(const struct probe *probe, struct arena *memory)
{
    const char *text = probe->kinds[0]->id;

    for (const struct finding_kind *const *kind = probe->kinds + 1; *kind; kind++)
        text = arena_print(memory, "%s %s", text, (*kind)->id);
    return text;
}

static int list(struct options *options)
{
    for (const struct probe *const *probe = probes; *probe; probe++) {
        output_prose((*probe)->name, NAME_COLUMN, (*probe)->summary);
        print_row(&options->memory, "needs", needs_of(*probe, &options->memory));
        print_row(&options->memory, "in logs", (*probe)->noticed);
        print_row(&options->memory, "findings", findings_of(*probe, &options->memory));
    }
    output_prose("  of hosts:", NAME_COLUMN,
                 "what probes read that need one: " MACHINES_ASKED "; " MACHINES_NOTICED);
    return EXIT_FINE;
}

const struct command command_list = {
    .name = "list",
    .summary = "lists the probes, what each needs and what it can find",
    .usage = "",
    .flag = FOR_LIST,
    .run = list,
};
