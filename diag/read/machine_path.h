/*
 * Whose evidence a question's `path` asks for, of the kinds that a Windows machine has of itself:
 * "" is the machine at hand, `\\ex02.contoso.com` another one by its name or address, with no
 * further backslash; anything else is a file.
 */
#ifndef EXDIAG_READ_MACHINE_PATH_H
#define EXDIAG_READ_MACHINE_PATH_H

enum { MACHINE_NAME_MOST = 253 }; /* bytes */

/*
 * The machine as platform.h takes it: "" for the one at hand; the other's name or address, which
 * is the end of `path`; NULL for a file. A name is of letters, digits, '-', '_', '.' and, in an
 * IPv6 address, ':', and begins with none of '-', '_' and '.'.
 */
const char *machine_in_path(const char *path);

#endif
