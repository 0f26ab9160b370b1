/* UTF-16 in pieces: always UTF-8, and the same whatever the pieces. */
#include "diag/read/utf16.h"
#include "diag/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void read_all(struct utf16 utf16, const uint8_t *data, size_t size, size_t step,
                     struct buffer *out)
{
    for (size_t at = 0; at < size; at += step)
        utf16_to_utf8(&utf16, (const char *)data + at, size - at < step ? size - at : step, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer whole, parts;
    struct utf16 utf16;

    if (size < 1 || !utf16_begins((const char *)data + 1, size - 1, &utf16))
        return 0;
    buffer_init(&whole, 2 * size);
    buffer_init(&parts, 2 * size);
    read_all(utf16, data + 1, size - 1, size, &whole);
    read_all(utf16, data + 1, size - 1, 1 + data[0] % 16u, &parts);
    check(!whole.truncated && text_is_utf8(whole.text, whole.size));
    check(whole.size == parts.size && memcmp(whole.text, parts.text, whole.size) == 0);
    buffer_release(&whole);
    buffer_release(&parts);
    return 0;
}
