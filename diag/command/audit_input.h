/*
 * Standard input, read on a thread of its own, so that the coordinator never waits
 * for it. At most two pieces of AUDIT_PIECE bytes are read ahead.
 */
#ifndef EXDIAG_COMMAND_AUDIT_INPUT_H
#define EXDIAG_COMMAND_AUDIT_INPUT_H

#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { AUDIT_PIECE = 65536 };

struct audit_input;

/* Starts to read; `wake` is called from the thread whenever a piece is there. */
enum status audit_input_new(void (*wake)(void *context), void *context, struct audit_input **out);

/* A thread that still waits for bytes is left behind; `wake` is not called any more. */
void audit_input_free(struct audit_input *input);

/*
 * The next piece, if there is one; it lives until the next call. An empty one is the
 * last: the end, or with *status why reading failed.
 */
bool audit_input_take(struct audit_input *input, const char **bytes, size_t *size,
                      enum status *status);

#endif
