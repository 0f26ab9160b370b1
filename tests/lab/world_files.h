/* Files of the demonstration's world: what machines of it say of themselves. */
#ifndef EXDIAG_TESTS_LAB_WORLD_FILES_H
#define EXDIAG_TESTS_LAB_WORLD_FILES_H

#include "diag/memory.h"
#include "diag/status.h"

struct world_file {
    const char *ending; /* of its name: "dc1.reg" */
    const char *text;
    const char *probe; /* that it is for; lives on */
};

struct world_path {
    const char *path, *probe;
    const char *host; /* whose it is, in the user's word; lives on; or NULL */
};

struct world_files {             /* zeroed before the first */
    char tag[sizeof "01234567"]; /* of all their names */
    struct arena memory;
    struct world_path *list; /* that were made, in that order */
    size_t count, room;
};

/* Makes one more, in the folder for temporary files. STATUS_IO and as platform_file_create(). */
enum status world_files_add(struct world_files *files, const struct world_file *file);

/* The same of a file that the user ties to a server, as --file HOST=PATH does. */
enum status world_files_add_of(struct world_files *files, const struct world_file *file,
                               const char *host);

/* Removes them. */
void world_files_remove(struct world_files *files);

#endif
