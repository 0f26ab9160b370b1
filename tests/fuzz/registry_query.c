/* Any line becomes one line of an export or none; what an export's reader makes of it is bounded.
 */
#include "diag/read/registry_query.h"

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
    struct buffer out;

    check(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    registry_query_is_text(text, size);
    buffer_init(&out, 1024 * 1024);
    if (registry_query_line(text, size, &out))
        check(out.size > 1 && (out.text[0] == '[' || out.text[0] == '"'));
    else
        check(out.size == 0);
    buffer_release(&out);
    free(text);
    return 0;
}
