#include "probes/clock/skew.h"

#include "probes/clock/kinds.h"
#include "probes/clock/place.h"

#include <string.h>

enum { TEXT_MOST = 1024, SECOND = 1000000, MINUTE = 60 * SECOND };

/* ---- in words ---- */

static const char *interval_text(struct examination *x, struct clock_interval interval)
{
    struct buffer out;

    buffer_init(&out, TEXT_MOST);
    clock_interval_text(interval, &out);
    return buffer_keep(&out, pass_memory(x));
}

/* "5 minutes", "90 s" */
static const char *limit_text(struct examination *x, int64_t limit)
{
    if (limit % MINUTE == 0)
        return arena_print(pass_memory(x), "%lld minute%s", (long long)(limit / MINUTE),
                           limit == MINUTE ? "" : "s");
    return arena_print(pass_memory(x), "%lld s", (long long)(limit / SECOND));
}

/* The sources that a host's interval rests on. */
static const char *sources_text(struct examination *x, const struct clock_host *host)
{
    const char *comma = "";
    struct buffer out;

    buffer_init(&out, TEXT_MOST);
    for (size_t i = 0; i < host->count; i++) {
        if (host->opinions[i].is_contradicted && host->consensus.agreement != CLOCK_DIVIDED)
            continue;
        buffer_print(&out, "%s%s", comma, clock_source_text(host->readings[i]->source));
        comma = ", ";
    }
    return buffer_keep(&out, pass_memory(x));
}

static bool is_given(struct examination *x, enum subject_kind kind, const char *name)
{
    struct subject_list given = ask_subjects(x, kind);

    for (size_t i = 0; i < given.count; i++) {
        if (given.list[i]->given && strcmp(given.list[i]->name, name) == 0)
            return true;
    }
    return false;
}

/* What the user named is vouched for, what DNS names is not. */
static bool is_vouched(struct examination *x, const struct clock_host *host)
{
    if (host->role == CLOCK_ROLE_REFERENCE)
        return true;
    return is_given(x, host->role == CLOCK_ROLE_SERVER ? SUBJECT_SERVER : SUBJECT_DC, host->name);
}

static void name_host(struct examination *x, struct finding *finding, const char *value,
                      const struct clock_host *host)
{
    if (is_vouched(x, host))
        set_vouched(finding, VALUE_NAME, value, host->name, strlen(host->name));
    else
        set_value(finding, VALUE_NAME, value, host->name, strlen(host->name));
}

static bool is_controller(const struct clock_host *host)
{
    return host->role == CLOCK_ROLE_PDC || host->role == CLOCK_ROLE_CONTROLLER;
}

static void set_subject(struct examination *x, struct finding *finding,
                        const struct clock_field *field)
{
    name_host(x, finding, "machine", field->host);
    set_text(finding, "limit", limit_text(x, field->limit));
    if (field->is_accused)
        clock_set_flag(finding, "by-servers");
}

/* ---- what was seen ---- */

static void saw_clock(struct examination *x, struct finding *finding, const struct clock_host *host)
{
    saw(finding, &host->readings[0]->evidence, "%s (%s): %s from the clock of %s, by %s",
        host->name, clock_role_text(host->role), interval_text(x, host->consensus.interval),
        ask_examiner(x), sources_text(x, host));
}

static const char *blame_text(struct examination *x, const struct clock_host *host,
                              const struct clock_pair *pair)
{
    struct arena *arena = pass_memory(x);

    if (!clock_is_apart(pair))
        return "";
    if (pair->blame == CLOCK_THE_OTHER && pair->with_host == 0)
        return arena_print(arena, "; %s is the wrong one", pair->other->name);
    if (pair->blame == CLOCK_THE_OTHER)
        return arena_print(arena, "; %s is the wrong one: %zu other clock%s with %s",
                           pair->other->name, pair->with_host,
                           pair->with_host == 1 ? " agrees" : "s agree", host->name);
    if (pair->blame == CLOCK_ITSELF && pair->with_other > 0)
        return arena_print(arena, "; %s is the wrong one: %zu other clock%s with %s", host->name,
                           pair->with_other, pair->with_other == 1 ? " agrees" : "s agree",
                           pair->other->name);
    if (pair->blame == CLOCK_BOTH)
        return arena_print(arena, "; both are wrong: %zu outside clock%s with neither",
                           pair->with_neither, pair->with_neither == 1 ? " agrees" : "s agree");
    if (pair->blame == CLOCK_ITSELF)
        return "; the clock outside is taken as right";
    if (pair->other->role == CLOCK_ROLE_REFERENCE)
        return "; other clocks outside contradict it, and none of them decides";
    return "; which of the two is wrong, no third clock decides";
}

static const char *skew_text(enum clock_skew skew)
{
    static const char *const texts[] = {[CLOCK_IN_STEP] = "in step",
                                        [CLOCK_DRIFTED] = "a minute or more apart",
                                        [CLOCK_BEYOND] = "at or beyond the limit of Kerberos",
                                        [CLOCK_TOO_WIDE] = "not measured well enough to say"};

    return texts[skew];
}

static void saw_pair(struct examination *x, struct finding *finding, const struct clock_host *host,
                     const struct clock_pair *pair)
{
    saw(finding, &pair->other->readings[0]->evidence, "against %s (%s): %s, %s%s",
        pair->other->name, clock_role_text(pair->other->role), interval_text(x, pair->difference),
        skew_text(pair->skew), blame_text(x, host, pair));
}

void clock_saw_silence(struct finding *finding, const struct clock_host *host)
{
    if (clock_host_spoke(host))
        return;
    if (host->failed_count == 0) {
        saw(finding, host->obstacle, "%s (%s) has no address to ask", host->name,
            clock_role_text(host->role));
        if (host->obstacle && host->obstacle->status != STATUS_OK)
            saw_failure(finding, host->obstacle);
        return;
    }
    if (host->failed_count == 1)
        saw(finding, NULL, "%s (%s) did not tell the time", host->name,
            clock_role_text(host->role));
    else
        saw(finding, NULL, "%s (%s) told the time by none of %zu ways", host->name,
            clock_role_text(host->role), host->failed_count);
    for (size_t i = 0; i < host->failed_count; i++)
        saw_failure(finding, &host->failed[i]->evidence);
}

static void saw_outside(struct finding *finding, const struct clock_outside *outside)
{
    for (size_t i = 0; i < outside->outvoted_count; i++) {
        const struct clock_host *host = outside->outvoted[i];

        saw(finding, &host->readings[0]->evidence, "%s (%s) %s", host->name,
            clock_role_text(host->role),
            clock_is_outside_divided(outside)
                ? "is contradicted by others outside, and no majority of them agrees"
                : "is the wrong one of the clocks outside: most of them contradict it");
    }
}

/* Whoever is in step with it may follow it. */
static void saw_wrong_pdc(struct finding *finding, const struct clock_field *field)
{
    const struct clock_host *pdc = field->wrong_pdc;

    saw(finding, &pdc->readings[0]->evidence, "%s (PDC emulator) is wrong itself%s%s%s", pdc->name,
        field->is_with_wrong_pdc ? ", and " : "", field->is_with_wrong_pdc ? field->host->name : "",
        field->is_with_wrong_pdc ? " is in step with it" : "");
}

static void saw_all(struct examination *x, struct finding *finding, const struct clock_field *field,
                    const struct clock_comparison *comparison)
{
    const struct clock_pair *told =
        comparison->worst ? comparison->worst : clock_wrong_controller(comparison);

    if (told)
        saw_pair(x, finding, field->host, told);
    for (size_t i = 0; i < comparison->count; i++) {
        if (&comparison->pairs[i] != told)
            saw_pair(x, finding, field->host, &comparison->pairs[i]);
    }
    if (clock_host_spoke(field->host))
        saw_clock(x, finding, field->host);
    if (told)
        saw_clock(x, finding, told->other);
    if (field->wrong_pdc && !clock_wrong_controller(comparison))
        saw_wrong_pdc(finding, field);
    saw_outside(finding, &comparison->outside);
    clock_saw_silence(finding, field->host);
    for (size_t i = 0; i < field->other_count; i++)
        clock_saw_silence(finding, field->others[i]);
    if (field->limit_source)
        saw(finding, field->limit_source, "Kerberos is told to bear %s",
            limit_text(x, field->limit));
}

/* ---- clock-skew ---- */

static const struct clock_pair *undecided(const struct clock_comparison *comparison)
{
    for (size_t i = 0; i < comparison->count; i++) {
        if (comparison->pairs[i].blame == CLOCK_UNDECIDED)
            return &comparison->pairs[i];
    }
    return NULL;
}

/* The pair that the finding tells of; or NULL. */
static const struct clock_pair *pair_of(const struct clock_comparison *comparison)
{
    const struct clock_pair *wrong = clock_wrong_controller(comparison);

    if (clock_disputed(comparison))
        return clock_disputed(comparison);
    if (comparison->worst)
        return comparison->worst;
    return wrong ? wrong : undecided(comparison);
}

static bool is_undecided(const struct clock_pair *pair)
{
    return clock_is_apart(pair) && pair->blame == CLOCK_UNDECIDED;
}

static void set_pair(struct examination *x, struct finding *finding,
                     const struct clock_field *field)
{
    const struct clock_pair *pair = pair_of(field->comparison);

    if (!pair)
        return;
    name_host(x, finding, "other", pair->other);
    set_text(finding, "difference", interval_text(x, pair->difference));
    if (clock_host_is_member(field->host))
        clock_set_flag(finding, "compare");
    if (is_undecided(pair)) {
        clock_set_flag(finding, "undecided");
        clock_set_flag(finding, "third-clock");
    }
}

/* A controller that nobody is above of is what the others are held against, and needs no verdict
 * of its own, unless it is all that was asked about. */
static struct finding *tell_nothing_known(struct examination *x, const struct clock_field *field)
{
    if (!clock_host_spoke(field->host))
        return unknown(x, &clock_skew, "its clock could not be read");
    if (field->other_count > 0)
        return unknown(x, &clock_skew, "no clock to hold its own against could be read");
    if (field->witness_count == 0 && is_given(x, SUBJECT_DC, field->host->name))
        return unknown(x, &clock_skew, "no other clock is known to hold its own against");
    return not_applicable(x, &clock_skew,
                          "no clock is named that it follows; --reference names one outside");
}

/* Clocks outside that the user named, and none of them told the time. */
static bool is_outside_silent(const struct clock_field *field)
{
    bool is_named = false;

    for (size_t i = 0; i < field->other_count; i++) {
        if (field->others[i]->role != CLOCK_ROLE_REFERENCE)
            continue;
        if (clock_host_spoke(field->others[i]))
            return false;
        is_named = true;
    }
    return is_named;
}

/* Who has not shown that it is in a domain need not have any use for Kerberos. */
static struct finding *tell_difference(struct examination *x, const struct clock_field *field,
                                       const struct clock_pair *pair)
{
    struct finding *finding = found(x, &clock_skew);
    bool is_critical = pair->skew == CLOCK_BEYOND && clock_host_is_member(field->host);

    finding_severity(finding, is_critical ? SEVERITY_CRITICAL : SEVERITY_WARNING);
    return finding;
}

/* It is held against clocks outside, and these contradict each other. */
static bool is_outside_divided(const struct clock_field *field)
{
    for (size_t i = 0; i < field->other_count; i++) {
        if (field->others[i]->role == CLOCK_ROLE_REFERENCE)
            return clock_is_outside_divided(&field->comparison->outside);
    }
    return false;
}

static struct finding *tell_outcome(struct examination *x, const struct clock_field *field,
                                    const struct clock_comparison *comparison)
{
    const struct clock_pair *worst = comparison->worst;

    if (comparison->count == 0)
        return tell_nothing_known(x, field);
    if (is_outside_divided(field) && (!worst || !clock_is_apart(worst)))
        return unknown(x, &clock_skew,
                       "the clocks outside contradict each other, and none of them decides");
    if (clock_disputed(comparison))
        return unknown(x, &clock_skew,
                       "its domain controllers differ, and no third clock decides which is right");
    if (!worst && undecided(comparison))
        return unknown(x, &clock_skew, "its clock differs from others, and no third clock decides");
    if (!worst && clock_wrong_controller(comparison))
        return tell_difference(x, field, clock_wrong_controller(comparison));
    if (is_outside_silent(field) && (!worst || worst->skew == CLOCK_IN_STEP))
        return unknown(x, &clock_skew, "no clock outside could be read to hold its own against");
    if (!worst)
        return healthy(x, &clock_skew, "its clock differs from others, which are the wrong ones");
    if (worst->skew == CLOCK_IN_STEP)
        return healthy(x, &clock_skew, "its clock is in step with %s: %s", worst->other->name,
                       interval_text(x, worst->difference));
    if (worst->skew == CLOCK_TOO_WIDE)
        return unknown(x, &clock_skew, "its clock was not measured well enough: %s from %s",
                       interval_text(x, worst->difference), worst->other->name);
    return tell_difference(x, field, worst);
}

/* Whom to set first, or in its place; and else the steps that set the machine itself. */
static void set_steps(struct examination *x, struct finding *finding,
                      const struct clock_field *field, const struct clock_comparison *comparison)
{
    const struct clock_pair *wrong = clock_wrong_controller(comparison);

    if (finding->outcome != OUTCOME_PROBLEM)
        return;
    if (wrong) {
        name_host(x, finding, "wrong-controller", wrong->other);
        due_to(finding, SUBJECT_DC, wrong->other->name);
        return;
    }
    if (!clock_host_is_member(field->host)) {
        clock_set_flag(finding, "other-system");
        return;
    }
    if (is_undecided(comparison->worst))
        return;
    if (field->wrong_pdc) {
        name_host(x, finding, "wrong-pdc", field->wrong_pdc);
        due_to(finding, SUBJECT_DC, field->wrong_pdc->name);
    }
    clock_set_flag(finding, "itself");
    if (is_controller(field->host))
        clock_set_flag(finding, "is-controller");
    clock_set_place_of(x, finding, field);
}

void clock_tell_skew(struct examination *x, const struct clock_field *field)
{
    const struct clock_comparison *comparison = field->comparison;
    struct finding *finding;

    finding = tell_outcome(x, field, comparison);
    set_subject(x, finding, field);
    set_pair(x, finding, field);
    set_steps(x, finding, field, comparison);
    if (clock_host_spoke(field->host) && (is_outside_silent(field) || is_outside_divided(field)))
        set_text(finding, "third-clock", "yes");
    saw_all(x, finding, field, comparison);
}

/* ---- clock-sources-disagree ---- */

void clock_tell_sources(struct examination *x, const struct clock_host *host)
{
    bool is_divided = host->consensus.agreement == CLOCK_DIVIDED;
    struct finding *finding;

    if (host->count < 2)
        return;
    if (host->consensus.agreement == CLOCK_AGREED) {
        finding = healthy(x, &clock_sources_disagree, "all %zu sources agree: %s", host->count,
                          sources_text(x, host));
        name_host(x, finding, "machine", host);
        return;
    }
    finding = found(x, &clock_sources_disagree);
    name_host(x, finding, "machine", host);
    if (is_controller(host))
        set_text(finding, "is-controller", "yes");
    for (size_t i = 0; i < host->count; i++)
        saw(finding, &host->readings[i]->evidence, "%s: %s from the clock of %s%s",
            clock_source_text(host->readings[i]->source),
            interval_text(x, host->opinions[i].interval), ask_examiner(x),
            host->opinions[i].is_contradicted && !is_divided ? ", which the others contradict"
                                                             : "");
    saw(finding, NULL, "%zu of %zu agree, at %zu of %zu ports%s", host->consensus.agreeing,
        host->count, host->consensus.agreeing_voices, host->consensus.voices,
        is_divided ? ", which is not enough to know the clock by: all that any says counts"
                   : ", and the clock is taken to be theirs");
}
