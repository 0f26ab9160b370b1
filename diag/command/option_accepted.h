/* --accept: the findings that a site has accepted, each a line of ID SUBJECT YYYY-MM-DD REASON. */
#ifndef EXDIAG_COMMAND_OPTION_ACCEPTED_H
#define EXDIAG_COMMAND_OPTION_ACCEPTED_H

#include "diag/command/options.h"

/* Adds those of a file. STATUS_INVALID after a message that names file, line and slip. */
enum status options_read_accepted(struct options *options, const char *path);

#endif
