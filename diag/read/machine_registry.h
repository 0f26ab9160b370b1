/*
 * What a Windows registry says of the machine: which Windows, in which role, on which hardware, and
 * what of Exchange is installed. Values of a wrong type, without a text or out of range say
 * nothing.
 */
#ifndef EXDIAG_READ_MACHINE_REGISTRY_H
#define EXDIAG_READ_MACHINE_REGISTRY_H

#include "diag/read/machine_role.h"
#include "diag/read/registry_text.h"

/* X(NAME, "word in evidence", "in words") */
#define MACHINE_HARDWARE_LIST(X)                                                                   \
    X(UNKNOWN, "unknown", "unknown hardware")                                                      \
    X(PHYSICAL, "physical", "hardware of its own")                                                 \
    X(HYPER_V, "hyper-v", "Hyper-V")                                                               \
    X(VMWARE, "vmware", "VMware")                                                                  \
    X(KVM, "kvm", "KVM")                                                                           \
    X(XEN, "xen", "Xen")                                                                           \
    X(VIRTUALBOX, "virtualbox", "VirtualBox")                                                      \
    X(PARALLELS, "parallels", "Parallels")                                                         \
    X(CLOUD, "cloud", "a public cloud")

enum machine_hardware {
#define X(name, word, text) MACHINE_HARDWARE_##name,
    MACHINE_HARDWARE_LIST(X)
#undef X
        MACHINE_HARDWARE_COUNT
};

/* X(NAME, "word in evidence", "in words"): what of Exchange is installed */
#define MACHINE_EXCHANGE_LIST(X)                                                                   \
    X(UNKNOWN, "unknown", "it is not known whether Exchange is installed")                         \
    X(NONE, "none", "Exchange is not installed")                                                   \
    X(SERVER, "server", "an Exchange server")                                                      \
    X(EDGE, "edge", "an Edge Transport server")                                                    \
    X(TOOLS, "tools", "Exchange's management tools alone")

enum machine_exchange {
#define X(name, word, text) MACHINE_EXCHANGE_##name,
    MACHINE_EXCHANGE_LIST(X)
#undef X
        MACHINE_EXCHANGE_COUNT
};

enum { MACHINE_TEXT_MOST = 512 }; /* bytes; of longer ones nothing is known */

/* Texts are NULL where they are not told. */
struct machine_facts {
    enum machine_role role; /* WORKSTATION, SERVER or DC: whether of a domain it does not say */
    const char *product;    /* "Windows Server 2019 Standard" */
    const char *build;      /* "17763", or with its revision "17763.5458" */
    const char *host;       /* its name in DNS without the domain: "ex01" */
    const char *suffix;     /* the primary DNS suffix: "contoso.com" */
    const char *netbios;    /* "EX01" */
    const char *maker;      /* of the hardware: "VMware, Inc." */
    const char *model;      /* "VMware7,1" */
    const char *hyper_v;    /* the host that it runs on, as Hyper-V told it */
    enum machine_hardware hardware;
    enum machine_exchange exchange;
};

/* Keys below HKEY_LOCAL_MACHINE whose own values are read; ended by NULL. */
extern const char *const machine_registry_keys[];

/* By how its firmware calls it; either may be NULL. Of what is known to be no virtual machine's:
 * PHYSICAL. */
enum machine_hardware machine_hardware_of(const char *maker, const char *model);

/* `export`: of the keys above, in this order: `covered` says which of them are known whole. */
void machine_registry_read(const struct registry_export *export, struct arena *arena,
                           struct machine_facts *out);

#endif
