/* Part of the outline: the steps of an entry, made of those of its members. */
#ifndef EXDIAG_REPORT_OUTLINE_STEPS_H
#define EXDIAG_REPORT_OUTLINE_STEPS_H

#include "diag/report/outline.h"

/*
 * The members of the entry have as many steps in this list, made of the same templates; its part
 * is known. In `arena` and in the report.
 */
struct outline_steps outline_merge_steps(const struct outline_entry *entry, enum outline_list which,
                                         struct arena *arena);

/* For sorting: 0 where both read the same in every word, for the same subjects. */
int outline_compare_steps(const struct outline_step *a, const struct outline_step *b);

#endif
