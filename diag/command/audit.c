/* exdiag audit: a domain a line in, a line of JSON a domain out, any number of them. */
#include "diag/command/audit_run.h"
#include "diag/command/command.h"
#include "diag/command/live.h"
#include "diag/exam.h"
#include "diag/gather/dns.h"
#include "diag/platform.h"

#include <string.h>

enum {
    EXIT_INTERRUPTED = 3,
    WINDOW_NEARBY = 2000, /* questions in flight */
    WINDOW_PUBLIC = 100,
    RATE_PUBLIC = 200 /* questions a second */
};

/* ---- whom to ask, and how gently ---- */

/* Addresses that never are a public resolver's (RFC 6890, RFC 4193). */
static bool is_nearby(const struct ip_address *ip)
{
    static const struct {
        struct ip_address network;
        unsigned length;
    } blocks[] = {
        {{IP_V4, {0}}, 8},           {{IP_V4, {10}}, 8},        {{IP_V4, {100, 64}}, 10},
        {{IP_V4, {127}}, 8},         {{IP_V4, {169, 254}}, 16}, {{IP_V4, {172, 16}}, 12},
        {{IP_V4, {192, 168}}, 16},   {{IP_V6, {0, 0}}, 16},     {{IP_V6, {0xFC}}, 7},
        {{IP_V6, {0xFE, 0x80}}, 10},
    };

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (ip_is_in_network(ip, &blocks[i].network, blocks[i].length))
            return true;
    }
    return false;
}

static const struct net_address *find_public(const struct gather_options *gather)
{
    for (size_t i = 0; i < gather->resolver_count; i++) {
        if (!is_nearby(&gather->resolvers[i].ip))
            return &gather->resolvers[i];
    }
    return NULL;
}

/* Resolvers that serve everyone are asked with restraint unless the user says otherwise. */
static void set_pace(struct gather_options *gather, const struct options *options)
{
    const struct net_address *shared = find_public(gather);
    char text[NET_ADDRESS_TEXT_SIZE];

    gather->dns_window = options->dns_window;
    if (!options->dns_window)
        gather->dns_window = shared ? WINDOW_PUBLIC : WINDOW_NEARBY;
    gather->rate = options->rate;
    if (options->rate != RATE_USUAL)
        return;
    gather->rate = shared ? RATE_PUBLIC : 0;
    if (!shared)
        return;
    net_address_format(shared, DNS_PORT, text);
    complain("%s is a public resolver: it is asked %d questions a second, %u at once; --rate and "
             "--in-flight change that",
             text, (int)RATE_PUBLIC, gather->dns_window);
}

/* Their view is taken as the public one, so that no domain's own name servers are asked. */
static int find_resolvers(struct options *options)
{
    struct settings *settings = &options->settings;
    struct net_address *found;

    if (settings->dns_count > 0)
        return EXIT_FINE;
    found = arena_new(&options->memory, DNS_RESOLVERS_MOST, sizeof *found);
    if (platform_resolvers(found, DNS_RESOLVERS_MOST, &settings->dns_count) != STATUS_OK ||
        settings->dns_count == 0)
        return complain("this machine names no resolver; name one with --dns");
    settings->dns = found;
    return EXIT_FINE;
}

/* ---- which probes ---- */

/* Only `spf` unless --only names more: an audit asks for what was asked of it. */
static const struct probe *const *choose_probes(const struct options *options)
{
    static const struct probe *only_spf[2];

    if (options->settings.only_count > 0)
        return probes;
    for (const struct probe *const *probe = probes; *probe; probe++) {
        if (strcmp((*probe)->name, "spf") == 0)
            only_spf[0] = *probe;
    }
    return only_spf;
}

static bool has_work(const struct audit_plan *plan)
{
    for (const struct probe *const *probe = plan->probes; *probe; probe++) {
        if ((*probe)->subjects & PROBE_EXAMINES(SUBJECT_DOMAIN) &&
            exam_is_selected(plan->settings, *probe))
            return true;
    }
    return false;
}

/* ---- going on where an earlier run ended ---- */

/* Where output is added to that very file, its end is put in order first. */
static enum status mend(const char *path, const struct audit_end *end)
{
    if (!platform_output_is(path))
        return STATUS_OK;
    if (end->is_torn)
        return platform_output_cut(end->whole);
    if (end->lacks_line_end && fputc('\n', stdout) == EOF)
        return platform_write_error();
    return STATUS_OK;
}

static int resume(const char *path, struct audit_plan *plan)
{
    struct audit_end end;
    enum status status;

    plan->done = audit_done_new();
    status = audit_done_read(plan->done, path, &end);
    if (status == STATUS_MALFORMED)
        return complain("--resume: '%s' is not the output of an audit", path);
    if (status == STATUS_OK && end.is_utf16 && platform_output_is(path))
        return complain("--resume: '%s' is UTF-16, which these lines are not: write them to "
                        "another file",
                        path);
    if (status == STATUS_OK)
        status = mend(path, &end);
    if (status != STATUS_OK)
        return complain("--resume: '%s': %s", path, status_text(status));
    if (end.damaged > 0)
        complain("--resume: '%s': %llu damaged lines are passed over; their domains are examined "
                 "again",
                 path, (unsigned long long)end.damaged);
    return EXIT_FINE;
}

/* ---- the command ---- */

static int stream(const struct audit_plan *plan)
{
    struct audit_outcome outcome;
    enum status status = audit_run(plan, &outcome);

    if (status != STATUS_OK)
        return complain("nothing could be examined: %s", status_text(status));
    if (outcome.output != STATUS_OK)
        return complain("the output could not be written: %s", status_text(outcome.output));
    if (outcome.input != STATUS_OK)
        return complain("the list of domains could not be read to its end: %s",
                        status_text(outcome.input));
    return outcome.interrupted ? EXIT_INTERRUPTED : EXIT_FINE;
}

static int audit(struct options *options)
{
    struct audit_plan plan = {.settings = &options->settings,
                              .probes = choose_probes(options),
                              .shard = options->shard,
                              .shard_count = options->shard_count};
    int exit_status = EXIT_FINE;

    if (options->settings.sender_count > 1)
        return complain("--ip: one message comes from one address");
    if (!has_work(&plan))
        return complain("nothing would be examined: --only and --skip leave no probe of domains");
    if (find_resolvers(options) != EXIT_FINE)
        return EXIT_TROUBLE;
    options->settings.one_message = true;
    plan.gather.resolvers = options->settings.dns;
    plan.gather.resolver_count = options->settings.dns_count;
    plan.gather.timeout = options->timeout;
    plan.gather.patience = options->patience;
    plan.gather.ca_file = options->ca_file;
    plan.gather.jobs = live_jobs(options);
    plan.gather.spread = true;
    plan.gather.persistent = true;
    plan.shows_progress = platform_is_terminal(stderr) && !options->quiet;
    set_pace(&plan.gather, options);
    if (options->resume)
        exit_status = resume(options->resume, &plan);
    if (exit_status == EXIT_FINE)
        exit_status = stream(&plan);
    audit_done_free(plan.done);
    return exit_status;
}

const struct command command_audit = {
    .name = "audit",
    .summary = "examines any number of domains: one a line in, one JSON object a line out",
    .usage = "[options] < DOMAINS > RESULTS",
    .flag = FOR_AUDIT,
    .run = audit,
};
