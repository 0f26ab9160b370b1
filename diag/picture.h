/*
 * Pictures of one finding beside its series (series.h): a tree of what leads to what, with what
 * each of it costs, and a timeline of what several hosts did, each from the moment it was called.
 *
 * A probe draws them (probe.h, draw_tree(), draw_timeline()); each report shows them its own way.
 * All text is printable. Nothing of them is measured in pixels or columns.
 */
#ifndef EXDIAG_PICTURE_H
#define EXDIAG_PICTURE_H

#include "diag/memory.h"

#include <stdbool.h>
#include <stdint.h>

/* X(NAME, "word in JSON"): worst first */
#define PICTURE_STANDING_LIST(X)                                                                   \
    X(WRONG, "wrong")       /* what the finding is about */                                        \
    X(DOUBTFUL, "doubtful") /* worth a look, or not known */                                       \
    X(PLAIN, "plain")                                                                              \
    X(RIGHT, "right")

enum picture_standing {
#define X(name, word) PICTURE_##name,
    PICTURE_STANDING_LIST(X)
#undef X
        PICTURE_STANDING_COUNT
};

const char *picture_standing_word(enum picture_standing standing);

enum { PICTURE_TEXT_MOST = 160 }; /* code points of a label or remark; more end in "..." */

/* ---- trees ---- */

enum { TREE_NODES_MOST = 64, TREE_LEVELS_MOST = 24 };

/* Const, beside the kinds of finding. */
struct tree_kind {
    const char *id;    /* kebab-case, in JSON: "spf-includes" */
    const char *title; /* for people, lower case: "where the record leads" */
    const char *unit;  /* of costs, plural: "lookups" */
    const char *limit; /* what is more than `most` of them: "a permanent error from here on" */
    unsigned most;     /* so many are allowed in all */
    bool in_text;      /* it says more than the lines of what was seen do: in text, too */
};

struct tree_node {
    const char *label;  /* "include:spf.northwind.com" */
    const char *remark; /* "no SPF record there", or NULL */
    unsigned level;     /* 0: the root, the first of all; each at most one below that before it */
    unsigned number;    /* of its own cost, counted in order: 1...; 0: it costs nothing itself */
    unsigned cost;      /* with all that is below it */
    unsigned left_out;  /* right below it, with all of theirs, and not shown */
    enum picture_standing standing;
    bool is_unreached; /* nothing comes to it: it is not counted */
};

struct tree {
    const struct tree_kind *kind;
    const struct tree_node *nodes; /* each before those below it */
    size_t count;                  /* at most TREE_NODES_MOST */
    unsigned total;                /* of the costs that count */
};

/*
 * Which of `count` nodes to keep, at most `most`, which is at most TREE_NODES_MOST: the root, what
 * is wrong and where the limit breaks with all above these, then what is doubtful, then the others,
 * those nearest to the root first. Levels that skip one, or are beyond TREE_LEVELS_MOST, are set
 * right. In `arena`.
 */
void tree_arrange(const struct tree_kind *kind, const struct tree_node *nodes, size_t count,
                  size_t most, unsigned total, struct arena *arena, struct tree *out);

/* The first node that is one too many: where the limit breaks. */
bool tree_breaks_at(const struct tree *tree, size_t index);

/* ---- timelines ---- */

enum { TIMELINE_ROWS_MOST = 24, TIMELINE_PHASES_MOST = 4, TIMELINE_STOPS_MOST = 12 };

/* X(NAME, "word in JSON") */
#define TIMELINE_PHASE_LIST(X)                                                                     \
    X(CONNECTING, "connecting")                                                                    \
    X(SILENT, "silent")                                                                            \
    X(SPEAKING, "speaking")

enum timeline_phase_kind {
#define X(name, word) TIMELINE_##name,
    TIMELINE_PHASE_LIST(X)
#undef X
        TIMELINE_PHASE_COUNT
};

const char *timeline_phase_word(enum timeline_phase_kind kind);

/* X(NAME, "word in JSON", "for people"): how a row ends */
#define TIMELINE_END_LIST(X)                                                                       \
    X(GREETED, "greeted", "greets")                                                                \
    X(REJECTED, "rejected", "says no")                                                             \
    X(CLOSED, "closed", "hangs up")                                                                \
    X(REFUSED, "refused", "port closed")                                                           \
    X(UNANSWERED, "unanswered", "no answer")                                                       \
    X(OPEN, "open", "still silent") /* nobody waited any longer */                                 \
    X(STRANGE, "strange", "no greeting")                                                           \
    X(UNKNOWN, "unknown", "not known")

enum timeline_end {
#define X(name, word, shown) TIMELINE_END_##name,
    TIMELINE_END_LIST(X)
#undef X
        TIMELINE_END_COUNT
};

const char *timeline_end_word(enum timeline_end end);
const char *timeline_end_shown(enum timeline_end end);

/* Where the axis is marked: the way from one stop to the next is as long as any other. */
struct timeline_stop {
    int64_t at;        /* milliseconds, above zero; 0 ends a list */
    const char *label; /* "5 min" */
    const char *limit; /* what it is the limit of, or NULL */
};

/* Const, beside the kinds of finding. */
struct timeline_kind {
    const char *id;                    /* kebab-case, in JSON: "mx-calls" */
    const char *title;                 /* for people, lower case: "when each host fell silent" */
    const struct timeline_stop *stops; /* upwards; at most TIMELINE_STOPS_MOST */
    int64_t reach;                     /* the axis goes so far at least: one of the stops */
};

struct timeline_phase {
    enum timeline_phase_kind kind;
    int64_t from, to; /* milliseconds since the row's own beginning */
};

struct timeline_row {
    const char *group;  /* "10": of the MX record; of those in a row that are alike; or NULL */
    const char *name;   /* "mx1.contoso.com" */
    const char *detail; /* "192.0.2.25"; or NULL */
    struct timeline_phase phases[TIMELINE_PHASES_MOST]; /* in order, without gaps, from 0 on */
    size_t phase_count;
    enum timeline_end end;
    enum picture_standing standing;
};

struct timeline {
    const struct timeline_kind *kind;
    const struct timeline_row *rows;
    size_t count; /* at most TIMELINE_ROWS_MOST */
    size_t left_out;
    size_t stops; /* how many of the kind's the axis has: up to the last moment, or beyond it */
};

/*
 * Of more than `most` rows, which is at most TIMELINE_ROWS_MOST, those that stand worst are kept,
 * of these the first; in their order. Phases are set right: none is negative or before the one
 * before it. In `arena`.
 */
void timeline_arrange(const struct timeline_kind *kind, const struct timeline_row *rows,
                      size_t count, size_t most, struct arena *arena, struct timeline *out);

/* Where a moment stands on an axis of `length`; what is beyond the last stop stands there. */
uint32_t timeline_position(const struct timeline *timeline, int64_t at, uint32_t length);

/* When a row ends: milliseconds. */
int64_t timeline_end_of(const struct timeline_row *row);

#endif
