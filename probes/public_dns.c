#include "probes/public_dns.h"

#include <string.h>

enum {
    REFERRALS_MOST = 8, /* zone cuts on the way down */
    ALIASES_MOST = 4,
    PARENTS_ASKED = 2 /* servers of a zone above that are asked side by side */
};

struct server_list {
    struct ip_address list[PUBLIC_SERVERS_MOST];
    size_t count;
    const struct evidence *missing; /* the address of a server that could not be had, or NULL */
};

static const char *top_level_of(const char *name)
{
    while (dns_name_labels(name) > 1)
        name = dns_name_parent(name);
    return name;
}

static void add_server(struct server_list *servers, const struct ip_address *ip)
{
    for (size_t i = 0; i < servers->count; i++) {
        if (ip_equal(&servers->list[i], ip))
            return;
    }
    if (servers->count < PUBLIC_SERVERS_MOST)
        servers->list[servers->count++] = *ip;
}

/* IPv6 only where there is no IPv4: this machine may well be without the former. */
static bool add_glue(struct server_list *servers, const struct dns_answer *referral,
                     const char *host)
{
    static const uint16_t types[] = {DNS_A, DNS_AAAA};
    size_t before = servers->count;

    for (size_t t = 0; t < 2 && servers->count == before; t++) {
        for (size_t i = 0; i < referral->additional.count; i++) {
            const struct dns_record *record = &referral->additional.records[i];

            if (record->type == types[t] && dns_name_equal(record->owner, host))
                add_server(servers, &record->data.ip);
        }
    }
    return servers->count > before;
}

/* The addresses of a name server, by the resolver. False while they are on their way. */
static bool add_host(struct examination *x, struct server_list *servers, const char *host)
{
    const struct dns_answer *v4 = ask_dns(x, host, DNS_A), *v6;
    const struct dns_record *record = NULL;

    if (!v4)
        return false;
    while ((record = dns_answer_next(v4, record)))
        add_server(servers, &record->data.ip);
    if (dns_answer_has_records(v4))
        return true;
    v6 = ask_dns(x, host, DNS_AAAA);
    while (v6 && (record = dns_answer_next(v6, record)))
        add_server(servers, &record->data.ip);
    if (servers->count == 0)
        servers->missing = &v4->evidence;
    return v6 != NULL;
}

/* Those of the NS records in a section that belong to `zone`. */
static bool add_servers(struct examination *x, struct server_list *servers,
                        const struct dns_answer *answer, const struct dns_section *section,
                        const char *zone)
{
    bool known = true;

    for (size_t i = 0; i < section->count; i++) {
        const struct dns_record *record = &section->records[i];

        if (record->type == DNS_NS && dns_name_equal(record->owner, zone) &&
            !add_glue(servers, answer, record->data.name))
            known = add_host(x, servers, record->data.name) && known;
    }
    return known;
}

/* The zone that a referral hands `name` to, below the one at hand; NULL if it is none. */
static const char *referred_zone(const struct dns_answer *answer, const char *name,
                                 const char *zone)
{
    if (answer->rcode != DNS_NOERROR || answer->flags & DNS_AUTHORITATIVE || answer->answer.count)
        return NULL;
    for (size_t i = 0; i < answer->authority.count; i++) {
        const struct dns_record *record = &answer->authority.records[i];

        if (record->type == DNS_NS && dns_name_is_below(name, record->owner) &&
            dns_name_is_below(record->owner, zone) && !dns_name_equal(record->owner, zone))
            return record->owner;
    }
    return NULL;
}

static struct public_view unreachable(const struct evidence *obstacle, const char *reason)
{
    return (struct public_view){
        .state = PUBLIC_UNREACHABLE, .obstacle = obstacle, .reason = reason};
}

static const struct public_view pending = {.state = PUBLIC_PENDING};

/* The first answer of a zone's servers, asking a few side by side; NULL while on its way. */
static const struct dns_answer *first_answer(struct examination *x, const char *name,
                                             enum dns_type type, const struct server_list *servers,
                                             bool *waiting)
{
    const struct dns_answer *failed = NULL;

    for (size_t i = 0; i < servers->count; i++) {
        const struct dns_answer *answer = ask_dns_at(x, name, type, &servers->list[i]);

        if (answer && answer->evidence.status == STATUS_OK)
            return answer;
        *waiting = *waiting || !answer;
        failed = answer ? answer : failed;
        if (i + 1 >= PARENTS_ASKED && *waiting)
            return NULL;
    }
    return *waiting ? NULL : failed;
}

/* The servers answer for the zone themselves: what each of them says is the view. */
static struct public_view ask_all(struct examination *x, const char *name, enum dns_type type,
                                  const struct server_list *servers)
{
    struct public_view view = {.state = PUBLIC_KNOWN};

    for (size_t i = 0; i < servers->count; i++) {
        const struct dns_answer *answer = ask_dns_at(x, name, type, &servers->list[i]);

        if (!answer)
            view.state = PUBLIC_PENDING;
        else if (answer->evidence.status == STATUS_OK && answer->flags & DNS_AUTHORITATIVE)
            view.answers[view.count++] = answer;
        else
            view.unheard[view.unheard_count++] = answer;
    }
    if (view.state == PUBLIC_KNOWN && view.count == 0)
        return unreachable(view.unheard_count ? &view.unheard[0]->evidence : servers->missing,
                           "none of the name servers it is delegated to answers for it");
    return view;
}

/* Where the name is nothing but an alias: its target. */
static const char *alias_of(const struct public_view *view, enum dns_type type)
{
    const struct dns_section *section;

    if (view->state != PUBLIC_KNOWN || type == DNS_CNAME)
        return NULL;
    for (size_t i = 0; i < view->count; i++) {
        if (dns_answer_next(view->answers[i], NULL))
            return NULL;
    }
    section = &view->answers[0]->answer;
    for (size_t i = section->count; i > 0; i--) {
        if (section->records[i - 1].type == DNS_CNAME)
            return section->records[i - 1].data.name;
    }
    return NULL;
}

/*
 * A server of a zone above may hold the name's own zone too, and answer for it: then
 * the zone's own list says who else does. False while that is on its way.
 */
static bool find_own_servers(struct examination *x, const char *name, const char *zone,
                             const struct dns_answer *answer, struct server_list *servers)
{
    const struct dns_answer *own;

    if (dns_name_equal(name, zone))
        return true;
    own = ask_dns_at(x, name, DNS_NS, &answer->at.ip);
    if (!own)
        return false;
    if (!dns_answer_has_records(own) || !(own->flags & DNS_AUTHORITATIVE))
        return true;
    *servers = (struct server_list){0};
    return add_servers(x, servers, own, &own->answer, name);
}

/*
 * Whether one of the top-level domain's servers is what it should be. A firewall that
 * sends every DNS question to a server inside makes that one answer in their name; it
 * has no authority over the top-level domain, though.
 */
static bool is_top_level(const struct dns_answer *soa)
{
    return soa->evidence.status != STATUS_OK || soa->flags & DNS_AUTHORITATIVE;
}

/* The servers of the top-level domain, or why they are not known. */
static struct public_view find_top(struct examination *x, const char *zone,
                                   struct server_list *servers)
{
    const struct dns_answer *ns = ask_dns(x, zone, DNS_NS), *soa;

    if (!ns)
        return pending;
    if (dns_answer_no_such_name(ns))
        return unreachable(&ns->evidence,
                           "there is no top-level domain of that name: is it spelt right?");
    if (!dns_answer_has_records(ns))
        return unreachable(&ns->evidence, "the servers of its top-level domain are not known");
    if (!add_servers(x, servers, ns, &ns->answer, zone) && servers->count == 0)
        return pending;
    if (servers->count == 0)
        return unreachable(servers->missing,
                           "no address of the servers of its top-level domain is known");
    soa = ask_dns_at(x, zone, DNS_SOA, &servers->list[0]);
    if (soa && !is_top_level(soa))
        return unreachable(&soa->evidence,
                           "DNS questions to servers outside are answered by something on the way");
    return (struct public_view){.state = soa ? PUBLIC_KNOWN : PUBLIC_PENDING};
}

/* Down from the top-level domain, one referral after the other. */
static struct public_view descend(struct examination *x, const char *name, enum dns_type type)
{
    const char *zone = top_level_of(name);
    struct server_list servers = {0};
    struct public_view top = find_top(x, zone, &servers);

    if (top.state == PUBLIC_UNREACHABLE || servers.count == 0)
        return top;
    for (int referral = 0; referral < REFERRALS_MOST; referral++) {
        bool waiting = false;
        const struct dns_answer *answer = first_answer(x, name, type, &servers, &waiting);
        const char *below;

        if (top.state == PUBLIC_PENDING || (waiting && !answer))
            return pending;
        if (!answer)
            return unreachable(servers.missing, "no address of its name servers is known");
        if (answer->evidence.status != STATUS_OK)
            return unreachable(&answer->evidence,
                               referral ? "the name servers it is delegated to give no answer"
                                        : "the name servers above it could not be asked");
        below = referred_zone(answer, name, zone);
        if (!below && !find_own_servers(x, name, zone, answer, &servers))
            return pending;
        if (!below)
            return ask_all(x, name, type, &servers);
        servers = (struct server_list){0};
        if (!add_servers(x, &servers, answer, &answer->authority, below))
            return pending;
        zone = below;
    }
    return unreachable(NULL, "its delegation never ends");
}

struct public_view public_dns(struct examination *x, const char *name, enum dns_type type)
{
    struct public_view view = {0};

    if (ask_settings(x)->dns_count > 0) {
        const struct dns_answer *answer = ask_dns(x, name, type);

        if (!answer)
            return pending;
        if (answer->evidence.status != STATUS_OK)
            return unreachable(&answer->evidence,
                               "the servers given with --dns gave no answer of use");
        return (struct public_view){.state = PUBLIC_KNOWN, .answers = {answer}, .count = 1};
    }
    for (int alias = 0; name && alias <= ALIASES_MOST; alias++) {
        if (dns_name_is_private(name)) {
            if (alias == 0)
                view.state = PUBLIC_NONE;
            return view;
        }
        view = descend(x, name, type);
        name = alias_of(&view, type);
    }
    return name ? unreachable(NULL, "its aliases never end") : view;
}
