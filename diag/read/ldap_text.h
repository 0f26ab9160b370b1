/*
 * Text of the directory: filters (RFC 4515) and distinguished names (RFC 4514). A value from
 * outside goes into either only through these, so that it cannot change what is asked.
 */
#ifndef EXDIAG_READ_LDAP_TEXT_H
#define EXDIAG_READ_LDAP_TEXT_H

#include "diag/buffer.h"
#include "diag/status.h"

/* An assertion value: NUL, ( ) * \ and bytes that are no UTF-8 text become \hh. */
void ldap_filter_value(const char *bytes, size_t size, struct buffer *out);

/* An attribute value within a name: RFC 4514 2.4. */
void ldap_dn_value(const char *bytes, size_t size, struct buffer *out);

/* One component, outermost left: "CN=EX01" of "CN=EX01,OU=…". Values are unescaped. */
struct ldap_rdn {
    const char *type; /* as written */
    const char *value;
    size_t value_size;
};

/* STATUS_MALFORMED if it is no distinguished name. A component of several values keeps its first.
 */
enum status ldap_dn_parse(const char *dn, struct arena *arena, struct ldap_rdn **rdns,
                          size_t *count);

/* "contoso.com" of "CN=EX01,CN=Computers,DC=contoso,DC=com"; NULL if it ends in no DC. */
const char *ldap_dn_domain(const char *dn, struct arena *arena);

/* Case-insensitive, spaces and escapes as RFC 4518 has them for what Active Directory names. */
bool ldap_dn_equal(const char *one, const char *other);

#endif
