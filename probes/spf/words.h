/*
 * A record as the words that its author meant: slips of the pen repaired where that takes
 * no choice, each as a fault with its place. The first half of spf_fix().
 */
#ifndef EXDIAG_PROBES_SPF_WORDS_H
#define EXDIAG_PROBES_SPF_WORDS_H

#include "probes/spf/fix.h"

struct spf_words {
    const char *text; /* v=spf1 and the words, a space between two; NULL: one is left to a person */
    const struct spf_fault *faults; /* in their order */
    size_t fault_count;
};

/* `published`: as for spf_fix(). Everything in `out` lives in `arena`. */
void spf_mend_words(const struct spf_record *record, const struct dns_record *published,
                    struct arena *arena, struct spf_words *out);

/*
 * Where a string of the TXT record ends within `term` so that a space was lost there: both
 * halves are terms, and the whole is none or leads elsewhere. 0: nowhere.
 */
size_t spf_find_lost_space(const struct spf_record *record, const struct spf_term *term,
                           const struct dns_record *published, struct arena *arena);

#endif
