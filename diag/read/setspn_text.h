/*
 * What setspn prints, in any language: by shape, never by sentence.
 *   -L ACCOUNT   a line that ends in the account's distinguished name and a colon, then one name
 *                a line, indented
 *   -Q SPN       "CN=…" lines flush left, the names of each indented; nothing where none exists
 *   -X           groups: a line with the name that is duplicate, then a line for each account
 * Several outputs joined, in UTF-8, UTF-16 or a code page (bytes that are no UTF-8 are kept as
 * they are within names, which are ASCII where it matters).
 */
#ifndef EXDIAG_READ_SETSPN_TEXT_H
#define EXDIAG_READ_SETSPN_TEXT_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>

enum { SETSPN_ACCOUNTS_MOST = 10000, SETSPN_NAMES_MOST = 100000 };

struct setspn_account {
    const char *dn;
    const char *const *names; /* SPNs, as printed */
    size_t name_count;
    bool is_whole; /* all that it has (-L, -Q), not only those that are duplicate (-X) */
};

struct setspn_text {
    const struct setspn_account *accounts; /* in the order printed */
    size_t account_count;
    bool more; /* than the limits allow: the rest was left out */
};

/* STATUS_MALFORMED if there is neither an account nor a name in it. */
enum status setspn_read(const char *bytes, size_t size, struct arena *arena,
                        struct setspn_text *out);

bool setspn_is(const char *bytes, size_t size); /* for recognising a file's type */

#endif
