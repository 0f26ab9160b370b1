/*
 * A broken organisation on loopback, for `exdiag demo` and the tests: a resolver as
 * it stands in an office, the servers of the top-level domains, and the name servers
 * of the organisation's domains, all at one port on 127.0.0.x; the mail exchangers of
 * these domains at another.
 */
#ifndef EXDIAG_TESTS_LAB_WORLD_H
#define EXDIAG_TESTS_LAB_WORLD_H

#include "diag/finding.h"
#include "diag/read/net_address.h"

struct lab_world;

/* What was planted: a finding that must turn up. A NULL id ends the list. */
struct lab_planted {
    const char *id;
    enum subject_kind kind;
    const char *subject;
    enum outcome outcome;
    const char *story; /* what is wrong there, in one line */
};

extern const struct lab_planted lab_planted[];

/* How long the slowest exchanger takes to show what it is, in milliseconds. */
enum { LAB_WORLD_SLOWEST = 5100 };

struct lab_world_ways {
    struct net_address resolver; /* the one to ask; every other server is at the same port */
    uint16_t smtp_port;          /* of all mail exchangers */
    const char *authority;       /* that signed their certificates: PEM, the world's */
};

enum status lab_world_start(struct lab_world **world, struct lab_world_ways *ways);
enum status lab_world_stop(struct lab_world *world);

#endif
