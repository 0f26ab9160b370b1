/*
 * Any bytes as what a directory answers: an entry is read alike however the stream was cut
 * behind it, and before its end more is awaited.
 */
#include "diag/read/ldap_rootdse.h"

#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGE = 7 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(const char *text)
{
    check(!text || text_is_utf8(text, strlen(text)));
}

static void check_entry(enum status status, const struct ldap_rootdse *dse)
{
    check((status == STATUS_OK) == (dse->current_time != INT64_MIN));
    check(status != STATUS_OK || dse->current_time >= 0);
    check_text(dse->dns_host_name);
    check_text(dse->default_naming_context);
    check_text(dse->root_naming_context);
    check_text(dse->server_name);
    check_text(dse->ldap_service_name);
    check_text(dse->functionality);
    check(status == STATUS_OK || status == STATUS_NOT_FOUND || !dse->dns_host_name);
}

/* With less of it the status is the same, or more is awaited. */
static void check_cut(const uint8_t *data, size_t size, enum status whole, struct arena *arena)
{
    for (size_t cut = size / 4; cut < size; cut += 1 + size / 4) {
        struct ldap_rootdse dse;
        enum status status = ldap_read_rootdse(data, cut, MESSAGE, arena, &dse);

        check_entry(status, &dse);
        check(status == whole || status == STATUS_AGAIN);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct ldap_rootdse dse;
    enum status status = ldap_read_rootdse(data, size, MESSAGE, &arena, &dse);

    check_entry(status, &dse);
    if (dse.root_naming_context)
        check_text(ldap_domain_of_context(dse.root_naming_context, &arena));
    check_cut(data, size, status, &arena);
    arena_release(&arena);
    return 0;
}
