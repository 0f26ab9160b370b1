/*
 * One identity, explained and evaluated: what `exdiag spf` runs. Its probe is not in the
 * list of all probes, and says what it made with set_result(): a struct spf_view.
 */
#ifndef EXDIAG_PROBES_SPF_IDENTITY_H
#define EXDIAG_PROBES_SPF_IDENTITY_H

#include "probes/spf/check.h"
#include "probes/spf/fix.h"
#include "probes/spf/senders.h"

struct spf_view {
    const char *domain;
    const char *name; /* where its records stand: the domain, or the end of its aliases */
    const struct dns_answer *answer; /* to the TXT question; NULL where none was asked */
    bool is_inside;     /* that answer is the resolver's: the domain's own servers gave none */
    const char *unseen; /* why what the Internet sees could not be had, where the resolver has no
                           record either: the result is not known; else NULL */
    const struct spf_published *published; /* NULL with --record, or where the answer failed */
    const struct spf_record *record;       /* of --record, else NULL; it may be no SPF record */
    struct spf_tree tree;                  /* top NULL: there is not exactly one record */
    struct spf_senders senders;
    struct spf_fix fix; /* of the one record, or of a text given in its place */
    bool is_evaluated;  /* with --ip: */
    struct spf_message message;
    struct spf_verdict verdict;
};

extern const struct probe probe_spf_identity;

#endif
