/*
 * Which runs can be held against each other, and in which order they were.
 */
#ifndef EXDIAG_HISTORY_LINES_H
#define EXDIAG_HISTORY_LINES_H

#include "diag/history.h"

/*
 * Puts the runs on lines. Those that ran on one machine are on one line; so are those that do not
 * know theirs; and those of different machines that were asked for the same subjects by name.
 * Alone are runs that do not know when they were, that began in the same moment as an earlier one
 * of their line, and those with pseudonyms of their own.
 */
void history_lines(struct history_run *runs, size_t count);

/* Of each run its place in the order of time; of one moment, the order that they are given in. */
void history_places(const struct history_run *runs, size_t count, size_t *places);

#endif
