#include "probes/spf_published.h"

#include <string.h>

struct spf_published *spf_select(struct examination *x, const struct dns_answer *answer)
{
    struct arena *arena = pass_memory(x);
    struct spf_published *published = arena_new(arena, 1, sizeof *published);
    const struct dns_record *record = NULL;

    published->answer = answer;
    while ((record = dns_answer_next(answer, record)) && published->count < SPF_RECORDS_MOST) {
        size_t size;
        const char *text = dns_record_text(record, arena, &size);

        if (!spf_is_record(text, size))
            continue;
        spf_read(text, size, arena, &published->records[published->count]);
        published->sources[published->count++] = record;
    }
    return published;
}

static bool have_one_text(const struct spf_record *a, const struct spf_record *b)
{
    return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

bool spf_publish_the_same(const struct spf_published *a, const struct spf_published *b)
{
    bool taken[SPF_RECORDS_MOST] = {false};

    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        size_t j = 0;

        while (j < b->count && (taken[j] || !have_one_text(&a->records[i], &b->records[j])))
            j++;
        if (j == b->count)
            return false;
        taken[j] = true;
    }
    return true;
}
