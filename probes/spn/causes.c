#include "probes/spn/causes.h"

#include <string.h>

static void set_flag(struct finding *finding, const char *name)
{
    set_vouched(finding, VALUE_TEXT, name, "yes", strlen("yes"));
}

void spn_set_causes(struct finding *finding, enum spn_causes causes)
{
    static const char *const flags[] = {[SPN_CAUSES_TODAY] = "causes",
                                        [SPN_CAUSES_OF_2003] = "causes-of-2003",
                                        [SPN_CAUSES_RIGHTS] = "rights"};

    set_flag(finding, flags[causes]);
}

static bool is_judged(const struct spn_view *view)
{
    size_t judged = 0;

    for (size_t i = 0; i < view->case_count; i++) {
        if (!spn_is_needed(view->cases[i].reasons))
            continue;
        if (view->cases[i].verdict == SPN_OPEN)
            return false;
        judged++;
    }
    return judged > 0 && spn_view_has_accounts(view);
}

void spn_set_judged(struct finding *finding, const struct spn_view *view)
{
    if (spn_view_is_wrong(view))
        set_flag(finding, "names-wrong");
    else if (!is_judged(view))
        set_flag(finding, "look");
}
