#include "probes/clock/hierarchy.h"

#include "diag/text.h"

#include <string.h>

const char *time_fault_word(enum time_fault_kind kind)
{
    static const char *const words[] = {
#define X(name, word) word,
        TIME_FAULT_LIST(X)
#undef X
    };

    return words[kind];
}

struct judge {
    const struct time_plan *plan;
    const struct time_surroundings *around;
    struct arena *arena;
    const char *domain;
    bool in_domain; /* member, domain controller or PDC emulator */
    bool is_top;    /* the PDC emulator of the forest's root, or nobody knows of which domain */
    struct time_faults *out;
    size_t room;
};

static struct time_fault *add(struct judge *judge, enum time_fault_kind kind, int setting,
                              const char *detail)
{
    struct time_faults *out = judge->out;
    struct time_fault *fault;

    out->list = arena_grow(judge->arena, out->list, &judge->room, out->count, sizeof *out->list);
    fault = &out->list[out->count++];
    *fault = (struct time_fault){.kind = kind, .detail = detail};
    if (setting >= 0)
        fault->value = &judge->plan->values[setting];
    return fault;
}

enum { NO_SETTING = -1 };

static const struct time_value *value_of(const struct judge *judge, enum time_setting setting)
{
    return &judge->plan->values[setting];
}

/* Set, and to 0. */
static bool is_off(const struct judge *judge, enum time_setting setting)
{
    const struct time_value *value = value_of(judge, setting);

    return value->text && value->number == 0;
}

/* A domain controller that may be the PDC emulator, for all that is known. */
static enum time_proviso unless_pdc(const struct judge *judge)
{
    return judge->out->role == TIME_ROLE_CONTROLLER && judge->around->is_pdc == TIME_NOT_KNOWN
               ? TIME_UNLESS_PDC
               : TIME_CERTAIN;
}

static enum time_proviso unless_child_domain(const struct judge *judge)
{
    return judge->around->is_forest_root == TIME_NOT_KNOWN ? TIME_UNLESS_CHILD_DOMAIN
                                                           : TIME_CERTAIN;
}

/* ---- the service ---- */

static void judge_service(struct judge *judge)
{
    enum { DISABLED = 4 };
    const struct time_plan *plan = judge->plan;

    if (plan->service == TIME_SERVICE_MISSING)
        add(judge, TIME_FAULT_SERVICE_MISSING, NO_SETTING, NULL);
    else if (value_of(judge, TIME_SETTING_START)->number == DISABLED)
        add(judge, TIME_FAULT_SERVICE_DISABLED, TIME_SETTING_START, NULL);
    else if (plan->service == TIME_SERVICE_STOPPED && judge->out->role != TIME_ROLE_STAND_ALONE)
        add(judge, TIME_FAULT_SERVICE_STOPPED, NO_SETTING, NULL)->proviso =
            judge->in_domain ? TIME_CERTAIN
                             : TIME_UNLESS_STAND_ALONE; /* there it is started on demand */
    if (is_off(judge, TIME_SETTING_CLIENT))
        add(judge, TIME_FAULT_CLIENT_DISABLED, TIME_SETTING_CLIENT, NULL);
    if (is_off(judge, TIME_SETTING_SERVER) && judge->out->role >= TIME_ROLE_CONTROLLER)
        add(judge, TIME_FAULT_SERVER_DISABLED, TIME_SETTING_SERVER, NULL);
}

/* ---- whom it follows ---- */

static void judge_type(struct judge *judge)
{
    enum time_type type = judge->plan->type;
    bool is_below = judge->in_domain && !judge->is_top;

    if (type == TIME_TYPE_UNKNOWN && value_of(judge, TIME_SETTING_TYPE)->text)
        add(judge, TIME_FAULT_TYPE_INVALID, TIME_SETTING_TYPE, NULL);
    if (type == TIME_TYPE_NO_SYNC)
        add(judge, TIME_FAULT_NO_SYNC, TIME_SETTING_TYPE, NULL);
    if (type == TIME_TYPE_NTP && is_below)
        add(judge, TIME_FAULT_OWN_PEERS, TIME_SETTING_TYPE, NULL)->proviso = unless_pdc(judge);
    if (type == TIME_TYPE_ALL_SYNC && is_below)
        add(judge, TIME_FAULT_PEERS_BESIDE_DOMAIN, TIME_SETTING_TYPE, NULL)->proviso =
            unless_pdc(judge);
    if (type == TIME_TYPE_NT5DS && judge->is_top)
        add(judge, TIME_FAULT_TOP_WITHOUT_PEERS, TIME_SETTING_TYPE, NULL)->proviso =
            unless_child_domain(judge);
}

/* ---- peers ---- */

/* Names without the dot at their end, in any case. */
static bool is_same_name(const char *a, size_t a_size, const char *b)
{
    size_t b_size = strlen(b);

    a_size -= a_size > 0 && a[a_size - 1] == '.';
    b_size -= b_size > 0 && b[b_size - 1] == '.';
    return b_size > 0 && text_equal_fold_sized(a, a_size, b, b_size);
}

/* `host` is `name`, which is a full one, or its first label alone. */
static bool is_host_of(const char *host, const char *name)
{
    return is_same_name(host, strlen(host), name) ||
           (!strchr(host, '.') &&
            text_equal_fold_sized(host, strlen(host), name, strcspn(name, ".")));
}

static bool is_itself(const struct judge *judge, const char *host)
{
    static const char *const always[] = {"localhost", "127.0.0.1", "::1", "[::1]"};
    const char *computer = judge->plan->computer;

    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
        if (is_same_name(host, strlen(host), always[i]))
            return true;
    }
    if (!computer)
        return false;
    if (judge->domain && strchr(host, '.'))
        computer = arena_print(judge->arena, "%s.%s", computer, judge->domain);
    return is_same_name(host, strlen(host), computer);
}

/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]" */
static bool is_address_of_domain(const struct judge *judge, const char *host)
{
    const struct time_surroundings *around = judge->around;
    size_t size = strlen(host);
    bool has_brackets = size > 2 && host[0] == '[' && host[size - 1] == ']';
    struct ip_address ip;

    if (ip_parse(host + has_brackets, size - (has_brackets ? 2 : 0), &ip) != STATUS_OK)
        return false;
    for (size_t i = 0; i < around->address_count; i++) {
        if (ip_equal(&ip, &around->addresses[i]))
            return true;
    }
    return false;
}

static bool is_of_domain(const struct judge *judge, const char *host)
{
    if (is_address_of_domain(judge, host))
        return true;
    for (size_t i = 0; i < judge->around->controller_count; i++) {
        if (is_host_of(host, judge->around->controllers[i]))
            return true;
    }
    return judge->domain && is_same_name(host, strlen(host), judge->domain);
}

static void judge_peer(struct judge *judge, const struct time_peer *peer)
{
    if (peer->is_malformed)
        add(judge, TIME_FAULT_PEER_MALFORMED, TIME_SETTING_PEERS, peer->host);
    else if (is_itself(judge, peer->host))
        add(judge, TIME_FAULT_PEER_ITSELF, TIME_SETTING_PEERS, peer->host);
    else if (judge->is_top && is_of_domain(judge, peer->host))
        add(judge, TIME_FAULT_PEER_OF_DOMAIN, TIME_SETTING_PEERS, peer->host);
}

/* Of two nobody can tell which one is wrong, unless one of them is asked only without the other. */
static bool are_few(const struct time_plan *plan)
{
    enum { ENOUGH = 3 };
    size_t fallbacks = 0;

    for (size_t i = 0; i < plan->peer_count; i++)
        fallbacks += (plan->peers[i].flags & TIME_PEER_FALLBACK) != 0;
    return plan->peer_count < ENOUGH && !(plan->peer_count == 2 && fallbacks == 1);
}

static void judge_peers(struct judge *judge)
{
    const struct time_plan *plan = judge->plan;
    const struct time_value *value = value_of(judge, TIME_SETTING_PEERS);

    if (plan->type != TIME_TYPE_NTP && plan->type != TIME_TYPE_ALL_SYNC)
        return;
    if (plan->peer_count == 0) {
        if (value->text && plan->type == TIME_TYPE_NTP)
            add(judge, TIME_FAULT_PEERS_EMPTY, TIME_SETTING_PEERS, NULL);
        return;
    }
    for (size_t i = 0; i < plan->peer_count; i++)
        judge_peer(judge, &plan->peers[i]);
    if (judge->is_top && are_few(plan))
        add(judge, TIME_FAULT_PEERS_FEW, TIME_SETTING_PEERS, NULL)->is_minor = true;
}

/* ---- what it says of itself ---- */

static void judge_announcement(struct judge *judge)
{
    enum { SERVER = 3, ALWAYS_RELIABLE = 4, RELIABLE = 12 };
    const struct time_value *value = value_of(judge, TIME_SETTING_ANNOUNCE);

    if (!value->text)
        return;
    if (judge->is_top && (!(value->number & SERVER) || !(value->number & RELIABLE)))
        add(judge, TIME_FAULT_NOT_ANNOUNCED, TIME_SETTING_ANNOUNCE, NULL);
    if (judge->in_domain && !judge->is_top && (value->number & ALWAYS_RELIABLE))
        add(judge, TIME_FAULT_ANNOUNCED, TIME_SETTING_ANNOUNCE, NULL)->proviso = unless_pdc(judge);
}

/* ---- at present, and the hypervisor ---- */

/* What runs may differ from what is set, until the service is told. */
static bool is_stranger(const struct judge *judge, const struct w32tm_status *status)
{
    return status->source == W32TM_SOURCE_PEER && judge->out->role == TIME_ROLE_MEMBER &&
           judge->plan->type == TIME_TYPE_NT5DS && judge->around->has_all_controllers &&
           !is_of_domain(judge, status->source_name);
}

static void judge_source(struct judge *judge)
{
    const struct w32tm_status *status = judge->plan->status;

    if (!status)
        return;
    if (status->source == W32TM_SOURCE_LOCAL_CMOS || status->source == W32TM_SOURCE_FREE_RUNNING)
        add(judge, TIME_FAULT_SOURCE_OWN_CLOCK, NO_SETTING, status->source_name);
    if (status->source == W32TM_SOURCE_PEER && judge->is_top &&
        judge->plan->type != TIME_TYPE_NTP && judge->plan->type != TIME_TYPE_ALL_SYNC &&
        is_of_domain(judge, status->source_name))
        add(judge, TIME_FAULT_PEER_OF_DOMAIN, NO_SETTING, status->source_name)->proviso =
            unless_child_domain(judge);
    if (is_stranger(judge, status))
        add(judge, TIME_FAULT_SOURCE_STRANGER, NO_SETTING, status->source_name)->proviso =
            TIME_UNLESS_CONTROLLER;
    if (status->source == W32TM_SOURCE_VM_IC && judge->out->role != TIME_ROLE_STAND_ALONE)
        add(judge, TIME_FAULT_SOURCE_HYPERVISOR, TIME_SETTING_HYPER_V, status->source_name)
            ->proviso = judge->in_domain ? TIME_CERTAIN : TIME_UNLESS_STAND_ALONE;
}

/* On Windows before Server 2016 the provider comes first; later ones choose by stratum. */
static void judge_hyper_v(struct judge *judge)
{
    const struct w32tm_status *status = judge->plan->status;
    struct time_fault *fault;

    if (status && status->source == W32TM_SOURCE_VM_IC) /* that is a fault of its own */
        return;
    if (judge->out->role >= TIME_ROLE_CONTROLLER) {
        add(judge, TIME_FAULT_HYPERVISOR_SYNC, TIME_SETTING_HYPER_V, NULL);
        return;
    }
    if (judge->plan->prefers_best == TIME_NO) {
        fault = add(judge, TIME_FAULT_HYPERVISOR_FIRST, TIME_SETTING_HYPER_V, NULL);
    } else if (!status || status->source == W32TM_SOURCE_UNKNOWN) {
        fault = add(judge, TIME_FAULT_HYPERVISOR_ALLOWED, TIME_SETTING_HYPER_V, NULL);
        fault->is_minor = true;
    } else {
        return;
    }
    fault->proviso = judge->in_domain ? TIME_CERTAIN : TIME_UNLESS_STAND_ALONE;
}

static void judge_hypervisor(struct judge *judge)
{
    const struct time_plan *plan = judge->plan;
    bool is_vmware = plan->machine == TIME_MACHINE_VMWARE;

    if (judge->out->role == TIME_ROLE_STAND_ALONE)
        return;
    if (is_vmware && plan->hypervisor_sync == TIME_YES)
        add(judge, TIME_FAULT_TOOLS_SYNC, NO_SETTING, NULL);
    else if (is_vmware && plan->hypervisor_sync == TIME_NOT_KNOWN)
        add(judge, TIME_FAULT_HYPERVISOR_UNSEEN, TIME_SETTING_VMWARE, NULL);
    else if (plan->hypervisor_sync == TIME_YES)
        judge_hyper_v(judge);
}

static void judge_status(struct judge *judge)
{
    enum { UNSYNCHRONISED = 16, ALARM = 3 };
    const struct w32tm_status *status = judge->plan->status;

    if (status && status->has_status &&
        (status->leap == ALARM || status->stratum == 0 || status->stratum >= UNSYNCHRONISED))
        add(judge, TIME_FAULT_NOT_SYNCHRONISED, NO_SETTING, status->source_name);
}

static void judge_corrections(struct judge *judge)
{
    enum { MINUTES_USUAL = 5 };
    static const enum time_setting limits[] = {TIME_SETTING_CORRECTION_AHEAD,
                                               TIME_SETTING_CORRECTION_BACK};
    int skew = judge->plan->kerberos_skew;
    uint64_t least = 60 * (uint64_t)(skew >= 0 ? skew : MINUTES_USUAL); /* seconds */

    for (size_t i = 0; judge->in_domain && i < 2; i++) {
        const struct time_value *value = value_of(judge, limits[i]);

        if (value->text && value->number <= least)
            add(judge, TIME_FAULT_CORRECTION_LIMITED, (int)limits[i], NULL)->is_minor = true;
    }
}

/* ---- the whole ---- */

static enum time_role role_of(const struct time_plan *plan, const struct time_surroundings *around)
{
    if (around->is_pdc == TIME_YES)
        return TIME_ROLE_PDC;
    if (around->is_controller == TIME_YES)
        return TIME_ROLE_CONTROLLER;
    return plan->role;
}

static enum time_known top_of(enum time_role role, const struct time_surroundings *around)
{
    if (role == TIME_ROLE_PDC)
        return around->is_forest_root;
    if (role == TIME_ROLE_UNKNOWN ||
        (role == TIME_ROLE_CONTROLLER && around->is_pdc == TIME_NOT_KNOWN))
        return around->is_forest_root == TIME_NO ? TIME_NO : TIME_NOT_KNOWN;
    return TIME_NO;
}

void time_plan_judge(const struct time_plan *plan, const struct time_surroundings *surroundings,
                     struct arena *arena, struct time_faults *out)
{
    struct judge judge = {.plan = plan, .around = surroundings, .arena = arena, .out = out};

    *out = (struct time_faults){.role = role_of(plan, surroundings)};
    judge.domain = surroundings->domain ? surroundings->domain : plan->domain;
    judge.in_domain = out->role >= TIME_ROLE_MEMBER;
    judge.is_top = out->is_top =
        out->role == TIME_ROLE_PDC && surroundings->is_forest_root != TIME_NO;
    out->top = top_of(out->role, surroundings);
    judge_service(&judge);
    judge_type(&judge);
    judge_peers(&judge);
    judge_announcement(&judge);
    judge_source(&judge);
    judge_hypervisor(&judge);
    judge_status(&judge);
    judge_corrections(&judge);
}
