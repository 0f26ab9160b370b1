#include "probes/build/folders.h"

#include "probes/folder.h"

/* One folder, while it is looked at: of a teller that has no name, and of those from it on. */
struct folder {
    struct build_organisation *organisation;
    const struct build_teller *first;
    struct build_machine *machine; /* that they are of */
};

static bool is_nameless(const struct build_teller *teller)
{
    return !teller->machine->name;
}

/* What tells of several machines says nothing of the folder that it lies in. */
static const struct build_teller *next_of(const struct folder *folder,
                                          const struct build_teller *teller)
{
    const struct build_organisation *organisation = folder->organisation;
    const struct build_teller *end = organisation->tellers + organisation->teller_count;

    for (teller = teller ? teller + 1 : organisation->tellers; teller < end; teller++) {
        if (teller->machine && !teller->is_of_several &&
            folders_are_one(teller->file->name, folder->first->file->name))
            return teller;
    }
    return NULL;
}

/* Of the one machine that it names, or of the first without a name; false where it names two. */
static bool find_machine(struct folder *folder)
{
    folder->machine = folder->first->machine;
    for (const struct build_teller *at = next_of(folder, NULL); at; at = next_of(folder, at)) {
        if (is_nameless(at) || at->machine == folder->machine)
            continue;
        if (folder->machine->name)
            return false;
        folder->machine = at->machine;
    }
    return true;
}

/* A machine has one of each, but for its logs. */
static bool is_there_twice(const struct folder *folder, const struct build_teller *teller)
{
    for (const struct build_teller *at = next_of(folder, NULL); at; at = next_of(folder, at)) {
        if (at != teller && at->type == teller->type && at->way == teller->way)
            return true;
    }
    return false;
}

static bool is_older_log(const struct build_sighting *log, const struct build_sighting *other)
{
    return log->way == BUILD_BY_LOG_HEADER &&
           build_number_compare(&log->number, &other->number) < 0;
}

/* A machine is of one version and at one level, of which one way shows one number. */
static bool contradicts(const struct build_sighting *one, const struct build_sighting *other)
{
    if (one->number.parts[0] != other->number.parts[0] ||
        one->number.parts[1] != other->number.parts[1])
        return true;
    if (one->way == other->way)
        return build_number_compare(&one->number, &other->number) != 0;
    return !build_number_shares_build(&one->number, &other->number) && !is_older_log(one, other) &&
           !is_older_log(other, one);
}

static bool contradict(const struct build_machine *one, const struct build_machine *other)
{
    for (size_t i = 0; i < one->count; i++) {
        for (size_t j = 0; j < other->count; j++) {
            if (contradicts(&one->sightings[i], &other->sightings[j]))
                return true;
        }
    }
    return false;
}

static bool saw_the_same(const struct build_machine *machine, const struct build_sighting *sighting)
{
    for (size_t i = 0; i < machine->count; i++) {
        if (machine->sightings[i].way == sighting->way &&
            build_number_compare(&machine->sightings[i].number, &sighting->number) == 0)
            return true;
    }
    return false;
}

static void join(struct build_machine *machine, const struct build_machine *other)
{
    machine->is_exchange = machine->is_exchange || other->is_exchange;
    machine->has_folder = true;
    for (size_t i = 0; i < other->count; i++) {
        const struct build_sighting *sighting = &other->sightings[i];

        if (!saw_the_same(machine, sighting))
            build_machine_saw(machine, sighting->way, &sighting->number, sighting->source);
    }
}

/* What they would come to, in `out`; false where they are of several. */
static bool put_together(struct folder *folder, struct build_machine *out)
{
    if (!find_machine(folder))
        return false;
    *out = *folder->machine;
    for (const struct build_teller *at = next_of(folder, NULL); at; at = next_of(folder, at)) {
        if (!is_nameless(at))
            continue;
        if (at->way != BUILD_BY_LOG_HEADER && is_there_twice(folder, at))
            return false;
        if (at->machine == folder->machine)
            continue;
        if (contradict(at->machine, out))
            return false;
        join(out, at->machine);
    }
    return true;
}

static void join_folder(struct folder *folder)
{
    struct build_machine together;

    if (!put_together(folder, &together))
        return;
    for (const struct build_teller *at = next_of(folder, NULL); at; at = next_of(folder, at)) {
        if (is_nameless(at))
            *at->machine = (struct build_machine){.name = NULL};
    }
    *folder->machine = together;
}

/* A folder is looked at once, at the first in it that has no name. */
static bool was_looked_at(const struct build_organisation *organisation, size_t index)
{
    const struct build_teller *teller = &organisation->tellers[index];

    for (size_t i = 0; i < index; i++) {
        const struct build_teller *other = &organisation->tellers[i];

        if (other->machine && !other->is_of_several && is_nameless(other) &&
            folders_are_one(other->file->name, teller->file->name))
            return true;
    }
    return false;
}

void build_join_folders(struct build_organisation *organisation)
{
    for (size_t i = 0; i < organisation->teller_count; i++) {
        const struct build_teller *teller = &organisation->tellers[i];
        struct folder folder = {.organisation = organisation, .first = teller};

        if (teller->machine && !teller->is_of_several && is_nameless(teller) &&
            !was_looked_at(organisation, i))
            join_folder(&folder);
    }
}
