/* Built without libcurl's headers: nothing speaks HTTP. */
#include "diag/gather/http_session.h"

#include <string.h>

static const char missing[] = "this program was built without libcurl";

struct http_library *http_library_new(void)
{
    return NULL;
}

struct http_library *http_library_share(struct http_library *library)
{
    return library;
}

void http_library_leave(struct http_library *library)
{
    (void)library;
}

bool http_is_available(void)
{
    return false;
}

enum status http_ask(struct http_library *library, const struct http_question *question,
                     struct http_answer *answer)
{
    (void)library;
    (void)question;
    memset(answer, 0, sizeof *answer);
    answer->reason = missing;
    return STATUS_NOT_SUPPORTED;
}

void http_answer_release(struct http_answer *answer)
{
    (void)answer;
}

enum status http_session_new(struct http_library *library, struct http_access *access,
                             const struct http_target *target, enum web_scheme scheme,
                             struct http_session **out, const char **reason)
{
    (void)library;
    (void)access;
    (void)target;
    (void)scheme;
    *out = NULL;
    *reason = missing;
    return STATUS_NOT_SUPPORTED;
}

void http_session_free(struct http_session *session)
{
    (void)session;
}

enum status http_session_ask(struct http_session *session, const struct http_request *request,
                             struct http_response *response)
{
    (void)session;
    (void)request;
    memset(response, 0, sizeof *response);
    response->status = STATUS_NOT_SUPPORTED;
    response->reason = missing;
    return response->status;
}

void http_response_release(struct http_response *response)
{
    (void)response;
}
