/*
 * The corrected record: everything that can be repaired without a choice, in one. It lets
 * through whom the former record lets through, and beyond that only senders that stand in
 * it by name and did not count for a slip of the pen; each change is said.
 */
#ifndef EXDIAG_PROBES_SPF_FIX_H
#define EXDIAG_PROBES_SPF_FIX_H

#include "probes/spf/tree.h"

struct spf_fault {       /* characters or words of the former record that are not right */
    size_t start;        /* in its text */
    size_t size;         /* may be 0: something is missing there */
    const char *instead; /* what belongs there, "" for nothing; NULL: a person has to choose */
    const char *reason;  /* in plain words, printable */
};

struct spf_fix {
    const char *text;     /* the corrected record; NULL where nothing is changed, or: */
    const char *changes;  /* what was changed and why, for people, printable */
    const char *obstacle; /* why there is none though something is wrong, or NULL; printable */
    const struct spf_fault *faults; /* in their order */
    size_t fault_count;
};

/*
 * `tree`: of the record, or NULL. `published`: TXT record that holds it, whose strings say
 * where a space was lost; or NULL. Everything in `out` lives in `arena`.
 */
void spf_fix(const struct spf_record *record, const struct spf_tree *tree,
             const struct dns_record *published, struct arena *arena, struct spf_fix *out);

/*
 * The same for a text that is no record but was meant as one (spf_look_alike()), with its
 * version as it has to be. No text where it is not clear what was meant.
 */
void spf_fix_look_alike(const char *text, size_t size, struct arena *arena, struct spf_fix *out);

#endif
