#include "probes/build/judge.h"

#include <string.h>

static const void *read_table(struct examination *x)
{
    const char *text = ask_settings(x)->builds;
    struct build_table *table = arena_new(pass_memory(x), 1, sizeof *table);
    struct build_table_fault fault;
    size_t size;

    if (text && build_table_read(text, strlen(text), pass_memory(x), table, &fault) == STATUS_OK)
        return table;
    text = build_table_text(&size);
    build_table_read(text, size, pass_memory(x), table, &fault);
    return table;
}

const struct build_table *build_table_of(struct examination *x)
{
    return ask_shared(x, read_table);
}

/* ---- one machine ---- */

static const struct build_sighting *best_of(const struct build_machine *machine)
{
    const struct build_sighting *best = NULL;

    for (size_t i = 0; i < machine->count; i++) {
        if (!best || machine->sightings[i].precision > best->precision)
            best = &machine->sightings[i];
    }
    return best;
}

/* Logs and folders are of the day they were made: an older build in them contradicts nothing. */
static bool is_of_the_past(const struct build_sighting *sighting, const struct build_sighting *best)
{
    return (sighting->way == BUILD_BY_LOG_HEADER || sighting->way == BUILD_BY_METADATA ||
            sighting->way == BUILD_BY_REGISTRY) &&
           build_number_compare(&sighting->number, &best->number) < 0;
}

static bool is_same_level(const struct build_row *a, const struct build_row *b)
{
    return a->product == b->product && a->level == b->level;
}

bool build_agrees(const struct build_verdict *verdict, const struct build_sighting *sighting)
{
    const struct build_sighting *best = verdict->best;
    struct build_place place;

    if (is_of_the_past(sighting, best))
        return true;
    if (sighting->precision == BUILD_OF_UPDATE && best->precision == BUILD_OF_UPDATE)
        return build_number_compare(&sighting->number, &best->number) == 0;
    if (build_number_shares_build(&sighting->number, &best->number))
        return true;
    place = build_table_find(verdict->table, &sighting->number, sighting->precision);
    return place.level_first && verdict->place.level_first &&
           is_same_level(place.level_first, verdict->place.level_first);
}

static enum build_support support_of(const struct build_verdict *verdict, int64_t now)
{
    if (!verdict->row)
        return BUILD_SUPPORT_UNKNOWN;
    return now < verdict->row->support_ends ? BUILD_SUPPORTED : BUILD_SUPPORT_OVER;
}

/* What it lacks up to the newest of the product holds nothing but hotfixes. */
static bool lacks_hotfixes_alone(const struct build_verdict *verdict, const struct build_row *next)
{
    if (!is_same_level(next, verdict->newest))
        return false;
    for (const struct build_row *row = next; row <= verdict->newest; row++) {
        if (!build_row_is_hotfix(row))
            return false;
    }
    return true;
}

/* Its level has the update that the newest level has. */
static bool is_served(const struct build_verdict *verdict, const struct build_row *row)
{
    return row == verdict->newest_of_level && row->update && verdict->newest->update &&
           strcmp(row->update, verdict->newest->update) == 0;
}

/* The last one up to this that everybody can have; that one itself where there is none. */
static const struct build_row *for_all(const struct build_table *table, const struct build_row *row)
{
    const struct build_row *last = row;

    while (build_row_is_extended(last) && last > table->rows && is_same_level(last, last - 1))
        last--;
    return build_row_is_extended(last) ? row : last;
}

/* Nothing is there for it but what is not for everybody. */
static bool lacks_extended_alone(const struct build_verdict *verdict, const struct build_row *row)
{
    const struct build_row *all = verdict->newest_for_all;

    if (all == verdict->newest || row != for_all(verdict->table, verdict->newest_of_level))
        return false;
    return row == all || (row->update && all->update && strcmp(row->update, all->update) == 0);
}

static enum build_state state_of_row(const struct build_verdict *verdict,
                                     const struct build_row *row)
{
    if (row == verdict->newest)
        return BUILD_NEWEST;
    if (is_served(verdict, row))
        return BUILD_LACKS_LEVEL;
    if (lacks_extended_alone(verdict, row))
        return BUILD_LACKS_EXTENDED;
    return lacks_hotfixes_alone(verdict, row + 1) ? BUILD_LACKS_HOTFIX : BUILD_LACKS;
}

/* Its level is known, its update is not, or has no row. */
static enum build_state state_of_level(const struct build_verdict *verdict)
{
    const struct build_place *place = &verdict->place;

    if (!is_same_level(place->level_last, verdict->newest) &&
        !is_served(verdict, verdict->newest_of_level))
        return BUILD_LACKS;
    if (verdict->best->precision != BUILD_OF_UPDATE)
        return BUILD_UPDATE_HIDDEN;
    return place->above && is_same_level(place->above, place->level_last) ? BUILD_LACKS
                                                                          : BUILD_UNKNOWN;
}

static enum build_state state_of(const struct build_verdict *verdict)
{
    const struct build_place *place = &verdict->place;

    if (!verdict->newest)
        return BUILD_UNKNOWN;
    if (!place->level_first) /* what is of a product and of no level is between two of its rows */
        return BUILD_LACKS;
    if (place->match == BUILD_KNOWN && place->level_first == place->level_last)
        return state_of_row(verdict, place->level_first);
    return state_of_level(verdict);
}

bool build_judge(struct examination *x, const struct build_table *table,
                 const struct build_machine *machine, struct build_verdict *out)
{
    *out = (struct build_verdict){
        .table = table, .age = build_table_age(table, ask_now(x)), .best = best_of(machine)};
    out->is_stale = out->age > BUILD_TABLE_DAYS || build_table_is_ahead(table, ask_now(x));
    if (!out->best)
        return false;
    out->place = build_table_find(table, &out->best->number, out->best->precision);
    if (out->place.product)
        out->row = out->place.level_first ? out->place.level_first : out->place.row;
    if (out->row)
        out->newest = build_table_newest_of_product(table, out->row);
    if (out->newest)
        out->newest_for_all = for_all(table, out->newest);
    if (out->place.level_first)
        out->newest_of_level = build_table_newest_of_level(table, out->place.level_last);
    out->support = support_of(out, ask_now(x));
    out->state = state_of(out);
    for (size_t i = 0; i < machine->count; i++)
        out->disagrees = out->disagrees || !build_agrees(out, &machine->sightings[i]);
    return true;
}

/* ---- two machines ---- */

int build_compare(const struct build_verdict *a, const struct build_verdict *b, bool *is_sure)
{
    const struct build_row *of_a = a->place.level_first, *of_b = b->place.level_first;

    *is_sure = a->best->precision == BUILD_OF_UPDATE && b->best->precision == BUILD_OF_UPDATE;
    if (*is_sure)
        return build_number_compare(&a->best->number, &b->best->number);
    if (!of_a || !of_b || is_same_level(of_a, of_b))
        return 0;
    return of_a < of_b ? -1 : 1;
}
