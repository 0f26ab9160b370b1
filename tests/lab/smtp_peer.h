/*
 * A scripted mail exchanger on loopback, one thread for any number of them: it accepts
 * and does what its script says. Whatever a client says is read and not understood, but
 * for STARTTLS, EHLO and QUIT in the steps that name them.
 */
#ifndef EXDIAG_TESTS_LAB_SMTP_PEER_H
#define EXDIAG_TESTS_LAB_SMTP_PEER_H

#include "tests/lab/listen.h"

enum smtp_peer_act {
    SMTP_PEER_END,   /* of a script: nothing more is done; the connection stays open */
    SMTP_PEER_SAY,   /* sends `text` */
    SMTP_PEER_DRIP,  /* sends `text` a byte each `milliseconds` */
    SMTP_PEER_FLOOD, /* sends `text` again and again, `count` times */
    SMTP_PEER_WAIT,  /* for `milliseconds` */
    SMTP_PEER_HEAR,  /* waits for a line that begins with `text` (any case); NULL: any line */
    SMTP_PEER_TLS,   /* a TLS handshake, with `certificate` */
    SMTP_PEER_CLOSE, /* FIN */
    SMTP_PEER_RESET, /* RST */
    SMTP_PEER_SERVE  /* a healthy server from here on: EHLO, STARTTLS if it has a
                        certificate, QUIT, 502 for the rest */
};

enum smtp_peer_certificate {
    SMTP_PEER_NO_CERTIFICATE,
    SMTP_PEER_SELF_SIGNED, /* for the peer's name, valid */
    SMTP_PEER_TRUSTED,     /* by smtp_peers_authority() */
    SMTP_PEER_EXPIRED,
    SMTP_PEER_MISMATCHED /* for another name */
};

struct smtp_peer_step {
    enum smtp_peer_act act;
    const char *text;
    unsigned milliseconds;
    unsigned count;
};

struct smtp_peer {
    const char *address; /* "127.0.0.25" */
    const char *name;    /* it greets with, and has certificates for */
    enum smtp_peer_certificate certificate;
    bool tls_at_once; /* before the script begins */
    bool is_refusing; /* the port is closed: connections are refused */
    bool is_deaf;     /* connections are completed by the system and never accepted */
    const struct smtp_peer_step *script; /* ended by SMTP_PEER_END */
};

struct smtp_peers;

/*
 * Starts peers, all at one port: `port`, or with 0 one that the system chooses, which is
 * put into *port. The list is borrowed until smtp_peers_stop(). STATUS_EXISTS if no port
 * is free at all addresses.
 */
enum status smtp_peers_start(const struct smtp_peer *list, size_t count, uint16_t *port,
                             struct smtp_peers **out);
void smtp_peers_stop(struct smtp_peers *peers);

/* Connections that a peer of the list has accepted so far. */
unsigned smtp_peers_accepted(struct smtp_peers *peers, size_t peer);

/* What its clients said before the greeting's end: 0, or something is wrong with them. */
unsigned smtp_peers_bytes_before_greeting(struct smtp_peers *peers, size_t peer);

/* The PEM text of the authority that signs SMTP_PEER_TRUSTED certificates. */
const char *smtp_peers_authority(struct smtp_peers *peers);

#endif
