#include "probes/ews/choice.h"

enum { VERSIONS = 4 };

static size_t version_of(unsigned major)
{
    if (major >= 15)
        return 3;
    return major == 14 ? 2 : major == 8 ? 1 : 0;
}

void ews_choose_steps(struct finding *finding, unsigned major, enum ews_place place)
{
    static const char *const known[VERSIONS] = {"exchange-open", "exchange-2007", "exchange-2010",
                                                "exchange-2013"};
    static const char *const made[VERSIONS] = {"new-open", "new-2007", "new-2010", "new-2013"};
    size_t version = version_of(major);

    set_text(finding, known[version], "yes");
    if (place == EWS_PLACE_EVERYWHERE) {
        set_text(finding, "everywhere", "yes");
        return;
    }
    set_text(finding, "repair", "yes");
    set_text(finding, made[version], "yes");
    if (version != 1)
        set_text(finding, "extended-protection", "yes");
    if (place == EWS_PLACE_ONE_NODE)
        set_text(finding, "one-node", "yes");
    else if (version == 0 || version == 3)
        set_text(finding, "compare-first", "yes");
}
