#include "probes/clock/settings.h"

#include "diag/text.h"
#include "probes/ad_domain.h"
#include "probes/clock/kinds.h"
#include "probes/clock/place.h"
#include "probes/clock/settings_tell.h"
#include "probes/folder.h"
#include "probes/machine.h"

#include <string.h>

enum { GROUP_MOST = 64 };

/* ---- the files of one host ---- */

struct group {
    const struct subject *teller; /* the file at which it is told what they come to */
    unsigned telling;             /* how much that one says of it */
    const struct time_settings *list[GROUP_MOST];
    size_t count;
    bool has_more; /* than one host has */
    bool is_pending;
};

/* NULL for a file of another kind, and while it is on its way; that sets `is_pending`. */
static const struct time_settings *settings_of(struct examination *x, const char *path,
                                               bool *is_pending)
{
    const struct file_digest *digest = ask_file(x, path);
    const struct time_settings *settings;

    if (!digest) {
        *is_pending = true;
        return NULL;
    }
    if (digest->evidence.status != STATUS_OK || !(CLOCK_SETTINGS_FILES & PROBE_READS(digest->type)))
        return NULL;
    settings = ask_time_settings(x, path);
    *is_pending = *is_pending || !settings;
    return settings;
}

/* A file with the settings is the one that is meant, not whichever comes first by its name. */
static unsigned telling_of(const struct time_settings *settings)
{
    if (time_settings_covers(settings, TIME_KEY_W32TIME "\\Parameters"))
        return 3;
    if (settings->has_w32tm)
        return 2;
    return settings->registry.keys > 0;
}

static void add_file(struct group *group, const struct subject *file,
                     const struct time_settings *settings)
{
    group->has_more = group->count == GROUP_MOST;
    if (group->has_more)
        return;
    if (!group->teller || telling_of(settings) > group->telling) {
        group->teller = file;
        group->telling = telling_of(settings);
    }
    group->list[group->count++] = settings;
}

static void find_folder(struct examination *x, const struct subject *file, struct group *group)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);

    for (size_t i = 0; i < files.count && !group->has_more; i++) {
        const struct time_settings *settings;

        if (!folders_are_one(files.list[i]->name, file->name))
            continue;
        settings = settings_of(x, files.list[i]->name, &group->is_pending);
        if (settings && settings->evidence.status == STATUS_OK)
            add_file(group, files.list[i], settings);
    }
}

/* Whose it is, by the user's word (--file HOST=PATH), where it does not say so itself. */
static void take_host(struct examination *x, const struct time_settings *settings,
                      struct time_plan *plan)
{
    const char *host = ask_file_host(x, settings->path);
    size_t label = host ? strcspn(host, ".") : 0;
    struct ip_address ip;

    if (!host || plan->computer || ip_parse(host, strlen(host), &ip) == STATUS_OK)
        return;
    plan->computer = arena_copy(pass_memory(x), host, label);
    if (!plan->domain && host[label])
        plan->domain = host + label + 1;
    plan->lacks[TIME_LACK_NAME] = !plan->domain;
}

static const struct time_plan *plan_of_file(struct examination *x,
                                            const struct time_settings *settings)
{
    struct time_plan *plan = arena_new(pass_memory(x), 1, sizeof *plan);

    time_plan_read(&settings, 1, pass_memory(x), plan);
    take_host(x, settings, plan);
    return plan;
}

static bool names_several(struct examination *x, const struct group *group)
{
    const char *name = NULL;

    for (size_t i = 0; i < group->count; i++) {
        const char *other = plan_of_file(x, group->list[i])->computer;

        if (name && other && !text_equal_fold(name, other))
            return true;
        name = name ? name : other;
    }
    return false;
}

static bool is_told_otherwise(const struct time_plan *one, const struct time_plan *other)
{
    for (unsigned i = 0; i < TIME_SETTING_COUNT; i++) {
        const struct time_value *a = &one->values[i], *b = &other->values[i];

        if (a->text && b->text && a->origin == b->origin && !text_equal_fold(a->text, b->text))
            return true;
    }
    return false;
}

/* Two exports of the same keys that differ, of which one names no machine. */
static bool contradicts_itself(struct examination *x, const struct group *group)
{
    const struct time_plan *plans[GROUP_MOST];
    size_t count = 0;

    for (size_t i = 0; i < group->count; i++) {
        if (group->list[i]->registry.keys > 0)
            plans[count++] = plan_of_file(x, group->list[i]);
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if ((!plans[i]->computer || !plans[j]->computer) &&
                is_told_otherwise(plans[i], plans[j]))
                return true;
        }
    }
    return false;
}

static bool is_of_several(struct examination *x, const struct group *group)
{
    return group->has_more || names_several(x, group) || contradicts_itself(x, group);
}

static const struct group *group_of(struct examination *x, const struct subject *file)
{
    struct group *group = arena_new(pass_memory(x), 1, sizeof *group);
    const struct time_settings *own;

    find_folder(x, file, group);
    if (group->is_pending || !is_of_several(x, group))
        return group;
    *group = (struct group){.teller = NULL};
    own = settings_of(x, file->name, &group->is_pending);
    if (own && own->evidence.status == STATUS_OK)
        add_file(group, file, own);
    return group;
}

static struct time_plan *plan_of(struct examination *x, const struct group *group)
{
    struct time_plan *plan = arena_new(pass_memory(x), 1, sizeof *plan);

    time_plan_read(group->list, group->count, pass_memory(x), plan);
    for (size_t i = 0; i < group->count; i++)
        take_host(x, group->list[i], plan);
    return plan;
}

/* ---- the host of files ---- */

static bool is_of_host(const struct time_plan *plan, const char *host)
{
    size_t label = strcspn(host, ".");

    return plan->computer &&
           text_equal_fold_sized(plan->computer, strlen(plan->computer), host, label) &&
           (!host[label] || !plan->domain || text_equal_fold(host + label + 1, plan->domain));
}

/*
 * The one controller or server that the evidence is of; NULL: none is examined, or several have
 * the name that it tells.
 */
static const struct subject *home_of(struct examination *x, const struct time_plan *plan)
{
    static const enum subject_kind kinds[] = {SUBJECT_DC, SUBJECT_SERVER};
    const struct subject *home = NULL;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct subject_list hosts = ask_subjects(x, kinds[i]);

        for (size_t j = 0; j < hosts.count; j++) {
            const struct subject *host = hosts.list[j];

            if (!is_of_host(plan, host->name) || (kinds[i] == SUBJECT_SERVER && !host->given))
                continue;
            if (home && strcmp(home->name, host->name) != 0)
                return NULL;
            home = home ? home : host;
        }
    }
    return home;
}

static bool holds(const struct group *group, const struct time_settings *settings)
{
    for (size_t i = 0; i < group->count; i++) {
        if (group->list[i] == settings)
            return true;
    }
    return false;
}

static void join(struct group *group, const struct group *other)
{
    group->is_pending = group->is_pending || other->is_pending;
    for (size_t i = 0; i < other->count && group->count < GROUP_MOST; i++) {
        if (!holds(group, other->list[i]))
            group->list[group->count++] = other->list[i];
    }
}

/* All files that are of a host: of several folders, too. */
static void find_files_of(struct examination *x, const char *host, struct group *group)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);

    for (size_t i = 0; i < files.count; i++) {
        const struct time_settings *settings =
            settings_of(x, files.list[i]->name, &group->is_pending);
        const struct time_plan *plan;
        const struct subject *home;

        if (!settings || settings->evidence.status != STATUS_OK || holds(group, settings))
            continue;
        plan = plan_of_file(x, settings);
        home = is_of_host(plan, host) ? home_of(x, plan) : NULL;
        if (home && strcmp(home->name, host) == 0)
            join(group, group_of(x, files.list[i]));
    }
}

/* False while they are on their way; *out is NULL where its own machine may not be asked. */
static bool ask_machine_settings(struct examination *x, const char *host,
                                 const struct time_settings **out)
{
    const char *machine;

    *out = NULL;
    if (!machine_named(x, host, &machine))
        return false;
    if (!machine)
        return true;
    *out = ask_time_settings(x, machine);
    return *out;
}

static bool is_read(const struct time_settings *settings)
{
    return settings && settings->evidence.status == STATUS_OK;
}

/* Another machine is the one that it was asked as, whatever it calls itself. */
const struct time_plan *clock_settings_plan_of(struct examination *x, const char *host)
{
    struct group *group = arena_new(pass_memory(x), 1, sizeof *group);
    const struct time_settings *own;
    struct time_plan *plan;

    group->is_pending = !ask_machine_settings(x, host, &own);
    if (is_read(own))
        group->list[group->count++] = own;
    find_files_of(x, host, group);
    if (group->count == 0 || group->is_pending)
        return NULL;
    plan = plan_of(x, group);
    if (is_read(own) && *own->path)
        plan->computer = arena_copy(pass_memory(x), host, strcspn(host, "."));
    return plan;
}

/* ---- what Kerberos bears ---- */

static bool is_of_one(const struct time_plan *plan, const char *const *hosts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_of_host(plan, hosts[i]))
            return true;
    }
    return false;
}

static bool holds_for(struct examination *x, const struct subject *file,
                      const struct time_settings *settings, const char *const *hosts, size_t count,
                      bool *is_pending)
{
    const struct group *group;

    if (settings->policy.has_clock_skew)
        return true;
    group = group_of(x, file);
    *is_pending = *is_pending || group->is_pending;
    return is_of_one(plan_of(x, group), hosts, count);
}

static bool bears_less(int told, const struct clock_tolerance *than)
{
    return told >= 0 && (than->minutes < 0 || told < than->minutes);
}

/* False while one is on its way. */
static bool read_machines(struct examination *x, const char *const *hosts, size_t count,
                          struct clock_tolerance *out)
{
    bool is_complete = true;

    for (size_t i = 0; i < count; i++) {
        const struct time_settings *own;
        int told;

        is_complete = ask_machine_settings(x, hosts[i], &own) && is_complete;
        told = is_read(own) ? plan_of_file(x, own)->kerberos_skew : -1;
        if (bears_less(told, out))
            *out = (struct clock_tolerance){told, &own->evidence};
    }
    return is_complete;
}

bool clock_settings_tolerance(struct examination *x, const char *const *hosts, size_t count,
                              struct clock_tolerance *out)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);
    bool is_pending;

    *out = (struct clock_tolerance){.minutes = -1};
    is_pending = !read_machines(x, hosts, count, out);
    for (size_t i = 0; i < files.count; i++) {
        const struct time_settings *settings = settings_of(x, files.list[i]->name, &is_pending);
        int told;

        if (!settings || settings->evidence.status != STATUS_OK)
            continue;
        told = plan_of_file(x, settings)->kerberos_skew;
        if (bears_less(told, out) &&
            holds_for(x, files.list[i], settings, hosts, count, &is_pending))
            *out = (struct clock_tolerance){told, &settings->evidence};
    }
    return !is_pending;
}

/* ---- what DNS knows of the machine ---- */

static enum time_known known(bool yes)
{
    return yes ? TIME_YES : TIME_NO;
}

static bool is_controller(const struct ad_domain *domain, const char *name)
{
    for (size_t i = 0; i < domain->count; i++) {
        if (text_equal_fold(domain->controllers[i], name))
            return true;
    }
    return false;
}

static bool is_address(const char *host)
{
    struct ip_address ip;

    return host && (*host == '[' || ip_parse(host, strlen(host), &ip) == STATUS_OK);
}

static bool names_addresses(const struct time_plan *plan)
{
    for (size_t i = 0; i < plan->peer_count; i++) {
        if (is_address(plan->peers[i].host))
            return true;
    }
    return plan->status && is_address(plan->status->source_name);
}

/* The addresses of the controllers; false while they are on their way. */
static bool look_up(struct examination *x, const struct ad_domain *domain,
                    struct time_surroundings *out)
{
    static const enum dns_type types[] = {DNS_A, DNS_AAAA};
    struct ip_address *list = NULL;
    size_t room = 0;
    bool is_there = true;

    for (size_t i = 0; i < 2 * domain->count; i++) {
        const struct dns_answer *answer = ask_dns(x, domain->controllers[i / 2], types[i % 2]);
        const struct dns_record *record = NULL;

        is_there = is_there && answer;
        while (answer && (record = dns_answer_next(answer, record))) {
            list = arena_grow(pass_memory(x), list, &room, out->address_count, sizeof *list);
            list[out->address_count++] = record->data.ip;
        }
    }
    out->addresses = list;
    return is_there;
}

/* False while it is on its way. Where DNS does not know the domain, nothing follows from that. */
static bool look_around(struct examination *x, const struct time_plan *plan,
                        const char *told_forest, struct time_surroundings *out)
{
    const struct ad_domain *domain;
    const char *name;

    *out = (struct time_surroundings){.domain = plan->domain};
    if (!plan->domain || !plan->computer)
        return true;
    name = arena_print(pass_memory(x), "%s.%s", plan->computer, plan->domain);
    domain = ad_domain_of_host(x, name, NULL);
    if (domain->state == AD_DOMAIN_PENDING)
        return false;
    if (domain->state != AD_DOMAIN_FOUND || !text_equal_fold(domain->name, plan->domain))
        return true;
    out->controllers = domain->controllers;
    out->controller_count = domain->count;
    out->has_all_controllers = domain->total == domain->count;
    if (is_controller(domain, name) || out->has_all_controllers)
        out->is_controller = known(is_controller(domain, name));
    if (domain->pdc)
        out->is_pdc = known(text_equal_fold(domain->pdc, name));
    out->is_forest_root = clock_is_forest_root(x, domain, told_forest);
    return !names_addresses(plan) || look_up(x, domain, out);
}

/* ---- judging ---- */

/* While what DNS knows is on its way, nothing is told. */
static void judge_plan(struct examination *x, const struct time_plan *plan, const char *told_forest)
{
    struct time_surroundings surroundings;

    if (look_around(x, plan, told_forest, &surroundings))
        clock_settings_tell(x, plan, &surroundings);
}

/* A template of a policy alone is of no machine. */
static bool says_whom(const struct group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        if (group->list[i]->has_w32tm || group->list[i]->registry.keys > 0 ||
            group->list[i]->vmware != VMWARE_TIME_UNKNOWN)
            return true;
    }
    return false;
}

/* What it holds of the keys that other probes read; false, too, while that is on its way. */
static bool has_key_of(struct examination *x, const char *path, const char *const *keys,
                       bool *is_pending)
{
    bool has_one = false;

    for (; *keys; keys++) {
        const struct registry_answer *answer = ask_registry(x, path, *keys);

        *is_pending = *is_pending || !answer;
        has_one = has_one || (answer && answer->evidence.status == STATUS_OK);
    }
    return has_one;
}

/* It is of the same folder as an export of what the local security authority is told. */
static bool is_for_logons(struct examination *x, const struct subject *file, bool *is_pending)
{
    static const char *const keys[] = {"SYSTEM\\CurrentControlSet\\Control\\Lsa", NULL};
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);

    for (size_t i = 0; i < files.count; i++) {
        const struct file_digest *digest = ask_file(x, files.list[i]->name);

        if (!folders_are_one(files.list[i]->name, file->name) || !digest ||
            digest->evidence.status != STATUS_OK ||
            !(CLOCK_REGISTRY_FILES & PROBE_READS(digest->type)))
            continue;
        if (has_key_of(x, files.list[i]->name, keys, is_pending))
            return true;
    }
    return false;
}

/* What setup of Exchange has noted: the build. */
static bool is_for_builds(struct examination *x, const struct subject *file, bool *is_pending)
{
    static const char *const keys[] = {"SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup",
                                       "SOFTWARE\\Microsoft\\ExchangeServer\\v14\\Setup", NULL};
    const struct file_digest *digest = ask_file(x, file->name);

    return digest && CLOCK_REGISTRY_FILES & PROBE_READS(digest->type) &&
           has_key_of(x, file->name, keys, is_pending);
}

/* Of its name and of keys beside, as is read for other questions; of time nothing. */
static bool says_nothing_of_time(const struct group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        if (telling_of(group->list[i]) > 1 || group->list[i]->vmware != VMWARE_TIME_UNKNOWN ||
            group->list[i]->policy.has_clock_skew)
            return false;
    }
    return true;
}

static void judge_group(struct examination *x, const struct group *group)
{
    const struct time_plan *plan = plan_of(x, group);
    const struct subject *home = home_of(x, plan);

    if (home)
        not_applicable(x, &time_hierarchy, "it is of %s, and judged there", home->name);
    else
        judge_plan(x, plan, NULL);
}

void clock_settings_judge(struct examination *x, const struct subject *file)
{
    const struct group *group = group_of(x, file);
    bool is_pending = group->is_pending;
    const struct time_settings *own = settings_of(x, file->name, &is_pending);

    if (is_pending || !own)
        return;
    if ((own->evidence.status != STATUS_OK || says_nothing_of_time(group)) &&
        (is_for_logons(x, file, &is_pending) || is_for_builds(x, file, &is_pending)))
        not_applicable(x, &time_hierarchy, "it says nothing of how a machine keeps its time");
    else if (is_pending)
        return;
    else if (own->evidence.status != STATUS_OK)
        clock_settings_tell_nothing(x, &own->evidence);
    else if (group->teller == file && says_whom(group))
        judge_group(x, group);
    else if (group->teller == file)
        not_applicable(x, &time_hierarchy, "it says how far clocks may differ, and of no machine");
}

static void tell_unread(struct examination *x, const struct subject *host,
                        const struct time_settings *own)
{
    if (machine_is_unread(&own->evidence) &&
        machine_is_told_by(x, MACHINE_SOURCE_REGISTRY, "clock") &&
        !machine_is_for_elevated(x, host, &own->evidence))
        machine_saw_unread(unknown(x, &time_hierarchy, "its own registry could not be read"), host,
                           &own->evidence);
}

/* Where a server is a controller, too, it is judged as that. */
static bool is_judged_as_another(struct examination *x, const struct subject *host,
                                 const struct time_plan *plan)
{
    const struct subject *home = home_of(x, plan);

    return home && home->kind != host->kind;
}

void clock_settings_judge_host(struct examination *x, const struct subject *host,
                               const char *told_forest)
{
    const struct time_plan *plan = clock_settings_plan_of(x, host->name);
    const struct time_settings *own;

    if (plan && !is_judged_as_another(x, host, plan))
        judge_plan(x, plan, told_forest);
    else if (!plan && ask_machine_settings(x, host->name, &own) && own)
        tell_unread(x, host, own);
}
