/* Any bytes shown are printable, and what was printable is shown as it is. */
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_show(const char *text, size_t size, size_t most)
{
    struct buffer shown;

    buffer_init(&shown, most);
    text_show(&shown, text, size);
    check(text_is_printable(shown.text, shown.size));
    check(text_is_utf8(shown.text, shown.size));
    if (!shown.truncated && text_is_printable(text, size))
        check(shown.size == size && memcmp(shown.text, text, size) == 0);
    check(text_columns(shown.text, shown.size) <= 2 * text_length(shown.text, shown.size));
    buffer_release(&shown);
}

static void check_round_trip(const char *text, size_t size)
{
    struct buffer again;

    buffer_init(&again, size);
    for (size_t at = 0, taken; at < size; at += taken) {
        uint32_t code_point;

        taken = text_decode(text + at, size - at, &code_point);
        check(taken <= 4 && taken <= size - at);
        if (taken == 0)
            buffer_add_char(&again, text[at]);
        else
            text_encode(&again, code_point);
        taken += taken == 0;
    }
    check(again.size == size && memcmp(again.text, text, size) == 0);
    buffer_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* An allocation of exactly this size lets the sanitizer see every byte read beyond it. */
    char *text = malloc(size ? size : 1);

    if (!text)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    check_show(text, size, SIZE_MAX / 2);
    check_show(text, size, size / 2);
    check_round_trip(text, size);
    free(text);
    return 0;
}
