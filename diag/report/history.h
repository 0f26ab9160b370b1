/* What the formats for people say of several runs: what is new, fixed, back; and when it was there.
 */
#ifndef EXDIAG_REPORT_HISTORY_H
#define EXDIAG_REPORT_HISTORY_H

#include "diag/finding.h"

/*
 * "still there, since 2026-11-09 (3 runs)"; "as of 2026-11-02, not examined since", where others
 * were; nothing where there is nothing to compare with.
 */
void report_history_words(const struct finding *finding, struct buffer *out);

/*
 * "seen in smtp 192.0.2.26 now, in smtp 192.0.2.25 at first": of what is still there, and of which
 * another is the culprit; else nothing. Part of the words above.
 */
void report_move_words(const struct finding *finding, struct buffer *out);

/* "fixed", "not known any more": what a list of such is called. */
const char *report_past_heading(enum past_state state);

/* "seen from 2026-11-02 to 2026-11-09, not there any more on 2026-11-16". */
void report_past_words(const struct past *past, struct buffer *out);

/* How many problems there are of which no earlier run can say anything. */
size_t report_first_examined(const struct report *report);

/* "2 fixed, 1 new, 3 still there, 1 back"; nothing where no run is compared with another. */
void report_changes(const struct report *report, struct buffer *out);

/* "accepted until 2026-10-01, which has passed: as agreed"; nothing where none has expired. */
void report_expired_words(const struct finding *finding, struct buffer *out);

/*
 * "10:05:07 to 10:05:19 where exdiag ran, UTC+01:00": the time of day that report_show_span() has,
 * with the day where it is another. Nothing where runs do not say, ran in several zones, or by
 * UTC itself.
 */
void report_show_local(const struct report *report, struct buffer *out);

/*
 * "2026-11-22 10:05:07 to 10:05:19 there, UTC+01:00" of a run, where runs were in several zones;
 * nothing where they were not, or it does not say.
 */
enum { REPORT_ZONES_MOST = 8 /* runs that a head tells it of */ };
void report_show_zone(const struct report *report, size_t index, struct buffer *out);

/* The machine that it ran on, or else its file. */
const char *report_run_name(const struct report_run *run);

#endif
