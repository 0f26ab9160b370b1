#include "diag/subject.h"

#include <string.h>

static const char *const words[SUBJECT_KIND_COUNT] = {
#define X(name, word, option) [SUBJECT_##name] = word,
    SUBJECT_KIND_LIST(X)
#undef X
};

const char *subject_kind_word(enum subject_kind kind)
{
    return kind < SUBJECT_KIND_COUNT ? words[kind] : "subject";
}

enum subject_kind subject_kind_from_word(const char *word)
{
    for (unsigned i = 0; i < SUBJECT_KIND_COUNT; i++) {
        if (strcmp(words[i], word) == 0)
            return (enum subject_kind)i;
    }
    return SUBJECT_KIND_COUNT;
}

int subject_compare(const struct subject *a, const struct subject *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return strcmp(a->name, b->name);
}
