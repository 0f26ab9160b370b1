/*
 * The arrangement of a report for people, made once from the findings: what is told in one
 * piece, in which order, under which number. All formats for people have the same.
 *
 * Findings of the same problem with the same repair are one entry: ten servers, or forty domains.
 * They are of one kind, probe, part and severity, have the same cause kinds, and their steps are
 * made of the same templates; their subjects differ. What one alone of them can have is never
 * told of several: contested findings stand by themselves. Titles, reasons and what the steps print
 * may differ by subject, and where they do, each member's is at hand. Nothing is left out.
 */
#ifndef EXDIAG_REPORT_OUTLINE_H
#define EXDIAG_REPORT_OUTLINE_H

#include "diag/report/shared.h"

/* A step as it is printed for some of the members: all that have just this one. */
struct outline_variant {
    const struct step *step;
    const struct finding *const *members; /* in the order of the entry's */
    size_t member_count;
};

/*
 * A step of all members. With one variant it is the same for all of them. With several each member
 * has one; the flags tell what can be said once beside them.
 */
struct outline_step {
    const struct step *step; /* of the first member: its shell is that of all */
    const struct outline_variant *variants;
    size_t variant_count;
    bool same_where;
    bool same_condition;
    bool same_command;
    bool same_before; /* what to do first: kind and placeholders */
    bool same_risk;
    bool same_note;
    bool by_name; /* commands differ in the names of their subjects and in nothing else */
    /*
     * As they are told of all members: where only the names of subjects differ, these are "each of
     * these servers". NULL: there is none, or the flag is false and they differ in more.
     */
    const char *where;
    const char *condition;
    const char *risk;
    const char *note;
};

/*
 * How steps of several members are to be told. Steps that follow each other on each of several
 * machines are never done step by step on all of them at once.
 */
enum outline_order {
    OUTLINE_STEP_BY_STEP, /* a step of all, then the next */
    OUTLINE_IN_TURN,  /* the same lines on each: say that a machine is finished before the next */
    OUTLINE_BY_MEMBER /* lines of their own: all steps of the first, then those of the next */
};

/* The lists of steps that a finding has. */
enum outline_list { OUTLINE_FIX, OUTLINE_VERIFY, OUTLINE_UNDO };

struct outline_steps {
    enum outline_list which;
    const struct outline_step *list;
    size_t count;
    enum outline_order order;
    bool by_name; /* what all print differs in the names of their subjects and in nothing else */
};

struct outline_entry {
    size_t number; /* by which texts and pictures call it: its place in the outline, from 1 */
    enum report_part part;
    const struct finding *first; /* = members[0]: kind, probe and severity are those of all */
    const struct finding *const *members; /* at least one, in the order of the report */
    size_t member_count;
    const char *title;        /* of all members, as steps tell theirs; NULL: each has its own */
    const char *why;          /* the same */
    struct outline_steps fix; /* of what is unknown: what would make it known */
    struct outline_steps verify;
    struct outline_steps undo;
    const size_t *causes; /* numbers of the entries that explain it, in order: they stand before it,
                             accepted ones excepted */
    size_t cause_count;
    const size_t *effects; /* numbers of the entries that it explains, in order */
    size_t effect_count;
    size_t fix_as; /* the number of the first entry of its part whose fix reads the same in every
                      word, where that is another one; or 0 */
};

struct outline {
    const struct outline_entry *entries; /* by parts, in their order */
    size_t count;
    size_t starts[PART_COUNT + 1]; /* the entries of a part are starts[part] to starts[part + 1] */
};

/* A text of a member; NULL: it has none. */
typedef const char *outline_get(const struct finding *member, const void *context);

/*
 * What is told of all members, as outline_step.where is; NULL where they differ in more, or where a
 * name is part of an address or a path, in which no words can stand for it.
 */
const char *outline_tell_once(const struct outline_entry *entry, outline_get *get,
                              const void *context, struct arena *arena);

/* They have the same, or it differs in their names alone, wherever these stand. */
bool outline_differ_in_names(const struct outline_entry *entry, outline_get *get,
                             const void *context, struct arena *arena);

/* Only the names of the members differ, and where and the remarks of the step say that in words. */
bool outline_is_told_once(const struct outline_step *step);

/* The same of all members in every word, but for where each does it. */
bool outline_differs_in_place(const struct outline_step *step);

/* What these steps were made of: the member's own. */
const struct steps *outline_own_steps(const struct outline_steps *steps,
                                      const struct finding *member);

/*
 * A step before this one has the same note: it need not be said again. Of what verifies, too, where
 * a step of the repair has it; who undoes has the repair not before him.
 */
bool outline_is_note_told(const struct outline_entry *entry, const struct outline_steps *steps,
                          size_t index);

/* The entry of that number, which follows from `cause`, is a worse problem than that itself. */
bool outline_is_worse(const struct outline *outline, const struct outline_entry *cause,
                      size_t number);

/* Everything in it lives in `arena` and in the report. */
void outline_make(const struct report *report, struct arena *arena, struct outline *outline);

/* Of the subjects of an entry's members. */
bool outline_is_of_one_kind(const struct outline_entry *entry);
bool outline_are_machines(const struct outline_entry *entry);

/* "domain", "domains", "domain controllers"; of several kinds "machines", or else "names". */
const char *outline_subjects(const struct outline_entry *entry);

/* The same of what is repaired one after the other: "servers" of files, each of which is of one. */
const char *outline_turns(const struct outline_entry *entry);

/* True where the text has the subject's name in it, and not as a part of a longer one. */
bool outline_names(const char *text, const struct subject *subject);

#endif
