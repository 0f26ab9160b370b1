/*
 * Event logs as XML text: what `wevtutil qe /f:xml` prints (events one after another, no root),
 * what Event Viewer saves (an <Events> root), and Get-WinEvent's ToXml(). UTF-8 with or without
 * a mark, UTF-16 of both orders. Events schema of 2004/08. What is no UTF-8, as wevtutil's output
 * in a console's code page, becomes U+FFFD where it is not ASCII.
 *
 * Fed in pieces of any size: a piece may end anywhere. Memory is bounded by EVENT_XML_MOST.
 * An event ends with </Event>, whatever is wrong before that, so one that is damaged costs no
 * other; <Event> inside of one, with the schema's namespace, is the next: the one before was torn.
 *
 * One that is not wished for is left as soon as that is known, which takes its first lines
 * (300 MB/s and more). The parser is of our own (xml_text.h): it knows neither entities nor
 * document types, nor files, and starting takes no time. Fuzz target: tests/fuzz/event_xml.c.
 */
#ifndef EXDIAG_READ_EVENT_XML_H
#define EXDIAG_READ_EVENT_XML_H

#include "diag/read/windows_event.h"

enum { EVENT_XML_MOST = 1 << 20 }; /* bytes of one event as UTF-8; longer ones count as damaged */

struct event_xml;

/* `wishes` is borrowed. */
struct event_xml *event_xml_new(const struct event_wish *wishes, event_take *take, void *context);
void event_xml_feed(struct event_xml *reader, const char *bytes, size_t size);

/* Ends and frees; tells what became of it. */
void event_xml_end(struct event_xml *reader, struct event_log_account *account);

/* It begins like one: for recognising a file's type. `size` of at least 512 bytes where it has
 * so many. */
bool event_xml_is(const char *bytes, size_t size);

#endif
