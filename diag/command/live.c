#include "diag/command/live.h"

#include "diag/command/command.h"
#include "diag/gather/dns.h"
#include "diag/platform.h"

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
    status = platform_resolvers(found, DNS_RESOLVERS_MOST, &gather->resolver_count);
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

int live_run(struct run *run, const struct options *options)
{
    struct net_address found[DNS_RESOLVERS_MOST];
    bool shown = false;
    struct run_options how = {.gather = {.dns_window = options->dns_window,
                                         .timeout = options->timeout,
                                         .patience = options->patience,
                                         .ca_file = options->ca_file,
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
    status = run_live(run, &how);
    if (shown)
        fputs("\r\x1b[K", stderr);
    if (status != STATUS_OK && run->save_status != STATUS_OK)
        return complain_of_save(options->save, run->save_status);
    if (status != STATUS_OK)
        return complain("nothing could be examined: %s", status_text(status));
    return EXIT_FINE;
}
