#include "tests/lab/ews_web.h"

#include "tests/lab/web_script.h"

#include <stdlib.h>
#include <string.h>

#define TRANSIENT "ErrorInternalServerTransientError"

/* ---- behaviours ---- */

static void be_fine(struct ews_web *web, unsigned number)
{
    (void)web;
    (void)number;
}

static void be_transient(struct ews_web *web, unsigned number)
{
    web->lab.items[0].code = web->lab.items[1].code = TRANSIENT;
    web->lab.items[0].failures = web->lab.items[1].failures = EWS_LAB_FOR_EVER;
    web->lab.test_item_code = TRANSIENT;
    (void)number;
}

static void recover(struct ews_web *web, unsigned number)
{
    web->lab.items[0].code = TRANSIENT;
    web->lab.items[0].failures = number;
}

static void be_unavailable(struct ews_web *web, unsigned number)
{
    be_transient(web, number);
    web->lab.items[0].code = web->lab.items[1].code = "ErrorMailboxStoreUnavailable";
}

static void throttle(struct ews_web *web, unsigned number)
{
    web->lab.busy = EWS_LAB_FOR_EVER;
    web->lab.busy_after = 1;
    web->lab.back_off = number;
}

static void be_busy(struct ews_web *web, unsigned number)
{
    web->lab.busy = number;
    web->lab.busy_after = 1;
}

static void not_convert(struct ews_web *web, unsigned number)
{
    web->lab.items[1].code = "ErrorMimeContentConversionFailed";
    web->lab.items[1].failures = EWS_LAB_FOR_EVER;
    (void)number;
}

static void lose(struct ews_web *web, unsigned number)
{
    web->lab.items[2].code = "ErrorItemNotFound";
    web->lab.items[2].failures = EWS_LAB_FOR_EVER;
    (void)number;
}

static void fail_otherwise(struct ews_web *web, unsigned number)
{
    web->lab.items[2].code = "ErrorInternalServerError";
    web->lab.items[2].failures = EWS_LAB_FOR_EVER;
    (void)number;
}

static void refuse(struct ews_web *web, unsigned number)
{
    web->lab.find_code = "ErrorAccessDenied";
    (void)number;
}

static void be_elsewhere(struct ews_web *web, unsigned number)
{
    web->lab.find_code = "ErrorNonExistentMailbox";
    (void)number;
}

static void be_empty(struct ews_web *web, unsigned number)
{
    web->lab.item_count = 0;
    (void)number;
}

static void show_login(struct ews_web *web, unsigned number)
{
    web->lab.page = EWS_LAB_LOGIN;
    (void)number;
}

static void show_error(struct ews_web *web, unsigned number)
{
    web->lab.page = EWS_LAB_HTML_ERROR;
    (void)number;
}

static void deny(struct ews_web *web, unsigned number)
{
    web->lab.page = EWS_LAB_DENIED;
    (void)number;
}

static void be_old(struct ews_web *web, unsigned number)
{
    web->lab.old_server = web->lab.version = "8.3.83.4";
    (void)number;
}

static void pack(struct ews_web *web, unsigned number)
{
    web->is_packed = true;
    (void)number;
}

static void chunk(struct ews_web *web, unsigned number)
{
    web->piece = number;
}

static void drip(struct ews_web *web, unsigned number)
{
    web->piece = 64;
    web->pause = number;
}

static void make_none(struct ews_web *web, unsigned number)
{
    web->lab.create_codes[0] = "ErrorObjectTypeChanged";
    web->lab.create_codes[1] = "ErrorAccessDenied";
    (void)number;
}

static void make_appointments(struct ews_web *web, unsigned number)
{
    web->lab.create_codes[0] = "ErrorObjectTypeChanged";
    (void)number;
}

static void keep_all(struct ews_web *web, unsigned number)
{
    web->lab.delete_code = "ErrorCannotDeleteObject";
    web->lab.delete_failures = EWS_LAB_FOR_EVER;
    (void)number;
}

static const struct behaviour {
    const char *name, *summary;
    void (*prepare)(struct ews_web *web, unsigned number);
    unsigned usual;
} behaviours[] = {
    {"fine", "each item comes at once", be_fine, 0},
    {"transient", "two items and the test item fail with " TRANSIENT " for ever", be_transient, 0},
    {"recovers", "one item fails N times (5) so, and comes", recover, 5},
    {"unavailable", "two items fail with ErrorMailboxStoreUnavailable", be_unavailable, 0},
    {"throttled", "ErrorServerBusy from the second request on, for N milliseconds (297749)",
     throttle, 297749},
    {"busy", "ErrorServerBusy N times (2), without BackOffMilliseconds", be_busy, 2},
    {"conversion", "one item fails with ErrorMimeContentConversionFailed", not_convert, 0},
    {"gone", "one item is not there any more", lose, 0},
    {"fails", "one item fails with ErrorInternalServerError", fail_otherwise, 0},
    {"refused", "the search is answered ErrorAccessDenied", refuse, 0},
    {"remote", "the search is answered ErrorNonExistentMailbox", be_elsewhere, 0},
    {"empty", "no item is found", be_empty, 0},
    {"login", "302 to a login form at another host", show_login, 0},
    {"html-error", "500 with a page", show_error, 0},
    {"denied", "401 with several schemes, whoever it is", deny, 0},
    {"old", "Exchange 2007, which refuses later versions' requests", be_old, 0},
    {"gzip", "as fine, packed", pack, 0},
    {"chunked", "as fine, in chunks of N bytes (100)", chunk, 100},
    {"slow", "as fine, 64 bytes every N milliseconds (20)", drip, 20},
    {"no-test-item", "no test item can be made", make_none, 0},
    {"appointment", "of test items only an appointment can be made", make_appointments, 0},
    {"keeps", "nothing can be deleted", keep_all, 0},
};

bool ews_web_at(size_t index, const char **name, const char **summary)
{
    if (index >= sizeof behaviours / sizeof *behaviours)
        return false;
    *name = behaviours[index].name;
    *summary = behaviours[index].summary;
    return true;
}

enum status ews_web_read(const char *text, const char *node, struct ews_web *out)
{
    static const struct ews_lab mailbox = {
        .version = "15.1.2507.61",
        .back_off = -1,
        .items = {{"AAMkADRequestOne=", "MeetingRequest", "IPM.Schedule.Meeting.Request", 48123,
                   true, NULL, 0, 60000},
                  {"AAMkADRequestTwo=", "MeetingRequest", "IPM.Schedule.Meeting.Request", 9876,
                   false, NULL, 0, 9000},
                  {"AAMkADNote=", "Message", "IPM.Note", 5120, true, NULL, 0, 4000}},
        .item_count = 3};
    size_t size = strcspn(text, "=");

    for (size_t i = 0; i < sizeof behaviours / sizeof *behaviours; i++) {
        const struct behaviour *behaviour = &behaviours[i];

        if (strlen(behaviour->name) != size || strncmp(behaviour->name, text, size) != 0)
            continue;
        *out = (struct ews_web){.lab = mailbox};
        out->lab.node = node;
        behaviour->prepare(out, text[size] ? (unsigned)strtoul(text + size + 1, NULL, 10)
                                           : behaviour->usual);
        return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}

/* ---- on the wire ---- */

static void say_fields(struct web_reply *reply, const char *fields)
{
    buffer_add_string(&reply->bytes, fields);
}

void ews_web_answer(void *context, const struct web_heard *heard, struct web_reply *reply)
{
    static const char schemes[] = "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n"
                                  "WWW-Authenticate: Basic realm=\"mail\"\r\n";
    struct ews_web *web = context;
    struct ews_lab_answer answer;
    char identity[4096];

    if (!web_heard_field(heard, "Authorization", identity, sizeof identity)) {
        web_say_status(reply, 401);
        say_fields(reply, schemes);
        web_say_body(reply, "text/plain", "", 0);
        return;
    }
    ews_lab_answer(&web->lab, heard->body, &answer);
    web_say_status(reply, answer.http);
    web_say_field(reply, "X-FEServer", web->lab.node);
    say_fields(reply, answer.fields);
    if (web->is_packed)
        web_say_gzip(reply, answer.type, answer.body.text, answer.body.size);
    else if (web->piece)
        web_say_chunked(reply, answer.type, answer.body.text, answer.body.size, web->piece);
    else
        web_say_body(reply, answer.type, answer.body.text, answer.body.size);
    if (web->pause) {
        reply->piece = web->piece;
        reply->pause = web->pause;
    }
    buffer_release(&answer.body);
}
