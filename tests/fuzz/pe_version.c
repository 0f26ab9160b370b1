/* Any bytes are refused, or a version is read of them; names are whole UTF-8 within bounds. */
#include "diag/read/pe_version.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_name(const char *name)
{
    check(!name || (strlen(name) > 0 && strlen(name) <= 3 * PE_NAME_MOST));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* An allocation of exactly this size lets the sanitizer see every byte read beyond it. */
    unsigned char *bytes = malloc(size ? size : 1);
    struct arena arena = {0};
    struct pe_version version;
    enum status status;

    check(bytes != NULL);
    if (size > 0)
        memcpy(bytes, data, size);
    status = pe_version_read(bytes, size, &arena, &version);
    check(status == STATUS_OK || status == STATUS_MALFORMED || status == STATUS_NOT_FOUND);
    check(status == STATUS_MALFORMED || pe_version_is(bytes, size));
    check_name(version.original_name);
    check_name(version.internal_name);
    arena_release(&arena);
    free(bytes);
    return 0;
}
