#include "diag/gather/http_library.h"

#include "diag/platform.h"

#include <stdlib.h>

enum { LINE_MOST = 128 };

struct http_library {
    struct platform_mutex *mutex; /* guards `users` alone: who starts an errand waits for no load */
    unsigned users;
    struct platform_mutex *loading; /* guards what follows */
    bool was_tried;
    bool is_there;
    struct http_functions functions; /* of one that is there: not changed any more */
};

struct http_library *http_library_new(void)
{
    struct http_library *library = memory_new(1, sizeof *library);

    library->mutex = platform_mutex_new();
    library->loading = platform_mutex_new();
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
    platform_mutex_free(library->loading);
    free(library);
}

static void load(struct http_library *library)
{
    library->is_there = http_functions_find(&library->functions) &&
                        library->functions.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

const struct http_functions *http_library_functions(struct http_library *library)
{
    bool is_there;

    platform_mutex_lock(library->loading);
    if (!library->was_tried)
        load(library);
    library->was_tried = true;
    is_there = library->is_there;
    platform_mutex_unlock(library->loading);
    return is_there ? &library->functions : NULL;
}

bool http_is_available(void)
{
    struct http_library *library = http_library_new();
    bool is_there = http_library_functions(library) != NULL;

    http_library_leave(library);
    return is_there;
}

/* ---- what all requests have in common ---- */

void http_set_manners(const struct http_functions *curl, CURL *handle, int64_t allowance)
{
    curl->easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(handle, CURLOPT_PROXY, "");
    curl->easy_setopt(handle, CURLOPT_NOPROXY, "*");
    curl->easy_setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl->easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl->easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl->easy_setopt(handle, CURLOPT_USERAGENT, "exdiag");
    curl->easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)(allowance / 1000));
    curl->easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)(allowance / 1000));
}

struct curl_slist *http_connect_to(const struct http_functions *curl,
                                   const struct net_address *address)
{
    char text[NET_ADDRESS_TEXT_SIZE];
    struct buffer line;
    struct curl_slist *target;

    net_address_format(address, 0, text);
    buffer_init(&line, LINE_MOST);
    buffer_print(&line, "::%s", text); /* any name is there */
    target = curl->slist_append(NULL, line.text);
    buffer_release(&line);
    return target;
}

void http_write_url(const struct net_address *address, bool over_tls, const char *host,
                    const char *path, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(address, 0, text);
    buffer_print(out, "%s://", over_tls ? "https" : "http");
    if (host)
        buffer_print(out, "%s:%u", host, (unsigned)address->port);
    else
        buffer_add_string(out, text);
    buffer_add_string(out, path);
}

bool http_ends_head(const char *line, size_t size)
{
    return size > 0 && (line[0] == '\n' || (size > 1 && line[0] == '\r' && line[1] == '\n'));
}
