/*
 * Scripted directories on loopback, one thread for any number of them: LDAP over TCP (RFC 4511),
 * and over UDP (RFC 1798, without a logon), as a domain controller speaks it to a program that only
 * searches. Binds anonymously, or by a name
 * and password over TLS; searches by base and scope, filters, pages (RFC 2696), ranges ([MS-ADTS]
 * 3.1.1.3.1.3.3) and referrals (RFC 3296).
 */
#ifndef EXDIAG_TESTS_LAB_DIRECTORY_PEER_H
#define EXDIAG_TESTS_LAB_DIRECTORY_PEER_H

#include "tests/lab/listen.h"
#include "tests/lab/smtp_peer_tls.h"

/* X(NAME, "word of lab_directory") */
#define DIRECTORY_PEER_FAULT_LIST(X)                                                               \
    X(RIGHT, "right")                                                                              \
    X(SILENT, "silent")                                                                            \
    X(SLOWLY, "slowly")       /* a byte at a time */                                               \
    X(HALF, "half")           /* half an answer to a search, then the end */                       \
    X(WRONG_BER, "wrong-ber") /* an answer to a search that is no message */                       \
    X(WRONG_ID, "wrong-id")   /* answers to a search that nobody made */                           \
    X(DENIES, "denies")       /* 49 to every logon that is not anonymous */                        \
    X(REFUSES, "refuses")     /* 50 to every search but that of the rootDSE */                     \
    X(BUSY, "busy")           /* 51, likewise */                                                   \
    X(LIMITED, "limited")     /* 4 in place of the second page */                                  \
    X(STOPS, "stops")         /* says nothing in place of the second page */                       \
    X(CLOSES, "closes")       /* ends the connection in place of the second page */                \
    X(ENDLESS, "endless")     /* each page is the first, and there is always another */            \
    X(ONE_RANGE, "one-range") /* of a second range it says nothing */

enum directory_peer_fault {
#define X(name, word) DIRECTORY_PEER_##name,
    DIRECTORY_PEER_FAULT_LIST(X)
#undef X
        DIRECTORY_PEER_FAULT_COUNT
};

struct directory_peer {
    const char *address; /* "127.0.0.2" */
    const char *ldif;    /* what it holds: directory_tree.h */
    const char *name;    /* its certificate's; NULL: "dc1.contoso.com" */
    const char *user;    /* who may log on, over TLS alone; NULL: nobody */
    const char *password;
    bool is_open;    /* searches need no logon; where not, the rootDSE alone does not */
    bool is_catalog; /* base "" is the whole forest */
    enum smtp_peer_certificate certificate;
    bool tls_at_once;    /* else StartTLS, if it has a certificate */
    unsigned page_most;  /* entries of an answer; 0: 1,000 */
    unsigned range_most; /* values of an attribute; 0: 1,500 */
    unsigned delay;      /* milliseconds before each answer, over TCP */
    int64_t ahead;       /* of the right time: microseconds */
    enum directory_peer_fault fault;
};

struct directory_peers;

/*
 * Starts peers, all at one port: `port`, or with 0 one that the system chooses, put into *port.
 * `right`: what to add to platform_monotonic_clock() for the time that they tell, microseconds
 * since 1970 UTC. The list is borrowed until directory_peers_stop(). STATUS_EXISTS if no port is
 * free, STATUS_MALFORMED for what is no LDIF.
 */
enum status directory_peers_start(const struct directory_peer *list, size_t count, int64_t right,
                                  uint16_t *port, struct directory_peers **out);

/* STATUS_TIMED_OUT if the thread did not end in five seconds: then nothing is freed. */
enum status directory_peers_stop(struct directory_peers *peers);

/* What a peer has heard so far. */
struct directory_peer_account {
    unsigned connections;
    unsigned binds; /* that were not anonymous */
    unsigned searches;
};

void directory_peers_account(struct directory_peers *peers, size_t peer,
                             struct directory_peer_account *out);

/* The PEM text of the authority that signs SMTP_PEER_TRUSTED certificates. */
const char *directory_peers_authority(struct directory_peers *peers);

#endif
