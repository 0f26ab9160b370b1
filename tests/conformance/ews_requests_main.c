/*
 * ews_requests FOLDER: writes each kind of request of EWS into a file there, with usual and with
 * hostile values, for ews.py to hold against Microsoft's schema.
 */
#include "diag/read/ews_request.h"

#include <stdio.h>
#include <stdlib.h>

static const char *folder;
static unsigned count;

static void write_file(const char *name, const struct buffer *request)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%03u-%s.xml", folder, count++, name);
    file = fopen(path, "wb");
    if (!file || request->truncated || fwrite(request->text, 1, request->size, file) == 0 ||
        fclose(file) != 0)
        exit(1);
}

static void write_all(const struct ews_caller *caller, const char *mailbox, const char *id,
                      const char *change_key)
{
    struct buffer request;

    buffer_init(&request, EWS_REQUEST_MOST);
    ews_write_find(caller, mailbox, 10, &request);
    write_file("find", &request);
    ews_write_find_tests(caller, mailbox, &request);
    write_file("find-tests", &request);
    ews_write_get_mime(caller, id, change_key, &request);
    write_file("get-mime", &request);
    ews_write_create(caller, mailbox, EWS_TEST_ITEM_REQUEST, &request);
    write_file("create-request", &request);
    ews_write_create(caller, mailbox, EWS_TEST_ITEM_APPOINTMENT, &request);
    write_file("create-appointment", &request);
    ews_write_attach(caller, id, change_key, &request);
    write_file("attach", &request);
    ews_write_get_test(caller, id, &request);
    write_file("get-test", &request);
    ews_write_delete(caller, id, &request);
    write_file("delete", &request);
    buffer_release(&request);
}

int main(int argc, char **argv)
{
    static const char *const hostile = "o'brien&<x>\"\x01\xC3\xA9\xFF\xEF\xBF\xBF]]>\t@contoso.com";

    if (argc != 2)
        return 2;
    folder = argv[1];
    for (unsigned version = 0; version < EWS_VERSION_COUNT; version++) {
        struct ews_caller caller = {.version = (enum ews_version)version};

        write_all(&caller, "alice@contoso.com", "AAMkAD==", "CQAAABY=");
        write_all(&caller, hostile, hostile, NULL);
        caller.impersonate = hostile;
        write_all(&caller, "alice@contoso.com", "AAMkAD==", NULL);
    }
    printf("%u\n", count);
    return 0;
}
