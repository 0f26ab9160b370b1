/* --accept: which findings a site has accepted, which acceptances have expired, which match none.
 */
#ifndef EXDIAG_VERDICT_ACCEPT_H
#define EXDIAG_VERDICT_ACCEPT_H

#include "diag/run.h"

struct known_acceptance {
    const struct acceptance *acceptance;
    bool is_matched;
};

struct verdict_acceptances { /* of all runs, each once */
    struct arena *arena;
    struct known_acceptance *list;
    size_t count, room;
};

/*
 * Sets `accepted` and `expired` of the findings of a run: an acceptance holds if it had not expired
 * when the run started.
 */
void verdict_accept(struct verdict_acceptances *known, const struct run *run,
                    struct finding **findings, size_t count);

/* Those that matched no finding of any run. */
void verdict_idle_acceptances(const struct verdict_acceptances *known, struct report *report);

#endif
