/*
 * check_host() (RFC 7208 4): what a receiver makes of one message. Pure over DNS answers:
 * where one is missing, the evaluation goes on as if the term did not match, so that
 * everything it may need is asked for side by side, and comes to no result.
 *
 * Lookups count in the RFC's order. The 20 seconds of RFC 7208 4.6.4 are the sum of what
 * the answers took that are used, as for a receiver that asks one after the other.
 */
#ifndef EXDIAG_PROBES_SPF_CHECK_H
#define EXDIAG_PROBES_SPF_CHECK_H

#include "diag/read/spf_macro.h"
#include "probes/spf/published.h"

/* X(NAME, "word"): RFC 7208 2.6 */
#define SPF_RESULT_LIST(X)                                                                         \
    X(NONE, "none")                                                                                \
    X(NEUTRAL, "neutral")                                                                          \
    X(PASS, "pass")                                                                                \
    X(FAIL, "fail")                                                                                \
    X(SOFTFAIL, "softfail")                                                                        \
    X(TEMPERROR, "temperror")                                                                      \
    X(PERMERROR, "permerror")

enum spf_result {
#define X(name, word) SPF_RESULT_##name,
    SPF_RESULT_LIST(X)
#undef X
        SPF_RESULT_COUNT
};

const char *spf_result_word(enum spf_result result);

struct spf_message {      /* RFC 7208 4.1 */
    struct ip_address ip; /* IPv4-mapped IPv6 is taken as IPv4 */
    const char *local;    /* of the identity; NULL or "": postmaster */
    const char *domain;   /* of the identity, to begin with: any text */
    const char *helo;     /* NULL: not known */
    bool brief;           /* an audit: no steps are kept, and no explanation is asked for */
};

/* What a message gives macros, but for %{p} and %{t}, in a record at its own domain. */
struct spf_macro_values spf_values_of(const struct spf_message *message);

struct spf_step {       /* one term, evaluated */
    const char *domain; /* of its record */
    const struct spf_record *record;
    const struct spf_term *term;
    unsigned level; /* how many includes and redirects deep; 0: the domain's own record */
    bool matches;
    const char *name;              /* that was asked for, macros expanded; or NULL */
    const char *text;              /* what came of it, in plain words; may hold text of answers */
    const struct evidence *source; /* the answer that decided it, or NULL */
    unsigned lookups;              /* made so far, this one included */
};

struct spf_verdict {
    enum spf_result result;
    const char *reason; /* of none, temperror and permerror: what is wrong, in plain words, with
                           the section of the RFC; else NULL. May hold text of answers */
    const struct evidence *obstacle; /* of temperror: the answer that could not be had; or NULL */
    const char *explanation;         /* of fail, what exp= leads to (RFC 7208 6.2); or NULL */
    const struct spf_step *matched;  /* the term whose qualifier is the result; NULL: none matched,
                                        or it is an error */
    unsigned lookups;                /* RFC 7208 4.6.4: up to the end of this evaluation */
    unsigned void_lookups;
    const struct spf_step *steps; /* in their order; an include stands before what is below it */
    size_t step_count;            /* at most SPF_STEPS_MOST; later ones are left out */
};

enum { SPF_STEPS_MOST = 10000, SPF_SECONDS_MOST = 20 /* RFC 7208 4.6.4 */ };

/*
 * `record`: stands at message->domain instead of what is published there; NULL: what is
 * published. False while answers are on their way. Lives in pass memory.
 */
bool spf_check_host(struct examination *x, const struct spf_message *message,
                    const struct spf_record *record, struct spf_verdict *verdict);

#endif
