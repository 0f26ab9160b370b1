/* Reads who a machine is: of the machine at hand, or of another that this Windows asks by name. */
#ifndef EXDIAG_GATHER_MACHINE_IDENTITY_H
#define EXDIAG_GATHER_MACHINE_IDENTITY_H

#include "diag/evidence/machine.h"

/*
 * Makes the observation of a new `struct machine_identity`, whose question is its path. Blocks; for
 * a pool thread. Of what one source keeps to itself the others still tell; without any of them, as
 * the first of them failed.
 */
void gather_machine(struct evidence *item);

#endif
