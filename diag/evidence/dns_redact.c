#include "diag/evidence/dns_redact.h"

#include "diag/text.h"

#include <string.h>

enum { TEXT_MOST = 65536, STRING_MOST = 255 };

static const char *const spf_words[] = {
    "v",   "spf", "spf1",    "spf10",  "spf2",     "pra", "all", "mfrom", "a",  "mx", "ptr",
    "ip4", "ip6", "include", "exists", "redirect", "exp", "ra",  "rp",    "rr", NULL};

static bool speaks_of_spf(const char *text, size_t size)
{
    size_t head = size < 16 ? size : 16;

    for (size_t i = 0; i + 3 <= head; i++) {
        if (text_starts_fold(text + i, size - i, "spf"))
            return true;
    }
    return false;
}

/* Where a string of a record ends in the text of all, before and after. */
struct string_end {
    size_t before;
    size_t after;
};

static struct string_end *find_ends(const struct dns_record *record, struct arena *arena)
{
    struct string_end *ends = arena_new(arena, record->data.txt.count, sizeof *ends);
    size_t end = 0;

    for (size_t i = 0; i < record->data.txt.count; i++) {
        end += record->data.txt.strings[i].size;
        ends[i].before = end;
    }
    return ends;
}

/*
 * The ends within a word that was at `before` and is now at `after` to `after_end`:
 * as many bytes into it as they were, so that a string that splits a term still
 * splits it. Gives the first end behind the word.
 */
static struct string_end *move_ends(struct string_end *end, const struct string_end *last,
                                    size_t before, size_t before_end, size_t after,
                                    size_t after_end)
{
    for (; end < last && end->before <= before_end; end++) {
        size_t into = end->before - before;

        end->after =
            end->before == before_end || after + into > after_end ? after_end : after + into;
    }
    return end;
}

/* A term begins here: -all, ip4: and so on, and not the rest of a name. */
static bool begins_term(const char *text, size_t size)
{
    size_t sign = size > 0 && strchr("+-~?", *text) ? 1 : 0;

    for (const char *const *word = spf_words; *word; word++) {
        size_t length = sign + strlen(*word);

        if (text_starts_fold(text + sign, size - sign, *word) &&
            (length < size ? strchr(":=", text[length]) || (sign && text[length] == ' ') : sign))
            return true;
    }
    return false;
}

/*
 * Where the word at `at` ends: at a space, or at the end of a string behind which another
 * term begins, so that a space that was lost between two strings is still seen to be.
 */
static size_t word_end(const char *text, size_t size, size_t at, const struct string_end *ends,
                       size_t count)
{
    size_t end = at;

    while (end < size && text[end] != ' ')
        end++;
    for (size_t i = 0; i < count; i++) {
        if (ends[i].before > at && ends[i].before < end &&
            begins_term(text + ends[i].before, end - ends[i].before))
            return ends[i].before;
    }
    return end;
}

static void redact_words(const struct redactor *redactor, const char *text, size_t size,
                         struct string_end *ends, size_t count, struct buffer *out)
{
    const struct string_end *last = ends + count;

    for (size_t at = 0; at <= size;) {
        size_t end = word_end(text, size, at, ends, (size_t)(last - ends)), after = out->size;

        redact_text(redactor, text + at, end - at, spf_words, out);
        ends = move_ends(ends, last, at, end, after, out->size);
        if (end < size && text[end] != ' ') {
            at = end;
            continue;
        }
        if (end < size)
            buffer_add_char(out, ' ');
        at = end + 1;
    }
}

/* A string that has grown over what one can hold goes on in another. */
static void cut(struct dns_record *record, const char *text, const struct string_end *ends,
                struct arena *arena)
{
    size_t count = record->data.txt.count, made = 0, start = 0;
    size_t most = count + (count ? ends[count - 1].after : 0) / STRING_MOST;
    struct dns_string *strings = arena_new(arena, most, sizeof *strings);

    for (size_t i = 0; i < count; i++) {
        do {
            size_t size = ends[i].after - start;

            strings[made].bytes = text + start;
            strings[made].size = size > STRING_MOST ? STRING_MOST : size;
            start += strings[made++].size;
        } while (start < ends[i].after);
    }
    record->data.txt.strings = strings;
    record->data.txt.count = made;
}

void dns_redact_txt(struct dns_record *record, const struct redactor *redactor, struct arena *arena)
{
    size_t size, count = record->data.txt.count;
    const char *text = dns_record_text(record, arena, &size);
    struct string_end *ends = find_ends(record, arena);
    struct buffer out;

    if (!speaks_of_spf(text, size)) {
        record->data.txt.count = 0;
        return;
    }
    buffer_init(&out, TEXT_MOST);
    redact_words(redactor, text, size, ends, count, &out);
    cut(record, buffer_keep(&out, arena), ends, arena);
}

const char *dns_redact_spf(const char *text, const struct redactor *redactor, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, TEXT_MOST);
    redact_words(redactor, text, strlen(text), NULL, 0, &out);
    return buffer_keep(&out, arena);
}
