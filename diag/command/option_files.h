/* Files that options name: --config (a line an option, '#' begins a comment), --builds, --ca-file.
 */
#ifndef EXDIAG_COMMAND_OPTION_FILES_H
#define EXDIAG_COMMAND_OPTION_FILES_H

#include "diag/command/options.h"

/* Each line an option. STATUS_INVALID after a message; so it is with those that follow. */
enum status options_read_config(struct options *options, const char *path);

/* Whether the last --format of such a file is nagios'; false where it cannot be read. */
bool options_file_is_of_plugin(const char *path);

/* Certificates as PEM: looked at now, so that a wrong file is told of before anything is sent. */
enum status options_take_ca_file(struct options *options, const char *path);

/* A table of builds (read/build_table.h). */
enum status options_read_builds(struct options *options, const char *path);

#endif
