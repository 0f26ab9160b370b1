#include "probes/clock/settings_tell.h"

#include "diag/text.h"
#include "probes/clock/kinds.h"
#include "probes/clock/place.h"

#include <string.h>

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
    [TIME_FAULT_SOURCE_STRANGER] =
        "told to follow the domain, it follows a host that is no controller as far as DNS knows",
    [TIME_FAULT_SOURCE_HYPERVISOR] = "at present it follows the machine that it runs on",
    [TIME_FAULT_HYPERVISOR_SYNC] =
        "Hyper-V's time provider is on, which Microsoft advises against on domain controllers",
    [TIME_FAULT_HYPERVISOR_FIRST] =
        "Hyper-V's time provider is on, and Windows before Server 2016 prefers it to the domain",
    [TIME_FAULT_HYPERVISOR_ALLOWED] =
        ("Hyper-V's time provider is on, as it is by default: Windows follows the host whenever "
         "that seems better than the domain; w32tm /query /source says whom it follows"),
    [TIME_FAULT_TOOLS_SYNC] = "VMware's tools set its clock, beside the Windows Time service",
    [TIME_FAULT_HYPERVISOR_UNSEEN] =
        "it runs on VMware, and VMware's tools alone know whether they set its clock",
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
    static const char *const texts[] = {
        [TIME_CERTAIN] = "",
        [TIME_UNLESS_PDC] = ", unless it is the PDC emulator",
        [TIME_UNLESS_CHILD_DOMAIN] = ", unless its domain is below another one",
        [TIME_UNLESS_STAND_ALONE] = ", unless it is in no domain",
        [TIME_UNLESS_CONTROLLER] = ", unless that is one all the same"};

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

static const struct evidence *source_of(const struct time_plan *plan,
                                        const struct time_fault *fault)
{
    if (fault->value)
        return fault->value->source;
    return fault->kind == TIME_FAULT_TOOLS_SYNC ? plan->hypervisor_source : plan->status_source;
}

static void saw_fault(struct finding *finding, const struct time_plan *plan,
                      const struct time_fault *fault)
{
    saw(finding, source_of(plan, fault), "%s%s%s%s", fault_texts[fault->kind],
        fault->detail ? ": " : "", fault->detail ? fault->detail : "",
        proviso_text(fault->proviso));
    saw_value(finding, fault->value);
}

/* ---- what the steps need: remedy.h, `when` ---- */

struct told { /* a machine, and what is wrong with it */
    const struct time_plan *plan;
    const struct time_faults *faults;
};

static void set_machine(struct finding *finding, const struct time_plan *plan)
{
    static const char nameless[] = "the machine that the file is of";

    if (plan->computer)
        clock_set_plain(finding, "machine", plan->computer);
    else
        set_vouched(finding, VALUE_TEXT, "machine", nameless, sizeof nameless - 1);
}

/* What would make a verdict of whom it follows, and one of its hypervisor. */
static void set_lacks(struct finding *finding, const struct time_plan *plan)
{
    static const enum time_lack of_vm[] = {TIME_LACK_MAKE, TIME_LACK_VMWARE, TIME_LACK_ROLE,
                                           TIME_LACK_NETLOGON};
    static const enum time_lack of_place[] = {TIME_LACK_W32TIME,  TIME_LACK_POLICY,
                                              TIME_LACK_NAME,     TIME_LACK_ROLE,
                                              TIME_LACK_NETLOGON, TIME_LACK_PRESENT};
    bool is_vm = finding->kind == &time_vm_sync;
    const enum time_lack *lacks = is_vm ? of_vm : of_place;
    size_t count = is_vm ? sizeof of_vm / sizeof *of_vm : sizeof of_place / sizeof *of_place;

    for (size_t i = 0; i < count; i++) {
        if (plan->lacks[lacks[i]])
            clock_set_flag(finding, time_lack_flag(lacks[i]));
    }
}

static bool is_by_policy(const struct time_fault *fault)
{
    return fault->value && fault->value->origin == TIME_ORIGIN_POLICY;
}

enum fault_class {
    CLASS_OTHER,
    CLASS_PLACE,    /* the setting of whom it follows */
    CLASS_ANNOUNCE, /* the setting of what it says of itself */
    CLASS_REACH,    /* whom it follows does not answer */
    CLASS_HYPER_V
};

static enum fault_class class_of(enum time_fault_kind kind)
{
    static const enum fault_class classes[TIME_FAULT_COUNT] = {
        [TIME_FAULT_NO_SYNC] = CLASS_PLACE,
        [TIME_FAULT_TYPE_INVALID] = CLASS_PLACE,
        [TIME_FAULT_OWN_PEERS] = CLASS_PLACE,
        [TIME_FAULT_PEERS_BESIDE_DOMAIN] = CLASS_PLACE,
        [TIME_FAULT_TOP_WITHOUT_PEERS] = CLASS_PLACE,
        [TIME_FAULT_PEERS_EMPTY] = CLASS_PLACE,
        [TIME_FAULT_PEER_MALFORMED] = CLASS_PLACE,
        [TIME_FAULT_PEER_ITSELF] = CLASS_PLACE,
        [TIME_FAULT_PEER_OF_DOMAIN] = CLASS_PLACE,
        [TIME_FAULT_PEERS_FEW] = CLASS_PLACE,
        [TIME_FAULT_NOT_ANNOUNCED] = CLASS_ANNOUNCE,
        [TIME_FAULT_ANNOUNCED] = CLASS_ANNOUNCE,
        [TIME_FAULT_SOURCE_OWN_CLOCK] = CLASS_REACH,
        [TIME_FAULT_SOURCE_STRANGER] = CLASS_REACH,
        [TIME_FAULT_NOT_SYNCHRONISED] = CLASS_REACH,
        [TIME_FAULT_SOURCE_HYPERVISOR] = CLASS_HYPER_V,
        [TIME_FAULT_HYPERVISOR_SYNC] = CLASS_HYPER_V,
        [TIME_FAULT_HYPERVISOR_FIRST] = CLASS_HYPER_V,
        [TIME_FAULT_HYPERVISOR_ALLOWED] = CLASS_HYPER_V,
    };

    return classes[kind];
}

/* What asks those whom it is to follow, and shows whether they answer. */
static void set_reach(struct finding *finding, const struct told *told)
{
    const struct time_plan *plan = told->plan;
    bool has_peers = plan->type == TIME_TYPE_NTP || plan->type == TIME_TYPE_ALL_SYNC;

    for (size_t i = 0; has_peers && i < plan->peer_count; i++) {
        if (!plan->peers[i].is_malformed)
            clock_set_plain(finding, "peer", plan->peers[i].host);
    }
    if (told->faults->top != TIME_YES && plan->domain)
        clock_set_plain(finding, "own-domain", plan->domain);
}

static void set_provider(struct finding *finding, const struct time_fault *fault, const char *off,
                         const char *policy)
{
    clock_set_flag(finding, is_by_policy(fault) ? policy : off);
    clock_set_flag(finding, is_by_policy(fault) ? "policy" : "is-changed");
}

static void set_service(struct finding *finding, const char *state)
{
    clock_set_flag(finding, state);
    clock_set_flag(finding, "starts");
}

static void set_limit(struct finding *finding, const struct told *told,
                      const struct time_fault *fault)
{
    bool is_ahead = fault->value->setting == TIME_SETTING_CORRECTION_AHEAD;
    bool is_controller = told->faults->role >= TIME_ROLE_CONTROLLER;

    if (is_by_policy(fault)) {
        clock_set_flag(finding, "policy");
        clock_set_flag(finding, "policy-global");
        return;
    }
    clock_set_flag(finding, "is-changed");
    clock_set_flag(finding, is_controller ? is_ahead ? "controller-ahead" : "controller-back"
                            : is_ahead    ? "member-ahead"
                                          : "member-back");
    clock_set_old(finding, told->plan, fault->value->setting, is_ahead ? "old-ahead" : "old-back");
}

static void set_steps(struct finding *finding, const struct told *told,
                      const struct time_fault *fault)
{
    enum fault_class class = class_of(fault->kind);

    if (class == CLASS_PLACE && is_by_policy(fault)) {
        clock_set_policy(finding, told->plan, told->faults->top);
    } else if (class == CLASS_ANNOUNCE && is_by_policy(fault)) {
        clock_set_flag(finding, "policy");
        clock_set_flag(finding, "policy-global");
    } else if (class == CLASS_PLACE || fault->kind == TIME_FAULT_ANNOUNCED) {
        clock_set_place(finding, told->plan, told->faults->top);
    } else if (class == CLASS_ANNOUNCE) {
        clock_set_flag(finding, "announce");
        clock_set_flag(finding, "is-changed");
        clock_set_old(finding, told->plan, TIME_SETTING_ANNOUNCE, "old-announce");
    } else if (class == CLASS_HYPER_V) {
        clock_set_flag(finding, "hyper-v");
    }
}

static void set_other_steps(struct finding *finding, const struct told *told,
                            const struct time_fault *fault)
{
    if (fault->kind == TIME_FAULT_SERVICE_MISSING)
        set_service(finding, "service-missing");
    else if (fault->kind == TIME_FAULT_SERVICE_DISABLED)
        set_service(finding, "service-disabled");
    else if (fault->kind == TIME_FAULT_SERVICE_STOPPED)
        set_service(finding, "service-stopped");
    else if (fault->kind == TIME_FAULT_CLIENT_DISABLED)
        set_provider(finding, fault, "client-off", "policy-client");
    else if (fault->kind == TIME_FAULT_SERVER_DISABLED)
        set_provider(finding, fault, "server-off", "policy-server");
    else if (fault->kind == TIME_FAULT_CORRECTION_LIMITED)
        set_limit(finding, told, fault);
    else if (fault->kind == TIME_FAULT_TOOLS_SYNC)
        clock_set_flag(finding, "tools-on");
}

/* ---- which finding, and its outcome ---- */

static const struct finding_kind *kind_of(const struct told *told, const struct time_fault *fault)
{
    if (class_of(fault->kind) == CLASS_HYPER_V || fault->kind == TIME_FAULT_TOOLS_SYNC ||
        fault->kind == TIME_FAULT_HYPERVISOR_UNSEEN)
        return &time_vm_sync;
    return told->faults->is_top ? &time_pdc_source : &time_hierarchy;
}

static bool is_certain(const struct time_fault *fault)
{
    return fault->proviso == TIME_CERTAIN && fault->kind != TIME_FAULT_HYPERVISOR_UNSEEN;
}

struct tally { /* of the faults that one finding tells */
    size_t all, certain, serious, out_of_reach;
};

static struct tally tally_of(const struct told *told, const struct finding_kind *kind)
{
    struct tally tally = {0};

    for (size_t i = 0; i < told->faults->count; i++) {
        const struct time_fault *fault = &told->faults->list[i];

        if (kind_of(told, fault) != kind)
            continue;
        tally.all++;
        tally.certain += is_certain(fault);
        tally.serious += is_certain(fault) && !fault->is_minor;
        tally.out_of_reach += class_of(fault->kind) == CLASS_REACH;
    }
    return tally;
}

static const char *role_text(const struct told *told)
{
    if (told->faults->role == TIME_ROLE_PDC && !told->faults->is_top)
        return "the PDC emulator of a child domain";
    return time_role_text(told->faults->role);
}

static void saw_machine(struct finding *finding, const struct told *told)
{
    const struct time_plan *plan = told->plan;

    saw(finding, NULL, "%s is %s%s%s", plan->computer ? plan->computer : "it", role_text(told),
        plan->make ? ", on " : "", plan->make ? plan->make : "");
    if (!plan->policy_is_known)
        saw(finding, NULL, "whether a policy sets anything of this, the evidence does not show");
}

/* The first of the faults, which are none if something is so that the evidence does not say. */
static struct finding *tell_doubt(struct examination *x, const struct told *told,
                                  const struct finding_kind *kind)
{
    const struct time_fault *fault = told->faults->list;

    while (kind_of(told, fault) != kind)
        fault++;
    if (fault->kind == TIME_FAULT_HYPERVISOR_UNSEEN)
        return unknown(x, kind,
                       "whether VMware sets its clock is not known: what VMwareToolboxCmd timesync "
                       "status says is missing");
    return unknown(x, kind, "%s%s%s%s: the evidence does not say", fault_texts[fault->kind],
                   fault->detail ? ", " : "", fault->detail ? fault->detail : "",
                   proviso_text(fault->proviso));
}

static void tell_faults(struct examination *x, const struct told *told,
                        const struct finding_kind *kind)
{
    struct tally tally = tally_of(told, kind);
    struct finding *finding = tally.certain > 0 ? found(x, kind) : tell_doubt(x, told, kind);

    if (tally.certain > 0 && tally.serious == 0)
        finding_severity(finding, SEVERITY_INFO);
    set_machine(finding, told->plan);
    set_lacks(finding, told->plan);
    if (tally.out_of_reach > 0)
        set_reach(finding, told);
    for (size_t i = 0; i < told->faults->count; i++) {
        const struct time_fault *fault = &told->faults->list[i];

        if (kind_of(told, fault) != kind)
            continue;
        saw_fault(finding, told->plan, fault);
        set_steps(finding, told, fault);
        set_other_steps(finding, told, fault);
    }
    saw_machine(finding, told);
}

/* ---- where nothing is wrong ---- */

/* Whom it follows at present, if that is somebody else. */
static const char *present_peer(const struct time_plan *plan)
{
    return plan->status && plan->status->source == W32TM_SOURCE_PEER ? plan->status->source_name
                                                                     : NULL;
}

/* That there is no fault is right only where what would be one is known. */
static struct finding *tell_place(struct examination *x, const struct told *told,
                                  const struct finding_kind *kind)
{
    const struct time_plan *plan = told->plan;
    const char *peer = present_peer(plan), *type = plan->values[TIME_SETTING_TYPE].text;
    bool is_known = plan->type != TIME_TYPE_UNKNOWN && told->faults->role != TIME_ROLE_UNKNOWN;

    if (peer && is_known)
        return healthy(x, kind, "%s, set to %s, at present after %s", role_text(told), type, peer);
    if (peer)
        return unknown(x, kind,
                       "at present it follows %s: whether it should, depends on which machine it "
                       "is and how it is set, which is not said",
                       peer);
    if (!is_known && plan->type != TIME_TYPE_UNKNOWN)
        return unknown(x, kind,
                       "it is set to %s: whether it should be, depends on which machine it is, "
                       "which is not said",
                       type);
    if (!is_known)
        return unknown(x, kind, "this evidence does not say whom it follows");
    if (told->faults->top == TIME_NOT_KNOWN)
        return unknown(x, kind,
                       "DNS did not say whether it is the PDC emulator of the forest's root");
    if (!plan->policy_is_known)
        return unknown(x, kind, "it is set to %s, unless a policy says otherwise", type);
    return healthy(x, kind, "%s, set to %s", role_text(told), type);
}

static void tell_hierarchy_healthy(struct examination *x, const struct told *told)
{
    const struct finding_kind *kind = told->faults->is_top ? &time_pdc_source : &time_hierarchy;
    struct finding *finding = tell_place(x, told, kind);

    set_machine(finding, told->plan);
    set_lacks(finding, told->plan);
    saw_value(finding, &told->plan->values[TIME_SETTING_TYPE]);
    saw_value(finding, &told->plan->values[TIME_SETTING_PEERS]);
}

static void tell_vm_unknown(struct examination *x, const struct time_plan *plan, const char *lack,
                            const char *what)
{
    struct finding *finding = unknown(x, &time_vm_sync, "this evidence does not say %s", what);

    set_machine(finding, plan);
    clock_set_flag(finding, lack);
}

static void tell_vm_healthy(struct examination *x, const struct told *told)
{
    const struct time_plan *plan = told->plan;

    if (plan->machine == TIME_MACHINE_PHYSICAL)
        not_applicable(x, &time_vm_sync, "it is no virtual machine");
    else if (plan->hypervisor_sync == TIME_NO)
        saw_value(healthy(x, &time_vm_sync, "%s does not set its clock",
                          time_machine_text(plan->machine)),
                  &plan->values[TIME_SETTING_HYPER_V]);
    else if (plan->hypervisor_sync == TIME_YES && plan->status)
        saw_value(healthy(x, &time_vm_sync, "Hyper-V's provider is on, and Windows chose %s",
                          plan->status->source_name),
                  &plan->values[TIME_SETTING_HYPER_V]);
    else if (plan->machine == TIME_MACHINE_UNKNOWN && !plan->lacks[TIME_LACK_W32TIME])
        tell_vm_unknown(x, plan, time_lack_flag(TIME_LACK_MAKE), "what it runs on");
    else if (plan->machine == TIME_MACHINE_HYPER_V)
        tell_vm_unknown(x, plan, time_lack_flag(TIME_LACK_W32TIME),
                        "whether Hyper-V's time provider is on");
}

/* Of a machine of no domain nobody's hierarchy is broken. */
static void tell_stand_alone(struct examination *x, const struct told *told)
{
    const char *peer = present_peer(told->plan);
    struct finding *finding = not_applicable(x, &time_hierarchy, "it is in no domain%s%s",
                                             peer ? ", and follows " : "", peer ? peer : "");

    for (size_t i = 0; i < told->faults->count; i++)
        saw_fault(finding, told->plan, &told->faults->list[i]);
    saw_value(finding, &told->plan->values[TIME_SETTING_TYPE]);
    saw_value(finding, &told->plan->values[TIME_SETTING_PEERS]);
}

void clock_settings_tell(struct examination *x, const struct time_plan *plan,
                         const struct time_surroundings *surroundings)
{
    static const struct finding_kind *const kinds[] = {&time_hierarchy, &time_pdc_source};
    struct time_faults faults;
    const struct told told = {plan, &faults};
    bool is_healthy = true;

    time_plan_judge(plan, surroundings, pass_memory(x), &faults);
    if (faults.role == TIME_ROLE_STAND_ALONE) {
        tell_stand_alone(x, &told);
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (tally_of(&told, kinds[i]).all == 0)
            continue;
        tell_faults(x, &told, kinds[i]);
        is_healthy = false;
    }
    if (is_healthy)
        tell_hierarchy_healthy(x, &told);
    if (tally_of(&told, &time_vm_sync).all > 0)
        tell_faults(x, &told, &time_vm_sync);
    else
        tell_vm_healthy(x, &told);
}

void clock_settings_tell_nothing(struct examination *x, const struct evidence *source)
{
    struct finding *finding =
        unknown(x, &time_hierarchy, "it says nothing of how a machine keeps its time");

    set_vouched(finding, VALUE_TEXT, "machine", "the machine", sizeof "the machine" - 1);
    for (unsigned i = 0; i < TIME_LACK_VMWARE; i++)
        clock_set_flag(finding, time_lack_flag((enum time_lack)i));
    saw_failure(finding, source);
}
