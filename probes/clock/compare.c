#include "probes/clock/compare.h"

static struct clock_interval between(const struct clock_host *one, const struct clock_host *other)
{
    return clock_difference(one->consensus.interval, other->consensus.interval);
}

static bool is_apart(enum clock_skew skew)
{
    return skew == CLOCK_DRIFTED || skew == CLOCK_BEYOND;
}

static bool are_in_step(const struct clock_host *one, const struct clock_host *other, int64_t limit)
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

struct votes { /* of third clocks: in step with one of the two and not with the other */
    size_t with_host, with_other;
    size_t with_neither; /* apart from both */
};

static void hear(struct votes *votes, const struct clock_pair *pair, const struct clock_host *host,
                 const struct clock_host *witness, int64_t limit)
{
    bool with_host, with_other;

    if (!clock_host_spoke(witness) || clock_host_is_same(witness, host) ||
        clock_host_is_same(witness, pair->other))
        return;
    with_host = are_in_step(witness, host, limit);
    with_other = are_in_step(witness, pair->other, limit);
    votes->with_host += with_host && !with_other;
    votes->with_other += with_other && !with_host;
    votes->with_neither +=
        clock_are_apart(witness, host, limit) && clock_are_apart(witness, pair->other, limit);
}

static enum clock_blame blame_of(const struct clock_pair *pair)
{
    if (!clock_is_apart(pair))
        return CLOCK_UNDECIDED;
    if (pair->with_other > pair->with_host)
        return CLOCK_ITSELF;
    if (pair->with_host > pair->with_other)
        return CLOCK_THE_OTHER;
    if (pair->other->role == CLOCK_ROLE_REFERENCE)
        return pair->with_neither > 0 ? CLOCK_UNDECIDED : CLOCK_ITSELF;
    return pair->with_neither > 0 && pair->with_host == 0 ? CLOCK_BOTH : CLOCK_UNDECIDED;
}

static void decide(struct clock_pair *pair, const struct clock_host *host,
                   const struct clock_host *const *witnesses, size_t count, int64_t limit)
{
    struct votes inside = {0}, outside = {0}, *decisive;

    for (size_t i = 0; i < count; i++)
        hear(witnesses[i]->role == CLOCK_ROLE_REFERENCE ? &outside : &inside, pair, host,
             witnesses[i], limit);
    decisive = outside.with_host != outside.with_other || pair->other->role == CLOCK_ROLE_REFERENCE
                   ? &outside
                   : &inside;
    pair->with_host = decisive->with_host;
    pair->with_other = decisive->with_other;
    pair->with_neither =
        outside.with_host == 0 && outside.with_other == 0 ? outside.with_neither : 0;
    pair->blame = blame_of(pair);
}

static bool is_answerable(const struct clock_host *host, const struct clock_pair *pair)
{
    if (pair->blame == CLOCK_THE_OTHER)
        return false;
    return host->role != CLOCK_ROLE_PDC || !clock_is_apart(pair) || pair->blame == CLOCK_ITSELF;
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

/* Of two wrong clocks the difference says less of the host than that from a right one. */
static bool is_clearer(const struct clock_pair *one, const struct clock_pair *other)
{
    return one->blame == CLOCK_ITSELF && other->blame == CLOCK_BOTH;
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

void clock_compare(const struct clock_host *host, const struct clock_host *const *others,
                   size_t other_count, const struct clock_host *const *witnesses,
                   size_t witness_count, int64_t limit, struct clock_comparison *out)
{
    *out = (struct clock_comparison){.host = host};
    if (!clock_host_spoke(host))
        return;
    for (size_t i = 0; i < other_count && out->count < CLOCK_OTHERS_MOST; i++) {
        struct clock_pair *pair = &out->pairs[out->count];

        if (!clock_host_spoke(others[i]))
            continue;
        out->count++;
        pair->other = others[i];
        pair->difference = between(host, others[i]);
        pair->skew = clock_skew_of(pair->difference, limit);
        decide(pair, host, witnesses, witness_count, limit);
        if (is_answerable(host, pair) && (!out->worst || is_worse(pair, out->worst)))
            out->worst = pair;
    }
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
