/*
 * Directory exports: LDIF (RFC 2849) as ldifde and ldapsearch write it. Continued lines, values
 * in base64 ("::"), URLs ("<", not followed: the value is left out), comments, change records
 * (those that add are entries, others are counted), UTF-8 and UTF-16. Fed in pieces of any size;
 * an entry is handed over whole and then gone. One with a line that is no LDIF is not told at
 * all. Fuzz target: tests/fuzz/ldif.c.
 */
#ifndef EXDIAG_READ_LDIF_H
#define EXDIAG_READ_LDIF_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    LDIF_ENTRY_MOST = 4 << 20, /* bytes as text; longer ones count as damaged */
    LDIF_VALUES_MOST = 1 << 18 /* of one entry; so do those with more */
};

struct ldif_value {
    const char *attribute; /* as written, options (";range=0-1499") included */
    const char *bytes;     /* ended by NUL, which may also stand within; any bytes */
    size_t size;
};

struct ldif_entry {
    const char *dn;
    const struct ldif_value *values; /* in the order written */
    size_t count;
};

typedef void ldif_take(void *context, const struct ldif_entry *entry);

struct ldif_account {
    uint64_t entries; /* handed over */
    uint64_t damaged;
    uint64_t changes;    /* records that modify, move or delete: left out */
    uint64_t references; /* of ldapsearch: to parts of the directory that it did not search */
    int result;          /* of ldapsearch: how the search ended (RFC 4511 4.1.9); -1 not told */
    bool cut_off;        /* the last line has no end: its entry was not told */
};

struct ldif;
struct ldif *ldif_new(ldif_take *take, void *context);
void ldif_feed(struct ldif *reader, const char *bytes, size_t size);

/* Ends and frees; tells what became of it. */
void ldif_end(struct ldif *reader, struct ldif_account *account);

/* For recognising a file's type: how a text begins, of which it is enough that ASCII is right. */
bool ldif_is(const char *text, size_t size);

#endif
