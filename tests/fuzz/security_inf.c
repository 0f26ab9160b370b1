/* Any text is refused, or read within bounds; minutes are in their range. */
#include "diag/read/security_inf.h"

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
    char *text = malloc(size ? size : 1);
    struct security_inf out;
    enum status status;

    check(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    status = security_inf_read(text, size, &out);
    check(status != STATUS_OK || security_inf_is_text(text, size));
    check(out.clock_skew <= CLOCK_SKEW_MOST);
    check(out.has_clock_skew == (out.line > 0));
    free(text);
    return 0;
}
