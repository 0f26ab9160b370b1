#include "diag/command/option_lines.h"

#include "diag/command/command.h"
#include "diag/gather/text_file.h"
#include "diag/text.h"

#include <string.h>

void option_note_input(struct options *options, const char *path)
{
    options->inputs = arena_grow(&options->memory, options->inputs, &options->input_room,
                                 options->input_count, sizeof *options->inputs);
    options->inputs[options->input_count++] = arena_copy_string(&options->memory, path);
}

struct line {
    char *text; /* without the white space around it, which is cut off */
    size_t size;
    size_t whole; /* bytes, with it */
};

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

static bool take_line(struct buffer *text, size_t *at, struct line *line)
{
    char *start = text->text + *at, *end = memchr(start, '\n', text->size - *at);

    if (*at == text->size)
        return false;
    end = end ? end : text->text + text->size;
    *at = (size_t)(end - text->text) + (end < text->text + text->size);
    line->whole = (size_t)(end - start);
    while (start < end && is_space(*start))
        start++;
    while (end > start && is_space(end[-1]))
        end--;
    *end = '\0';
    line->text = start;
    line->size = (size_t)(end - start);
    return true;
}

char *option_lines_next(struct buffer *text, size_t *at)
{
    struct line line;

    return take_line(text, at, &line) ? line.text : NULL;
}

static bool is_sound(const struct line *line)
{
    if (strlen(line->text) < line->size)
        complain("it has a NUL byte, as no text has: save the file as UTF-8");
    else if (!text_is_utf8(line->text, line->size))
        complain("it is neither UTF-8 nor UTF-16: save the file as UTF-8");
    else if (line->whole > OPTION_LINE_MOST)
        complain("it is longer than %d bytes", OPTION_LINE_MOST);
    else
        return true;
    return false;
}

static enum status take_lines(struct options *options, struct buffer *text, const char *place,
                              option_line_take *take)
{
    enum status status = STATUS_OK;
    size_t at = 0;
    struct line line;

    for (size_t number = 1; status == STATUS_OK && take_line(text, &at, &line); number++) {
        struct arena memory = {0};

        complain_at(arena_print(&memory, "%s, line %zu", place, number));
        if (!is_sound(&line))
            status = STATUS_INVALID;
        else if (line.size > 0 && *line.text != '#')
            status = take(options, line.text);
        complain_at(NULL);
        arena_release(&memory);
    }
    return status;
}

enum status option_lines_read(struct options *options, const char *path, const char *option,
                              option_line_take *take)
{
    const char *place = arena_print(&options->memory, "%s: '%s'", option, path);
    struct buffer text;
    enum status status;

    buffer_init(&text, OPTION_LINES_MOST);
    status = text_file_read_whole(path, &text);
    if (status != STATUS_OK) {
        complain("%s: %s", place, status_text(status));
        status = STATUS_INVALID;
    } else {
        option_note_input(options, path);
        status = take_lines(options, &text, place, take);
    }
    buffer_release(&text);
    return status;
}
