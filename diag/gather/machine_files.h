/* Whether a file that a setting of the machine at hand names is there, and which it is. */
#ifndef EXDIAG_GATHER_MACHINE_FILES_H
#define EXDIAG_GATHER_MACHINE_FILES_H

#include "diag/read/file_list.h"

/*
 * One row, in `arena`, whose path is the setting. Nothing of a program is run, and no more of it is
 * read than PE_BYTES_MOST. STATUS_NOT_FOLLOWED, STATUS_DENIED, with the reason: whether it is there
 * is not known; STATUS_NOT_SUPPORTED where this is not Windows.
 */
enum status machine_files_look(const char *machine, const char *setting, struct arena *arena,
                               struct file_list *out, const char **reason);

#endif
