/*
 * Whose a file is that does not say so: of the machine whose files lie nearest to it, for who
 * gathers evidence of several machines keeps a folder for each. It is settled otherwise where files
 * name machines, or the user does (--file HOST=PATH).
 */
#ifndef EXDIAG_PROBES_FOLDER_H
#define EXDIAG_PROBES_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the folders that two paths have in common, from their beginning. */
size_t folders_shared(const char *one, const char *other);

/* They lie side by side. */
bool folders_are_one(const char *one, const char *other);

#endif
