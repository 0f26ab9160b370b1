#include "diag/gather/http.h"

#include "diag/platform.h"
#include "diag/text.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum { URL_MOST = 1024, LINE_MOST = 4096 };

static const char *const file_names[] = {"libcurl.so.4", "libcurl.dll", "libcurl-x64.dll",
                                         "libcurl.4.dylib"};

struct functions {
    CURLcode (*global_init)(long flags);
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *handle, CURLoption option, ...);
    CURLcode (*easy_perform)(CURL *handle);
    void (*easy_cleanup)(CURL *handle);
    const char *(*easy_strerror)(CURLcode code);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
    void (*slist_free_all)(struct curl_slist *list);
};

static const struct {
    const char *name;
    size_t offset;
} function_names[] = {
    {"curl_global_init", offsetof(struct functions, global_init)},
    {"curl_easy_init", offsetof(struct functions, easy_init)},
    {"curl_easy_setopt", offsetof(struct functions, easy_setopt)},
    {"curl_easy_perform", offsetof(struct functions, easy_perform)},
    {"curl_easy_cleanup", offsetof(struct functions, easy_cleanup)},
    {"curl_easy_strerror", offsetof(struct functions, easy_strerror)},
    {"curl_slist_append", offsetof(struct functions, slist_append)},
    {"curl_slist_free_all", offsetof(struct functions, slist_free_all)},
};

struct http_library {
    struct platform_mutex *mutex; /* guards what follows */
    unsigned users;
    bool was_tried;
    bool is_there;
    struct functions functions; /* of one that is there: not changed any more */
};

/* ---- the library ---- */

struct http_library *http_library_new(void)
{
    struct http_library *library = memory_new(1, sizeof *library);

    library->mutex = platform_mutex_new();
    library->users = 1;
    return library;
}

struct http_library *http_library_share(struct http_library *library)
{
    platform_mutex_lock(library->mutex);
    library->users++;
    platform_mutex_unlock(library->mutex);
    return library;
}

void http_library_leave(struct http_library *library)
{
    unsigned users;

    if (!library)
        return;
    platform_mutex_lock(library->mutex);
    users = --library->users;
    platform_mutex_unlock(library->mutex);
    if (users > 0)
        return;
    platform_mutex_free(library->mutex);
    free(library);
}

static bool find_functions(void *loaded, struct functions *functions)
{
    for (size_t i = 0; i < sizeof function_names / sizeof *function_names; i++) {
        platform_function *function = platform_library_function(loaded, function_names[i].name);

        if (!function)
            return false;
        memcpy((char *)functions + function_names[i].offset, &function, sizeof function);
    }
    return true;
}

static void load(struct http_library *library)
{
    void *loaded = NULL;

    for (size_t i = 0; i < sizeof file_names / sizeof *file_names && !loaded; i++)
        loaded = platform_library_load(file_names[i]);
    library->is_there = loaded && find_functions(loaded, &library->functions) &&
                        library->functions.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static const struct functions *functions_of(struct http_library *library)
{
    bool is_there;

    platform_mutex_lock(library->mutex);
    if (!library->was_tried)
        load(library);
    library->was_tried = true;
    is_there = library->is_there;
    platform_mutex_unlock(library->mutex);
    return is_there ? &library->functions : NULL;
}

/* ---- one request ---- */

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

static bool is_end_of_head(const char *line, size_t size)
{
    return size > 0 && (line[0] == '\n' || (size > 1 && line[0] == '\r' && line[1] == '\n'));
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
    answer->is_whole = is_end_of_head(line, size);
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

static void write_url(const struct http_question *question, struct buffer *out)
{
    struct net_address address = *question->address;
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&address, 0, text);
    buffer_print(out, "%s://", question->over_tls ? "https" : "http");
    if (question->host)
        buffer_print(out, "%s:%u", question->host, (unsigned)address.port);
    else
        buffer_add_string(out, text);
    buffer_add_string(out, question->path);
}

/*
 * What has a say in where and how: of what the environment could change, all that an option sets.
 * SSLKEYLOGFILE has none: tls_library_init() takes it out of the environment.
 */
static void set_options(const struct functions *curl, CURL *handle,
                        const struct http_question *question, struct http_answer *answer)
{
    curl->easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(handle, CURLOPT_PROXY, "");
    curl->easy_setopt(handle, CURLOPT_NOPROXY, "*");
    curl->easy_setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl->easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl->easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L);
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L);
    curl->easy_setopt(handle, CURLOPT_USERAGENT, "exdiag");
    curl->easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)(question->allowance / 1000));
    curl->easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)(question->allowance / 1000));
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

static enum status transfer(const struct functions *curl, CURL *handle,
                            const struct http_question *question, struct http_answer *answer)
{
    struct curl_slist *target = NULL, *fields = NULL;
    struct buffer url, line;
    char text[NET_ADDRESS_TEXT_SIZE];
    enum status status;
    CURLcode code;

    buffer_init(&url, URL_MOST);
    buffer_init(&line, LINE_MOST);
    write_url(question, &url);
    net_address_format(question->address, 0, text);
    buffer_print(&line, "::%s", text); /* any name is there */
    target = curl->slist_append(NULL, line.text);
    buffer_clear(&line);
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
    const struct functions *curl = functions_of(library);
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

/* ---- the head ---- */

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

bool http_next_field(const struct http_answer *answer, const char *name, size_t *at,
                     const char **value, size_t *size)
{
    const char *text = answer->head.text, *end = text + answer->head.size;
    size_t name_size = strlen(name);

    while (*at < answer->head.size) {
        const char *line = text + *at, *stop = memchr(line, '\n', (size_t)(end - line));
        size_t line_size = (size_t)((stop ? stop : end) - line);

        *at += line_size + 1;
        if (line_size <= name_size || line[name_size] != ':' ||
            !text_equal_fold_sized(line, name_size, name, name_size))
            continue;
        *value = line + name_size + 1;
        *size = line_size - name_size - 1;
        for (; *size > 0 && is_space(**value); (*size)--)
            (*value)++;
        while (*size > 0 && is_space((*value)[*size - 1]))
            (*size)--;
        return true;
    }
    return false;
}
