/*
 * Evidence of kind "time-settings": how one host is told to keep its time. Live on Windows from
 * its registry and services, or from a file: a registry export, what w32tm prints, the security
 * template of a policy, what VMware says of time synchronisation. Each holds a part; what several
 * say of one host is put together by the probe (probes/clock/hierarchy.h).
 *
 * Redacted, numbers stay, and so do the words that Windows writes itself: types, providers,
 * sources, makes of machines. Hosts and domains become the pseudonyms that they have everywhere
 * (redact.h), in lists of peers with their flags behind them; but a time server of the
 * public (time.windows.com, pool.ntp.org and what is below it, a few more) stays, for it leads to
 * nobody, and that it stands there says much. Of all other text the words become labels; lists and
 * bytes are dropped.
 */
#ifndef EXDIAG_EVIDENCE_TIME_SETTINGS_H
#define EXDIAG_EVIDENCE_TIME_SETTINGS_H

#include "diag/evidence/evidence.h"
#include "diag/read/registry_text.h"
#include "diag/read/security_inf.h"
#include "diag/read/vmware_time.h"
#include "diag/read/w32tm_text.h"

/* Keys that say something of time, of who the machine is, and of what it runs on. */
#define TIME_KEY_CONTROL_SET "HKLM\\SYSTEM\\CurrentControlSet\\"
#define TIME_KEY_W32TIME     TIME_KEY_CONTROL_SET "Services\\W32Time"
#define TIME_KEY_POLICY      "HKLM\\SOFTWARE\\Policies\\Microsoft\\W32Time"
#define TIME_KEY_NETLOGON    TIME_KEY_CONTROL_SET "Services\\Netlogon"
#define TIME_KEY_TCPIP       TIME_KEY_CONTROL_SET "Services\\Tcpip\\Parameters"
#define TIME_KEY_VMTOOLS     TIME_KEY_CONTROL_SET "Services\\VMTools"
#define TIME_KEY_HYPER_V     TIME_KEY_CONTROL_SET "Services\\vmictimesync"
#define TIME_KEY_PRODUCT     TIME_KEY_CONTROL_SET "Control\\ProductOptions"
#define TIME_KEY_NAME        TIME_KEY_CONTROL_SET "Control\\ComputerName\\ActiveComputerName"
#define TIME_KEY_KERBEROS    TIME_KEY_CONTROL_SET "Control\\Lsa\\Kerberos\\Parameters"
#define TIME_KEY_MAKE        "HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS"
#define TIME_KEY_GUEST       "HKLM\\SOFTWARE\\Microsoft\\Virtual Machine\\Guest\\Parameters"

/* Keys of which a registry export's values are read; ended by NULL. All begin with HKLM\. */
extern const char *const time_settings_keys[];

/* Of these values, and of what is below such a key, whether this one is kept. */
bool time_settings_keeps(const struct registry_value *value);

/*
 * Whether this evidence would show what there is at one of these keys: a value that is not there
 * does not exist then. Exports of other keys leave it open.
 */
struct time_settings;
bool time_settings_covers(const struct time_settings *settings, const char *key);

enum { TIME_SETTINGS_VALUES_MOST = 1024 }; /* of a registry, that are kept */

/* X(NAME, "word in evidence"): of the service W32Time */
#define TIME_SERVICE_LIST(X)                                                                       \
    X(UNKNOWN, "unknown")                                                                          \
    X(RUNS, "runs")                                                                                \
    X(STOPPED, "stopped")                                                                          \
    X(MISSING, "missing")

enum time_service {
#define X(name, word) TIME_SERVICE_##name,
    TIME_SERVICE_LIST(X)
#undef X
        TIME_SERVICE_COUNT
};

struct time_settings {
    struct evidence evidence;

    const char *path; /* the question: a file; "" is the machine at hand, on Windows alone */

    /* The observation: of a registry, of w32tm's text, or of a template. */
    struct registry_export registry; /* keys 0: there is none */
    bool has_w32tm;
    struct w32tm_status w32tm;
    struct security_inf policy; /* of a security template */
    enum vmware_time vmware;    /* what VMware Tools, or a virtual machine's configuration, say */
    enum time_service service;  /* of the machine at hand */
};

extern const struct evidence_kind evidence_time_settings;

#endif
