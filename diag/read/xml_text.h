/* Values for XML 1.0 that is written. */
#ifndef EXDIAG_READ_XML_TEXT_H
#define EXDIAG_READ_XML_TEXT_H

#include "diag/buffer.h"

/*
 * Appends a value, for text and attributes alike: markup is escaped, and what XML cannot hold
 * (control characters, bytes that are not UTF-8) is left out.
 */
void xml_add_value(struct buffer *out, const char *text);

#endif
