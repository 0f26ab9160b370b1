/*
 * Binary XML of one record ([MS-EVEN6] 2.2.12): elements whose names, and templates, lie anywhere
 * in the chunk, and values that fill the gaps of a template and may be binary XML themselves.
 *
 * An element whose only content is an array is there once for each item; one whose only content
 * is an optional value that is null is not there. An attribute like that is empty.
 *
 * What a record may take is bounded beside its size, since values and templates can be used many
 * times: EVTX_WORK_MOST tokens, or 64 bytes of text in place of one.
 */
#ifndef EXDIAG_READ_EVTX_BINXML_H
#define EXDIAG_READ_EVTX_BINXML_H

#include "diag/read/event_build.h"
#include "diag/read/evtx.h"

enum {
    EVTX_WORK_MOST = 1 << 15,
    EVTX_ELEMENTS_MOST = 32, /* open at a time, in one fragment */
    EVTX_NAME_MOST = 24,     /* characters; longer ones are none that is known */
    EVTX_NAMES_KEPT = 128
};

struct evtx_name {
    char text[EVTX_NAME_MOST];
    size_t size;
};

struct evtx_kept_name {
    size_t place, end; /* in the chunk; 0: none is kept, for there its header is */
    struct evtx_name name;
};

struct evtx_binxml {
    const unsigned char *chunk;
    size_t size;
    struct event_build *build;
    struct buffer text;                           /* of a value */
    struct buffer value;                          /* of an attribute */
    uint32_t work;                                /* how much one may take: set before each */
    struct evtx_kept_name names[EVTX_NAMES_KEPT]; /* by their places: all events use the same */
};

void evtx_binxml_init(struct evtx_binxml *xml, const unsigned char *chunk, size_t size,
                      struct event_build *build);
void evtx_binxml_release(struct evtx_binxml *xml);

/*
 * Builds the event from the bytes of the chunk from `at` to `end`. Leaves off once nobody wishes
 * for it. False if they are not binary XML, or take too much.
 */
bool evtx_binxml_read(struct evtx_binxml *xml, size_t at, size_t end);

#endif
