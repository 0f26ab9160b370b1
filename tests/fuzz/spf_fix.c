/*
 * The strings of a record or of what looks like one, | between two: faults stay within its text,
 * and a corrected record is valid, has nothing left to correct, and lets nobody through by a guess.
 */
#include "probes/spf/fix.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STRINGS_MOST = 64 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* The text of the strings; what stands behind the last | that fits is one string. */
static char *split(const char *data, size_t size, struct dns_record *record, struct arena *arena)
{
    struct dns_string *strings = arena_new(arena, STRINGS_MOST, sizeof *strings);
    char *text = malloc(size + 1);
    size_t length = 0;

    check(text != NULL);
    strings[0].bytes = text;
    for (size_t i = 0, count = 1; i < size; i++) {
        if (data[i] == '|' && count < STRINGS_MOST) {
            strings[count++].bytes = text + length;
            record->data.txt.count = count;
            continue;
        }
        text[length++] = data[i];
        strings[count - 1].size++;
    }
    record->data.txt.count += record->data.txt.count == 0;
    record->data.txt.strings = strings;
    return realloc(text, length ? length : 1);
}

static size_t text_size(const struct dns_record *record)
{
    size_t size = 0;

    for (size_t i = 0; i < record->data.txt.count; i++)
        size += record->data.txt.strings[i].size;
    return size;
}

static bool has_open_all(const struct spf_record *record)
{
    for (size_t i = 0; i < record->term_count; i++) {
        if (record->terms[i].kind == SPF_ALL && record->terms[i].qualifier == '+')
            return true;
    }
    return false;
}

static void check_faults(const struct spf_record *record, const struct spf_fix *fix)
{
    for (size_t i = 0; i < fix->fault_count; i++) {
        const struct spf_fault *fault = &fix->faults[i];

        check(fault->start <= record->size && fault->size <= record->size - fault->start);
        check(fault->reason && (i == 0 || fault->start >= fault[-1].start));
    }
    check(!fix->text || (fix->changes && *fix->changes && !fix->obstacle));
    check(!record->error || fix->text || fix->obstacle);
}

static void check_corrected(const struct spf_record *former, const char *text, struct arena *arena)
{
    struct spf_record record;
    struct spf_fix again;

    check(spf_is_record(text, strlen(text)));
    spf_read(text, strlen(text), arena, &record);
    check(!record.error);
    check(!has_open_all(&record) || has_open_all(former));
    spf_fix(&record, NULL, NULL, arena, &again);
    check(!again.text && !again.obstacle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dns_record published = {.type = DNS_TXT};
    struct arena arena = {0};
    char *text = split((const char *)data, size, &published, &arena);
    size_t length = text_size(&published);
    struct spf_record record;
    struct spf_fix fix;

    if (spf_is_record(text, length)) {
        spf_read(text, length, &arena, &record);
        spf_fix(&record, NULL, &published, &arena, &fix);
        check_faults(&record, &fix);
    } else {
        spf_fix_look_alike(text, length, &arena, &fix);
    }
    if (fix.text && spf_is_record(text, length))
        check_corrected(&record, fix.text, &arena);
    else if (fix.text)
        check(spf_is_record(fix.text, strlen(fix.text)));
    free(text);
    arena_release(&arena);
    return 0;
}
