/*
 * Whether nobody wishes for an event, told by a glance at the beginning of its XML, without parsing
 * it: most of a log is of no interest. Known are the forms that Windows writes: System first, in it
 * Provider and EventID first, values without references. Of whatever is otherwise nothing is said.
 */
#ifndef EXDIAG_READ_EVENT_GLANCE_H
#define EXDIAG_READ_EVENT_GLANCE_H

#include "diag/read/windows_event.h"

#include <stddef.h>

/*
 * True if the event, which begins with "<Event", is none of those wished for. `time` is then its
 * TimeCreated, or 0 where that is not told. False where it may be one: it is to be parsed.
 */
bool event_glance_is_unwished(const struct event_wish *wishes, const char *text, size_t size,
                              int64_t *time);

#endif
