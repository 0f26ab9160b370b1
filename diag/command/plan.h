/* exdiag check --plan: what a run would do, without doing it. */
#ifndef EXDIAG_COMMAND_PLAN_H
#define EXDIAG_COMMAND_PLAN_H

#include "diag/command/options.h"

/* Prints the plan on stdout; gives the exit status. */
int print_plan(const struct options *options);

#endif
