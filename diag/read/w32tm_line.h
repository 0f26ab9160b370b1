/* What w32tm_text.c and w32tm_settings.c share: lines, and the settings in them. */
#ifndef EXDIAG_READ_W32TM_LINE_H
#define EXDIAG_READ_W32TM_LINE_H

#include "diag/read/w32tm_text.h"

struct w32tm_part { /* of the text, without the blanks around it */
    const char *text;
    size_t size;
};

/* The part between two places of the text. */
struct w32tm_part w32tm_part_of(const char *from, const char *end);

bool w32tm_is_same(struct w32tm_part a, struct w32tm_part b);

/* Takes the next line that is not empty; false at the end. */
bool w32tm_take_line(struct w32tm_part *left, struct w32tm_part *line);

struct w32tm_settings {
    struct w32tm_setting *settings;
    struct w32tm_part *origins; /* of each, the word in its brackets; empty without */
    size_t count, room;
    size_t known; /* those of which the name is in the table */
    bool is_open; /* a section has begun, and nothing of another kind after it */
    const char *provider;
};

/* Takes a line of /query /configuration; others are passed. */
void w32tm_add_setting(struct w32tm_settings *settings, struct w32tm_part line,
                       struct arena *arena);

/* Where each comes from, once all of them are there. */
void w32tm_find_origins(struct w32tm_settings *settings);

#endif
