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
    X(SETTINGS, "powershell-vdir-settings")                                                        \
    X(BACK_END_CERTIFICATE, "backend-certificate")

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

/* What was looked at for causes: bits, for the choice of what decides next. */
enum {
    POWERSHELL_KNOWS_CLOCK = 1,         /* measured against its domain controllers' */
    POWERSHELL_KNOWS_CONFIG = 2,        /* applicationHost.config */
    POWERSHELL_KNOWS_WEB_CONFIG = 4,    /* web.config of the directory's folders */
    POWERSHELL_KNOWS_EVENTS = 8,        /* event logs: 10113 and 2280 would be there */
    POWERSHELL_KNOWS_INSTALL_PATH = 16, /* the variable ExchangeInstallPath */
    POWERSHELL_KNOWS_SUBSTATUS = 32     /* behind the 500, or that IIS logs none */
};

/* One piece of evidence. X(NAME, "value of the finding that prints its step") */
#define POWERSHELL_NEXT_LIST(X)                                                                    \
    X(NOTHING, "")                                                                                 \
    X(CLOCK, "next-clock")                                                                         \
    X(CONFIG, "next-config")                                                                       \
    X(WEB_CONFIG, "next-web-config")                                                               \
    X(EVENTS, "next-events")                                                                       \
    X(INSTALL_PATH, "next-install-path")                                                           \
    X(IIS_LOG, "next-iis-log")                                                                     \
    X(TRACE, "next-trace")

enum powershell_next {
#define X(name, value) POWERSHELL_NEXT_##name,
    POWERSHELL_NEXT_LIST(X)
#undef X
        POWERSHELL_NEXT_COUNT
};

/* How the directory fails, as far as its codes tell. */
enum powershell_failure {
    POWERSHELL_FAILURE_PLAIN,  /* 500, and nothing more */
    POWERSHELL_FAILURE_CONFIG, /* IIS cannot use its configuration: 500.19 */
    POWERSHELL_FAILURE_MODULE  /* a module of the list is none: 500.21 and its like */
};

/*
 * Which single piece of evidence decides next, where `causes` are found and `known` was looked at:
 * what is soonest had and excludes most. Pure.
 */
enum powershell_next powershell_next_of(unsigned causes, unsigned known,
                                        enum powershell_failure failure);

/*
 * powershell-vdir-500 of a server, by what it answers (`view`, NULL: it was not asked), its logs
 * and its events; `causes` are those that its configuration has. True if it is a problem.
 */
struct powershell_view;
bool powershell_judge_500(struct examination *x, const struct powershell_case *of,
                          const struct powershell_view *view, unsigned causes);

#endif
