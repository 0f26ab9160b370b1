#include "diag/gather/http_library.h"

#include "diag/platform.h"

#include <string.h>

enum { LINE_MOST = 4096 };

static int note_sent(void *context, char *peer, char *own, int peer_port, int own_port)
{
    struct http_answer *answer = context;

    (void)peer;
    (void)own;
    (void)peer_port;
    (void)own_port;
    answer->sent = platform_monotonic_clock();
    return CURL_PREREQFUNC_OK;
}

/* A line of the head, its end included. An answer behind "100 Continue" takes its place. */
static size_t take_line(char *line, size_t unit, size_t count, void *context)
{
    struct http_answer *answer = context;
    size_t size = unit * count;

    answer->received = platform_monotonic_clock();
    if (answer->is_whole) {
        buffer_clear(&answer->head);
        answer->is_whole = false;
    }
    buffer_add(&answer->head, line, size);
    answer->is_whole = http_ends_head(line, size);
    return answer->head.truncated ? 0 : size;
}

/* The body is not wanted: this ends the transfer. */
static size_t refuse_body(char *bytes, size_t unit, size_t count, void *context)
{
    (void)bytes;
    (void)unit;
    (void)count;
    (void)context;
    return 0;
}

static void set_options(const struct http_functions *curl, CURL *handle,
                        const struct http_question *question, struct http_answer *answer)
{
    http_set_manners(curl, handle, question->allowance);
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L);
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L);
    curl->easy_setopt(handle, CURLOPT_PREREQFUNCTION, note_sent);
    curl->easy_setopt(handle, CURLOPT_PREREQDATA, answer);
    curl->easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_line);
    curl->easy_setopt(handle, CURLOPT_HEADERDATA, answer);
    curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, refuse_body);
}

static const struct {
    CURLcode code;
    enum status status;
} outcomes[] = {
    {CURLE_OK, STATUS_CLOSED}, /* amid the head */
    {CURLE_OPERATION_TIMEDOUT, STATUS_TIMED_OUT},
    {CURLE_COULDNT_CONNECT, STATUS_REFUSED},
    {CURLE_GOT_NOTHING, STATUS_CLOSED},
    {CURLE_RECV_ERROR, STATUS_CLOSED},
    {CURLE_SEND_ERROR, STATUS_CLOSED},
    {CURLE_OUT_OF_MEMORY, STATUS_EXHAUSTED},
};

static enum status status_of(CURLcode code, const struct http_answer *answer)
{
    if (answer->head.truncated)
        return STATUS_TOO_LARGE;
    if (answer->is_whole)
        return STATUS_OK;
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        if (outcomes[i].code == code)
            return outcomes[i].status;
    }
    return STATUS_MALFORMED;
}

static enum status transfer(const struct http_functions *curl, CURL *handle,
                            const struct http_question *question, struct http_answer *answer)
{
    struct curl_slist *target = http_connect_to(curl, question->address), *fields = NULL;
    struct buffer url, line;
    enum status status;
    CURLcode code;

    buffer_init(&url, HTTP_URL_MOST);
    buffer_init(&line, LINE_MOST);
    http_write_url(question->address, question->over_tls, question->host, question->path, &url);
    if (question->authorization) {
        buffer_print(&line, "Authorization: %s", question->authorization);
        fields = curl->slist_append(NULL, line.text);
    }
    set_options(curl, handle, question, answer);
    curl->easy_setopt(handle, CURLOPT_URL, url.text);
    curl->easy_setopt(handle, CURLOPT_CONNECT_TO, target);
    curl->easy_setopt(handle, CURLOPT_HTTPHEADER, fields);
    answer->sent = platform_monotonic_clock();
    code = curl->easy_perform(handle);
    status = status_of(code, answer);
    if (status != STATUS_OK)
        answer->reason = curl->easy_strerror(code);
    curl->slist_free_all(target);
    curl->slist_free_all(fields);
    buffer_release(&url);
    buffer_release(&line);
    return status;
}

enum status http_ask(struct http_library *library, const struct http_question *question,
                     struct http_answer *answer)
{
    const struct http_functions *curl = http_library_functions(library);
    enum status status = STATUS_EXHAUSTED;
    CURL *handle;

    memset(answer, 0, sizeof *answer);
    buffer_init(&answer->head, HTTP_HEAD_MOST);
    if (!curl) {
        answer->reason = "libcurl is not on this machine";
        return STATUS_NOT_SUPPORTED;
    }
    handle = curl->easy_init();
    if (handle) {
        status = transfer(curl, handle, question, answer);
        curl->easy_cleanup(handle);
    }
    return status;
}

void http_answer_release(struct http_answer *answer)
{
    buffer_release(&answer->head);
}
