#include "probes/mx/exchangers.h"

#include "probes/public_dns.h"

#include <stdlib.h>
#include <string.h>

/* ---- records ---- */

static bool is_named(const struct mx_exchangers *mx, const struct mx_exchanger *exchanger)
{
    for (size_t i = 0; i < mx->count; i++) {
        if (mx->list[i].preference == exchanger->preference &&
            strcmp(mx->list[i].name, exchanger->name) == 0)
            return true;
    }
    return false;
}

static void add_exchanger(struct mx_exchangers *mx, const struct mx_exchanger *exchanger)
{
    if (is_named(mx, exchanger))
        return;
    mx->total++;
    if (mx->count == MX_EXCHANGERS_MOST)
        return;
    mx->list = arena_grow(mx->arena, mx->list, &mx->room, mx->count, sizeof *mx->list);
    mx->list[mx->count++] = *exchanger;
}

static const char *folded(struct arena *arena, const char *name)
{
    struct buffer text;

    buffer_init(&text, DNS_NAME_TEXT_SIZE);
    dns_name_fold(name, &text);
    return buffer_keep(&text, arena);
}

static void add_record(struct arena *arena, struct mx_exchangers *mx,
                       const struct dns_record *record)
{
    struct mx_exchanger exchanger = {.name = folded(arena, record->data.mx.exchange),
                                     .preference = record->data.mx.preference,
                                     .ttl = record->ttl};

    if (strcmp(exchanger.name, ".") == 0) {
        mx->has_null = true;
        return;
    }
    ip_parse(exchanger.name, strlen(exchanger.name), &exchanger.literal);
    add_exchanger(mx, &exchanger);
}

static int compare_records(const void *a, const void *b)
{
    const struct dns_record *one = *(const struct dns_record *const *)a;
    const struct dns_record *other = *(const struct dns_record *const *)b;

    if (one->data.mx.preference != other->data.mx.preference)
        return one->data.mx.preference < other->data.mx.preference ? -1 : 1;
    return strcmp(one->data.mx.exchange, other->data.mx.exchange);
}

/*
 * All that any of the domain's name servers names, for each of them has senders that it
 * tells. The best come first before any is left out.
 */
static void read_records(struct arena *arena, const struct public_view *view,
                         struct mx_exchangers *mx)
{
    const struct dns_record **records = NULL, *record = NULL;
    size_t count = 0, room = 0;

    for (size_t i = 0; i < view->count; i++) {
        while ((record = dns_answer_next(view->answers[i], record))) {
            records = arena_grow(arena, records, &room, count, sizeof(struct dns_record *));
            records[count++] = record;
        }
    }
    if (count > 1)
        qsort(records, count, sizeof(struct dns_record *), compare_records);
    for (size_t i = 0; i < count; i++)
        add_record(arena, mx, records[i]);
}

/* ---- addresses ---- */

bool mx_is_authenticated(const struct dns_answer *answer)
{
    static const struct ip_address v4_loopback = {IP_V4, {127}};
    static const struct ip_address v6_loopback = {IP_V6, {[15] = 1}};

    return answer->flags & DNS_AUTHENTICATED &&
           (ip_is_in_network(&answer->server.ip, &v4_loopback, 8) ||
            ip_equal(&answer->server.ip, &v6_loopback));
}

static void add_address(struct mx_exchangers *mx, size_t exchanger, const struct ip_address *ip)
{
    mx->list[exchanger].addresses++;
    for (size_t i = 0; i < mx->address_count; i++) {
        if (ip_equal(&mx->addresses[i].ip, ip))
            return;
    }
    mx->address_total++;
    if (mx->address_count == MX_ADDRESSES_MOST)
        return;
    mx->addresses = arena_grow(mx->arena, mx->addresses, &mx->address_room, mx->address_count,
                               sizeof *mx->addresses);
    mx->addresses[mx->address_count++] = (struct mx_address){*ip, exchanger};
}

static void add_answer(struct mx_exchangers *mx, size_t exchanger, const struct dns_answer *answer)
{
    const struct dns_record *record = NULL;

    while ((record = dns_answer_next(answer, record)))
        add_address(mx, exchanger, &record->data.ip);
}

static const char *alias_in(const struct dns_answer *answer)
{
    const char *target = NULL;

    if (answer->evidence.status != STATUS_OK)
        return NULL;
    for (size_t i = 0; i < answer->answer.count; i++) {
        if (answer->answer.records[i].type == DNS_CNAME)
            target = answer->answer.records[i].data.name;
    }
    return target;
}

static bool ask_addresses(struct examination *x, struct mx_exchanger *exchanger)
{
    if (exchanger->literal.family != IP_NONE)
        return true;
    exchanger->v4 = ask_dns(x, exchanger->name, DNS_A);
    exchanger->v6 = ask_dns(x, exchanger->name, DNS_AAAA);
    return exchanger->v4 && exchanger->v6;
}

static void add_exchanger_addresses(struct mx_exchangers *mx, size_t index)
{
    struct mx_exchanger *exchanger = &mx->list[index];

    if (exchanger->literal.family != IP_NONE) {
        add_address(mx, index, &exchanger->literal);
        return;
    }
    if (exchanger->v4) {
        exchanger->alias = alias_in(exchanger->v4);
        add_answer(mx, index, exchanger->v4);
    }
    if (exchanger->v6)
        add_answer(mx, index, exchanger->v6);
}

/* False while some are on their way; the list then has those that are known. */
static bool resolve(struct examination *x, struct mx_exchangers *mx)
{
    bool known = true;

    for (size_t i = 0; i < mx->count; i++)
        known = ask_addresses(x, &mx->list[i]) && known;
    for (size_t i = 0; i < mx->count; i++)
        add_exchanger_addresses(mx, i);
    return known;
}

static const struct dns_record *record_in(const struct dns_answer *answer,
                                          const struct ip_address *ip)
{
    const struct dns_record *record = NULL;

    while (answer && (record = dns_answer_next(answer, record))) {
        if (ip_equal(&record->data.ip, ip))
            return record;
    }
    return NULL;
}

const struct dns_record *mx_address_record(const struct mx_exchanger *exchanger,
                                           const struct ip_address *ip)
{
    return record_in(ip->family == IP_V4 ? exchanger->v4 : exchanger->v6, ip);
}

bool mx_leads_to(const struct mx_exchanger *exchanger, const struct ip_address *ip)
{
    return exchanger->literal.family != IP_NONE ? ip_equal(&exchanger->literal, ip)
                                                : mx_address_record(exchanger, ip) != NULL;
}

/* In a run recorded before exchangers were called, not all that is asked now is there. */
static bool has_failed(const struct dns_answer *answer, bool is_partly_known)
{
    enum status status = answer->evidence.status;

    return status != STATUS_OK && !(is_partly_known && status == STATUS_NOT_RECORDED);
}

bool mx_is_unresolved(const struct mx_exchanger *exchanger)
{
    bool is_partly_known = exchanger->addresses > 0;

    return exchanger->v4 && exchanger->v6 &&
           (has_failed(exchanger->v4, is_partly_known) ||
            has_failed(exchanger->v6, is_partly_known));
}

/* ---- a domain ---- */

/* RFC 5321 5.1: without an MX record the domain itself is the exchanger. */
static void be_implicit(struct examination *x, const char *domain, struct mx_exchangers *mx)
{
    mx->is_implicit = true;
    add_exchanger(mx, &(struct mx_exchanger){.name = domain});
    if (!resolve(x, mx))
        return;
    mx->state = MX_FOUND;
    if (mx->address_count > 0)
        return;
    if (mx_is_unresolved(&mx->list[0])) {
        mx->state = MX_UNREADABLE;
        mx->obstacle = mx->list[0].v4->evidence.status != STATUS_OK ? &mx->list[0].v4->evidence
                                                                    : &mx->list[0].v6->evidence;
        mx->reason = "it has no MX record, and its own addresses could not be asked for";
        return;
    }
    mx->state = dns_answer_no_such_name(mx->answer) ? MX_NO_DOMAIN : MX_NOWHERE;
}

static void read_view(struct examination *x, const char *domain, const struct public_view *view,
                      struct mx_exchangers *mx)
{
    mx->answer = view->answers[0];
    read_records(pass_memory(x), view, mx);
    if (mx->count == 0 && mx->has_null)
        mx->state = MX_NO_MAIL;
    else if (mx->count == 0)
        be_implicit(x, domain, mx);
    else if (resolve(x, mx))
        mx->state = MX_FOUND;
}

static struct mx_exchangers *new_exchangers(struct examination *x)
{
    struct mx_exchangers *mx = arena_new(pass_memory(x), 1, sizeof *mx);

    mx->arena = pass_memory(x);
    return mx;
}

const struct mx_exchangers *mx_exchangers_of(struct examination *x, const char *domain)
{
    struct mx_exchangers *mx = new_exchangers(x);
    struct public_view view = public_dns(x, domain, DNS_MX);

    if (view.state == PUBLIC_NONE)
        mx->state = MX_PRIVATE;
    if (view.state == PUBLIC_UNREACHABLE) {
        mx->state = MX_UNREADABLE;
        mx->obstacle = view.obstacle;
        mx->reason = view.reason;
    }
    if (view.state == PUBLIC_KNOWN)
        read_view(x, domain, &view, mx);
    return mx;
}

const struct mx_exchangers *mx_addresses_of_host(struct examination *x, const char *host)
{
    struct mx_exchangers *mx = new_exchangers(x);
    struct mx_exchanger exchanger = {.name = host};

    ip_parse(host, strlen(host), &exchanger.literal);
    add_exchanger(mx, &exchanger);
    if (resolve(x, mx))
        mx->state = MX_FOUND;
    return mx;
}
