/*
 * What the formats for people have in common: how findings are grouped, and the
 * words for numbers, times, shells and warnings.
 */
#ifndef EXDIAG_REPORT_SHARED_H
#define EXDIAG_REPORT_SHARED_H

#include "diag/report/report.h"

/* The parts of a report, in their order. */
enum report_part {
    PART_PROBLEMS,
    PART_UNKNOWN,
    PART_ACCEPTED, /* problems of which the site says that it knows them */
    PART_OK,
    PART_NOT_APPLICABLE,
    PART_COUNT
};

enum report_part report_part_of(const struct finding *finding);
size_t report_part_size(const struct report *report, enum report_part part);

/* How many problems that no site has accepted are of each severity: what the parts count. */
void report_count_problems(const struct report *report, size_t counts[SEVERITY_COUNT]);

/* "critical", "unknown", "accepted": the one word that says how a finding stands. */
const char *report_standing(const struct finding *finding);

/*
 * "2 problems (1 critical, 1 warning), 2 remarks, 1 unknown, 3 ok": findings, of which those that
 * are info are no problems. Parts without findings are left out.
 */
void report_sum_up(const struct report *report, struct buffer *out);

/* From the start of the first run to the end of the last, of those that say when they were. */
struct report_span {
    int64_t started; /* 0: none does */
    int64_t finished;
    bool complete; /* every run is */
};
struct report_span report_span(const struct report *report);

/* "domain", "domain controllers" */
const char *report_kind_word(enum subject_kind kind, bool is_plural);

/* True if the canonical name says more than the one for people, and can be shown. */
bool report_has_two_names(const struct subject *subject);

/* "2026-11-22", and "09:05:07": of UTC, or of where a moment was moved to. */
void report_show_day(int64_t milliseconds, struct buffer *out);
void report_show_time_of_day(int64_t milliseconds, struct buffer *out);

/* "2026-11-22 09:05:07 UTC" */
void report_show_time(int64_t milliseconds, struct buffer *out);

extern const char report_no_time[]; /* in place of a moment that evidence does not tell */

/* "2026-11-22 09:05:07 to 09:05:19 UTC"; or that it is not known. */
void report_show_span(const struct report_span *span, struct buffer *out);

/* "12.345", of milliseconds: for programs, whatever the locale is. */
void report_show_seconds(int64_t milliseconds, struct buffer *out);

/* What must be known about a run before its findings are believed. */
struct report_notice {
    const char *word; /* "incomplete" */
    const char *text;
};
enum { REPORT_NOTICES_MOST = 2 };
size_t report_notices(const struct report_run *run,
                      struct report_notice notices[REPORT_NOTICES_MOST]);

/*
 * False where a moment says no more than the head of the report: within runs that took ten minutes
 * or less in all. `all`: every moment is told; never 0, which is none.
 */
bool report_tells_moment(const struct report *report, int64_t time, bool all);

/* Both are from one piece of evidence, as far as that is told, so that it is named once. */
bool report_tells_one_source(const struct report *report, const struct seen *a,
                             const struct seen *b, bool all);

/* The byte of `text` where its code point `index` begins; its end if it has fewer. */
size_t report_byte_of(const char *text, size_t index);

/*
 * How many bytes of `text` go on a line of `room` columns: all, or up to a space
 * in the line's second half, or what fits. At least one character.
 */
size_t report_line_size(const char *text, size_t size, size_t room);

/* "Exchange Management Shell"; never NULL. */
const char *report_shell(enum shell shell);

/* The same for a step: "any shell" of a line that means the same in each of them. */
const char *report_step_shell(const struct step *step);

enum report_asks {
    REPORT_ASKS_TO_DECIDE = 1,
    REPORT_ASKS_TO_FILL_IN = 2,
    REPORT_ASKS_TO_CHECK = 4,
};

/* Which of these report_before_step() says of a step. */
unsigned report_asked_by(const struct step *step);

/*
 * What a person must do before running the step: "fill in: host; check: record". Empty if nothing,
 * or nothing but to judge its condition, which stands before the step itself.
 */
void report_before_step(const struct step *step, struct buffer *out);

/* STATUS_OK if all that was written to the stream arrived. */
enum status report_finish(FILE *stream);

#endif
