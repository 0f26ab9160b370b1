/*
 * What an evaluation of check_host() has asked and counted so far: shared by check.c,
 * mechanism.c and evaluation.c, and by nobody else.
 */
#ifndef EXDIAG_PROBES_SPF_EVALUATION_H
#define EXDIAG_PROBES_SPF_EVALUATION_H

#include "diag/read/spf_macro.h"
#include "probes/spf/check.h"
#include "probes/spf/tree.h"

struct spf_evaluation {
    struct examination *x;
    struct arena *memory; /* of the pass */
    struct spf_verdict *verdict;
    struct spf_macro_values values;  /* `domain` is that of the record at hand */
    const struct spf_record *record; /* that stands at `record_domain`; or NULL */
    const char *record_domain;
    bool is_brief;

    unsigned missing; /* answers that are on their way */
    bool is_over;     /* with an error: temperror or permerror */

    const struct dns_answer **used; /* each once */
    size_t used_count;
    size_t used_room;
    int64_t took; /* microseconds, for all of them */

    struct spf_step *steps;
    size_t step_room;
};

struct spf_scope { /* a record, where it stands */
    const char *domain;
    const struct spf_record *record;
    unsigned level;
};

enum { SPF_NO_STEP = SPF_STEPS_MOST };

/* The index of a new step; SPF_NO_STEP where none are kept. */
size_t spf_add_step(struct spf_evaluation *evaluation, const struct spf_scope *scope,
                    const struct spf_term *term);

/* What a term asks for. `name` may be NULL. */
void spf_name_step(struct spf_evaluation *evaluation, size_t step, const char *name);

/* What came of it. `source` may be NULL. */
void spf_tell_step(struct spf_evaluation *evaluation, size_t step, const struct dns_answer *source,
                   const char *format, ...) PRINTF_LIKE(4, 5);

/* Of terms of which nothing came, that an error was first. */
void spf_tell_end(struct spf_evaluation *evaluation);

/*
 * Ends the evaluation with an error, unless it has ended. `format` says what is wrong, for
 * people, and names the section of the RFC.
 */
void spf_end(struct spf_evaluation *evaluation, enum spf_result error,
             const struct evidence *obstacle, const char *format, ...) PRINTF_LIKE(4, 5);

/*
 * The answer to a question of a receiver. NULL where it is on its way, or where this
 * question is the one that ends the evaluation: it took too long, or is a void lookup too
 * many (RFC 7208 4.6.4). Look at evidence.status otherwise.
 */
const struct dns_answer *spf_look_up(struct spf_evaluation *evaluation, const char *name,
                                     enum dns_type type);

/* The addresses of a name, of the client's family. */
const struct dns_answer *spf_look_up_addresses(struct spf_evaluation *evaluation, const char *name);

/*
 * False, and the end with temperror, where there is no such answer: the server failed, or
 * nobody answered. Name Error is an answer.
 */
bool spf_is_answer(struct spf_evaluation *evaluation, const struct dns_answer *answer,
                   const char *section);

/*
 * The validated names of the client (RFC 7208 5.5), in the order of its PTR records, of
 * which the first SPF_HOSTS_MOST are looked at. False while answers are on their way.
 */
struct spf_names {
    const char *list[SPF_HOSTS_MOST];
    size_t count;
    const struct dns_answer *source; /* of the PTR records; NULL: on its way */
};
bool spf_validated_names(struct spf_evaluation *evaluation, struct spf_names *names);

/*
 * Makes the values ready for the macros in a text of the record at `domain`. False while
 * what %{p} takes is on its way, or where that ends the evaluation.
 */
bool spf_set_values(struct spf_evaluation *evaluation, const char *domain, const char *text,
                    size_t size);

/*
 * The name of a term's domain-spec; `domain`, that of the record, where it has none.
 * STATUS_AGAIN where spf_set_values() is false, STATUS_INVALID where DNS cannot carry it.
 */
enum status spf_target(struct spf_evaluation *evaluation, const char *domain,
                       const struct spf_term *term, const char **name);

struct spf_trial { /* one mechanism, being evaluated */
    struct spf_evaluation *evaluation;
    const struct spf_scope *scope;
    const struct spf_term *term;
    size_t step;
    const char *name; /* its target; NULL for the mechanisms without one */
};

enum spf_match {
    SPF_NO_MATCH,
    SPF_MATCH,
    SPF_UNDECIDED /* answers are on their way, or the evaluation is over */
};

/* Any mechanism but include (RFC 7208 5). */
enum spf_match spf_try(const struct spf_trial *trial);

#endif
