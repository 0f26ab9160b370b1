/* Filters of LDAP (RFC 4511 4.5.1.7), against an entry of the lab's. */
#ifndef EXDIAG_TESTS_LAB_DIRECTORY_FILTER_H
#define EXDIAG_TESTS_LAB_DIRECTORY_FILTER_H

#include "diag/read/ber.h"
#include "tests/lab/directory_tree.h"

/*
 * And, or, not, equality, substrings and presence; text is compared with case folded, bytes as they
 * are. STATUS_MALFORMED for what is no filter, STATUS_NOT_SUPPORTED for other kinds.
 */
enum status directory_filter_match(struct ber filter, const struct tree_entry *entry,
                                   bool *matches);

#endif
