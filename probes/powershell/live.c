#include "probes/powershell/live.h"

#include "diag/text.h"
#include "probes/spn/forest.h"

#include <string.h>

static const struct {
    enum powershell_place place;
    enum service service;
    const char *path;
    enum web_request request;
    bool as_somebody;
} looks[POWERSHELL_LOOK_COUNT] = {
#define X(name, place, service, path, request, as_somebody)                                        \
    [POWERSHELL_LOOK_##                                                                            \
        name] = {POWERSHELL_##place, SERVICE_##service, path, WEB_##request, as_somebody},
    POWERSHELL_LOOK_LIST(X)
#undef X
};

/* ---- whom to ask ---- */

static const struct ad_domain *domain_of(struct examination *x, const struct subject *server)
{
    const struct ad_domain *domain = ad_domain_above(x, server->name);

    return domain ? domain : ad_domain_named(x, NULL);
}

enum { FIRST_WITH_ENDS = 15 /* Exchange 2013, of whose servers each may have one of both */ };

static void note_ends(struct powershell_view *view, const struct spn_server *listed)
{
    if (listed->version == 0 || listed->roles == 0)
        return;
    view->lacks_front_end =
        listed->version >= FIRST_WITH_ENDS && !(listed->roles & SPN_ROLE_FRONT_END);
    view->lacks_back_end = listed->version < FIRST_WITH_ENDS || !(listed->roles & SPN_ROLE_MAILBOX);
}

/* A server that nobody named is asked where the user's directory lists it by this very name. */
static void find_in_directory(struct powershell_view *view)
{
    const struct spn_forest *forest = spn_forest_of(view->x, domain_of(view->x, view->server));
    const struct spn_server *listed;

    if (forest->state == SPN_FOREST_PENDING)
        view->is_pending = true;
    if (forest->state != SPN_FOREST_FOUND)
        return;
    listed = spn_server_of(&forest->servers, view->server->name);
    view->is_listed = listed && !(listed->roles & SPN_ROLE_EDGE);
    view->is_vouched = view->is_vouched || view->is_listed;
    view->may_log_on = view->is_listed && forest->are_servers_sure;
    if (view->is_listed)
        note_ends(view, listed);
}

/* ---- its addresses ---- */

static void add_addresses(struct powershell_view *view, const struct dns_answer *answer)
{
    const struct dns_record *record = NULL;

    while (view->count < POWERSHELL_ADDRESSES_MOST && (record = dns_answer_next(answer, record)))
        view->nodes[view->count++].ip = record->data.ip;
}

/* Those of IPv4, or, where there are none, of IPv6: a server that has both is one. */
static void find_addresses(struct powershell_view *view)
{
    const char *host = view->server->name;
    const struct dns_answer *v4, *v6;

    if (ip_parse(host, strlen(host), &view->nodes[0].ip) == STATUS_OK) {
        view->count = 1;
        return;
    }
    v4 = ask_dns(view->x, host, DNS_A);
    v6 = ask_dns(view->x, host, DNS_AAAA);
    if (!v4 || !v6) {
        view->is_pending = true;
        return;
    }
    add_addresses(view, v4);
    if (view->count == 0)
        add_addresses(view, v6);
    if (view->count == 0)
        view->obstacle = v4->evidence.status != STATUS_OK ? &v4->evidence : &v6->evidence;
}

/* ---- asking ---- */

/* What each place is asked first; the rest only of whom that reaches, and then side by side. */
static const size_t first_looks[POWERSHELL_PLACE_COUNT] = {
    [POWERSHELL_FRONT_HTTP] = POWERSHELL_LOOK_HTTP_GET,
    [POWERSHELL_FRONT_HTTPS] = POWERSHELL_LOOK_HTTPS_GET,
    [POWERSHELL_BACK_END] = POWERSHELL_LOOK_BACK_GET,
    [POWERSHELL_BESIDE] = POWERSHELL_LOOK_OWA,
};

/* Silence at a port is waited for once. */
static bool wants(const struct powershell_view *view, const struct powershell_node *node,
                  size_t number, bool is_address)
{
    size_t first = first_looks[looks[number].place];
    const struct web_exchange *exchange = node->looks[first].exchange;

    if (looks[number].as_somebody &&
        (!ask_settings(view->x)->authenticate || !view->may_log_on || is_address))
        return false;
    return exchange && exchange->evidence.status == STATUS_OK;
}

static void look_once(struct powershell_view *view, struct powershell_node *node, size_t number,
                      bool is_address)
{
    const struct web_question question = {.ip = node->ip,
                                          .service = looks[number].service,
                                          .host = is_address ? NULL : view->server->name,
                                          .path = looks[number].path,
                                          .request = looks[number].request,
                                          .as_somebody = looks[number].as_somebody};
    struct powershell_look *look = &node->looks[number];

    look->exchange = ask_web(view->x, &question);
    if (!look->exchange) {
        view->is_pending = true;
        return;
    }
    look->sign = powershell_sign_of(look->exchange);
    if (look->exchange->evidence.status != STATUS_NOT_RECORDED)
        view->was_recorded = true;
}

static bool has_place(const struct powershell_view *view, enum powershell_place place)
{
    return place == POWERSHELL_BACK_END ? !view->lacks_back_end : !view->lacks_front_end;
}

static void look_at_node(struct powershell_view *view, struct powershell_node *node)
{
    struct ip_address literal;
    const char *host = view->server->name;
    bool is_address = ip_parse(host, strlen(host), &literal) == STATUS_OK;

    for (size_t place = 0; place < POWERSHELL_PLACE_COUNT; place++) {
        if (has_place(view, (enum powershell_place)place))
            look_once(view, node, first_looks[place], is_address);
    }
    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        if (i != first_looks[looks[i].place] && wants(view, node, i, is_address))
            look_once(view, node, i, is_address);
    }
}

const struct powershell_view *powershell_look_at(struct examination *x,
                                                 const struct subject *server)
{
    struct powershell_view *view = arena_new(pass_memory(x), 1, sizeof *view);

    view->x = x;
    view->server = server;
    view->is_vouched = view->may_log_on = server->given;
    for (size_t i = 0; i < POWERSHELL_ADDRESSES_MOST; i++) {
        for (size_t k = 0; k < POWERSHELL_LOOK_COUNT; k++)
            view->nodes[i].looks[k].sign.symptom = POWERSHELL_NOT_KNOWN;
    }
    if (!server->given)
        find_in_directory(view);
    if (!view->is_vouched)
        return view->is_pending ? view : NULL;
    find_addresses(view);
    for (size_t i = 0; i < view->count; i++)
        look_at_node(view, &view->nodes[i]);
    return view;
}

enum powershell_place powershell_place_of(size_t look)
{
    return looks[look].place;
}

bool powershell_looks_as_somebody(size_t look)
{
    return looks[look].as_somebody;
}

/* ---- what a place shows ---- */

static bool is_at(const struct powershell_node *node, size_t look, enum powershell_place place)
{
    return looks[look].place == place && node->looks[look].exchange;
}

bool powershell_place_answers(const struct powershell_node *node, enum powershell_place place)
{
    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        if (is_at(node, i, place) && powershell_is_answer(node->looks[i].sign.symptom))
            return true;
    }
    return false;
}

bool powershell_place_shows(const struct powershell_node *node, enum powershell_place place,
                            enum powershell_symptom symptom)
{
    bool is_shown = false;

    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        if (!is_at(node, i, place) || looks[i].as_somebody)
            continue;
        if (node->looks[i].sign.symptom != symptom)
            return false;
        is_shown = true;
    }
    return is_shown;
}

/* Somebody was let in there: then it does not matter what nobody is told. */
static bool lets_in(const struct powershell_node *node, enum powershell_place place)
{
    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        enum powershell_symptom symptom = node->looks[i].sign.symptom;

        if (is_at(node, i, place) && looks[i].as_somebody &&
            (symptom == POWERSHELL_SERVED || powershell_is_wsman(symptom)))
            return true;
    }
    return false;
}

/*
 * What the shell asks is a POST: a page that fails beside a POST that is answered properly says
 * nothing of it. Nor does a POST without content, whose good answer by IIS is written down nowhere,
 * beside a shell that begins as it should.
 */
static bool outdoes(size_t other, const struct powershell_sign *sign, size_t look)
{
    if (looks[look].request == WEB_LOGON)
        return looks[other].place == POWERSHELL_FRONT_HTTPS && sign->symptom == POWERSHELL_SHELL;
    return looks[look].request == WEB_GET && looks[other].request != WEB_GET &&
           looks[other].place == looks[look].place && powershell_is_answer(sign->symptom) &&
           !powershell_is_500(sign->symptom);
}

/* By the same server. */
static bool is_outdone(const struct powershell_node *node, size_t look)
{
    const char *own = node->looks[look].sign.node;

    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        const struct powershell_sign *sign = &node->looks[i].sign;
        bool is_other = own && sign->node && !text_equal_fold(own, sign->node);

        if (node->looks[i].exchange && !is_other && outdoes(i, sign, look))
            return true;
    }
    return false;
}

bool powershell_look_fails(const struct powershell_node *node, size_t look)
{
    enum powershell_place place = looks[look].place;

    return place != POWERSHELL_BESIDE && node->looks[look].exchange &&
           powershell_is_500(node->looks[look].sign.symptom) && !is_outdone(node, look) &&
           (looks[look].as_somebody || !lets_in(node, place));
}

bool powershell_node_fails(const struct powershell_node *node)
{
    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        if (powershell_look_fails(node, i))
            return true;
    }
    return false;
}

/* ---- the site ---- */

enum powershell_site powershell_site_of(const struct powershell_node *node)
{
    static const size_t beside[] = {POWERSHELL_LOOK_OWA, POWERSHELL_LOOK_LIVEID};
    enum powershell_site site = POWERSHELL_SITE_UNKNOWN;

    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        const struct powershell_sign *sign = &node->looks[beside[i]].sign;

        if (!powershell_is_answer(sign->symptom))
            continue;
        if (sign->code < 500)
            return POWERSHELL_SITE_ALIVE;
        site = POWERSHELL_SITE_DEAD;
    }
    return site;
}

/* ---- whether it is Exchange, and which server ---- */

static bool shows_exchange(const struct web_exchange *exchange)
{
    static const char *const fields[] = {"X-FEServer",    "X-BEServer",
                                         "X-OWA-Version", "X-CalculatedBETarget",
                                         "X-DiagInfo",    "X-CalculatedFETarget"};

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (web_field_of(exchange, fields[i]))
            return true;
    }
    return false;
}

static bool is_windows(const struct web_exchange *exchange)
{
    static const char maker[] = "Microsoft-";
    const char *server = web_field_of(exchange, "Server");

    return server && text_starts_fold(server, strlen(server), maker);
}

/* Windows' web server fails at two paths of Exchange that elsewhere are not there. */
static bool fails_as_exchange(const struct powershell_node *node)
{
    const struct powershell_look *page = &node->looks[POWERSHELL_LOOK_HTTPS_GET];
    const struct powershell_look *owa = &node->looks[POWERSHELL_LOOK_OWA];

    return page->sign.code >= 500 && is_windows(page->exchange) &&
           powershell_is_answer(owa->sign.symptom) && owa->sign.symptom != POWERSHELL_NOT_FOUND;
}

static bool node_is_exchange(const struct powershell_node *node)
{
    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        const struct powershell_look *look = &node->looks[i];

        if (look->exchange &&
            (shows_exchange(look->exchange) || powershell_is_wsman(look->sign.symptom)))
            return true;
    }
    return fails_as_exchange(node);
}

bool powershell_is_exchange(const struct powershell_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        if (node_is_exchange(&view->nodes[i]))
            return true;
    }
    return view->is_listed;
}

/* Another maker's server whose every page fails is none of Exchange's directories. */
static bool is_of_another_maker(const struct powershell_node *node)
{
    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        if (powershell_look_fails(node, i) && (is_windows(node->looks[i].exchange) ||
                                               !web_field_of(node->looks[i].exchange, "Server")))
            return false;
    }
    return !node_is_exchange(node);
}

bool powershell_fails_live(const struct powershell_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct powershell_node *node = &view->nodes[i];

        if (powershell_node_fails(node) && (view->is_listed || !is_of_another_maker(node)))
            return true;
    }
    return false;
}

bool powershell_node_is_own(const struct powershell_view *view, const struct powershell_node *node)
{
    const char *host = view->server->name;
    size_t size = strcspn(host, ".");
    bool is_told = false;

    for (size_t i = 0; i < POWERSHELL_LOOK_COUNT; i++) {
        const char *told = node->looks[i].sign.node;

        if (!told)
            continue;
        is_told = true;
        if (!text_equal_fold_sized(told, strlen(told), host, size))
            return false;
    }
    return is_told || view->is_listed;
}
