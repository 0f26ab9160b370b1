#include "diag/gather/clock_http.h"

#include "diag/gather/clock_token.h"
#include "diag/gather/http.h"
#include "diag/platform.h"
#include "diag/read/base64.h"
#include "diag/read/instant.h"
#include "diag/read/kerberos_request.h"
#include "diag/read/ntlm_challenge.h"
#include "diag/read/spnego.h"
#include "diag/text.h"

#include <string.h>

enum { AUTHORIZATION_MOST = 2048, TOKEN_MOST = 1024 };

/* Where Exchange takes NTLM and Kerberos, and asks for neither before it has looked. */
static const char negotiating_path[] = "/EWS/Exchange.asmx";

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

static bool next_field(const struct http_answer *answer, const char *name, size_t *at,
                       struct http_text *value)
{
    return http_head_next(answer->head.text, answer->head.size, name, at, value);
}

/* ---- Date ---- */

/* A cache gives back the Date of then, and says how long ago that was (RFC 9111 5.1). */
static bool is_from_a_cache(const struct http_answer *answer)
{
    struct http_text value;
    size_t at = 0;

    return next_field(answer, "Age", &at, &value) && !(value.size == 1 && *value.bytes == '0');
}

static enum status read_date(struct clock_inquiry *inquiry, const struct http_answer *answer)
{
    struct clock_sample sample = sample_of(inquiry, answer);
    struct clock_reading *reading = inquiry->reading;
    struct http_text value, other;
    size_t at = 0;

    if (!next_field(answer, "Date", &at, &value)) {
        reading->evidence.reason = "its answer has no Date";
        return STATUS_NOT_FOUND;
    }
    if (is_from_a_cache(answer)) {
        reading->evidence.reason = "its answer is a cache's, with the Date of an earlier one";
        return STATUS_NOT_FOUND;
    }
    if (next_field(answer, "Date", &at, &other)) {
        reading->evidence.reason = "its answer has several Dates";
        return STATUS_MALFORMED;
    }
    if (instant_from_http_date(value.bytes, value.size, reading->examiner, &sample.remote) !=
        STATUS_OK) {
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

/* ---- NTLM and Kerberos ---- */

/* What a token of the server's says, as base64; fills in `remote`. */
typedef enum status read_token(struct clock_reading *reading, const char *text, size_t size,
                               struct clock_sample *sample);

/* STATUS_NOT_FOUND where no field holds a token of this scheme. */
static enum status read_tokens(struct clock_inquiry *inquiry, const struct http_answer *answer,
                               const char *scheme, read_token *read)
{
    struct clock_sample sample = sample_of(inquiry, answer);
    size_t at = 0, scheme_size = strlen(scheme);
    struct http_text value;

    while (next_field(answer, "WWW-Authenticate", &at, &value)) {
        enum status status;

        if (!text_starts_fold(value.bytes, value.size, scheme) || value.size <= scheme_size ||
            value.bytes[scheme_size] != ' ')
            continue;
        status = read(inquiry->reading, value.bytes + scheme_size + 1, value.size - scheme_size - 1,
                      &sample);
        return status == STATUS_OK ? clock_take_sample(inquiry->reading, &sample) : status;
    }
    return STATUS_NOT_FOUND;
}

/* Says something in the scheme's name, and reads what comes back. */
static enum status negotiate(struct clock_inquiry *inquiry, const char *scheme, const void *token,
                             size_t size, read_token *read)
{
    struct http_answer answer = {0};
    struct buffer authorization;
    enum status status;

    buffer_init(&authorization, AUTHORIZATION_MOST);
    buffer_print(&authorization, "%s ", scheme);
    base64_encode(token, size, &authorization);
    status = request(inquiry, negotiating_path, authorization.text, &answer);
    buffer_release(&authorization);
    if (status == STATUS_OK)
        status = read_tokens(inquiry, &answer, scheme, read);
    http_answer_release(&answer);
    return status;
}

static enum status ask_for_challenge(struct clock_inquiry *inquiry)
{
    struct clock_reading *reading = inquiry->reading;
    unsigned char token[NTLM_NEGOTIATE_SIZE];
    enum status status;

    ntlm_write_negotiate(token);
    status = negotiate(inquiry, "NTLM", token, sizeof token, clock_read_challenge);
    if (status == STATUS_NOT_FOUND && !reading->told_host)
        status = negotiate(inquiry, "Negotiate", token, sizeof token, clock_read_challenge);
    if (status == STATUS_NOT_FOUND && !reading->evidence.reason)
        reading->evidence.reason = "it answers NTLM with no challenge";
    return status;
}

static enum status ask_for_error(struct clock_inquiry *inquiry)
{
    struct clock_reading *reading = inquiry->reading;
    unsigned char noise[KRB_NOISE_SIZE];
    struct buffer ap_req, token;
    enum status status = platform_random(noise, sizeof noise);

    if (status != STATUS_OK)
        return status;
    buffer_init(&ap_req, TOKEN_MOST);
    buffer_init(&token, TOKEN_MOST);
    kerberos_write_ap_req(reading->realm ? reading->realm : clock_unknown_realm, "HTTP",
                          clock_client_name, noise, &ap_req);
    spnego_write_ap_req(ap_req.text, ap_req.size, &token);
    status = ap_req.truncated || token.truncated
                 ? STATUS_TOO_LARGE
                 : negotiate(inquiry, "Negotiate", token.text, token.size, clock_read_gss_error);
    buffer_release(&ap_req);
    buffer_release(&token);
    if (status == STATUS_NOT_FOUND && !reading->evidence.reason)
        reading->evidence.reason = "it answers Kerberos with no error";
    return status;
}

enum status clock_ask_http(struct clock_inquiry *inquiry)
{
    enum status (*ask)(struct clock_inquiry * inquiry) =
        inquiry->reading->source == CLOCK_HTTP        ? ask_date
        : inquiry->reading->source == CLOCK_HTTP_NTLM ? ask_for_challenge
                                                      : ask_for_error;
    enum status status = ask(inquiry);

    if (status == STATUS_OK)
        inquiry->reading->evidence.reason = NULL;
    return status;
}
