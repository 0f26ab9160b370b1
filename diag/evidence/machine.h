/*
 * Evidence of kind "machine": who a machine is. "" is the machine at hand, on Windows alone;
 * "\\ex02.contoso.com" is another that this Windows asks by name, of whose registry and domain the
 * same is told but for what only a program on it can say. Sources at hand: the system's names, the
 * role in the domain that its security authority knows, the registry, and the rights of this run.
 *
 * Redacted, names become the pseudonyms that they have everywhere (redact.h); roles, products,
 * builds and makes of machines stay.
 */
#ifndef EXDIAG_EVIDENCE_MACHINE_H
#define EXDIAG_EVIDENCE_MACHINE_H

#include "diag/evidence/evidence.h"
#include "diag/read/machine_registry.h"

/* X(NAME, "word in evidence") */
#define MACHINE_MEMBERSHIP_LIST(X)                                                                 \
    X(UNKNOWN, "unknown")                                                                          \
    X(WORKGROUP, "workgroup")                                                                      \
    X(DOMAIN, "domain")

enum machine_membership {
#define X(name, word) MACHINE_MEMBERSHIP_##name,
    MACHINE_MEMBERSHIP_LIST(X)
#undef X
        MACHINE_MEMBERSHIP_COUNT
};

/* X(NAME, "word in evidence"): whether this run may do what administrators may */
#define MACHINE_ELEVATION_LIST(X)                                                                  \
    X(UNKNOWN, "unknown") /* of another machine, always */                                         \
    X(YES, "yes")                                                                                  \
    X(NO, "no")

enum machine_elevation {
#define X(name, word) MACHINE_ELEVATION_##name,
    MACHINE_ELEVATION_LIST(X)
#undef X
        MACHINE_ELEVATION_COUNT
};

struct machine_identity {
    struct evidence evidence;

    const char *path; /* the question */

    /*
     * The observation, with STATUS_OK; any text of it may be NULL: not known. Names are UTF-8 as
     * Windows has them, in any case. STATUS_NOT_SUPPORTED where this is not Windows.
     */
    const char *name;           /* "ex01.contoso.com"; of a workgroup "ex01", or with its suffix */
    const char *netbios;        /* "EX01" */
    const char *domain;         /* that it is joined to: "contoso.com" */
    const char *netbios_domain; /* "CONTOSO" */
    const char *forest;         /* "contoso.com": of the root domain */
    const char *workgroup;      /* "WORKGROUP" */
    enum machine_membership membership;
    enum machine_role role;
    struct machine_facts facts; /* of its registry */
    enum machine_elevation elevation;
};

extern const struct evidence_kind evidence_machine;

#endif
