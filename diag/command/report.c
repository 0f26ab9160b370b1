/* exdiag report: the same report from saved evidence, without a network. */
#include "diag/command/command.h"
#include "diag/command/load.h"
#include "diag/command/output.h"

static int refuse_save(const struct options *options)
{
    if (!options->redact)
        return complain("--save takes evidence that --redact is to write anew: name that, too");
    if (options->word_count > 1)
        return complain("--save writes the evidence of one file, and %zu are named",
                        options->word_count);
    return EXIT_FINE;
}

/* Of a run that is redacted and not judged yet. */
static int save(const struct run *run, const struct options *options)
{
    enum status status = run_save(run, options->save);

    if (status == STATUS_OK)
        return EXIT_FINE;
    if (status == STATUS_EXISTS)
        return complain("--save: '%s' exists already; evidence is never written over",
                        options->save);
    return complain("--save: '%s': %s", options->save, status_text(status));
}

static int examine(struct run *runs, struct options *options)
{
    int exit_status = EXIT_FINE;

    for (size_t i = 0; i < options->word_count && exit_status == EXIT_FINE; i++)
        exit_status = load_evidence(&runs[i], options->words[i], options);
    if (exit_status == EXIT_FINE && options->redact && options->save) {
        if (run_redact(runs, 1) != STATUS_OK)
            return complain("no random numbers could be had for --redact");
        exit_status = save(&runs[0], options);
    }
    if (exit_status == EXIT_FINE)
        exit_status = judge_evidence(runs, options->word_count, options);
    if (exit_status == EXIT_FINE)
        exit_status = output_report(runs, options->word_count, options);
    return exit_status;
}

static int report(struct options *options)
{
    struct run *runs = arena_new(&options->memory, options->word_count, sizeof *runs);
    int exit_status = EXIT_FINE;

    if (options->word_count == 0)
        return complain("name an evidence file that 'exdiag check --save' has written");
    if (!output_spares_input(options))
        return EXIT_TROUBLE;
    if (options->save)
        exit_status = refuse_save(options);
    if (exit_status == EXIT_FINE)
        exit_status = examine(runs, options);
    for (size_t i = 0; i < options->word_count; i++)
        run_release(&runs[i]);
    return exit_status;
}

const struct command command_report = {
    .name = "report",
    .summary = "prints the report of saved evidence, without a network",
    .usage = "EVIDENCE... [options]",
    .flag = FOR_REPORT,
    .run = report,
    .arguments = VOCABULARY_FILE,
};
