/* How often something happened in each hour of the day, UTC, as evidence files have it. */
#ifndef EXDIAG_EVIDENCE_HOURS_H
#define EXDIAG_EVIDENCE_HOURS_H

#include <jansson.h>
#include <stdint.h>

enum { HOURS = 24 };

/* Adds a list of 24 numbers, unless all are zero. */
void hours_save(json_t *object, const char *name, const uint32_t *hours);

/* Missing ones, and what is no number, are zero. */
void hours_load(const json_t *object, const char *name, uint32_t *hours);

#endif
