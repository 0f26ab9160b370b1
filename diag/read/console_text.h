/*
 * What this program writes to a terminal, taken apart for a console that is written to by
 * functions: UTF-8 in whole characters, and the escapes of ECMA-48 that the program itself uses
 * (SGR: bold, faint, eight colours; EL: to the end of the line). What came from outside has none,
 * for it is escaped before it is shown. Other sequences are left out.
 * Fuzz target: tests/fuzz/console_text.c.
 */
#ifndef EXDIAG_READ_CONSOLE_TEXT_H
#define EXDIAG_READ_CONSOLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONSOLE_OWN_COLOUR = 8, CONSOLE_HELD_MOST = 32 };

struct console_style {
    bool is_bold;
    bool is_faint;
    uint8_t colour; /* SGR's: 0 black to 7 white, or CONSOLE_OWN_COLOUR */
};

enum console_piece_kind {
    CONSOLE_CHARACTERS, /* `text`: whole characters, and bytes that are of none */
    CONSOLE_STYLE,      /* what follows looks like `style` */
    CONSOLE_ERASE       /* from the cursor to the end of its line */
};

struct console_piece {
    enum console_piece_kind kind;
    const char *text;
    size_t size;
    struct console_style style;
};

/* A piece, whose text is valid during the call. */
typedef void console_take(void *context, const struct console_piece *piece);

struct console_text {
    bool keeps_escapes; /* they are characters like others: the console obeys them itself */
    struct console_style style;
    char held[CONSOLE_HELD_MOST]; /* the begin of a character or sequence */
    size_t held_size;
};

void console_text_init(struct console_text *console, bool keeps_escapes);

/* Takes the next bytes apart, in any portions. */
void console_text_read(struct console_text *console, const char *bytes, size_t size,
                       console_take *take, void *context);

/* There are no more: gives what is left of a character. */
void console_text_end(struct console_text *console, console_take *take, void *context);

/*
 * The style as attributes of a character of Windows' consoles, in place of those it had `before`:
 * its background stays, and on a light one colours are dark.
 */
uint16_t console_text_attributes(const struct console_style *style, uint16_t before);

/* One of ASCII, as wide, for a character that a console's font does not have. */
char console_text_substitute(uint32_t code_point);

#endif
