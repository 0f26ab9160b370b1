/*
 * Two examinations of one subject by one probe: what can be said, by the other, of a problem that
 * one of them has. The rules are those of history.h.
 */
#ifndef EXDIAG_HISTORY_COMPARE_H
#define EXDIAG_HISTORY_COMPARE_H

#include "diag/history.h"

/* A finding with what makes it the same as one of another run. */
struct told {
    struct finding *finding;
    const char *skeleton; /* of its title: without the figures, which change from day to day */
};

/* All that an examination says under one id. */
struct mention {
    const char *id;
    bool is_problem, is_unknown, is_ok, is_not_applicable;
};

struct view {
    const struct history_look *look;
    const struct history_run *run;
    struct finding **list;
    size_t count;
    /* by view_read(): */
    struct told *problems; /* sorted: told_compare() */
    size_t problem_count;
    struct told *unknowns; /* the same */
    size_t unknown_count;
    struct mention *mentions; /* by id */
    size_t mention_count;
    bool is_conclusive; /* something is known */
    bool is_idle;       /* and all of it is that nothing applies */
    bool reads_files;
};

void view_read(struct view *view, struct arena *arena);

/* By id, skeleton, title and what was seen; and by the first two alone. */
int told_compare(const struct told *a, const struct told *b);
int told_compare_skeletons(const struct told *a, const struct told *b);

struct comparison;

/* What `other` can say of what was seen at `seer`. */
struct comparison *comparison_make(const struct view *seer, const struct view *other,
                                   struct arena *arena);

/*
 * Of a problem of the seer's that the other view does not have: PAST_FIXED, PAST_NOT_APPLICABLE,
 * PAST_UNKNOWN or PAST_NOT_COMPARABLE, with the reason for the last two, about the other run: "it
 * waited 30 s for servers to speak, not 60 s".
 */
enum past_state comparison_tell(const struct comparison *comparison, const struct told *told,
                                const char **why);

#endif
