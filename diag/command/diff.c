/* exdiag diff: what became of what an older run saw. */
#include "diag/command/command.h"
#include "diag/command/load.h"
#include "diag/command/output.h"
#include "diag/platform.h"
#include "diag/verdict.h"

#include <string.h>

/* Pseudonyms are made anew for every file: the same name has another one in each. */
static int refuse_pseudonyms(const struct run runs[2])
{
    bool both = runs[0].about.redacted && runs[1].about.redacted;

    if (run_is_same(&runs[0], &runs[1]) || !(runs[0].about.redacted || runs[1].about.redacted))
        return EXIT_FINE;
    if (both)
        return complain("both files are redacted, each with pseudonyms of its own, so nothing "
                        "tells what in them is the same: compare the evidence as it was saved, "
                        "with --redact if the page is to be passed on");
    return complain("'%s' is redacted and the other is not, so nothing tells what in them is the "
                    "same: compare the evidence as it was saved, with --redact if the page is to "
                    "be passed on",
                    runs[runs[1].about.redacted].source);
}

static void warn(const struct run runs[2])
{
    const struct evidence_run *old = &runs[0].about, *new = &runs[1].about;

    if (new->started && old->started > new->started)
        complain("'%s' is the older one by its time; they are compared in the order given, OLD "
                 "first",
                 runs[1].source);
    if (old->machine && new->machine && strcmp(old->machine, new->machine) != 0)
        complain("OLD was gathered on %s and NEW on %s: what one of them sees, the other may not",
                 old->machine, new->machine);
}

static int compare(struct run runs[2], struct options *options)
{
    int exit_status = EXIT_FINE;

    for (size_t i = 0; i < 2 && exit_status == EXIT_FINE; i++)
        exit_status = load_evidence(&runs[i], options->words[i], options);
    if (exit_status == EXIT_FINE)
        exit_status = refuse_pseudonyms(runs);
    if (exit_status == EXIT_FINE)
        exit_status = judge_evidence(runs, 2, options);
    if (exit_status != EXIT_FINE)
        return exit_status;
    if (!options->quiet)
        warn(runs);
    return output_comparison(runs, options);
}

static int diff(struct options *options)
{
    struct run runs[2] = {{.source = NULL}, {.source = NULL}};
    int exit_status;

    if (options->word_count != 2)
        return complain("name two evidence files, the older one first: exdiag diff OLD NEW");
    if (!output_spares_input(options))
        return EXIT_TROUBLE;
    exit_status = compare(runs, options);
    run_release(&runs[0]);
    run_release(&runs[1]);
    return exit_status;
}

const struct command command_diff = {
    .name = "diff",
    .summary = "says what is fixed, new and still there between two files of evidence",
    .usage = "OLD NEW [options]",
    .flag = FOR_DIFF,
    .run = diff,
    .more = "exit status: as a report of NEW has it. What NEW could not tell, did not look for as\n"
            "thoroughly, or did not look at, is said to be so, and never to be fixed.",
    .arguments = VOCABULARY_FILE,
};
