/*
 * Prose on lines of a stated width, broken between words. Columns are those of
 * text_columns(). Words wider than a line are broken where it ends; wide East
 * Asian characters need no space between them. Nothing is written behind a
 * line's last word.
 */
#ifndef EXDIAG_REPORT_WRAP_H
#define EXDIAG_REPORT_WRAP_H

#include "diag/buffer.h"

#include <stdbool.h>
#include <stdio.h>

struct wrap {
    FILE *stream;
    size_t columns;     /* of a line */
    size_t indent;      /* the column where lines go on after a break */
    size_t column;      /* written so far on this line */
    size_t gap;         /* columns to leave free before the next word */
    bool written;       /* anything since the last free line */
    struct buffer word; /* not written yet, since it may still grow */
    size_t word_columns;
};

void wrap_init(struct wrap *wrap, FILE *stream, size_t columns);
void wrap_release(struct wrap *wrap);

/* Where lines go on after a break; less than the width. */
void wrap_indent(struct wrap *wrap, size_t column);

/* The next word begins at `column`, or behind a space if the line is longer already. */
void wrap_to(struct wrap *wrap, size_t column);

/* Prose. Calls follow each other without a space, so a word may be made of several. */
void wrap_words(struct wrap *wrap, const char *text);

/* Text that stays in one piece however wide it is: a URL. */
void wrap_unbroken(struct wrap *wrap, const char *text);

/* Text of one line as it is, spaces and all, however long. */
void wrap_verbatim(struct wrap *wrap, const char *text, size_t size);

/* A terminal escape; takes no columns. */
void wrap_escape(struct wrap *wrap, const char *escape);

/* Ends the line if there is anything on it. */
void wrap_end(struct wrap *wrap);

/* Ends the line even if there is nothing on it. */
void wrap_line(struct wrap *wrap);

/* Ends the line and leaves one free, unless one is free already or nothing came before. */
void wrap_free_line(struct wrap *wrap);

#endif
