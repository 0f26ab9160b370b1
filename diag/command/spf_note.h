/* What stands at a term of an SPF tree, in plain words. */
#ifndef EXDIAG_COMMAND_SPF_NOTE_H
#define EXDIAG_COMMAND_SPF_NOTE_H

#include "diag/command/spf_page.h"

enum spf_weight {
    SPF_WEIGHT_PLAIN,
    SPF_WEIGHT_MATCH, /* it matches the sender at hand */
    SPF_WEIGHT_DOUBT, /* worth a look: nothing is found, or it is not known */
    SPF_WEIGHT_ERROR  /* receivers come to a permanent error here */
};

/*
 * Printable; "" where there is nothing to say. `voids`: void lookups up to this term for each
 * family of senders, or NULL.
 */
const char *spf_note(const struct spf_page *page, const struct spf_place *place,
                     const unsigned *voids, enum spf_weight *weight);

/* "valid", "none", ...: the word of a node's state in JSON. */
const char *spf_node_word(enum spf_node_state state);

#endif
