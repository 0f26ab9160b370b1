/* libcurl as it is loaded: for http.c and http_session.c, which make requests by it. */
#ifndef EXDIAG_GATHER_HTTP_LIBRARY_H
#define EXDIAG_GATHER_HTTP_LIBRARY_H

#include "diag/gather/http.h"

#include <curl/curl.h>

struct http_functions {
    CURLcode (*global_init)(long flags);
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *handle, CURLoption option, ...);
    CURLcode (*easy_getinfo)(CURL *handle, CURLINFO info, ...);
    CURLcode (*easy_perform)(CURL *handle);
    void (*easy_cleanup)(CURL *handle);
    const char *(*easy_strerror)(CURLcode code);
    curl_version_info_data *(*version_info)(CURLversion version);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
    void (*slist_free_all)(struct curl_slist *list);
};

/*
 * Finds all of them: http_loaded.c in a library of the machine, http_linked.c in the program
 * itself. One thread at a time.
 */
bool http_functions_find(struct http_functions *functions);

/* Loads it, if nobody has; NULL where it is not on this machine. From any thread. */
const struct http_functions *http_library_functions(struct http_library *library);

/*
 * What has a say in where and how: of what the environment could change, all that an option sets.
 * SSLKEYLOGFILE has none: tls_library_init() takes it out of the environment. `allowance`:
 * microseconds for all of it, at least a millisecond.
 */
void http_set_manners(const struct http_functions *curl, CURL *handle, int64_t allowance);

/* Where the connection goes, whatever the URL says: a list of CURLOPT_CONNECT_TO. */
struct curl_slist *http_connect_to(const struct http_functions *curl,
                                   const struct net_address *address);

/* Appends "https://mail.contoso.com:443" and the path. */
void http_write_url(const struct net_address *address, bool over_tls, const char *host,
                    const char *path, struct buffer *out);

/* Whether a line of the head, its end included, is the one behind the last field. */
bool http_ends_head(const char *line, size_t size);

enum { HTTP_URL_MOST = 4096 };

#endif
