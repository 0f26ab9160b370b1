/*
 * Evidence of kind "installed-files": which files exist on a machine (read/file_list.h): from a
 * file, FILE_TYPE_FILE_LIST, with all its rows; or, on Windows, of the machine at hand, "" for a
 * path and the one file in question for `image`.
 *
 * Redacted, folders and files that Windows, IIS and Exchange name themselves stay, as they do in
 * configurations (iis_words.h), so that one path has one pseudonym; sizes and versions stay.
 */
#ifndef EXDIAG_EVIDENCE_INSTALLED_FILES_H
#define EXDIAG_EVIDENCE_INSTALLED_FILES_H

#include "diag/evidence/evidence.h"
#include "diag/read/file_list.h"

struct installed_files {
    struct evidence evidence;

    /* the question */
    const char *path;  /* of a list; "" is the machine at hand */
    const char *image; /* "": all that the list has. With a path of "": the file that is looked
                          for, as the setting has it that names it */

    struct file_list list; /* the observation */
};

extern const struct evidence_kind evidence_installed_files;

#endif
