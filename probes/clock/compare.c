#include "probes/clock/compare.h"

static struct clock_interval between(const struct clock_host *one, const struct clock_host *other)
{
    return clock_difference(one->consensus.interval, other->consensus.interval);
}

static bool is_apart(enum clock_skew skew)
{
    return skew == CLOCK_DRIFTED || skew == CLOCK_BEYOND;
}

bool clock_are_in_step(const struct clock_host *one, const struct clock_host *other, int64_t limit)
{
    return clock_skew_of(between(one, other), limit) == CLOCK_IN_STEP;
}

bool clock_are_apart(const struct clock_host *one, const struct clock_host *other, int64_t limit)
{
    return is_apart(clock_skew_of(between(one, other), limit));
}

bool clock_is_apart(const struct clock_pair *pair)
{
    return is_apart(pair->skew);
}

static bool is_controller(const struct clock_host *host)
{
    return host->role == CLOCK_ROLE_CONTROLLER || host->role == CLOCK_ROLE_PDC;
}

static bool is_outside(const struct clock_host *host)
{
    return host->role == CLOCK_ROLE_REFERENCE;
}

/* ---- clocks outside ---- */

struct jury { /* all that told the time, the host included */
    const struct clock_host *list[CLOCK_OTHERS_MOST + 1];
    size_t count;
    size_t controllers; /* of one they are outvoted by servers */
    int64_t limit;
};

static struct jury jury_of(const struct clock_host *host, const struct clock_host *const *witnesses,
                           size_t count, int64_t limit)
{
    struct jury jury = {.list = {host}, .count = 1, .limit = limit};

    for (size_t i = 0; i < count && jury.count <= CLOCK_OTHERS_MOST; i++) {
        if (clock_host_spoke(witnesses[i]) && !clock_host_is_same(witnesses[i], host))
            jury.list[jury.count++] = witnesses[i];
    }
    for (size_t i = 0; i < jury.count; i++)
        jury.controllers += is_controller(jury.list[i]);
    return jury;
}

struct tally { /* of clocks outside */
    size_t agreeing, contradicting;
};

/* One agrees with itself. */
static struct tally tally_of(const struct jury *jury, const struct clock_host *host)
{
    struct tally tally = {.agreeing = 1};

    for (size_t i = 0; i < jury->count; i++) {
        if (jury->list[i] == host || !is_outside(jury->list[i]))
            continue;
        tally.agreeing += clock_are_in_step(host, jury->list[i], CLOCK_DRIFT_FROM);
        tally.contradicting += clock_are_apart(host, jury->list[i], CLOCK_DRIFT_FROM);
    }
    return tally;
}

static void hear_outside(const struct jury *jury, struct clock_outside *out)
{
    for (size_t i = 0; i < jury->count; i++)
        out->heard += is_outside(jury->list[i]);
    for (size_t i = 0; i < jury->count; i++) {
        struct tally tally;

        if (!is_outside(jury->list[i]))
            continue;
        tally = tally_of(jury, jury->list[i]);
        if (tally.contradicting == 0 || 2 * tally.agreeing > out->heard)
            out->right[out->right_count++] = jury->list[i];
        else
            out->outvoted[out->outvoted_count++] = jury->list[i];
    }
    /* one that nothing contradicts is too wide to say against those that do */
    if (out->outvoted_count >= out->right_count && out->outvoted_count > 0)
        out->right_count = 0;
}

bool clock_is_outside_divided(const struct clock_outside *outside)
{
    return outside->heard > 0 && outside->right_count == 0;
}

/* One of them, or in step with one of them. */
static bool is_right(const struct clock_outside *outside, const struct clock_host *host,
                     int64_t limit)
{
    for (size_t i = 0; i < outside->right_count; i++) {
        if (outside->right[i] == host || clock_are_in_step(host, outside->right[i], limit))
            return true;
    }
    return false;
}

/* ---- who is wrong ---- */

struct votes { /* of third clocks: in step with one of the two and not with the other */
    size_t with_host, with_other;
    size_t with_neither; /* apart from both */
};

static void hear(struct votes *votes, const struct clock_pair *pair, const struct clock_host *host,
                 const struct clock_host *witness, int64_t limit)
{
    bool with_host, with_other;

    if (clock_host_is_same(witness, host) || clock_host_is_same(witness, pair->other))
        return;
    with_host = clock_are_in_step(witness, host, limit);
    with_other = clock_are_in_step(witness, pair->other, limit);
    votes->with_host += with_host && !with_other;
    votes->with_other += with_other && !with_host;
    votes->with_neither +=
        clock_are_apart(witness, host, limit) && clock_are_apart(witness, pair->other, limit);
}

/* One of the two is right if it is in step with clocks outside; both are wrong if these are apart
 * from both. */
static enum clock_blame blame_outside(const struct clock_comparison *comparison,
                                      const struct clock_pair *pair, int64_t limit)
{
    bool host = is_right(&comparison->outside, comparison->host, limit);
    bool other = is_right(&comparison->outside, pair->other, limit);

    if (host != other)
        return host ? CLOCK_THE_OTHER : CLOCK_ITSELF;
    return !host && pair->with_neither > 0 ? CLOCK_BOTH : CLOCK_UNDECIDED;
}

static bool is_above(const struct clock_host *host, const struct clock_host *other)
{
    return host->role == CLOCK_ROLE_PDC && other->role == CLOCK_ROLE_PDC;
}

/* Who has a say inside: controllers, or of a controller that is the only one servers. */
static bool has_say(const struct jury *jury, const struct clock_host *witness)
{
    return !is_outside(witness) && (is_controller(witness) || jury->controllers < 2);
}

/* Where controllers decide, the two at hand count if they are some. */
static enum clock_blame blame_inside(const struct jury *jury, const struct clock_pair *pair,
                                     const struct clock_host *host)
{
    bool is_counted = jury->controllers >= 2;
    size_t with_host = pair->with_host + (is_counted && is_controller(host));
    size_t with_other = pair->with_other + (is_counted && is_controller(pair->other));

    if (is_above(host, pair->other) || pair->with_host + pair->with_other == 0 ||
        with_host == with_other)
        return CLOCK_UNDECIDED;
    return with_other > with_host ? CLOCK_ITSELF : CLOCK_THE_OTHER;
}

static void decide(const struct clock_comparison *comparison, const struct jury *jury,
                   struct clock_pair *pair)
{
    const struct clock_outside *outside = &comparison->outside;
    const struct clock_host *host = comparison->host;
    struct votes votes = {0}, inside = {0};
    bool is_with_outside = is_outside(host) || is_outside(pair->other);

    for (size_t i = 0; i < outside->right_count; i++)
        hear(&votes, pair, host, outside->right[i], jury->limit);
    for (size_t i = 0; i < jury->count; i++) {
        if (has_say(jury, jury->list[i]))
            hear(&inside, pair, host, jury->list[i], jury->limit);
    }
    pair->with_host = votes.with_host;
    pair->with_other = votes.with_other;
    pair->with_neither = votes.with_host + votes.with_other == 0 ? votes.with_neither : 0;
    pair->blame =
        clock_is_apart(pair) ? blame_outside(comparison, pair, jury->limit) : CLOCK_UNDECIDED;
    if (is_with_outside || pair->blame == CLOCK_ITSELF || pair->blame == CLOCK_THE_OTHER)
        return;
    pair->with_host = inside.with_host;
    pair->with_other = inside.with_other;
    if (clock_is_apart(pair) && blame_inside(jury, pair, host) != CLOCK_UNDECIDED)
        pair->blame = blame_inside(jury, pair, host);
}

/* ---- which pair is told ---- */

/* With a controller that is apart from that of the pair. */
static bool is_with_another(const struct clock_comparison *comparison,
                            const struct clock_pair *pair)
{
    for (size_t i = 0; i < comparison->count; i++) {
        const struct clock_host *third = comparison->pairs[i].other;

        if (is_controller(third) && comparison->pairs[i].skew == CLOCK_IN_STEP &&
            clock_are_apart(third, pair->other, CLOCK_DRIFT_FROM))
            return true;
    }
    return false;
}

static bool is_answerable(const struct clock_comparison *comparison, const struct clock_pair *pair)
{
    const struct clock_host *host = comparison->host;

    if (!clock_is_apart(pair))
        return true;
    if (pair->blame != CLOCK_UNDECIDED)
        return pair->blame == CLOCK_ITSELF ||
               (pair->blame == CLOCK_BOTH && host->role != CLOCK_ROLE_PDC);
    if (is_outside(pair->other))
        return false;
    if (host->role == CLOCK_ROLE_PDC)
        return is_above(host, pair->other);
    return host->role != CLOCK_ROLE_SERVER || !is_with_another(comparison, pair);
}

/* In step with one and not measurable against another: in step. Otherwise the worse counts. */
static unsigned rank_of(enum clock_skew skew)
{
    static const enum clock_skew ranks[] = {CLOCK_TOO_WIDE, CLOCK_IN_STEP, CLOCK_DRIFTED,
                                            CLOCK_BEYOND};
    unsigned rank = 0;

    while (ranks[rank] != skew)
        rank++;
    return rank;
}

static int64_t size_of(struct clock_interval difference)
{
    int64_t middle = difference.least + (difference.most - difference.least) / 2;

    return middle < 0 ? -middle : middle;
}

/* Of two wrong clocks, or of who knows which, the difference says less of the host than that from
 * a right one. */
static bool is_clearer(const struct clock_pair *one, const struct clock_pair *other)
{
    return clock_is_apart(one) && clock_is_apart(other) && one->blame == CLOCK_ITSELF &&
           other->blame != CLOCK_ITSELF;
}

/* Of two that are alike a clock outside says more, and the PDC emulator more than others. */
static bool is_worse(const struct clock_pair *one, const struct clock_pair *other)
{
    if (is_clearer(one, other) || is_clearer(other, one))
        return is_clearer(one, other);
    if (rank_of(one->skew) != rank_of(other->skew))
        return rank_of(one->skew) > rank_of(other->skew);
    if (one->other->role != other->other->role)
        return one->other->role > other->other->role;
    return size_of(one->difference) > size_of(other->difference);
}

static void choose_worst(struct clock_comparison *out)
{
    for (size_t i = 0; i < out->count; i++) {
        const struct clock_pair *pair = &out->pairs[i];

        if (is_answerable(out, pair) && (!out->worst || is_worse(pair, out->worst)))
            out->worst = pair;
    }
}

void clock_compare(const struct clock_host *host, const struct clock_host *const *others,
                   size_t other_count, const struct clock_host *const *witnesses,
                   size_t witness_count, int64_t limit, struct clock_comparison *out)
{
    struct jury jury;

    *out = (struct clock_comparison){.host = host};
    if (!clock_host_spoke(host))
        return;
    jury = jury_of(host, witnesses, witness_count, limit);
    hear_outside(&jury, &out->outside);
    for (size_t i = 0; i < other_count && out->count < CLOCK_OTHERS_MOST; i++) {
        struct clock_pair *pair = &out->pairs[out->count];

        if (!clock_host_spoke(others[i]))
            continue;
        out->count++;
        pair->other = others[i];
        pair->difference = between(host, others[i]);
        pair->skew = clock_skew_of(pair->difference, limit);
        decide(out, &jury, pair);
    }
    choose_worst(out);
}

bool clock_is_wrong(const struct clock_comparison *comparison)
{
    return comparison->worst && comparison->worst->blame == CLOCK_ITSELF;
}

const struct clock_pair *clock_disputed(const struct clock_comparison *comparison)
{
    const struct clock_pair *worst = comparison->worst;

    if (comparison->host->role != CLOCK_ROLE_SERVER || !worst || worst->skew != CLOCK_IN_STEP ||
        worst->other->role == CLOCK_ROLE_PDC)
        return NULL;
    for (size_t i = 0; i < comparison->count; i++) {
        const struct clock_pair *pair = &comparison->pairs[i];

        if (clock_is_apart(pair) && pair->blame == CLOCK_UNDECIDED && is_controller(pair->other))
            return pair;
    }
    return NULL;
}

const struct clock_pair *clock_wrong_controller(const struct clock_comparison *comparison)
{
    const struct clock_pair *wrong = NULL;

    if (comparison->host->role != CLOCK_ROLE_SERVER)
        return NULL;
    for (size_t i = 0; i < comparison->count; i++) {
        const struct clock_pair *pair = &comparison->pairs[i];

        if (pair->other->role == CLOCK_ROLE_REFERENCE)
            continue;
        if (!clock_is_apart(pair) || pair->blame != CLOCK_THE_OTHER)
            return NULL;
        if (!wrong || is_worse(pair, wrong))
            wrong = pair;
    }
    return wrong;
}
