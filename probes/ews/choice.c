#include "probes/ews/choice.h"

enum { VERSIONS = 4 };

static size_t version_of(unsigned major)
{
    if (major >= 15)
        return 3;
    return major == 14 ? 2 : major == 8 ? 1 : 0;
}

/*
 * Since 2013 the node of the database makes the MIME content for every front end: where it comes
 * through another, that node is not at fault. Exchange 2007 moves no database so.
 */
static void choose_move(struct finding *finding, size_t version, enum ews_place place)
{
    bool is_one_node = place == EWS_PLACE_ONE_NODE;

    if (version == 1 || (version == 3 && is_one_node))
        return;
    set_text(finding, "moves", "yes");
    set_text(finding, is_one_node ? "move-second" : "move-first", "yes");
}

void ews_choose_steps(struct finding *finding, unsigned major, enum ews_place place)
{
    static const char *const known[VERSIONS] = {"exchange-open", "exchange-2007", "exchange-2010",
                                                "exchange-2013"};
    static const char *const made[VERSIONS] = {"new-open", "new-2007", "new-2010", "new-2013"};
    size_t version = version_of(major);

    set_text(finding, known[version], "yes");
    choose_move(finding, version, place);
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
