/*
 * What a document is before it is handed to libxml2 (read/xml.c): its encoding, and whether it
 * holds what libxml2 is not to see: a document type, where all entities come from; and what costs
 * it the square of its number, attributes of one element and namespaces declared at once.
 */
#ifndef EXDIAG_READ_XML_SOURCE_H
#define EXDIAG_READ_XML_SOURCE_H

#include "diag/read/xml.h"

struct xml_source {
    const char *text; /* borrowed from the document, or from `wide`; without a mark */
    size_t size;
    char encoding[16];  /* libxml2's name of it */
    struct buffer wide; /* UTF-8, of a document in UTF-16 */
};

/* As xml_parse() has it. To be closed in any case. */
enum status xml_source_open(struct xml_source *source, const char *bytes, size_t size,
                            struct xml_problem *problem);
void xml_source_close(struct xml_source *source);

/* Fills in a problem; `line` 0 is of none. Gives back the status. */
enum status xml_fail(struct xml_problem *problem, enum status status, uint32_t line,
                     const char *reason);

#endif
