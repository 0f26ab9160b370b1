#include "probes/ad_domain.h"

#include "diag/text.h"

#include <string.h>

enum { CANDIDATES_MOST = 6 }; /* names that may be a host's domain */

static const char *folded(struct arena *arena, const char *name)
{
    struct buffer text;

    buffer_init(&text, DNS_NAME_TEXT_SIZE);
    dns_name_fold(name, &text);
    return buffer_keep(&text, arena);
}

static const char *in_capitals(struct arena *arena, const char *name)
{
    char *text = arena_copy_string(arena, name);

    for (char *at = text; *at; at++) {
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    }
    return text;
}

/* ---- a domain ---- */

static bool is_listed(const struct ad_domain *domain, const char *name)
{
    for (size_t i = 0; i < domain->count; i++) {
        if (strcmp(domain->controllers[i], name) == 0)
            return true;
    }
    return false;
}

/* "." says that there is none. */
static void add_target(struct arena *arena, struct ad_domain *domain,
                       const struct dns_record *record)
{
    const char *name = folded(arena, record->data.srv.target);

    if (strcmp(name, ".") == 0 || is_listed(domain, name))
        return;
    domain->total++;
    if (domain->count < AD_CONTROLLERS_MOST)
        domain->controllers[domain->count++] = name;
}

/* In the order of the answers, which is the same when names are redacted. */
static void read_domain(struct examination *x, const char *name, const struct dns_answer *all,
                        const struct dns_answer *pdc, struct ad_domain *domain)
{
    struct arena *arena = pass_memory(x);
    const struct dns_record *record = NULL;

    if ((record = dns_answer_next(pdc, NULL)))
        add_target(arena, domain, record);
    domain->pdc = domain->count ? domain->controllers[0] : NULL;
    record = NULL;
    while ((record = dns_answer_next(all, record)))
        add_target(arena, domain, record);
    domain->answer = all;
    domain->state = domain->count ? AD_DOMAIN_FOUND : AD_DOMAIN_NONE;
    if (domain->count == 0)
        return;
    domain->name = folded(arena, name);
    domain->realm = in_capitals(arena, domain->name);
}

const struct ad_domain *ad_domain_of(struct examination *x, const char *name)
{
    struct arena *arena = pass_memory(x);
    struct ad_domain *domain = arena_new(arena, 1, sizeof *domain);
    const struct dns_answer *all =
        ask_dns(x, arena_print(arena, "_ldap._tcp.dc._msdcs.%s", name), DNS_SRV);
    const struct dns_answer *pdc =
        ask_dns(x, arena_print(arena, "_ldap._tcp.pdc._msdcs.%s", name), DNS_SRV);

    domain->state = AD_DOMAIN_PENDING;
    domain->looked_for = name;
    if (!all || !pdc)
        return domain;
    if (all->evidence.status == STATUS_OK) {
        read_domain(x, name, all, pdc, domain);
        return domain;
    }
    domain->obstacle = &all->evidence;
    domain->state =
        all->evidence.status == STATUS_NOT_RECORDED ? AD_DOMAIN_NOT_ASKED : AD_DOMAIN_UNREADABLE;
    return domain;
}

/* ---- a host ---- */

struct candidates {
    const char *names[CANDIDATES_MOST];
    size_t count;
};

/* No name that DNS would not take: an NTLM challenge holds whatever its sender likes. */
static void add_candidate(struct candidates *candidates, struct arena *arena, const char *name)
{
    enum { PREFIX_SIZE = sizeof "_ldap._tcp.pdc._msdcs." };
    uint8_t wire[DNS_NAME_WIRE_MOST];
    size_t size;

    if (!name || candidates->count == CANDIDATES_MOST || !strchr(name, '.') ||
        dns_name_to_wire(name, wire, &size) != STATUS_OK || size < 2 ||
        size + PREFIX_SIZE > DNS_NAME_WIRE_MOST)
        return;
    name = folded(arena, name);
    if (!strchr(name, '.') || strcmp(name, ".") == 0)
        return;
    for (size_t i = 0; i < candidates->count; i++) {
        if (strcmp(candidates->names[i], name) == 0)
            return;
    }
    candidates->names[candidates->count++] = name;
}

/* Of one organisation by their names: the domain is below the one that the host's name is in. */
static bool is_kin(const char *host, const char *told)
{
    const char *dot = strchr(host, '.');

    return told && dot && strchr(dot + 1, '.') && dns_name_is_below(told, dot + 1);
}

const struct ad_domain *ad_domain_of_host(struct examination *x, const char *host, const char *told)
{
    /* What is said of a host of which nothing better can be said: the later, the better. */
    static const enum ad_domain_state ranks[] = {AD_DOMAIN_NONE, AD_DOMAIN_NOT_ASKED,
                                                 AD_DOMAIN_UNREADABLE, AD_DOMAIN_PENDING};
    struct arena *arena = pass_memory(x);
    struct ad_domain *none = arena_new(arena, 1, sizeof *none);
    const struct ad_domain *domains[CANDIDATES_MOST], *best = none;
    struct candidates candidates = {.count = 0};
    struct ip_address ip;

    none->state = AD_DOMAIN_NONE;
    if (is_kin(host, told))
        add_candidate(&candidates, arena, told);
    if (ip_parse(host, strlen(host), &ip) != STATUS_OK) {
        for (const char *dot = strchr(host, '.'); dot; dot = strchr(dot + 1, '.'))
            add_candidate(&candidates, arena, dot + 1);
    }
    add_candidate(&candidates, arena, told);
    for (size_t i = 0; i < candidates.count; i++)
        domains[i] = ad_domain_of(x, candidates.names[i]);
    for (size_t rank = 0; rank < sizeof ranks / sizeof *ranks; rank++) {
        for (size_t i = candidates.count; i-- > 0;)
            best = domains[i]->state == ranks[rank] ? domains[i] : best;
    }
    for (size_t i = candidates.count; best->state != AD_DOMAIN_PENDING && i-- > 0;)
        best = domains[i]->state == AD_DOMAIN_FOUND ? domains[i] : best;
    return best;
}

const struct ad_domain *ad_domain_over(struct examination *x, const struct ad_domain *domain)
{
    const struct ad_domain *over;

    if (domain->state != AD_DOMAIN_FOUND)
        return NULL;
    over = ad_domain_of_host(x, domain->name, NULL);
    return over->state == AD_DOMAIN_FOUND || over->state == AD_DOMAIN_PENDING ? over : NULL;
}

/* ---- the domains that the user named, or that are as good as named ---- */

const struct ad_domain *ad_domain_own(struct examination *x)
{
    const struct machine_identity *machine;
    struct ad_domain *pending;

    if (!ask_settings(x)->everything)
        return NULL;
    machine = ask_machine(x, "");
    if (machine)
        return machine->domain && dns_name_labels(machine->domain) > 0
                   ? ad_domain_of(x, machine->domain)
                   : NULL;
    pending = arena_new(pass_memory(x), 1, sizeof *pending);
    pending->state = AD_DOMAIN_PENDING;
    return pending;
}

static bool is_among(const struct ad_domain *domain, const char *controller)
{
    return !controller || is_listed(domain, controller);
}

const struct ad_domain *ad_domain_named(struct examination *x, const char *controller)
{
    struct subject_list named = ask_subjects(x, SUBJECT_DOMAIN);
    const struct ad_domain *own = ad_domain_own(x), *found = NULL, *pending = NULL;
    size_t given = 0, count = 0;

    if (own)
        return own->state == AD_DOMAIN_PENDING ||
                       (own->state == AD_DOMAIN_FOUND && is_among(own, controller))
                   ? own
                   : NULL;
    for (size_t i = 0; i < named.count && given < AD_DOMAINS_MOST; i++) {
        const struct ad_domain *domain;

        if (!named.list[i]->given)
            continue;
        given++;
        domain = ad_domain_of(x, named.list[i]->name);
        if (domain->state == AD_DOMAIN_PENDING)
            pending = domain;
        if (domain->state == AD_DOMAIN_FOUND && is_among(domain, controller) && count++ == 0)
            found = domain;
    }
    if (pending)
        return pending;
    return count == 1 ? found : NULL;
}

const struct ad_domain *ad_domain_above(struct examination *x, const char *host)
{
    struct subject_list named = ask_subjects(x, SUBJECT_DOMAIN);
    const struct ad_domain *own = ad_domain_own(x), *found = NULL, *pending = NULL;

    if (own && own->state == AD_DOMAIN_PENDING)
        return own;
    if (own && own->state == AD_DOMAIN_FOUND && dns_name_is_below(host, own->name))
        return own;
    for (size_t i = 0; i < named.count; i++) {
        const struct ad_domain *domain;

        if (!named.list[i]->given || !dns_name_is_below(host, named.list[i]->name))
            continue;
        domain = ad_domain_of(x, named.list[i]->name);
        if (domain->state == AD_DOMAIN_PENDING)
            pending = domain;
        if (domain->state == AD_DOMAIN_FOUND &&
            (!found || dns_name_is_below(domain->name, found->name)))
            found = domain;
    }
    return pending ? pending : found;
}
