/* Reads a configuration file of IIS. */
#ifndef EXDIAG_GATHER_IIS_CONFIG_H
#define EXDIAG_GATHER_IIS_CONFIG_H

#include "diag/evidence/iis_config.h"

/*
 * Makes the observation of a new `struct iis_config_file`, whose question is its path. Blocks; for
 * a pool thread. STATUS_INVALID for a file that is none, STATUS_TOO_LARGE beyond
 * XML_DOCUMENT_MOST, STATUS_MALFORMED with line and reason for what is damaged. Nothing that the
 * file names is opened.
 */
void gather_iis_config(struct evidence *item);

#endif
