/*
 * Who runs which build: the servers among the subjects, by every way in which they, their
 * directory and the files at hand show it, and the servers that only files tell of.
 *
 * What a server's own machine tells is read where that may be asked (probes/machine.h). A server
 * that the user named, or that a directory of the user's lists, is asked for two pages of
 * its web site without a logon; others for nothing but the greeting that the mx probe waits for
 * anyway.
 */
#ifndef EXDIAG_PROBES_BUILD_MACHINES_H
#define EXDIAG_PROBES_BUILD_MACHINES_H

#include "diag/probe.h"
#include "diag/read/build_number.h"

enum {
    BUILD_SIGHTINGS_MOST = 24, /* of one machine */
    BUILD_MACHINES_MOST = 256,
    BUILD_SERVERS_MOST = 64 /* that are asked, in report order; the subject at hand always is */
};

struct build_sighting {
    enum build_way way;
    struct build_number number;
    enum build_precision precision;
    const struct evidence *source;
};

struct build_machine {
    const char *name;             /* folded, with its domain or without; NULL: a file hides it */
    bool is_vouched;              /* the user's word for its name, or the directory's */
    const struct subject *server; /* NULL: files alone tell of it */
    const struct subject *file;   /* the first that does; NULL: none */
    bool has_folder;              /* files beside that one do, too, and say no name */
    struct build_sighting sightings[BUILD_SIGHTINGS_MOST]; /* in the order of enum build_way */
    size_t count;
    const char *own_name; /* of a server that calls itself so, and is another; or NULL */
    bool is_exchange;     /* something says so, whatever of its build */
    bool is_online;       /* Exchange Online's: nothing of it is asked, and no file tells of it */
    /*
     * By the directory: it has no web site, and no DAG; and what the directory has of its build is
     * of the day when it was subscribed (KB 4019802).
     */
    bool is_edge;
    bool has_spoken;                 /* a service of it did, whatever it is */
    const struct web_exchange *page; /* what its web server answered first; or NULL */
    const struct evidence *obstacle; /* why a way was barred; or NULL */
};

struct build_teller { /* a file, and the machine that it tells of */
    const struct subject *file;
    enum file_type type;
    enum build_way way;
    struct build_machine *machine; /* NULL: none */
    bool is_of_several;            /* it tells of others, too */
};

struct build_organisation {
    bool is_pending;
    struct arena *memory;            /* of these */
    struct build_machine **machines; /* servers in report order, then those of files */
    size_t count;
    struct build_teller *tellers; /* the files that were read, in report order */
    size_t teller_count;
};

/* NULL while something is on its way. `subject`: the one at hand, a server or a file. */
const struct build_organisation *build_organisation_of(struct examination *x,
                                                       const struct subject *subject);

void build_machine_saw(struct build_machine *machine, enum build_way way,
                       const struct build_number *number, const struct evidence *source);

/* The one of this name, by full name or a short one; a new one where there is none, or NULL. */
struct build_machine *build_machine_of(struct build_organisation *organisation, const char *name);

#endif
