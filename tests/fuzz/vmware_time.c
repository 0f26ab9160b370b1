/* Any text is refused, or read within bounds; what is read is a word of the text's own. */
#include "diag/read/vmware_time.h"

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
    char *text = malloc(size ? size : 1);
    enum vmware_time says;

    check(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    says = vmware_time_read(text, size);
    check(says < VMWARE_TIME_COUNT);
    check(says == VMWARE_TIME_UNKNOWN || vmware_time_is_text(text, size));
    free(text);
    return 0;
}
