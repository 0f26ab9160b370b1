#include "probes/clock/place.h"

#include "diag/text.h"
#include "probes/clock/settings.h"

#include <string.h>

/* ---- the forest ---- */

/* MS-ADTS 6.3.2.3: below the forest's root alone. Without one, no name says that it is no root. */
static enum time_known has_catalogs(struct examination *x, const char *domain)
{
    const struct dns_answer *catalog =
        ask_dns(x, arena_print(pass_memory(x), "_ldap._tcp.gc._msdcs.%s", domain), DNS_SRV);

    if (!catalog || catalog->evidence.status != STATUS_OK)
        return TIME_NOT_KNOWN;
    return dns_answer_next(catalog, NULL) ? TIME_YES : TIME_NO;
}

/* A domain without catalogs of its own is below the root where a domain above it has them. */
static enum time_known is_root_by_dns(struct examination *x, const struct ad_domain *domain)
{
    enum time_known own = has_catalogs(x, domain->name);

    if (own != TIME_NO)
        return own;
    for (const char *dot = strchr(domain->name, '.'); dot; dot = strchr(dot + 1, '.')) {
        if (strchr(dot + 1, '.') && has_catalogs(x, dot + 1) == TIME_YES)
            return TIME_NO;
    }
    return TIME_NOT_KNOWN;
}

enum time_known clock_is_forest_root(struct examination *x, const struct ad_domain *domain,
                                     const char *told_forest)
{
    enum time_known by_dns, told = TIME_NOT_KNOWN;

    if (domain->state != AD_DOMAIN_FOUND)
        return TIME_NOT_KNOWN;
    by_dns = is_root_by_dns(x, domain);
    if (told_forest)
        told = text_equal_fold(told_forest, domain->name) ? TIME_YES : TIME_NO;
    if (told == TIME_NOT_KNOWN || told == by_dns)
        return by_dns;
    return by_dns == TIME_NOT_KNOWN ? told : TIME_NOT_KNOWN;
}

/* ---- steps ---- */

void clock_set_flag(struct finding *finding, const char *flag)
{
    set_text(finding, flag, "yes");
}

/* Names, lists of peers: whoever wrote them, they are what they seem in a line of cmd. */
static bool is_plain(const char *text)
{
    for (size_t i = 0; text[i]; i++) {
        bool is_inner = i > 0 && strchr("-.,:_ []", text[i]);

        if (!text_is_letter(text[i]) && !text_is_digit(text[i]) && !is_inner)
            return false;
    }
    return *text != '\0';
}

void clock_set_plain(struct finding *finding, const char *name, const char *text)
{
    if (is_plain(text))
        set_vouched(finding, VALUE_TEXT, name, text, strlen(text));
    else
        set_text(finding, name, text);
}

/* What a setting is on the machine itself, whatever a policy says; NULL: not known, or not set. */
static const char *local_text(const struct time_plan *plan, enum time_setting setting)
{
    const struct time_value *value = &plan->values[setting];

    return value->origin == TIME_ORIGIN_LOCAL ? value->text : value->overridden;
}

/* For the way back: what the steps change, as it is now. */
void clock_set_old(struct finding *finding, const struct time_plan *plan, enum time_setting setting,
                   const char *name)
{
    const char *text = local_text(plan, setting);

    if (text && *text)
        clock_set_plain(finding, name, text);
    else
        clock_set_flag(finding, "old-unknown");
}

void clock_set_place(struct finding *finding, const struct time_plan *plan, enum time_known top)
{
    clock_set_flag(finding, top == TIME_NO ? "domain" : top == TIME_YES ? "outside" : "either");
    clock_set_flag(finding, "is-changed");
    clock_set_old(finding, plan, TIME_SETTING_TYPE, "old-type");
    clock_set_old(finding, plan, TIME_SETTING_ANNOUNCE, "old-announce");
    if (top != TIME_NO)
        clock_set_old(finding, plan, TIME_SETTING_PEERS, "old-peers");
}

/* Where a policy sets what is wrong, what is set on the machine counts once it does not. */
static bool is_wrong_below_policy(const struct time_plan *plan, enum time_known top)
{
    const char *type = plan->values[TIME_SETTING_TYPE].overridden;

    return type && !text_equal_fold(type, top == TIME_NO ? "NT5DS" : "NTP");
}

void clock_set_policy(struct finding *finding, const struct time_plan *plan, enum time_known top)
{
    clock_set_flag(finding, "policy");
    if (top != TIME_YES)
        clock_set_flag(finding, "policy-domain");
    if (top != TIME_NO)
        clock_set_flag(finding, "policy-outside");
    if (is_wrong_below_policy(plan, top))
        clock_set_place(finding, plan, top);
}

static bool is_set_wrong_by_policy(const struct time_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct time_value *value = faults->list[i].value;

        if (value && value->origin == TIME_ORIGIN_POLICY &&
            (value->setting == TIME_SETTING_TYPE || value->setting == TIME_SETTING_PEERS))
            return true;
    }
    return false;
}

void clock_set_right(struct finding *finding, const struct time_plan *plan,
                     const struct time_faults *faults)
{
    if (faults->role == TIME_ROLE_STAND_ALONE) {
        clock_set_flag(finding, "stand-alone");
        clock_set_flag(finding, "is-changed");
    } else if (is_set_wrong_by_policy(faults)) {
        clock_set_policy(finding, plan, faults->top);
    } else if (plan->values[TIME_SETTING_TYPE].origin != TIME_ORIGIN_POLICY) {
        clock_set_place(finding, plan, faults->top);
    }
}

/* ---- a host that was measured ---- */

static bool is_in_domain(const struct clock_field *field)
{
    for (size_t i = 0; i < field->other_count; i++) {
        if (field->others[i]->role != CLOCK_ROLE_REFERENCE)
            return true;
    }
    return field->domain->state == AD_DOMAIN_FOUND;
}

/* A policy that its evidence does not show is not known of: what is looked at first shows it. */
static struct time_plan *plan_of(struct examination *x, const struct clock_field *field)
{
    struct time_plan *plan = arena_new(pass_memory(x), 1, sizeof *plan);
    const struct time_plan *told = clock_settings_plan_of(x, field->host->name);

    if (told)
        *plan = *told;
    if (plan->role == TIME_ROLE_UNKNOWN && is_in_domain(field))
        plan->role = TIME_ROLE_MEMBER;
    return plan;
}

static struct time_surroundings surroundings_of(struct examination *x,
                                                const struct clock_field *field)
{
    const struct clock_host *host = field->host;
    const struct ad_domain *domain = field->domain;
    struct time_surroundings out = {.domain = domain->name,
                                    .controllers = domain->controllers,
                                    .controller_count = domain->count};

    if (host->role != CLOCK_ROLE_PDC && host->role != CLOCK_ROLE_CONTROLLER)
        return out;
    out.is_controller = TIME_YES;
    if (host->role == CLOCK_ROLE_PDC)
        out.is_pdc = TIME_YES;
    else if (domain->pdc)
        out.is_pdc = TIME_NO;
    if (out.is_pdc != TIME_NO)
        out.is_forest_root = clock_is_forest_root(x, domain, host->told_forest);
    return out;
}

void clock_set_place_of(struct examination *x, struct finding *finding,
                        const struct clock_field *field)
{
    const struct time_surroundings surroundings = surroundings_of(x, field);
    const struct time_plan *plan = plan_of(x, field);
    struct time_faults faults;

    time_plan_judge(plan, &surroundings, pass_memory(x), &faults);
    clock_set_right(finding, plan, &faults);
}
