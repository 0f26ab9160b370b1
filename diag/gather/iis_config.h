/* Reads a configuration file of IIS, or one of the machine at hand. */
#ifndef EXDIAG_GATHER_IIS_CONFIG_H
#define EXDIAG_GATHER_IIS_CONFIG_H

#include "diag/evidence/iis_config.h"

/*
 * Makes the observation of a new `struct iis_config_file`, whose question are its path and place.
 * Blocks; for a pool thread. STATUS_INVALID for a file that is none, STATUS_TOO_LARGE beyond
 * XML_DOCUMENT_MOST, STATUS_MALFORMED with line and reason for what is damaged. Nothing that a
 * file names is opened; of the machine at hand the web.config of a place, and nothing else: the
 * gatherer finds its folder in this machine's own applicationHost.config, and follows it as
 * machine.h says. STATUS_NOT_SUPPORTED there where this is not Windows.
 */
void gather_iis_config(struct evidence *item);

#endif
