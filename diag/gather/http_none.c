/* Built without libcurl's headers: nothing speaks HTTP. */
#include "diag/gather/http.h"

#include <string.h>

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

enum status http_ask(struct http_library *library, const struct http_question *question,
                     struct http_answer *answer)
{
    (void)library;
    (void)question;
    memset(answer, 0, sizeof *answer);
    answer->reason = "this program was built without libcurl";
    return STATUS_NOT_SUPPORTED;
}

void http_answer_release(struct http_answer *answer)
{
    (void)answer;
}

bool http_next_field(const struct http_answer *answer, const char *name, size_t *at,
                     const char **value, size_t *size)
{
    (void)answer;
    (void)name;
    (void)at;
    (void)value;
    (void)size;
    return false;
}
