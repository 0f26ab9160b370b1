#include "probes/spn/tell.h"

#include "diag/read/dns_name.h"
#include "diag/read/ldap_text.h"
#include "diag/text.h"
#include "probes/spn/kinds.h"

#include <string.h>

enum { TEXT_MOST = 2048, FIRST_WITH_CONNECTORS = 8 /* Exchange 2007 */, NAMES_SHOWN = 8 };

/* ---- in words ---- */

const char *spn_text(struct examination *x, const char *service, const char *host)
{
    return arena_print(pass_memory(x), "%s/%s", service, host);
}

/* No other domain than this account's is known of. */
static bool is_domain_at_hand(const struct spn_view *view, const struct spn_account *account)
{
    const struct spn_forest *forest = view->forest;

    if (!account->domain || forest->domain_count == 0)
        return !spn_spans_domains(&view->library);
    return forest->domain_count == 1 && text_equal_fold(forest->domains[0].name, account->domain);
}

/* As setspn takes it: "EX01", or "EU\EX01$" where there are several domains. */
static const char *account_text(struct examination *x, const struct spn_view *view,
                                const struct spn_account *account)
{
    const char *domain = spn_forest_netbios(view->forest, account->domain);

    if (!domain && (is_domain_at_hand(view, account) || !account->domain))
        return account->name;
    return arena_print(pass_memory(x), "%s\\%s%s", domain ? domain : account->domain, account->name,
                       account->is_computer ? "$" : "");
}

/* What that says is this account, and no other one: of an export not all of it is known. */
static bool is_account_certain(const struct spn_view *view, const struct spn_account *account)
{
    return !account->is_guessed &&
           (is_domain_at_hand(view, account) || spn_forest_netbios(view->forest, account->domain));
}

/* "EX01, EX02" */
static const char *accounts_text(struct examination *x, const struct spn_view *view,
                                 const struct spn_holders *holders)
{
    struct buffer out;

    buffer_init(&out, TEXT_MOST);
    for (size_t i = 0; i < holders->count; i++)
        buffer_print(&out, "%s%s", i > 0 ? ", " : "", account_text(x, view, holders->list[i]));
    return buffer_keep(&out, pass_memory(x));
}

/* ---- values of the steps ---- */

/* A short name that nobody asks for each of them has by right. */
static bool is_wanted_by_several(const struct spn_case *at)
{
    return at->is_shared && spn_is_needed(at->reasons);
}

static void set_name(struct finding *finding, const char *value, bool is_vouched, const char *text)
{
    if (is_vouched)
        set_vouched(finding, VALUE_TEXT, value, text, strlen(text));
    else
        set_value(finding, VALUE_TEXT, value, text, strlen(text));
}

static void set_account(struct examination *x, struct finding *finding, const char *value,
                        const struct spn_view *view, const struct spn_account *account)
{
    set_name(finding, value, is_account_certain(view, account), account_text(x, view, account));
}

static void set_yes(struct finding *finding, const char *value)
{
    set_vouched(finding, VALUE_TEXT, value, "yes", 3);
}

/* Receive connectors of it call themselves by the name, which is not the server's own. */
static bool has_connectors(const struct spn_view *view, const struct spn_name *name)
{
    const struct spn_server *server = view->server;

    if (!server || !server->host || server->version < FIRST_WITH_CONNECTORS ||
        dns_name_equal(server->host, name->host))
        return false;
    for (size_t i = 0; i < name->listener_count; i++) {
        if (!name->listeners[i]->is_virtual_server)
            return true;
    }
    return false;
}

/* "EX01\Default EX01", as the cmdlets of Exchange take it. */
static void set_connectors(struct examination *x, struct finding *finding,
                           const struct spn_view *view, const struct spn_name *name)
{
    const struct spn_server *server = view->server;

    if (!has_connectors(view, name))
        return;
    for (size_t i = 0; i < name->listener_count; i++) {
        const struct spn_listener *listener = name->listeners[i];

        if (listener->is_virtual_server)
            continue;
        set_name(finding, listener->is_unsure ? "unsure-connector" : "connector", true,
                 arena_print(pass_memory(x), "%s\\%s", server->name, listener->name));
    }
    set_vouched(finding, VALUE_NAME, "own-name", server->host, strlen(server->host));
}

static void set_filter(struct examination *x, struct finding *finding, bool is_vouched,
                       const char *spn)
{
    struct buffer filter;

    buffer_init(&filter, TEXT_MOST);
    buffer_add_string(&filter, "(servicePrincipalName=");
    ldap_filter_value(spn, strlen(spn), &filter);
    buffer_add_char(&filter, ')');
    set_name(finding, "filter", is_vouched, buffer_keep(&filter, pass_memory(x)));
}

static bool is_old(const struct spn_view *view)
{
    return view->server && view->server->version > 0 &&
           view->server->version < FIRST_WITH_CONNECTORS;
}

static void set_spn(struct examination *x, struct finding *finding, const struct spn_view *view,
                    const struct spn_name *name, const char *spn)
{
    set_name(finding, "spn", name->is_vouched, spn);
    if (is_old(view))
        set_filter(x, finding, name->is_vouched, spn);
}

static const char *machine_of(const struct spn_view *view)
{
    return view->server && view->server->host ? view->server->host : view->host;
}

/* What servers ask for is to be on one account, whichever report says on whose. */
static void claim_name(struct examination *x, struct finding *finding, const struct spn_case *at)
{
    if (spn_is_needed(at->reasons))
        claim(finding, spn_text(x, at->service, at->host),
              at->own->host ? at->own->host : at->own->name);
}

/* Of several who call themselves so nobody knows which is to have the name. */
static void set_keeper(struct finding *finding, const struct spn_view *view,
                       const struct spn_case *at, const struct spn_name *name, bool is_known)
{
    if (!is_wanted_by_several(at))
        set_yes(finding, !is_known                    ? "unknown-keeper"
                         : has_connectors(view, name) ? "keeper-or-none"
                                                      : "keeper");
}

static void set_common(struct examination *x, struct finding *finding, const struct spn_view *view,
                       const struct spn_case *at, const struct spn_name *name)
{
    const char *machine = machine_of(view);

    if (name->is_vouched)
        set_vouched(finding, VALUE_NAME, "host", name->host, strlen(name->host));
    else
        set_value(finding, VALUE_NAME, "host", name->host, strlen(name->host));
    set_vouched(finding, VALUE_NAME, "machine", machine, strlen(machine));
    set_name(finding, "name", name->is_vouched, spn_text(x, at->service, at->host));
    if (at->own && !at->namesake && at->verdict != SPN_SHARED) {
        set_account(x, finding, "account", view, at->own); /* that is to have it */
        claim_name(x, finding, at);
    }
    if (at->namesake)
        set_name(finding, "namesake", true, account_text(x, view, at->namesake));
    if (is_old(view))
        set_yes(finding, "old");
    if (is_old(view) && !is_wanted_by_several(at))
        set_yes(finding, "old-alone");
    if (is_wanted_by_several(at))
        set_yes(finding, "shared");
    set_connectors(x, finding, view, name);
}

/* Every holder but that which is to keep it: setspn takes a bare name for a computer's first. */
static void set_wrong(struct examination *x, struct finding *finding, const struct spn_view *view,
                      const struct spn_case *at, const struct spn_account *keeper)
{
    for (size_t i = 0; i < at->holders->count; i++) {
        const struct spn_account *holder = at->holders->list[i];

        if (!spn_account_is(keeper, holder))
            set_account(x, finding, holder->is_user ? "wrong-user" : "wrong", view, holder);
    }
}

static bool is_on_own(const struct spn_case *at)
{
    for (size_t i = 0; i < at->holders->count; i++) {
        if (spn_account_is(at->own, at->holders->list[i]))
            return true;
    }
    return false;
}

/* ---- what was seen ---- */

static void saw_name(struct finding *finding, const struct spn_view *view,
                     const struct spn_name *name)
{
    const struct spn_server *owner = spn_view_owner(view, name);

    if (owner)
        saw(finding, view->server_source, "%s is a name of %s", name->host, owner->host);
    if (name->greeting)
        saw(finding, name->source, "it calls itself %s: %s", name->host, name->greeting);
    for (size_t i = 0; i < name->listener_count; i++) {
        const struct spn_listener *listener = name->listeners[i];

        saw(finding, view->server_source, "%s \"%s\" of %s is to call itself %s%s",
            listener->is_virtual_server ? "SMTP virtual server" : "receive connector",
            listener->name, view->server->name, name->host,
            listener->is_unsure ? "; whether servers log on to it was not told, for its "
                                  "msExchSMTPReceiveInboundSecurityFlag was not"
                                : "");
    }
    for (size_t i = 0; i < name->other_count; i++)
        saw(finding, view->server_source,
            "%s goes by %s, too, as its greeting or its address shows", name->others[i]->host,
            name->host);
    if (name->reasons & SPN_OWN)
        saw(finding, view->server_source, "%s is its full name", name->host);
    if (name->reasons & SPN_SMART_HOST)
        saw(finding, view->server_source, "other servers hand their mail to %s", name->host);
}

static void saw_holders(struct examination *x, struct finding *finding, const struct spn_case *at)
{
    bool is_host = at->holders == &at->hosts;

    for (size_t i = 0; i < at->holders->count; i++) {
        const struct spn_account *holder = at->holders->list[i];

        saw(finding, holder->source, "%s is on %s (%s)%s",
            spn_text(x, is_host ? "HOST" : at->service, at->host), holder->name, holder->dn,
            spn_account_is(at->own, holder) ? ", the server's own account"
            : spn_is_alternate_service_account(holder)
                ? ", which has names of Exchange's other protocols for others, as an alternate "
                  "service account does"
            : at->namesake == holder ? ", the computer of that name"
            : holder->is_managed     ? ", which is a managed service account"
            : holder->is_user        ? ", which is no computer's"
                                     : "");
    }
    if (at->holders->more)
        saw(finding, NULL,
            "further accounts have it, too, and are not told here: once these are mended, check "
            "again");
    if (is_host)
        saw(finding, NULL, "nobody has %s itself; by sPNMappings HOST/ stands in for it",
            spn_text(x, at->service, at->host));
}

/* Which names of SMTP the account has. */
static void saw_own(struct finding *finding, const struct spn_account *own)
{
    size_t shown = 0;
    struct buffer names;

    if (!own)
        return;
    buffer_init(&names, TEXT_MOST);
    for (size_t i = 0; i < own->name_count && shown < NAMES_SHOWN; i++) {
        if (!text_starts_fold(own->names[i], strlen(own->names[i]), "SMTP"))
            continue;
        buffer_print(&names, "%s%s", shown++ > 0 ? ", " : "", own->names[i]);
    }
    saw(finding, own->source, "its account %s (%s) has %s", own->name, own->dn,
        shown > 0 ? names.text : "no name of SMTP");
    buffer_release(&names);
}

void spn_saw_ticket(struct finding *finding, const struct ticket_answer *ticket)
{
    const char *name;

    if (!spn_ticket_is_answered(ticket))
        return;
    name = spn_ticket_error(ticket->error_code);
    saw(finding, &ticket->evidence, "the KDC, asked for a ticket: %s (%d): %s",
        name ? name : "error", (int)ticket->error_code, spn_ticket_meaning(ticket->error_code));
}

static void saw_host_names(struct examination *x, struct finding *finding,
                           const struct spn_case *at)
{
    for (size_t i = 0; !at->is_mapped && i < at->hosts.count; i++)
        saw(finding, at->hosts.list[i]->source,
            "%s is on %s, which helps nothing: by sPNMappings HOST/ does not stand in for %s",
            spn_text(x, "HOST", at->host), at->hosts.list[i]->name, at->service);
}

/* Why its own account is not known. */
static void saw_no_own(struct finding *finding, const struct spn_view *view)
{
    const struct spn_server *server = view->server;

    if (!server)
        return;
    if (spn_has_computer(&view->library, server->host, server->name))
        saw(finding, view->server_source,
            "several accounts may be that of %s: by its full name, or by the name %s$",
            server->name, server->name);
    else
        saw(finding, view->server_source, "no account that was read is that of %s", server->name);
}

/* ---- missing ---- */

/* What else Exchange registers for a server's own name, where nobody has it. */
static void set_beside(struct examination *x, struct finding *finding, const struct spn_view *view,
                       const struct spn_case *at)
{
    for (size_t i = 0; i < view->case_count; i++) {
        const struct spn_case *other = &view->cases[i];
        const struct spn_name *name = view->case_names[i];

        if (other != at && other->verdict == SPN_NOT_NEEDED && at->own &&
            other->holders->count == 0 && (name->reasons & (SPN_OWN | SPN_SHORT)))
            set_spn(x, finding, view, name, spn_text(x, other->service, other->host));
    }
}

static bool is_called_so(const struct spn_view *view, const struct spn_name *name)
{
    return (name->reasons & (SPN_ANNOUNCED | SPN_CONFIGURED | SPN_LOGGED)) ||
           ((name->reasons & SPN_OWN) &&
            (!view->server || spn_server_calls_itself(view->server, name->host)));
}

/* Only connectors have it of which nobody told whether servers log on to them. */
static bool is_unsure(const struct spn_name *name)
{
    bool is_sure = name->listener_count == 0 ||
                   (name->reasons & (SPN_ANNOUNCED | SPN_OWN | SPN_LOGGED | SPN_SHORT));

    for (size_t i = 0; i < name->listener_count; i++)
        is_sure = is_sure || !name->listeners[i]->is_unsure;
    return !is_sure;
}

/* What setspn -S looks through is all there is: else another domain may get the name meanwhile. */
static bool is_domain_enough(const struct spn_view *view, const struct spn_case *at)
{
    return at->is_everywhere && view->forest->domain_count <= 1;
}

static void set_add(struct finding *finding, const struct spn_view *view, const struct spn_case *at,
                    const struct spn_name *name)
{
    static const char *const words[2][2] = {{"add-unseen", "add-unseen-else"}, {"add", "add-else"}};

    set_yes(finding, words[is_domain_enough(view, at)][has_connectors(view, name)]);
}

static void tell_missing(struct examination *x, const struct spn_view *view, size_t which)
{
    const struct spn_case *at = &view->cases[which];
    const struct spn_name *name = view->case_names[which];
    struct finding *finding = found(x, &smtp_spn_missing);

    if (!is_called_so(view, name) || is_unsure(name))
        finding_severity(finding, SEVERITY_WARNING);
    set_common(x, finding, view, at, name);
    set_spn(x, finding, view, name, spn_text(x, at->service, at->host));
    if (name->reasons & SPN_OWN)
        set_beside(x, finding, view, at);
    set_keeper(finding, view, at, name, at->own && !at->namesake);
    set_text(finding, "registered",
             at->is_everywhere
                 ? "registered"
                 : arena_print(pass_memory(x), "on the account of %s", machine_of(view)));
    if (!is_wanted_by_several(at))
        set_add(finding, view, at, name);
    saw_name(finding, view, name);
    if (at->is_everywhere)
        saw(finding, view->accounts_source, "no account of the forest has %s",
            spn_text(x, at->service, at->host));
    else if (at->own)
        saw(finding, at->own->source, "the account %s does not have %s; not all others were seen",
            at->own->name, spn_text(x, at->service, at->host));
    saw_own(finding, at->own);
    if (!at->own)
        saw_no_own(finding, view);
    saw_host_names(x, finding, at);
    spn_saw_ticket(finding, view->tickets[which]);
}

/* ---- on the wrong account, or on several ---- */

/*
 * Whether -S looks at all accounts there are: -F has it look through the forest. `is_choice`: the
 * connector may get the server's own name instead.
 */
static void set_to_add(struct finding *finding, const struct spn_view *view,
                       const struct spn_case *at, bool is_choice)
{
    static const char *const words[2][2] = {{"to-add-unseen", "to-add-unseen-else"},
                                            {"to-add", "to-add-else"}};

    set_yes(finding, words[is_domain_enough(view, at)][is_choice]);
}

/* "ex01" of "ex01.contoso.com" */
static bool is_called_after(const struct spn_account *account, const char *host)
{
    return (account->host && dns_name_equal(account->host, host)) ||
           (!account->host &&
            text_equal_fold_sized(account->name, strlen(account->name), host, strcspn(host, ".")));
}

/* Where nobody knows whose name it is: the only one of them that is called so. */
static const struct spn_account *keeper_of(const struct spn_case *at)
{
    const struct spn_account *keeper = at->namesake ? at->namesake : at->own;

    if (is_wanted_by_several(at) && !at->namesake)
        return NULL;
    for (size_t i = 0; i < at->holders->count && !at->own; i++) {
        if (!is_called_after(at->holders->list[i], at->host))
            continue;
        if (keeper)
            return NULL;
        keeper = at->holders->list[i];
    }
    return keeper;
}

/* Nobody has the name itself, and HOST/ of it is on several: the name goes before them. */
static void set_repair_of_hosts(struct finding *finding, const struct spn_view *view,
                                const struct spn_case *at)
{
    set_yes(finding, "mapped");
    if (is_wanted_by_several(at) && at->own)
        set_yes(finding, "to-one");
    else if (at->own && !at->namesake)
        set_to_add(finding, view, at, false);
}

static void set_repair_of_names(struct examination *x, struct finding *finding,
                                const struct spn_view *view, const struct spn_case *at)
{
    const struct spn_account *keeper = keeper_of(at);

    if (keeper)
        set_wrong(x, finding, view, at, keeper);
    else
        set_yes(finding, "undecided");
    if (keeper && !at->own)
        set_name(finding, "account", false, account_text(x, view, keeper));
    set_yes(finding, at->is_for_person ? "person" : "certain");
    if (!at->own || at->namesake || is_on_own(at))
        return;
    if (is_wanted_by_several(at))
        set_yes(finding, "to-one");
    else if (at->is_for_person)
        set_yes(finding, "to-add-person");
    else
        set_to_add(finding, view, at, false);
}

static void tell_duplicate(struct examination *x, const struct spn_view *view, size_t which)
{
    const struct spn_case *at = &view->cases[which];
    const struct spn_name *name = view->case_names[which];
    struct finding *finding = found(x, &smtp_spn_duplicate);

    if (!spn_is_needed(at->reasons) && at->reasons != SPN_HELD)
        finding_severity(finding, SEVERITY_WARNING);
    set_common(x, finding, view, at, name);
    set_spn(x, finding, view, name, spn_text(x, at->service, at->host));
    if (at->holders->more)
        set_text(finding, "count",
                 arena_print(pass_memory(x), "more than %zu", at->holders->count));
    else
        set_number(finding, "count", at->holders->count);
    set_name(finding, "accounts", true, accounts_text(x, view, at->holders));
    set_keeper(finding, view, at, name, (at->own && !at->namesake) || keeper_of(at));
    if (at->holders == &at->hosts)
        set_repair_of_hosts(finding, view, at);
    else
        set_repair_of_names(x, finding, view, at);
    set_name(finding, "held", name->is_vouched,
             spn_text(x, at->holders == &at->hosts ? "HOST" : at->service, at->host));
    saw_name(finding, view, name);
    saw_holders(x, finding, at);
    spn_saw_ticket(finding, view->tickets[which]);
}

/* Off the wrong account, where it is there itself, and onto the right one. */
static void set_move(struct examination *x, struct finding *finding, const struct spn_view *view,
                     const struct spn_case *at, const struct spn_name *name)
{
    bool is_server = spn_view_is_of_server(view, at->holders->list[0]);
    bool is_choice = has_connectors(view, name);

    if (at->holders == &at->named) {
        set_wrong(x, finding, view, at, at->own);
        set_yes(finding, is_server           ? "server-account"
                         : at->is_for_person ? "service-account"
                         : is_choice         ? "certain-else"
                                             : "certain");
        if (is_server || at->is_for_person)
            set_yes(finding, is_choice ? "decide-else" : "decide");
        if (is_choice)
            set_yes(finding, "choice");
    }
    if (is_wanted_by_several(at) || !spn_is_needed(at->reasons)) {
        set_yes(finding, is_wanted_by_several(at) ? "to-one" : "add-decide");
        return;
    }
    set_yes(finding, "moved");
    set_to_add(finding, view, at, is_choice);
}

/* SMTP/ is what Postfix and others have in their keytabs: it is not for Exchange to take away. */
static bool is_for_others(const struct spn_case *at)
{
    return strcmp(at->service, "SMTP") == 0;
}

static void tell_misplaced(struct examination *x, const struct spn_view *view, size_t which)
{
    const struct spn_case *at = &view->cases[which];
    const struct spn_name *name = view->case_names[which];
    const struct spn_account *holder = at->holders->list[0];
    struct finding *finding = found(x, &smtp_spn_misplaced);

    if (is_for_others(at))
        finding_severity(finding, SEVERITY_INFO);
    else if (!spn_is_needed(at->reasons) || at->verdict == SPN_SHARED || is_unsure(name))
        finding_severity(finding, SEVERITY_WARNING);
    set_common(x, finding, view, at, name);
    set_spn(x, finding, view, name, spn_text(x, at->service, at->host));
    set_keeper(finding, view, at, name, at->own && !at->namesake);
    set_name(finding, "holder", true, account_text(x, view, holder));
    if (is_for_others(at))
        saw(finding, NULL,
            "Exchange's servers ask for SMTPSVC/; SMTP/ may be the name of another mail system "
            "that runs as %s, and its users' programs ask for it",
            holder->name);
    else if (!at->namesake && at->verdict != SPN_SHARED)
        set_move(x, finding, view, at, name);
    saw_name(finding, view, name);
    saw_holders(x, finding, at);
    saw_own(finding, at->own);
    spn_saw_ticket(finding, view->tickets[which]);
}

/* ---- what is right, and what is not known ---- */

static void tell_case(struct examination *x, const struct spn_view *view, size_t which)
{
    switch (view->cases[which].verdict) {
    case SPN_MISSING:
        tell_missing(x, view, which);
        break;
    case SPN_DUPLICATE:
        tell_duplicate(x, view, which);
        break;
    case SPN_MISPLACED:
    case SPN_SHARED:
        tell_misplaced(x, view, which);
        break;
    default:
        break;
    }
}

static size_t count_of(const struct spn_view *view, enum spn_verdict verdict)
{
    size_t count = 0;

    for (size_t i = 0; i < view->case_count; i++)
        count += view->cases[i].verdict == verdict;
    return count;
}

/* `is_held`: of the open ones those that some account has, else those that none has. */
static const char *names_text(struct examination *x, const struct spn_view *view,
                              enum spn_verdict verdict, bool is_held)
{
    const char *comma = "";
    struct buffer out;

    buffer_init(&out, TEXT_MOST);
    for (size_t i = 0; i < view->case_count; i++) {
        const struct spn_case *at = &view->cases[i];

        if (at->verdict != verdict || !spn_is_needed(at->reasons) ||
            is_held != (at->holders->count > 0))
            continue;
        buffer_print(&out, "%s%s/%s", comma, at->service, at->host);
        comma = ", ";
    }
    return buffer_keep(&out, pass_memory(x));
}

/* Some account has it, and which is the server's own nobody can say. */
static void tell_ownless(struct examination *x, const struct spn_view *view, const char *names)
{
    struct finding *finding =
        unknown(x, &smtp_spn_misplaced, "whether %s is on the account of %s is not known", names,
                view->server->host ? view->server->host : view->server->name);

    for (size_t i = 0; i < view->case_count; i++) {
        if (view->cases[i].verdict == SPN_OPEN && spn_is_needed(view->cases[i].reasons))
            saw_holders(x, finding, &view->cases[i]);
    }
    saw_no_own(finding, view);
    set_vouched(finding, VALUE_TEXT, "server", view->server->name, strlen(view->server->name));
}

static void tell_open(struct examination *x, const struct spn_view *view, const char *names)
{
    struct finding *finding = unknown(x, &smtp_spn_missing, "who has %s is not known", names);

    if (view->is_hidden)
        saw(finding, view->accounts_source,
            "the directory answers with %s: whoever asked may not read it",
            view->own ? "the server's own account and none of its names, of which each machine "
                        "has some"
                      : "nothing of the server's own account");
    if (view->accounts_obstacle)
        saw_failure(finding, view->accounts_obstacle);
    for (size_t i = 0; i < view->case_count; i++) {
        if (view->cases[i].verdict == SPN_OPEN)
            spn_saw_ticket(finding, view->tickets[i]);
    }
    if (view->accounts_cut)
        saw(finding, view->accounts_cut,
            "the accounts that were read do not have it, and this ends before its end: who has it "
            "may be in the rest");
    else if (!view->accounts_obstacle && view->library.count > 0 && !view->is_hidden)
        saw(finding, NULL, "the accounts that were read do not have it, and are not all there are");
}

/* What its names are is not all known here. */
static void tell_unlooked(struct examination *x, const struct spn_view *view)
{
    const struct spn_listener *strange = view->names.strange;
    struct finding *finding;

    if (strange) {
        finding = unknown(x, &smtp_spn_missing,
                          "what it is to call itself is no name of a host: nothing is known of it");
        saw(finding, view->server_source, "%s \"%s\" of %s is to call itself %s",
            strange->is_virtual_server ? "SMTP virtual server" : "receive connector", strange->name,
            view->server->name, strange->fqdn);
        set_vouched(finding, VALUE_NAME, "machine", machine_of(view), strlen(machine_of(view)));
        set_yes(finding, "strange-name");
        set_yes(finding, "no-directory");
    }
    if (view->names.left_out > 0) {
        finding = unknown(x, &smtp_spn_missing,
                          "it has more names than are looked at, which are %d", SPN_NAMES_MOST);
        set_yes(finding, "names-left");
        set_yes(finding, "no-directory");
    }
}

/* Another report may have what it holds go to another. */
static void claim_right(struct examination *x, struct finding *finding, const struct spn_view *view)
{
    for (size_t i = 0; i < view->case_count; i++) {
        const struct spn_case *at = &view->cases[i];

        if (at->verdict == SPN_RIGHT && at->own)
            claim_name(x, finding, at);
    }
}

static void tell_right(struct examination *x, const struct spn_view *view)
{
    const char *right = names_text(x, view, SPN_RIGHT, true),
               *mapped = names_text(x, view, SPN_MAPPED, true);

    if (!*right && !*mapped)
        return;
    if (count_of(view, SPN_MISSING) == 0 && count_of(view, SPN_OPEN) == 0)
        healthy(x, &smtp_spn_missing, "%s%s%s%s", right, *right && *mapped ? ", " : "",
                *mapped ? mapped : "",
                *mapped ? ": registered, in part by HOST/ and sPNMappings" : ": registered");
    if (count_of(view, SPN_MISPLACED) + count_of(view, SPN_SHARED) + count_of(view, SPN_DUPLICATE) +
                count_of(view, SPN_MISSING) ==
            0 &&
        view->own)
        claim_right(x,
                    healthy(x, &smtp_spn_misplaced, "its names are on its own account, %s",
                            view->own->name),
                    view);
    if (count_of(view, SPN_DUPLICATE) == 0 && view->is_everywhere && view->names.left_out == 0)
        healthy(x, &smtp_spn_duplicate, "none of its names is on another account of the forest");
}

void spn_tell_names(struct examination *x, const struct spn_view *view)
{
    const char *ownless, *open;

    for (size_t i = 0; i < view->case_count; i++)
        tell_case(x, view, i);
    ownless = names_text(x, view, SPN_OPEN, true);
    open = names_text(x, view, SPN_OPEN, false);
    if (*ownless)
        tell_ownless(x, view, ownless);
    if (*open)
        tell_open(x, view, open);
    tell_unlooked(x, view);
    tell_right(x, view);
}

/* ---- for other findings ---- */

void spn_set_names(struct examination *x, struct finding *finding, const struct spn_view *view)
{
    for (size_t i = 0; i < view->names.count; i++) {
        const struct spn_name *name = &view->names.list[i];

        if (spn_is_needed(name->reasons))
            set_name(finding, "spn", name->is_vouched, spn_text(x, "SMTPSVC", name->host));
    }
}

void spn_saw_verdicts(struct examination *x, struct finding *finding, const struct spn_view *view)
{
    static const char *const texts[SPN_VERDICT_COUNT] = {
        [SPN_MISSING] = "is on no account, or not on the server's",
        [SPN_DUPLICATE] = "is on several accounts",
        [SPN_MISPLACED] = "is on the account of another",
        [SPN_SHARED] = "is on the account of another server with this name",
        [SPN_RIGHT] = "is where it belongs",
        [SPN_MAPPED] = "is covered by HOST/ on the right account",
        [SPN_OPEN] = "is on no account that was read, and not all were",
    };

    const char *elsewhere = spn_view_is_wrong(view) ? "" : ": the cause is another one";

    for (size_t i = 0; i < view->case_count; i++) {
        const struct spn_case *at = &view->cases[i];
        bool is_right = at->verdict == SPN_RIGHT || at->verdict == SPN_MAPPED;

        if (at->verdict == SPN_OPEN && view->library.count == 0)
            saw(finding, NULL,
                "%s: neither a directory nor an export of accounts was read, so that it is not "
                "known whether it is registered",
                spn_text(x, at->service, at->host));
        else if (spn_is_needed(at->reasons) && texts[at->verdict])
            saw(finding, NULL, "%s %s%s", spn_text(x, at->service, at->host), texts[at->verdict],
                is_right ? elsewhere : "");
    }
}
