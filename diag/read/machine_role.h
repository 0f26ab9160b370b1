/* What a Windows machine is to its domain. */
#ifndef EXDIAG_READ_MACHINE_ROLE_H
#define EXDIAG_READ_MACHINE_ROLE_H

/* X(NAME, "word in evidence", "in words") */
#define MACHINE_ROLE_LIST(X)                                                                       \
    X(UNKNOWN, "unknown", "of unknown role")                                                       \
    X(WORKSTATION, "workstation", "a workstation")                                                 \
    X(MEMBER_WORKSTATION, "member-workstation", "a workstation of its domain")                     \
    X(SERVER, "server", "a server")                                                                \
    X(MEMBER_SERVER, "member-server", "a member server")                                           \
    X(DC, "domain-controller", "a domain controller")                                              \
    X(PDC, "pdc-emulator", "the domain controller that is the PDC emulator")

enum machine_role {
#define X(name, word, text) MACHINE_ROLE_##name,
    MACHINE_ROLE_LIST(X)
#undef X
        MACHINE_ROLE_COUNT
};

#endif
