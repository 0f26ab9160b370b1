/*
 * libcurl, where it is part of the program: exdiag.exe, which has none beside it. It may have
 * been built with Schannel too, for the sake of SSPI; TLS is OpenSSL's, as everywhere.
 */
#include "diag/gather/http_library.h"

bool http_functions_find(struct http_functions *functions)
{
    CURLsslset chosen = curl_global_sslset(CURLSSLBACKEND_OPENSSL, NULL, NULL);

    *functions = (struct http_functions){
        .global_init = curl_global_init,
        .easy_init = curl_easy_init,
        .easy_setopt = (curl_easy_setopt),
        .easy_getinfo = (curl_easy_getinfo),
        .easy_perform = curl_easy_perform,
        .easy_cleanup = curl_easy_cleanup,
        .easy_strerror = curl_easy_strerror,
        .version_info = curl_version_info,
        .slist_append = curl_slist_append,
        .slist_free_all = curl_slist_free_all,
    };
    return chosen == CURLSSLSET_OK;
}
