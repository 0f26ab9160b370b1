/*
 * Scripted mail exchangers on loopback, one thread for any number of them: each accepts
 * and does what its script says. Whatever a client says is read, and understood only in
 * the steps HEAR and SERVE.
 */
#ifndef EXDIAG_TESTS_LAB_SMTP_PEER_H
#define EXDIAG_TESTS_LAB_SMTP_PEER_H

#include "tests/lab/listen.h"
#include "tests/lab/smtp_peer_tls.h"

enum smtp_peer_act {
    SMTP_PEER_END,   /* of a script: nothing more is done; the connection stays open */
    SMTP_PEER_SAY,   /* sends `text`; NULL: "220 NAME ESMTP" */
    SMTP_PEER_DRIP,  /* sends `text`, a byte each `milliseconds`, `count` times (0: once) */
    SMTP_PEER_FLOOD, /* sends `text` again and again, `count` times */
    SMTP_PEER_WAIT,  /* for `milliseconds` */
    SMTP_PEER_HEAR,  /* waits for a line that begins with `text` (any case); NULL: any line */
    SMTP_PEER_TLS,   /* a TLS handshake, with the peer's certificate; closes if it fails */
    SMTP_PEER_CLOSE, /* FIN, once all that was said is sent */
    SMTP_PEER_RESET, /* RST, likewise */
    SMTP_PEER_SERVE  /* a healthy server from here on: EHLO, HELO, STARTTLS if it has a
                        certificate, NOOP, RSET, QUIT; 502 for the rest */
};

struct smtp_peer_step {
    enum smtp_peer_act act;
    const char *text;
    unsigned milliseconds;
    unsigned count;
    size_t size; /* bytes of `text` where it has a NUL in it; 0: it is a string */
};

struct smtp_peer {
    const char *address; /* "127.0.0.25" */
    const char *name;    /* it greets with, and has certificates for; NULL: "mail.example" */
    enum smtp_peer_certificate certificate;
    bool tls_at_once; /* before the script begins */
    bool is_exchange; /* serving, it offers X-ANONYMOUSTLS, if it has a certificate, and X-EXPS */
    bool is_refusing; /* the port is closed: connections are refused */
    bool is_deaf;     /* connections are completed by the system and never accepted */
    const struct smtp_peer_step *script; /* ended by SMTP_PEER_END; NULL: greets, then serves */
};

struct smtp_peers;

/*
 * Starts peers, all at one port: `port`, or with 0 one that the system chooses, which is
 * put into *port. The list is borrowed until smtp_peers_stop(). STATUS_EXISTS if no port
 * is free at all addresses.
 */
enum status smtp_peers_start(const struct smtp_peer *list, size_t count, uint16_t *port,
                             struct smtp_peers **out);

/*
 * Ends the thread and frees everything; STATUS_TIMED_OUT if it did not end within five
 * seconds: then nothing is freed. NULL is allowed.
 */
enum status smtp_peers_stop(struct smtp_peers *peers);

/* Connections that a peer of the list has accepted so far. */
unsigned smtp_peers_accepted(struct smtp_peers *peers, size_t peer);

/* The most connections that a peer had open at one time. */
unsigned smtp_peers_most_open(struct smtp_peers *peers, size_t peer);

/*
 * Bytes that its clients said before the greeting's last line was sent (a handshake of
 * TLS is none): 0, or something is wrong with them. Where no greeting comes, a client's
 * parting QUIT counts.
 */
unsigned smtp_peers_bytes_before_greeting(struct smtp_peers *peers, size_t peer);

/*
 * What clients of a peer said last, LF for CR LF, at most 2,047 bytes, NUL-terminated: into
 * `out`, which has room for SMTP_PEER_HEARD_SIZE.
 */
enum { SMTP_PEER_HEARD_SIZE = 2048 };
void smtp_peers_heard(struct smtp_peers *peers, size_t peer, char *out);

/* The PEM text of the authority that signs SMTP_PEER_TRUSTED certificates. */
const char *smtp_peers_authority(struct smtp_peers *peers);

/* The SHA-256 of a peer's certificate, or of its public key, in hexadecimal; "" without one. */
const char *smtp_peers_certificate_sha256(struct smtp_peers *peers, size_t peer);
const char *smtp_peers_key_sha256(struct smtp_peers *peers, size_t peer);

#endif
