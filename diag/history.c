#include "diag/history.h"

#include "diag/clock.h"
#include "diag/exam.h"
#include "diag/history_compare.h"
#include "diag/history_lines.h"
#include "diag/memory.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- what the runs say, an examination each ---- */

struct judge {
    const struct history_input *input;
    struct history_result *result;
    struct arena *arena;
    size_t *places; /* of each run in the order of time */
    size_t finding_room, past_room;
    struct link *links;
    size_t link_count, link_room;
};

/* A finding that a later one has taken the place of. */
struct link {
    const struct finding *old;
    const struct track *track;
};

static void find_places(struct judge *judge)
{
    const struct history_input *input = judge->input;

    judge->places = arena_new(judge->arena, input->run_count, sizeof *judge->places);
    if (!input->is_comparison)
        history_places(input->runs, input->run_count, judge->places);
    for (size_t i = 0; input->is_comparison && i < input->run_count; i++)
        judge->places[i] = i;
}

/* Where an examination stands among others: by line, subject, probe and time. */
struct spot {
    size_t line, place;
    const struct subject *subject;
    const char *probe;
    const struct history_look *look; /* or */
    struct finding *finding;
    size_t index;
};

static int compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_places(const struct spot *one, const struct spot *other)
{
    int order = subject_compare(one->subject, other->subject);

    return order ? order : strcmp(one->probe, other->probe);
}

static int by_place(const void *a, const void *b)
{
    return compare_places(a, b);
}

static int compare_chains(const struct spot *one, const struct spot *other)
{
    int order = compare_sizes(one->line, other->line);

    /* Whoever is alone has a line for each run. */
    if (order == 0 && one->line == HISTORY_ALONE)
        order = compare_sizes(one->place, other->place);
    return order ? order : compare_places(one, other);
}

static int compare_looks(const struct spot *one, const struct spot *other)
{
    int order = compare_chains(one, other);

    return order ? order : compare_sizes(one->place, other->place);
}

static int compare_spots(const void *a, const void *b)
{
    const struct spot *one = a, *other = b;
    int order = compare_looks(one, other);

    return order ? order : compare_sizes(one->index, other->index);
}

static struct spot *look_spots(const struct judge *judge)
{
    const struct history_input *input = judge->input;
    struct spot *spots = arena_new(judge->arena, input->look_count, sizeof *spots);

    for (size_t i = 0; i < input->look_count; i++) {
        const struct history_look *look = &input->looks[i];

        spots[i] = (struct spot){.line = input->runs[look->run].line,
                                 .place = judge->places[look->run],
                                 .subject = look->subject,
                                 .probe = look->probe->name,
                                 .look = look,
                                 .index = i};
    }
    qsort(spots, input->look_count, sizeof *spots, compare_spots);
    return spots;
}

static struct spot *finding_spots(const struct judge *judge)
{
    const struct history_input *input = judge->input;
    struct spot *spots = arena_new(judge->arena, input->finding_count, sizeof *spots);

    for (size_t i = 0; i < input->finding_count; i++) {
        struct finding *finding = input->findings[i];

        spots[i] = (struct spot){.line = input->runs[finding->run].line,
                                 .place = judge->places[finding->run],
                                 .subject = finding->subject,
                                 .probe = finding->probe,
                                 .finding = finding,
                                 .index = i};
    }
    qsort(spots, input->finding_count, sizeof *spots, compare_spots);
    return spots;
}

/* ---- a problem, from run to run ---- */

enum stage { STAGE_PRESENT, STAGE_LOST, STAGE_GONE };

struct track {
    const struct told *told;  /* as it was seen last */
    const struct told *first; /* as it was seen first, this time */
    size_t view;              /* where */
    enum stage stage;
    enum past_state state; /* unless it is present */
    const char *why;
    int64_t since, before, earlier, last_seen;
    int64_t gone;  /* the first run after it was last seen, which did not have it */
    int64_t clean; /* the last run that looked and did not see it */
    size_t runs;
    bool is_paired;
    bool is_new; /* the run `before` could have told it */
    bool is_back;
};

struct chain { /* the examinations of one subject by one probe */
    struct judge *judge;
    struct view *views;
    size_t view_count;
    struct track **tracks;
    size_t track_count, track_room;
    struct comparison **comparisons; /* with the newer view at hand, by the older one; or NULL */
};

static int64_t started(const struct chain *chain, size_t view)
{
    return chain->views[view].run->started;
}

/* Of a view at which something was seen, and one that is asked about it; kept at `slot`. */
static const struct comparison *compared(struct chain *chain, size_t seen_at, size_t asked,
                                         size_t slot)
{
    if (!chain->comparisons[slot])
        chain->comparisons[slot] =
            comparison_make(&chain->views[seen_at], &chain->views[asked], chain->judge->arena);
    return chain->comparisons[slot];
}

static void forget_comparisons(struct chain *chain)
{
    memset(chain->comparisons, 0, chain->view_count * sizeof *chain->comparisons);
}

static void note_place(struct chain *chain, const struct finding *old, const struct track *track)
{
    struct judge *judge = chain->judge;

    judge->links = arena_grow(judge->arena, judge->links, &judge->link_room, judge->link_count,
                              sizeof *judge->links);
    judge->links[judge->link_count++] = (struct link){old, track};
}

static void go_on(struct chain *chain, struct track *track, const struct told *told, size_t view)
{
    int64_t now = started(chain, view);

    note_place(chain, track->told->finding, track);
    if (track->stage == STAGE_GONE) {
        track->is_back = true;
        track->earlier = track->last_seen;
        track->before = track->clean;
        track->since = now;
        track->first = told;
        track->runs = 0;
    }
    track->stage = STAGE_PRESENT;
    track->told = told;
    track->view = view;
    track->last_seen = now;
    track->runs++;
    track->is_paired = true;
}

struct pairing {
    const struct told *told;
    struct track *track;
    size_t position;
};

typedef int compare_pairings(const void *a, const void *b);

struct likeness { /* a way to be the same */
    compare_pairings *compare;
    compare_pairings *sort; /* by that, and then as they stood */
};

static int by_content(const void *a, const void *b)
{
    return told_compare(((const struct pairing *)a)->told, ((const struct pairing *)b)->told);
}

static int by_skeleton(const void *a, const void *b)
{
    return told_compare_skeletons(((const struct pairing *)a)->told,
                                  ((const struct pairing *)b)->told);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct pairing *)a)->told->finding->kind->id,
                  ((const struct pairing *)b)->told->finding->kind->id);
}

static int in_place(const void *a, const void *b, int order)
{
    return order ? order
                 : compare_sizes(((const struct pairing *)a)->position,
                                 ((const struct pairing *)b)->position);
}

static int sort_by_content(const void *a, const void *b)
{
    return in_place(a, b, by_content(a, b));
}

static int sort_by_skeleton(const void *a, const void *b)
{
    return in_place(a, b, by_skeleton(a, b));
}

static const struct likeness content = {by_content, sort_by_content};
static const struct likeness skeleton = {by_skeleton, sort_by_skeleton};

/* Those of a stage that have found nothing yet. */
static size_t open_tracks(const struct chain *chain, enum stage stage, struct pairing *out)
{
    size_t count = 0;

    for (size_t i = 0; i < chain->track_count; i++) {
        struct track *track = chain->tracks[i];

        if (track->stage == stage && !track->is_paired)
            out[count++] = (struct pairing){track->told, track, i};
    }
    return count;
}

static size_t open_told(const struct view *view, const bool *is_taken_yet, struct pairing *out)
{
    size_t count = 0;

    for (size_t i = 0; i < view->problem_count; i++) {
        if (!is_taken_yet[i])
            out[count++] = (struct pairing){&view->problems[i], NULL, i};
    }
    return count;
}

/* How many of the list are equal to its first. */
static size_t run_of(const struct pairing *list, size_t count, compare_pairings *compare)
{
    size_t size = 1;

    while (size < count && compare(&list[0], &list[size]) == 0)
        size++;
    return size;
}

struct round { /* of pairing tracks with what a view tells */
    struct chain *chain;
    size_t view;
    bool *is_taken;
    struct pairing *tracks, *told;
    size_t track_count, told_count;
};

static void take(struct round *round, const struct pairing *track, const struct pairing *told)
{
    const struct view *view = &round->chain->views[round->view];

    go_on(round->chain, track->track, told->told, round->view);
    round->is_taken[told->told - view->problems] = true;
}

static void pair(struct round *round, const struct likeness *likeness)
{
    compare_pairings *compare = likeness->compare;
    size_t i = 0, j = 0;

    qsort(round->tracks, round->track_count, sizeof *round->tracks, likeness->sort);
    qsort(round->told, round->told_count, sizeof *round->told, likeness->sort);
    while (i < round->track_count && j < round->told_count) {
        int order = compare(&round->tracks[i], &round->told[j]);
        size_t ours, theirs;

        if (order) {
            i += order < 0;
            j += order > 0;
            continue;
        }
        ours = run_of(round->tracks + i, round->track_count - i, compare);
        theirs = run_of(round->told + j, round->told_count - j, compare);
        for (size_t k = 0; k < ours && k < theirs; k++)
            take(round, &round->tracks[i + k], &round->told[j + k]);
        i += ours;
        j += theirs;
    }
}

/* One of its kind before and one now are the same, whatever it says by now. */
static void pair_single(struct round *round)
{
    const struct chain *chain = round->chain;
    const struct view *view = &chain->views[round->view];

    round->track_count = 0;
    for (size_t i = 0; i < chain->track_count; i++) {
        struct track *track = chain->tracks[i];

        if (track->stage != STAGE_GONE)
            round->tracks[round->track_count++] = (struct pairing){track->told, track, i};
    }
    round->told_count = view->problem_count;
    for (size_t i = 0; i < view->problem_count; i++)
        round->told[i] = (struct pairing){&view->problems[i], NULL, i};
    qsort(round->tracks, round->track_count, sizeof *round->tracks, by_id);
    qsort(round->told, round->told_count, sizeof *round->told, by_id);
    for (size_t i = 0, j = 0; i < round->track_count && j < round->told_count;) {
        int order = by_id(&round->tracks[i], &round->told[j]);
        size_t ours, theirs;

        if (order) {
            i += order < 0;
            j += order > 0;
            continue;
        }
        ours = run_of(round->tracks + i, round->track_count - i, by_id);
        theirs = run_of(round->told + j, round->told_count - j, by_id);
        if (ours == 1 && theirs == 1 && !round->tracks[i].track->is_paired)
            take(round, &round->tracks[i], &round->told[j]);
        i += ours;
        j += theirs;
    }
}

static void pair_stage(struct round *round, enum stage stage, const struct likeness *likeness)
{
    round->track_count = open_tracks(round->chain, stage, round->tracks);
    round->told_count = open_told(&round->chain->views[round->view], round->is_taken, round->told);
    if (round->track_count && round->told_count)
        pair(round, likeness);
}

/* What is the same as before, in any of the ways in which it may be. */
static void pair_all(struct chain *chain, size_t view, bool *is_taken_yet)
{
    struct arena *arena = chain->judge->arena;
    size_t count = chain->views[view].problem_count;
    struct round round = {.chain = chain,
                          .view = view,
                          .is_taken = is_taken_yet,
                          .tracks = arena_new(arena, chain->track_count + 1, sizeof *round.tracks),
                          .told = arena_new(arena, count + 1, sizeof *round.told)};

    if (chain->track_count == 0 || count == 0)
        return;
    pair_stage(&round, STAGE_PRESENT, &content);
    pair_stage(&round, STAGE_PRESENT, &skeleton);
    pair_stage(&round, STAGE_LOST, &content);
    pair_stage(&round, STAGE_LOST, &skeleton);
    pair_single(&round);
    pair_stage(&round, STAGE_GONE, &content);
    pair_stage(&round, STAGE_GONE, &skeleton);
}

/* The last run before that could have told it, and did not; false if there is none. */
static bool find_without(struct chain *chain, const struct told *told, size_t view, int64_t *moment)
{
    *moment = 0;
    for (size_t i = view; i-- > 0;) {
        const char *why;
        enum past_state state = comparison_tell(compared(chain, view, i, i), told, &why);

        if (state == PAST_FIXED || state == PAST_NOT_APPLICABLE) {
            *moment = started(chain, i);
            return true;
        }
    }
    return false;
}

static void begin(struct chain *chain, const struct told *told, size_t view)
{
    struct arena *arena = chain->judge->arena;
    struct track *track = arena_new(arena, 1, sizeof *track);
    int64_t before;
    bool is_new = find_without(chain, told, view, &before);

    *track = (struct track){.told = told,
                            .first = told,
                            .view = view,
                            .since = started(chain, view),
                            .last_seen = started(chain, view),
                            .before = before,
                            .is_new = is_new,
                            .runs = 1,
                            .is_paired = true};
    chain->tracks =
        arena_grow(arena, chain->tracks, &chain->track_room, chain->track_count, sizeof track);
    chain->tracks[chain->track_count++] = track;
}

/* What this view says of a problem that it does not have. */
static void judge_absence(struct chain *chain, struct track *track, size_t view)
{
    const char *why = NULL;
    enum past_state state =
        comparison_tell(compared(chain, track->view, view, track->view), track->told, &why);
    bool is_gone = state == PAST_FIXED || state == PAST_NOT_APPLICABLE;

    if (is_gone)
        track->clean = started(chain, view);
    if (track->stage == STAGE_GONE)
        return;
    if (is_gone || track->stage == STAGE_PRESENT)
        track->gone = started(chain, view);
    track->stage = is_gone ? STAGE_GONE : STAGE_LOST;
    track->state = state;
    track->why = why;
}

static void judge_view(struct chain *chain, size_t view)
{
    const struct view *newer = &chain->views[view];
    bool *is_taken_yet = arena_new(chain->judge->arena, newer->problem_count + 1, sizeof(bool));
    size_t known = chain->track_count;

    pair_all(chain, view, is_taken_yet);
    /* The newer view is the one that others are asked of, and then the other way round. */
    forget_comparisons(chain);
    for (size_t i = 0; i < known; i++) {
        if (!chain->tracks[i]->is_paired)
            judge_absence(chain, chain->tracks[i], view);
    }
    forget_comparisons(chain);
    for (size_t i = 0; i < newer->problem_count; i++) {
        if (!is_taken_yet[i])
            begin(chain, &newer->problems[i], view);
    }
    forget_comparisons(chain);
    for (size_t i = 0; i < chain->track_count; i++)
        chain->tracks[i]->is_paired = false;
}

/* ---- what came of it ---- */

static void keep(struct judge *judge, struct finding *finding)
{
    struct history_result *result = judge->result;

    result->findings = arena_grow(judge->arena, result->findings, &judge->finding_room,
                                  result->finding_count, sizeof(struct finding *));
    result->findings[result->finding_count++] = finding;
}

static void add_past(struct judge *judge, const struct past *past)
{
    struct history_result *result = judge->result;

    result->past = arena_grow(judge->arena, result->past, &judge->past_room, result->past_count,
                              sizeof *result->past);
    result->past[result->past_count++] = *past;
}

/* ---- where it is seen ---- */

static bool is_seen_in(const struct finding *finding, const char *key)
{
    for (size_t i = 0; i < finding->source_count; i++) {
        if (strcmp(finding->sources[i]->key, key) == 0)
            return true;
    }
    return false;
}

/* Any controller answers for the directory, and files have other names every day. */
static bool is_at_any_place(const struct evidence *item)
{
    return item->kind->is_of_file || item->kind == &evidence_directory ||
           item->kind == &evidence_ticket;
}

/* In what it was seen, and the other was not: each once, ended by NULL; NULL if there is none. */
static const char *const *seen_in_alone(const struct finding *finding, const struct finding *other,
                                        struct arena *arena)
{
    const char **list = arena_new(arena, finding->source_count + 1, sizeof *list);
    size_t count = 0;

    for (size_t i = 0; i < finding->source_count; i++) {
        const struct evidence *item = finding->sources[i];
        const char *name = text_printable(arena, item->key, strlen(item->key));
        size_t j = 0;

        if (is_at_any_place(item) || is_seen_in(other, item->key))
            continue;
        while (j < count && strcmp(list[j], name) != 0)
            j++;
        if (j == count)
            list[count++] = name;
    }
    return count ? list : NULL;
}

/* The same problem, of which another host, record or account is the culprit by now. */
static void note_move(const struct track *track, struct arena *arena)
{
    const struct finding *first = track->first->finding, *now = track->told->finding;
    struct finding *finding = track->told->finding;
    const char *const *left = seen_in_alone(first, now, arena);
    const char *const *entered = seen_in_alone(now, first, arena);

    if (!left || !entered)
        return;
    finding->history.left = left;
    finding->history.entered = entered;
}

static enum change change_of(const struct track *track)
{
    if (track->runs > 1)
        return CHANGE_STILL;
    if (track->is_back)
        return CHANGE_BACK;
    return track->is_new ? CHANGE_NEW : CHANGE_NONE;
}

static void conclude(struct chain *chain)
{
    for (size_t i = 0; i < chain->track_count; i++) {
        const struct track *track = chain->tracks[i];
        enum change change = change_of(track);

        if (track->stage != STAGE_PRESENT) {
            add_past(chain->judge, &(const struct past){.finding = track->told->finding,
                                                        .state = track->state,
                                                        .first_seen = track->since,
                                                        .last_seen = track->last_seen,
                                                        .gone = track->gone,
                                                        .why = track->why});
        } else if (change != CHANGE_NONE) {
            track->told->finding->history = (struct history){.change = change,
                                                             .since = track->since,
                                                             .before = track->before,
                                                             .earlier = track->earlier,
                                                             .runs = track->runs};
            if (track->runs > 1)
                note_move(track, chain->judge->arena);
        }
    }
}

static void judge_chain(struct judge *judge, struct view *views, size_t count)
{
    struct chain chain = {.judge = judge,
                          .views = views,
                          .view_count = count,
                          .comparisons = arena_new(judge->arena, count, sizeof *chain.comparisons)};
    const struct view *newest = &views[count - 1];

    for (size_t i = 0; i < count; i++) {
        view_read(&views[i], judge->arena);
        judge_view(&chain, i);
    }
    conclude(&chain);
    judge->result->is_history = true;
    for (size_t i = 0; i < newest->count; i++)
        keep(judge, newest->list[i]);
}

/* Of a comparison: the new run did not look there. */
static void leave_out(struct judge *judge, const struct view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct finding *finding = view->list[i];

        if (finding->outcome == OUTCOME_PROBLEM)
            add_past(judge,
                     &(const struct past){
                         .finding = finding,
                         .state = PAST_NOT_EXAMINED,
                         .first_seen = view->run->started,
                         .last_seen = view->run->started,
                         .gone = judge->input->runs[1].started,
                         .why = "it was not asked about this subject, or left the probe out"});
    }
}

/* On one day several machines look at the same from where they stand; none is the newer word. */
static bool are_of_machines_of_one_day(const struct view *views, size_t count)
{
    const char *machine = NULL;
    bool are_several = false;

    for (size_t i = 0; i < count; i++) {
        const struct history_run *run = views[i].run;

        if (!clock_is_same_day(run->started, views[0].run->started))
            return false;
        are_several =
            are_several || (machine && run->machine && strcmp(machine, run->machine) != 0);
        machine = run->machine ? run->machine : machine;
    }
    return are_several;
}

static void supersede(struct judge *judge, const struct view *views, size_t count)
{
    for (size_t i = 0; i < count; i++)
        judge->result->look_is_superseded[views[i].look - judge->input->looks] = true;
}

static void judge_group(struct judge *judge, struct view *views, size_t count)
{
    const struct history_input *input = judge->input;

    if (input->is_comparison && count == 1 && views[0].run == &input->runs[0]) {
        leave_out(judge, &views[0]);
        supersede(judge, views, 1);
        return;
    }
    if (count > 1 && (input->is_comparison || !are_of_machines_of_one_day(views, count))) {
        judge_chain(judge, views, count);
        supersede(judge, views, count - 1);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        judge->result->is_superseded[views[i].look->run] = false;
        for (size_t j = 0; j < views[i].count; j++) {
            views[i].list[j]->history.is_first = true;
            keep(judge, views[i].list[j]);
        }
    }
}

/* The findings of each examination stand together in `findings`, in the order of `spots`. */
static struct view *make_views(const struct judge *judge, const struct spot *spots,
                               struct finding **findings)
{
    const struct history_input *input = judge->input;
    const struct spot *told = finding_spots(judge);
    struct view *views = arena_new(judge->arena, input->look_count, sizeof *views);

    for (size_t i = 0; i < input->finding_count; i++)
        findings[i] = told[i].finding;
    for (size_t i = 0, at = 0; i < input->look_count; i++) {
        struct view *view = &views[i];

        while (at < input->finding_count && compare_looks(&told[at], &spots[i]) < 0)
            at++;
        view->look = spots[i].look;
        view->run = &input->runs[view->look->run];
        view->list = findings + at;
        while (at < input->finding_count && compare_looks(&told[at], &spots[i]) == 0)
            at++;
        view->count = (size_t)(findings + at - view->list);
    }
    return views;
}

static void judge_groups(struct judge *judge)
{
    const struct history_input *input = judge->input;
    const struct spot *spots = look_spots(judge);
    struct finding **findings = arena_new(judge->arena, input->finding_count + 1, sizeof *findings);
    struct view *views = make_views(judge, spots, findings);
    bool *is_superseded = judge->result->is_superseded;

    for (size_t i = 0; i < input->look_count; i++)
        is_superseded[input->looks[i].run] = true;
    for (size_t from = 0, to; from < input->look_count; from = to) {
        for (to = from + 1;
             to < input->look_count && compare_chains(&spots[from], &spots[to]) == 0;)
            to++;
        is_superseded[views[to - 1].look->run] = false;
        judge_group(judge, views + from, to - from);
    }
}

static int compare_links(const void *a, const void *b)
{
    uintptr_t one = (uintptr_t)((const struct link *)a)->old,
              other = (uintptr_t)((const struct link *)b)->old;

    return (one > other) - (one < other);
}

static void keep_successors(struct judge *judge)
{
    struct history_result *result = judge->result;
    struct successor *list = arena_new(judge->arena, judge->link_count, sizeof *list);

    if (judge->link_count)
        qsort(judge->links, judge->link_count, sizeof *judge->links, compare_links);
    for (size_t i = 0; i < judge->link_count; i++) {
        const struct track *track = judge->links[i].track;

        list[i].old = judge->links[i].old;
        list[i].now = track->stage == STAGE_PRESENT ? track->told->finding : NULL;
    }
    result->successors = list;
    result->successor_count = judge->link_count;
}

const struct finding *history_successor(const struct history_result *result,
                                        const struct finding *finding)
{
    size_t low = 0, high = result->successor_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if ((uintptr_t)result->successors[middle].old < (uintptr_t)finding)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == result->successor_count || result->successors[low].old != finding)
        return NULL;
    return result->successors[low].now;
}

/* Of a run that compares with no other: another one looked at the same as it did. */
static void find_clashes(const struct judge *judge, const struct spot *spots, bool *clashes)
{
    const struct history_input *input = judge->input;

    for (size_t from = 0, to; from < input->look_count; from = to) {
        bool are_several = false;

        for (to = from + 1; to < input->look_count && compare_places(&spots[from], &spots[to]) == 0;
             to++)
            are_several = are_several || spots[to].look->run != spots[from].look->run;
        for (size_t i = from; i < to && are_several; i++)
            clashes[spots[i].look->run] = true;
    }
}

static const char *why_alone(const struct history_run *run)
{
    if (run->has_own_names)
        return "it has pseudonyms of its own, so nothing tells what in other files is the same; "
               "its findings stand beside the others";
    if (run->started == 0)
        return "its findings stand beside the others";
    return "it began in the same moment as another, and neither is the newer one; their findings "
           "stand side by side";
}

static void remark_runs(const struct judge *judge)
{
    const struct history_input *input = judge->input;
    struct spot *spots = look_spots(judge);
    bool *clashes = arena_new(judge->arena, input->run_count, sizeof *clashes);

    if (input->look_count)
        qsort(spots, input->look_count, sizeof *spots, by_place);
    find_clashes(judge, spots, clashes);
    for (size_t i = 0; i < input->run_count; i++) {
        const struct history_run *run = &input->runs[i];

        if (run->line == HISTORY_ALONE && input->run_count > 1 &&
            (run->has_own_names || clashes[i]))
            judge->result->run_remarks[i] = why_alone(run);
    }
}

void history_judge(const struct history_input *input, struct arena *arena,
                   struct history_result *result)
{
    struct judge judge = {.input = input, .result = result, .arena = arena};

    *result = (struct history_result){0};
    result->is_superseded = arena_new(arena, input->run_count, sizeof(bool));
    result->look_is_superseded = arena_new(arena, input->look_count, sizeof(bool));
    result->run_remarks = arena_new(arena, input->run_count, sizeof *result->run_remarks);
    find_places(&judge);
    judge_groups(&judge);
    keep_successors(&judge);
    if (!input->is_comparison)
        remark_runs(&judge);
}
