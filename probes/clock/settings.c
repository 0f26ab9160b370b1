#include "probes/clock/settings.h"

#include "diag/text.h"
#include "probes/clock/controllers.h"
#include "probes/clock/hierarchy.h"
#include "probes/clock/kinds.h"

#include <string.h>

enum { FILES_MOST = 64 }; /* that are looked at */

/* ---- the files of one host ---- */

struct group {
    const struct subject *first;
    const struct time_settings *list[FILES_MOST];
    size_t count;
    bool is_pending;
};

static size_t folder_size(const char *path)
{
    size_t size = 0;

    for (size_t i = 0; path[i]; i++) {
        if (path[i] == '/' || path[i] == '\\')
            size = i + 1;
    }
    return size;
}

static bool is_same_folder(const char *one, const char *other)
{
    size_t size = folder_size(one);

    return size == folder_size(other) && memcmp(one, other, size) == 0;
}

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

static void add_file(struct group *group, const struct subject *file,
                     const struct time_settings *settings)
{
    if (!group->first)
        group->first = file;
    group->list[group->count++] = settings;
}

static void find_folder(struct examination *x, const struct subject *file, struct group *group)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);

    for (size_t i = 0; i < files.count && group->count < FILES_MOST; i++) {
        const struct time_settings *settings;

        if (!is_same_folder(files.list[i]->name, file->name))
            continue;
        settings = settings_of(x, files.list[i]->name, &group->is_pending);
        if (settings && settings->evidence.status == STATUS_OK)
            add_file(group, files.list[i], settings);
    }
}

static const struct time_plan *plan_of_file(struct examination *x,
                                            const struct time_settings *settings)
{
    struct time_plan *plan = arena_new(pass_memory(x), 1, sizeof *plan);

    time_plan_read(&settings, 1, pass_memory(x), plan);
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

static const struct group *group_of(struct examination *x, const struct subject *file)
{
    struct group *group = arena_new(pass_memory(x), 1, sizeof *group);
    const struct time_settings *own;

    find_folder(x, file, group);
    if (group->is_pending || !names_several(x, group))
        return group;
    *group = (struct group){.first = NULL};
    own = settings_of(x, file->name, &group->is_pending);
    if (own && own->evidence.status == STATUS_OK)
        add_file(group, file, own);
    return group;
}

static const struct time_plan *plan_of(struct examination *x, const struct group *group)
{
    struct time_plan *plan = arena_new(pass_memory(x), 1, sizeof *plan);

    time_plan_read(group->list, group->count, pass_memory(x), plan);
    return plan;
}

/* ---- what Kerberos bears ---- */

static bool is_of_host(const struct time_plan *plan, const char *host)
{
    size_t label = strcspn(host, ".");

    return plan->computer &&
           text_equal_fold_sized(plan->computer, strlen(plan->computer), host, label) &&
           (!host[label] || !plan->domain || text_equal_fold(host + label + 1, plan->domain));
}

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

bool clock_settings_tolerance(struct examination *x, const char *const *hosts, size_t count,
                              struct clock_tolerance *out)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);
    bool is_pending = false;

    *out = (struct clock_tolerance){.minutes = -1};
    for (size_t i = 0; i < files.count && i < FILES_MOST; i++) {
        const struct time_settings *settings = settings_of(x, files.list[i]->name, &is_pending);
        int told;

        if (!settings || settings->evidence.status != STATUS_OK)
            continue;
        told = plan_of_file(x, settings)->kerberos_skew;
        if (told < 0 || (out->minutes >= 0 && told >= out->minutes))
            continue;
        if (holds_for(x, files.list[i], settings, hosts, count, &is_pending))
            *out = (struct clock_tolerance){told, &settings->evidence};
    }
    return !is_pending;
}

/* ---- what DNS knows of the machine ---- */

static enum time_known known(bool yes)
{
    return yes ? TIME_YES : TIME_NO;
}

static bool is_controller(const struct clock_domain *domain, const char *name)
{
    for (size_t i = 0; i < domain->count; i++) {
        if (text_equal_fold(domain->controllers[i], name))
            return true;
    }
    return false;
}

/* False while it is on its way. Where DNS does not know the domain, nothing follows from that. */
static bool look_around(struct examination *x, const struct time_plan *plan,
                        struct time_surroundings *out)
{
    struct arena *arena = pass_memory(x);
    const struct clock_domain *domain;
    const struct dns_answer *catalog;
    const char *name;

    *out = (struct time_surroundings){.domain = plan->domain};
    if (!plan->domain || !plan->computer)
        return true;
    name = arena_print(arena, "%s.%s", plan->computer, plan->domain);
    domain = clock_domain_of_host(x, name, NULL);
    if (domain->state == CLOCK_DOMAIN_PENDING)
        return false;
    if (domain->state != CLOCK_DOMAIN_FOUND || !text_equal_fold(domain->name, plan->domain))
        return true;
    catalog = ask_dns(x, arena_print(arena, "_ldap._tcp.gc._msdcs.%s", domain->name), DNS_SRV);
    if (!catalog)
        return false;
    out->controllers = domain->controllers;
    out->controller_count = domain->count;
    if (is_controller(domain, name) || domain->total == domain->count)
        out->is_controller = known(is_controller(domain, name));
    if (domain->pdc)
        out->is_pdc = known(text_equal_fold(domain->pdc, name));
    if (catalog->evidence.status == STATUS_OK) /* MS-ADTS 6.3.2.3: of the forest's root alone */
        out->is_forest_root = known(dns_answer_next(catalog, NULL) != NULL);
    return true;
}

/* ---- faults, in words ---- */

static const char *const fault_texts[TIME_FAULT_COUNT] = {
    [TIME_FAULT_SERVICE_MISSING] = "the service W32Time does not exist",
    [TIME_FAULT_SERVICE_DISABLED] = "the service W32Time is disabled",
    [TIME_FAULT_SERVICE_STOPPED] = "the service W32Time does not run",
    [TIME_FAULT_CLIENT_DISABLED] = "the provider NtpClient, which asks others for the time, is off",
    [TIME_FAULT_SERVER_DISABLED] =
        "the provider NtpServer is off: a domain controller that serves no time",
    [TIME_FAULT_NO_SYNC] = "it is told to follow nobody",
    [TIME_FAULT_TYPE_INVALID] = "W32Time knows no such type",
    [TIME_FAULT_OWN_PEERS] = "it follows servers of its own, where it is to follow the domain",
    [TIME_FAULT_PEERS_BESIDE_DOMAIN] = "it follows servers of its own beside the domain",
    [TIME_FAULT_TOP_WITHOUT_PEERS] =
        "it is told to follow the domain, in which nobody stands above it",
    [TIME_FAULT_PEERS_EMPTY] = "it is to follow servers of its own, and none is named",
    [TIME_FAULT_PEER_MALFORMED] = "what is named is no peer, which is HOST,0xFLAGS",
    [TIME_FAULT_PEER_ITSELF] = "it is told to follow itself",
    [TIME_FAULT_PEER_OF_DOMAIN] = "it follows a machine of its domain, which follows it",
    [TIME_FAULT_PEERS_FEW] =
        "fewer than three servers are named: one that is wrong is not outvoted",
    [TIME_FAULT_NOT_ANNOUNCED] = "it does not announce itself as a reliable source of time",
    [TIME_FAULT_ANNOUNCED] =
        "it always announces itself as a reliable source, which the PDC emulator alone is",
    [TIME_FAULT_SOURCE_OWN_CLOCK] = "at present it follows its own clock",
    [TIME_FAULT_SOURCE_HYPERVISOR] = "at present it follows the machine that it runs on",
    [TIME_FAULT_HYPERVISOR_SYNC] = "the hypervisor sets its clock",
    [TIME_FAULT_HYPERVISOR_UNSEEN] =
        "VMware's tools are installed, and they alone know whether they set its clock",
    [TIME_FAULT_NOT_SYNCHRONISED] = "it is not synchronised",
    [TIME_FAULT_CORRECTION_LIMITED] =
        "it refuses to correct a difference that Kerberos does not bear any more",
};

static const char *const setting_names[TIME_SETTING_COUNT] = {
#define X(name, key, value, section, is_number) value,
    TIME_SETTING_LIST(X)
#undef X
};

static const char *proviso_text(enum time_proviso proviso)
{
    static const char *const texts[] = {[TIME_CERTAIN] = "",
                                        [TIME_UNLESS_PDC] = ", unless it is the PDC emulator",
                                        [TIME_UNLESS_CHILD_DOMAIN] =
                                            ", unless its domain is below another one",
                                        [TIME_UNLESS_STAND_ALONE] = ", unless it is in no domain"};

    return texts[proviso];
}

static void saw_value(struct finding *finding, const struct time_value *value)
{
    if (!value || !value->text)
        return;
    saw(finding, value->source, "%s = %s, set %s%s%s", setting_names[value->setting],
        *value->text ? value->text : "(empty)", time_origin_text(value->origin),
        value->key ? " at " : "", value->key ? value->key : "");
    if (value->overridden)
        saw(finding, value->source, "%s = %s on the machine itself, in vain: the policy wins",
            setting_names[value->setting], value->overridden);
}

static void saw_fault(struct finding *finding, const struct time_plan *plan,
                      const struct time_fault *fault)
{
    const struct evidence *source = fault->value ? fault->value->source : plan->status_source;

    saw(finding, source, "%s%s%s%s", fault_texts[fault->kind], fault->detail ? ": " : "",
        fault->detail ? fault->detail : "", proviso_text(fault->proviso));
    saw_value(finding, fault->value);
}

/* ---- which finding, and what its steps need ---- */

static const struct finding_kind *kind_of(const struct time_fault *fault, enum time_role role)
{
    if (fault->kind == TIME_FAULT_SOURCE_HYPERVISOR || fault->kind == TIME_FAULT_HYPERVISOR_SYNC ||
        fault->kind == TIME_FAULT_HYPERVISOR_UNSEEN)
        return &time_vm_sync;
    if (role == TIME_ROLE_PDC || fault->kind == TIME_FAULT_TOP_WITHOUT_PEERS)
        return &time_pdc_source;
    return &time_hierarchy;
}

static bool is_certain(const struct time_fault *fault)
{
    return fault->proviso == TIME_CERTAIN && fault->kind != TIME_FAULT_HYPERVISOR_UNSEEN;
}

/* Steps are printed where they are of use: remedy.h, `when`. */
static void set_flags(struct finding *finding, const struct time_fault *fault, enum time_role role)
{
    static const struct {
        enum time_fault_kind kind;
        const char *flag;
    } flags[] = {
        {TIME_FAULT_SERVICE_MISSING, "service-missing"},
        {TIME_FAULT_SERVICE_DISABLED, "service-off"},
        {TIME_FAULT_SERVICE_STOPPED, "service-off"},
        {TIME_FAULT_CLIENT_DISABLED, "client-off"},
        {TIME_FAULT_SERVER_DISABLED, "server-off"},
    };

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (flags[i].kind == fault->kind)
            set_text(finding, flags[i].flag, "yes");
    }
    if (fault->kind == TIME_FAULT_CORRECTION_LIMITED)
        set_text(finding,
                 role >= TIME_ROLE_CONTROLLER ? "controller-is-limited" : "member-is-limited",
                 "yes");
    if (fault->value && fault->value->origin == TIME_ORIGIN_POLICY)
        set_text(finding, "policy", "yes");
}

/* A name of letters, digits and hyphens is one, whoever wrote it; all else is only shown. */
static bool is_plain(const char *name)
{
    for (size_t i = 0; name[i]; i++) {
        if (!text_is_letter(name[i]) && !text_is_digit(name[i]) && (name[i] != '-' || i == 0))
            return false;
    }
    return *name != '\0';
}

static void set_machine(struct finding *finding, const struct time_plan *plan)
{
    static const char nameless[] = "the machine that the file is of";

    if (!plan->computer)
        set_vouched(finding, VALUE_TEXT, "machine", nameless, sizeof nameless - 1);
    else if (is_plain(plan->computer))
        set_vouched(finding, VALUE_TEXT, "machine", plan->computer, strlen(plan->computer));
    else
        set_text(finding, "machine", plan->computer);
    if (plan->machine == TIME_MACHINE_HYPER_V)
        set_text(finding, "hyper-v", "yes");
    if (plan->machine == TIME_MACHINE_VMWARE)
        set_text(finding, "vmware", "yes");
}

/* ---- judging ---- */

struct verdict {
    const struct time_plan *plan;
    const struct time_faults *faults;
};

static size_t count_faults(const struct verdict *verdict, const struct finding_kind *kind,
                           bool certain)
{
    size_t count = 0;

    for (size_t i = 0; i < verdict->faults->count; i++) {
        const struct time_fault *fault = &verdict->faults->list[i];

        count += kind_of(fault, verdict->faults->role) == kind && is_certain(fault) == certain;
    }
    return count;
}

static void tell_faults(struct examination *x, const struct verdict *verdict,
                        const struct finding_kind *kind)
{
    struct finding *finding =
        count_faults(verdict, kind, true) > 0
            ? found(x, kind)
            : unknown(x, kind, "it depends on what the evidence does not say");
    enum time_role role = verdict->faults->role;

    set_machine(finding, verdict->plan);
    set_text(finding, "role", time_role_text(role));
    if (role == TIME_ROLE_PDC)
        set_text(finding, "is-pdc", "yes");
    for (size_t i = 0; i < verdict->faults->count; i++) {
        const struct time_fault *fault = &verdict->faults->list[i];

        if (kind_of(fault, role) != kind)
            continue;
        saw_fault(finding, verdict->plan, fault);
        set_flags(finding, fault, role);
    }
    saw(finding, NULL, "%s is %s%s%s", verdict->plan->computer ? verdict->plan->computer : "it",
        time_role_text(role), verdict->plan->make ? ", on " : "",
        verdict->plan->make ? verdict->plan->make : "");
}

static const char *source_of(const struct time_plan *plan)
{
    return plan->status ? plan->status->source_name : NULL;
}

/* That there is no fault is right only where what would be one is known. */
static void tell_hierarchy_healthy(struct examination *x, const struct verdict *verdict)
{
    const struct finding_kind *kind =
        verdict->faults->role == TIME_ROLE_PDC ? &time_pdc_source : &time_hierarchy;
    const char *type = verdict->plan->values[TIME_SETTING_TYPE].text;
    const char *source = source_of(verdict->plan);
    struct finding *finding;

    if (verdict->plan->type != TIME_TYPE_UNKNOWN && verdict->faults->role != TIME_ROLE_UNKNOWN)
        finding = healthy(x, kind, "%s, set to %s%s%s", time_role_text(verdict->faults->role), type,
                          source ? ", at present after " : "", source ? source : "");
    else if (source)
        finding = healthy(x, kind, "at present it follows %s", source);
    else
        finding = unknown(x, kind, "whom it follows, this evidence does not say");
    set_machine(finding, verdict->plan);
    saw_value(finding, &verdict->plan->values[TIME_SETTING_TYPE]);
    saw_value(finding, &verdict->plan->values[TIME_SETTING_PEERS]);
}

static void tell_vm_healthy(struct examination *x, const struct verdict *verdict)
{
    if (verdict->plan->machine == TIME_MACHINE_PHYSICAL)
        not_applicable(x, &time_vm_sync, "it is no virtual machine");
    else if (verdict->plan->hypervisor_sync == TIME_NO)
        healthy(x, &time_vm_sync, "%s does not set its clock",
                time_machine_text(verdict->plan->machine));
}

static void judge_group(struct examination *x, const struct group *group)
{
    static const struct finding_kind *const kinds[] = {&time_hierarchy, &time_pdc_source,
                                                       &time_vm_sync};
    struct time_surroundings surroundings;
    struct time_faults faults;
    struct verdict verdict = {plan_of(x, group), &faults};
    size_t of_hierarchy = 0;

    if (!look_around(x, verdict.plan, &surroundings))
        return;
    time_plan_judge(verdict.plan, &surroundings, pass_memory(x), &faults);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t count =
            count_faults(&verdict, kinds[i], true) + count_faults(&verdict, kinds[i], false);

        if (count > 0)
            tell_faults(x, &verdict, kinds[i]);
        else if (kinds[i] == &time_vm_sync)
            tell_vm_healthy(x, &verdict);
        of_hierarchy += kinds[i] == &time_vm_sync ? 0 : count;
    }
    if (of_hierarchy == 0)
        tell_hierarchy_healthy(x, &verdict);
}

/* A template of a policy alone is of no machine. */
static bool says_whom(const struct group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        if (group->list[i]->has_w32tm || group->list[i]->registry.keys > 0)
            return true;
    }
    return false;
}

void clock_settings_judge(struct examination *x, const struct subject *file)
{
    const struct group *group = group_of(x, file);
    bool is_pending = group->is_pending;
    const struct time_settings *own = settings_of(x, file->name, &is_pending);
    struct finding *finding;

    if (is_pending || !own)
        return;
    if (own->evidence.status != STATUS_OK) {
        finding = unknown(x, &time_hierarchy, "it says nothing of how a machine keeps its time");
        set_machine(finding, &(struct time_plan){.computer = NULL});
        saw_failure(finding, &own->evidence);
    } else if (group->first == file && says_whom(group)) {
        judge_group(x, group);
    } else if (group->first == file) {
        not_applicable(x, &time_hierarchy, "it says how far clocks may differ, and of no machine");
    }
}
