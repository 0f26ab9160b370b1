/* The console's part of platform_init(). */
#ifndef EXDIAG_WIN32_CONSOLE_H
#define EXDIAG_WIN32_CONSOLE_H

/*
 * UTF-8 to a console, bytes to anything else. The code page and the modes belong to
 * the window, not to this program: they are put back when it ends.
 */
void console_prepare(void);

/* For an end that passes by the C library's own. Writes nothing. */
void console_restore(void);

#endif
