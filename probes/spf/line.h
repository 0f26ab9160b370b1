/*
 * All addresses of a family as a line, on which terms paint what they match. The first to
 * paint a stretch keeps it, as the first match decides (RFC 7208 4.6.2). Pure.
 */
#ifndef EXDIAG_PROBES_SPF_LINE_H
#define EXDIAG_PROBES_SPF_LINE_H

#include "probes/spf/tree.h"

struct spf_point { /* an address as a number, high half first; IPv4 in the lowest 32 bits */
    uint64_t high, low;
};

struct spf_stretch { /* of addresses of one family, both ends included */
    struct spf_point first, last;
    const struct spf_place *by;
    const struct spf_place *branch;
    bool passes;
};

struct spf_line { /* stretches in the order they were painted; begins as zeroes */
    struct spf_stretch *list;
    size_t count;
    size_t room;
};

enum spf_family spf_family_of(const struct ip_address *ip);

/* The addresses of a network, whose host bits are ignored; nobody's. */
struct spf_stretch spf_stretch_of(const struct ip_address *ip, unsigned length);

void spf_line_paint(struct spf_line *line, const struct spf_stretch *stretch);
void spf_line_release(struct spf_line *line);

/* The line with nothing painted twice: stretches that pass alone, in the order of addresses. */
void spf_line_settle(struct spf_line *line, enum spf_family family);

/* Whether something of a settled line is within the stretch. */
bool spf_line_meets(const struct spf_line *line, const struct spf_stretch *stretch);

/* Whether one ends before the other begins. */
bool spf_stretch_is_before(const struct spf_stretch *stretch, const struct spf_stretch *other);

/* Whether the next one begins where this one ends. */
bool spf_stretch_touches(const struct spf_stretch *stretch, const struct spf_stretch *next);

/*
 * Takes the widest block that begins where the stretch does: so a stretch becomes the fewest
 * blocks. False if that was all of it.
 */
bool spf_stretch_take_block(struct spf_stretch *stretch, enum spf_family family,
                            struct ip_address *ip, unsigned *length);

#endif
