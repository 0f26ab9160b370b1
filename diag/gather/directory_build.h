/* What a search brings, put together within the limits of evidence/directory.h. Pure. */
#ifndef EXDIAG_GATHER_DIRECTORY_BUILD_H
#define EXDIAG_GATHER_DIRECTORY_BUILD_H

#include "diag/evidence/directory.h"

struct directory_build {
    struct directory_answer *answer; /* filled in by directory_build_end() */
    struct arena scratch;
    struct built_entry *entries;
    size_t entry_count, entry_room;
    const char **referrals;
    size_t referral_count, referral_room;
    size_t bytes;
    struct built_attribute *awaited; /* the one whose next range is being read, or NULL */
    bool full;                       /* more came than there is room for */
};

void directory_build_begin(struct directory_build *build, struct directory_answer *answer);

/* For directory_taker, with the build as its context. */
bool directory_build_entry(void *build, const char *dn);
void directory_build_value(void *build, const char *attribute, const char *bytes, size_t size);
void directory_build_referral(void *build, const char *url);

/*
 * An attribute of which there are more values: the name of its entry, and what to ask that for
 * ("member;range=1500-*"), which is `scratch`'s. What comes from here on is taken as its answer.
 * False once there is none. One whose answer brought nothing is given up as not whole.
 */
bool directory_build_next_range(struct directory_build *build, const char **dn,
                                const char **attribute);

/* Moves everything into the answer. */
void directory_build_end(struct directory_build *build);

#endif
