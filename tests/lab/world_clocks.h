/*
 * The clocks of the demonstration's world: domain controllers, Exchange servers and a time
 * server outside, each service at a port of the system's choice (LDAP, which tells the time too, is
 * that of world_directory.h); and what three of the machines say of how they are told to keep their
 * time, in files.
 */
#ifndef EXDIAG_TESTS_LAB_WORLD_CLOCKS_H
#define EXDIAG_TESTS_LAB_WORLD_CLOCKS_H

#include "diag/settings.h"
#include "tests/lab/world_files.h"

struct world_clocks;

/* What DNS says of them, inside, as records of a lab_zone (an initialiser each, with commas). */
#define WORLD_CLOCKS_RECORDS                                                                       \
    {"dc1.contoso.com", "A", "127.0.0.41", 0}, {"dc2.contoso.com", "A", "127.0.0.42", 0},          \
        {"dc3.contoso.com", "A", "127.0.0.43", 0}, {"ex01.contoso.com", "A", "127.0.0.44", 0},     \
        {"cas.contoso.com", "A", "127.0.0.45", 0}, {"ntp.example.net", "A", "127.0.0.46", 0},      \
        {"_ldap._tcp.dc._msdcs.contoso.com", "SRV", "0 100 389 dc1.contoso.com", 0},               \
        {"_ldap._tcp.dc._msdcs.contoso.com", "SRV", "0 100 389 dc2.contoso.com", 0},               \
        {"_ldap._tcp.dc._msdcs.contoso.com", "SRV", "0 100 389 dc3.contoso.com", 0},               \
        {"_ldap._tcp.gc._msdcs.contoso.com", "SRV", "0 100 3268 dc1.contoso.com", 0},              \
    {                                                                                              \
        "_ldap._tcp.pdc._msdcs.contoso.com", "SRV", "0 100 389 dc1.contoso.com", 0                 \
    }

/*
 * Starts them. `ports` in: of SMTP, at which mail exchangers of other addresses are; out: of all
 * else that is asked of a host that tells the time. STATUS_EXISTS where that port is not free at
 * one of their addresses: try again with another.
 */
enum status world_clocks_start(uint16_t ports[SERVICE_COUNT], struct world_clocks **clocks);

/* NULL is allowed. */
enum status world_clocks_stop(struct world_clocks *clocks);

/* Ended by one without a name. */
extern const struct world_file world_clocks_files[];

#endif
