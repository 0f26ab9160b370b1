#include "probes/clock/field.h"

#include "probes/clock/settings.h"

#include <string.h>

const struct ad_domain *clock_domain_of_server(struct examination *x, const struct clock_host *host)
{
    const struct ad_domain *domain = ad_domain_of_host(x, host->name, host->told_domain);
    const struct ad_domain *named =
        domain->state == AD_DOMAIN_NONE ? ad_domain_named(x, NULL) : NULL;

    return named ? named : domain;
}

enum { /* microseconds */
       SECOND = 1000000,
       MINUTE = 60 * SECOND
};
enum { MINUTES_USUAL = 5 };
enum { CONTROLLERS_HEARD = 16 }; /* of a domain, the PDC emulator first: more decide nothing more */

struct builder {
    struct examination *x;
    struct clock_field *field;
    bool is_pending;
};

const char *clock_given_name(struct examination *x, const struct clock_host *host)
{
    struct subject_list all = ask_subjects(x, SUBJECT_DC);

    for (size_t i = 0; i < all.count; i++) {
        if (all.list[i]->given &&
            clock_host_is_same(host, clock_host_of(x, all.list[i]->name, host->role, NULL)))
            return all.list[i]->name;
    }
    return NULL;
}

/* ---- who is in it ---- */

static bool is_listed(const struct clock_field *field, const struct clock_host *host)
{
    for (size_t i = 0; i < field->witness_count; i++) {
        if (clock_host_is_same(field->witnesses[i], host))
            return true;
    }
    return false;
}

/* The user says that this controller is right: where it has a say, it has that of a clock outside.
 */
static void make_reference(struct builder *builder, const struct clock_host *host)
{
    struct clock_field *field = builder->field;

    for (size_t i = 0; i < field->witness_count; i++) {
        const struct clock_host *listed = field->witnesses[i];
        struct clock_host *right;

        if (!clock_host_is_same(listed, host))
            continue;
        right = arena_new(pass_memory(builder->x), 1, sizeof *right);
        *right = *listed;
        right->role = CLOCK_ROLE_REFERENCE;
        field->witnesses[i] = right;
        for (size_t other = 0; other < field->other_count; other++) {
            if (field->others[other] == listed)
                field->others[other] = right;
        }
    }
}

/* NULL: it is there already, or is the host at hand. */
static const struct clock_host *add_witness(struct builder *builder, const char *name,
                                            enum clock_role role, const char *realm)
{
    struct clock_field *field = builder->field;
    const struct clock_host *host;

    if (field->witness_count == CLOCK_OTHERS_MOST)
        return NULL;
    host = strcmp(name, field->host->name) == 0 ? field->host
                                                : clock_host_of(builder->x, name, role, realm);
    builder->is_pending = builder->is_pending || host->is_pending;
    if (clock_host_is_same(field->host, host)) {
        if (role == CLOCK_ROLE_CONTROLLER || role == CLOCK_ROLE_PDC)
            field->controller = name;
        field->is_reference = field->is_reference || role == CLOCK_ROLE_REFERENCE;
        return NULL;
    }
    if (is_listed(field, host)) {
        if (role == CLOCK_ROLE_REFERENCE)
            make_reference(builder, host);
        return NULL;
    }
    field->witnesses[field->witness_count++] = host;
    return host;
}

static void add_other(struct builder *builder, const struct clock_host *host)
{
    if (host)
        builder->field->others[builder->field->other_count++] = host;
}

static bool is_held_against(const struct clock_field *field, const char *name)
{
    return field->host->role != CLOCK_ROLE_CONTROLLER || !field->domain->pdc ||
           strcmp(name, field->domain->pdc) == 0;
}

static void add_controller(struct builder *builder, const char *name)
{
    const struct ad_domain *domain = builder->field->domain;
    bool is_pdc = domain->pdc && strcmp(name, domain->pdc) == 0;
    const struct clock_host *host =
        add_witness(builder, name, is_pdc ? CLOCK_ROLE_PDC : CLOCK_ROLE_CONTROLLER, domain->realm);

    if (is_held_against(builder->field, name))
        add_other(builder, host);
}

/* Whoever asks one domain for tickets does not mind the clocks of another. */
static bool is_of_another_domain(struct builder *builder, const char *controller)
{
    const struct ad_domain *own = builder->field->domain;
    const struct clock_host *host =
        clock_host_of(builder->x, controller, CLOCK_ROLE_CONTROLLER, own->realm);
    const struct ad_domain *other = ad_domain_of_host(builder->x, controller, host->told_domain);

    builder->is_pending =
        builder->is_pending || host->is_pending || other->state == AD_DOMAIN_PENDING;
    return own->state == AD_DOMAIN_FOUND && other->state == AD_DOMAIN_FOUND &&
           strcmp(own->name, other->name) != 0;
}

static void add_controllers(struct builder *builder)
{
    const struct ad_domain *domain = builder->field->domain;
    struct subject_list given = ask_subjects(builder->x, SUBJECT_DC);

    for (size_t i = 0; i < domain->count && i < CONTROLLERS_HEARD; i++)
        add_controller(builder, domain->controllers[i]);
    for (size_t i = 0; i < given.count && i < CLOCK_OTHERS_MOST; i++) {
        if (given.list[i]->given && !is_of_another_domain(builder, given.list[i]->name))
            add_controller(builder, given.list[i]->name);
    }
}

static bool is_own_server(struct builder *builder, const struct subject *server)
{
    const struct ad_domain *domain;

    if (server->given)
        return true;
    domain = ad_domain_above(builder->x, server->name);
    builder->is_pending = builder->is_pending || (domain && domain->state == AD_DOMAIN_PENDING);
    return domain && domain->state == AD_DOMAIN_FOUND;
}

static bool is_controller(const struct clock_host *host)
{
    return host->role == CLOCK_ROLE_CONTROLLER || host->role == CLOCK_ROLE_PDC;
}

/* A server that differs from the one controller that told the time: which of them is wrong? */
static bool is_against_one(const struct clock_field *field)
{
    const struct clock_host *one = NULL;

    for (size_t i = 0; i < field->other_count; i++) {
        if (!clock_host_spoke(field->others[i]))
            continue;
        if (one || !is_controller(field->others[i]))
            return false;
        one = field->others[i];
    }
    return one && clock_are_apart(field->host, one, CLOCK_DRIFT_FROM);
}

/*
 * Of controllers that differ, servers show which one has left the domain. On each other they have
 * no say, for all of them may follow a controller that is wrong, unless there is but one, and they
 * differ from it.
 */
static void add_servers(struct builder *builder)
{
    struct subject_list servers = ask_subjects(builder->x, SUBJECT_SERVER);

    if (builder->field->host->role == CLOCK_ROLE_SERVER && !is_against_one(builder->field))
        return;
    for (size_t i = 0; i < servers.count && i < CLOCK_OTHERS_MOST; i++) {
        if (is_own_server(builder, servers.list[i]))
            add_witness(builder, servers.list[i]->name, CLOCK_ROLE_SERVER, NULL);
    }
}

static void add_references(struct builder *builder)
{
    const struct settings *settings = ask_settings(builder->x);
    bool is_held = builder->field->host->role == CLOCK_ROLE_PDC || !builder->field->other_count;

    for (size_t i = 0; i < settings->reference_count && i < REFERENCES_MOST; i++) {
        const struct clock_host *host =
            add_witness(builder, settings->references[i], CLOCK_ROLE_REFERENCE, NULL);

        if (is_held)
            add_other(builder, host);
    }
}

/* ---- the domain above ---- */

static const char *forest_of(struct builder *builder, const struct ad_domain *domain)
{
    const struct clock_host *pdc;

    if (!domain->pdc)
        return NULL;
    pdc = clock_host_of(builder->x, domain->pdc, CLOCK_ROLE_PDC, domain->realm);
    builder->is_pending = builder->is_pending || pdc->is_pending;
    return pdc->told_forest;
}

/* NULL: there is none, or it says itself that it is of another forest. */
static const struct ad_domain *domain_over(struct builder *builder, const struct ad_domain *domain)
{
    const struct ad_domain *over = ad_domain_over(builder->x, domain);
    const char *forest, *over_forest;

    if (!over || over->state == AD_DOMAIN_PENDING) {
        builder->is_pending = builder->is_pending || over;
        return NULL;
    }
    forest = forest_of(builder, domain);
    over_forest = forest_of(builder, over);
    return forest && over_forest && !dns_name_equal(forest, over_forest) ? NULL : over;
}

/* The PDC emulator follows that of the domain above, which has a say about all of the domain. */
static void look_above(struct builder *builder)
{
    struct clock_field *field = builder->field;
    const struct ad_domain *over;

    if (field->domain->state != AD_DOMAIN_FOUND)
        return;
    over = domain_over(builder, field->domain);
    if (over && over->pdc) {
        const struct clock_host *pdc = add_witness(builder, over->pdc, CLOCK_ROLE_PDC, over->realm);

        if (field->host->role == CLOCK_ROLE_PDC)
            add_other(builder, pdc);
    }
    field->top = field->domain->name;
    for (; over; over = domain_over(builder, over)) {
        field->top = over->name;
        field->depth++;
    }
}

/* ---- what is borne ---- */

/* What host evidence of one of those concerned says. Of no tolerance at all a second is left. */
static void read_limit(struct builder *builder)
{
    struct clock_field *field = builder->field;
    const char *names[CLOCK_OTHERS_MOST + 1];
    struct clock_tolerance told;

    for (size_t i = 0; i < field->other_count; i++)
        names[i] = field->others[i]->name;
    names[field->other_count] = field->host->name;
    if (!clock_settings_tolerance(builder->x, names, field->other_count + 1, &told))
        builder->is_pending = true;
    field->limit_source = told.source;
    field->limit = (int64_t)(told.minutes >= 0 ? told.minutes : MINUTES_USUAL) * MINUTE;
    if (field->limit == 0)
        field->limit = SECOND;
}

/* ---- who has nobody above it ---- */

static bool has_heard(const struct clock_field *field)
{
    for (size_t i = 0; i < field->other_count; i++) {
        if (clock_host_spoke(field->others[i]))
            return true;
    }
    return false;
}

/* Servers that agree with each other, and more of them than agree with it, show that it is wrong:
 * then it is held against them. */
static void hold_against_servers(struct builder *builder)
{
    struct clock_field *field = builder->field;
    struct clock_comparison *comparison = arena_new(pass_memory(builder->x), 1, sizeof *comparison);

    if (!is_controller(field->host) || has_heard(field))
        return;
    clock_compare(field->host, field->witnesses, field->witness_count, field->witnesses,
                  field->witness_count, field->limit, comparison);
    for (size_t i = 0; i < comparison->count && field->other_count < CLOCK_OTHERS_MOST; i++) {
        const struct clock_pair *pair = &comparison->pairs[i];

        if (pair->other->role != CLOCK_ROLE_SERVER || pair->blame != CLOCK_ITSELF)
            continue;
        field->others[field->other_count++] = pair->other;
        field->is_accused = true;
    }
}

/* ---- the PDC emulator, among clocks of its own ---- */

static bool fill(struct examination *x, struct clock_field *field)
{
    struct builder builder = {.x = x, .field = field, .is_pending = field->host->is_pending};
    struct clock_comparison *comparison = arena_new(pass_memory(x), 1, sizeof *comparison);

    add_controllers(&builder);
    look_above(&builder);
    add_references(&builder);
    add_servers(&builder);
    read_limit(&builder);
    hold_against_servers(&builder);
    clock_compare(field->host, field->others, field->other_count, field->witnesses,
                  field->witness_count, field->limit, comparison);
    field->comparison = comparison;
    return !builder.is_pending;
}

/* Judged as its own subject is, so that no two findings differ on it. False: pending. */
static bool look_at_pdc(struct examination *x, struct clock_field *field)
{
    struct clock_field *above = arena_new(pass_memory(x), 1, sizeof *above);
    const struct clock_pair *worst;

    above->domain = field->domain;
    above->host = clock_host_of(x, field->domain->pdc, CLOCK_ROLE_PDC, field->domain->realm);
    if (!fill(x, above))
        return false;
    if (!above->is_reference && clock_is_wrong(above->comparison) &&
        !clock_host_is_same(above->host, field->host))
        field->wrong_pdc = above->host;
    worst = above->comparison->worst;
    field->is_with_disputed_pdc = worst && clock_is_apart(worst) &&
                                  worst->blame == CLOCK_UNDECIDED &&
                                  clock_are_in_step(field->host, above->host, field->limit);
    field->is_with_wrong_pdc =
        field->wrong_pdc && clock_are_in_step(field->host, field->wrong_pdc, field->limit);
    return true;
}

const struct clock_field *clock_field_of(struct examination *x, const struct clock_host *host,
                                         const struct ad_domain *domain)
{
    struct clock_field *field = arena_new(pass_memory(x), 1, sizeof *field);
    bool is_there;

    field->host = host;
    field->domain = domain;
    is_there = fill(x, field) && domain->state != AD_DOMAIN_PENDING;
    if (domain->pdc && host->role != CLOCK_ROLE_PDC)
        is_there = look_at_pdc(x, field) && is_there;
    return is_there ? field : NULL;
}
