/*
 * What setspn prints, in any language: by shape, never by sentence.
 *   -L ACCOUNT   a line that ends in the account's distinguished name and a colon, then one name
 *                a line, indented
 *   -Q SPN       "CN=..." lines flush left, the names of each indented; nothing where none exists
 *   -X           groups: a line with the name that is duplicate and a colon at its end, then a
 *                line for each account, indented
 * Several outputs joined, with what else a console shows between them, in UTF-8, UTF-16 or a code
 * page (bytes that are no UTF-8 are kept as they are within names, which are ASCII where it
 * matters). What -S, -A and -D say they changed is read past: it is what was, or was to be.
 * Fuzz target: tests/fuzz/setspn_text.c.
 */
#ifndef EXDIAG_READ_SETSPN_TEXT_H
#define EXDIAG_READ_SETSPN_TEXT_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>

enum { SETSPN_ACCOUNTS_MOST = 10000, SETSPN_NAMES_MOST = 100000, SETSPN_PLACES_MOST = 1000 };

struct setspn_account {
    const char *dn;
    const char *const *names; /* SPNs, as printed */
    size_t name_count;
    /* All that it has (-L, -Q), not only the one that is duplicate (-X), and not cut off. */
    bool is_whole;
};

struct setspn_text {
    const struct setspn_account *accounts; /* in the order printed; of -X one for each line */
    size_t account_count;
    const char *const *places; /* domains and forests that were searched: "DC=contoso,DC=com" */
    size_t place_count;
    bool more; /* than the limits allow: the rest was left out */
};

/* STATUS_MALFORMED if there is neither an account nor a place that was searched in it. */
enum status setspn_read(const char *bytes, size_t size, struct arena *arena,
                        struct setspn_text *out);

/* For recognising a file's type: the beginning of a text of which it is enough that its ASCII is
 * right. UTF-16 as setspn_read() takes it. */
bool setspn_is(const char *bytes, size_t size);

#endif
