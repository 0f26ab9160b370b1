/* Text of XML 1.0 on a stream. */
#ifndef EXDIAG_REPORT_XML_WRITE_H
#define EXDIAG_REPORT_XML_WRITE_H

#include <stdio.h>

/*
 * Writes `text` as content or as the value of an attribute in double quotes: markup escaped; of an
 * attribute, line breaks and tabs as references, which outlive a parser. Characters that XML 1.0
 * has no place for, and bytes that are no UTF-8, are spelled out as text_show() does.
 */
void xml_put_text(FILE *stream, const char *text);
void xml_put_value(FILE *stream, const char *text);

#endif
