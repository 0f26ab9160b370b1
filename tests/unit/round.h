/* What an item of evidence says, as text, and that a file gives it back as it was. */
#ifndef EXDIAG_TESTS_ROUND_H
#define EXDIAG_TESTS_ROUND_H

#include "diag/evidence/evidence.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

/* To be freed. Two items that say the same have the same text. */
static inline char *text_of(const struct evidence *item)
{
    json_t *object = evidence_to_json(item);
    char *text = json_dumps(object, JSON_INDENT(1) | JSON_SORT_KEYS);

    json_decref(object);
    return text;
}

/* What an item says is the same after a round through a file. */
static inline void check_round(const struct evidence *item)
{
    struct evidence_store *store = evidence_store_new();
    json_t *object = evidence_to_json(item);
    char *before = text_of(item), *after;

    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    after = text_of(evidence_store_first(store));
    assert_string_equal(before, after);
    free(before);
    free(after);
    json_decref(object);
    evidence_store_free(store);
}

#endif
