#include "probes/build/tell.h"

#include "diag/text.h"
#include "probes/build/kinds.h"

#include <string.h>

enum { NAME_MOST = 256, OTHERS_SHOWN = 20, FIRST_WITH_SHELL = 8, OF_2010 = 14 /* majors */ };

/* ---- words ---- */

static const char *row_name(const struct build_row *row, struct arena *arena)
{
    struct buffer name;

    buffer_init(&name, NAME_MOST);
    build_row_name(row, &name);
    return buffer_keep(&name, arena);
}

static const char *number_text(const struct build_number *number, struct arena *arena)
{
    char text[BUILD_NUMBER_TEXT_SIZE];

    build_number_format(number, text);
    return arena_copy_string(arena, text);
}

/* "Exchange 2016 CU23 May22SU (15.1.2507.9, 2022-05)" */
static const char *row_text(const struct build_row *row, struct arena *arena)
{
    return arena_print(arena, "%s (%s, %s)", row_name(row, arena), number_text(&row->number, arena),
                       row->released);
}

/* What a number with a level but no update is: of a preview and its release both. */
static const char *level_text(const struct build_place *place, struct arena *arena)
{
    const struct build_row *first = place->level_first, *last = place->level_last;

    if (first->level != last->level)
        return arena_print(arena, "%s %s or %s", first->product, first->level, last->level);
    return arena_print(arena, "%s %s", first->product, first->level);
}

/* Short, for titles. A build without a row is never called by a neighbour's name. */
static const char *short_text(const struct build_place *place, struct arena *arena)
{
    if (place->match == BUILD_KNOWN && place->level_first == place->level_last)
        return row_name(place->row, arena);
    if (place->level_first)
        return level_text(place, arena);
    return place->product ? place->product : "a build that is not in the table";
}

static const char *beside_text(const struct build_place *place, const char *what,
                               struct arena *arena)
{
    if (!place->row)
        return arena_print(arena, "%s; the first above it is %s", what,
                           row_text(place->above, arena));
    if (!place->above)
        return arena_print(arena, "%s; the last below it is %s", what, row_text(place->row, arena));
    return arena_print(arena, "%s; the nearest below it is %s", what, row_text(place->row, arena));
}

/* What a number is by the table. */
static const char *long_text(const struct build_place *place, enum build_precision precision,
                             struct arena *arena)
{
    switch (place->match) {
    case BUILD_KNOWN:
        if (place->level_first == place->level_last)
            return row_text(place->row, arena);
        return arena_print(arena, "%s; it does not tell which update is on it",
                           level_text(place, arena));
    case BUILD_INTERIM:
        if (precision != BUILD_OF_UPDATE)
            return arena_print(arena, "%s; it does not tell which update is on it",
                               level_text(place, arena));
        return beside_text(place,
                           arena_print(arena, "%s, with an update that the table does not have",
                                       level_text(place, arena)),
                           arena);
    case BUILD_BETWEEN:
        return beside_text(place, "not in the table", arena);
    case BUILD_NEWER:
        return beside_text(place, "newer than the table", arena);
    default:
        return "no version of Exchange that the table has";
    }
}

static const char *end_text(const struct build_verdict *verdict, struct arena *arena)
{
    const char *day = verdict->row->supported_to;

    return day ? arena_print(arena, "on %s", day) : "years ago";
}

/* "it", of a server; what a file is of, of that. */
static const char *who(const struct build_machine *machine, struct arena *arena)
{
    if (machine->server)
        return "it";
    if (machine->name)
        return text_printable(arena, machine->name, strlen(machine->name));
    return machine->has_folder ? "the server of these files" : "the server of this file";
}

/* In front of what is said of one machine of several in a file. */
static const char *whose(const struct build_machine *machine, struct arena *arena)
{
    return machine->server || !machine->name ? "" : arena_print(arena, "%s: ", who(machine, arena));
}

/* ---- what every finding has ---- */

static void saw_sightings(struct finding *finding, struct examination *x,
                          const struct build_case *one)
{
    const struct build_verdict *verdict = &one->verdict;
    const char *said = "";

    for (size_t i = 0; i < one->machine->count; i++) {
        const struct build_sighting *sighting = &one->machine->sightings[i];
        struct build_place place =
            build_table_find(verdict->table, &sighting->number, sighting->precision);
        const char *text = long_text(&place, sighting->precision, pass_memory(x));
        bool is_said = strcmp(text, said) == 0;

        saw(finding, sighting->source, "%s, by %s%s%s%s",
            number_text(&sighting->number, pass_memory(x)), build_way_text(sighting->way),
            is_said ? "" : ": ", is_said ? "" : text,
            build_agrees(verdict, sighting) ? "" : " (the ways do not agree)");
        said = text;
    }
    if (verdict->best->way == BUILD_BY_LOG_HEADER)
        saw(finding, NULL, "a log tells the build of its day: it may have been updated since");
    if (verdict->best->precision == BUILD_OF_LEVEL)
        saw(finding, NULL,
            "%s tells the level alone, a lower bound: updates on top of it are not seen",
            build_way_text(verdict->best->way));
}

/* A stale table that is not old is of a day to come. */
static const char *table_text(const struct build_verdict *verdict, struct arena *arena)
{
    if (verdict->is_stale && verdict->age == 0)
        return arena_print(arena,
                           "the table of builds is of %s, a day after this run: the table's "
                           "day or the clock is wrong",
                           verdict->table->as_of);
    return arena_print(arena, "the table of builds is of %s, %u day%s before this run",
                       verdict->table->as_of, verdict->age, verdict->age == 1 ? "" : "s");
}

static void saw_table(struct finding *finding, struct examination *x,
                      const struct build_verdict *verdict)
{
    saw(finding, NULL, "%s%s", table_text(verdict, pass_memory(x)),
        verdict->age > BUILD_TABLE_DAYS ? ": there may be updates that it does not have" : "");
}

static void set_name(struct finding *finding, const char *name, const struct build_machine *machine,
                     size_t size)
{
    if (machine->is_vouched)
        set_vouched(finding, VALUE_NAME, name, machine->name, size);
    else
        set_value(finding, VALUE_NAME, name, machine->name, size);
}

/* A cluster calls its nodes by their names without a domain. */
static void set_machine(struct finding *finding, const struct build_machine *machine)
{
    size_t size = machine->name ? strlen(machine->name) : 0;
    struct ip_address literal;

    if (size == 0)
        return;
    set_name(finding, "machine", machine, size);
    if (ip_parse(machine->name, size, &literal) != STATUS_OK)
        set_name(finding, "node", machine, strcspn(machine->name, "."));
    if (!machine->is_edge)
        set_text(finding, "asks-again", "yes");
}

/* What there is to type, and how maintenance is done, depends on the generation and the role. */
static void set_generation(struct finding *finding, const struct build_case *one)
{
    unsigned major = one->verdict.best->number.parts[0];

    set_text(finding, major >= FIRST_WITH_SHELL ? "since-2007" : "before-2007", "yes");
    if (major > OF_2010)
        set_text(finding, "since-2013", "yes");
    if (!one->machine->is_edge && major >= OF_2010)
        set_text(finding, major > OF_2010 ? "dag" : "dag-of-2010", "yes");
    if (!one->machine->is_edge && !one->verdict.is_stale && one->verdict.state != BUILD_UNKNOWN)
        set_text(finding, "web", "yes");
}

static void set_common(struct finding *finding, struct examination *x, const struct build_case *one)
{
    const struct build_verdict *verdict = &one->verdict;
    struct arena *arena = pass_memory(x);

    set_text(finding, "who", who(one->machine, arena));
    set_text(finding, "name", short_text(&verdict->place, arena));
    set_text(finding, "build", number_text(&verdict->best->number, arena));
    set_text(finding, "as-of", verdict->table->as_of);
    set_machine(finding, one->machine);
    set_generation(finding, one);
}

static struct finding *say_unknown(struct examination *x, const struct finding_kind *kind,
                                   const struct build_case *one, const char *what)
{
    struct finding *finding = unknown(x, kind, "%s%s", whose(one->machine, pass_memory(x)), what);

    set_common(finding, x, one);
    saw_sightings(finding, x, one);
    return finding;
}

/* ---- support ---- */

/* Which way leads on, as a condition of its steps. */
static const char *path_of(const struct build_row *row)
{
    static const struct {
        const char *product;
        const char *path;
    } paths[] = {{"Exchange 2019", "from-2019"},
                 {"Exchange 2016", "from-2016"},
                 {"Exchange 2013", "from-2013"},
                 {"Exchange 2010", "from-2010"},
                 {"Exchange 2007", "from-2007"}};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (strcmp(row->product, paths[i].product) == 0)
            return paths[i].path;
    }
    return row->number.parts[0] >= 15 ? "from-later" : "from-older";
}

static void tell_support_over(struct examination *x, const struct build_case *one)
{
    const struct build_verdict *verdict = &one->verdict;
    struct finding *finding = found(x, &exchange_build_unsupported);

    set_common(finding, x, one);
    set_text(finding, "ended", end_text(verdict, pass_memory(x)));
    set_text(finding, path_of(verdict->row), "yes");
    saw_sightings(finding, x, one);
    if (verdict->newest && verdict->row->supported_to)
        saw(finding, NULL,
            "the table of %s has updates of %s up to %s; none of them brings support back",
            verdict->table->as_of, verdict->row->product,
            row_text(verdict->newest, pass_memory(x)));
}

void build_tell_support(struct examination *x, const struct build_case *one)
{
    const struct build_verdict *verdict = &one->verdict;
    struct finding *finding;

    if (verdict->support == BUILD_SUPPORT_OVER) {
        tell_support_over(x, one);
    } else if (verdict->support == BUILD_SUPPORT_UNKNOWN) {
        say_unknown(x, &exchange_build_unsupported, one,
                    "the table does not say which product this build is of");
    } else if (verdict->is_stale) {
        finding =
            say_unknown(x, &exchange_build_unsupported, one, table_text(verdict, pass_memory(x)));
        saw(finding, NULL, "by it %s is supported until %s", verdict->row->product,
            verdict->row->supported_to);
        set_text(finding, "stale", "yes");
    } else {
        healthy(x, &exchange_build_unsupported, "%s%s, supported until %s",
                whose(one->machine, pass_memory(x)), verdict->row->product,
                verdict->row->supported_to);
    }
}

/* ---- updates ---- */

/* The table is the program's word, or the user's. */
static void set_row(struct finding *finding, const char *name, const struct build_row *row,
                    struct arena *arena)
{
    const char *text = row_text(row, arena);

    set_vouched(finding, VALUE_TEXT, name, text, strlen(text));
}

static void tell_path(struct finding *finding, struct examination *x, const struct build_case *one)
{
    const struct build_verdict *verdict = &one->verdict;
    const struct build_row *newest = verdict->newest;
    const struct build_row *base = build_table_base_of_level(verdict->table, newest);
    struct arena *arena = pass_memory(x);
    bool is_level = !verdict->place.level_first || verdict->place.level_last->level != base->level;

    set_text(finding, "newest", row_name(newest, arena));
    if (is_level)
        set_row(finding, "level", base, arena);
    if (newest != base)
        set_row(finding, "update", newest, arena);
    if (is_level && verdict->newest_of_level && verdict->place.row != verdict->newest_of_level)
        saw(finding, NULL, "the newest update of its own level is %s",
            row_text(verdict->newest_of_level, arena));
    saw(finding, NULL, "the newest of its line is %s", row_text(newest, arena));
    if (verdict->newest_for_all == newest)
        return;
    set_row(finding, "for-all", verdict->newest_for_all, arena);
    saw(finding, NULL,
        "what came after support ended on %s is for Extended Security Updates (ESU) alone: the "
        "newest for everybody is %s",
        newest->supported_to, row_text(verdict->newest_for_all, arena));
}

static void tell_behind(struct examination *x, const struct build_case *one)
{
    static const char *const lacks[] = {
        [BUILD_LACKS] = "behind",
        [BUILD_LACKS_HOTFIX] = "hotfixes behind",
        [BUILD_LACKS_LEVEL] = "with the same updates a level behind",
        [BUILD_LACKS_EXTENDED] = "without Extended Security Updates behind"};
    const struct build_verdict *verdict = &one->verdict;
    struct finding *finding = found(x, &exchange_build_behind);

    set_common(finding, x, one);
    set_text(finding, "how", lacks[verdict->state]);
    if (verdict->state != BUILD_LACKS)
        finding_severity(finding, SEVERITY_INFO);
    if (verdict->support == BUILD_SUPPORT_OVER)
        set_text(finding, "unsupported", "yes");
    saw_sightings(finding, x, one);
    tell_path(finding, x, one);
    saw_table(finding, x, verdict);
}

static void tell_newest(struct examination *x, const struct build_case *one)
{
    const struct build_verdict *verdict = &one->verdict;
    struct finding *finding;

    if (verdict->disagrees) {
        say_unknown(x, &exchange_build_behind, one, "what shows its build does not agree");
    } else if (verdict->is_stale) {
        finding = say_unknown(x, &exchange_build_behind, one, table_text(verdict, pass_memory(x)));
        saw(finding, NULL, "by it this is the newest of its line");
        set_text(finding, "stale", "yes");
    } else {
        healthy(x, &exchange_build_behind, "%s%s is the newest of its line in the table of %s",
                whose(one->machine, pass_memory(x)), row_text(verdict->newest, pass_memory(x)),
                verdict->table->as_of);
    }
}

static void tell_unknown(struct examination *x, const struct build_case *one)
{
    const struct build_verdict *verdict = &one->verdict;
    struct finding *finding =
        say_unknown(x, &exchange_build_behind, one,
                    verdict->place.match == BUILD_NEWER || verdict->place.match == BUILD_INTERIM
                        ? "this build is newer than the table of builds"
                        : "this build is not in the table of builds");

    saw_table(finding, x, verdict);
    set_text(finding, "stale", "yes");
}

void build_tell_state(struct examination *x, const struct build_case *one)
{
    const struct build_verdict *verdict = &one->verdict;
    struct finding *finding;

    switch (verdict->state) {
    case BUILD_NEWEST:
        tell_newest(x, one);
        break;
    case BUILD_UPDATE_HIDDEN:
        finding = say_unknown(x, &exchange_build_behind, one,
                              "which update is on its level is not told by what can be seen");
        saw(finding, NULL, "the newest update of its level is %s",
            row_text(verdict->newest_of_level, pass_memory(x)));
        saw_table(finding, x, verdict);
        break;
    case BUILD_UNKNOWN:
        tell_unknown(x, one);
        break;
    default:
        tell_behind(x, one);
    }
}

/* What its web site answered in place of a build. */
static void saw_answer(struct finding *finding, const struct build_machine *machine)
{
    const struct web_exchange *page = machine->page;
    const char *version = page ? web_field_of(page, "X-OWA-Version") : NULL;

    if (page)
        saw(finding, &page->evidence, "HTTP %u %s at %s", page->code,
            page->phrase ? page->phrase : "", page->path);
    if (version)
        saw(finding, &page->evidence, "X-OWA-Version: %s, which is no build of Exchange", version);
    if (machine->obstacle && machine->obstacle->status == STATUS_OK)
        saw(finding, machine->obstacle, "the answer is that there is no address");
    else if (machine->obstacle)
        saw_failure(finding, machine->obstacle);
}

/* Of one whose build nothing tells. */
static void set_whereabouts(struct finding *finding, struct examination *x,
                            const struct build_machine *machine)
{
    set_text(finding, "who", who(machine, pass_memory(x)));
    set_machine(finding, machine);
    set_text(finding, "since-2007", "yes");
    if (!machine->is_edge)
        set_text(finding, "web", "yes");
}

void build_tell_hidden(struct examination *x, const struct build_machine *machine)
{
    struct finding *finding =
        unknown(x, &exchange_build_behind, "it is Exchange, and does not show which build");

    saw_answer(finding, machine);
    set_whereabouts(finding, x, machine);
}

void build_tell_subscribed(struct examination *x, const struct build_machine *machine)
{
    struct finding *finding = unknown(
        x, &exchange_build_behind,
        "%sthe directory has the build of an Edge Transport server as of the day when it "
        "was subscribed",
        machine->server ? "" : arena_print(pass_memory(x), "%s: ", who(machine, pass_memory(x))));

    set_whereabouts(finding, x, machine);
}

/*
 * Whatever spoke elsewhere, a port that nothing listens at has no web site; and these answer for
 * whatever stands behind them.
 */
static bool is_in_the_way(const struct build_machine *machine)
{
    static const unsigned codes[] = {401, 403, 407};

    if (machine->obstacle)
        return !machine->has_spoken || machine->obstacle->status != STATUS_REFUSED;
    for (size_t i = 0; machine->page && i < sizeof codes / sizeof *codes; i++) {
        if (machine->page->code == codes[i])
            return true;
    }
    return machine->page && machine->page->code / 100 == 5;
}

bool build_tell_unseen(struct examination *x, const struct build_machine *machine)
{
    struct finding *finding;

    if (!is_in_the_way(machine))
        return false;
    finding = unknown(x, &exchange_build_behind, "whether it is Exchange could not be seen");
    saw_answer(finding, machine);
    set_whereabouts(finding, x, machine);
    return true;
}

void build_tell_barred(struct examination *x, const struct build_machine *machine)
{
    struct finding *finding =
        unknown(x, &exchange_build_behind, "this file does not show which build a server runs");

    set_text(finding, "who", who(machine, pass_memory(x)));
    set_text(finding, "since-2007", "yes");
    saw_failure(finding, machine->obstacle);
}

/* ---- several servers ---- */

static bool is_peer(const struct build_case *one, const struct build_case *other)
{
    return one != other && one->verdict.place.product &&
           one->verdict.place.product == other->verdict.place.product;
}

static const char *name_of(const struct build_machine *machine, struct arena *arena)
{
    if (machine->server)
        return machine->server->shown;
    return machine->name ? text_printable(arena, machine->name, strlen(machine->name))
                         : machine->file->shown;
}

static void saw_case(struct finding *finding, struct examination *x, const struct build_case *one)
{
    saw(finding, one->verdict.best->source, "%s: %s, %s, by %s",
        name_of(one->machine, pass_memory(x)),
        number_text(&one->verdict.best->number, pass_memory(x)),
        short_text(&one->verdict.place, pass_memory(x)), build_way_text(one->verdict.best->way));
}

/* What is counted as a server may be a file of one that is counted already. */
static void saw_nameless(struct finding *finding, const struct build_case *one,
                         const struct build_case *cases, size_t count)
{
    bool hides_name = !one->machine->name;

    for (size_t i = 0; i < count; i++)
        hides_name = hides_name || (is_peer(one, &cases[i]) && !cases[i].machine->name);
    if (hides_name)
        saw(finding, NULL,
            "what does not say whose it is counts as a server of its own: --file HOST=PATH says "
            "it, or a folder for each server");
}

static void tell_lagging(struct examination *x, const struct build_case *one,
                         const struct build_case *ahead, const struct build_case *cases,
                         size_t count)
{
    struct finding *finding = found(x, &exchange_build_mixed);
    size_t shown = 0;

    set_common(finding, x, one);
    set_text(finding, "other", name_of(ahead->machine, pass_memory(x)));
    set_text(finding, "other-name", short_text(&ahead->verdict.place, pass_memory(x)));
    set_text(finding, "other-build", number_text(&ahead->verdict.best->number, pass_memory(x)));
    saw_case(finding, x, one);
    for (size_t i = 0; i < count; i++) {
        if (is_peer(one, &cases[i]) && shown++ < OTHERS_SHOWN)
            saw_case(finding, x, &cases[i]);
    }
    if (shown > OTHERS_SHOWN)
        saw(finding, NULL, "and %zu more", shown - OTHERS_SHOWN);
    saw_nameless(finding, one, cases, count);
}

/*
 * The first of those that are alike speaks for all of them. What updates are on a level that they
 * are to leave anyway is no question.
 */
static void tell_alike(struct examination *x, const struct build_case *one, size_t peers,
                       bool is_sure, const struct build_case *cases, size_t count)
{
    struct finding *finding;

    if (is_sure && !one->verdict.disagrees) {
        healthy(x, &exchange_build_mixed, "%zu servers of %s are at %s", peers + 1,
                one->verdict.place.product,
                number_text(&one->verdict.best->number, pass_memory(x)));
    } else if (one->verdict.state != BUILD_LACKS) {
        finding = say_unknown(
            x, &exchange_build_mixed, one,
            arena_print(pass_memory(x),
                        "%zu servers of %s are at one level; which updates are on it is "
                        "not told of all of them",
                        peers + 1, one->verdict.place.product));
        saw_nameless(finding, one, cases, count);
    }
}

void build_tell_mixed(struct examination *x, const struct build_case *one,
                      const struct build_case *cases, size_t count)
{
    const struct build_case *ahead = NULL;
    bool is_alike = true, all_sure = true, is_first = true;
    size_t peers = 0;

    for (size_t i = 0; i < count; i++) {
        const struct build_case *other = &cases[i];
        bool is_sure;
        int order;

        if (!is_peer(one, other))
            continue;
        order = build_compare(&one->verdict, &other->verdict, &is_sure);
        peers++;
        is_first = is_first && other > one;
        is_alike = is_alike && order == 0;
        all_sure = all_sure && is_sure && !other->verdict.disagrees;
        if (order < 0 && (!ahead || build_compare(&ahead->verdict, &other->verdict, &is_sure) < 0))
            ahead = other;
    }
    if (ahead)
        tell_lagging(x, one, ahead, cases, count);
    else if (peers > 0 && is_alike && is_first)
        tell_alike(x, one, peers, all_sure, cases, count);
}
