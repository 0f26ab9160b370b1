/*
 * What somebody meant who wrote a term that is none, or that is one by accident: small
 * tables of what people mistake, and the distance between words. Pure.
 */
#ifndef EXDIAG_PROBES_SPF_INTENT_H
#define EXDIAG_PROBES_SPF_INTENT_H

#include "diag/read/spf.h"

struct spf_intent {
    const char *instead; /* the terms that were meant, a space between two; "": nothing at all;
                            NULL: a person has to choose */
    const char *reason;  /* what is off, in plain words; may hold text of the record */
};

/*
 * `word`: what stands between two spaces of a record, in printable ASCII or UTF-8, without
 * NUL. False where it is a term and nothing suggests that another was meant.
 */
bool spf_guess(const char *word, size_t size, struct arena *arena, struct spf_intent *out);

/*
 * Where a space is missing in a word that is a term all the same, because a domain-spec may
 * hold nearly everything (RFC 7208 7.1): include:a.exampleinclude:b.example. 0: nowhere.
 */
size_t spf_find_missing_space(const char *word, size_t size, struct arena *arena);

/*
 * Where a name without macros first holds a character that is in no name of a host or a
 * record (letters, digits, hyphens, underscores, dots): the grammar takes nearly any. `size` if
 * nowhere.
 */
size_t spf_find_odd_character(const char *name, size_t size);

/* The words are terms of RFC 7208, and no unknown modifiers. */
bool spf_are_terms(const char *words, size_t size, struct arena *arena);

/* They are, no space is missing in one of them, and none names what no host is called. */
bool spf_mean_what_they_say(const char *words, size_t size, struct arena *arena);

/* A modifier that some receivers know (RFC 6652): a record that has it is right. */
bool spf_is_registered_modifier(const char *name, size_t size);

#endif
