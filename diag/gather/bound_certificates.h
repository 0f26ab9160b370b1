/* Reads which certificates a web server is bound to and which a store has: evidence of its kind. */
#ifndef EXDIAG_GATHER_BOUND_CERTIFICATES_H
#define EXDIAG_GATHER_BOUND_CERTIFICATES_H

#include "diag/evidence/bound_certificates.h"

/*
 * Makes the observation of a new `struct bound_certificates`, whose question is its path. Blocks;
 * for a pool thread. STATUS_INVALID for a file that is none of a registry, STATUS_NOT_FOUND for one
 * that has none of the keys; of a machine DENIED where it lets nothing be read, NOT_SUPPORTED where
 * there is no registry.
 */
void gather_bound_certificates(struct evidence *item);

#endif
