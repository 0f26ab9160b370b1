/*
 * A machine's place in the hierarchy of time: what is known of it beside its own settings, and
 * the steps that give it that place (steps.h), by command or by policy.
 */
#ifndef EXDIAG_PROBES_CLOCK_PLACE_H
#define EXDIAG_PROBES_CLOCK_PLACE_H

#include "probes/clock/field.h"
#include "probes/clock/hierarchy.h"

/* Whether a domain is its forest's root, as DNS has it and one of its controllers, whose word may
 * be missing (NULL). Where they differ, it is not known; nor while DNS has not answered. */
enum time_known clock_is_forest_root(struct examination *x, const struct ad_domain *domain,
                                     const char *told_forest);

/* ---- the steps of a finding: what their `when` and placeholders need ---- */

void clock_set_flag(struct finding *finding, const char *flag);

/* Text of host evidence, which is vouched for if it cannot be mistaken in a line of cmd. */
void clock_set_plain(struct finding *finding, const char *name, const char *text);

/* For the way back: what a step changes, as it is on the machine now, whatever a policy says. */
void clock_set_old(struct finding *finding, const struct time_plan *plan, enum time_setting setting,
                   const char *name);

/* One command for each place; `top`: whether the machine is the forest's top (time_faults). */
void clock_set_place(struct finding *finding, const struct time_plan *plan, enum time_known top);

/* The same where a policy sets it: the policy is to be changed, and what is wrong below it. */
void clock_set_policy(struct finding *finding, const struct time_plan *plan, enum time_known top);

/*
 * Whichever of the two sets the machine right, by what was judged of its settings: nothing
 * where a policy gives it its place already.
 */
void clock_set_right(struct finding *finding, const struct time_plan *plan,
                     const struct time_faults *faults);

/* The same of a host that was measured, with its evidence where there is any. */
void clock_set_place_of(struct examination *x, struct finding *finding,
                        const struct clock_field *field);

#endif
