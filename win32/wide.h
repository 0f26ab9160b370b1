/* UTF-8 of the program and UTF-16 of the system. */
#ifndef EXDIAG_WIN32_WIDE_H
#define EXDIAG_WIN32_WIDE_H

#include <wchar.h>

/* free() releases it; NULL if the text is not UTF-8. */
wchar_t *wide_from_utf8(const char *text);

/* free() releases it; halves of surrogate pairs become U+FFFD. */
char *wide_to_utf8(const wchar_t *text);

/*
 * A path as the system takes it, whatever its length: from 248 characters on
 * (the limit of a folder's name) in the form that begins with \\?\.
 * free() releases it; NULL if the path is empty or not UTF-8.
 */
wchar_t *wide_path(const char *path);

#endif
