/*
 * Up to three records, a line each: terms stay within their text, and a merged record
 * is valid and holds every sender that one of the records reaches.
 */
#include "diag/read/spf.h"
#include "probes/spf/merge.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORDS_MOST = 3, VERSION_SIZE = sizeof "v=spf1" - 1 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

static bool is_within(size_t start, size_t size, size_t whole)
{
    return start <= whole && size <= whole - start;
}

static void check_term(const struct spf_record *record, const struct spf_term *term)
{
    size_t value = term->value ? (size_t)(term->value - record->text) : term->start;
    size_t value_size = term->value ? term->value_size : 0;

    check(term->size > 0 && is_within(term->start, term->size, record->size));
    check(is_within(value - term->start, value_size, term->size));
    check(term->qualifier && strchr("+-~?", term->qualifier));
    check(term->kind < SPF_TERM_KIND_COUNT);
    check(spf_same_term(record, term, record, term));
    if (!term->error)
        return;
    check(term->error_start >= term->start);
    check(is_within(term->error_start - term->start, term->error_size, term->size));
}

static void check_record(const struct spf_record *record)
{
    const struct spf_term *error = NULL;
    size_t end = VERSION_SIZE;

    check(record->term_count <= SPF_TERMS_MOST && record->lookups <= record->term_count);
    for (size_t i = 0; i < record->term_count; i++) {
        const struct spf_term *term = &record->terms[i];

        check_term(record, term);
        check(term->start > end);
        end = term->start + term->size - 1;
        error = error || !term->error ? error : term;
    }
    check(error == record->error);
}

static bool has_term(const struct spf_record *record, const struct spf_record *from,
                     const struct spf_term *term)
{
    for (size_t i = 0; i < record->term_count; i++) {
        if (spf_same_term(record, &record->terms[i], from, term))
            return true;
    }
    return false;
}

/* Every term that a receiver comes to; ends may differ. */
static void check_senders(const struct spf_record *merged, const struct spf_record *record)
{
    for (size_t i = 0; i < record->term_count; i++) {
        const struct spf_term *term = &record->terms[i];

        if (term->kind != SPF_ALL && spf_is_reached(record, term))
            check(has_term(merged, record, term));
    }
}

static void check_merge(const struct spf_record *records, size_t count, struct arena *arena)
{
    struct spf_record merged;
    struct spf_merge out;

    spf_merge(records, count, arena, &out);
    check(!out.text != !out.obstacle);
    if (!out.text) {
        check(!out.remark);
        return;
    }
    check(spf_is_record(out.text, strlen(out.text)));
    spf_read(out.text, strlen(out.text), arena, &merged);
    check(!merged.error);
    for (size_t i = 0; i < count; i++) {
        check(!records[i].error);
        check_senders(&merged, &records[i]);
    }
}

/* The next line in an allocation of its size, made a record if it is none. */
static char *take_record(const uint8_t **data, size_t *left, size_t *size)
{
    const uint8_t *end = *left ? memchr(*data, '\n', *left) : NULL;
    size_t line = end ? (size_t)(end - *data) : *left;
    bool is_record = spf_is_record((const char *)*data, line);
    size_t head = is_record ? 0 : VERSION_SIZE + 1;
    char *text = malloc(head + line);

    check(text != NULL);
    if (!is_record)
        memcpy(text, "v=spf1 ", VERSION_SIZE + 1);
    if (line)
        memcpy(text + head, *data, line);
    *size = head + line;
    line += end != NULL;
    *data += line;
    *left -= line;
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct spf_record records[RECORDS_MOST];
    char *texts[RECORDS_MOST];
    struct arena arena = {0};
    size_t count = 0;

    spf_look_alike((const char *)data, size);
    do {
        size_t record_size;

        texts[count] = take_record(&data, &size, &record_size);
        spf_read(texts[count], record_size, &arena, &records[count]);
        check_record(&records[count++]);
    } while (size > 0 && count < RECORDS_MOST);
    check_merge(records, count, &arena);
    while (count > 0)
        free(texts[--count]);
    arena_release(&arena);
    return 0;
}
