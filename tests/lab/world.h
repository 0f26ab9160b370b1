/*
 * A broken organisation on loopback, for `exdiag demo` and the tests: a resolver as
 * it stands in an office, the servers of the top-level domains, and the name servers
 * of the organisation's domains, all at one port on 127.0.0.x; the mail exchangers of
 * these domains at another; and its domain controllers and Exchange servers, at one for each
 * service that tells the time, that the directory is read by, or that mailboxes are read by.
 */
#ifndef EXDIAG_TESTS_LAB_WORLD_H
#define EXDIAG_TESTS_LAB_WORLD_H

#include "diag/finding.h"
#include "diag/settings.h"

struct lab_world;

/* What was planted: a finding that must turn up. A NULL id ends the list. */
struct lab_planted {
    const char *id;
    enum subject_kind kind;
    const char *subject; /* of a file, how its name ends */
    enum outcome outcome;
    const char *story; /* what is wrong there, in one line */
};

extern const struct lab_planted lab_planted[];

/* Servers to name, ended by NULL; others turn up by themselves. */
extern const char *const lab_servers[];

/* Servers to name beside these where a mailbox is asked for. */
extern const char *const lab_nodes[];

/* The domain whose directory lists the others. */
extern const char lab_organisation[];

/* How long the slowest exchanger takes to show what it is, in milliseconds. */
enum { LAB_WORLD_SLOWEST = 5100 };

struct lab_world_ways {
    struct net_address resolver;   /* the one to ask */
    uint16_t ports[SERVICE_COUNT]; /* where all of them are */
    const char *authority;         /* that signed their certificates: PEM, the world's */
    const char *reference;         /* a time server outside */
    const char *builds;            /* a table of Exchange's builds, as of today */
};

enum status lab_world_start(struct lab_world **world, struct lab_world_ways *ways);
enum status lab_world_stop(struct lab_world *world);

/*
 * One of the files that it made, which it removes when it ends: its path, and the probe that it is
 * for. False behind the last.
 */
bool lab_world_file(const struct lab_world *world, size_t index, const char **path,
                    const char **probe);

/* Whose it is, where its path is to be given as HOST=PATH; or NULL. */
const char *lab_world_file_host(const struct lab_world *world, size_t index);

#endif
