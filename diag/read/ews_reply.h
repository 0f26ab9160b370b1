/*
 * Replies of Exchange Web Services (MS-OXWSCDATA, MS-OXWSCORE; SOAP 1.1), read as they come. Of an
 * item's MIME content the size is taken and nothing is kept; sentences are for people alone, and of
 * a subject no more is known than whether it is that of a test item. Judged is by namespace, name
 * and code. Fuzz target: tests/fuzz/ews_reply.c.
 */
#ifndef EXDIAG_READ_EWS_REPLY_H
#define EXDIAG_READ_EWS_REPLY_H

#include "diag/memory.h"
#include "diag/read/ews_code.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    EWS_REPLY_MOST = 256 << 20, /* bytes */
    EWS_MESSAGES_MOST = 64,     /* of one reply */
    EWS_ITEMS_MOST = 1000,      /* of one message; Exchange gives no more (EWSFindCountLimit) */
    EWS_VALUES_MOST = 16,       /* of MessageXml of one message */
    EWS_TEXT_MOST = 512,        /* bytes of a sentence, a value, a class */
    EWS_ID_MOST = 2048          /* of an id or a change key; a longer one is refused */
};

/* X(NAME, "word in evidence") */
#define EWS_REPLY_KIND_LIST(X)                                                                     \
    X(NOTHING, "nothing")   /* no bytes at all */                                                  \
    X(MESSAGES, "messages") /* response messages, each with its own code */                        \
    X(FAULT, "fault")       /* a SOAP fault: the request as a whole was refused */                 \
    X(HTML, "html")         /* a page for people */                                                \
    X(FOREIGN, "foreign")   /* anything else, XML of other namespaces too */

enum ews_reply_kind {
#define X(name, word) EWS_REPLY_##name,
    EWS_REPLY_KIND_LIST(X)
#undef X
        EWS_REPLY_KIND_COUNT
};

const char *ews_reply_kind_word(enum ews_reply_kind kind);

struct ews_server_version { /* 15.1.2507.61; all 0: not told */
    unsigned major, minor, build, revision;
};

struct ews_value { /* of MessageXml */
    const char *name, *text;
};

struct ews_found {          /* an item in a reply */
    const char *element;    /* "MeetingRequest", "CalendarItem", "Message", ... */
    const char *id;         /* never NULL */
    const char *change_key; /* or NULL */
    const char *item_class; /* "IPM.Schedule.Meeting.Request"; NULL: not told */
    uint64_t size;          /* bytes; 0: not told */
    bool has_attachments;
    bool is_test_item; /* its subject and its mark say so, both */
};

struct ews_mime { /* what came of an item's MIME content */
    bool is_there;
    bool is_damaged;  /* it is not base64 */
    uint64_t encoded; /* characters of base64, without white space */
    uint64_t bytes;   /* what these stand for */
};

struct ews_message {  /* one response message, or the fault */
    const char *code; /* "ErrorServerBusy"; NULL: none that is spelled like one, "NoError" too */
    bool is_success;  /* it is NoError */
    enum ews_class class;
    const char *text;     /* the sentence, cut off at EWS_TEXT_MOST; or NULL */
    const char *link_key; /* DescriptiveLinkKey, or NULL */
    const struct ews_value *values;
    size_t value_count;
    bool has_back_off;
    uint32_t back_off;             /* BackOffMilliseconds */
    const struct ews_found *items; /* in order */
    size_t item_count;
    bool more;              /* items, values or attachments beyond the limits were left out */
    bool is_last_in_range;  /* IncludesLastItemInRange; true where it is not told */
    struct ews_mime mime;   /* of the first item that has any */
    const char *attachment; /* AttachmentId's RootItemId, of CreateAttachment; or NULL */
};

struct ews_reply {
    enum ews_reply_kind kind;
    /*
     * STATUS_OK: it was read to its end. CLOSED: it is cut off, and what was whole of it is here;
     * MALFORMED, TOO_LARGE, NOT_SUPPORTED: as xml_parse(), or `kind` says what it is instead.
     */
    enum status status;
    const char *reason; /* printable; NULL with STATUS_OK */
    uint64_t bytes;
    struct ews_server_version version;
    const struct ews_message *messages; /* one of a fault */
    size_t message_count;
};

struct xml_library;
struct ews_reply_reader;

/* What is read is in `arena`. */
struct ews_reply_reader *ews_reply_reader_new(const struct xml_library *library,
                                              struct arena *arena);

/* The next bytes of the body. False: the rest makes no difference any more. */
bool ews_reply_add(struct ews_reply_reader *reader, const char *bytes, size_t size);

/* What was read; the reader is freed. */
void ews_reply_end(struct ews_reply_reader *reader, struct ews_reply *out);

#endif
