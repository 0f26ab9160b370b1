/* One line on stderr, a terminal, that is drawn over itself. */
#ifndef EXDIAG_COMMAND_PROGRESS_H
#define EXDIAG_COMMAND_PROGRESS_H

#include "diag/buffer.h"

/* Draws the line anew; what a narrow terminal has no room for is left out. */
void progress_draw(const struct buffer *line);

/* Nothing is left of it, and what is written next begins there. */
void progress_clear(void);

#endif
