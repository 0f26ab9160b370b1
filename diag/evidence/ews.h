/*
 * Evidence of kind "ews": a survey of one mailbox through one server, over EWS. Items of the kinds
 * in question are found, and the MIME content of each is asked for as an archiver asks: up to
 * EWS_ATTEMPTS times, the wait growing by EWS_RETRY_STEP with each, honouring the server's
 * back-off, all of it within --patience. Nothing of an item is kept but a hash of its id, its class
 * and its size; no name, no subject, no content.
 *
 * STATUS_OK: the server answered to EWS, whatever it said. Else `step` is where it ended and
 * `last` what was heard: DENIED, the logon was refused (401), or this user may not; NOT_SUPPORTED,
 * no mechanism in common, or no libcurl; REJECTED, a redirect, a page for people, another HTTP
 * status; MALFORMED; and what connections end with.
 */
#ifndef EXDIAG_EVIDENCE_EWS_H
#define EXDIAG_EVIDENCE_EWS_H

#include "diag/evidence/web.h"
#include "diag/read/ews_code.h"
#include "diag/read/ews_reply.h"
#include "diag/read/ews_request.h"
#include "diag/read/net_address.h"

enum {
    EWS_ATTEMPTS = 16,     /* of one item: the first and 15 more */
    EWS_RETRY_STEP = 200,  /* milliseconds by which the wait grows */
    EWS_LASTS = 3,         /* failures in a row that make an error one that lasts */
    EWS_SURVEY_USUAL = 10, /* items */
    EWS_SURVEY_MOST = 100,
    EWS_HASH_SIZE = 17 /* of an item's id: 16 hexadecimal digits and a NUL */
};

/* X(NAME, "word in evidence"): in the order in which they happen */
#define EWS_STEP_LIST(X)                                                                           \
    X(FIND, "find")                                                                                \
    X(PLANT, "plant")                                                                              \
    X(MIME, "mime")                                                                                \
    X(DELETE, "delete")

enum ews_step {
#define X(name, word) EWS_STEP_##name,
    EWS_STEP_LIST(X)
#undef X
        EWS_STEP_COUNT
};

const char *ews_step_word(enum ews_step step);

/* X(NAME, "word in evidence") */
#define EWS_OUTCOME_LIST(X)                                                                        \
    X(UNASKED, "unasked")       /* time was over before it was asked for */                        \
    X(FINE, "fine")             /* at once */                                                      \
    X(RECOVERED, "recovered")   /* after transient errors */                                       \
    X(PERSISTENT, "persistent") /* a transient error at every attempt */                           \
    X(CUT_SHORT, "cut-short")   /* transient errors until time was over */                         \
    X(THROTTLED, "throttled")   /* the server wanted fewer requests until time was over */         \
    X(DENIED, "denied")                                                                            \
    X(CONVERSION, "conversion") /* ErrorMimeContentConversionFailed and its like */                \
    X(GONE, "gone")             /* moved or deleted meanwhile */                                   \
    X(UNANSWERED, "unanswered") /* at last HTTP 5xx, or a connection that broke or timed out */    \
    X(OTHER, "other")           /* another code, or no reply that is one: see its last attempt */

enum ews_outcome {
#define X(name, word) EWS_OUTCOME_##name,
    EWS_OUTCOME_LIST(X)
#undef X
        EWS_OUTCOME_COUNT
};

const char *ews_outcome_word(enum ews_outcome outcome);

struct ews_attempt {    /* one request and what came back */
    int64_t began;      /* microseconds after the survey began */
    int64_t took;       /* microseconds */
    enum status status; /* OK: there is a reply of EWS; else how it ended */
    unsigned http;      /* status; 0: none */
    enum ews_reply_kind kind;
    const char *code;   /* the ResponseCode, or NULL */
    const char *reason; /* why an answer is none, or holds no MIME content; or NULL */
    bool has_back_off;
    uint32_t back_off;   /* milliseconds; of Retry-After too */
    const char *server;  /* X-FEServer: the front end that took it; or NULL */
    const char *backend; /* X-BEServer or X-CalculatedBETarget; or NULL */
};

struct ews_item {
    char hash[EWS_HASH_SIZE]; /* of its id: the same through each server */
    const char *item_class;   /* "IPM.Schedule.Meeting.Request"; or NULL */
    uint64_t size;
    bool has_attachments;
    bool is_planted;
    enum ews_outcome outcome;
    uint64_t mime_bytes;
    const struct ews_attempt *attempts;
    size_t attempt_count;
};

/* X(NAME, "word in evidence"): what became of the test item */
#define EWS_PLANTED_LIST(X)                                                                        \
    X(NONE, "none")       /* none was wanted, or made */                                           \
    X(REFUSED, "refused") /* the server made none: `plant` */                                      \
    X(DELETED, "deleted") /* it is gone again */                                                   \
    X(LEFT, "left")       /* it is still there, or it is not known whether: `plant` */

enum ews_planted {
#define X(name, word) EWS_PLANTED_##name,
    EWS_PLANTED_LIST(X)
#undef X
        EWS_PLANTED_COUNT
};

const char *ews_planted_word(enum ews_planted planted);

struct ews_survey {
    struct evidence evidence;

    /* the question */
    struct net_address address; /* always with TLS */
    const char *host;           /* the user's or the directory's word */
    const char *mailbox;        /* an address, its domain folded */
    unsigned most;              /* items, 1 to EWS_SURVEY_MOST */
    bool plants;                /* a test item is made, asked for and deleted */
    bool impersonates;          /* ExchangeImpersonation: as the mailbox's owner */
    /* Who is asked for the ticket: no part of the key. Port 0: whom the system finds. */
    struct net_address kdc;
    const char *realm; /* of the host, upper case; NULL: the caller's own */

    /* the observation */
    enum ews_step step;      /* the last that was begun */
    struct ews_attempt last; /* the last request, whatever it was for */
    enum web_step web_step;  /* where that ended */
    enum web_scheme scheme;  /* how one showed who one is */
    const char *caller;      /* "alice@CONTOSO.COM"; or NULL */
    const char *challenges;  /* the schemes of a 401, "Negotiate NTLM"; or NULL */
    const char *location;    /* the host of a redirect, which was not followed; or NULL */
    /*
     * The error of Kerberos that the last request came to (RFC 4120 7.5.9), or 0: of the KDC, which
     * gave no ticket, where web_step is TICKET; else of the server, beside its 401. And what time
     * it was there, microseconds since 1970 UTC; or 0.
     */
    int32_t error_code;
    int64_t server_time;
    const char *owa_version; /* X-OWA-Version; or NULL */
    struct ews_server_version version;
    unsigned folders_failed;      /* whose search failed to the end, up to EWS_FOLDERS */
    const char *folder_code;      /* of the first of them; or NULL */
    const struct ews_item *items; /* the test item first */
    size_t item_count;
    bool was_cut_short; /* patience was over, or the run was ended */
    enum ews_planted planted;
    enum ews_test_item test_item; /* the one that was tried last */
    struct ews_attempt plant;     /* the last request for the test item's making or deletion */
    unsigned cleared;             /* test items of earlier runs that were deleted */
};

extern const struct evidence_kind evidence_ews;

#endif
