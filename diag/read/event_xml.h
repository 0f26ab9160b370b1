/*
 * Event logs as XML text: what `wevtutil qe /f:xml` prints (events one after another, no root),
 * what Event Viewer saves (an <Events> root), and Get-WinEvent's ToXml(). UTF-8 with or without
 * a mark, UTF-16 of both orders. Events schema of 2004/08. What XML has no place for becomes
 * U+FFFD: wevtutil's output in a console's code page where it is not ASCII, control characters.
 *
 * Fed in pieces of any size: a piece may end anywhere. Memory is bounded by EVENT_XML_MOST.
 * An event ends with </Event>, whatever is wrong before that, so one that is damaged costs no
 * other; <Event> inside of one, with the schema's namespace, is the next: the one before was torn.
 *
 * One that is not wished for is known by its first lines, if they are as Windows writes them
 * (read/event_glance.h; 900 MB/s); one that is, is read in one go if all of it is
 * (read/event_plain.h; 350 MB/s). Every other one is parsed by libxml2 (read/xml.h; 60 MB/s): not
 * well-formed is damaged, as is one beyond that room's limits. Lines in texts end with "\n" then.
 * Without libxml2 there is no reading XML event logs; .evtx files do not need it.
 * Fuzz target: tests/fuzz/event_xml.c.
 */
#ifndef EXDIAG_READ_EVENT_XML_H
#define EXDIAG_READ_EVENT_XML_H

#include "diag/read/windows_event.h"
#include "diag/read/xml.h"

enum { EVENT_XML_MOST = 1 << 20 }; /* bytes of one event as UTF-8; longer ones count as damaged */

struct event_xml;

/* `library` and `wishes` are borrowed. */
struct event_xml *event_xml_new(const struct xml_library *library, const struct event_wish *wishes,
                                event_take *take, void *context);
void event_xml_feed(struct event_xml *reader, const char *bytes, size_t size);

/* Ends and frees; tells what became of it. */
void event_xml_end(struct event_xml *reader, struct event_log_account *account);

/* It begins like one: for recognising a file's type. `size` of at least 512 bytes where it has
 * so many. */
bool event_xml_is(const char *bytes, size_t size);

#endif
