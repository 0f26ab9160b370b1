/* Reads how a host is told to keep its time: from a file, or of the machine at hand. */
#ifndef EXDIAG_GATHER_TIME_SETTINGS_H
#define EXDIAG_GATHER_TIME_SETTINGS_H

#include "diag/evidence/time_settings.h"

/*
 * Makes the observation of a new `struct time_settings`, whose question is its path. Blocks; for
 * a pool thread. STATUS_INVALID for a file that is no registry export, output of reg query, text of
 * w32tm or VMware, or security template, and for one that says nothing of time;
 * STATUS_NOT_SUPPORTED for the path "" where there is no registry. Memory is bounded, whatever the
 * file's size.
 */
void gather_time_settings(struct evidence *item);

#endif
