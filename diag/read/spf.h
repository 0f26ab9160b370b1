/*
 * SPF records (RFC 7208): which TXT records are one, and the terms of a record.
 * Pure; positions are byte offsets into the text, so that a report can point.
 * Fuzz target: tests/fuzz/spf.c.
 */
#ifndef EXDIAG_READ_SPF_H
#define EXDIAG_READ_SPF_H

#include "diag/memory.h"
#include "diag/read/net_address.h"

#include <stdbool.h>
#include <stddef.h>

enum { SPF_VERSION_SIZE = sizeof "v=spf1" - 1 };

/*
 * RFC 7208 4.5: "v=spf1" in any case, followed by a space or the end. So
 * "v=spf10" is none, and "V=SPF1 mx" is one.
 */
bool spf_is_record(const char *text, size_t size);

/*
 * Not a record, but somebody meant one: v=spf10, v=spf1; or v=spf1, with another
 * character where the space belongs, a leading space or quote, v=sfp1, spf1
 * without v=, a line of a zone file, Sender ID. Gives what is off, or NULL if it does not
 * look like SPF at all.
 */
const char *spf_look_alike(const char *text, size_t size);

/*
 * How many bytes a look-alike has before its v=spf1: "example.com. IN TXT " or "SPF: ", with
 * quotation marks. 0 where there is nothing of that kind; else `what` is off.
 */
size_t spf_preface(const char *text, size_t size, const char **what);

/* X(NAME, "name", is a mechanism, costs a lookup (RFC 7208 4.6.4)) */
#define SPF_TERM_LIST(X)                                                                           \
    X(ALL, "all", true, false)                                                                     \
    X(INCLUDE, "include", true, true)                                                              \
    X(A, "a", true, true)                                                                          \
    X(MX, "mx", true, true)                                                                        \
    X(PTR, "ptr", true, true)                                                                      \
    X(IP4, "ip4", true, false)                                                                     \
    X(IP6, "ip6", true, false)                                                                     \
    X(EXISTS, "exists", true, true)                                                                \
    X(REDIRECT, "redirect", false, true)                                                           \
    X(EXP, "exp", false, false)                                                                    \
    X(OTHER_MODIFIER, "", false, false)                                                            \
    X(UNKNOWN, "", false, false)

enum spf_term_kind {
#define X(name, word, is_mechanism, costs) SPF_##name,
    SPF_TERM_LIST(X)
#undef X
        SPF_TERM_KIND_COUNT
};

bool spf_is_mechanism(enum spf_term_kind kind); /* rather than a modifier or nothing known */
bool spf_costs_lookup(enum spf_term_kind kind); /* RFC 7208 4.6.4 */

struct spf_term {
    enum spf_term_kind kind;
    char qualifier; /* + - ~ ? of a mechanism, + where none is written */
    size_t start;   /* of the term, its qualifier included */
    size_t size;
    const char *value; /* behind : or =, without CIDR lengths; NULL if there is none */
    size_t value_size;
    struct ip_address network; /* ip4 and ip6 without an error; its host bits as written */
    uint8_t v4_length;         /* of the network: ip4, a, mx; 32 where none is written */
    uint8_t v6_length;         /* ip6, a, mx; 128 */
    const char *error;         /* what RFC 7208 has against it, or NULL */
    size_t error_start;        /* the offending characters */
    size_t error_size;
};

struct spf_record {
    const char *text; /* not copied */
    size_t size;
    const struct spf_term *terms; /* in their order, the version left out */
    size_t term_count;            /* at most SPF_TERMS_MOST */
    unsigned lookups;             /* terms that cost a lookup, by themselves */
    const struct spf_term *error; /* the first term with one, or NULL: permerror (RFC 7208 4.6) */
    const struct spf_term *all;   /* the first of its kind, as the next two; NULL: there is none */
    const struct spf_term *redirect;
    const struct spf_term *exp;
};

/* As many as fit into the 65,535 bytes of a TXT record, each one letter and a space. */
enum { SPF_TERMS_MOST = 32768 };

/*
 * Reads a text that spf_is_record(). Terms live in `arena`. In a text that no TXT record can
 * hold, the SPF_TERMS_MOSTth has an error and those behind it are left out.
 */
void spf_read(const char *text, size_t size, struct arena *arena, struct spf_record *out);

/*
 * Whether the evaluation can come to a term (RFC 7208 5.1, 6.1): mechanisms behind
 * `all` are never reached, and redirect not in a record with `all`.
 */
bool spf_is_reached(const struct spf_record *record, const struct spf_term *term);

/*
 * Two terms with the same meaning: case, an implied + and implied lengths, the spelling of
 * addresses and a dot at the end of a name are no matter; macros are compared exactly.
 */
bool spf_same_term(const struct spf_record *a_record, const struct spf_term *a,
                   const struct spf_record *b_record, const struct spf_term *b);

#endif
