/*
 * Whom a machine takes its time from, as it is set up, and what is wrong with that.
 *
 * In a domain there is one hierarchy: members follow domain controllers, these follow the PDC
 * emulator, those of child domains the one above, and the PDC emulator of the forest's root
 * alone follows servers of its own choice. Windows Time Service Tools and Settings; MS-W32T.
 */
#ifndef EXDIAG_PROBES_CLOCK_HIERARCHY_H
#define EXDIAG_PROBES_CLOCK_HIERARCHY_H

#include "diag/evidence/time_settings.h"
#include "diag/read/net_address.h"

enum time_known { TIME_NOT_KNOWN, TIME_NO, TIME_YES };

/* ---- settings ---- */

/*
 * X(NAME, key below W32Time, value, section of w32tm, is a number): a policy may set each of
 * them but Start.
 */
#define TIME_SETTING_LIST(X)                                                                       \
    X(TYPE, "Parameters", "Type", "NtpClient", false)                                              \
    X(PEERS, "Parameters", "NtpServer", "NtpClient", false)                                        \
    X(ANNOUNCE, "Config", "AnnounceFlags", NULL, true)                                             \
    X(CORRECTION_AHEAD, "Config", "MaxPosPhaseCorrection", NULL, true)                             \
    X(CORRECTION_BACK, "Config", "MaxNegPhaseCorrection", NULL, true)                              \
    X(CLIENT, "TimeProviders\\NtpClient", "Enabled", "NtpClient", true)                            \
    X(SERVER, "TimeProviders\\NtpServer", "Enabled", "NtpServer", true)                            \
    X(HYPER_V, "TimeProviders\\VMICTimeProvider", "Enabled", "VMICTimeProvider", true)             \
    X(VMWARE, "TimeProviders\\vmwTimeProvider", "Enabled", "vmwTimeProvider", true)                \
    X(START, "", "Start", NULL, true)

enum time_setting {
#define X(name, key, value, section, is_number) TIME_SETTING_##name,
    TIME_SETTING_LIST(X)
#undef X
        TIME_SETTING_COUNT
};

/* X(NAME, "for people") */
#define TIME_ORIGIN_LIST(X)                                                                        \
    X(NOWHERE, "not set")                                                                          \
    X(POLICY, "by Group Policy")                                                                   \
    X(LOCAL, "on the machine itself")                                                              \
    X(DEFAULT, "by default")                                                                       \
    X(UNKNOWN, "w32tm does not say by whom")

enum time_origin {
#define X(name, text) TIME_ORIGIN_##name,
    TIME_ORIGIN_LIST(X)
#undef X
        TIME_ORIGIN_COUNT
};

const char *time_origin_text(enum time_origin origin);

struct time_value { /* a setting in force */
    enum time_setting setting;
    const char *text; /* as people write it; NULL: not known, or not set */
    uint64_t number;  /* of those that are numbers */
    enum time_origin origin;
    const char *key;               /* of the registry, where it is to be changed; NULL if nowhere */
    const struct evidence *source; /* which evidence says so */
    uint64_t line;                 /* there, or 0 */
    const char *overridden;        /* what is set on the machine itself, in vain; or NULL */
};

/* ---- the machine ---- */

/* X(NAME, "word", "what the registry has") */
#define TIME_TYPE_LIST(X)                                                                          \
    X(UNKNOWN, "unknown", "")                                                                      \
    X(NO_SYNC, "no-sync", "NoSync")                                                                \
    X(NTP, "ntp", "NTP")                                                                           \
    X(NT5DS, "nt5ds", "NT5DS")                                                                     \
    X(ALL_SYNC, "all-sync", "AllSync")

enum time_type {
#define X(name, word, text) TIME_TYPE_##name,
    TIME_TYPE_LIST(X)
#undef X
        TIME_TYPE_COUNT
};

/* X(NAME, "for people") */
#define TIME_ROLE_LIST(X)                                                                          \
    X(UNKNOWN, "a machine of unknown role")                                                        \
    X(STAND_ALONE, "a machine of no domain")                                                       \
    X(MEMBER, "a member of a domain")                                                              \
    X(CONTROLLER, "a domain controller")                                                           \
    X(PDC, "the PDC emulator")

enum time_role {
#define X(name, text) TIME_ROLE_##name,
    TIME_ROLE_LIST(X)
#undef X
        TIME_ROLE_COUNT
};

const char *time_role_text(enum time_role role);

/* X(NAME, "for people") */
#define TIME_MACHINE_LIST(X)                                                                       \
    X(UNKNOWN, "unknown hardware")                                                                 \
    X(PHYSICAL, "hardware of its own")                                                             \
    X(HYPER_V, "Hyper-V")                                                                          \
    X(VMWARE, "VMware")                                                                            \
    X(OTHER_VM, "another hypervisor")

enum time_machine {
#define X(name, text) TIME_MACHINE_##name,
    TIME_MACHINE_LIST(X)
#undef X
        TIME_MACHINE_COUNT
};

const char *time_machine_text(enum time_machine machine);

enum time_peer_flag { /* behind the comma of a peer */
                      TIME_PEER_SPECIAL_INTERVAL = 1,
                      TIME_PEER_FALLBACK = 2,
                      TIME_PEER_SYMMETRIC = 4,
                      TIME_PEER_CLIENT = 8
};

struct time_peer { /* of the setting NtpServer */
    const char *host;
    uint32_t flags;
    bool is_malformed; /* `host` is all of it, which is no "host,0xFLAGS" */
};

enum { TIME_PEERS_MOST = 64 };

/*
 * X(NAME, "flag"): what the evidence leaves open, each by what would show it.
 */
#define TIME_LACK_LIST(X)                                                                          \
    X(W32TIME, "lacks-w32time")   /* the service's key */                                          \
    X(POLICY, "lacks-policy")     /* whether a policy overrides it */                              \
    X(NAME, "lacks-name")         /* computer and domain */                                        \
    X(ROLE, "lacks-role")         /* whether it is a domain controller */                          \
    X(NETLOGON, "lacks-netlogon") /* whether it is in a domain */                                  \
    X(MAKE, "lacks-make")         /* what it runs on */                                            \
    X(PRESENT, "lacks-present")   /* whom it follows now */                                        \
    X(VMWARE, "lacks-vmware")     /* what VMware's tools do */

enum time_lack {
#define X(name, flag) TIME_LACK_##name,
    TIME_LACK_LIST(X)
#undef X
        TIME_LACK_COUNT
};

const char *time_lack_flag(enum time_lack lack);

struct time_plan {
    const char *computer; /* its name without its domain, or NULL; so are the next */
    const char *domain;
    enum time_role role; /* the registry does not know the PDC emulator: a CONTROLLER */
    enum time_machine machine;
    const char *make; /* of the machine: "VMware, Inc. VMware7,1" */

    struct time_value values[TIME_SETTING_COUNT];
    enum time_type type;
    struct time_peer peers[TIME_PEERS_MOST];
    size_t peer_count;
    bool policy_is_known;            /* the evidence would show a policy if there were one */
    enum time_known hypervisor_sync; /* whether the hypervisor may set the clock: on Hyper-V its
                                        provider in Windows, on VMware what its tools say */
    const struct evidence *hypervisor_source; /* of the tools; or NULL */
    bool has_vmware_tools;
    enum time_known prefers_best; /* among providers: Windows Server 2016 and later; before that,
                                     Hyper-V's comes first */
    enum time_service service;
    bool lacks[TIME_LACK_COUNT];
    int kerberos_skew; /* minutes that Kerberos is told to bear: by the domain's policy, or the
                          machine's registry (SkewTime); -1: not told */
    const struct evidence *skew_source;

    /* What w32tm said of the moment; NULL if it did not. */
    const struct w32tm_status *status;
    const struct evidence *status_source;
};

/*
 * What several pieces of evidence, all with STATUS_OK and all of one host, say together: what
 * comes first has precedence. What is new is in `arena`; the evidence is borrowed.
 */
void time_plan_read(const struct time_settings *const *settings, size_t count, struct arena *arena,
                    struct time_plan *out);

/* ---- judging ---- */

/*
 * X(NAME, "word"). What each says and of which machines:
 * SERVICE_*           W32Time cannot set the clock
 * CLIENT_DISABLED     the provider that asks others is off
 * SERVER_DISABLED     a domain controller serves no time
 * NO_SYNC             told to follow nobody
 * TYPE_INVALID        a word that W32Time does not know
 * OWN_PEERS           NTP on a machine that is to follow the domain
 * PEERS_BESIDE_DOMAIN AllSync there: domain and own peers
 * TOP_WITHOUT_PEERS   NT5DS on the forest's top, which has nobody above it
 * PEERS_EMPTY         NTP without a peer
 * PEER_MALFORMED      `detail` is no "host,0xFLAGS"
 * PEER_ITSELF         `detail` is the machine itself
 * PEER_OF_DOMAIN      the PDC emulator follows `detail`, which follows it
 * PEERS_FEW           the PDC emulator has fewer than three, and not two of which one is a fallback
 * NOT_ANNOUNCED       the PDC emulator does not say that it is a reliable source
 * ANNOUNCED           another machine says that it is one, always
 * SOURCE_OWN_CLOCK    it follows its own clock at present
 * SOURCE_STRANGER     a member is told to follow the domain, and follows `detail` at present,
 *                     which DNS does not name as one of its controllers
 * SOURCE_HYPERVISOR   it follows the machine that it runs on
 * HYPERVISOR_SYNC     Hyper-V's provider is on, on a domain controller
 * HYPERVISOR_FIRST    the same on a member whose Windows prefers it to the domain
 * HYPERVISOR_ALLOWED  the same where Windows chooses, and whom it has chosen is not known
 * TOOLS_SYNC          VMware's tools set the clock
 * HYPERVISOR_UNSEEN   VMware's tools are there: only they say whether they set the clock
 * NOT_SYNCHRONISED    w32tm says so: leap indicator 3, or stratum 0 or 16
 * CORRECTION_LIMITED  it refuses to correct what Kerberos does not bear any more
 */
#define TIME_FAULT_LIST(X)                                                                         \
    X(SERVICE_MISSING, "service-missing")                                                          \
    X(SERVICE_DISABLED, "service-disabled")                                                        \
    X(SERVICE_STOPPED, "service-stopped")                                                          \
    X(CLIENT_DISABLED, "client-disabled")                                                          \
    X(SERVER_DISABLED, "server-disabled")                                                          \
    X(NO_SYNC, "no-sync")                                                                          \
    X(TYPE_INVALID, "type-invalid")                                                                \
    X(OWN_PEERS, "own-peers")                                                                      \
    X(PEERS_BESIDE_DOMAIN, "peers-beside-domain")                                                  \
    X(TOP_WITHOUT_PEERS, "top-without-peers")                                                      \
    X(PEERS_EMPTY, "peers-empty")                                                                  \
    X(PEER_MALFORMED, "peer-malformed")                                                            \
    X(PEER_ITSELF, "peer-itself")                                                                  \
    X(PEER_OF_DOMAIN, "peer-of-domain")                                                            \
    X(PEERS_FEW, "peers-few")                                                                      \
    X(NOT_ANNOUNCED, "not-announced")                                                              \
    X(ANNOUNCED, "announced")                                                                      \
    X(SOURCE_OWN_CLOCK, "source-own-clock")                                                        \
    X(SOURCE_STRANGER, "source-stranger")                                                          \
    X(SOURCE_HYPERVISOR, "source-hypervisor")                                                      \
    X(HYPERVISOR_SYNC, "hypervisor-sync")                                                          \
    X(HYPERVISOR_FIRST, "hypervisor-first")                                                        \
    X(HYPERVISOR_ALLOWED, "hypervisor-allowed")                                                    \
    X(TOOLS_SYNC, "tools-sync")                                                                    \
    X(HYPERVISOR_UNSEEN, "hypervisor-unseen")                                                      \
    X(NOT_SYNCHRONISED, "not-synchronised")                                                        \
    X(CORRECTION_LIMITED, "correction-limited")

enum time_fault_kind {
#define X(name, word) TIME_FAULT_##name,
    TIME_FAULT_LIST(X)
#undef X
        TIME_FAULT_COUNT
};

const char *time_fault_word(enum time_fault_kind kind);

/* A fault whatever else is true, or unless the machine is what nobody said it is not. */
enum time_proviso {
    TIME_CERTAIN,
    TIME_UNLESS_PDC,
    TIME_UNLESS_CHILD_DOMAIN, /* the PDC emulator of one */
    TIME_UNLESS_STAND_ALONE,
    TIME_UNLESS_CONTROLLER /* the source at present is one */
};

struct time_fault {
    enum time_fault_kind kind;
    enum time_proviso proviso;
    const struct time_value *value; /* the plan's, which is wrong; NULL if no setting is */
    const char *detail;             /* what of it, or the source at present; or NULL */
    bool is_minor;                  /* it may do harm, and does none now */
};

/* What others know of the machine, DNS above all. All zero: nothing. */
struct time_surroundings {
    enum time_known is_controller;
    enum time_known is_pdc;         /* of its domain */
    enum time_known is_forest_root; /* its domain */
    const char *domain;             /* NULL: as the plan has it */
    const char *const *controllers; /* of the domain: full names */
    size_t controller_count;
    bool has_all_controllers;           /* of those that DNS names */
    const struct ip_address *addresses; /* theirs, where the plan names hosts by address */
    size_t address_count;
};

struct time_faults {
    enum time_role role; /* as it was judged */
    bool is_top;         /* it was judged as the PDC emulator of the forest's root */
    enum time_known top; /* whether it is that */
    struct time_fault *list;
    size_t count;
};

/* In the order of service, type, peers and the rest; `out->list` is in `arena`. */
void time_plan_judge(const struct time_plan *plan, const struct time_surroundings *surroundings,
                     struct arena *arena, struct time_faults *out);

#endif
