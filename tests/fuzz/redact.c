/*
 * Any text is redacted, one text one way; UTF-8 stays UTF-8, names stay names of the
 * same wire form, and the names of text are those that redact_name() gives.
 */
#include "diag/evidence/redact.h"
#include "diag/memory.h"
#include "diag/read/dns_name.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const words[] = {"v", "spf1", "all", "a", "mx", "include", "ip4", NULL};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(const struct redactor *redactor, const char *text, size_t size)
{
    struct buffer once, again;

    buffer_init(&once, SIZE_MAX / 2);
    buffer_init(&again, SIZE_MAX / 2);
    redact_text(redactor, text, size, words, &once);
    redact_text(redactor, text, size, words, &again);
    check(once.size == again.size && memcmp(once.text, again.text, once.size) == 0);
    if (text_is_utf8(text, size))
        check(text_is_utf8(once.text, once.size));
    if (!memchr(text, '.', size) && !memchr(text, ':', size)) /* no addresses */
        check(once.size == size);
    buffer_release(&once);
    buffer_release(&again);
}

static bool is_address(const char *text, size_t size)
{
    struct ip_address ip;

    size -= size > 0 && text[size - 1] == '.';
    return ip_parse(text, size, &ip) == STATUS_OK;
}

static void check_name(const struct redactor *redactor, const char *name)
{
    static const char host_name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789-_.";
    uint8_t before[DNS_NAME_WIRE_MOST], after[DNS_NAME_WIRE_MOST];
    size_t before_size, after_size, size = strlen(name);
    struct buffer redacted, text;

    buffer_init(&redacted, SIZE_MAX / 2);
    buffer_init(&text, SIZE_MAX / 2);
    redact_name(redactor, name, &redacted);
    if (!is_address(name, size) && dns_name_to_wire(name, before, &before_size) == STATUS_OK) {
        check(dns_name_to_wire(redacted.text, after, &after_size) == STATUS_OK);
        check(dns_name_labels(redacted.text) == dns_name_labels(name));
        check(after_size == before_size || dns_name_is_below(name, "arpa"));
    }
    if (strspn(name, host_name) == size && size > 1 && name[0] != '-' && name[0] != '.' &&
        name[size - 1] != '.' && memchr(name, '.', size)) {
        redact_text(redactor, name, size, words, &text);
        check(text.size == redacted.size && memcmp(text.text, redacted.text, text.size) == 0);
    }
    buffer_release(&text);
    buffer_release(&redacted);
}

static void check_path(const struct redactor *redactor, const char *path)
{
    struct buffer redacted;

    buffer_init(&redacted, SIZE_MAX / 2);
    redact_path(redactor, path, &redacted);
    check(redacted.size == strlen(path));
    buffer_release(&redacted);
}

static void check_address(const struct redactor *redactor, const uint8_t *data, size_t size)
{
    struct ip_address a = {.family = size % 2 ? IP_V4 : IP_V6}, b = a;

    if (size < 16)
        return;
    memcpy(a.bytes, data, a.family == IP_V4 ? 4 : 16);
    memcpy(b.bytes, a.bytes, sizeof b.bytes);
    b.bytes[3] ^= 1;
    redact_ip(redactor, &a);
    redact_ip(redactor, &b);
    check(memcmp(a.bytes, b.bytes, 3) == 0 && (a.bytes[3] ^ b.bytes[3]) == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {7};
    static struct redactor *redactor;
    /* An allocation of exactly this size lets the sanitizer see every byte read beyond it. */
    char *text = malloc(size ? size : 1), *name = memory_new(1, size + 1);

    if (!redactor)
        redactor = redactor_new(key);
    if (text) {
        if (size > 0) {
            memcpy(text, data, size);
            memcpy(name, data, size);
        }
        check_text(redactor, text, size);
        check_name(redactor, name);
        check_path(redactor, name);
        check_address(redactor, data, size);
    }
    free(name);
    free(text);
    return 0;
}
