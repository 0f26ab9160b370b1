/*
 * Scripted hosts that tell the time, on loopback: NTP, LDAP and Kerberos over UDP and TCP, SMB2,
 * NTLM with a dated banner over SMTP, and with a Date over HTTP. One thread for any number of them;
 * the clock of each can be set while it runs, as can the time that the way there and back takes.
 */
#ifndef EXDIAG_TESTS_LAB_TIME_PEER_H
#define EXDIAG_TESTS_LAB_TIME_PEER_H

#include "tests/lab/listen.h"

enum time_peer_service {
    TIME_PEER_NTP,
    TIME_PEER_LDAP,
    TIME_PEER_KERBEROS,
    TIME_PEER_SMB2,
    TIME_PEER_SMTP,
    TIME_PEER_HTTP, /* 401, with Negotiate (NTLM, Kerberos) and NTLM on offer */
    TIME_PEER_SERVICE_COUNT
};

enum time_peer_fault {
    TIME_PEER_RIGHT,
    TIME_PEER_SILENT,        /* hears, and says nothing */
    TIME_PEER_CLOSES,        /* over TCP: ends the connection in place of an answer */
    TIME_PEER_HALF,          /* half an answer; over TCP it then ends the connection */
    TIME_PEER_SLOWLY,        /* over TCP: a byte at a time */
    TIME_PEER_WRONG_ID,      /* NTP, LDAP: answers another cookie, another message */
    TIME_PEER_ELSEWHERE,     /* over UDP: answers from another port */
    TIME_PEER_FOREIGN_FIRST, /* over UDP: before its answer comes one to somebody else's question */
    TIME_PEER_WRONG_SIZE,    /* a length in the answer is not that of what follows */
    TIME_PEER_NO_TIME,       /* says no time, or 0, where it should */
    TIME_PEER_DECLINES,      /* a result or status that is no success; SMTP: does not offer NTLM */
    TIME_PEER_UNSYNCHRONISED, /* NTP: stratum 16 */
    TIME_PEER_COARSE,         /* NTP: says that its clock has 64 steps a second */
    TIME_PEER_BOASTS,         /* NTP: says that it held the question for 90 s */
    TIME_PEER_KISS,           /* NTP: RATE from the second question on */
    TIME_PEER_KISS_AT_ONCE,
    TIME_PEER_LOSES_FIRST, /* over UDP: the first datagram is lost */
    TIME_PEER_MARKS        /* Kerberos: as MIT's, whose microseconds count answers */
};

struct time_peer {
    const char *address; /* "127.0.0.11" */
    enum time_peer_service service;
    enum time_peer_fault fault;
};

/* Microseconds. */
struct time_peer_manner {
    int64_t offset; /* its clock minus the right time */
    int64_t there;  /* how long a question is on its way */
    int64_t held;   /* by the host */
    int64_t back;   /* how long an answer is */
};

struct time_peers;

/*
 * Starts peers, all at one port: `port`, or with 0 one that the system chooses, put into *port.
 * `right`: what to add to platform_monotonic_clock() for the right time, microseconds since 1970
 * UTC. The list is borrowed until time_peers_stop(). STATUS_EXISTS if no port is free.
 */
enum status time_peers_start(const struct time_peer *list, size_t count, int64_t right,
                             uint16_t *port, struct time_peers **out);

/* STATUS_TIMED_OUT if the thread did not end in five seconds: then nothing is freed. */
enum status time_peers_stop(struct time_peers *peers);

/* From the next question on. */
void time_peers_set(struct time_peers *peers, size_t peer, const struct time_peer_manner *manner);

/* What a KDC says to who asks it for a ticket for a service (RFC 4120 7.5.9). */
struct time_peer_refusal {
    const char *spn; /* "SMTPSVC/mail.contoso.com", in any case */
    int code;        /* 7: it is nobody's; 8: it is several accounts'; 37: the clocks differ */
};

/* Of a KDC, from the next question on: ended by NULL, and borrowed; 7 for all other services. */
void time_peers_refuse(struct time_peers *peers, size_t peer,
                       const struct time_peer_refusal *refusals);

/* Questions that a peer has heard so far: datagrams, or pieces of a stream. */
unsigned time_peers_asked(struct time_peers *peers, size_t peer);

/* What clients of an SMTP peer said, LF for CR LF, at most 2,047 bytes, NUL-terminated. */
enum { TIME_PEER_HEARD_SIZE = 2048 };
void time_peers_heard(struct time_peers *peers, size_t peer, char *out);

#endif
