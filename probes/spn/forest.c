#include "probes/spn/forest.h"

#include "diag/read/ldap_text.h"
#include "diag/text.h"
#include "probes/spn/accounts.h"

#include <string.h>

enum { ADDRESSES_MOST = 4 /* of one controller */ };

enum { /* of LDAP, RFC 4511 appendix A */
       RESULT_STRONGER_AUTH_REQUIRED = 8,
       RESULT_CONFIDENTIALITY_REQUIRED = 13,
       RESULT_NO_SUCH_OBJECT = 32,
       RESULT_INVALID_CREDENTIALS = 49,
       RESULT_BUSY = 51,
       RESULT_UNWILLING = 53
};

static const char everything[] = "(objectClass=*)",
                  exchange_part[] = "CN=Microsoft Exchange,CN=Services";

/* ---- one question, put to one controller after the other ---- */

struct inquiry {
    struct examination *x;
    bool is_pending;
    const struct evidence *obstacle; /* the last one */
    size_t answered;                 /* which of the controllers did */
};

static bool is_whole(const struct directory_answer *answer)
{
    return answer && answer->evidence.status == STATUS_OK && !answer->more;
}

/*
 * No other controller does better. One may whose certificate is trusted, or whose limits are
 * wider; and what was refused once is sent to none of them. But a ticket that one controller
 * does not take says something of that controller.
 */
static bool is_final(const struct directory_answer *answer)
{
    if (is_whole(answer) || answer->evidence.status == STATUS_NOT_SUPPORTED)
        return true;
    if (answer->identity == DIRECTORY_AS_CALLER && answer->result == RESULT_INVALID_CREDENTIALS)
        return false;
    return answer->evidence.status == STATUS_REJECTED &&
           (answer->result < RESULT_BUSY || answer->result > RESULT_UNWILLING);
}

static bool wants_tls(const struct directory_answer *answer)
{
    return answer->evidence.status == STATUS_REFUSED ||
           (answer->evidence.status == STATUS_REJECTED &&
            (answer->result == RESULT_STRONGER_AUTH_REQUIRED ||
             answer->result == RESULT_CONFIDENTIALITY_REQUIRED));
}

static bool says_more(const struct directory_answer *other)
{
    return other->evidence.status != STATUS_REFUSED && other->evidence.status != STATUS_UNREACHABLE;
}

/* Of a controller whose name nobody has vouched for TLS would prove nothing. */
static const struct directory_answer *ask_address(struct inquiry *inquiry,
                                                  const struct directory_question *question)
{
    const struct directory_answer *answer = ask_directory(inquiry->x, question);

    if (answer && question->host && wants_tls(answer)) {
        struct directory_question over_tls = *question;
        const struct directory_answer *other;

        over_tls.service = question->service == SERVICE_GC ? SERVICE_GC_TLS : SERVICE_LDAPS;
        other = ask_directory(inquiry->x, &over_tls);
        if (!other || other->evidence.status == STATUS_OK ||
            (answer->evidence.status == STATUS_REFUSED && says_more(other)))
            answer = other;
    }
    inquiry->is_pending = inquiry->is_pending || !answer;
    return answer;
}

static size_t addresses_of(struct inquiry *inquiry, const char *name, struct ip_address *list)
{
    const struct dns_answer *answers[2];
    size_t count = 0;

    if (ip_parse(name, strlen(name), list) == STATUS_OK)
        return 1;
    answers[0] = ask_dns(inquiry->x, name, DNS_A);
    answers[1] = ask_dns(inquiry->x, name, DNS_AAAA);
    for (size_t i = 0; i < 2; i++) {
        const struct dns_record *record = NULL;

        if (!answers[i]) {
            inquiry->is_pending = true;
            return 0;
        }
        while (count < ADDRESSES_MOST && (record = dns_answer_next(answers[i], record)))
            list[count++] = record->data.ip;
    }
    if (count == 0)
        inquiry->obstacle = &answers[0]->evidence;
    return count;
}

/* What one of them says, or NULL, with the obstacle kept; a part of an answer is none yet. */
static const struct directory_answer *ask_controller(struct inquiry *inquiry,
                                                     const struct spn_controller *controller,
                                                     struct directory_question *question,
                                                     const struct directory_answer **part)
{
    struct ip_address addresses[ADDRESSES_MOST], literal;
    size_t count = addresses_of(inquiry, controller->name, addresses);
    bool is_address = ip_parse(controller->name, strlen(controller->name), &literal) == STATUS_OK;

    question->host = controller->is_vouched && !is_address ? controller->name : NULL;
    for (size_t i = 0; i < count && !inquiry->is_pending; i++) {
        const struct directory_answer *answer;

        question->ip = addresses[i];
        answer = ask_address(inquiry, question);
        if (answer && is_final(answer))
            return answer;
        if (answer && answer->evidence.status == STATUS_OK && !*part)
            *part = answer;
        if (answer)
            inquiry->obstacle = &answer->evidence;
    }
    return NULL;
}

/*
 * NULL while something is on its way, and where nobody had an answer. Of those with a part of one
 * the first.
 */
static const struct directory_answer *ask_controllers(struct inquiry *inquiry,
                                                      const struct spn_controllers *controllers,
                                                      struct directory_question question)
{
    const struct directory_answer *part = NULL, *answer;

    for (size_t i = 0; i < controllers->count; i++) {
        bool has_part = part != NULL;

        answer = ask_controller(inquiry, &controllers->list[i], &question, &part);
        if (answer || (part && !has_part))
            inquiry->answered = i;
        if (answer || inquiry->is_pending)
            return answer;
    }
    return part;
}

/* ---- controllers ---- */

static void add_controller(struct spn_controllers *controllers, const char *name, bool is_vouched)
{
    for (size_t i = 0; i < controllers->count; i++) {
        if (dns_name_equal(controllers->list[i].name, name))
            return;
    }
    if (controllers->count < SPN_CONTROLLERS_MOST)
        controllers->list[controllers->count++] = (struct spn_controller){name, is_vouched};
}

static void bring_forward(struct spn_controllers *controllers, size_t which)
{
    struct spn_controller chosen = controllers->list[which];

    memmove(&controllers->list[1], &controllers->list[0], which * sizeof chosen);
    controllers->list[0] = chosen;
}

static void find_controllers(struct examination *x, const struct ad_domain *domain,
                             struct spn_forest *forest)
{
    struct subject_list given = ask_subjects(x, SUBJECT_DC);

    for (size_t i = 0; i < given.count; i++) {
        if (given.list[i]->given)
            add_controller(&forest->controllers, given.list[i]->name, true);
    }
    for (size_t i = 0; domain && i < domain->count; i++)
        add_controller(&forest->controllers, domain->controllers[i],
                       dns_name_is_below(domain->controllers[i], domain->name));
}

/* The controller at hand if it is one, and those that DNS names. */
static bool find_catalogs(struct examination *x, struct spn_forest *forest, const char *root,
                          bool is_catalog)
{
    struct arena *arena = pass_memory(x);
    const struct dns_answer *answer;
    const struct dns_record *record = NULL;

    if (is_catalog)
        add_controller(&forest->catalogs, forest->controllers.list[0].name,
                       forest->controllers.list[0].is_vouched);
    if (!root)
        return true;
    answer = ask_dns(x, arena_print(arena, "_ldap._tcp.gc._msdcs.%s", root), DNS_SRV);
    while (answer && (record = dns_answer_next(answer, record))) {
        struct buffer name;

        if (strcmp(record->data.srv.target, ".") == 0)
            continue;
        buffer_init(&name, DNS_NAME_TEXT_SIZE);
        dns_name_fold(record->data.srv.target, &name);
        add_controller(&forest->catalogs, buffer_keep(&name, arena),
                       dns_name_is_below(record->data.srv.target, root));
    }
    return answer != NULL;
}

/* ---- what the directory says of itself ---- */

static enum spn_forest_state fail(struct spn_forest *forest, const struct inquiry *inquiry,
                                  const struct directory_answer *answer)
{
    if (inquiry->is_pending)
        return SPN_FOREST_PENDING;
    forest->obstacle = answer ? &answer->evidence : inquiry->obstacle;
    return forest->obstacle && forest->obstacle->status == STATUS_NOT_RECORDED
               ? SPN_FOREST_NOT_ASKED
               : SPN_FOREST_UNREADABLE;
}

static enum spn_forest_state read_root(struct examination *x, struct spn_forest *forest)
{
    static const char *const attributes[] = {"configurationNamingContext", "defaultNamingContext",
                                             "isGlobalCatalogReady", "rootDomainNamingContext",
                                             NULL};
    struct inquiry inquiry = {.x = x};
    const struct directory_answer *answer =
        ask_controllers(&inquiry, &forest->controllers,
                        (struct directory_question){.service = SERVICE_LDAP,
                                                    .base = "",
                                                    .scope = DIRECTORY_BASE,
                                                    .filter = everything,
                                                    .attributes = attributes});
    const struct directory_entry *root;
    const char *top, *is_catalog;

    if (!answer || answer->evidence.status != STATUS_OK || answer->entry_count == 0)
        return fail(forest, &inquiry, answer);
    bring_forward(&forest->controllers, inquiry.answered);
    root = &answer->entries[0];
    forest->configuration = directory_text_of(root, "configurationNamingContext");
    forest->naming_context = directory_text_of(root, "defaultNamingContext");
    if (!forest->configuration || !forest->naming_context)
        return fail(forest, &inquiry, answer);
    forest->domain = ldap_dn_domain(forest->naming_context, pass_memory(x));
    forest->ip = answer->address.ip;
    top = directory_text_of(root, "rootDomainNamingContext");
    is_catalog = directory_text_of(root, "isGlobalCatalogReady");
    if (!find_catalogs(x, forest, top ? ldap_dn_domain(top, pass_memory(x)) : NULL,
                       is_catalog && text_equal_fold(is_catalog, "TRUE")))
        return SPN_FOREST_PENDING;
    return SPN_FOREST_FOUND;
}

/* ---- the configuration partition ---- */

static const struct directory_answer *ask_below(struct inquiry *inquiry,
                                                const struct spn_forest *forest, const char *below,
                                                enum directory_scope scope, const char *filter,
                                                const char *const *attributes)
{
    return ask_controllers(
        inquiry, &forest->controllers,
        (struct directory_question){
            .service = SERVICE_LDAP,
            .base = arena_print(pass_memory(inquiry->x), "%s,%s", below, forest->configuration),
            .scope = scope,
            .filter = filter,
            .attributes = attributes});
}

static void read_domains(struct spn_forest *forest, const struct directory_answer *answer)
{
    for (size_t i = 0; i < answer->entry_count && forest->domain_count < SPN_DOMAINS_MOST; i++) {
        const char *name = directory_text_of(&answer->entries[i], "dnsRoot");
        const char *netbios = directory_text_of(&answer->entries[i], "nETBIOSName");

        if (name && netbios)
            forest->domains[forest->domain_count++] = (struct spn_domain){name, netbios};
    }
}

/* A forest without Exchange has no such part. */
static bool is_read(const struct directory_answer *answer)
{
    return answer &&
           (answer->evidence.status == STATUS_OK || (answer->evidence.status == STATUS_REJECTED &&
                                                     answer->result == RESULT_NO_SUCH_OBJECT));
}

static enum spn_forest_state read_configuration(struct examination *x, struct spn_forest *forest)
{
    static const char *const of_domains[] = {"dnsRoot", "nETBIOSName", NULL},
                             *const of_mappings[] = {"sPNMappings", NULL};
    struct inquiry inquiry = {.x = x}, beside = {.x = x};
    const struct directory_answer *servers =
        ask_below(&inquiry, forest, exchange_part, DIRECTORY_SUBTREE, spn_servers_filter,
                  spn_servers_attributes);
    const struct directory_answer *domains =
        ask_below(&beside, forest, "CN=Partitions", DIRECTORY_ONE, "(nETBIOSName=*)", of_domains);
    const struct directory_answer *mappings =
        ask_below(&beside, forest, "CN=Directory Service,CN=Windows NT,CN=Services", DIRECTORY_BASE,
                  everything, of_mappings);

    if (inquiry.is_pending || beside.is_pending)
        return SPN_FOREST_PENDING;
    if (domains && domains->evidence.status == STATUS_OK)
        read_domains(forest, domains);
    if (mappings && mappings->evidence.status == STATUS_OK && mappings->entry_count > 0)
        forest->mappings = directory_attribute_of(&mappings->entries[0], "sPNMappings");
    if (!is_read(servers))
        return fail(forest, &inquiry, servers);
    forest->servers = *spn_book_servers(spn_book_of_answer(servers));
    forest->servers_source = &servers->evidence;
    forest->are_servers_sure = servers->identity != DIRECTORY_AS_ANONYMOUS;
    forest->has_more_servers = servers->more;
    return SPN_FOREST_FOUND;
}

const struct spn_forest *spn_forest_of(struct examination *x, const struct ad_domain *domain)
{
    struct spn_forest *forest = arena_new(pass_memory(x), 1, sizeof *forest);

    forest->state = SPN_FOREST_PENDING;
    if (domain && domain->state == AD_DOMAIN_PENDING)
        return forest;
    find_controllers(x, domain, forest);
    if (forest->controllers.count == 0) {
        forest->state =
            domain && domain->state == AD_DOMAIN_NOT_ASKED ? SPN_FOREST_NOT_ASKED : SPN_FOREST_NONE;
        return forest;
    }
    forest->state = read_root(x, forest);
    if (forest->state == SPN_FOREST_FOUND)
        forest->state = read_configuration(x, forest);
    return forest;
}

/* ---- accounts ---- */

struct spn_search spn_forest_search(struct examination *x, const struct spn_forest *forest,
                                    const char *filter, const char *const *attributes)
{
    struct inquiry of_forest = {.x = x}, of_domain = {.x = x};
    const struct directory_question question = {.service = SERVICE_GC,
                                                .base = "",
                                                .scope = DIRECTORY_SUBTREE,
                                                .filter = filter,
                                                .attributes = attributes};
    struct directory_question narrower = question;
    struct spn_search search = {.answer = ask_controllers(&of_forest, &forest->catalogs, question)};

    search.is_pending = of_forest.is_pending;
    search.is_everywhere = is_whole(search.answer);
    search.obstacle = search.answer ? &search.answer->evidence : of_forest.obstacle;
    if (search.is_pending || search.is_everywhere)
        return search;
    narrower.service = SERVICE_LDAP;
    narrower.base = forest->naming_context;
    search.answer = ask_controllers(&of_domain, &forest->controllers, narrower);
    search.is_pending = of_domain.is_pending;
    search.is_everywhere = is_whole(search.answer) && forest->domain_count == 1;
    if (search.answer && search.answer->evidence.status != STATUS_OK) {
        search.obstacle = &search.answer->evidence;
        search.answer = NULL;
    }
    return search;
}

struct spn_search spn_forest_configured(struct examination *x, const struct spn_forest *forest,
                                        const char *filter, const char *const *attributes)
{
    struct inquiry inquiry = {.x = x};
    struct spn_search search = {.answer = ask_below(&inquiry, forest, exchange_part,
                                                    DIRECTORY_SUBTREE, filter, attributes)};

    search.is_pending = inquiry.is_pending;
    search.obstacle = search.answer ? &search.answer->evidence : inquiry.obstacle;
    search.is_everywhere = is_whole(search.answer);
    if (search.answer && !is_read(search.answer))
        search.answer = NULL;
    return search;
}

bool spn_forest_has_domain(const struct spn_forest *forest, const char *domain)
{
    for (size_t i = 0; domain && i < forest->domain_count; i++) {
        if (text_equal_fold(forest->domains[i].name, domain))
            return true;
    }
    return !domain || forest->domain_count == 0;
}

bool spn_forest_has(struct examination *x, const struct spn_forest *forest, const char *dn)
{
    return spn_forest_has_domain(forest, ldap_dn_domain(dn, pass_memory(x)));
}

const char *spn_forest_netbios(const struct spn_forest *forest, const char *domain)
{
    for (size_t i = 0; domain && forest->domain_count > 1 && i < forest->domain_count; i++) {
        if (text_equal_fold(forest->domains[i].name, domain))
            return forest->domains[i].netbios;
    }
    return NULL;
}
