/*
 * Text of the directory: filters (RFC 4515) and distinguished names (RFC 4514). A value from
 * outside goes into either only through these, so that it cannot change what is asked.
 * Fuzz target: tests/fuzz/ldap_text.c.
 */
#ifndef EXDIAG_READ_LDAP_TEXT_H
#define EXDIAG_READ_LDAP_TEXT_H

#include "diag/buffer.h"
#include "diag/status.h"

/* An assertion value: NUL, ( ) * \ and bytes that are no UTF-8 text become \hh. */
void ldap_filter_value(const char *bytes, size_t size, struct buffer *out);

/* An attribute value within a name: RFC 4514 2.4. Control characters become \\hh too. */
void ldap_dn_value(const char *bytes, size_t size, struct buffer *out);

enum { LDAP_DN_MOST = 16384 }; /* bytes of one; Active Directory has names of some 4,000 at most */

/*
 * One component, innermost left: "CN=EX01" of "CN=EX01,OU=…". Values are unescaped; of a "#hex"
 * one they are the bytes that it spells, a BER encoding.
 */
struct ldap_rdn {
    const char *type;  /* as written */
    const char *value; /* ended by NUL, which may also stand within */
    size_t value_size;
};

/*
 * STATUS_MALFORMED if it is no distinguished name, STATUS_TOO_LARGE beyond LDAP_DN_MOST. Spaces
 * beside commas and equals signs are no part of it. A component of several values keeps its
 * first. "" is the name of no components.
 */
enum status ldap_dn_parse(const char *dn, struct arena *arena, struct ldap_rdn **rdns,
                          size_t *count);

/*
 * "contoso.com" of "CN=EX01,CN=Computers,DC=contoso,DC=com"; NULL if it ends in no DC, is no
 * name, or one of them is no label.
 */
const char *ldap_dn_domain(const char *dn, struct arena *arena);

/*
 * Case-insensitive (case_fold.h), spaces and escapes as RFC 4518 has them for what Active
 * Directory names: runs of spaces are one. What is no name is equal to nothing.
 */
bool ldap_dn_equal(const char *one, const char *other);

#endif
