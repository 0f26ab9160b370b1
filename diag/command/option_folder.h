/* Folders that --file names: what `exdiag collect-script` gathered, or several of those. */
#ifndef EXDIAG_COMMAND_OPTION_FOLDER_H
#define EXDIAG_COMMAND_OPTION_FOLDER_H

#include "diag/command/options.h"

enum { FOLDER_FILES_MOST = 10000, FOLDER_DEPTH_MOST = 8 };

/*
 * Calls `add` with the path of each ordinary file in the folder and in those below it, in the order
 * of their names. As a shell's wildcards do it passes by names that begin with a dot; links and
 * devices are passed by after a message. `host` is whose they are; where it is NULL the README.txt
 * that collect-script left says so, of its own folder and those below. STATUS_INVALID after a
 * message: a folder that cannot be read, has no file or too many, or what `add` made of one.
 */
enum status options_walk_folder(struct options *options, const char *path,
                                enum status (*add)(struct options *options, const char *path,
                                                   const char *host),
                                const char *host);

#endif
