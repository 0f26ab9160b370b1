#include "diag/read/windows_event.h"

#include "diag/text.h"

#include <string.h>

bool event_is_wished(const struct event_wish *wishes, const struct windows_event *event)
{
    for (; wishes->provider; wishes++) {
        if ((wishes->id == 0 || wishes->id == event->id) &&
            text_equal_fold(wishes->provider, event->provider))
            return true;
    }
    return false;
}

/* Four bytes in Windows' order, as hex: "0C030980" for 0x8009030c. */
const char *event_error_of_data(const struct windows_event *event, struct arena *arena)
{
    const char *binary = event->binary;
    char code[] = "0x00000000";

    if (strlen(binary) != 8 || strspn(binary, "0123456789ABCDEFabcdef") != 8)
        return "";
    for (size_t i = 0; i < 8; i++)
        code[2 + i] = text_lower(binary[6 - i + 2 * (i % 2)]);
    return arena_copy_string(arena, code);
}
