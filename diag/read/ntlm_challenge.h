/*
 * NTLM as far as it goes without a logon (MS-NLMP 2.2.1.1, 2.2.1.2): the NEGOTIATE message, and
 * what the server tells of itself in its CHALLENGE. The SPNEGO around it: spnego.h. Nothing
 * here can make an AUTHENTICATE message. Fuzz target: tests/fuzz/ntlm_challenge.c.
 */
#ifndef EXDIAG_READ_NTLM_CHALLENGE_H
#define EXDIAG_READ_NTLM_CHALLENGE_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { NTLM_NEGOTIATE_SIZE = 40, NTLM_TOKEN_MOST = 65536 };

struct ntlm_challenge {   /* texts are UTF-8; NULL where the server does not say */
    int64_t time;         /* MsvAvTimestamp: microseconds since 1970 UTC; INT64_MIN without */
    const char *computer; /* NetBIOS */
    const char *domain;   /* NetBIOS */
    const char *dns_computer;
    const char *dns_domain;
    const char *dns_forest;
    unsigned major, minor, build; /* of Windows; 0: not said */
};

void ntlm_write_negotiate(unsigned char out[NTLM_NEGOTIATE_SIZE]);

/*
 * STATUS_MALFORMED for anything else, for a time that is none, and for a server that says
 * the same thing twice. A challenge without a time, as of Windows 2003, is a challenge.
 */
enum status ntlm_read_challenge(const unsigned char *bytes, size_t size, struct arena *arena,
                                struct ntlm_challenge *out);

/* Whether the message begins as a CHALLENGE does. */
bool ntlm_is_challenge(const unsigned char *bytes, size_t size);

#endif
