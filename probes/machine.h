/*
 * Which machine's own evidence may be asked for beside what its server answers: registry, event
 * logs, configurations and files, by the `path` of their questions (diag/probe.h), on Windows. It
 * is the machine at hand, where a subject is that one by any of its names; one that the user named
 * by a full name below the domain or forest that this machine is joined to; or, where no subject
 * was named, one that the organisation's directory lists. Names out of logs, banners or DNS, those
 * of strangers' servers, short ones and addresses lead to no machine: whoever is asked hears who
 * asks.
 */
#ifndef EXDIAG_PROBES_MACHINE_H
#define EXDIAG_PROBES_MACHINE_H

#include "diag/probe.h"

/*
 * False while that is on its way. Else *path is "" for the machine at hand, "\\\\name" for another
 * one that may be asked, in pass memory, or NULL: nothing of this server is to be had so. `server`:
 * a server or domain controller.
 */
bool machine_of(struct examination *x, const struct subject *server, const char **path);

/*
 * Why nothing is to be had so of another machine that the user named: it did not even tell who it
 * is. NULL where it did, may not be asked, is none of Windows', and while that is on its way.
 */
const struct evidence *machine_obstacle(struct examination *x, const struct subject *server);

/* The same of a machine that may be asked, by its name. */
const struct evidence *machine_obstacle_at(struct examination *x, const char *name);

/* As machine_of(), by a name or address, which is that of a server or controller of the run. */
bool machine_named(struct examination *x, const char *name, const char **path);

/* ---- what could not be read ---- */

/* Of what a machine has, what several probes read. */
enum machine_source { MACHINE_SOURCE_REGISTRY, MACHINE_SOURCE_EVENTS, MACHINE_SOURCE_IIS };

/*
 * Whether this probe is the one to tell that a source could not be read: the first of those that
 * read it which runs, so that it is told once.
 */
bool machine_is_told_by(struct examination *x, enum machine_source source, const char *probe);

/*
 * The run has no administrator's rights on the machine at hand, and lacks them for something that
 * a probe wants: what was denied for that, or NULL.
 */
const struct evidence *machine_denied(struct examination *x, const struct subject *server);

/* That is why this could not be read, and the probe `organisation` tells it: nobody else has to. */
bool machine_is_for_elevated(struct examination *x, const struct subject *server,
                             const struct evidence *evidence);

/* It is there to be read, perhaps, and was not: denied, out of reach, damaged. */
bool machine_is_unread(const struct evidence *evidence);

/* Sets "unread" and what chooses among MACHINE_STEPS; false where none of them helps. */
bool machine_set_unread(struct finding *finding, const struct evidence *evidence);

/* The same, says why, and sets {machine}, the server's name. */
bool machine_saw_unread(struct finding *finding, const struct subject *server,
                        const struct evidence *evidence);

/*
 * Of `make_known`: what has a machine read that was denied, or did not answer. "unread" is set
 * where one of them is printed; where something else is wrong, a file may still be had.
 */
#define MACHINE_STEPS                                                                              \
    {.shell = SHELL_MANUAL,                                                                        \
     .kind = STEP_DECIDE,                                                                          \
     .where = "{machine}",                                                                         \
     .command = "Run exdiag there, in a command prompt that was opened by Run as "                 \
                "administrator.",                                                                  \
     .when = "unread-denied"},                                                                     \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "{machine}",                          \
        .command = "Run exdiag there, where nothing has to come over the network.",                \
        .when = "unread-away"                                                                      \
    }

#endif
