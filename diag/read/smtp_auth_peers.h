/* The peers of a protocol log that are kept, in bounded memory: for smtp_auth_log.c alone. */
#ifndef EXDIAG_READ_SMTP_AUTH_PEERS_H
#define EXDIAG_READ_SMTP_AUTH_PEERS_H

#include "diag/read/smtp_auth_log.h"

struct smtp_auth_peers;

/* Who failed, for who gives way to whom. */
enum smtp_auth_rank {
    SMTP_AUTH_HEALTHY,
    SMTP_AUTH_BY_PASSWORD,
    SMTP_AUTH_BY_SERVER,
    SMTP_AUTH_RANKS
};

struct smtp_auth_event { /* one attempt that ended */
    enum smtp_auth_mechanism mechanism;
    enum smtp_auth_outcome outcome;
    const char *error; /* a token, or "" */
    uint64_t line;
    int64_t time; /* or 0 */
    const char *text;
};

struct smtp_auth_peers *smtp_auth_peers_new(void);
void smtp_auth_peers_free(struct smtp_auth_peers *peers);

/*
 * The peer of this address (without regard for `port`'s being 0) and connector, to be counted in
 * and valid until the next call; NULL if there is no room for one of this rank. Its names are for
 * smtp_auth_name_peer() alone.
 */
struct smtp_auth_peer *smtp_auth_peer_of(struct smtp_auth_peers *peers,
                                         const struct net_address *address, const char *connector,
                                         enum smtp_auth_rank rank);

/* What the two ends call themselves; "" leaves what was known. */
void smtp_auth_name_peer(struct smtp_auth_peer *peer, const char *server, const char *client);

/* Counts an attempt, which becomes the peer's first or last failure unless it was accepted. */
void smtp_auth_tell_peer(struct smtp_auth_peer *peer, const struct smtp_auth_event *event);

/* Another error of the attempt that was told last. */
void smtp_auth_tell_error(struct smtp_auth_peer *peer, const char *error);

/* Copies of all, in the order in which they came; true if some were left out. */
bool smtp_auth_peers_keep(const struct smtp_auth_peers *peers, struct arena *arena,
                          struct smtp_auth_log *out);

#endif
