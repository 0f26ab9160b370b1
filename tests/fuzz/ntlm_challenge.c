/* Any token is refused or read within its bytes; base64 goes both ways. */
#include "diag/read/ntlm_challenge.h"
#include "diag/read/base64.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_challenge(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct ntlm_challenge out;

    if (ntlm_read_challenge(data, size, &arena, &out) == STATUS_OK) {
        const char *texts[] = {out.computer, out.domain, out.dns_computer, out.dns_domain,
                               out.dns_forest};

        check(out.time >= 0 || out.time == INT64_MIN);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            check(!texts[i] || (*texts[i] && text_is_utf8(texts[i], strlen(texts[i]))));
    }
    arena_release(&arena);
}

static void check_base64(const uint8_t *data, size_t size)
{
    struct buffer bytes, text;

    buffer_init(&bytes, 2 * size + 4);
    buffer_init(&text, 2 * size + 4);
    if (base64_decode((const char *)data, size, &bytes) == STATUS_OK) {
        base64_encode(bytes.text, bytes.size, &text);
        check(text.size == size && memcmp(text.text, data, size) == 0);
    } else {
        check(bytes.size == 0);
        base64_encode(data, size, &text);
        check(base64_decode(text.text, text.size, &bytes) == STATUS_OK);
        check(bytes.size == size && memcmp(bytes.text, data, size) == 0);
    }
    buffer_release(&text);
    buffer_release(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_challenge(data, size);
    check_base64(data, size);
    return 0;
}
