/*
 * What the tests ask of an operating system beyond diag/platform.h: to bring about
 * what the platform layer must then see. system_posix.c and system_win32.c hold it;
 * the build picks one.
 */
#ifndef EXDIAG_TESTS_UNIT_SYSTEM_H
#define EXDIAG_TESTS_UNIT_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { SYSTEM_PATH_SIZE = 512 };

/* A new folder for one test; `path` has SYSTEM_PATH_SIZE bytes. */
void system_folder_new(char *path);

/* Makes a folder; the one it is in must be there. */
bool system_folder_make(const char *path);

/* Removes a file, a link, or an empty folder. */
void system_remove(const char *path);

/* A symbolic link; false where the system or its administrator does not allow it. */
bool system_link(const char *target, const char *path);

/* A file that is read while it is written; false where there is no such thing. */
bool system_fifo(const char *path);

/* Opens a file as nobody else may meanwhile; NULL where there is no such thing. */
FILE *system_hold(const char *path);

/* True if nobody but its owner may read the file. */
bool system_is_private(const char *path);

void system_set_environment(const char *name, const char *value);

/* A stream into a pipe that nobody will ever read. */
FILE *system_closed_pipe(void);

/* A stream to a device without room; NULL where there is none. */
FILE *system_full_device(void);

/* A stream to a terminal and its width, for a program that was run again; NULL for none. */
FILE *system_terminal(unsigned *columns);

/* True if the variable TERM has a say in what a terminal can do. */
bool system_heeds_term(void);

/* True if a program is told a reset connection from one that was ended: Wine's are not. */
bool system_tells_resets(void);

/* True if a program is told that a datagram met a closed port: Wine's may not hear of it. */
bool system_tells_refusals(void);

/* True if a directory's references to others are read: Wine's wldap32 reads none. */
bool system_reads_references(void);

/*
 * True if a directory's answer that stops within a message is waited for as long as was said: the
 * wldap32 of Wine, once it reads a message, waits for the rest of it for ever.
 */
bool system_leaves_cut_messages(void);

/* True if a directory that is to prove a name is asked at its address: Windows looks the name up.
 */
bool system_asks_directories_by_address(void);

/* From now on this program may have only so many files open, 20 or more. */
bool system_limit_files(unsigned most);

enum { SYSTEM_INTERRUPTED = -1, SYSTEM_NOT_RUN = -2 };

/*
 * Runs this test program again with one argument and, where there is such a thing,
 * a console of its own. Its exit status, which must not be 0, or SYSTEM_INTERRUPTED if
 * an interrupt ended it.
 */
int system_run_again(const char *argument);

/* As if Ctrl-C had been pressed; false where it cannot be. */
bool system_interrupt(void);

#endif
