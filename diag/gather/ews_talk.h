/*
 * A survey's requests, one after another: each is said, its answer judged, and said again as often
 * as it takes, no sooner than the server wants. Within a worker; nothing here is shared.
 */
#ifndef EXDIAG_GATHER_EWS_TALK_H
#define EXDIAG_GATHER_EWS_TALK_H

#include "diag/gather/ews.h"

enum {
    EWS_TROUBLES_MOST = 3 /* requests in a row without a reply of EWS: then no more are made */
};

struct ews_talk {
    struct ews_survey *survey;
    const struct gather_options *options;
    const struct xml_library *library;
    const struct ews_wire *wire;
    struct ews_caller caller;
    struct buffer request; /* the one to be said */
    struct arena scratch;  /* ids, and what replies hold */
    int64_t began, end;    /* of asking; microseconds, as the next ones */
    int64_t limit;         /* of every request, whatever --timeout says */
    int64_t not_before;    /* the server wants to be left alone until then */
    unsigned throttled;    /* times in a row */
    unsigned troubles;     /* the same, without a reply of EWS */
};

struct ews_heard { /* one request, and what came of it */
    struct ews_attempt attempt;
    struct ews_reply reply;
    bool is_done;         /* some of it, at the least: see `failed` */
    unsigned failed;      /* messages that are none of success, nor of what is not there */
    enum ews_class class; /* of the first that failed; NONE: all was done */
    const char *code;     /* its code, or NULL */
};

int64_t ews_milliseconds(int64_t milliseconds); /* in microseconds */
int64_t ews_talk_now(const struct ews_talk *talk);
bool ews_talk_is_ending(const struct ews_talk *talk);
struct arena *ews_talk_memory(const struct ews_talk *talk); /* of the evidence */

/* Says talk->request, once. */
void ews_talk_say(struct ews_talk *talk, struct ews_heard *heard);

/* It is the server's word that another try is worth it. */
bool ews_heard_passes(const struct ews_heard *heard);

/* A server that failed to answer as EWS, or broke off: it may the next time. */
bool ews_heard_is_unanswered(const struct ews_heard *heard);

/* Until when what failed `count` times is left alone. */
int64_t ews_talk_due(struct ews_talk *talk, const struct ews_heard *heard, size_t count);

/*
 * False where that is beyond `end`, or the run is to end. Whoever is stubborn tries before `end`,
 * however long the server wants to be left alone.
 */
bool ews_talk_wait(struct ews_talk *talk, int64_t due, int64_t end, bool stubborn);

/*
 * Says talk->request as often as it takes; true if it was done. A stubborn one is not kept from it
 * by a connection that breaks, nor by the end of the run.
 */
bool ews_talk_insist(struct ews_talk *talk, struct ews_heard *heard, int64_t end, bool stubborn);

#endif
