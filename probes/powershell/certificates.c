#include "probes/powershell/certificates.h"

#include "diag/clock.h"
#include "diag/read/machine_path.h"
#include "diag/text.h"
#include "probes/machine.h"
#include "probes/powershell/cause.h"
#include "probes/powershell/kinds.h"

#include <string.h>

enum { FRONT_END_PORT = 443, BACK_END_PORT = 444, DATE_SIZE = 10, CANDIDATES_SHOWN = 5 };

/* Neither the server's clock nor the examiner's need be right to the minute. */
static const int64_t doubt = INT64_C(3600) * 1000;

/* In the order of what is worse. */
enum fault { FINE, EARLY, EXPIRED, NO_KEY, GONE, NOT_BOUND, FAULT_COUNT };

static const struct {
    const char *what;  /* in the title */
    const char *value; /* that prints the steps */
} faults[FAULT_COUNT] = {
    [EARLY] = {"a certificate that is not valid yet", "early"},
    [EXPIRED] = {"an expired certificate", "expired"},
    [NO_KEY] = {"a certificate without its private key", "no-key"},
    [GONE] = {"a certificate that is gone from the computer's store", "gone"},
    [NOT_BOUND] = {"no certificate", "not-bound"},
};

static const struct port {
    unsigned number;
    const struct finding_kind *kind;
    unsigned cause;
    const char *site;
    enum powershell_place place; /* where a live server is asked for it */
} ports[] = {
    {BACK_END_PORT, &backend_certificate, POWERSHELL_CAUSE_BACK_END_CERTIFICATE,
     "Exchange Back End", POWERSHELL_BACK_END},
    {FRONT_END_PORT, &frontend_certificate, 0, "Default Web Site", POWERSHELL_FRONT_HTTPS},
};

struct matter { /* one port of one server, while it is judged */
    struct examination *x;
    const struct powershell_case *of;
    const struct powershell_view *view; /* NULL: the server was not asked */
    const struct port *port;
    const struct bound_certificates *bindings; /* of which this is judged */
    const struct bound_certificates *store;    /* NULL: nobody tells of it */
    struct finding *finding;
    enum fault worst;
    const char *alone; /* the endpoint of one address, where no more than those are at fault */
};

/* ---- which evidence ---- */

static bool is_wildcard(const struct certificate_binding *binding)
{
    static const char *const any[] = {"0.0.0.0:", "[::]:"};

    for (size_t i = 0; i < sizeof any / sizeof *any; i++) {
        if (strncmp(binding->endpoint, any[i], strlen(any[i])) == 0)
            return true;
    }
    return false;
}

/* "10.0.0.5:443" and the address of a site's binding. */
static bool is_of_address(const struct certificate_binding *binding, const char *ip)
{
    const char *colon = strrchr(binding->endpoint, ':');

    return colon && text_equal_fold_sized(binding->endpoint, (size_t)(colon - binding->endpoint),
                                          ip, strlen(ip));
}

/*
 * HTTP.SYS keeps bindings of sites and of addresses that are gone, and has those of others: of one
 * address is used what Exchange's own site names.
 */
static bool is_used(const struct matter *matter, const struct certificate_binding *binding)
{
    const struct iis_config *config = matter->of->host ? &matter->of->host->config->config : NULL;
    const struct iis_site *site = config ? iis_site_of(config, matter->port->site) : NULL;

    if (is_wildcard(binding))
        return true;
    for (size_t i = 0; site && i < site->binding_count; i++) {
        if (site->bindings[i].port == matter->port->number &&
            is_of_address(binding, site->bindings[i].ip))
            return true;
    }
    return false;
}

static bool is_judged(const struct matter *matter, const struct certificate_binding *binding)
{
    unsigned port = matter->port->number;

    return binding->port == port && (port == BACK_END_PORT || !binding->is_by_name) &&
           is_used(matter, binding);
}

static bool binds(const struct matter *matter)
{
    for (size_t i = 0; i < matter->bindings->binding_count; i++) {
        if (is_judged(matter, &matter->bindings->bindings[i]))
            return true;
    }
    return false;
}

bool powershell_binds_back_end(const struct bound_certificates *certificates)
{
    for (size_t i = 0; i < certificates->binding_count; i++) {
        if (certificates->bindings[i].port == BACK_END_PORT)
            return true;
    }
    return false;
}

/* What the user gave comes before the machine at hand, as in all of a case. */
static void choose_evidence(struct matter *matter)
{
    for (size_t i = 0; i < matter->of->certificate_count; i++) {
        const struct bound_certificates *some = matter->of->certificates[i];

        if (some->evidence.status != STATUS_OK)
            continue;
        if (!matter->bindings && (some->knows_bindings || some->binding_count > 0))
            matter->bindings = some;
        if (!matter->store && (some->knows_store || some->certificate_count > 0))
            matter->store = some;
    }
}

/* By its configuration a site is served there over TLS. */
static bool is_served(const struct powershell_case *of, unsigned port)
{
    const struct iis_config *config = of->host ? &of->host->config->config : NULL;

    for (size_t i = 0; config && i < config->site_count; i++) {
        const struct iis_site *site = &config->sites[i];

        for (size_t k = 0; k < site->binding_count; k++) {
            if (site->bindings[k].port == port &&
                text_equal_fold(site->bindings[k].protocol, "https"))
                return true;
        }
    }
    return false;
}

/* A binding by a name that is not told could be of any port. */
static bool knows_all_ports(const struct bound_certificates *bindings)
{
    for (size_t i = 0; i < bindings->binding_count; i++) {
        if (bindings->bindings[i].port == 0)
            return false;
    }
    return bindings->knows_bindings;
}

/* ---- judging ---- */

static enum fault fault_of(const struct matter *matter, const struct stored_certificate *stored)
{
    int64_t now = ask_now(matter->x);

    if (!stored)
        return matter->store->knows_store ? GONE : FINE;
    if (!stored->is_read)
        return FINE;
    if (!stored->has_key)
        return NO_KEY;
    if (stored->not_after < now - doubt)
        return EXPIRED;
    return stored->not_before > now + doubt ? EARLY : FINE;
}

static const char *day_of(const struct matter *matter, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];

    clock_format(time, text);
    return arena_copy(pass_memory(matter->x), text, DATE_SIZE);
}

/* "CN=EX01 (0a1b...), 2024-01-10 to 2029-01-09, with a private key" */
static const char *text_of(const struct matter *matter, const struct stored_certificate *stored)
{
    return arena_print(pass_memory(matter->x), "%s (%s), %s to %s, %s private key", stored->subject,
                       stored->thumbprint, day_of(matter, stored->not_before),
                       day_of(matter, stored->not_after), stored->has_key ? "with a" : "without a");
}

/* `endpoint`: of one address; or NULL, of any. */
static void take_fault(struct matter *matter, enum fault fault, const char *endpoint)
{
    if (!matter->finding)
        matter->alone = endpoint;
    if (!endpoint)
        matter->alone = NULL;
    if (!matter->finding)
        matter->finding = found(matter->x, matter->port->kind);
    if (fault > matter->worst)
        matter->worst = fault;
    if (fault > EARLY)
        set_text(matter->finding, faults[fault].value, "yes");
}

static void judge_binding(struct matter *matter, const struct certificate_binding *binding)
{
    const char *alone = is_wildcard(binding) ? NULL : binding->endpoint;
    const struct stored_certificate *stored;
    enum fault fault;

    if (!*binding->thumbprint) {
        take_fault(matter, NOT_BOUND, alone);
        saw(matter->finding, &matter->bindings->evidence, "%s is bound to no certificate",
            binding->endpoint);
        return;
    }
    if (!matter->store || !text_equal_fold(binding->store, "MY"))
        return;
    stored = stored_certificate_of(matter->store, binding->thumbprint);
    fault = fault_of(matter, stored);
    if (fault == FINE)
        return;
    take_fault(matter, fault, alone);
    set_text(matter->finding, "thumbprint", binding->thumbprint);
    saw(matter->finding, &matter->bindings->evidence, "%s is bound to the certificate %s",
        binding->endpoint, binding->thumbprint);
    saw(matter->finding, &matter->store->evidence, "%s",
        stored ? text_of(matter, stored) : "the computer's store has no such certificate");
}

/* ---- telling ---- */

/*
 * Those that are for something else, as Exchange and IIS name them; and for clients, one that has
 * the computer's own name without its domain.
 */
static bool is_for_clients(const struct matter *matter, const char *subject)
{
    static const char *const others[] = {"CN=Microsoft Exchange Server Auth", "CN=WMSVC",
                                         "CN=Federation", "CN=Exchange Delegation Federation"};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (text_starts_fold(subject, strlen(subject), others[i]))
            return false;
    }
    return matter->port->number == BACK_END_PORT || memchr(subject, '.', strcspn(subject, ","));
}

/* What could be bound in its place: with a key, and in its time. */
static void tell_candidates(const struct matter *matter)
{
    size_t count = 0;

    for (size_t i = 0; matter->store && i < matter->store->certificate_count; i++) {
        const struct stored_certificate *stored = &matter->store->certificates[i];

        if (!stored->is_read || fault_of(matter, stored) != FINE ||
            !is_for_clients(matter, stored->subject) || count++ >= CANDIDATES_SHOWN)
            continue;
        saw(matter->finding, &matter->store->evidence,
            "the store also has, with a key and in its time: %s", text_of(matter, stored));
    }
    if (count > CANDIDATES_SHOWN)
        saw(matter->finding, &matter->store->evidence, "and %zu more", count - CANDIDATES_SHOWN);
}

/* HTTP.SYS serves what it has loaded, until it loads it anew. */
static bool is_served_yet(const struct matter *matter)
{
    const struct powershell_view *view = matter->view;

    for (size_t i = 0; view && i < view->count; i++) {
        if (powershell_node_is_own(view, &view->nodes[i]) &&
            powershell_place_answers(&view->nodes[i], matter->port->place))
            return true;
    }
    return false;
}

static bool is_cause(const struct matter *matter)
{
    return matter->worst >= NO_KEY && !matter->alone && !is_served_yet(matter);
}

static void name_server(const struct powershell_case *of, struct finding *finding)
{
    powershell_name_machine(of, finding);
    if (of->server && of->server->given)
        set_vouched(finding, VALUE_NAME, "server", of->server->name, strlen(of->server->name));
    else if (of->server)
        set_value(finding, VALUE_NAME, "server", of->server->name, strlen(of->server->name));
}

static void tell_problem(const struct matter *matter)
{
    struct finding *finding = matter->finding;

    set_text(finding, "what",
             matter->alone ? arena_print(pass_memory(matter->x), "%s, for %s alone",
                                         faults[matter->worst].what, matter->alone)
                           : faults[matter->worst].what);
    name_server(matter->of, finding);
    if (matter->worst == EARLY) /* which takes steps away, so only where nothing else is wrong */
        set_text(finding, faults[EARLY].value, "yes");
    if (!is_cause(matter))
        finding_severity(finding, SEVERITY_WARNING);
    if (matter->worst >= NO_KEY && is_served_yet(matter))
        saw(finding, NULL,
            "port %u answered over TLS in this run: with what it has loaded, until it is loaded "
            "anew",
            matter->port->number);
    tell_candidates(matter);
}

static struct finding *tell_unknown(const struct matter *matter, const char *text)
{
    struct finding *finding = unknown(matter->x, matter->port->kind, "%s", text);

    name_server(matter->of, finding);
    return finding;
}

/* The last of those in order, and whether there is any that the store would have. */
static const struct stored_certificate *find_fine(const struct matter *matter, bool *is_of_store)
{
    const struct stored_certificate *fine = NULL;

    *is_of_store = false;
    for (size_t i = 0; i < matter->bindings->binding_count; i++) {
        const struct certificate_binding *binding = &matter->bindings->bindings[i];
        const struct stored_certificate *one;

        if (!is_judged(matter, binding) || !text_equal_fold(binding->store, "MY"))
            continue;
        *is_of_store = true;
        one = matter->store ? stored_certificate_of(matter->store, binding->thumbprint) : NULL;
        if (one && one->is_read)
            fine = one;
    }
    return fine;
}

static void tell_fine(const struct matter *matter)
{
    bool is_of_store;
    const struct stored_certificate *fine = find_fine(matter, &is_of_store);
    struct finding *finding;

    if (!fine && is_of_store)
        tell_unknown(matter,
                     arena_print(pass_memory(matter->x),
                                 "port %u is bound to a certificate, and nothing tells whether "
                                 "that is there still",
                                 matter->port->number));
    if (!fine)
        return;
    finding = healthy(matter->x, matter->port->kind, "port %u: %s", matter->port->number,
                      text_of(matter, fine));
    name_server(matter->of, finding);
}

/* Gives its cause. */
static unsigned judge_port(struct matter *matter)
{
    unsigned number = matter->port->number;

    for (size_t i = 0; i < matter->bindings->binding_count; i++) {
        if (is_judged(matter, &matter->bindings->bindings[i]))
            judge_binding(matter, &matter->bindings->bindings[i]);
    }
    if (number == BACK_END_PORT && !binds(matter) && knows_all_ports(matter->bindings) &&
        is_served(matter->of, number)) {
        take_fault(matter, NOT_BOUND, NULL);
        saw(matter->finding, &matter->bindings->evidence,
            "no certificate is bound to port %u, where the configuration has a web site with TLS",
            number);
    }
    if (matter->finding)
        tell_problem(matter);
    else if (binds(matter))
        tell_fine(matter);
    return is_cause(matter) ? matter->port->cause : 0;
}

/* A machine told of its store alone: what HTTP.SYS binds is closed to who asked. */
static bool is_half_read(const struct bound_certificates *some)
{
    return some->evidence.status == STATUS_OK && machine_in_path(some->path) &&
           !some->knows_bindings && some->binding_count == 0;
}

/* Why nothing is known of a machine that was asked. */
static void tell_unread(const struct matter *matter)
{
    for (size_t i = 0; i < matter->of->certificate_count; i++) {
        const struct bound_certificates *some = matter->of->certificates[i];
        struct finding *finding;

        if (!machine_is_unread(&some->evidence) && !is_half_read(some))
            continue;
        finding = tell_unknown(matter, "which certificates are bound could not be read");
        if (is_half_read(some)) {
            set_text(finding, "unread-denied", "yes");
            saw(finding, &some->evidence,
                "the computer's store could be read, and no keys of what HTTP.SYS binds");
        } else {
            machine_set_unread(finding, &some->evidence);
            saw_failure(finding, &some->evidence);
        }
        return;
    }
}

unsigned powershell_judge_certificates(struct examination *x, const struct powershell_case *of,
                                       const struct powershell_view *view)
{
    bool is_exchange = is_served(of, BACK_END_PORT);
    unsigned causes = 0;

    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        struct matter *matter = arena_new(pass_memory(x), 1, sizeof *matter);

        matter->x = x;
        matter->of = of;
        matter->view = view;
        matter->port = &ports[i];
        choose_evidence(matter);
        if (!matter->bindings && is_exchange)
            tell_unread(matter);
        if (!matter->bindings)
            return 0;
        is_exchange = is_exchange || powershell_binds_back_end(matter->bindings);
        if (is_exchange)
            causes |= judge_port(matter);
    }
    return causes;
}
