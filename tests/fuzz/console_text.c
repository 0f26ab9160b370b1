/* Output for a console in portions: the same pieces whatever the portions, and no escape in them.
 */
#include "diag/read/console_text.h"
#include "diag/buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* Characters as they are, and each change of style and each erasing as two bytes. */
static void note(void *context, const struct console_piece *piece)
{
    struct buffer *out = context;

    if (piece->kind == CONSOLE_CHARACTERS) {
        check(piece->size > 0 && !memchr(piece->text, 0x1b, piece->size));
        buffer_add(out, piece->text, piece->size);
    } else if (piece->kind == CONSOLE_STYLE) {
        check(piece->style.colour <= CONSOLE_OWN_COLOUR);
        buffer_print(out, "\x1bS%04x", console_text_attributes(&piece->style, 7));
    } else {
        buffer_add(out, "\x1bK", 2);
    }
}

static void read_all(const uint8_t *data, size_t size, size_t step, struct buffer *out)
{
    struct console_text console;

    console_text_init(&console, false);
    for (size_t at = 0; at < size; at += step)
        console_text_read(&console, (const char *)data + at, size - at < step ? size - at : step,
                          note, out);
    console_text_end(&console, note, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer whole, parts;

    if (size < 1)
        return 0;
    buffer_init(&whole, 8 * size);
    buffer_init(&parts, 8 * size);
    read_all(data + 1, size - 1, size, &whole);
    read_all(data + 1, size - 1, 1 + data[0] % 16u, &parts);
    check(whole.size == parts.size &&
          (whole.size == 0 || memcmp(whole.text, parts.text, whole.size) == 0));
    buffer_release(&whole);
    buffer_release(&parts);
    return 0;
}
