/*
 * Characters that word processors, web pages and keyboards put into records, and what was
 * typed or meant in their place. Pure.
 */
#ifndef EXDIAG_PROBES_SPF_CHARACTERS_H
#define EXDIAG_PROBES_SPF_CHARACTERS_H

#include <stddef.h>

struct spf_slip {
    size_t size;         /* bytes of the character; 0: it is right as it is */
    const char *instead; /* what belongs there, "" for nothing */
    const char *what;    /* what it is, for people: "a dash as typesetters use it" */
};

/* The character that `text` (`size` bytes left, not 0) begins with. */
struct spf_slip spf_slip_at(const char *text, size_t size);

#endif
