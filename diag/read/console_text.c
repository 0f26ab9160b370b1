#include "diag/read/console_text.h"

#include "diag/text.h"

#include <string.h>

enum { ESCAPE = 0x1b, PARAMETERS_MOST = 16, PARAMETER_MOST = 9999 };

static const struct console_style own_style = {.colour = CONSOLE_OWN_COLOUR};

void console_text_init(struct console_text *console, bool keeps_escapes)
{
    *console = (struct console_text){.keeps_escapes = keeps_escapes, .style = own_style};
}

static void give_text(const char *text, size_t size, console_take *take, void *context)
{
    struct console_piece piece = {.kind = CONSOLE_CHARACTERS, .text = text, .size = size};

    if (size > 0)
        take(context, &piece);
}

/* ---- sequences ---- */

static void change_style(struct console_style *style, unsigned parameter)
{
    if (parameter == 0) {
        *style = own_style;
    } else if (parameter == 1) {
        style->is_bold = true;
    } else if (parameter == 2) {
        style->is_faint = true;
    } else if (parameter == 22) {
        style->is_bold = style->is_faint = false;
    } else if (parameter >= 30 && parameter <= 37) {
        style->colour = (uint8_t)(parameter - 30);
    } else if (parameter == 39) {
        style->colour = CONSOLE_OWN_COLOUR;
    }
}

/* How many there are; one that is left out is 0. */
static size_t read_parameters(const char *text, size_t size, unsigned *parameters)
{
    size_t count = 1;

    parameters[0] = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned *parameter = &parameters[count - 1];

        if (text_is_digit(text[i]) && *parameter < PARAMETER_MOST)
            *parameter = *parameter * 10 + (unsigned)(text[i] - '0');
        else if (text[i] == ';' && count < PARAMETERS_MOST)
            parameters[count++] = 0;
    }
    return count;
}

/* A whole sequence: ESC [ parameters final. */
static void obey(struct console_text *console, console_take *take, void *context)
{
    char final = console->held[console->held_size - 1];
    unsigned parameters[PARAMETERS_MOST];
    size_t count = read_parameters(console->held + 2, console->held_size - 3, parameters);
    struct console_piece piece = {.kind = CONSOLE_ERASE};

    if (final == 'm') {
        for (size_t i = 0; i < count; i++)
            change_style(&console->style, parameters[i]);
        piece.kind = CONSOLE_STYLE;
        piece.style = console->style;
        take(context, &piece);
    } else if (final == 'K' && parameters[0] == 0) {
        take(context, &piece);
    }
}

/* ---- what comes in two portions ---- */

/* Bytes of the character that begins so; 0 where none does. */
static size_t bytes_of(char first)
{
    uint8_t byte = (uint8_t)first;

    if (byte >= 0xc2 && byte <= 0xdf)
        return 2;
    if (byte >= 0xe0 && byte <= 0xef)
        return 3;
    return byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
}

static bool is_continuation(char character)
{
    return ((uint8_t)character & 0xc0) == 0x80;
}

/* How many bytes at the end of a text are the begin of a character whose rest is missing. */
static size_t unfinished(const char *text, size_t size)
{
    for (size_t back = 1; back <= 3 && back <= size; back++) {
        char character = text[size - back];

        if (!is_continuation(character))
            return bytes_of(character) > back ? back : 0;
    }
    return 0;
}

enum growth { GROWS, IS_WHOLE, IS_BROKEN };

/* What the held bytes are with one more of them. */
static enum growth growth_with(const struct console_text *console, char next)
{
    size_t size = console->held_size;

    if (console->held[0] != ESCAPE) {
        if (!is_continuation(next))
            return IS_BROKEN;
        return size + 1 < bytes_of(console->held[0]) ? GROWS : IS_WHOLE;
    }
    if (size == 1)
        return next == '[' ? GROWS : IS_BROKEN;
    if (next >= 0x40 && next <= 0x7e)
        return IS_WHOLE;
    return next >= 0x20 && next < 0x40 && size + 1 < CONSOLE_HELD_MOST ? GROWS : IS_BROKEN;
}

/* Of a broken sequence nothing is shown; a broken character is shown as what it is. */
static void let_go(struct console_text *console, bool is_whole, console_take *take, void *context)
{
    if (console->held[0] != ESCAPE)
        give_text(console->held, console->held_size, take, context);
    else if (is_whole)
        obey(console, take, context);
    console->held_size = 0;
}

/* Bytes that went to what is held; it is let go once it is whole or can be nothing. */
static size_t fill_held(struct console_text *console, const char *bytes, size_t size,
                        console_take *take, void *context)
{
    size_t used = 0;

    while (console->held_size > 0 && used < size) {
        enum growth growth = growth_with(console, bytes[used]);

        if (growth != IS_BROKEN)
            console->held[console->held_size++] = bytes[used++];
        if (growth != GROWS)
            let_go(console, growth == IS_WHOLE, take, context);
    }
    return used;
}

static void hold(struct console_text *console, const char *bytes, size_t size)
{
    memcpy(console->held, bytes, size);
    console->held_size = size;
}

void console_text_read(struct console_text *console, const char *bytes, size_t size,
                       console_take *take, void *context)
{
    size_t at = 0;

    while (at < size) {
        const char *escape;
        size_t run, rest;

        at += fill_held(console, bytes + at, size - at, take, context);
        if (at == size)
            return;
        escape = console->keeps_escapes ? NULL : memchr(bytes + at, ESCAPE, size - at);
        run = escape ? (size_t)(escape - bytes) - at : size - at;
        rest = escape ? 0 : unfinished(bytes + at, run);
        give_text(bytes + at, run - rest, take, context);
        at += run - rest;
        if (escape || rest > 0) {
            hold(console, bytes + at, escape ? 1 : rest);
            at += console->held_size;
        }
    }
}

void console_text_end(struct console_text *console, console_take *take, void *context)
{
    if (console->held_size > 0)
        let_go(console, false, take, context);
}

/* ---- attributes ---- */

enum { /* wincon.h's FOREGROUND_ and BACKGROUND_ */
       BLUE = 1,
       GREEN = 2,
       RED = 4,
       BRIGHT = 8,
       FOREGROUND = 0x0f,
       LIGHT_GREY = 7,
       BRIGHT_BLUE = 9
};

uint16_t console_text_attributes(const struct console_style *style, uint16_t before)
{
    unsigned own = before & FOREGROUND, background = (before >> 4) & FOREGROUND, colour = own;
    bool is_light = background == LIGHT_GREY || background > BRIGHT_BLUE;

    if (style->colour != CONSOLE_OWN_COLOUR)
        colour = (style->colour & 1u ? RED : 0u) | (style->colour & 2u ? GREEN : 0u) |
                 (style->colour & 4u ? BLUE : 0u);
    if (style->is_bold && !is_light)
        colour |= BRIGHT;
    if (style->is_faint)
        colour = BRIGHT; /* which alone is dark grey */
    if (colour == background)
        colour = own;
    return (uint16_t)((before & ~(unsigned)FOREGROUND) | colour);
}

char console_text_substitute(uint32_t code_point)
{
    static const struct {
        uint32_t code_point;
        char character;
    } substitutes[] = {
        {0x2026, '.'}, {0x2212, '-'}, {0x2500, '-'}, {0x2502, '|'}, {0x2514, '+'},
        {0x251c, '+'}, {0x253c, '+'}, {0x2550, '='}, {0x2584, '_'}, {0x2588, '#'},
        {0x2591, '.'}, {0x2592, ':'}, {0x25cf, '*'},
    };

    for (size_t i = 0; i < sizeof substitutes / sizeof *substitutes; i++)
        if (substitutes[i].code_point == code_point)
            return substitutes[i].character;
    return '?';
}
