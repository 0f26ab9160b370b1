#include "diag/gather/clock_http.h"

#include "diag/gather/clock_ntlm.h"
#include "diag/gather/http.h"
#include "diag/platform.h"
#include "diag/read/base64.h"
#include "diag/read/instant.h"
#include "diag/read/ntlm_challenge.h"
#include "diag/text.h"

#include <string.h>

enum { AUTHORIZATION_MOST = 128 };

static enum status request(struct clock_inquiry *inquiry, const char *path,
                           const char *authorization, struct http_answer *answer)
{
    const struct clock_reading *reading = inquiry->reading;
    const struct http_question question = {.address = &reading->address,
                                           .over_tls = reading->tls_at_once,
                                           .host = reading->host,
                                           .path = path,
                                           .authorization = authorization,
                                           .allowance = inquiry->deadline - clock_now(inquiry)};
    enum status status;

    if (question.allowance < 1000)
        return STATUS_TIMED_OUT; /* below a millisecond libcurl would wait for ever */
    status = http_ask(inquiry->http, &question, answer);
    if (status != STATUS_OK)
        inquiry->reading->evidence.reason = answer->reason;
    return status;
}

static struct clock_sample sample_of(const struct clock_inquiry *inquiry,
                                     const struct http_answer *answer)
{
    return (struct clock_sample){.sent = answer->sent - inquiry->origin->monotonic,
                                 .received = answer->received - inquiry->origin->monotonic};
}

/* ---- Date ---- */

static enum status read_date(struct clock_inquiry *inquiry, const struct http_answer *answer)
{
    struct clock_sample sample = sample_of(inquiry, answer);
    struct clock_reading *reading = inquiry->reading;
    const char *value;
    size_t at = 0, size;

    if (!http_next_field(answer, "Date", &at, &value, &size)) {
        reading->evidence.reason = "its answer has no Date";
        return STATUS_NOT_FOUND;
    }
    if (instant_from_http_date(value, size, reading->examiner, &sample.remote) != STATUS_OK) {
        reading->evidence.reason = "its Date is none";
        return STATUS_MALFORMED;
    }
    return clock_take_sample(reading, &sample);
}

static enum status ask_date(struct clock_inquiry *inquiry)
{
    struct http_answer answer = {0};
    enum status status = request(inquiry, "/", NULL, &answer);

    if (status == STATUS_OK)
        status = read_date(inquiry, &answer);
    http_answer_release(&answer);
    return status;
}

/* ---- NTLM ---- */

/* STATUS_NOT_FOUND where no field holds a challenge of this scheme. */
static enum status read_challenges(struct clock_inquiry *inquiry, const struct http_answer *answer,
                                   const char *scheme)
{
    struct clock_sample sample = sample_of(inquiry, answer);
    size_t at = 0, size, scheme_size = strlen(scheme);
    const char *value;

    while (http_next_field(answer, "WWW-Authenticate", &at, &value, &size)) {
        enum status status;

        if (!text_starts_fold(value, size, scheme) || size <= scheme_size ||
            value[scheme_size] != ' ')
            continue;
        status = clock_read_challenge(inquiry->reading, value + scheme_size + 1,
                                      size - scheme_size - 1, &sample);
        return status == STATUS_OK ? clock_take_sample(inquiry->reading, &sample) : status;
    }
    inquiry->reading->evidence.reason = "it answers NTLM with no challenge";
    return STATUS_NOT_FOUND;
}

static enum status ask_challenge(struct clock_inquiry *inquiry, const char *scheme)
{
    unsigned char token[NTLM_NEGOTIATE_SIZE];
    struct http_answer answer = {0};
    struct buffer authorization;
    enum status status;

    ntlm_write_negotiate(token);
    buffer_init(&authorization, AUTHORIZATION_MOST);
    buffer_print(&authorization, "%s ", scheme);
    base64_encode(token, sizeof token, &authorization);
    status = request(inquiry, "/EWS/Exchange.asmx", authorization.text, &answer);
    buffer_release(&authorization);
    if (status == STATUS_OK)
        status = read_challenges(inquiry, &answer, scheme);
    http_answer_release(&answer);
    return status;
}

enum status clock_ask_http(struct clock_inquiry *inquiry)
{
    enum status status;

    if (inquiry->reading->source == CLOCK_HTTP)
        return ask_date(inquiry);
    status = ask_challenge(inquiry, "NTLM");
    if (status == STATUS_NOT_FOUND && !inquiry->reading->told_host)
        status = ask_challenge(inquiry, "Negotiate");
    if (status == STATUS_OK)
        inquiry->reading->evidence.reason = NULL;
    return status;
}
