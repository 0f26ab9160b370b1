/*
 * What an archiver and the two nodes of a DAG say of messages that cannot be fetched, in files of
 * the demonstration's world: its job log, their configurations of IIS, and a log of one of them.
 */
#ifndef EXDIAG_TESTS_LAB_WORLD_ARCHIVE_H
#define EXDIAG_TESTS_LAB_WORLD_ARCHIVE_H

#include "tests/lab/world_files.h"

/* Makes them, as world_files_add(). */
enum status world_archive_add(struct world_files *files);

#endif
