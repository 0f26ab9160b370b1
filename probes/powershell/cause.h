/*
 * Why the PowerShell virtual directory of a server answers 500: powershell-vdir-500, which the
 * causes explain that are found at the same subject (`explanations` in probes.c), and which single
 * piece of evidence decides next where none was.
 */
#ifndef EXDIAG_PROBES_POWERSHELL_CAUSE_H
#define EXDIAG_PROBES_POWERSHELL_CAUSE_H

#include "probes/powershell/case.h"

/* X(NAME, "id of the finding"): in the order of repair, what changes least first */
#define POWERSHELL_CAUSE_LIST(X)                                                                   \
    X(CLOCK, "clock-skew")                                                                         \
    X(INSTALL_PATH, "exchange-install-path")                                                       \
    X(KERBAUTH_PATH, "kerbauth-path")                                                              \
    X(KERBAUTH_MANAGED, "kerbauth-managed")                                                        \
    X(WSMAN_MISSING, "wsman-module-missing")                                                       \
    X(WINRM_IIS_EXT, "winrm-iis-ext-missing")                                                      \
    X(SETTINGS, "powershell-vdir-settings")

/*
 * Bits: what powershell_judge_modules() and powershell_judge_settings() give of the problems that
 * they found.
 */
enum powershell_cause {
#define X(name, id) POWERSHELL_NUMBER_##name,
    POWERSHELL_CAUSE_LIST(X)
#undef X
        POWERSHELL_CAUSE_COUNT
};
enum {
#define X(name, id) POWERSHELL_CAUSE_##name = 1 << POWERSHELL_NUMBER_##name,
    POWERSHELL_CAUSE_LIST(X)
#undef X
};

/* What is known of each place where a cause may be: bits, for the choice of what decides next. */
enum {
    POWERSHELL_KNOWS_CLOCK = 1,       /* measured against a controller's, whatever came of it */
    POWERSHELL_KNOWS_CONFIG = 2,      /* applicationHost.config */
    POWERSHELL_KNOWS_WEB_CONFIG = 4,  /* of the directory's folders */
    POWERSHELL_KNOWS_SYSTEM = 8,      /* the System log: event 10113 would be there */
    POWERSHELL_KNOWS_APPLICATION = 16 /* the Application log: event 2280 */
};

/* One piece of evidence. X(NAME, "value of the finding that prints its step") */
#define POWERSHELL_NEXT_LIST(X)                                                                    \
    X(NOTHING, "")                                                                                 \
    X(CLOCK, "next-clock")                                                                         \
    X(CONFIG, "next-config")                                                                       \
    X(WEB_CONFIG, "next-web-config")                                                               \
    X(SYSTEM_LOG, "next-system-log")                                                               \
    X(APPLICATION_LOG, "next-application-log")                                                     \
    X(IIS_LOG, "next-iis-log")                                                                     \
    X(TRACE, "next-trace")

enum powershell_next {
#define X(name, value) POWERSHELL_NEXT_##name,
    POWERSHELL_NEXT_LIST(X)
#undef X
        POWERSHELL_NEXT_COUNT
};

/* How the directory fails, as far as it is told. */
struct powershell_failure {
    bool is_seen;          /* it answers 500 */
    bool is_live;          /* and did so to this run */
    bool is_in_config;     /* by its code IIS cannot use the configuration: 500.19 */
    bool is_in_modules;    /* by its code a module of the list is none: 500.21, 500.22 */
    bool has_no_substatus; /* nothing but the status is known */
};

/* Which piece of evidence decides, where `causes` are found and `known` was looked at. Pure. */
enum powershell_next powershell_next_of(unsigned causes, unsigned known,
                                        const struct powershell_failure *failure);

#endif
