/*
 * One term as it was meant: the mechanism's name, its separator, its value. What comes of it
 * is a proposal, not yet held against the grammar. Pure.
 */
#ifndef EXDIAG_PROBES_SPF_RESPELL_H
#define EXDIAG_PROBES_SPF_RESPELL_H

#include "probes/spf/intent.h"

/* A word, taken apart without asking whether it is right. */
struct spf_loose {
    const char *qualifiers;
    size_t qualifier_count;
    const char *name;
    size_t name_size;
    char separator;   /* : = / or NUL */
    const char *rest; /* behind the name, its separator left out where it is : or = */
};

void spf_take_apart(const char *word, struct spf_loose *out);

/* The mechanism or modifier of this name; SPF_UNKNOWN if there is none. */
enum spf_term_kind spf_kind_named(const char *name, size_t size);

/* That or the one nearest to it; SPF_UNKNOWN where none is near. */
enum spf_term_kind spf_kind_meant(const char *name, size_t size);

/* False where nothing comes of it. */
bool spf_respell(const char *word, struct arena *arena, struct spf_intent *out);

#endif
