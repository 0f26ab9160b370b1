/*
 * One connection of a scripted mail exchanger: what it has said and heard, and its
 * script, which smtp_script.c plays and smtp_peer.c gives the time to.
 */
#ifndef EXDIAG_TESTS_LAB_SMTP_SCRIPT_H
#define EXDIAG_TESTS_LAB_SMTP_SCRIPT_H

#include "tests/lab/lab_thread.h"
#include "tests/lab/smtp_peer.h"

#include "diag/buffer.h"

struct smtp_connection {
    platform_socket socket;
    size_t peer;

    const struct smtp_peer_step *step;
    size_t offset;  /* in the text of DRIP */
    unsigned round; /* of DRIP and FLOOD */
    int64_t due;    /* when the step goes on; 0: it has not begun, or time has no say in it */

    struct buffer in; /* what was said and not heard yet */
    struct buffer out;
    size_t sent; /* of `out` */
    struct lab_tls *tls;
    bool is_secured;   /* the handshake is over */
    bool is_anonymous; /* it said X-ANONYMOUSTLS */

    size_t column; /* of what was said last, for `has_greeted` */
    char fourth;
    bool has_greeted;
};

struct smtp_peer_count { /* of one peer, under the mutex */
    unsigned accepted;
    unsigned open;
    unsigned most_open;
    unsigned before_greeting;
    struct buffer heard;
};

struct smtp_peers {
    const struct smtp_peer *list;
    size_t count;
    struct lab_endpoint *endpoints;
    struct lab_authority *authority;
    struct lab_identity **identities;

    struct smtp_connection *connections;
    size_t connection_count;
    size_t connection_room;

    struct lab_thread thread; /* its mutex guards what follows */
    struct smtp_peer_count *counts;
};

const char *smtp_peer_name(const struct smtp_peers *peers, size_t peer);

/* Begins with the first step of `peer`. The buffers are to be released with the connection. */
void smtp_script_begin(struct smtp_peers *peers, struct smtp_connection *connection);

/* Each is false when the client is gone. */
bool smtp_script_receive(struct smtp_peers *peers, struct smtp_connection *connection);
bool smtp_script_send(struct smtp_connection *connection);

/* Goes on in the script as far as can be; false when the connection has ended. */
bool smtp_script_play(struct smtp_peers *peers, struct smtp_connection *connection, int64_t now);

#endif
