#include "tests/lab/directory_filter.h"

#include "diag/read/case_fold.h"
#include "diag/text.h"

#include <string.h>

enum {
    DEPTH_MOST = 16,
    AND = BER_CONTEXT,
    OR = BER_CONTEXT + 1,
    NOT = BER_CONTEXT + 2,
    EQUALITY = BER_CONTEXT + 3,
    SUBSTRINGS = BER_CONTEXT + 4,
    PRESENT = BER_CONTEXT_PRIMITIVE + 7,
    INITIAL = BER_CONTEXT_PRIMITIVE,
    ANY = BER_CONTEXT_PRIMITIVE + 1,
    FINAL = BER_CONTEXT_PRIMITIVE + 2
};

struct matching {
    const struct tree_entry *entry;
    enum status status;
    unsigned depth;
};

static bool fail(struct matching *matching, enum status status)
{
    if (matching->status == STATUS_OK)
        matching->status = status;
    return false;
}

static const struct tree_attribute *attribute_of(const struct matching *matching, struct ber name)
{
    for (size_t i = 0; i < matching->entry->attribute_count; i++) {
        const struct tree_attribute *attribute = &matching->entry->attributes[i];

        if (text_equal_fold_sized(attribute->name, strlen(attribute->name),
                                  (const char *)name.bytes, name.size))
            return attribute;
    }
    return NULL;
}

static bool is_equal(const char *bytes, size_t size, struct ber wanted)
{
    return case_equal(bytes, size, (const char *)wanted.bytes, wanted.size);
}

static bool match_equality(struct matching *matching, struct ber content)
{
    struct ber name = ber_take(&content, BER_OCTET_STRING);
    struct ber wanted = ber_take(&content, BER_OCTET_STRING);
    const struct tree_attribute *attribute;

    if (content.failed)
        return fail(matching, STATUS_MALFORMED);
    attribute = attribute_of(matching, name);
    for (size_t i = 0; attribute && i < attribute->value_count; i++) {
        if (is_equal(attribute->values[i].bytes, attribute->values[i].size, wanted))
            return true;
    }
    return false;
}

/* The rest of `value` behind a piece of it that is wanted next. */
static bool take_piece(struct tree_value *value, int tag, struct ber wanted)
{
    size_t last = tag == INITIAL ? 0 : value->size;
    size_t first = tag == FINAL && value->size >= wanted.size ? value->size - wanted.size : 0;

    for (size_t at = first; at <= last && wanted.size <= value->size - at; at++) {
        if (!is_equal(value->bytes + at, wanted.size, wanted))
            continue;
        value->bytes += at + wanted.size;
        value->size -= at + wanted.size;
        return true;
    }
    return false;
}

static bool match_pieces(struct matching *matching, struct tree_value value, struct ber pieces)
{
    while (ber_peek(&pieces) >= 0) {
        int tag;
        struct ber wanted = ber_take_any(&pieces, &tag);

        if (pieces.failed || (tag != INITIAL && tag != ANY && tag != FINAL))
            return fail(matching, STATUS_MALFORMED);
        if (!take_piece(&value, tag, wanted))
            return false;
    }
    return true;
}

static bool match_substrings(struct matching *matching, struct ber content)
{
    struct ber name = ber_take(&content, BER_OCTET_STRING);
    struct ber pieces = ber_take(&content, BER_SEQUENCE);
    const struct tree_attribute *attribute;

    if (content.failed)
        return fail(matching, STATUS_MALFORMED);
    attribute = attribute_of(matching, name);
    for (size_t i = 0; attribute && i < attribute->value_count; i++) {
        if (match_pieces(matching, attribute->values[i], pieces))
            return true;
    }
    return false;
}

static bool match(struct matching *matching, struct ber *filter);

/* All are looked at, so that what is wrong in one is told whatever the others say. */
static bool match_set(struct matching *matching, struct ber content, bool all)
{
    bool is_met = all;

    while (ber_peek(&content) >= 0) {
        bool one = match(matching, &content);

        is_met = all ? is_met && one : is_met || one;
    }
    return is_met;
}

static bool match_content(struct matching *matching, int tag, struct ber content)
{
    switch (tag) {
    case AND:
    case OR:
        return match_set(matching, content, tag == AND);
    case NOT:
        return !match(matching, &content);
    case EQUALITY:
        return match_equality(matching, content);
    case SUBSTRINGS:
        return match_substrings(matching, content);
    case PRESENT:
        return attribute_of(matching, content) != NULL;
    default:
        return fail(matching, STATUS_NOT_SUPPORTED);
    }
}

static bool match(struct matching *matching, struct ber *filter)
{
    int tag;
    struct ber content = ber_take_any(filter, &tag);
    bool is_met;

    if (filter->failed || matching->depth == DEPTH_MOST)
        return fail(matching, STATUS_MALFORMED);
    matching->depth++;
    is_met = match_content(matching, tag, content);
    matching->depth--;
    return is_met;
}

enum status directory_filter_match(struct ber filter, const struct tree_entry *entry, bool *matches)
{
    struct matching matching = {.entry = entry, .status = STATUS_OK};

    *matches = match(&matching, &filter);
    return matching.status;
}
