#include "diag/read/windows_event.h"

#include "diag/text.h"

bool event_is_wished(const struct event_wish *wishes, const struct windows_event *event)
{
    for (; wishes->provider; wishes++) {
        if ((wishes->id == 0 || wishes->id == event->id) &&
            text_equal_fold(wishes->provider, event->provider))
            return true;
    }
    return false;
}
