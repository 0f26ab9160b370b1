/* The scripted EWS behind the lab's web server: behaviours by name, each a node of its own. */
#ifndef EXDIAG_TESTS_LAB_EWS_WEB_H
#define EXDIAG_TESTS_LAB_EWS_WEB_H

#include "tests/lab/ews_script.h"
#include "tests/lab/web_peer.h"

struct ews_web {
    struct ews_lab lab;
    unsigned piece; /* not 0: chunked, in pieces of so many bytes */
    unsigned pause; /* milliseconds between them */
    bool is_packed; /* gzip */
};

/*
 * "recovers=5": what stands behind "=" is the behaviour's number. `node`: what X-FEServer says.
 * STATUS_NOT_FOUND: there is none of this name.
 */
enum status ews_web_read(const char *text, const char *node, struct ews_web *out);

/* The behaviours, one after another; false at the end. */
bool ews_web_at(size_t index, const char **name, const char **summary);

/* A web_answer; the context is the struct ews_web. Who shows no identity is asked for one. */
void ews_web_answer(void *context, const struct web_heard *heard, struct web_reply *reply);

#endif
