/*
 * Directory exports: LDIF (RFC 2849) as ldifde and ldapsearch write it. Continued lines, values
 * in base64 ("::"), URLs ("<", not followed), comments, change records (read as what they add or
 * not at all), UTF-8 and UTF-16. Fed in pieces; an entry is handed over whole and then gone.
 */
#ifndef EXDIAG_READ_LDIF_H
#define EXDIAG_READ_LDIF_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { LDIF_ENTRY_MOST = 4 << 20 }; /* bytes; longer ones count as damaged */

struct ldif_value {
    const char *attribute; /* as written, options (";range=0-1499") included */
    const char *bytes;     /* ended by NUL, which may also stand within */
    size_t size;
};

struct ldif_entry {
    const char *dn;
    const struct ldif_value *values; /* in the order written */
    size_t count;
};

typedef void ldif_take(void *context, const struct ldif_entry *entry);

struct ldif_account {
    uint64_t entries, damaged;
    bool cut_off;
};

struct ldif;
struct ldif *ldif_new(ldif_take *take, void *context);
void ldif_feed(struct ldif *reader, const char *bytes, size_t size);
void ldif_end(struct ldif *reader, struct ldif_account *account);

bool ldif_is(const char *bytes, size_t size); /* for recognising a file's type */

#endif
