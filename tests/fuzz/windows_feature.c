/* Any text is read within bounds; features are names that features can have, each once. */
#include "diag/read/windows_feature.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_list(const struct windows_feature_list *list)
{
    check(list->count <= FEATURE_LIST_MOST);
    for (size_t i = 0; i < list->count; i++) {
        const struct windows_feature *feature = &list->features[i];

        check(windows_feature_is_name(feature->name, strlen(feature->name)));
        check(feature->names < FEATURE_NAMES_COUNT && feature->state < FEATURE_STATE_COUNT);
        check(windows_feature_find(list, feature->names, feature->name) == feature);
    }
    check(!list->computer || windows_feature_is_name(list->computer, strlen(list->computer)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* An allocation of exactly this size lets the sanitizer see every byte read beyond it. */
    char *text = malloc(size ? size : 1);
    struct windows_feature_list list;
    struct arena arena = {0};
    enum status status;

    check(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    status = windows_feature_read(text, size, &arena, &list);
    check(status == STATUS_OK || status == STATUS_NOT_FOUND);
    check_list(&list);
    check(windows_feature_is_text(text, size) == (status == STATUS_OK));
    arena_release(&arena);
    free(text);
    return 0;
}
