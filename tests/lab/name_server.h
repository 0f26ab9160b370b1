/*
 * A scripted name server on a thread of its own: records and faults are data. It
 * answers over UDP and TCP on one endpoint, as an authority or as a resolver.
 *
 * Several servers at one port number on 127.0.0.x make a world of delegations: list
 * their endpoints in one lab_listen(), then start a server on each. Each has records
 * of its own, so that two of them can disagree.
 */
#ifndef EXDIAG_TESTS_LAB_NAME_SERVER_H
#define EXDIAG_TESTS_LAB_NAME_SERVER_H

#include "tests/lab/dns_fault.h"
#include "tests/lab/listen.h"

/*
 * How questions for a name are treated. The first behaviour that fits a question is
 * the one; where none does, the records are answered at once and without fault.
 */
struct lab_behaviour {
    const char *owner; /* a name, "*.example.com" for all names below, "*" for all */
    const char *type;  /* NULL: every type */
    unsigned faults;   /* bits of enum lab_fault */
    unsigned delay;    /* milliseconds until the reply is sent */
    unsigned first;    /* only for so many questions of one name and type; 0: for all */
};

struct lab_name_server_options {
    const struct lab_record *records;
    size_t record_count;
    const struct lab_behaviour *behaviours;
    size_t behaviour_count;
    bool authoritative; /* else a resolver; the difference is told at lab_zone_answer() */
};

struct lab_name_server;

/*
 * Takes over the sockets of an endpoint that lab_listen() bound, also on failure.
 * Options are copied. STATUS_INVALID if a record or behaviour cannot be read.
 */
enum status lab_name_server_start(const struct lab_name_server_options *options,
                                  struct lab_endpoint *endpoint, struct lab_name_server **out);

/* Binds 127.0.0.1 at a port of the system's choice, UDP and TCP, and starts. */
enum status lab_name_server_open(const struct lab_name_server_options *options,
                                 struct net_address *address, struct lab_name_server **out);

/*
 * Ends the thread, closes all sockets and frees the server. STATUS_TIMED_OUT if the
 * thread did not end within five seconds: then nothing is freed. NULL is allowed.
 */
enum status lab_name_server_stop(struct lab_name_server *server);

/* Questions of one name and type so far; retransmitted ones count each time. */
struct lab_count {
    unsigned asked; /* all of the below */
    unsigned over_tcp;
    unsigned with_edns;
    unsigned recursive; /* RD set */
};

struct lab_count lab_name_server_count(struct lab_name_server *server, const char *name,
                                       const char *type);

struct lab_totals {
    struct lab_count count;
    unsigned names;        /* different (name, type) asked */
    unsigned most_waiting; /* the most of these that waited for a delayed reply at one time */
    unsigned ids;          /* different ids seen */
    unsigned ports;        /* different source ports seen over UDP */
};

struct lab_totals lab_name_server_totals(struct lab_name_server *server);

#endif
