/*
 * XML 1.0 as programs write it, read piece by piece from memory: elements, attributes, text,
 * CDATA, comments, processing instructions, the five entities and references to characters.
 * A document type is refused, and with it every other entity. What is well-formed otherwise
 * is checked as far as it has a say: quotes, matching tags, no "<" in an attribute. Names are
 * told with their prefixes. Characters are as they stand: not checked, lines' ends not changed.
 *
 * The text is borrowed, and so is what is told of it.
 */
#ifndef EXDIAG_READ_XML_TEXT_H
#define EXDIAG_READ_XML_TEXT_H

#include "diag/buffer.h"

enum { XML_DEPTH_MOST = 32 };

enum xml_piece {
    XML_OPEN,  /* `name` and `attributes` */
    XML_TEXT,  /* `text`: unless `is_literal`, with references */
    XML_CLOSE, /* also after XML_OPEN for <name/> */
    XML_END,   /* and every element was closed */
    XML_BROKEN /* not XML, or deeper than XML_DEPTH_MOST; nothing comes after it */
};

struct xml_span {
    const char *at;
    size_t size;
};

struct xml_text {
    struct xml_span name;
    struct xml_span attributes;
    struct xml_span text;
    bool is_literal; /* CDATA */

    /* in between */
    const char *at, *end;
    bool is_empty; /* the open tag was its own end */
    struct xml_span open[XML_DEPTH_MOST];
    unsigned depth;
};

void xml_text_begin(struct xml_text *xml, const char *text, size_t size);
enum xml_piece xml_text_next(struct xml_text *xml);

/* The next of the attributes, taken from the front of the span; false when there is none. */
bool xml_text_attribute(struct xml_span *attributes, struct xml_span *name, struct xml_span *value);

/* Appends text or an attribute's value without its references; false if one is none. */
bool xml_text_resolve(const struct xml_span *text, struct buffer *out);

#endif
