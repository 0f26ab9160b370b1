/* libcurl, where it is a library of the machine: linked, it would make each start longer. */
#include "diag/gather/http_library.h"

#include "diag/platform.h"

#include <string.h>

static const char *const file_names[] = {"libcurl.so.4", "libcurl.dll", "libcurl-x64.dll",
                                         "libcurl.4.dylib"};

static const struct {
    const char *name;
    size_t offset;
} function_names[] = {
    {"curl_global_init", offsetof(struct http_functions, global_init)},
    {"curl_easy_init", offsetof(struct http_functions, easy_init)},
    {"curl_easy_setopt", offsetof(struct http_functions, easy_setopt)},
    {"curl_easy_getinfo", offsetof(struct http_functions, easy_getinfo)},
    {"curl_easy_perform", offsetof(struct http_functions, easy_perform)},
    {"curl_easy_cleanup", offsetof(struct http_functions, easy_cleanup)},
    {"curl_easy_strerror", offsetof(struct http_functions, easy_strerror)},
    {"curl_version_info", offsetof(struct http_functions, version_info)},
    {"curl_slist_append", offsetof(struct http_functions, slist_append)},
    {"curl_slist_free_all", offsetof(struct http_functions, slist_free_all)},
};

static bool find_functions(void *loaded, struct http_functions *functions)
{
    for (size_t i = 0; i < sizeof function_names / sizeof *function_names; i++) {
        platform_function *function = platform_library_function(loaded, function_names[i].name);

        if (!function)
            return false;
        memcpy((char *)functions + function_names[i].offset, &function, sizeof function);
    }
    return true;
}

bool http_functions_find(struct http_functions *functions)
{
    void *loaded = NULL;

    for (size_t i = 0; i < sizeof file_names / sizeof *file_names && !loaded; i++)
        loaded = platform_library_load(file_names[i]);
    return loaded && find_functions(loaded, functions);
}
