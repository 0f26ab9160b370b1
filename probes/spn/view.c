#include "probes/spn/view.h"

#include "diag/read/dns_name.h"
#include "diag/read/ldap_text.h"
#include "diag/text.h"
#include "probes/spn/events.h"
#include "probes/spn/exps.h"
#include "probes/spn/offers.h"
#include "probes/spn/offers_in_logs.h"

#include <string.h>

enum {
    FILTER_MOST = 65536,
    ADDRESSES_TRIED = 2,
    DOMAINS_LOOKED_AT = 16,
    SERVERS_LOOKED_AT = 64,
    HOSTS_LOOKED_AT = 16 /* of one domain, or one list of smart hosts */
};

/* ---- whose directory it is in ---- */

/* That of a server which the user named, where this one is in it, too: it may be the same. */
static const struct ad_domain *domain_of_given(struct examination *x, const char *host)
{
    struct subject_list servers = ask_subjects(x, SUBJECT_SERVER);

    for (size_t i = 0; i < servers.count; i++) {
        const struct ad_domain *domain;

        if (!servers.list[i]->given)
            continue;
        domain = ad_domain_of_host(x, servers.list[i]->name, NULL);
        if (domain->state == AD_DOMAIN_PENDING ||
            (domain->state == AD_DOMAIN_FOUND && dns_name_is_below(host, domain->name)))
            return domain;
    }
    return NULL;
}

/*
 * A server that was found, not named, is the user's business if the domain above it is, or if a
 * directory of the user's lists it.
 */
static const struct ad_domain *domain_of(struct examination *x, const struct subject *server)
{
    const struct ad_domain *domain;

    if (!server->given) {
        domain = ad_domain_above(x, server->name);
        domain = domain ? domain : domain_of_given(x, server->name);
        return domain ? domain : ad_domain_named(x, NULL);
    }
    domain = ad_domain_of_host(x, server->name, NULL);
    return domain->state == AD_DOMAIN_NONE ? ad_domain_named(x, NULL) : domain;
}

/* By its full name, or as the only one that calls itself by this name. */
static const struct spn_server *find_server(const struct spn_servers *servers, const char *host)
{
    const struct spn_server *server = spn_server_of(servers, host), *found = NULL;

    for (size_t i = 0; i < servers->count && !server; i++) {
        if (!spn_server_calls_itself(&servers->list[i], host))
            continue;
        if (found)
            return NULL;
        found = &servers->list[i];
    }
    return server ? server : found;
}

/* The directory of nobody: all that is known is in exports. */
static const struct spn_forest *no_forest(struct examination *x)
{
    struct spn_forest *none = arena_new(pass_memory(x), 1, sizeof *none);

    none->state = SPN_FOREST_NONE;
    return none;
}

/* An export of another forest is nothing that this directory has a say in. */
static void find_configuration(struct examination *x, struct spn_view *view, const char *host)
{
    view->server = find_server(&view->forest->servers, host);
    view->server_source = view->forest->servers_source;
    if (view->server)
        return;
    view->server = find_server(&view->exports->servers, host);
    view->server_source = view->exports->servers_source;
    if (view->server && !spn_forest_has(x, view->forest, view->server->dn))
        view->forest = no_forest(x);
}

/* ---- port 25 ---- */

struct talk {
    bool is_pending;
    struct ip_address ip; /* of the conversation */
    const struct smtp_conversation *conversation;
    const struct evidence *obstacle; /* why there is none */
};

static size_t addresses_of(struct examination *x, const char *host, struct ip_address *list,
                           struct talk *talk)
{
    static const enum dns_type types[] = {DNS_A, DNS_AAAA};
    size_t count = 0;

    if (ip_parse(host, strlen(host), list) == STATUS_OK)
        return 1;
    for (size_t i = 0; i < 2; i++) {
        const struct dns_answer *answer = ask_dns(x, host, types[i]);
        const struct dns_record *record = NULL;

        talk->is_pending = talk->is_pending || !answer;
        while (answer && count < ADDRESSES_TRIED && (record = dns_answer_next(answer, record)))
            list[count++] = record->data.ip;
        if (answer && (i == 0 || count == 0))
            talk->obstacle = &answer->evidence;
    }
    return count;
}

/* With the first of its addresses that answers. */
static struct talk talk_to(struct examination *x, const char *host)
{
    struct talk talk = {.is_pending = false};
    struct ip_address list[ADDRESSES_TRIED], literal;
    size_t count = addresses_of(x, host, list, &talk);
    bool is_address = ip_parse(host, strlen(host), &literal) == STATUS_OK;

    for (size_t i = 0; i < count && !talk.conversation && !talk.is_pending; i++) {
        const struct smtp_conversation *conversation =
            ask_smtp(x, &list[i], SERVICE_SMTP, is_address ? NULL : host);

        talk.is_pending = !conversation;
        if (!conversation)
            break;
        talk.obstacle = &conversation->evidence;
        if (conversation->evidence.status != STATUS_OK)
            continue;
        talk.conversation = conversation;
        talk.ip = list[i];
    }
    return talk;
}

static void converse(struct examination *x, struct spn_view *view)
{
    struct talk talk = talk_to(x, view->host);

    view->is_pending = view->is_pending || talk.is_pending;
    view->conversation = talk.conversation;
    view->ip = talk.ip;
    view->no_conversation = talk.obstacle;
}

/* ---- whose it is ---- */

/* A name in one of the forest's domains is the organisation's. */
static bool is_of_domains(const struct spn_forest *forest, const char *host)
{
    for (size_t i = 0; i < forest->domain_count; i++) {
        if (dns_name_is_below(host, forest->domains[i].name))
            return true;
    }
    return forest->domain && dns_name_is_below(host, forest->domain);
}

static bool has_address(const struct dns_answer *answer, const struct ip_address *ip)
{
    const struct dns_record *record = NULL;

    while (answer && (record = dns_answer_next(answer, record))) {
        if (ip_equal(&record->data.ip, ip))
            return true;
    }
    return false;
}

/* Both names have an address in common. */
static bool leads_to(struct examination *x, struct spn_view *view, const char *host)
{
    static const enum dns_type types[] = {DNS_A, DNS_AAAA};

    for (size_t i = 0; i < 2; i++) {
        const struct dns_answer *of_view = ask_dns(x, view->host, types[i]);
        const struct dns_answer *of_host = ask_dns(x, host, types[i]);
        const struct dns_record *record = NULL;

        view->is_pending = view->is_pending || !of_view || !of_host;
        while (of_view && (record = dns_answer_next(of_view, record))) {
            if (has_address(of_host, &record->data.ip))
                return true;
        }
    }
    return false;
}

/* What only a log has: Exchange 2003 tries X-EXPS with whoever offers it, on the Internet, too. */
static bool is_stranger(struct examination *x, struct spn_view *view)
{
    const struct spn_servers *servers = &view->forest->servers;
    struct ip_address ip;
    bool is_address = ip_parse(view->host, strlen(view->host), &ip) == STATUS_OK;

    if (view->is_given || view->server || view->forest->state != SPN_FOREST_FOUND ||
        is_of_domains(view->forest, view->host))
        return false;
    for (size_t i = 0; !is_address && i < servers->count && i < SERVERS_LOOKED_AT; i++) {
        if (servers->list[i].host && leads_to(x, view, servers->list[i].host))
            return false;
    }
    return true;
}

/* ---- its names ---- */

static bool is_logged(struct examination *x, const char *host)
{
    return spn_is_logged(x, host) || spn_is_refused_in_logs(x, host) ||
           spn_is_without_offer(x, host);
}

/* ---- names by which others come to it ---- */

/* Its own name, or one that leads to the address of the conversation. */
static bool leads_here(struct examination *x, struct spn_view *view, const char *host)
{
    const struct dns_answer *answer;

    if (dns_name_equal(host, view->host))
        return true;
    if (!view->conversation)
        return false;
    answer = ask_dns(x, host, view->ip.family == IP_V4 ? DNS_A : DNS_AAAA);
    view->is_pending = view->is_pending || !answer;
    return has_address(answer, &view->ip);
}

/* Mail exchangers of the domains that the user named. */
static void add_exchangers(struct examination *x, struct spn_view *view)
{
    struct subject_list domains = ask_subjects(x, SUBJECT_DOMAIN);
    size_t looked_at = 0;

    for (size_t i = 0; i < domains.count && looked_at < DOMAINS_LOOKED_AT; i++) {
        const struct dns_answer *answer;
        const struct dns_record *record = NULL;
        size_t hosts = 0;

        if (!domains.list[i]->given)
            continue;
        looked_at++;
        answer = ask_dns(x, domains.list[i]->name, DNS_MX);
        view->is_pending = view->is_pending || !answer;
        while (answer && hosts++ < HOSTS_LOOKED_AT && (record = dns_answer_next(answer, record))) {
            const char *host = record->data.mx.exchange;

            if (spn_is_host(host) && leads_here(x, view, host))
                spn_names_add(&view->names, pass_memory(x), host, SPN_EXCHANGER, false,
                              &answer->evidence);
        }
    }
}

/* "[192.0.2.1];relay.contoso.com": those with a name. */
static void add_smart_hosts(struct examination *x, struct spn_view *view, const char *list,
                            const struct evidence *source)
{
    struct arena *arena = pass_memory(x);

    for (size_t hosts = 0; *list && hosts < HOSTS_LOOKED_AT; hosts++) {
        size_t size = strcspn(list, ";, ");
        const char *host = arena_copy(arena, list, size);

        if (spn_is_host(host) && leads_here(x, view, host))
            spn_names_add(&view->names, arena, host, SPN_SMART_HOST, true, source);
        list += size + strspn(list + size, ";, ");
    }
}

static void add_smart_hosts_of(struct examination *x, struct spn_view *view,
                               const struct spn_servers *servers, const struct evidence *source)
{
    for (size_t i = 0; i < servers->count; i++) {
        for (size_t k = 0; k < servers->list[i].listener_count; k++) {
            const char *list = servers->list[i].listeners[k].smart_host;

            if (list)
                add_smart_hosts(x, view, list, source);
        }
    }
}

/* A name that the user has typed may be asked for. */
static void vouch_for_given(struct spn_view *view)
{
    for (size_t i = 0; view->is_given && i < view->names.count; i++) {
        struct spn_name *name = &view->names.list[i];

        name->is_vouched = name->is_vouched || dns_name_equal(name->host, view->host);
    }
}

/* What it announces counts where it lets others log on by Kerberos, or should. */
static void collect_names(struct examination *x, struct spn_view *view)
{
    struct arena *arena = pass_memory(x);

    if (view->server)
        spn_names_add_server(&view->names, arena, view->server, view->server_source);
    if (view->conversation && (view->server || spn_offers_kerberos(view->conversation)))
        spn_names_add_announced(&view->names, arena, view->conversation);
    vouch_for_given(view);
    add_exchangers(x, view);
    add_smart_hosts_of(x, view, &view->forest->servers, view->forest->servers_source);
    add_smart_hosts_of(x, view, &view->exports->servers, view->exports->servers_source);
    if (view->is_logged)
        spn_names_add(&view->names, arena, view->host, SPN_LOGGED, false, NULL);
    for (size_t i = 0; i < view->names.count; i++) {
        if (is_logged(x, view->names.list[i].host))
            view->names.list[i].reasons |= SPN_LOGGED;
    }
}

/* ---- others that go by its names ---- */

static bool is_own(const struct spn_view *view, const char *host)
{
    return dns_name_equal(host, view->host) ||
           (view->server && text_equal_fold(host, view->server->name));
}

/* Another server of the directory that is examined, too, so that no more is asked than else. */
static const struct spn_server *other_server(const struct spn_view *view,
                                             const struct subject *subject)
{
    const struct spn_server *server = spn_server_of(&view->forest->servers, subject->name);

    return server && server != view->server && server->host && spn_server_lets_log_on(server)
               ? server
               : NULL;
}

static bool goes_by(struct examination *x, struct spn_view *view, const struct spn_server *server,
                    const char *host)
{
    struct talk talk = talk_to(x, server->host);

    view->is_pending = view->is_pending || talk.is_pending;
    if (!talk.conversation)
        return false;
    if (spn_announces(talk.conversation, host))
        return true;
    return has_address(ask_dns(x, host, talk.ip.family == IP_V4 ? DNS_A : DNS_AAAA), &talk.ip);
}

static void find_others_of(struct examination *x, struct spn_view *view, struct spn_name *name)
{
    struct subject_list subjects = ask_subjects(x, SUBJECT_SERVER);
    size_t looked_at = 0;

    for (size_t i = 0; i < subjects.count && looked_at < SERVERS_LOOKED_AT; i++) {
        const struct spn_server *server = other_server(view, subjects.list[i]);

        if (!server || name->other_count == SPN_NAME_OTHERS_MOST)
            continue;
        looked_at++;
        if (goes_by(x, view, server, name->host))
            name->others[name->other_count++] = server;
    }
}

/* A name of several machines: behind a balancer, or as a banner that was set on each of them. */
static void find_others(struct examination *x, struct spn_view *view)
{
    for (size_t i = 0; i < view->names.count; i++) {
        struct spn_name *name = &view->names.list[i];
        const struct dns_answer *answer;

        if (is_own(view, name->host) || name->reasons == SPN_HELD)
            continue;
        find_others_of(x, view, name);
        if (spn_is_needed(name->reasons))
            continue;
        answer = ask_dns(x, name->host, DNS_A);
        view->is_pending = view->is_pending || !answer;
        name->is_spread = answer && answer->answer.count > 1;
    }
}

/* ---- accounts ---- */

static void add_assertion(struct buffer *filter, const char *attribute, const char *prefix,
                          const char *value, const char *suffix)
{
    buffer_print(filter, "(%s=%s", attribute, prefix);
    ldap_filter_value(value, strlen(value), filter);
    buffer_print(filter, "%s)", suffix);
}

static void add_computer(struct buffer *filter, const char *host, const char *name)
{
    if (host)
        add_assertion(filter, "dNSHostName", "", host, "");
    if (name)
        add_assertion(filter, "sAMAccountName", "", name, "$");
}

/* All that has a say in one question: who holds the names, and the servers' own accounts. */
static const char *filter_of(struct examination *x, const struct spn_view *view)
{
    static const char attribute[] = "servicePrincipalName";
    const struct spn_servers *servers = &view->forest->servers;
    struct buffer filter;

    buffer_init(&filter, FILTER_MOST);
    buffer_add_string(&filter, "(|");
    for (size_t i = 0; i < view->names.count; i++) {
        const char *host = view->names.list[i].host;

        add_assertion(&filter, attribute, "SMTPSVC/", host, "");
        add_assertion(&filter, attribute, "SMTP/", host, "");
        add_assertion(&filter, attribute, "HOST/", host, "");
        for (size_t k = 0; k < servers->count; k++) {
            if (&servers->list[k] != view->server &&
                spn_server_calls_itself(&servers->list[k], host))
                add_computer(&filter, servers->list[k].host, NULL);
        }
        for (size_t k = 0; k < view->names.list[i].other_count; k++)
            add_computer(&filter, view->names.list[i].others[k]->host, NULL);
    }
    if (view->server)
        add_computer(&filter, view->server->host, view->server->name);
    else
        add_computer(&filter, view->host, NULL);
    buffer_add_char(&filter, ')');
    return buffer_keep(&filter, pass_memory(x));
}

/* Beside a part of the forest the exports of it may have the rest: as they were then. */
static void add_exports(struct examination *x, struct spn_view *view)
{
    for (size_t i = 0; i < view->exports->library.count; i++) {
        const struct spn_book *book = view->exports->library.books[i];
        const char *domain = spn_book_domain(book);

        if (!domain || spn_forest_has_domain(view->forest, domain))
            spn_library_add(&view->library, book, pass_memory(x));
    }
}

/* That computers are not all there matters where their names of HOST stand in for others. */
static const struct evidence *cut_of(const struct spn_exports *exports)
{
    if (exports->cut)
        return &exports->cut->evidence;
    return exports->fewer && spn_mapping_has(exports->mappings, "SMTPSVC")
               ? &exports->fewer->evidence
               : NULL;
}

/* Where the directory tells all of the forest, exports have nothing to add: it is as it is now. */
static void find_accounts(struct examination *x, struct spn_view *view)
{
    static const char *const attributes[] = {"dNSHostName", "objectClass", "sAMAccountName",
                                             "servicePrincipalName", NULL};
    struct spn_search search;

    view->library.count = 0;
    add_exports(x, view);
    view->accounts_cut = cut_of(view->exports);
    if (view->forest->state != SPN_FOREST_FOUND || view->names.count == 0)
        return;
    search = spn_forest_search(x, view->forest, filter_of(x, view), attributes);
    view->is_pending = view->is_pending || search.is_pending;
    view->accounts_obstacle = search.obstacle;
    if (search.is_pending || !search.answer)
        return;
    if (search.is_everywhere) {
        view->library.count = 0;
        view->accounts_cut = NULL;
    }
    if (search.answer->more)
        view->accounts_cut = &search.answer->evidence;
    view->is_everywhere = search.is_everywhere;
    view->accounts_source = &search.answer->evidence;
    spn_library_add(&view->library, spn_book_of_answer(search.answer), pass_memory(x));
}

/* A machine of the domain has an account, and that has its names of HOST at the least. */
static bool is_hidden(const struct spn_view *view)
{
    const struct spn_server *server = view->server;

    if (view->accounts_cut || !view->is_everywhere || !server)
        return false;
    return view->own ? view->own->name_count == 0
                     : !spn_has_computer(&view->library, server->host, server->name);
}

static void find_own_account(struct spn_view *view)
{
    struct ip_address ip;
    bool is_address = ip_parse(view->host, strlen(view->host), &ip) == STATUS_OK;

    if (view->server)
        view->own = spn_find_computer(&view->library, view->server->host, view->server->name);
    else if (!is_address)
        view->own = spn_find_computer(&view->library, view->host, NULL);
    view->is_hidden = is_hidden(view);
    view->is_everywhere = view->is_everywhere && !view->is_hidden;
}

/* Who else has the names that its account has is another question, for only now they are known. */
static void look_up(struct examination *x, struct spn_view *view)
{
    find_accounts(x, view);
    if (view->is_pending)
        return;
    find_own_account(view);
    if (!spn_names_add_held(&view->names, pass_memory(x), view->own))
        return;
    find_accounts(x, view);
    find_own_account(view);
}

/* An export need not tell the full name of each. */
static bool is_server(const struct spn_server *one, const struct spn_server *other)
{
    if (!one || !other)
        return false;
    return one->host && other->host ? dns_name_equal(one->host, other->host)
                                    : text_equal_fold(one->name, other->name);
}

static const struct spn_server *owner_among(const struct spn_servers *servers,
                                            const struct spn_view *view, const char *host)
{
    for (size_t i = 0; i < servers->count; i++) {
        const struct spn_server *server = &servers->list[i];

        if (server->host && !is_server(view->server, server) &&
            (dns_name_equal(server->host, host) || text_equal_fold(server->name, host) ||
             spn_server_calls_itself(server, host)))
            return server;
    }
    return NULL;
}

const struct spn_server *spn_view_owner(const struct spn_view *view, const struct spn_name *name)
{
    const struct spn_server *owner;

    if (name->reasons != SPN_HELD)
        return NULL;
    owner = owner_among(&view->forest->servers, view, name->host);
    return owner ? owner : owner_among(&view->exports->servers, view, name->host);
}

bool spn_view_is_of_server(const struct spn_view *view, const struct spn_account *account)
{
    const struct spn_servers *all[] = {&view->forest->servers, &view->exports->servers};

    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < all[i]->count; k++) {
            const struct spn_server *server = &all[i]->list[k];

            if (!is_server(view->server, server) &&
                spn_account_is(account,
                               spn_find_computer(&view->library, server->host, server->name)))
                return true;
        }
    }
    return false;
}

/* By itself, with its directory at hand. */
static bool is_examined(struct examination *x, struct spn_view *view, const char *host)
{
    struct subject_list servers = ask_subjects(x, SUBJECT_SERVER);

    for (size_t i = 0; i < servers.count; i++) {
        const struct spn_forest *forest;

        if (!dns_name_equal(servers.list[i]->name, host))
            continue;
        forest = spn_forest_of(x, domain_of(x, servers.list[i]));
        view->is_pending = view->is_pending || forest->state == SPN_FOREST_PENDING;
        return forest->state == SPN_FOREST_FOUND;
    }
    return false;
}

/* ---- cases ---- */

static void add_sharer(const struct spn_view *view, struct spn_case *at,
                       const struct spn_server *server)
{
    const struct spn_account *account =
        spn_find_computer(&view->library, server->host, server->name);

    if (account && at->sharer_count < SPN_HOLDERS_MOST)
        at->sharers[at->sharer_count++] = account;
}

static void find_sharers(const struct spn_view *view, const struct spn_name *name,
                         struct spn_case *at)
{
    const struct spn_servers *all[] = {&view->forest->servers, &view->exports->servers};
    size_t servers = 0;

    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < all[i]->count && at->sharer_count < SPN_HOLDERS_MOST; k++) {
            const struct spn_server *server = &all[i]->list[k];

            if (!spn_server_calls_itself(server, at->host))
                continue;
            servers += i == 0 || view->forest->servers.count == 0;
            add_sharer(view, at, server);
        }
    }
    for (size_t i = 0; i < name->other_count; i++)
        add_sharer(view, at, name->others[i]);
    at->is_shared = servers > 1 || name->other_count > 0 || name->is_spread;
}

/* What nothing but an account vouches for may belong on another. */
static const struct spn_account *account_for(const struct spn_view *view,
                                             const struct spn_name *name,
                                             const struct spn_server *owner)
{
    if (owner)
        return spn_find_computer(&view->library, owner->host, owner->name);
    return name->reasons == SPN_HELD ? NULL : view->own;
}

static void add_case(struct examination *x, struct spn_view *view, const char *service,
                     const struct spn_name *name, unsigned reasons)
{
    struct spn_case *at = &view->cases[view->case_count];
    const struct directory_attribute *mappings =
        view->forest->mappings ? view->forest->mappings : view->exports->mappings;
    const struct spn_server *owner = spn_view_owner(view, name);

    if (owner && is_examined(x, view, owner->host))
        return; /* it is judged of that one */
    *at = (struct spn_case){
        .service = service,
        .host = name->host,
        .reasons = reasons,
        .own = account_for(view, name, owner),
        .is_everywhere = view->is_everywhere,
        .is_cut = view->accounts_cut != NULL || view->is_hidden,
        .is_mapped = spn_mapping_has(mappings, service),
        .is_ownless = view->server && !view->own && name->reasons != SPN_HELD,
    };
    spn_find_holders(&view->library, service, name->host, pass_memory(x), &at->named);
    spn_find_holders(&view->library, "HOST", name->host, pass_memory(x), &at->hosts);
    spn_keep_holder(&at->named, at->own, service, name->host);
    spn_keep_holder(&at->hosts, at->own, "HOST", name->host);
    find_sharers(view, name, at);
    spn_judge(at);
    view->case_names[view->case_count++] = name;
}

/* SMTP/ is asked for by nobody that is known; it only must not lead astray. */
static void judge_names(struct examination *x, struct spn_view *view)
{
    for (size_t i = 0; i < view->names.count; i++)
        add_case(x, view, "SMTPSVC", &view->names.list[i], view->names.list[i].reasons);
    for (size_t i = 0; i < view->names.count; i++)
        add_case(x, view, "SMTP", &view->names.list[i], SPN_SHORT);
}

/* ---- tickets ---- */

/* Tickets go to servers that the user named, or that the forest's directory lists. */
static bool wants_logon(struct examination *x, const struct spn_view *view)
{
    return ask_settings(x)->authenticate &&
           (view->is_given ||
            (view->server && view->server_source == view->forest->servers_source));
}

static void ask_logon(struct examination *x, struct spn_view *view, size_t which, const char *spn)
{
    view->logons[which] =
        ask_smtp_logon(x, &view->ip, SERVICE_SMTP, &view->forest->ip, view->forest->domain, spn);
    view->is_pending = view->is_pending || !view->logons[which];
}

/* Of needed names that the user or the directory vouches for: Kerberos is asked for no others. */
static void ask_tickets(struct examination *x, struct spn_view *view)
{
    view->wants_logon = wants_logon(x, view);
    view->is_sure = view->is_given || view->forest->are_servers_sure;
    if (view->forest->state != SPN_FOREST_FOUND || !view->forest->domain)
        return;
    for (size_t i = 0; i < view->case_count; i++) {
        const struct spn_case *at = &view->cases[i];
        const char *spn;

        if (!spn_is_needed(at->reasons) || !view->case_names[i]->is_vouched)
            continue;
        spn = arena_print(pass_memory(x), "%s/%s", at->service, at->host);
        view->tickets[i] = ask_ticket(x, &view->forest->ip, view->forest->domain, spn);
        view->is_pending = view->is_pending || !view->tickets[i];
        if (view->wants_logon && view->is_sure && view->conversation)
            ask_logon(x, view, i, spn);
    }
}

bool spn_view_has_accounts(const struct spn_view *view)
{
    return view->library.count > 0;
}

struct spn_view *spn_view_of(struct examination *x, const struct subject *server)
{
    struct spn_view *view = arena_new(pass_memory(x), 1, sizeof *view);

    view->host = server->name;
    view->is_given = server->given;
    view->exports = spn_exports_of(x);
    view->forest = spn_forest_of(x, domain_of(x, server));
    view->is_pending = view->exports->is_pending || view->forest->state == SPN_FOREST_PENDING;
    if (view->is_pending)
        return view;
    find_configuration(x, view, server->name);
    view->is_logged = is_logged(x, view->host);
    if (!server->given && !view->server && !view->is_logged)
        return view;
    view->is_idle = view->server && !spn_server_lets_log_on(view->server);
    view->is_stranger = is_stranger(x, view);
    if (view->is_idle || view->is_stranger || view->is_pending)
        return view;
    converse(x, view);
    if (view->is_pending)
        return view;
    collect_names(x, view);
    find_others(x, view);
    if (view->is_pending)
        return view;
    look_up(x, view);
    if (view->is_pending)
        return view;
    judge_names(x, view);
    ask_tickets(x, view);
    return view;
}

struct spn_view *spn_view_of_export(struct examination *x, const struct spn_exports *exports,
                                    const struct spn_server *server)
{
    struct spn_view *view = arena_new(pass_memory(x), 1, sizeof *view);

    view->host = server->host ? server->host : server->name;
    view->exports = exports;
    view->forest = no_forest(x);
    view->server = server;
    view->server_source = exports->servers_source;
    view->is_idle = !spn_server_lets_log_on(server);
    if (view->is_idle)
        return view;
    spn_names_add_server(&view->names, pass_memory(x), server, view->server_source);
    look_up(x, view);
    judge_names(x, view);
    return view;
}

bool spn_view_is_partial(const struct spn_view *view)
{
    return view->names.strange || view->names.left_out > 0;
}

bool spn_view_is_wrong(const struct spn_view *view)
{
    for (size_t i = 0; i < view->case_count; i++) {
        enum spn_verdict verdict = view->cases[i].verdict;

        if (verdict == SPN_MISSING || verdict == SPN_DUPLICATE || verdict == SPN_MISPLACED ||
            verdict == SPN_SHARED)
            return true;
    }
    return false;
}
