/*
 * A server, asked: its front end without TLS and with it, its back end, and pages beside the
 * PowerShell directory that tell a dead site from one broken directory. As nobody; and with
 * --authenticate as the caller too: by ticket where the user named the server, or a directory that
 * showed who it is lists it; by password or token where the user named it (gather/http_access.h).
 * Every address of the name is asked by itself, all side by side.
 */
#ifndef EXDIAG_PROBES_POWERSHELL_LIVE_H
#define EXDIAG_PROBES_POWERSHELL_LIVE_H

#include "diag/probe.h"
#include "probes/powershell/symptom.h"

/* X(NAME, place, service, path, request, as somebody) */
#define POWERSHELL_LOOK_LIST(X)                                                                    \
    X(HTTP_GET, FRONT_HTTP, HTTP, "/PowerShell/", GET, false)                                      \
    X(HTTP_IDENTIFY, FRONT_HTTP, HTTP, "/PowerShell/", IDENTIFY, false)                            \
    X(HTTP_LOGON, FRONT_HTTP, HTTP, "/PowerShell/", LOGON, true)                                   \
    X(HTTPS_GET, FRONT_HTTPS, HTTPS, "/PowerShell/", GET, false)                                   \
    X(HTTPS_IDENTIFY, FRONT_HTTPS, HTTPS, "/PowerShell/", IDENTIFY, false)                         \
    X(HTTPS_SHELL, FRONT_HTTPS, HTTPS, "/PowerShell/", SHELL, true)                                \
    X(BACK_GET, BACK_END, BACKEND, "/PowerShell/", GET, false)                                     \
    X(BACK_IDENTIFY, BACK_END, BACKEND, "/PowerShell/", IDENTIFY, false)                           \
    X(BACK_SHELL, BACK_END, BACKEND, "/PowerShell/", SHELL, true)                                  \
    X(OWA, BESIDE, HTTPS, "/owa/healthcheck.htm", GET, false)                                      \
    X(HEALTH, BESIDE, HTTPS, "/PowerShell/healthcheck.htm", GET, false)                            \
    X(LIVEID, BESIDE, HTTPS, "/powershell-liveid/", GET, false)

enum powershell_look_number {
#define X(name, place, service, path, request, as_somebody) POWERSHELL_LOOK_##name,
    POWERSHELL_LOOK_LIST(X)
#undef X
        POWERSHELL_LOOK_COUNT
};

enum powershell_place {
    POWERSHELL_FRONT_HTTP,
    POWERSHELL_FRONT_HTTPS,
    POWERSHELL_BACK_END,
    POWERSHELL_BESIDE,
    POWERSHELL_PLACE_COUNT
};

struct powershell_look {
    const struct web_exchange *exchange; /* NULL: not asked */
    struct powershell_sign sign;
};

enum { POWERSHELL_ADDRESSES_MOST = 4 };

struct powershell_node { /* one address of the name */
    struct ip_address ip;
    struct powershell_look looks[POWERSHELL_LOOK_COUNT];
};

struct powershell_view {
    struct examination *x;
    const struct subject *server;
    bool is_pending;
    bool is_listed;                       /* by the directory, as one of Exchange's */
    bool lacks_front_end, lacks_back_end; /* by what that says of its version and roles */
    bool is_vouched;                      /* by that, or by the user */
    bool may_log_on;                      /* by the user, or by a directory that showed who it is */
    bool was_recorded;                    /* the run asked it; older ones did not */
    struct powershell_node nodes[POWERSHELL_ADDRESSES_MOST];
    size_t count;
    const struct evidence *obstacle; /* why no address is known; or NULL */
};

/* In pass memory; NULL: the server is nobody's to ask. */
const struct powershell_view *powershell_look_at(struct examination *x,
                                                 const struct subject *server);

/* Something that only Exchange has was seen there. */
bool powershell_is_exchange(const struct powershell_view *view);

/* The directory fails with 500 at one of the addresses. */
bool powershell_fails_live(const struct powershell_view *view);

/* What was seen of that, at a finding of powershell-vdir-500, with the values of live_name(). */
void powershell_tell_failing(struct finding *finding, const struct powershell_view *view);

/* ---- what it shows, for those who tell it ---- */

enum powershell_site { POWERSHELL_SITE_UNKNOWN, POWERSHELL_SITE_ALIVE, POWERSHELL_SITE_DEAD };

/*
 * Whether pages beside the directory are served: one that asks who one is, is; dead is a site that
 * serves none.
 */
enum powershell_site powershell_site_of(const struct powershell_node *node);

enum powershell_place powershell_place_of(size_t look);
bool powershell_looks_as_somebody(size_t look);

/* It is a 500 that means something: the caller was not let in there, nor a POST answered. */
bool powershell_look_fails(const struct powershell_node *node, size_t look);
bool powershell_node_fails(const struct powershell_node *node);

/* Something there spoke HTTP; everything asked there as nobody shows this. */
bool powershell_place_answers(const struct powershell_node *node, enum powershell_place place);
bool powershell_place_shows(const struct powershell_node *node, enum powershell_place place,
                            enum powershell_symptom symptom);

/* Who answers is the server that the name is of, and no balancer in front of others. */
bool powershell_node_is_own(const struct powershell_view *view, const struct powershell_node *node);

/*
 * Everything but powershell-vdir-500 as a problem: its neighbours, and, unless that problem is told
 * already, that it is healthy or not known. Nothing while something is on its way. `causes`: those
 * found (cause.h).
 */
void powershell_tell_live(const struct powershell_view *view, unsigned causes, bool is_500);

#endif
