/* Any bytes are refused, or hold one certificate that lies within them. */
#include "diag/read/certificate_blob.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* An allocation of exactly this size lets the sanitizer see every byte read beyond it. */
    unsigned char *bytes = malloc(size ? size : 1);
    struct certificate_blob blob;
    enum status status;

    check(bytes != NULL);
    if (size > 0)
        memcpy(bytes, data, size);
    status = certificate_blob_read(bytes, size, &blob);
    check(status == STATUS_OK || status == STATUS_MALFORMED || status == STATUS_NOT_FOUND);
    if (status == STATUS_OK) {
        check(blob.size > 0 && blob.der > bytes);
        check(blob.size <= size - (size_t)(blob.der - bytes));
    }
    free(bytes);
    return 0;
}
