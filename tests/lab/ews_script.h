/*
 * A scripted EWS: what an Exchange server answers to the requests of a survey, in Exchange's own
 * shapes. One struct is one mailbox seen through one node; what is created and deleted is
 * remembered. Its answers are text; tests/lab/web_peer.h puts them on a wire.
 */
#ifndef EXDIAG_TESTS_LAB_EWS_SCRIPT_H
#define EXDIAG_TESTS_LAB_EWS_SCRIPT_H

#include "diag/buffer.h"

#include <stdint.h>

enum { EWS_LAB_ITEMS = 16, EWS_LAB_FOR_EVER = 1000000 };

struct ews_lab_item {
    const char *id;
    const char *element;    /* "MeetingRequest" */
    const char *item_class; /* "IPM.Schedule.Meeting.Request" */
    uint64_t size;
    bool has_attachments;
    const char *code;  /* what its MIME content comes to; NULL: it comes */
    unsigned failures; /* so many times first; EWS_LAB_FOR_EVER */
    size_t mime_size;  /* bytes of the content */
};

enum ews_lab_page { EWS_LAB_SOAP, EWS_LAB_LOGIN, EWS_LAB_HTML_ERROR, EWS_LAB_DENIED };

struct ews_lab {
    const char *node;    /* X-FEServer */
    const char *version; /* "15.1.2507.61" */
    struct ews_lab_item items[EWS_LAB_ITEMS];
    size_t item_count;
    enum ews_lab_page page;      /* of all answers, */
    unsigned pages;              /* or of so many */
    const char *folder_code;     /* of the second folder; NULL: it is not there */
    unsigned folder_failures;    /* so many times */
    const char *find_code;       /* of FindItem; NULL: fine */
    const char *old_server;      /* not NULL: RequestServerVersion of later ones is refused */
    unsigned busy;               /* so many requests are throttled first */
    unsigned busy_after;         /* that many requests */
    int64_t back_off;            /* milliseconds that it tells; -1: it does not */
    const char *create_codes[2]; /* of a message in Drafts, of an appointment; NULL: fine */
    const char *attach_code, *delete_code; /* the same; of a deletion: so many times: */
    unsigned delete_failures;
    bool has_no_mime;           /* GetItem succeeds, and there is no MimeContent in it */
    const char *test_item_code; /* of its MIME content, for ever */
    bool lists_all_as_tests;    /* FindItem does not honour restrictions */
    bool makes_it_all_the_same; /* whatever CreateItem answers */
    bool names_another;         /* as what it made: mail that was there */
    unsigned hides_tests;       /* so many times FindItem does not see what was made */

    /* what came of it */
    unsigned requests, finds, gets, creates, attaches, deletes;
    unsigned test_items; /* in the mailbox */
    bool was_soft_deletion;
    unsigned other_deletions; /* of what is no test item */
};

struct ews_lab_answer {
    unsigned http;
    const char *type;   /* Content-Type */
    const char *fields; /* further ones, a line each with CR LF; or "" */
    struct buffer body;
};

enum { EWS_LAB_BODY_MOST = 1 << 20 };

/* To be released: buffer_release(&answer->body). */
void ews_lab_answer(struct ews_lab *lab, const char *request, struct ews_lab_answer *answer);

#endif
