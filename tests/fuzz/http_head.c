/* Whatever a web server sends: what is found is part of it, and every walk through it ends. */
#include "diag/read/http_head.h"

#include "diag/memory.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_within(struct http_text found, const char *bytes, size_t size)
{
    check(found.bytes >= bytes && found.size <= size && found.bytes + found.size <= bytes + size);
}

static void read_challenges(struct http_text value)
{
    struct http_challenge challenge;
    size_t at = 0, before = 0;

    while (http_next_challenge(value, &at, &challenge)) {
        check(at > before && at <= value.size && challenge.scheme.size > 0);
        check_within(challenge.scheme, value.bytes, value.size);
        check_within(challenge.token, value.bytes, value.size);
        check_within(challenge.parameters, value.bytes, value.size);
        before = at;
    }
}

static void read_fields(const char *head, size_t size)
{
    static const char *const names[] = {"WWW-Authenticate", "Retry-After", "Date", "a"};
    const int64_t now = INT64_C(1795370400000000);
    struct http_text value;
    int64_t number;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t at = 0;

        while (http_head_next(head, size, names[i], &at, &value)) {
            check_within(value, head, size);
            read_challenges(value);
            check((http_number(value, &number) == STATUS_OK) || number == 0);
            check(number >= 0 && number <= INT64_C(1) << 53);
            check((http_retry_after(value, now, &number) == STATUS_OK) || number == 0);
            check(number >= 0 && number <= INT64_C(86400000000));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = memory_new(size + 1, 1);
    struct http_text phrase, code;
    size_t at = 0, before = 0;
    unsigned number;

    if (size > 0)
        memcpy(bytes, data, size);
    bytes = memory_resize(bytes, size > 0 ? size : 1, 1); /* nothing behind the last */
    check((http_head_code(bytes, size, &number, &phrase) == STATUS_OK) == (number != 0));
    check_within(phrase, bytes, size);
    read_fields(bytes, size);
    while (http_next_code(bytes, size, &at, &code)) {
        check(at > before && code.size > 0);
        check_within(code, bytes, size);
        before = at;
    }
    free(bytes);
    return 0;
}
