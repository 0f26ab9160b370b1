/*
 * The table of Exchange's builds: what each is called, when it came out, how long it is supported.
 * The project's own is diag/builds/exchange.txt, part of the program; --builds reads another of the
 * same form:
 *
 *     exdiag-builds 1
 *     as-of 2026-04-02
 *     # a comment
 *     15.1.2507.6 | Exchange 2016 | CU23 | - | 2022-04-20 | 2025-10-14
 *     15.1.2507.9 | Exchange 2016 | CU23 | May22SU | 2022-05 | 2025-10-14
 *
 * Build (three parts or four; three stand for every fourth one), product, level (RTM, CU23, SP3),
 * update (- for the level itself; names with HU are hotfixes, others hold security fixes), day or
 * month of release, and the last day of support: "ended" where it is not known, "ended 2020-10-13"
 * where what came out after it was for everybody. Rows ascend and no build comes twice; a level's
 * rows stand together. Days are of years 1990 to 2099.
 * Fuzz target: tests/fuzz/build_table.c.
 */
#ifndef EXDIAG_READ_BUILD_TABLE_H
#define EXDIAG_READ_BUILD_TABLE_H

#include "diag/buffer.h"
#include "diag/read/build_number.h"

enum {
    BUILD_TABLE_BYTES_MOST = 1 << 20,
    BUILD_TABLE_ROWS_MOST = 4096,
    BUILD_TABLE_NAME_MOST = 64, /* bytes of product, level and update */
    BUILD_TABLE_DAYS = 90,      /* an older table cannot say that something is up to date */
    BUILD_TABLE_REASON_SIZE = 160
};

struct build_row {
    struct build_number number;
    const char *product;      /* "Exchange 2016": one pointer for all rows of a product */
    const char *level;        /* "CU23": one for all rows of a level of a product */
    const char *update;       /* "May22SU"; or NULL: the level itself */
    const char *released;     /* "2022-05-10" or "2022-05", as the table has it */
    const char *supported_to; /* "2025-10-14", or NULL: it ended on a day that is not known */
    int64_t support_ends;     /* the first moment after that: milliseconds since 1970 UTC; 0: over
                                 before updates for paying customers alone were made */
};

struct build_table {
    const char *as_of;            /* "2026-04-02" */
    int64_t as_of_moment;         /* its first: milliseconds since 1970 UTC */
    const struct build_row *rows; /* ascending */
    size_t count;
};

struct build_table_fault {
    size_t line; /* from 1; 0: the file as a whole */
    char reason[BUILD_TABLE_REASON_SIZE];
};

/*
 * All in `arena`; UTF-8 with or without a byte order mark, LF or CRLF. STATUS_INVALID with the
 * first `fault`, STATUS_TOO_LARGE beyond the limits above, with it too.
 */
enum status build_table_read(const char *bytes, size_t size, struct arena *arena,
                             struct build_table *out, struct build_table_fault *fault);

/* The one that is part of the program, in the same form. */
const char *build_table_text(size_t *size);

enum build_match {
    BUILD_KNOWN,       /* `row` is it */
    BUILD_INTERIM,     /* three parts are those of `row`, the fourth is no row's: `row` is the
                          nearest below it, or where that is of other three parts the next above */
    BUILD_BETWEEN,     /* of two rows, or below the first of its version: then `row` is NULL */
    BUILD_NEWER,       /* than every row of its version (major.minor): `row` is the last of these */
    BUILD_NOT_EXCHANGE /* no row is of its version; `row` is NULL */
};

struct build_place {
    enum build_match match;
    const struct build_row *row;   /* never a guess: the nearest below, to be named as such */
    const struct build_row *above; /* the next of its version; or NULL */
    /*
     * Of the level, as far as the number tells one: the first and last rows that it may be. For a
     * number whose way tells no update they span the level. NULL where it is not known.
     */
    const struct build_row *level_first, *level_last;
    const char *product; /* NULL: not known, for the number is between two products or beyond */
};

struct build_place build_table_find(const struct build_table *table,
                                    const struct build_number *number,
                                    enum build_precision precision);

/* The last row of the row's level: its newest update. */
const struct build_row *build_table_newest_of_level(const struct build_table *table,
                                                    const struct build_row *row);

/* The last row of the row's product: the newest update of its newest level. */
const struct build_row *build_table_newest_of_product(const struct build_table *table,
                                                      const struct build_row *row);

/* The level's own row, without an update; or its first one. */
const struct build_row *build_table_base_of_level(const struct build_table *table,
                                                  const struct build_row *row);

/* It is a hotfix update: nothing of security is in it that was not there before. */
bool build_row_is_hotfix(const struct build_row *row);

/*
 * It came out after the last day of support: for customers of Microsoft's Extended Security Update
 * program alone, and not by download. Of a product that "ended": false.
 */
bool build_row_is_extended(const struct build_row *row);

/* "Exchange 2016 CU23 May22SU" */
void build_row_name(const struct build_row *row, struct buffer *out);

/* Whole days from the table's day to `now`; 0 where that is before it. */
unsigned build_table_age(const struct build_table *table, int64_t now);

/* Its day has not come at `now`, anywhere on Earth: one of both is wrong. */
bool build_table_is_ahead(const struct build_table *table, int64_t now);

#endif
