/*
 * A manual page as troff's man macros have it (man(7) of groff and of mandoc). Prose is broken
 * between words where lines of the source end, and no word of it can be taken for a request, a
 * macro or an escape.
 *
 * A hyphen that somebody may copy or search for is a minus: in options, in names that are known,
 * and in words without a small letter; elsewhere it is a hyphen.
 */
#ifndef EXDIAG_COMMAND_ROFF_H
#define EXDIAG_COMMAND_ROFF_H

#include "diag/command/vocabulary.h"

#include <stdbool.h>
#include <stdio.h>

struct roff {
    FILE *stream;
    struct words names; /* what stands in prose as it is typed */
    bool behind_heading;
};

/* .SH and .SS */
void roff_section(struct roff *roff, const char *heading);
void roff_subsection(struct roff *roff, const char *heading);

/* A paragraph of prose. */
void roff_paragraph(struct roff *roff, const char *text);

/* An item of a list: `tag` in bold, `value` behind it in italics (or NULL), and its prose. */
void roff_item(struct roff *roff, const char *tag, const char *value, const char *text);

/* One more paragraph of the same item. */
void roff_more(struct roff *roff, const char *text);

/* Help behind an item: prose, and between empty lines what is indented as it is. */
void roff_help(struct roff *roff, const char *text, struct arena *memory);

/* The items that follow stand line by line, or no longer do. */
void roff_dense(struct roff *roff, bool is_dense);

/* Lines as they are. */
void roff_verbatim(struct roff *roff, const char *text);

/* Prose on source lines of its own, without a macro. */
void roff_prose(struct roff *roff, const char *text);

/* `exdiag NAME USAGE`: what is typed in bold, what stands for something else in italics. */
void roff_usage(struct roff *roff, const char *name, const char *usage);

#endif
