#include "diag/command/live.h"

#include "diag/command/command.h"
#include "diag/command/option_subjects.h"
#include "diag/command/password.h"
#include "diag/command/progress.h"
#include "diag/gather/dns.h"
#include "diag/memory.h"
#include "diag/platform.h"
#include "diag/read/ews_request.h"

#include <stdlib.h>

enum { LONG_WHILE = 3 /* seconds that nobody wonders about */, PROGRESS_SIZE = 256 };

struct progress {
    int64_t began; /* microseconds on the monotonic clock */
    unsigned patience;
    bool is_shown;
};

static void show_progress(void *context, size_t settled, size_t open)
{
    struct progress *progress = context;
    double seconds = (double)(platform_monotonic_clock() - progress->began) / 1e6;
    struct buffer line;

    buffer_init(&line, PROGRESS_SIZE);
    buffer_print(&line, "%zu answers, waiting for %zu more", settled, open);
    if (seconds >= LONG_WHILE)
        buffer_print(&line, " (%.0f s; a silent mail server is given %.0f s)", seconds,
                     progress->patience / 1000.0);
    progress_draw(&line);
    buffer_release(&line);
    progress->is_shown = true;
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
    status = platform_resolvers(found, DNS_RESOLVERS_MOST, &gather->resolver_count);
    if (status != STATUS_OK)
        gather->resolver_count = 0;
    return status;
}

static void announce_test_item(void)
{
    complain("an item named \"%s\" is made in the mailbox and deleted again; if this run is killed "
             "it stays, and the next one with --plant-test-item deletes it",
             EWS_TEST_SUBJECT);
}

static int complain_of_save(const char *path, enum status status)
{
    if (status == STATUS_EXISTS)
        return complain("--save: '%s' exists already; evidence is never written over", path);
    return complain("--save: '%s': %s", path, status_text(status));
}

unsigned live_jobs(const struct options *options)
{
    unsigned most = gather_jobs_most(),
             usual = options->flag & FOR_AUDIT ? JOBS_USUAL : JOBS_OF_CHECK;

    if (options->jobs == 0)
        return usual < most ? usual : most;
    if (options->jobs <= most)
        return options->jobs;
    complain("--jobs %u: only %u conversations at once, for this process may not open more sockets "
             "(ulimit -n)",
             options->jobs, most);
    return most;
}

static int examine(struct run *run, const struct options *options, const struct secrets *secrets)
{
    const struct settings *settings = &options->settings;
    struct net_address found[DNS_RESOLVERS_MOST];
    size_t controller_count, server_count;
    const char **controllers = options_names(options, SUBJECT_DC, &controller_count);
    const char **servers = options_names(options, SUBJECT_SERVER, &server_count);
    struct progress progress = {.began = platform_monotonic_clock(), .patience = options->patience};
    struct run_options how = {
        .gather = {.dns_window = options->dns_window,
                   .timeout = options->timeout,
                   .patience = options->patience,
                   .ca_file = options->ca_file,
                   .directory = {.user = options->user,
                                 .password = secrets->password,
                                 .controllers = controllers,
                                 .controller_count = controller_count,
                                 .kdc_port = service_port(settings, SERVICE_KERBEROS)},
                   .web = {.user = options->user,
                           .password = secrets->password,
                           .token = options->token_file ? secrets->token : NULL,
                           .ntlm = options->ntlm,
                           .insecure = options->insecure,
                           .servers = servers,
                           .server_count = server_count},
                   .jobs = live_jobs(options)},
        .save = options->save,
        .redact = options->redact,
        .latest = options->max_time ? options->began + options->max_time * (int64_t)1000 : 0,
        .catch_interrupts = true,
        .context = &progress};
    enum status status;

    if (find_resolvers(options, found, &how.gather) != STATUS_OK)
        complain("this machine names no resolver; name one with --dns");
    if (settings->plants)
        announce_test_item();
    if (platform_is_terminal(stderr) && !options->quiet)
        how.progress = show_progress;
    status = run_live(run, &how);
    free(controllers);
    free(servers);
    if (progress.is_shown)
        progress_clear();
    if (status != STATUS_OK && run->save_status != STATUS_OK)
        return complain_of_save(options->save, run->save_status);
    if (status != STATUS_OK)
        return complain("nothing could be examined: %s", status_text(status));
    return EXIT_FINE;
}

int live_run(struct run *run, const struct options *options)
{
    struct secrets secrets;
    int status = EXIT_TROUBLE;

    if (secrets_read(options, &secrets) == STATUS_OK)
        status = examine(run, options, &secrets);
    secrets_wipe(&secrets);
    return status;
}
