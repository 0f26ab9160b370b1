/* Any text is refused, or read within bounds; numbers are in their ranges. */
#include "diag/read/w32tm_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_status(const struct w32tm_status *status)
{
    check(status->leap >= 0 && status->leap <= 3);
    check(status->stratum >= 0 && status->stratum <= 255);
    check(isfinite(status->root_delay) && isfinite(status->root_dispersion));
    check(status->source_name != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* An allocation of exactly this size lets the sanitizer see every byte read beyond it. */
    char *text = malloc(size ? size : 1);
    struct arena arena = {0};
    struct w32tm_status out;
    enum status status;

    check(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    status = w32tm_read(text, size, &arena, &out);
    check(status == STATUS_OK || !w32tm_is_text(text, size));
    check(out.setting_count <= W32TM_SETTINGS_MOST && out.peer_count <= W32TM_PEERS_MOST);
    check(out.source < W32TM_SOURCE_COUNT && (isnan(out.phase_offset) || out.has_status));
    if (out.has_status)
        check_status(&out);
    for (size_t i = 0; i < out.setting_count; i++) {
        check(*out.settings[i].name && strlen(out.settings[i].value) <= size);
        check(out.settings[i].origin < W32TM_ORIGIN_COUNT);
    }
    for (size_t i = 0; i < out.peer_count; i++)
        check(out.peers[i] != NULL);
    if (status != STATUS_OK)
        check(!out.has_status && !out.peer_count && !out.setting_count && !out.source);
    free(text);
    arena_release(&arena);
    return 0;
}
