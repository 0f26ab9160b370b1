#include "probes/spf/published.h"

#include "probes/public_dns.h"

#include <string.h>

const struct dns_answer *spf_ask(struct examination *x, const char *name, enum dns_type type)
{
    struct public_view view;

    if (ask_settings(x)->dns_count > 0)
        return ask_dns(x, name, type);
    view = public_dns(x, name, type);
    if (view.state == PUBLIC_KNOWN)
        return view.answers[0];
    return view.state == PUBLIC_PENDING ? NULL : ask_dns(x, name, type);
}

static const void *select_records(const struct evidence *item, struct arena *arena)
{
    const struct dns_answer *answer = (const struct dns_answer *)item;
    struct spf_published *published = arena_new(arena, 1, sizeof *published);
    const struct dns_record *record = NULL, **sources = NULL;
    struct spf_record *records = NULL;
    size_t record_room = 0, source_room = 0;

    published->answer = answer;
    while ((record = dns_answer_next(answer, record)) && published->count < SPF_RECORDS_MOST) {
        size_t size;
        const char *text = dns_record_text(record, arena, &size);

        if (!spf_is_record(text, size))
            continue;
        records = arena_grow(arena, records, &record_room, published->count, sizeof *records);
        sources = arena_grow(arena, sources, &source_room, published->count, sizeof *sources);
        spf_read(text, size, arena, &records[published->count]);
        sources[published->count++] = record;
    }
    published->records = records;
    published->sources = sources;
    return published;
}

const struct spf_published *spf_select(const struct dns_answer *answer)
{
    return evidence_read(&answer->evidence, select_records);
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
