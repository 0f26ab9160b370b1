#include "diag/gather/gather.h"

#include "diag/evidence/digest.h"
#include "diag/gather/auth_log.h"
#include "diag/gather/bound_certificates.h"
#include "diag/gather/build_file.h"
#include "diag/gather/ca_file.h"
#include "diag/gather/clock.h"
#include "diag/gather/digest.h"
#include "diag/gather/directory.h"
#include "diag/gather/directory_file.h"
#include "diag/gather/dns.h"
#include "diag/gather/ending.h"
#include "diag/gather/event_log.h"
#include "diag/gather/ews.h"
#include "diag/gather/http_log.h"
#include "diag/gather/iis_config.h"
#include "diag/gather/installed_files.h"
#include "diag/gather/machine_identity.h"
#include "diag/gather/machine_reach.h"
#include "diag/gather/mail_log.h"
#include "diag/gather/mailstore_log.h"
#include "diag/gather/pool.h"
#include "diag/gather/registry.h"
#include "diag/gather/smtp.h"
#include "diag/gather/smtp_logon.h"
#include "diag/gather/ticket.h"
#include "diag/gather/time_settings.h"
#include "diag/gather/tls.h"
#include "diag/gather/trace.h"
#include "diag/gather/web.h"
#include "diag/gather/windows_features.h"
#include "diag/gather/windows_setup.h"
#include "diag/platform.h"

#include <stdlib.h>
#include <string.h>

struct gather {
    struct gather_options options; /* the resolvers are not looked at any more */
    struct clock_means clocks;
    struct directory_access *directory;
    struct http_access *web;
    struct platform_bell *bell;
    struct dns_client *dns;
    struct tls_trust *trust;
    struct machine_reach *machines;
    struct pool *pool;
    size_t open;
    size_t errands; /* of those, workers' */
    size_t keepers; /* of those, such as clean up behind themselves */
    struct ending *ending;
    int64_t clean_by; /* once it has begun: when they are waited for no longer */
    gather_settled *settled;
    void *context;
    struct platform_waiter sockets[PLATFORM_WAITERS_MOST];
};

/* ---- what blocks: one row for each kind of evidence a worker gathers ---- */

struct errand { /* what a worker owns while it works: an item of its own */
    const struct blocking_gatherer *gatherer;
    struct gather_options options; /* numbers alone: what it points to may be gone */
    struct clock_means clocks;
    struct directory_access *directory; /* shared */
    struct http_access *web;            /* the same, as the next three */
    struct tls_trust *trust;
    struct machine_reach *machines;
    struct ending *ending;
    struct evidence *found;
};

static void observe_file(struct errand *errand)
{
    gather_digest(errand->found);
}

static int64_t allow_for_a_file(const struct gather_options *options)
{
    (void)options;
    return 600 * (int64_t)1000000;
}

static void observe_auth_log(struct errand *errand)
{
    gather_auth_log(errand->found);
}

static void observe_directory_file(struct errand *errand)
{
    gather_directory_file(errand->found);
}

static void observe_event_log(struct errand *errand)
{
    gather_event_log(errand->found);
}

static void observe_ews(struct errand *errand)
{
    gather_ews(errand->found, &errand->options, errand->clocks.http, errand->web, errand->ending);
}

static void observe_http_log(struct errand *errand)
{
    gather_http_log(errand->found);
}

static void observe_bound_certificates(struct errand *errand)
{
    gather_bound_certificates(errand->found);
}

static void observe_build_file(struct errand *errand)
{
    gather_build_file(errand->found);
}

static void observe_iis_config(struct errand *errand)
{
    gather_iis_config(errand->found);
}

static void observe_installed_files(struct errand *errand)
{
    gather_installed_files(errand->found);
}

static void observe_windows_features(struct errand *errand)
{
    gather_windows_features(errand->found);
}

static void observe_machine(struct errand *errand)
{
    gather_machine(errand->found);
}

static void observe_windows_setup(struct errand *errand)
{
    gather_windows_setup(errand->found);
}

static void observe_registry(struct errand *errand)
{
    gather_registry(errand->found);
}

static void observe_trace(struct errand *errand)
{
    gather_trace(errand->found);
}

static void observe_mail_log(struct errand *errand)
{
    gather_mail_log(errand->found);
}

static void observe_mailstore_log(struct errand *errand)
{
    gather_mailstore_log(errand->found);
}

static void observe_time_settings(struct errand *errand)
{
    gather_time_settings(errand->found);
}

static void observe_smtp(struct errand *errand)
{
    gather_smtp(errand->found, &errand->options, errand->trust);
}

static void observe_clock(struct errand *errand)
{
    gather_clock(errand->found, &errand->options, &errand->clocks);
}

static void observe_directory(struct errand *errand)
{
    gather_directory(errand->found, &errand->options, errand->directory);
}

static void observe_smtp_logon(struct errand *errand)
{
    gather_smtp_logon(errand->found, &errand->options, errand->trust, &smtp_logon_of_platform);
}

static void observe_ticket(struct errand *errand)
{
    gather_ticket(errand->found, &errand->options);
}

static void observe_web(struct errand *errand)
{
    gather_web(errand->found, &errand->options, errand->clocks.http, errand->web);
}

static void write_clock_host(const struct evidence *item, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&((const struct clock_reading *)item)->address, 0, text);
    buffer_add_string(out, text);
}

static void write_smtp_host(const struct evidence *item, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&((const struct smtp_conversation *)item)->address, 0, text);
    buffer_add_string(out, text);
}

static void write_directory_host(const struct evidence *item, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&((const struct directory_answer *)item)->address, 0, text);
    buffer_add_string(out, text);
}

static void write_logon_host(const struct evidence *item, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&((const struct smtp_logon *)item)->address, 0, text);
    buffer_add_string(out, text);
}

static void write_kdc(const struct evidence *item, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&((const struct ticket_answer *)item)->address, 0, text);
    buffer_add_string(out, text);
}

static void write_ews_host(const struct evidence *item, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&((const struct ews_survey *)item)->address, 0, text);
    buffer_add_string(out, text);
}

static void write_web_host(const struct evidence *item, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&((const struct web_exchange *)item)->address, 0, text);
    buffer_add_string(out, text);
}

static const struct blocking_gatherer {
    const struct evidence_kind *kind;
    /* On a worker; settles the worker's own item. */
    void (*observe)(struct errand *errand);
    int64_t (*allowance)(const struct gather_options *options); /* microseconds */
    /* "address:port" of whom it talks to, for the limit per host; or NULL. */
    void (*write_host)(const struct evidence *item, struct buffer *out);
    /* What a worker past its allowance, or none at all, means: never silence of a peer. */
    enum status late;
} blocking_gatherers[] = {
    {&evidence_auth_log, observe_auth_log, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_bound_certificates, observe_bound_certificates, allow_for_a_file, NULL,
     STATUS_TIMED_OUT},
    {&evidence_build_file, observe_build_file, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_clock, observe_clock, gather_clock_allowance, write_clock_host, STATUS_EXHAUSTED},
    {&evidence_digest, observe_file, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_directory, observe_directory, gather_directory_allowance, write_directory_host,
     STATUS_EXHAUSTED},
    {&evidence_directory_file, observe_directory_file, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_event_log, observe_event_log, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_ews, observe_ews, gather_ews_allowance, write_ews_host, STATUS_EXHAUSTED},
    {&evidence_http_log, observe_http_log, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_iis_config, observe_iis_config, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_installed_files, observe_installed_files, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_machine, observe_machine, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_mail_log, observe_mail_log, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_mailstore_log, observe_mailstore_log, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_registry, observe_registry, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_smtp, observe_smtp, gather_smtp_allowance, write_smtp_host, STATUS_EXHAUSTED},
    {&evidence_smtp_logon, observe_smtp_logon, gather_smtp_logon_allowance, write_logon_host,
     STATUS_EXHAUSTED},
    {&evidence_ticket, observe_ticket, gather_ticket_allowance, write_kdc, STATUS_EXHAUSTED},
    {&evidence_time_settings, observe_time_settings, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_trace, observe_trace, allow_for_a_file, NULL, STATUS_TIMED_OUT},
    {&evidence_web, observe_web, gather_web_allowance, write_web_host, STATUS_EXHAUSTED},
    {&evidence_windows_features, observe_windows_features, allow_for_a_file, NULL,
     STATUS_TIMED_OUT},
    {&evidence_windows_setup, observe_windows_setup, allow_for_a_file, NULL, STATUS_TIMED_OUT},
};

static const struct blocking_gatherer *blocking_gatherer_of(const struct evidence_kind *kind)
{
    for (size_t i = 0; i < sizeof blocking_gatherers / sizeof *blocking_gatherers; i++) {
        if (blocking_gatherers[i].kind == kind)
            return &blocking_gatherers[i];
    }
    return NULL;
}

static bool is_keeper(const struct evidence *item)
{
    return item->kind == &evidence_ews && ((const struct ews_survey *)item)->plants;
}

static void run_errand(void *work)
{
    struct errand *errand = work;
    int64_t began = platform_monotonic_clock();

    errand->found->time = platform_wall_clock();
    if (!machine_reach_is_vain(errand->machines, errand->found)) {
        errand->gatherer->observe(errand);
        machine_reach_learn(errand->machines, errand->found);
    }
    errand->found->took = platform_monotonic_clock() - began;
}

static void free_errand(void *work)
{
    struct errand *errand = work;

    evidence_free(errand->found);
    tls_trust_leave(errand->trust);
    machine_reach_leave(errand->machines);
    http_library_leave(errand->clocks.http);
    directory_access_leave(errand->directory);
    http_access_leave(errand->web);
    ending_leave(errand->ending);
    free(errand);
}

static void send_worker(struct gather *gather, struct evidence *item,
                        const struct blocking_gatherer *gatherer)
{
    struct errand *errand = memory_new(1, sizeof *errand);
    struct pool_job job = {.run = run_errand,
                           .release = free_errand,
                           .work = errand,
                           .allowance = gatherer->allowance(&gather->options),
                           .owner = item};
    const char *machine = machine_reach_whom(item);
    struct buffer host;

    errand->gatherer = gatherer;
    errand->options = gather->options;
    errand->trust = tls_trust_share(gather->trust);
    errand->machines = machine_reach_share(gather->machines);
    errand->clocks = gather->clocks;
    errand->clocks.http = http_library_share(gather->clocks.http);
    errand->directory = directory_access_share(gather->directory);
    errand->web = http_access_share(gather->web);
    errand->ending = ending_share(gather->ending);
    errand->found = evidence_new(item->kind, item);
    buffer_init(&host, NET_ADDRESS_TEXT_SIZE);
    if (gatherer->write_host) {
        gatherer->write_host(item, &host);
        job.host = host.text;
    }
    if (machine) {
        job.allowance = machine_reach_allowance(item, gather->options.timeout);
        job.host = *machine ? machine : NULL;
    }
    gather->errands++;
    gather->keepers += is_keeper(item);
    pool_submit(gather->pool, &job);
    buffer_release(&host);
}

static void welcome_workers(struct gather *gather)
{
    struct pool_job job;

    while (pool_take(gather->pool, platform_monotonic_clock(), &job)) {
        struct evidence *item = job.owner;

        if (job.late) {
            if (!machine_reach_fail(gather->machines, item))
                evidence_fail(item, blocking_gatherer_of(item->kind)->late, NULL);
        } else {
            evidence_adopt(item, ((struct errand *)job.work)->found);
            free_errand(job.work);
        }
        gather->open--;
        gather->errands--;
        gather->keepers -= is_keeper(item);
        gather->settled(gather->context, item);
    }
}

/* ---- the one place that waits ---- */

static void dns_settled(void *context, struct dns_answer *item)
{
    struct gather *gather = context;

    gather->open--;
    gather->settled(gather->context, &item->evidence);
}

static void wake(void *context)
{
    gather_wake(context);
}

/* A quarter of what may be open is left to the resolver and to files. */
unsigned gather_jobs_most(void)
{
    unsigned open = platform_open_most(), most = open - open / 4;

    return most < JOBS_MOST ? most : JOBS_MOST;
}

enum status gather_new(const struct gather_options *options, gather_settled *settled, void *context,
                       struct gather **out)
{
    struct gather *gather = memory_new(1, sizeof *gather);
    struct directory_credentials credentials = options->directory;
    struct http_credentials web = options->web;
    struct logon_trial *logon = logon_trial_new();
    char *own_text = options->ca_text ? NULL : ca_file_text(options->ca_file);
    const char *ca_text = own_text ? own_text : options->ca_text;
    unsigned most = gather_jobs_most();
    enum status status;

    gather->clocks.origin = clock_origin_read();
    gather->clocks.http = http_library_new();
    gather->options = *options;
    gather->options.resolvers = NULL;
    gather->options.resolver_count = 0;
    gather->options.ca_file = NULL;
    gather->options.ca_text = NULL;
    gather->options.directory = (struct directory_credentials){0};
    gather->options.web = (struct http_credentials){0};
    if (gather->options.patience == 0)
        gather->options.patience = PATIENCE_USUAL;
    gather->settled = settled;
    gather->context = context;
    tls_library_init();
    gather->trust = tls_trust_new(options->ca_file, ca_text);
    gather->clocks.trust = gather->trust;
    credentials.ca_file = options->ca_file;
    credentials.ca_text = ca_text;
    credentials.anonymous = options->anonymous;
    credentials.logon = web.logon = logon;
    gather->directory = directory_access_new(&credentials);
    web.ca_file = options->ca_file;
    web.ca_text = ca_text;
    web.trust = gather->trust;
    gather->web = http_access_new(&web);
    free(own_text);
    logon_trial_leave(logon);
    gather->ending = ending_new();
    gather->machines = machine_reach_new();
    status = platform_bell_new(&gather->bell);
    if (status != STATUS_OK)
        goto out;
    gather->pool = pool_new(options->jobs < most ? options->jobs : most, wake, gather);
    status = dns_client_new(options, dns_settled, gather, &gather->dns);
    if (status != STATUS_OK)
        goto out;
    *out = gather;
    return STATUS_OK;
out:
    gather_free(gather);
    return status;
}

void gather_free(struct gather *gather)
{
    if (!gather)
        return;
    dns_client_free(gather->dns);
    pool_free(gather->pool);
    tls_trust_leave(gather->trust);
    http_library_leave(gather->clocks.http);
    directory_access_leave(gather->directory);
    http_access_leave(gather->web);
    ending_leave(gather->ending);
    machine_reach_leave(gather->machines);
    platform_bell_free(gather->bell);
    free(gather);
}

void gather_start(struct gather *gather, struct evidence *item)
{
    const struct blocking_gatherer *gatherer = blocking_gatherer_of(item->kind);

    gather->open++;
    if (gatherer)
        send_worker(gather, item, gatherer);
    else
        dns_client_ask(gather->dns, (struct dns_answer *)item);
}

static void work(struct gather *gather)
{
    dns_client_work(gather->dns, platform_monotonic_clock());
    welcome_workers(gather);
}

/* Milliseconds until something is due, rounded up, at most `most`. */
static int patience(const struct gather *gather, int64_t most)
{
    int64_t due = dns_client_due(gather->dns), pool = pool_due(gather->pool), left;

    if (pool < due)
        due = pool;
    if (due == INT64_MAX)
        return (int)most;
    left = (due - platform_monotonic_clock() + 999) / 1000;
    if (left < 0)
        left = 0;
    return (int)(left < most ? left : most);
}

void gather_wait(struct gather *gather, int64_t most)
{
    size_t open = gather->open;
    size_t count;

    work(gather);
    if (gather->open < open || most <= 0)
        return;
    count = dns_client_sockets(gather->dns, gather->sockets, PLATFORM_WAITERS_MOST);
    if (most > 60000)
        most = 60000;
    platform_wait(gather->sockets, count, gather->bell, patience(gather, most));
    dns_client_heard(gather->dns, gather->sockets, count);
    work(gather);
}

size_t gather_appetite(const struct gather *gather)
{
    size_t questions = gather->open - gather->errands, most = gather->options.dns_window, appetite;

    if (gather->errands == 0)
        return 0;
    appetite = pool_appetite(gather->pool);
    if (appetite > most)
        appetite = most;
    return appetite > questions ? appetite - questions : 0;
}

void gather_end(struct gather *gather)
{
    ending_begin(gather->ending);
    gather->clean_by = platform_monotonic_clock() + GATHER_CLEAN_UP * (int64_t)1000;
}

bool gather_is_cleaning_up(const struct gather *gather)
{
    return gather->keepers > 0 && platform_monotonic_clock() < gather->clean_by;
}

void gather_wake(struct gather *gather)
{
    platform_bell_ring(gather->bell);
}
