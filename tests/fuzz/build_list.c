/* Any text is read within bounds; entries are numbers of Exchange with printable names. */
#include "diag/read/build_list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_entry(const struct build_entry *entry)
{
    check(entry->way == BUILD_BY_SETUP || entry->way == BUILD_BY_ADMIN_DISPLAY);
    check(entry->number.count >= 3 && entry->number.parts[0] > 0);
    for (const char *at = entry->server; at && *at; at++)
        check(*at > ' ' && *at < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* An allocation of exactly this size lets the sanitizer see every byte read beyond it. */
    char *text = malloc(size ? size : 1);
    struct arena arena = {0};
    struct build_list list;
    enum status status;

    check(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    status = build_list_read(text, size, &arena, &list);
    check((status == STATUS_OK) == (list.count > 0) && list.count <= BUILD_LIST_MOST);
    for (size_t i = 0; i < list.count; i++)
        check_entry(&list.entries[i]);
    check(build_list_is_text(text, size) == (status == STATUS_OK));
    arena_release(&arena);
    free(text);
    return 0;
}
