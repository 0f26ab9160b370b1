/*
 * What the parts of the judgement on one record share: the case, and how a finding of it is
 * begun and shows the record.
 */
#ifndef EXDIAG_PROBES_SPF_CHARGE_H
#define EXDIAG_PROBES_SPF_CHARGE_H

#include "probes/spf/fix.h"
#include "probes/spf/judge.h"

struct spf_case {
    struct examination *x;
    const struct spf_judged *judged;
    const struct spf_node *top;
    const struct spf_record *record; /* the top's */
    const struct spf_fix *fix;       /* made for the first finding: spf_fix_of() */

    /* what spf_judge_tree() came upon */
    bool lacks_records;   /* not all that the record leads to could be read, */
    bool lacks_addresses; /* nor all hosts asked for */
    bool has_macros;      /* in names that include or redirect leads to */
};

enum {
    SPF_SHOWN_MOST = 5, /* places that one finding shows */
    SPF_SEEN_MOST = 16  /* things seen, two a place */
};

/* A finding with the values of its steps: the name, the server, the former record. */
struct finding *spf_charge(struct spf_case *at, const struct finding_kind *kind);

/* The corrected record for the finding's steps, or why there is none, as the last thing seen. */
void spf_offer_fix(struct spf_case *at, struct finding *finding);

const struct spf_fix *spf_fix_of(struct spf_case *at);

/* The TXT record that holds the record, or NULL. */
const struct dns_record *spf_source_of(const struct spf_case *at);

/* The text of a node's record with `size` bytes from `start` on marked. */
void spf_show(struct finding *finding, const struct spf_node *node, size_t start, size_t size);

/* The same with a term marked. */
void spf_show_term(struct finding *finding, const struct spf_node *node,
                   const struct spf_term *term);

/* A term as it is written. */
const char *spf_quote(const struct spf_case *at, const struct spf_node *node,
                      const struct spf_term *term);

/* "contoso.com > spf.a.example": whose records an evaluation has gone through. */
const char *spf_path_of(const struct spf_case *at, const struct spf_node *node);

/* The record with a term of it marked, and by which way an evaluation gets there. */
void spf_show_place(const struct spf_case *at, struct finding *finding,
                    const struct spf_place *place);

/* The domain itself speaks: no include stands between its name and this node's record. */
bool spf_is_own(const struct spf_node *node);

/* Whose records a finding's steps have named already; begins as zeroes. */
struct spf_owners {
    bool own, others;
};

/* Whose record has to change: {own}, the domain's, or {owner}, the first of somebody else's. */
void spf_set_owner(struct finding *finding, const struct spf_place *place,
                   struct spf_owners *owners);

/* The part of each file. */
void spf_judge_text(struct spf_case *at);
void spf_judge_terms(struct spf_case *at);
void spf_judge_tree(struct spf_case *at);
void spf_judge_limits(struct spf_case *at); /* behind spf_judge_tree() */
void spf_judge_addresses(struct spf_case *at);
void spf_judge_type_99(struct spf_case *at); /* asks more than an evaluation, as the next one */
void spf_judge_senders(struct spf_case *at);

#endif
