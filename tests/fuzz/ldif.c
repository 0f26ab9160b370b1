/* Any bytes are the same entries in one piece and in many. */
#include "diag/read/ldif.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static uint64_t mix(uint64_t hash, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211u;
    return hash;
}

static void take(void *context, const struct ldif_entry *entry)
{
    uint64_t *hash = context;

    check(text_is_utf8(entry->dn, strlen(entry->dn)));
    *hash = mix(*hash, entry->dn, strlen(entry->dn) + 1);
    for (size_t i = 0; i < entry->count; i++) {
        const struct ldif_value *value = &entry->values[i];

        check(*value->attribute && value->bytes[value->size] == '\0');
        *hash = mix(*hash, value->attribute, strlen(value->attribute) + 1);
        *hash = mix(*hash, value->bytes, value->size + 1);
    }
}

static uint64_t read_all(const uint8_t *data, size_t size, size_t piece,
                         struct ldif_account *account)
{
    uint64_t hash = 0;
    struct ldif *reader = ldif_new(take, &hash);

    for (size_t at = 0; at < size; at += piece)
        ldif_feed(reader, (const char *)data + at, size - at < piece ? size - at : piece);
    ldif_end(reader, account);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ldif_account whole, parts;

    if (size < 2)
        return 0;
    check(read_all(data + 1, size - 1, size, &whole) ==
          read_all(data + 1, size - 1, 1 + data[0] % 16u, &parts));
    check(whole.entries == parts.entries && whole.damaged == parts.damaged);
    check(whole.changes == parts.changes && whole.references == parts.references);
    check(whole.result == parts.result && whole.cut_off == parts.cut_off);
    (void)ldif_is((const char *)data, size);
    return 0;
}
