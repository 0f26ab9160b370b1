/*
 * What was copied from the demonstration's server whose shell does not start: its configurations of
 * IIS, and the list of its features.
 */
#ifndef EXDIAG_TESTS_LAB_WORLD_SHELL_H
#define EXDIAG_TESTS_LAB_WORLD_SHELL_H

#include "tests/lab/world_files.h"

/* Makes them, as world_files_add_of(). */
enum status world_shell_add(struct world_files *files);

#endif
