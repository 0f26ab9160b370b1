/*
 * What a machine's build comes to: by the table, at the run's time. Where the ways that show it do
 * not agree, nothing is said to be right, and what is wrong is said by the one that is best known.
 */
#ifndef EXDIAG_PROBES_BUILD_JUDGE_H
#define EXDIAG_PROBES_BUILD_JUDGE_H

#include "diag/read/build_table.h"
#include "probes/build/machines.h"

enum build_support {
    BUILD_SUPPORTED,
    BUILD_SUPPORT_OVER,
    BUILD_SUPPORT_UNKNOWN /* no product is known of it */
};

enum build_state {
    BUILD_NEWEST,
    BUILD_LACKS,          /* updates or levels, of security too */
    BUILD_LACKS_HOTFIX,   /* hotfixes alone */
    BUILD_LACKS_EXTENDED, /* what came after the last day of support: it is not for everybody */
    BUILD_LACKS_LEVEL,    /* there is a newer level; its own has the same updates */
    BUILD_UPDATE_HIDDEN,  /* its level is the newest one; the updates on it are not told */
    BUILD_UNKNOWN         /* not in the table, nor below a row of its product */
};

struct build_verdict {
    const struct build_table *table;
    unsigned age;  /* of the table, days */
    bool is_stale; /* it is too old, or of a day to come: it cannot say that something is well */
    const struct build_sighting *best;
    struct build_place place;    /* of that */
    const struct build_row *row; /* any of its product; or NULL */
    enum build_support support;
    enum build_state state;
    const struct build_row *newest_of_level; /* NULL where the level is not known */
    const struct build_row *newest;          /* of the product; NULL where that is not known */
    const struct build_row *newest_for_all;  /* the same without what came after support's end */
    bool disagrees;                          /* a way says otherwise */
};

/* The table of --builds, or the program's own. */
const struct build_table *build_table_of(struct examination *x);

/* False where no build is known of it. */
bool build_judge(struct examination *x, const struct build_table *table,
                 const struct build_machine *machine, struct build_verdict *out);

/* A way that is not the best one says otherwise than it; logs may be of another day. */
bool build_agrees(const struct build_verdict *verdict, const struct build_sighting *sighting);

/*
 * Of two machines of one product: less than 0 where `a` is at an older build, as far as both tell;
 * `is_sure` where equal means equal to the last update.
 */
int build_compare(const struct build_verdict *a, const struct build_verdict *b, bool *is_sure);

#endif
