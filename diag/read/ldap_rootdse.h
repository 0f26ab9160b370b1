/*
 * The rootDSE of a directory server, asked without logon: LDAP over TCP (RFC 4511) and
 * CLDAP over UDP (MS-ADTS 6.3.3), the same messages. Nothing else is ever asked here.
 * Fuzz target: tests/fuzz/ldap_rootdse.c.
 */
#ifndef EXDIAG_READ_LDAP_ROOTDSE_H
#define EXDIAG_READ_LDAP_ROOTDSE_H

#include "diag/buffer.h"
#include "diag/status.h"

#include <stdint.h>

enum { LDAP_MESSAGE_MOST = 65536 };

struct ldap_rootdse {     /* texts are UTF-8; NULL where the server does not say */
    int64_t current_time; /* microseconds since 1970 UTC, at whole seconds; INT64_MIN without */
    const char *dns_host_name;
    const char *default_naming_context;
    const char *root_naming_context; /* of the forest's root domain */
    const char *server_name;         /* its object in the configuration partition */
    const char *ldap_service_name;
    const char *functionality; /* domainControllerFunctionality: a number */
};

/* `message`: its number, 1 to 2^31-1; of an answer to another nothing is read. */
void ldap_write_rootdse_request(int32_t message, struct buffer *out);

/*
 * What came for this message. The entry is all that is wanted: what stands behind it, as the
 * result does, is not looked at, so it makes no difference how a stream was cut.
 * STATUS_AGAIN while the entry is not whole (of a datagram: never will be);
 * STATUS_MALFORMED, also for another message's number, for no or several values of
 * currentTime, and for one that is no time;
 * STATUS_REJECTED for a result other than success, and for a notice of disconnection;
 * STATUS_NOT_FOUND for an entry without currentTime, as of directories other than Active
 * Directory, and for success without an entry. Texts live in `arena`.
 */
enum status ldap_read_rootdse(const unsigned char *bytes, size_t size, int32_t message,
                              struct arena *arena, struct ldap_rootdse *out);

/*
 * The domain of a naming context, RFC 2247: "contoso.com" of "DC=contoso,DC=com". NULL for what is
 * no such name, as one with other attributes or with escapes.
 */
const char *ldap_domain_of_context(const char *context, struct arena *arena);

#endif
