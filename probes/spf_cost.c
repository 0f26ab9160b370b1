#include "probes/spf_cost.h"

#include "probes/public_dns.h"
#include "probes/spf_published.h"

#include <string.h>

struct walk {
    struct examination *x;
    struct spf_cost *cost;
    unsigned voids;
    bool pending;
};

struct branch { /* a record on the way from the top to here */
    const char *domain;
    const struct branch *above;
};

static void walk_record(struct walk *walk, const struct spf_record *record,
                        const struct branch *branch);

static void stop(struct walk *walk, const char *format, ...) PRINTF_LIKE(2, 3);

/* The first obstacle counts. */
static void stop(struct walk *walk, const char *format, ...)
{
    va_list arguments;

    if (walk->cost->obstacle)
        return;
    va_start(arguments, format);
    walk->cost->obstacle = arena_print_list(pass_memory(walk->x), format, arguments);
    va_end(arguments);
}

/* The public answer, or NULL: on its way, or not to be had, which is an obstacle. */
static const struct dns_answer *ask(struct walk *walk, const char *name, enum dns_type type)
{
    struct public_view view = public_dns(walk->x, name, type);

    if (view.state == PUBLIC_KNOWN)
        return view.answers[0];
    if (view.state == PUBLIC_PENDING)
        walk->pending = true;
    else
        stop(walk, "what %s publishes could not be read, so the merged record cannot be counted",
             name);
    return NULL;
}

static bool is_above(const struct branch *branch, const char *domain)
{
    for (; branch; branch = branch->above) {
        if (dns_name_equal(branch->domain, domain))
            return true;
    }
    return false;
}

/* include and redirect: the record at another name. */
static void walk_other(struct walk *walk, const char *domain, const struct branch *branch)
{
    const struct branch here = {domain, branch};
    const struct spf_published *published;
    const struct dns_answer *answer;

    if (is_above(branch, domain)) {
        stop(walk, "%s leads back to itself", domain);
        return;
    }
    answer = ask(walk, domain, DNS_TXT);
    if (!answer)
        return;
    published = spf_select(answer);
    if (published->count != 1)
        stop(walk, "%s, which one of them names, publishes %s, which is a permanent error", domain,
             published->count ? "several SPF records" : "no SPF record");
    else if (published->records[0].error)
        stop(walk, "the SPF record of %s, which one of them names, is not valid", domain);
    else
        walk_record(walk, &published->records[0], &here);
}

static void count_void(struct walk *walk)
{
    if (++walk->voids > SPF_VOIDS_MOST)
        stop(walk, "more than %u of the names in it lead to nothing, which is a permanent error",
             (unsigned)SPF_VOIDS_MOST);
}

static void walk_addresses(struct walk *walk, const char *name)
{
    const struct dns_answer *v4 = ask(walk, name, DNS_A), *v6 = ask(walk, name, DNS_AAAA);

    if (v4 && v6 && !dns_answer_has_records(v4) && !dns_answer_has_records(v6))
        count_void(walk);
}

static void walk_exchangers(struct walk *walk, const char *name)
{
    const struct dns_answer *mx = ask(walk, name, DNS_MX);

    if (mx && !dns_answer_has_records(mx))
        count_void(walk);
}

static bool costs_lookup(enum spf_term_kind kind)
{
    static const bool costs[SPF_TERM_KIND_COUNT] = {
#define X(name, word, is_mechanism, costs) [SPF_##name] = costs,
        SPF_TERM_LIST(X)
#undef X
    };

    return costs[kind];
}

static void walk_term(struct walk *walk, const struct spf_term *term, const struct branch *branch)
{
    const char *name = branch->domain;

    if (++walk->cost->lookups > SPF_LOOKUPS_MOST) {
        stop(walk,
             "together they need more than the %u DNS lookups that are allowed, so the merged "
             "record would be a permanent error again",
             (unsigned)SPF_LOOKUPS_MOST);
        return;
    }
    if (term->value)
        name = arena_copy(pass_memory(walk->x), term->value, term->value_size);
    if (strchr(name, '%')) {
        if (term->kind == SPF_INCLUDE || term->kind == SPF_REDIRECT)
            stop(walk, "what %s stands for depends on the message, so it cannot be counted ahead",
                 name);
        return;
    }
    if (term->kind == SPF_INCLUDE || term->kind == SPF_REDIRECT)
        walk_other(walk, name, branch);
    else if (term->kind == SPF_A || term->kind == SPF_EXISTS)
        walk_addresses(walk, name);
    else if (term->kind == SPF_MX)
        walk_exchangers(walk, name);
}

static void walk_record(struct walk *walk, const struct spf_record *record,
                        const struct branch *branch)
{
    for (size_t i = 0; i < record->term_count && !walk->cost->obstacle; i++) {
        if (costs_lookup(record->terms[i].kind) && spf_is_reached(record, &record->terms[i]))
            walk_term(walk, &record->terms[i], branch);
    }
}

bool spf_count_cost(struct examination *x, const struct spf_record *record, const char *domain,
                    struct spf_cost *cost)
{
    const struct branch top = {domain, NULL};
    struct walk walk = {.x = x, .cost = cost};

    memset(cost, 0, sizeof *cost);
    walk_record(&walk, record, &top);
    return !walk.pending;
}
