#include "diag/gather/ending.h"
#include "diag/gather/ews.h"
#include "diag/gather/http_session.h"
#include "diag/gather/tls.h"
#include "diag/gather/web_challenge.h"
#include "diag/platform.h"
#include "diag/read/http_head.h"
#include "diag/text.h"
#include "diag/xml_library.h"

#include <string.h>

enum { FIELD_MOST = 256 };

/* Over one session, by the identity of the run's options. */
struct line {
    struct ews_survey *survey;
    struct http_session *session;
    struct ending *ending;
    bool is_stubborn; /* the run is ending, and what is said now is said all the same */
};

/* ---- the head ---- */

static const char *field_of(const struct buffer *head, const char *name, struct arena *arena)
{
    struct http_text value;
    size_t at = 0;

    if (!http_head_next(head->text, head->size, name, &at, &value) || value.size == 0)
        return NULL;
    return text_printable(arena, value.bytes, value.size < FIELD_MOST ? value.size : FIELD_MOST);
}

/* The schemes of a 401, and the error of Kerberos by which it says why. */
static void read_challenges(const struct buffer *head, struct arena *arena, struct ews_head *out)
{
    struct web_challenge *list;
    size_t count = web_challenges_read(head, arena, &list);
    struct buffer schemes;

    buffer_init(&schemes, FIELD_MOST);
    for (size_t i = 0; i < count; i++) {
        buffer_print(&schemes, "%s%s", i > 0 ? " " : "", list[i].scheme);
        if (list[i].token == WEB_KERBEROS_ERROR && out->error_code == 0) {
            out->error_code = list[i].error_code;
            out->server_time = list[i].server_time;
        }
    }
    if (schemes.size > 0)
        out->challenges = buffer_keep(&schemes, arena);
    else
        buffer_release(&schemes);
}

/* Of "https://adfs.contoso.com/adfs/ls?..." the host; of a path alone, nothing new. */
static const char *host_of_location(const struct buffer *head, struct arena *arena)
{
    static const char behind[] = "://";
    struct http_text value;
    size_t at = 0, size = 0;
    const char *start, *user;

    if (!http_head_next(head->text, head->size, "Location", &at, &value))
        return NULL;
    start = arena_copy(arena, value.bytes, value.size);
    start = strstr(start, behind);
    if (!start)
        return NULL;
    start += sizeof behind - 1;
    size = strcspn(start, "/?#");
    while ((user = memchr(start, '@', size))) { /* who logs on there is no part of the host */
        size -= (size_t)(user + 1 - start);
        start = user + 1;
    }
    size = strcspn(start, *start == '[' ? "/?#" : "/:?#");
    return text_printable(arena, start, size < FIELD_MOST ? size : FIELD_MOST);
}

static void read_retry_after(const struct buffer *head, struct ews_head *out)
{
    struct http_text value;
    int64_t wait;
    size_t at = 0;

    if (!http_head_next(head->text, head->size, "Retry-After", &at, &value) ||
        http_retry_after(value, platform_wall_clock_fine(), &wait) != STATUS_OK)
        return;
    out->has_retry_after = true;
    wait /= 1000;
    out->retry_after = wait < UINT32_MAX ? (uint32_t)wait : UINT32_MAX;
}

static void read_head(const struct http_response *response, struct arena *arena,
                      struct ews_head *out)
{
    const struct buffer *head = &response->head;

    out->http = response->code;
    out->body = response->body_status == STATUS_LIMIT ? STATUS_OK : response->body_status;
    out->server = field_of(head, "X-FEServer", arena);
    out->backend = field_of(head, "X-CalculatedBETarget", arena);
    if (!out->backend)
        out->backend = field_of(head, "X-BEServer", arena);
    out->owa_version = field_of(head, "X-OWA-Version", arena);
    read_challenges(head, arena, out);
    out->location = host_of_location(head, arena);
    read_retry_after(head, out);
}

/* ---- the wire ---- */

struct receiver {
    ews_take *take;
    void *reader;
};

static bool take_bytes(void *context, const void *bytes, size_t size)
{
    const struct receiver *receiver = context;

    return receiver->take(receiver->reader, bytes, size);
}

static bool goes_on(void *owner)
{
    const struct line *line = owner;

    return line->is_stubborn || !ending_has_begun(line->ending);
}

static enum status post(void *context, const struct buffer *body, ews_take *take, void *reader,
                        const struct ews_time *time, struct arena *arena, struct ews_head *head)
{
    static const char *const fields[] = {"Content-Type: text/xml; charset=utf-8",
                                         "Accept: text/xml", NULL};
    struct line *line = context;
    struct receiver receiver = {take, reader};
    const struct http_request request = {.method = "POST",
                                         .path = "/EWS/Exchange.asmx",
                                         .fields = fields,
                                         .body = body->text,
                                         .body_size = body->size,
                                         .body_most = EWS_REPLY_MOST + 1u,
                                         .take = take_bytes,
                                         .context = &receiver,
                                         .goes_on = goes_on,
                                         .owner = line,
                                         .cleans_up = line->survey->step == EWS_STEP_DELETE,
                                         .deadline = time->deadline,
                                         .latest = time->latest,
                                         .stall = time->stall,
                                         .memory = arena};
    struct http_response response;
    enum status status;

    line->is_stubborn = ending_has_begun(line->ending);
    status = http_session_ask(line->session, &request, &response);
    head->error_code = response.error_code;
    head->server_time = response.server_time;
    if (status == STATUS_OK)
        read_head(&response, arena, head);
    if (response.reason)
        line->survey->evidence.reason = response.reason;
    if (response.caller)
        line->survey->caller = response.caller;
    line->survey->web_step = response.step;
    http_response_release(&response);
    return status;
}

static bool wait(void *context, int64_t until, bool stubborn)
{
    return ending_wait(((struct line *)context)->ending, until, stubborn);
}

static bool is_ending(void *context)
{
    return ending_has_begun(((struct line *)context)->ending);
}

static int64_t now(void *context)
{
    (void)context;
    return platform_monotonic_clock();
}

/* ---- the survey ---- */

static enum status survey(struct line *line, const struct gather_options *options)
{
    const struct ews_wire wire = {
        .post = post, .wait = wait, .is_ending = is_ending, .now = now, .context = line};
    struct xml_library library;
    const char *reason;
    enum status status = xml_library_load(&library, &reason);

    if (status != STATUS_OK) {
        line->survey->evidence.reason = reason;
        return status;
    }
    return ews_survey_run(line->survey, options, &library, &wire);
}

void gather_ews(struct evidence *item, const struct gather_options *options,
                struct http_library *library, struct http_access *access, struct ending *ending)
{
    struct ews_survey *seen = (struct ews_survey *)item;
    struct line line = {.survey = seen, .ending = ending};
    const struct http_target target = {.address = seen->address,
                                       .over_tls = true,
                                       .host = seen->host,
                                       .kdc = seen->kdc.port ? &seen->kdc : NULL,
                                       .realm = seen->realm};
    const char *user = http_access_user(access), *reason = NULL;

    seen->scheme = http_access_scheme(access);
    if (user)
        seen->caller = text_printable(&item->memory, user, strlen(user));
    item->status = http_session_new(library, access, &target, seen->scheme, &line.session, &reason);
    if (item->status == STATUS_OK)
        item->status = survey(&line, options);
    else
        item->reason = reason;
    if (item->status == STATUS_OK)
        item->reason = NULL;
    http_session_free(line.session);
    tls_thread_end();
    item->settled = true;
}
