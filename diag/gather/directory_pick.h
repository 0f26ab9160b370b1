/*
 * What of a directory's export is kept: evidence/directory_file.h says which entries. Of these, the
 * attributes that say who they are, what they announce and what they are called. Bounded, whatever
 * the export's size.
 */
#ifndef EXDIAG_GATHER_DIRECTORY_PICK_H
#define EXDIAG_GATHER_DIRECTORY_PICK_H

#include "diag/evidence/directory_file.h"
#include "diag/read/ldif.h"

struct directory_pick;

/* What is kept lives in `memory`. */
struct directory_pick *directory_pick_new(struct arena *memory);

/* An entry of an export; its texts are copied if it is kept. */
void directory_pick_add(struct directory_pick *pick, const struct ldif_entry *entry);

/*
 * An account whose names somebody asked for, all of them if `is_whole`: kept whatever it is, if it
 * has a name of mail or is whole.
 */
void directory_pick_account(struct directory_pick *pick, const char *dn, const char *const *names,
                            size_t count, bool is_whole);

/* Ends and frees: the entries of `file`, and whether there were more. */
void directory_pick_end(struct directory_pick *pick, struct directory_file *file);

#endif
