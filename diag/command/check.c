/* exdiag check: examines subjects live and prints the report. */
#include "diag/command/command.h"
#include "diag/command/everything.h"
#include "diag/command/live.h"
#include "diag/command/output.h"
#include "diag/command/password.h"
#include "diag/command/plan.h"

/* ---- subjects that are evidence files are runs of their own ---- */

static void move_evidence_files(struct options *options)
{
    size_t kept = 0;

    for (size_t i = 0; i < options->subject_count; i++) {
        struct subject *subject = &options->subjects[i];

        if (subject->kind == SUBJECT_FILE && is_evidence_file(subject->name)) {
            options->words = arena_grow(&options->memory, options->words, &options->word_room,
                                        options->word_count, sizeof *options->words);
            options->words[options->word_count++] = subject->name;
        } else {
            options->subjects[kept++] = *subject;
        }
    }
    options->subject_count = kept;
}

/* --only and --skip may leave no probe for what was named; a green light for that would lie. */
static bool has_work(const struct options *options)
{
    for (size_t i = 0; i < options->subject_count; i++) {
        for (const struct probe *const *probe = probes; *probe; probe++) {
            if ((*probe)->subjects & PROBE_EXAMINES(options->subjects[i].kind) &&
                exam_is_selected(&options->settings, *probe))
                return true;
        }
    }
    return false;
}

static bool has_mailbox(const struct options *options)
{
    for (size_t i = 0; i < options->subject_count; i++) {
        if (options->subjects[i].kind == SUBJECT_MAILBOX)
            return true;
    }
    return false;
}

static int report_instead(struct options *options)
{
    if (options->save)
        return complain("--save: '%s' is evidence already, and nothing is gathered from it",
                        options->words[0]);
    return command_report.run(options);
}

static int check(struct options *options)
{
    struct run run = {0};
    int exit_status;

    move_evidence_files(options);
    if (options->subject_count + options->word_count == 0 && everything_add(options) != STATUS_OK)
        return EXIT_TROUBLE;
    options->settings.deep = true;
    if (secrets_check(options) != STATUS_OK)
        return EXIT_TROUBLE;
    if (options->plan)
        return print_plan(options);
    if (!has_mailbox(options) && (options->settings.plants || options->settings.impersonates))
        return complain("%s: name a mailbox with --mailbox",
                        options->settings.plants ? "--plant-test-item" : "--impersonate");
    if (!output_spares_input(options))
        return EXIT_TROUBLE;
    if (options->subject_count == 0)
        return report_instead(options);
    if (options->word_count > 0)
        return complain("'%s' is an evidence file: give those to 'exdiag report', or to a check "
                        "without other subjects",
                        options->words[0]);
    if (!has_work(options))
        return complain("nothing would be examined: --only and --skip leave no probe for it");
    run.about.subjects = options->subjects;
    run.about.subject_count = options->subject_count;
    run.about.settings = options->settings;
    exit_status = live_run(&run, options);
    if (exit_status == EXIT_FINE) {
        exit_status = output_report(&run, 1, options);
        if (run.save_status != STATUS_OK)
            exit_status = complain("'%s' is not complete: %s; the report is", options->save,
                                   status_text(run.save_status));
    }
    run_release(&run);
    return exit_status;
}

const struct command command_check = {
    .name = "check",
    .summary = "examines domains, servers and files, and prints the report",
    .usage = "[SUBJECT...] [options]",
    .flag = FOR_CHECK,
    .run = check,
    .arguments = VOCABULARY_FILE,
};
