/*
 * Any bytes as BER, to any depth: content stays within its element, what was read takes as
 * many bytes as it says, and written anew it is read alike.
 */
#include "diag/read/ber.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH_MOST = 32, CONSTRUCTED = 0x20 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_integer(struct ber ber)
{
    struct ber again = {0};
    struct buffer out;
    int64_t number = ber_take_integer(&ber);

    if (ber.failed)
        return;
    buffer_init(&out, 16);
    ber_put_integer(&out, BER_INTEGER, number);
    check(!out.truncated);
    again.bytes = (const unsigned char *)out.text;
    again.size = out.size;
    check(ber_take_integer(&again) == number && !again.failed && again.size == 0);
    buffer_release(&out);
}

static void check_written(struct ber content, int tag)
{
    struct ber again = {0}, back;
    struct buffer out;

    buffer_init(&out, content.size + 8);
    ber_put(&out, tag, content.bytes, content.size);
    check(!out.truncated);
    again.bytes = (const unsigned char *)out.text;
    again.size = out.size;
    check(ber_element_size(again.bytes, again.size, again.size) == again.size);
    back = ber_take(&again, tag);
    check(!back.failed && back.size == content.size && again.size == 0);
    check(memcmp(back.bytes, content.bytes, back.size) == 0);
    buffer_release(&out);
}

static void walk(struct ber ber, int depth, struct arena *arena)
{
    while (ber_peek(&ber) >= 0) {
        struct ber before = ber, content;
        int tag;

        check_integer(before);
        content = ber_take_any(&ber, &tag);
        if (content.failed) {
            check(ber.failed && ber.size == 0);
            return;
        }
        check(tag == before.bytes[0] && content.bytes >= before.bytes &&
              content.bytes + content.size == ber.bytes);
        check(ber_element_size(before.bytes, before.size, before.size) ==
              (size_t)(ber.bytes - before.bytes));
        check_written(content, tag);
        (void)ber_text(&content, arena);
        if (tag & CONSTRUCTED && depth < DEPTH_MOST)
            walk(content, depth + 1, arena);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ber ber = {.bytes = data, .size = size};
    struct arena arena = {0};

    walk(ber, 0, &arena);
    arena_release(&arena);
    return 0;
}
