/*
 * Scripted web servers on loopback, one thread for any number of them. Each reads whole requests
 * of HTTP/1.1, and answers by a function: one of web_script.h by its name, or the caller's own,
 * which says what bytes go out and how.
 */
#ifndef EXDIAG_TESTS_LAB_WEB_PEER_H
#define EXDIAG_TESTS_LAB_WEB_PEER_H

#include "tests/lab/listen.h"
#include "tests/lab/smtp_peer_tls.h"

#include "diag/buffer.h"

enum { WEB_HEARD_MOST = 1 << 20 /* bytes of a request; a longer one ends the connection */ };

struct web_heard {      /* a request; texts are NUL-terminated */
    const char *method; /* "POST" */
    const char *path;   /* "/EWS/Exchange.asmx?x" */
    const char *fields; /* the lines behind the first, with LF for CR LF */
    const char *body;
    size_t body_size;
    unsigned number;        /* of requests to this peer before it */
    unsigned on_connection; /* the same, on this connection */
};

/* The value of a field of a request (any case), copied to `out`; false if it is not there. */
bool web_heard_field(const struct web_heard *heard, const char *name, char *out, size_t room);

/* How the answer goes out. All zero but for `bytes`: as a whole, and the connection stays. */
struct web_reply {
    struct buffer bytes;   /* head and body, as on the wire; to be filled in */
    unsigned delay;        /* milliseconds before the first byte */
    unsigned piece;        /* bytes that are sent at a time; 0: all */
    unsigned pause;        /* milliseconds between those */
    const char *repeated;  /* sent again and again behind `bytes`; lives on; or NULL */
    uint64_t repeat_count; /* so many times; UINT64_MAX: for ever */
    bool hang;             /* nothing more is said, and nothing heard; the connection stays */
    bool close;            /* FIN behind it */
    bool reset;            /* RST behind it */
};

/* On the peers' thread. */
typedef void web_answer(void *context, const struct web_heard *heard, struct web_reply *reply);

struct web_peer {
    const char *address; /* "127.0.0.80" */
    const char *name;    /* of its certificate; NULL: "web.example" */
    bool over_tls;
    enum smtp_peer_certificate certificate; /* with TLS */
    bool is_refusing;                       /* the port is closed */
    bool is_deaf;                           /* connections stand and are never accepted */
    web_answer *answer;                     /* NULL: web_script_find("fine") */
    void *context;
};

struct web_peers;

/*
 * Starts peers, all at one port: `port`, or with 0 one that the system chooses, which is
 * put into *port. The list is borrowed until web_peers_stop(). STATUS_EXISTS if no port
 * is free at all addresses.
 */
enum status web_peers_start(const struct web_peer *list, size_t count, uint16_t *port,
                            struct web_peers **out);

/* As smtp_peers_stop(). */
enum status web_peers_stop(struct web_peers *peers);

unsigned web_peers_accepted(struct web_peers *peers, size_t peer); /* connections */
unsigned web_peers_requests(struct web_peers *peers, size_t peer); /* whole ones */

/* Bytes of answers that were taken by the system, for peers without TLS and with. */
uint64_t web_peers_sent(struct web_peers *peers, size_t peer);

/*
 * All that clients of a peer said, requests behind each other with LF for CR LF, at most
 * WEB_PEER_HEARD_SIZE - 1 bytes, NUL-terminated: into `out`, which has room for it.
 */
enum { WEB_PEER_HEARD_SIZE = 65536 };
void web_peers_heard(struct web_peers *peers, size_t peer, char *out);

/* The PEM text of the authority that signs SMTP_PEER_TRUSTED certificates. */
const char *web_peers_authority(struct web_peers *peers);

#endif
