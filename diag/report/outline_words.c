/* What is told once of all members of an entry: words in place of their names. */
#include "diag/order.h"
#include "diag/report/outline.h"
#include "diag/text.h"

#include <stdint.h>
#include <string.h>

enum { SHORT_NAME_SIZE = 16 };

bool outline_is_of_one_kind(const struct outline_entry *entry)
{
    for (size_t i = 1; i < entry->member_count; i++) {
        if (entry->members[i]->subject->kind != entry->members[0]->subject->kind)
            return false;
    }
    return true;
}

bool outline_are_machines(const struct outline_entry *entry)
{
    for (size_t i = 0; i < entry->member_count; i++) {
        enum subject_kind kind = entry->members[i]->subject->kind;

        if (kind != SUBJECT_SERVER && kind != SUBJECT_DC)
            return false;
    }
    return true;
}

static const char *subjects_word(const struct outline_entry *entry, bool is_plural)
{
    if (outline_is_of_one_kind(entry))
        return report_kind_word(entry->members[0]->subject->kind, is_plural);
    if (outline_are_machines(entry))
        return is_plural ? "machines" : "machine";
    return is_plural ? "names" : "name";
}

const char *outline_subjects(const struct outline_entry *entry)
{
    return subjects_word(entry, entry->member_count > 1);
}

const char *outline_turns(const struct outline_entry *entry)
{
    const struct finding *first = entry->first;

    return first->subject->kind == SUBJECT_FILE && outline_is_of_one_kind(entry)
               ? "servers"
               : outline_subjects(entry);
}

static bool is_of_name(char character)
{
    return text_is_letter(character) || text_is_digit(character) || (character & 0x80) != 0 ||
           (character != '\0' && strchr("-_@", character));
}

/* True where no longer name has the one of `size` bytes at `at` in it. */
static bool stands_alone(const char *text, const char *at, size_t size)
{
    const char *end = at + size;

    if (at > text && (is_of_name(at[-1]) || at[-1] == '.'))
        return false;
    return !is_of_name(*end) && !(*end == '.' && is_of_name(end[1]));
}

/* The next place in `text`, from `from` on, where it names the subject; or NULL. */
static const char *next_name(const char *text, const char *from, const char *name)
{
    const size_t size = strlen(name);
    const char *at = size ? strstr(from, name) : NULL;

    while (at && !stands_alone(text, at, size))
        at = strstr(at + 1, name);
    return at;
}

/* "EX01" of ex01.contoso.com, as machines call themselves: at most 15 characters, in capitals. */
static void upper_name(const struct subject *subject, char out[SHORT_NAME_SIZE])
{
    size_t size = strcspn(subject->name, ".");

    out[0] = '\0';
    if ((subject->kind != SUBJECT_SERVER && subject->kind != SUBJECT_DC) || size < 2)
        return;
    size = size < SHORT_NAME_SIZE ? size : SHORT_NAME_SIZE - 1;
    for (size_t i = 0; i < size; i++) {
        char letter = subject->name[i];

        out[i] = letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
    }
    out[size] = '\0';
}

bool outline_names(const char *text, const struct subject *subject)
{
    char label[SHORT_NAME_SIZE];

    upper_name(subject, label);
    return next_name(text, text, subject->shown) || next_name(text, text, subject->name) ||
           next_name(text, text, label);
}

/* Part of an address, a path or the like, in whose place no words may stand. */
static bool is_in_a_token(const char *text, const char *at, size_t size)
{
    char before = at > text ? at[-1] : ' ', after = at[size];

    return before == '/' || before == '\\' || before == '=' || after == '/' || after == '\\' ||
           (after == ':' && text_is_digit(at[size + 1]));
}

/* "ex01"; a word like any other ("mail") that only a comparison may take for the name. */
static void lower_name(const struct subject *subject, char out[SHORT_NAME_SIZE])
{
    upper_name(subject, out);
    for (; *out; out++)
        *out = *out >= 'A' && *out <= 'Z' ? (char)(*out - 'A' + 'a') : *out;
}

/* What stands for a name; in front of "'s" another. */
struct generic {
    const char *word;       /* "each of these servers" */
    const char *possessive; /* "each server" */
    bool is_prose;          /* it is to be read, and not only compared */
    bool with_lower;        /* "ex01" is the name, too */
};

static bool without_name(const char *text, const char *name, const struct generic *generic,
                         struct buffer *out)
{
    const size_t size = strlen(name);
    const char *from = text;

    for (const char *at; (at = next_name(text, from, name)); from = at + size) {
        bool is_owner = at[size] == '\'' && at[size + 1] == 's' && !is_of_name(at[size + 2]);

        if (generic->is_prose && is_in_a_token(text, at, size))
            return false;
        buffer_add(out, from, (size_t)(at - from));
        buffer_add_string(out, is_owner ? generic->possessive : generic->word);
    }
    buffer_add_string(out, from);
    return true;
}

/* "the zone of each of these domains"; false where words cannot stand for the name. */
static bool add_generic(const char *text, const struct finding *member,
                        const struct generic *generic, struct buffer *out)
{
    const struct subject *subject = member->subject;
    char upper[SHORT_NAME_SIZE], lower[SHORT_NAME_SIZE];
    const char *const names[] = {subject->shown, subject->name, upper, lower};
    struct buffer texts[2];
    bool is_right = true;

    buffer_init(&texts[0], SIZE_MAX / 2);
    buffer_init(&texts[1], SIZE_MAX / 2);
    upper_name(subject, upper);
    lower_name(subject, lower);
    buffer_add_string(&texts[0], text);
    for (size_t i = 0; i < (generic->with_lower ? 4 : 3) && is_right; i++) {
        buffer_clear(&texts[(i + 1) % 2]);
        is_right = without_name(texts[i % 2].text, names[i], generic, &texts[(i + 1) % 2]);
    }
    buffer_add_string(out, texts[generic->with_lower ? 0 : 1].text);
    buffer_release(&texts[0]);
    buffer_release(&texts[1]);
    return is_right;
}

static bool is_the_same_of_all(const struct outline_entry *entry, outline_get *get,
                               const void *context)
{
    const char *first = get(entry->members[0], context);
    size_t same = 1;

    while (same < entry->member_count &&
           order_strings(first, get(entry->members[same], context)) == 0)
        same++;
    return same == entry->member_count;
}

static const struct generic prose = {.is_prose = true}, comparison = {0},
                            wide_comparison = {.with_lower = true};

/* The text with words for the names where it is the same of all then; or NULL. */
static const char *without_names(const struct outline_entry *entry, outline_get *get,
                                 const void *context, const struct generic *form,
                                 struct arena *arena)
{
    struct generic generic = *form;
    const char *result = NULL;
    struct buffer all, own;
    size_t alike = 0;

    generic.word = arena_print(arena, "each of these %s", subjects_word(entry, true));
    generic.possessive = arena_print(arena, "each %s", subjects_word(entry, false));
    buffer_init(&all, SIZE_MAX / 2);
    buffer_init(&own, SIZE_MAX / 2);
    for (; alike < entry->member_count; alike++) {
        const char *text = get(entry->members[alike], context);
        struct buffer *out = alike ? &own : &all;

        buffer_clear(out);
        if (!text || !add_generic(text, entry->members[alike], &generic, out) ||
            strcmp(out->text, all.text) != 0)
            break;
    }
    if (alike == entry->member_count)
        result = arena_copy(arena, all.text, all.size);
    buffer_release(&all);
    buffer_release(&own);
    return result;
}

/* One of several files that do not say whose they are: each is of a server of its own. */
static const char *of_each_file(const struct outline_entry *entry, const char *text,
                                struct arena *arena)
{
    static const char one[] = "the file is of", each[] = "each of these files is of";
    const char *at = text ? strstr(text, one) : NULL;

    if (!at || entry->member_count < 2 || entry->first->subject->kind != SUBJECT_FILE)
        return text;
    return arena_print(arena, "%.*s%s%s", (int)(at - text), text, each, at + sizeof one - 1);
}

const char *outline_tell_once(const struct outline_entry *entry, outline_get *get,
                              const void *context, struct arena *arena)
{
    const char *first = get(entry->members[0], context);

    if (!first || is_the_same_of_all(entry, get, context))
        return of_each_file(entry, first, arena);
    return without_names(entry, get, context, &prose, arena);
}

bool outline_differ_in_names(const struct outline_entry *entry, outline_get *get,
                             const void *context, struct arena *arena)
{
    return is_the_same_of_all(entry, get, context) ||
           without_names(entry, get, context, &comparison, arena) ||
           without_names(entry, get, context, &wide_comparison, arena);
}
