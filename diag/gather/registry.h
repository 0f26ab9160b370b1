/* Reads the values of one registry key: from an export, or of the machine at hand. */
#ifndef EXDIAG_GATHER_REGISTRY_H
#define EXDIAG_GATHER_REGISTRY_H

#include "diag/evidence/registry.h"

/*
 * Makes the observation of a new `struct registry_answer`, whose question are its path and key.
 * Blocks; for a pool thread. STATUS_INVALID for a file that is no registry export;
 * STATUS_NOT_SUPPORTED for the path "" where there is no registry. Memory is bounded, whatever the
 * file's size.
 */
void gather_registry(struct evidence *item);

#endif
