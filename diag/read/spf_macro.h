/*
 * Macros of SPF (RFC 7208 7): what a domain-spec and an explanation expand to. Pure.
 * Fuzz target: tests/fuzz/spf_check.c.
 *
 * A dot that a macro brings in separates labels, as one that is written does; a dot
 * inside a label of a name that DNS gave stays in its label. Any other byte becomes that
 * byte of the name.
 */
#ifndef EXDIAG_READ_SPF_MACRO_H
#define EXDIAG_READ_SPF_MACRO_H

#include "diag/memory.h"
#include "diag/read/net_address.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spf_macro_values {      /* RFC 7208 7.2 */
    struct ip_address ip;      /* i, c and v */
    const char *local;         /* l and s: any bytes */
    const char *sender_domain; /* o and s: a name, dns_name.h */
    const char *domain;        /* d: a name */
    const char *helo;          /* h: any bytes; NULL: "unknown" */
    const char *validated;     /* p: a name; NULL: "unknown" */
    int64_t now;               /* t: seconds since 1970 UTC */
};

enum {
    SPF_VALUE_MOST = 1024,      /* bytes of one value: local part and HELO are cut */
    SPF_EXPLANATION_MOST = 4096 /* bytes; longer ones are cut */
};

struct spf_macro {   /* macro-expand of RFC 7208 7.1 */
    char letter;     /* in lower case; % _ or - of %% %_ and %- */
    bool is_escaped; /* written in upper case: the value is URL-escaped */
    bool is_reversed;
    unsigned parts;         /* that are kept, from the right; 0: all */
    const char *delimiters; /* that part the value; none: a dot */
    size_t delimiter_count;
    size_t size;       /* of what is written */
    const char *error; /* why it is no macro */
};

/*
 * Reads what a % begins. False, with an error, where that is no macro; c, r and t are
 * macros of explanations only.
 */
bool spf_macro_read(const char *text, size_t size, bool in_explanation, struct spf_macro *out);

/* Whether a macro of this letter, which is in lower case, stands in a text. */
bool spf_macro_uses(const char *text, size_t size, char letter);

/*
 * The name that a domain-spec stands for, dns_name.h: cut from the left to 253 characters
 * where it is longer (RFC 7208 7.3), without the trailing dot. STATUS_INVALID where DNS
 * cannot carry it: a label is empty or over 63 bytes, or it has none.
 */
enum status spf_expand_domain(const char *spec, size_t size, const struct spf_macro_values *values,
                              struct arena *arena, const char **name);

/*
 * What an explanation says (RFC 7208 6.2), in raw bytes; a NUL in one of the names becomes a
 * question mark. NULL where the text breaks the grammar.
 */
const char *spf_expand_explanation(const char *text, size_t size,
                                   const struct spf_macro_values *values, struct arena *arena);

#endif
