#include "diag/gather/logon_trial.h"

#include "diag/memory.h"
#include "diag/platform.h"

#include <stdlib.h>

struct logon_trial {
    struct platform_mutex *mutex; /* guards what follows */
    struct platform_condition *concluded;
    unsigned users;
    bool is_under_way;                         /* somewhere, for the first time */
    enum logon_verdict verdicts[LOGON_PLACES]; /* never LOGON_SILENT */
    unsigned silences;
    bool was_taken[LOGON_PLACES], was_tried_again[LOGON_PLACES];
    char *refusal; /* what was said with the first; or NULL */
};

static const char *const names[LOGON_PLACES] = {
    [LOGON_AT_DIRECTORIES] = "a directory", [LOGON_AT_WEB_SERVERS] = "a web server"};

struct logon_trial *logon_trial_new(void)
{
    struct logon_trial *trial = memory_new(1, sizeof *trial);

    trial->mutex = platform_mutex_new();
    trial->concluded = platform_condition_new();
    trial->users = 1;
    return trial;
}

struct logon_trial *logon_trial_share(struct logon_trial *trial)
{
    platform_mutex_lock(trial->mutex);
    trial->users++;
    platform_mutex_unlock(trial->mutex);
    return trial;
}

void logon_trial_leave(struct logon_trial *trial)
{
    bool last;

    if (!trial)
        return;
    platform_mutex_lock(trial->mutex);
    last = --trial->users == 0;
    platform_mutex_unlock(trial->mutex);
    if (!last)
        return;
    platform_condition_free(trial->concluded);
    platform_mutex_free(trial->mutex);
    free(trial->refusal);
    free(trial);
}

/* Whose refusal stands against showing it here: LOGON_PLACES, nobody's. */
static enum logon_place refused_by(const struct logon_trial *trial, enum logon_place place)
{
    if (trial->verdicts[place] == LOGON_REFUSED)
        return place;
    for (unsigned i = 0; trial->verdicts[place] != LOGON_TAKEN && i < LOGON_PLACES; i++) {
        if (trial->verdicts[i] == LOGON_REFUSED)
            return (enum logon_place)i;
    }
    return LOGON_PLACES;
}

static bool is_given_up(const struct logon_trial *trial, enum logon_place place)
{
    return trial->silences >= LOGON_SILENCES_MOST && trial->verdicts[place] == LOGON_UNDECIDED;
}

static bool has_another_try(struct logon_trial *trial, enum logon_place place)
{
    bool may = trial->was_taken[place] && !trial->was_tried_again[place];

    trial->was_tried_again[place] = true;
    return may;
}

bool logon_trial_begin(struct logon_trial *trial, enum logon_place place, bool cleans_up,
                       struct buffer *why)
{
    enum logon_place refuser;
    bool is_silent;

    platform_mutex_lock(trial->mutex);
    while (trial->is_under_way && trial->verdicts[place] == LOGON_UNDECIDED)
        platform_condition_wait(trial->concluded, trial->mutex);
    refuser = refused_by(trial, place);
    if (refuser == place && cleans_up && has_another_try(trial, place))
        refuser = LOGON_PLACES;
    is_silent = refuser == LOGON_PLACES && is_given_up(trial, place);
    if (is_silent)
        buffer_print(why, "%d times nobody answered this logon, and it is not tried again",
                     LOGON_SILENCES_MOST);
    if (refuser == LOGON_PLACES && !is_silent && trial->verdicts[place] == LOGON_UNDECIDED)
        trial->is_under_way = true;
    if (refuser != LOGON_PLACES)
        buffer_print(why, "this logon was refused before%s%s, and is not tried again%s%s",
                     refuser == place ? "" : ", by ", refuser == place ? "" : names[refuser],
                     trial->refusal ? ": " : "", trial->refusal ? trial->refusal : "");
    platform_mutex_unlock(trial->mutex);
    return refuser == LOGON_PLACES && !is_silent;
}

void logon_trial_end(struct logon_trial *trial, enum logon_place place, enum logon_verdict verdict,
                     const char *reason)
{
    platform_mutex_lock(trial->mutex);
    if (trial->verdicts[place] == LOGON_UNDECIDED)
        trial->is_under_way = false;
    if (verdict == LOGON_SILENT)
        trial->silences++;
    if (verdict == LOGON_TAKEN)
        trial->was_taken[place] = true;
    if (verdict == LOGON_REFUSED ||
        (verdict == LOGON_TAKEN &&
         (trial->verdicts[place] != LOGON_REFUSED || trial->was_tried_again[place])))
        trial->verdicts[place] = verdict;
    if (verdict == LOGON_REFUSED && !trial->refusal && reason)
        trial->refusal = memory_copy_string(reason);
    platform_condition_broadcast(trial->concluded);
    platform_mutex_unlock(trial->mutex);
}
