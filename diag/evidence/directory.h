/*
 * Evidence of kind "directory": one search of one directory server (RFC 4511 4.5), whole: all
 * its pages and ranges. What the search reads is in the answer as it came; nothing is written.
 *
 * STATUS_OK: the server searched, and `entries` are all there is, or none; unless `more` is set.
 * REJECTED: it refused the search or the logon, see `result`. DENIED: it was not asked, for the
 * identity was refused before in this run, or must not go there. CLOSED, TIMED_OUT between
 * pages: what came before is kept in `entries`, and is not all.
 *
 * Of msExchServerInternalTLSCert, a certificate, the thumbprint alone is kept, in lower-case
 * hexadecimal; "" for what is none.
 */
#ifndef EXDIAG_EVIDENCE_DIRECTORY_H
#define EXDIAG_EVIDENCE_DIRECTORY_H

#include "diag/evidence/evidence.h"
#include "diag/read/net_address.h"

/* X(NAME, "word in evidence", "for people") */
#define DIRECTORY_SCOPE_LIST(X)                                                                    \
    X(BASE, "base", "entry")                                                                       \
    X(ONE, "one", "level below")                                                                   \
    X(SUBTREE, "subtree", "tree below")

enum directory_scope {
#define X(name, word, text) DIRECTORY_##name,
    DIRECTORY_SCOPE_LIST(X)
#undef X
        DIRECTORY_SCOPE_COUNT
};

/* As whom the server was asked. X(NAME, "word in evidence", "for people") */
#define DIRECTORY_IDENTITY_LIST(X)                                                                 \
    X(ANONYMOUS, "anonymous", "anonymously")                                                       \
    X(CALLER, "caller", "as the user who runs exdiag (Kerberos)")                                  \
    X(NAMED, "named", "as the user of --user")

enum directory_identity {
#define X(name, word, text) DIRECTORY_AS_##name,
    DIRECTORY_IDENTITY_LIST(X)
#undef X
        DIRECTORY_IDENTITY_COUNT
};

enum {
    DIRECTORY_ENTRIES_MOST = 10000, /* of one search */
    DIRECTORY_BYTES_MOST = 16 << 20
};

struct directory_value {
    const char *bytes; /* NUL behind them, which may also stand within */
    size_t size;
};

struct directory_attribute {
    const char *name; /* as the server writes it, ranges joined and their option taken off */
    const struct directory_value *values;
    size_t value_count;
};

struct directory_entry {
    const char *dn;
    const struct directory_attribute *attributes;
    size_t attribute_count;
};

struct directory_answer {
    struct evidence evidence;

    /* the question */
    struct net_address address;
    bool tls_at_once;
    const char
        *host; /* its name, for TLS and for the ticket: the user's or the forest's word, never
                  that of unauthenticated text; NULL: anonymous only. No part of the key */
    const char *base; /* "" is the rootDSE, or on a global catalog the whole forest */
    enum directory_scope scope;
    const char *filter;     /* RFC 4515, its values escaped (read/ldap_text.h) */
    const char *attributes; /* lower case, in order, parted by single spaces; "" for none */

    /* the observation */
    enum directory_identity identity;
    int result;             /* of LDAP, RFC 4511 4.1.9; 0 where none came */
    const char *diagnostic; /* what the server wrote beside it, or NULL: for people */
    const struct directory_entry *entries;
    size_t entry_count;
    const char *const *referrals; /* ldap:// of what it does not hold; never followed to others */
    size_t referral_count;
    bool more; /* than the limits here or the server's allow */
};

extern const struct evidence_kind evidence_directory;

/* The attribute of this name, of any case; NULL if the entry has none. */
const struct directory_attribute *directory_attribute_of(const struct directory_entry *entry,
                                                         const char *name);

/* Its first value as text; NULL if there is none, or it holds NUL or is no UTF-8. */
const char *directory_text_of(const struct directory_entry *entry, const char *name);

#endif
