/* exdiag check: examines subjects live and prints the report. */
#include "diag/command/command.h"
#include "diag/command/output.h"
#include "diag/command/plan.h"
#include "diag/platform.h"

#include <stdlib.h>
#include <string.h>

enum { RESOLVERS_MOST = 16 };

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

/* ---- live ---- */

static void show_progress(void *context, size_t settled, size_t open)
{
    bool *shown = context;

    fprintf(stderr, "\r%zu answers, waiting for %zu more \x1b[K", settled, open);
    fflush(stderr);
    *shown = true;
}

static enum status find_resolvers(const struct options *options, struct net_address *found,
                                  struct gather_options *gather)
{
    enum status status = STATUS_OK;

    gather->resolvers = options->settings.dns;
    gather->resolver_count = options->settings.dns_count;
    if (gather->resolver_count > 0)
        return STATUS_OK;
    gather->resolvers = found;
    status = platform_resolvers(found, RESOLVERS_MOST, &gather->resolver_count);
    if (status != STATUS_OK)
        gather->resolver_count = 0;
    return status;
}

static int complain_of_save(const char *path, enum status status)
{
    if (status == STATUS_EXISTS)
        return complain("--save: '%s' exists already; evidence is never written over", path);
    return complain("--save: '%s': %s", path, status_text(status));
}

static int check_live(struct options *options, struct run *run)
{
    struct net_address found[RESOLVERS_MOST];
    bool shown = false;
    struct run_options how = {.gather = {.dns_window = options->dns_window,
                                         .timeout = options->timeout,
                                         .jobs = options->jobs},
                              .save = options->save,
                              .redact = options->redact,
                              .catch_interrupts = true,
                              .context = &shown};
    enum status status;

    if (find_resolvers(options, found, &how.gather) != STATUS_OK)
        complain("this machine names no resolver; name one with --dns");
    if (platform_is_terminal(stderr) && !options->quiet)
        how.progress = show_progress;
    run->about.subjects = options->subjects;
    run->about.subject_count = options->subject_count;
    run->about.settings = options->settings;
    status = run_live(run, &how);
    if (shown)
        fputs("\r\x1b[K", stderr);
    if (status != STATUS_OK && run->save_status != STATUS_OK)
        return complain_of_save(options->save, run->save_status);
    if (status != STATUS_OK)
        return complain("nothing could be examined: %s", status_text(status));
    return EXIT_FINE;
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
    if (options->subject_count + options->word_count == 0)
        return complain("name what to examine, such as: exdiag check --domain example.com");
    if (options->plan)
        return print_plan(options);
    if (options->subject_count == 0)
        return report_instead(options);
    if (options->word_count > 0)
        return complain("'%s' is an evidence file: give those to 'exdiag report', or to a check "
                        "without other subjects",
                        options->words[0]);
    if (!has_work(options))
        return complain("nothing would be examined: --only and --skip leave no probe for it");
    exit_status = check_live(options, &run);
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
};
