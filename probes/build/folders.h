/* Machines of files that do not say whose they are: those of one folder are one. */
#ifndef EXDIAG_PROBES_BUILD_FOLDERS_H
#define EXDIAG_PROBES_BUILD_FOLDERS_H

#include "probes/build/machines.h"

/*
 * After all files are read. What no name is told of becomes one with the machine that files beside
 * it name, or else with what lies beside it. A folder stays as it is where its files tell of
 * several: by two names, by two levels, unless the older one is a log's, by two files of one kind,
 * or by two numbers that one way shows.
 */
void build_join_folders(struct build_organisation *organisation);

#endif
