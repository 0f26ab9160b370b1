/*
 * An event's XML in the forms that Windows writes, read in one go, without libxml2, which takes ten
 * times as long for an event: elements and attributes without prefixes, texts, the five entities,
 * references to characters. Whatever else there may be in XML is left to libxml2, and so is all
 * that is not well-formed: what is read here is what libxml2 makes of it.
 * Fuzz target: tests/fuzz/event_plain.c, which holds the two against each other.
 */
#ifndef EXDIAG_READ_EVENT_PLAIN_H
#define EXDIAG_READ_EVENT_PLAIN_H

#include "diag/read/event_build.h"

/*
 * A whole element, into an event that has just begun. False where it is of no such form: then the
 * event is to begin anew.
 */
bool event_plain_read(struct event_build *build, const char *text, size_t size);

#endif
