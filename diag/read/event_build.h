/*
 * An event, put together from its elements as they come: XML and binary XML are read by
 * different files and mean the same. Names are told without regard to namespaces.
 */
#ifndef EXDIAG_READ_EVENT_BUILD_H
#define EXDIAG_READ_EVENT_BUILD_H

#include "diag/buffer.h"
#include "diag/read/windows_event.h"

enum event_section {
    EVENT_SECTION_NONE,
    EVENT_SECTION_SYSTEM,
    EVENT_SECTION_DATA,
    EVENT_SECTION_USER_DATA
};

struct event_field;

struct event_build {
    const struct event_wish *wishes; /* borrowed */
    struct windows_event event;
    bool is_unwished; /* provider and id are known, and nobody wishes for them: leave it at that */

    /* in between */
    struct arena arena;
    struct buffer text; /* of the element that is open */
    unsigned depth;
    enum event_section section;
    const struct event_field *field; /* the first of the open element in System, or NULL */
    bool keeps_text;
    bool is_leaf; /* nothing was closed in the open element */
    bool is_binary;
    bool has_provider, has_id;
    bool is_malformed;
};

void event_build_init(struct event_build *build, const struct event_wish *wishes);
void event_build_release(struct event_build *build);

/* A new event; the one before is gone. */
void event_build_begin(struct event_build *build);

/*
 * The first element is <Event>. An attribute comes before the content of its element; where
 * event_build_has_attributes() says that none of the open element has a say, it may be left out.
 */
void event_build_open(struct event_build *build, const char *name, size_t size);
bool event_build_has_attributes(const struct event_build *build);
void event_build_attribute(struct event_build *build, const char *name, size_t name_size,
                           const char *value, size_t size);

/* Of an open element whose text has no say, it may be left out, too. */
bool event_build_keeps_text(const struct event_build *build);
void event_build_text(struct event_build *build, const char *text, size_t size);
void event_build_close(struct event_build *build);

/*
 * The event, every element of which has been closed, until the next one begins; NULL if it is
 * none: the first element is another, or its id is no number.
 */
const struct windows_event *event_build_end(struct event_build *build);

#endif
