#include "tests/lab/world_builds.h"

#include "diag/clock.h"
#include "diag/platform.h"
#include "diag/read/build_table.h"

#include <stdio.h>
#include <string.h>

static const struct build_number sp1_of_2013 = {{15, 0, 847, 32}, 4};

static void take(struct world_builds *builds, enum world_build which,
                 const struct build_number *number, const struct build_number *level)
{
    enum { SHIFT = 30000 /* of the third part, in a directory */ };

    build_number_format(number, builds->list[which].number);
    snprintf(builds->list[which].serial, sizeof builds->list[which].serial,
             "Version %d.%d (Build %d.%d)", level->parts[0], level->parts[1],
             level->parts[2] + SHIFT, level->parts[3]);
}

static const struct build_row *first_of_product(const struct build_table *table,
                                                const struct build_row *row)
{
    while (row > table->rows && row[-1].product == row->product)
        row--;
    return row;
}

/* The day behind "as-of " is made today. */
static const char *make_current(const char *text, size_t size, struct arena *arena)
{
    enum { DAY_SIZE = sizeof "2026-04-02" - 1 };
    static const char key[] = "as-of ";
    char *table = arena_copy(arena, text, size), *day = strstr(table, key);
    char now[CLOCK_TEXT_SIZE];

    clock_format(platform_wall_clock(), now);
    if (day)
        memcpy(day + strlen(key), now, DAY_SIZE);
    return table;
}

enum status world_builds_read(struct world_builds *builds, struct arena *arena)
{
    struct build_table_fault fault;
    const struct build_row *first, *newest;
    struct build_table table;
    size_t size;
    const char *text = build_table_text(&size);
    enum status status;

    builds->table = make_current(text, size, arena);
    status = build_table_read(builds->table, size, arena, &table, &fault);
    if (status != STATUS_OK)
        return status;
    newest = &table.rows[table.count - 1];
    first = first_of_product(&table, newest);
    take(builds, WORLD_BUILD_NEWEST, &newest->number,
         &build_table_base_of_level(&table, newest)->number);
    take(builds, WORLD_BUILD_BEHIND, &first->number, &first->number);
    take(builds, WORLD_BUILD_UNSUPPORTED, &sp1_of_2013, &sp1_of_2013);
    return STATUS_OK;
}
