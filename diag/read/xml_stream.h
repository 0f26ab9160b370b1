/*
 * XML 1.0 documents that come in pieces, parsed by libxml2 as they come: nothing of them is kept,
 * so that a reply of 100 MiB takes no more memory than a small one. What xml.h says of document
 * types, entities and threads holds here too. Read is UTF-8 alone, whatever is declared. What could
 * make libxml2 gather much or take long never reaches it: a document type, a tag or comment
 * beyond XML_STREAM_MARKUP_MOST, too many attributes. Fuzz target: tests/fuzz/ews_reply.c.
 */
#ifndef EXDIAG_READ_XML_STREAM_H
#define EXDIAG_READ_XML_STREAM_H

#include "diag/read/xml.h"

#include <stdbool.h>

enum { XML_STREAM_MARKUP_MOST = 65536 /* bytes of one tag, comment or instruction */ };

struct xml_events { /* all of it is UTF-8, and valid during the call alone */
    /* `attributes` are without declarations of namespaces. */
    void (*begin)(void *context, const char *space, const char *name,
                  const struct xml_attribute *attributes);
    void (*end)(void *context);
    /* A text may come in several pieces; CDATA is one. */
    void (*text)(void *context, const char *bytes, size_t size);
};

struct xml_stream;

struct xml_stream *xml_stream_new(const struct xml_library *library,
                                  const struct xml_events *events, void *context);

/*
 * The next bytes. STATUS_OK to go on; else as xml_stream_end() has it, and nothing more is read.
 */
enum status xml_stream_add(struct xml_stream *stream, const char *bytes, size_t size);

/* No more events: as for a document that was refused. To be called from within one. */
void xml_stream_stop(struct xml_stream *stream, enum status status, const char *reason);

/*
 * The end; frees the stream. STATUS_OK: the document was whole; STATUS_CLOSED: it is well-formed
 * as far as it goes, but cut off, or there is none; else as xml_parse().
 */
enum status xml_stream_end(struct xml_stream *stream, struct xml_problem *problem);

#endif
