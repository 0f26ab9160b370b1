#include "diag/command/option_accepted.h"

#include "diag/clock.h"
#include "diag/command/command.h"
#include "diag/command/option_lines.h"
#include "diag/command/option_subjects.h"
#include "diag/command/option_table.h"
#include "diag/text.h"

#include <string.h>

static const char form[] = "a line is ID SUBJECT YYYY-MM-DD REASON";

/* The next word of a line, which is cut off behind it; "" at the end. */
static char *take_word(char **line)
{
    char *word = *line + strspn(*line, " \t"), *end = word + strcspn(word, " \t");

    *line = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

/* A subject as people write it, made canonical; paths, and what is no name, stay as they are. */
static const char *canonical_subject(struct options *options, const char *id, const char *text)
{
    const struct probe *probe = options_probe_of(id);
    const char *subject = text;
    struct buffer name;

    if (!probe || probe->subjects & PROBE_EXAMINES(SUBJECT_FILE))
        return text;
    buffer_init(&name, DNS_NAME_TEXT_SIZE);
    if (options_canonical_name(text, &name) == STATUS_OK)
        subject = arena_copy_string(&options->memory, name.text);
    buffer_release(&name);
    return subject;
}

static bool is_day(const char *text)
{
    int64_t day;

    return clock_parse_day(text, &day) == STATUS_OK;
}

static void refuse_id(struct options *options, const char *id)
{
    struct vocabulary known = vocabulary_read(VOCABULARY_SEVERITY, &options->memory);
    const char *meant = words_nearest(&known.words, id);

    if (meant)
        complain("'%s' is no finding; did you mean '%s'? %s", id, meant, form);
    else
        complain("'%s' is no finding: 'exdiag explain' lists them; %s", id, form);
}

static void refuse_day(const struct acceptance *accepted)
{
    static const char shape[] = "0000-00-00";
    const char *day = accepted->expires, *at = day;

    while (*at && (text_is_digit(*at) ? shape[at - day] == '0' : shape[at - day] == *at))
        at++;
    if (is_day(accepted->subject))
        complain("no subject stands before '%s', and * is for all; %s", accepted->subject, form);
    else if (!*day)
        complain("no day stands in it, up to which the finding is accepted; %s", form);
    else if (!*at && at - day == (ptrdiff_t)strlen(shape))
        complain("there is no day '%s'; %s", day, form);
    else
        complain("'%s' is no day; %s", day, form);
}

/* True if people see all of it; else it is said what they do not. */
static bool is_visible(const char *what, const char *text)
{
    size_t size = strlen(text);

    for (size_t at = 0, next; at < size; at += next) {
        struct arena memory = {0};

        next = text_next(text + at, size - at);
        if (text_is_printable(text + at, next))
            continue;
        if (text[at] == '\t')
            complain("a tab stands in the %s: write a space", what);
        else
            complain("%s stands in the %s, a character that nobody sees: take it out",
                     text_printable(&memory, text + at, next), what);
        arena_release(&memory);
        return false;
    }
    return true;
}

static bool is_acceptable(struct options *options, const struct acceptance *accepted)
{
    if (!options_probe_of(accepted->id))
        refuse_id(options, accepted->id);
    else if (!*accepted->subject)
        complain("no subject follows '%s', and * is for all; %s", accepted->id, form);
    else if (!is_day(accepted->expires))
        refuse_day(accepted);
    else if (!*accepted->reason)
        complain("no reason follows '%s'; %s", accepted->expires, form);
    else
        return is_visible("subject", accepted->subject) && is_visible("reason", accepted->reason);
    return false;
}

static enum status take_accepted(struct options *options, char *line)
{
    struct settings *settings = &options->settings;
    struct arena *memory = &options->memory;
    struct acceptance accepted;

    accepted.id = arena_copy_string(memory, take_word(&line));
    accepted.subject = arena_copy_string(memory, take_word(&line));
    accepted.expires = arena_copy_string(memory, take_word(&line));
    accepted.reason = arena_copy_string(memory, line + strspn(line, " \t"));
    if (!is_acceptable(options, &accepted))
        return STATUS_INVALID;
    accepted.subject = canonical_subject(options, accepted.id, accepted.subject);
    options->accepted = arena_grow(memory, options->accepted, &options->accepted_room,
                                   settings->accepted_count, sizeof accepted);
    options->accepted[settings->accepted_count++] = accepted;
    settings->accepted = options->accepted;
    return STATUS_OK;
}

enum status options_read_accepted(struct options *options, const char *path)
{
    return option_lines_read(options, path, "--accept", take_accepted);
}
