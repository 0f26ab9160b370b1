/*
 * Requests of Exchange Web Services (MS-OXWSCORE, MS-OXWSATT, MS-OXWSSRCH), written as whole
 * SOAP 1.1 envelopes. All values are escaped, and what XML cannot hold (control characters, bytes
 * that are not UTF-8) is left out. Each validates against Microsoft's schema:
 * tests/conformance/ews.py.
 */
#ifndef EXDIAG_READ_EWS_REQUEST_H
#define EXDIAG_READ_EWS_REQUEST_H

#include "diag/buffer.h"

#include <stdbool.h>

enum {
    EWS_REQUEST_MOST = 65536, /* bytes: what a buffer for one is to take */
    EWS_FOLDERS = 4           /* that ews_write_find() searches */
};

/* X(NAME, "RequestServerVersion"): the oldest that takes it comes first */
#define EWS_VERSION_LIST(X)                                                                        \
    X(2007_SP1, "Exchange2007_SP1")                                                                \
    X(2010_SP2, "Exchange2010_SP2")

enum ews_version {
#define X(name, word) EWS_VERSION_##name,
    EWS_VERSION_LIST(X)
#undef X
        EWS_VERSION_COUNT
};

struct ews_caller {
    enum ews_version version;
    const char *impersonate; /* ExchangeImpersonation: as the owner of this address; or NULL */
};

/*
 * FindItem: up to `most` items of the kinds that are converted from RTF, newest first, of each
 * of a mailbox's Inbox, Calendar, Sent Items and Deleted Items (so many messages come back):
 * meeting requests and appointments by their class, others by PidTagMessageEditorFormat (MS-OXOMSG
 * 2.2.1.78). Whether pictures are inline no restriction can say; HasAttachments is asked for.
 */
void ews_write_find(const struct ews_caller *caller, const char *mailbox, unsigned most,
                    struct buffer *out);

/* GetItem, IdOnly with IncludeMimeContent, as archivers ask. `change_key` may be NULL. */
void ews_write_get_mime(const struct ews_caller *caller, const char *id, const char *change_key,
                        struct buffer *out);

/* ---- the test item of --plant-test-item ---- */

/*
 * X(NAME, "word in evidence"): CreateItem takes no MeetingRequest (MS-OXWSMTGS 3.1.4.2.1), and a
 * CalendarItem in a calendar alone. So a message of a request's class is tried in Drafts, and where
 * the server insists on classes, an appointment whose invitations are sent to none.
 */
#define EWS_TEST_ITEM_LIST(X)                                                                      \
    X(REQUEST, "meeting-request") /* a Message of class IPM.Schedule.Meeting.Request, in Drafts */ \
    X(APPOINTMENT, "appointment") /* a CalendarItem of the year 2000, in the Calendar */

enum ews_test_item {
#define X(name, word) EWS_TEST_ITEM_##name,
    EWS_TEST_ITEM_LIST(X)
#undef X
        EWS_TEST_ITEM_COUNT
};

#define EWS_TEST_SUBJECT "exdiag test item: may be deleted"
#define EWS_TEST_MARK    "exdiag-test-item" /* a string property, "1", of PublicStrings */

/* CreateItem, saved and not sent. */
void ews_write_create(const struct ews_caller *caller, const char *mailbox, enum ews_test_item form,
                      struct buffer *out);

/* CreateAttachment: the picture that the test item's body shows. */
void ews_write_attach(const struct ews_caller *caller, const char *id, const char *change_key,
                      struct buffer *out);

/* GetItem, IdOnly with subject and mark: whether an item is one of ours. */
void ews_write_get_test(const struct ews_caller *caller, const char *id, struct buffer *out);

/* DeleteItem, SoftDelete, from which there is a way back; cancellations are sent to none. */
void ews_write_delete(const struct ews_caller *caller, const char *id, struct buffer *out);

/* FindItem: test items of any run, in Drafts and Calendar, with subject and mark of each. */
void ews_write_find_tests(const struct ews_caller *caller, const char *mailbox, struct buffer *out);

#endif
