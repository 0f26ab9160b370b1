/*
 * Standard output and standard error on their way to a console. The C library writes bytes, and
 * what a console makes of bytes depends on its code page, and with older ones on whether a write
 * ends between two bytes of a character. So the streams that are consoles lead into a pipe, and a
 * thread of this program's own writes what comes out of it, as UTF-16: escapes too where the
 * console obeys them, else by the console's own functions (diag/read/console_text.h).
 */
#ifndef EXDIAG_WIN32_CONSOLE_OUTPUT_H
#define EXDIAG_WIN32_CONSOLE_OUTPUT_H

#include "win32/system.h"

#include <stdbool.h>
#include <stdio.h>

/* Once, before anything is written. A stream that is no console stays as it is. */
void console_output_start(void);

/* The console behind a stream; INVALID_HANDLE_VALUE if it is none. */
HANDLE console_output_of(FILE *stream);

/* True if what is written to the stream takes this way. */
bool console_output_carries(FILE *stream);

/* The same, and the console obeys escapes itself. */
bool console_output_obeys_escapes(FILE *stream);

/* All that was written is on the console when this returns, which is as it was before. */
void console_output_finish(void);

/* For an end that waits for nothing: the console as it was; what is still under way is lost. */
void console_output_restore(void);

#endif
