/*
 * Clocks of scripted hosts, right and wrong. What is held to is that the offset which was set
 * lies in the interval that was measured, and how each failure is told; never how long a busy
 * machine took.
 */
#include "tests/unit/unit.h"

#include "diag/gather/clock.h"
#include "diag/gather/pool.h"
#include "diag/platform.h"
#include "tests/lab/time_peer.h"

#include <stdio.h>
#include <string.h>

enum {
    SECOND = 1000000,
    PATIENT = 10000, /* milliseconds, as is the next */
    HASTY = 1500,
    GUARD = 60 * SECOND,
    WAVES = 50,
    PLANTED = 20, /* of each source in a wave: a thousand in all */
    HOSTS = 50
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct {
    enum clock_source source;
    enum time_peer_service service;
} measures[] = {
    {CLOCK_SNTP, TIME_PEER_NTP},
    {CLOCK_CLDAP, TIME_PEER_LDAP},
    {CLOCK_LDAP, TIME_PEER_LDAP},
    {CLOCK_KERBEROS, TIME_PEER_KERBEROS},
    {CLOCK_KERBEROS_TCP, TIME_PEER_KERBEROS},
    {CLOCK_SMB2, TIME_PEER_SMB2},
    {CLOCK_SMTP_BANNER, TIME_PEER_SMTP},
    {CLOCK_SMTP_NTLM, TIME_PEER_SMTP},
    {CLOCK_HTTP, TIME_PEER_HTTP},
    {CLOCK_HTTP_NTLM, TIME_PEER_HTTP},
    {CLOCK_HTTP_KERBEROS, TIME_PEER_HTTP},
};

/* A host for each service. */
static const struct time_peer one_of_each[TIME_PEER_SERVICE_COUNT] = {
    [TIME_PEER_NTP] = {"127.0.0.11", TIME_PEER_NTP, TIME_PEER_RIGHT},
    [TIME_PEER_LDAP] = {"127.0.0.12", TIME_PEER_LDAP, TIME_PEER_RIGHT},
    [TIME_PEER_KERBEROS] = {"127.0.0.13", TIME_PEER_KERBEROS, TIME_PEER_RIGHT},
    [TIME_PEER_SMB2] = {"127.0.0.14", TIME_PEER_SMB2, TIME_PEER_RIGHT},
    [TIME_PEER_SMTP] = {"127.0.0.15", TIME_PEER_SMTP, TIME_PEER_RIGHT},
    [TIME_PEER_HTTP] = {"127.0.0.16", TIME_PEER_HTTP, TIME_PEER_RIGHT},
};

/* ---- the lab ---- */

struct lab {
    struct time_peers *peers;
    const struct time_peer *list;
    uint16_t port;
    struct clock_means means;
    struct gather_options options;
};

static void open_lab(struct lab *lab, const struct time_peer *list, size_t count, unsigned timeout)
{
    memset(lab, 0, sizeof *lab);
    lab->list = list;
    lab->means.origin = clock_origin_read();
    lab->means.http = http_library_new();
    lab->options = (struct gather_options){.timeout = timeout, .jobs = 64, .dns_window = 1};
    assert_int_equal(time_peers_start(list, count,
                                      lab->means.origin.wall - lab->means.origin.monotonic,
                                      &lab->port, &lab->peers),
                     STATUS_OK);
}

static void close_lab(struct lab *lab)
{
    assert_int_equal(time_peers_stop(lab->peers), STATUS_OK);
    http_library_leave(lab->means.http);
}

static struct clock_reading question_for(const struct lab *lab, size_t peer,
                                         enum clock_source source)
{
    struct clock_reading question = {.source = source, .realm = "CONTOSO.COM"};
    const char *address = lab->list[peer].address;

    assert_int_equal(ip_parse(address, strlen(address), &question.address.ip), STATUS_OK);
    question.address.port = lab->port;
    return question;
}

static struct clock_reading *read_clock(struct lab *lab, size_t peer, enum clock_source source)
{
    const struct clock_reading question = question_for(lab, peer, source);
    struct evidence *item = evidence_new(&evidence_clock, &question.evidence);

    gather_clock(item, &lab->options, &lab->means);
    assert_true(item->settled);
    return (struct clock_reading *)item;
}

/* HTTP, where there is no libcurl. */
static bool is_left_out(const struct clock_reading *reading)
{
    return (reading->source == CLOCK_HTTP || reading->source == CLOCK_HTTP_NTLM ||
            reading->source == CLOCK_HTTP_KERBEROS) &&
           reading->evidence.status == STATUS_NOT_SUPPORTED;
}

static int64_t width_of(const struct clock_reading *reading)
{
    const struct clock_interval interval = clock_interval_of(reading);

    return interval.most - interval.least;
}

static void assert_holds(const struct clock_reading *reading, int64_t offset)
{
    const struct clock_interval interval = clock_interval_of(reading);

    assert_int_equal(reading->evidence.status, STATUS_OK);
    assert_in_range(reading->sample_count, 1, CLOCK_SAMPLES_MOST);
    if (offset < interval.least || offset > interval.most)
        fail_msg("%s: %lld is not in %lld to %lld", clock_source_word(reading->source),
                 (long long)offset, (long long)interval.least, (long long)interval.most);
}

/* ---- numbers that are the same in every run ---- */

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* From 0 to `most`, small ones as often as large ones. */
static int64_t random_up_to(uint64_t *seed, int64_t most)
{
    int64_t scaled = most >> next_random(seed) % 24;

    return (int64_t)(next_random(seed) % ((uint64_t)scaled + 1));
}

static int64_t random_offset(uint64_t *seed)
{
    int64_t offset = random_up_to(seed, INT64_C(300000000) * SECOND);

    return next_random(seed) % 2 ? offset : -offset;
}

/* ---- intervals by themselves ---- */

enum { FINE = 10 /* a tenth of a microsecond is the unit in which the world goes on below */ };

/* One exchange, as two clocks with steps of their own see it. */
static struct clock_sample simulate(uint64_t *seed, int64_t *now, int64_t offset,
                                    int64_t resolution, bool tells_held)
{
    struct clock_sample sample = {.sent = *now / FINE};
    int64_t step = resolution * FINE, received;

    *now += random_up_to(seed, 2 * SECOND * FINE);
    received = (*now + offset) / step * resolution;
    *now += random_up_to(seed, SECOND * FINE);
    sample.remote = (*now + offset) / step * resolution;
    sample.held = tells_held ? sample.remote - received : 0;
    *now += random_up_to(seed, 2 * SECOND * FINE);
    sample.received = *now / FINE;
    return sample;
}

/* A thousand offsets, ways there and back, steps of a clock: the offset lies in the interval. */
static void intervals_hold_what_they_measure(void **state)
{
    static const int64_t steps[] = {1, 1, 15, CLOCK_WINDOWS_TICK, SECOND};
    const int64_t year_2020 = INT64_C(1577836800) * SECOND;
    uint64_t seed = 20261122;

    (void)state;
    for (int round = 0; round < 1000; round++) {
        struct clock_reading reading = {.examiner = year_2020,
                                        .resolution = steps[next_random(&seed) % COUNT(steps)]};
        int64_t offset = random_offset(&seed) * FINE + (int64_t)(next_random(&seed) % FINE);
        size_t count = 1 + next_random(&seed) % CLOCK_SAMPLES_MOST;
        int64_t now = random_up_to(&seed, 60 * SECOND) * FINE;
        struct clock_interval interval;

        for (size_t i = 0; i < count; i++) {
            const struct clock_sample sample = simulate(&seed, &now, year_2020 * FINE + offset,
                                                        reading.resolution, round % 2 == 0);

            assert_true(clock_sample_is_possible(&sample, reading.resolution));
            reading.samples[reading.sample_count++] = sample;
        }
        interval = clock_interval_of(&reading);
        assert_true(interval.least * FINE <= offset && offset <= interval.most * FINE);
    }
}

/* Together samples say more than each; a clock that was set in between says less. */
static void samples_are_intersected(void **state)
{
    struct clock_reading reading = {
        .examiner = 1000,
        .resolution = 1,
        .samples = {{.sent = 0, .received = 100, .remote = 2000},
                    {.sent = 200, .received = 220, .remote = 2209, .held = 4}},
        .sample_count = 2};
    struct clock_interval interval = clock_interval_of(&reading);

    (void)state;
    assert_int_equal(interval.least, 2209 - 220 - 1000 - 2);
    assert_int_equal(interval.most, 2000 + 1 - 1000 + 2);
    interval = clock_interval_of_sample(&reading.samples[1], reading.resolution);
    assert_int_equal(interval.most, 2209 + 1 - 4 - 200 + 2);
    reading.samples[0].remote += 500;
    interval = clock_interval_of(&reading);
    assert_int_equal(interval.least, 2209 - 220 - 1000 - 2);
    assert_int_equal(interval.most, 2500 + 1 - 1000 + 2);
}

/* A host cannot have held a question longer than it was away. */
static void impossible_samples(void **state)
{
    const struct clock_sample sound = {.sent = 10, .received = 20, .remote = 5, .held = 10};
    struct clock_sample sample = sound;

    (void)state;
    assert_true(clock_sample_is_possible(&sample, 1));
    sample.held = 10 + 5 + 1;
    assert_false(clock_sample_is_possible(&sample, 1));
    sample.held = -1;
    assert_false(clock_sample_is_possible(&sample, 1));
    sample = sound;
    sample.received = 9;
    sample.held = 0;
    assert_false(clock_sample_is_possible(&sample, SECOND));
}

/* ---- hosts ---- */

static void make_addresses(char addresses[][16], size_t count)
{
    for (size_t i = 0; i < count; i++)
        snprintf(addresses[i], sizeof addresses[i], "127.0.1.%u", (unsigned)(i + 1));
}

struct planting { /* one reading of one host, on a thread of its own */
    struct time_peer_manner manner;
    struct evidence *item;
    const struct lab *lab;
};

static void read_planted(void *work)
{
    struct planting *planting = work;

    gather_clock(planting->item, &planting->lab->options, &planting->lab->means);
}

static void ignore(void *context)
{
    (void)context;
}

static struct time_peer_manner random_manner(uint64_t *seed, int64_t longest)
{
    struct time_peer_manner manner = {.offset = random_offset(seed)};

    manner.there = random_up_to(seed, longest);
    manner.held = random_up_to(seed, longest);
    manner.back = random_up_to(seed, longest);
    return manner;
}

/* All of them side by side; then each interval holds what was planted. */
static void read_wave(struct pool *pool, struct planting *plantings, size_t count)
{
    struct pool_job job = {.run = read_planted, .allowance = INT64_MAX};

    for (size_t i = 0; i < count; i++) {
        job.work = &plantings[i];
        pool_submit(pool, &job);
    }
    for (size_t i = 0; i < count; i++) {
        int64_t until = platform_monotonic_clock() + GUARD;
        const struct clock_reading *reading;

        while (!pool_take(pool, platform_monotonic_clock(), &job)) {
            assert_true(platform_monotonic_clock() < until);
            platform_wait(NULL, 0, NULL, 1);
        }
        reading = (const struct clock_reading *)((struct planting *)job.work)->item;
        if (!is_left_out(reading))
            assert_holds(reading, ((struct planting *)job.work)->manner.offset);
        evidence_free(((struct planting *)job.work)->item);
    }
}

/*
 * Every source, a thousand offsets and ways there and back each, over sockets and against one
 * clock; many at once, so that threads wait for a processor as well.
 */
static void planted_offsets_are_found(void **state)
{
    static char addresses[COUNT(measures) * PLANTED][16];
    static struct time_peer list[COUNT(measures) * PLANTED];
    static struct planting plantings[COUNT(measures) * PLANTED];
    struct pool *pool = pool_new(COUNT(list), ignore, NULL);
    uint64_t seed = 5;
    struct lab lab;

    (void)state;
    make_addresses(addresses, COUNT(list));
    for (size_t i = 0; i < COUNT(list); i++)
        list[i] = (struct time_peer){addresses[i], measures[i % COUNT(measures)].service,
                                     TIME_PEER_RIGHT};
    open_lab(&lab, list, COUNT(list), PATIENT);
    for (int wave = 0; wave < WAVES; wave++) {
        for (size_t i = 0; i < COUNT(list); i++) {
            const struct clock_reading question =
                question_for(&lab, i, measures[i % COUNT(measures)].source);

            plantings[i].lab = &lab;
            plantings[i].manner = random_manner(&seed, wave % 10 == 0 ? 40000 : 2000);
            plantings[i].item = evidence_new(&evidence_clock, &question.evidence);
            time_peers_set(lab.peers, i, &plantings[i].manner);
        }
        read_wave(pool, plantings, COUNT(list));
    }
    pool_free(pool);
    close_lab(&lab);
}

/* MIT's tells the second, and within it how often it was asked: it may be its end by now. */
static void microseconds_that_count_answers(void **state)
{
    static const struct time_peer marks[] = {{"127.0.0.13", TIME_PEER_KERBEROS, TIME_PEER_MARKS},
                                             {"127.0.0.16", TIME_PEER_HTTP, TIME_PEER_MARKS}};
    static const enum clock_source sources[] = {CLOCK_KERBEROS, CLOCK_HTTP_KERBEROS};
    uint64_t seed = 6;
    struct lab lab;

    (void)state;
    open_lab(&lab, marks, COUNT(marks), PATIENT);
    for (size_t round = 0; round < 40; round++) {
        struct time_peer_manner manner = {.offset = random_offset(&seed)};
        struct clock_reading *reading;

        time_peers_set(lab.peers, round % 2, &manner);
        reading = read_clock(&lab, round % 2, sources[round % 2]);
        if (!is_left_out(reading)) {
            assert_holds(reading, manner.offset);
            assert_true(width_of(reading) >= SECOND / 2);
        }
        evidence_free(&reading->evidence);
    }
    close_lab(&lab);
}

/* How fine a reading is, where nothing is in its way: the best of some, for a machine is busy. */
static void narrow_on_loopback(void **state)
{
    static const struct {
        enum clock_source source;
        enum time_peer_service service;
        int64_t most;
    } sources[] = {{CLOCK_SNTP, TIME_PEER_NTP, 1000},
                   {CLOCK_KERBEROS, TIME_PEER_KERBEROS, 5000},
                   {CLOCK_KERBEROS_TCP, TIME_PEER_KERBEROS, 5000},
                   {CLOCK_SMB2, TIME_PEER_SMB2, 5000},
                   {CLOCK_CLDAP, TIME_PEER_LDAP, SECOND + 5000}};
    struct lab lab;

    (void)state;
    open_lab(&lab, one_of_each, COUNT(one_of_each), PATIENT);
    for (size_t i = 0; i < COUNT(sources); i++) {
        int64_t width = INT64_MAX;

        for (int round = 0; round < 50 && width > sources[i].most; round++) {
            struct clock_reading *reading = read_clock(&lab, sources[i].service, sources[i].source);

            width = width_of(reading);
            evidence_free(&reading->evidence);
        }
        assert_true(width <= sources[i].most);
    }
    close_lab(&lab);
}

/* How long the host held a question is no part of the interval, where it says so. */
static void what_was_held_counts_for_nothing(void **state)
{
    static const struct time_peer_manner slow = {.held = 50000};
    int64_t width = INT64_MAX;
    struct lab lab;

    (void)state;
    open_lab(&lab, one_of_each, COUNT(one_of_each), PATIENT);
    time_peers_set(lab.peers, TIME_PEER_NTP, &slow);
    for (int round = 0; round < 20 && width > slow.held / 2; round++) {
        struct clock_reading *reading = read_clock(&lab, TIME_PEER_NTP, CLOCK_SNTP);

        assert_holds(reading, 0);
        width = width_of(reading);
        evidence_free(&reading->evidence);
    }
    assert_true(width <= slow.held / 2);
    close_lab(&lab);
}

/* Of a conversation, the one exchange that tells the time is the interval, and none before it. */
static void only_the_last_exchange_counts(void **state)
{
    static const struct time_peer_manner far = {.there = 20000, .back = 20000};
    int64_t width = INT64_MAX, wide = 3 * (far.there + far.back) + CLOCK_WINDOWS_TICK;
    struct lab lab;

    (void)state;
    open_lab(&lab, one_of_each, COUNT(one_of_each), PATIENT);
    time_peers_set(lab.peers, TIME_PEER_SMTP, &far);
    for (int round = 0; round < 10 && width > wide; round++) {
        struct clock_reading *reading = read_clock(&lab, TIME_PEER_SMTP, CLOCK_SMTP_NTLM);

        assert_holds(reading, 0);
        width = width_of(reading);
        evidence_free(&reading->evidence);
    }
    assert_true(width <= wide);
    close_lab(&lab);
}

/* Where no time is left, nothing is waited for: to libcurl, none would be all there is. */
static void no_time_left(void **state)
{
    static const struct time_peer silent[] = {{"127.0.0.16", TIME_PEER_HTTP, TIME_PEER_SILENT}};
    struct clock_reading *reading;
    struct lab lab;

    (void)state;
    open_lab(&lab, silent, COUNT(silent), 0);
    reading = read_clock(&lab, 0, CLOCK_HTTP);
    if (!is_left_out(reading))
        assert_int_equal(reading->evidence.status, STATUS_TIMED_OUT);
    evidence_free(&reading->evidence);
    close_lab(&lab);
}

/* Silence is asked into after 1 s, and not again before 3. */
static void silence_is_borne(void **state)
{
    static const struct time_peer silent[] = {{"127.0.0.11", TIME_PEER_NTP, TIME_PEER_SILENT}};
    struct clock_reading *reading;
    struct lab lab;

    (void)state;
    open_lab(&lab, silent, COUNT(silent), 2700);
    reading = read_clock(&lab, 0, CLOCK_SNTP);
    assert_int_equal(reading->evidence.status, STATUS_TIMED_OUT);
    assert_int_equal(time_peers_asked(lab.peers, 0), 2);
    evidence_free(&reading->evidence);
    close_lab(&lab);
}

/* SMB2 is asked again where the answer was quick and yet not fine; a long way is gone once. */
static void quick_and_wide_is_asked_again(void **state)
{
    static const struct time_peer_manner busy = {.there = 3000, .back = 3000},
                                         far = {.there = 30000, .back = 30000};
    struct clock_reading *reading;
    size_t least = CLOCK_SAMPLES_MOST, most = 0;
    struct lab lab;

    (void)state;
    open_lab(&lab, one_of_each, COUNT(one_of_each), PATIENT);
    for (int round = 0; round < 50 && least > 1; round++) {
        reading = read_clock(&lab, TIME_PEER_SMB2, CLOCK_SMB2);
        if (reading->sample_count < least)
            least = reading->sample_count;
        evidence_free(&reading->evidence);
    }
    assert_int_equal(least, 1);
    time_peers_set(lab.peers, TIME_PEER_SMB2, &busy);
    for (int round = 0; round < 50 && most < 3; round++) {
        reading = read_clock(&lab, TIME_PEER_SMB2, CLOCK_SMB2);
        assert_holds(reading, 0);
        if (reading->sample_count > most)
            most = reading->sample_count;
        evidence_free(&reading->evidence);
    }
    assert_int_equal(most, 3);
    time_peers_set(lab.peers, TIME_PEER_SMB2, &far);
    reading = read_clock(&lab, TIME_PEER_SMB2, CLOCK_SMB2);
    assert_int_equal(reading->sample_count, 1);
    evidence_free(&reading->evidence);
    close_lab(&lab);
}

/* What a host tells of itself beside the time. */
static void what_hosts_tell(void **state)
{
    struct time_peer list[TIME_PEER_SERVICE_COUNT + 1];
    struct clock_reading *reading;
    struct lab lab;

    (void)state;
    memcpy(list, one_of_each, sizeof one_of_each);
    list[TIME_PEER_SERVICE_COUNT] =
        (struct time_peer){"127.0.0.17", TIME_PEER_NTP, TIME_PEER_COARSE};
    open_lab(&lab, list, COUNT(list), PATIENT);
    reading = read_clock(&lab, TIME_PEER_NTP, CLOCK_SNTP);
    assert_int_equal(reading->stratum, 2);
    assert_string_equal(reading->reference, "100.64.33.35");
    assert_int_equal(reading->sample_count, 4);
    assert_int_equal(reading->resolution, 1);
    assert_int_equal(reading->examiner, lab.means.origin.wall);
    evidence_free(&reading->evidence);

    reading = read_clock(&lab, TIME_PEER_SERVICE_COUNT, CLOCK_SNTP);
    assert_int_equal(reading->resolution, CLOCK_WINDOWS_TICK);
    evidence_free(&reading->evidence);

    reading = read_clock(&lab, TIME_PEER_LDAP, CLOCK_CLDAP);
    assert_string_equal(reading->told_host, "dc1.contoso.com");
    assert_string_equal(reading->told_domain, "CONTOSO.COM");
    assert_string_equal(reading->told_forest, "contoso.com");
    assert_int_equal(reading->resolution, SECOND);
    assert_int_equal(reading->stratum, -1);
    evidence_free(&reading->evidence);

    reading = read_clock(&lab, TIME_PEER_KERBEROS, CLOCK_KERBEROS);
    assert_int_equal(reading->error_code, 25);
    assert_string_equal(reading->told_domain, "CONTOSO.COM");
    evidence_free(&reading->evidence);

    reading = read_clock(&lab, TIME_PEER_HTTP, CLOCK_HTTP_KERBEROS);
    if (!is_left_out(reading)) {
        assert_int_equal(reading->error_code, 35);
        assert_null(reading->told_domain);
        assert_int_equal((reading->samples[0].remote + reading->resolution) % SECOND, 0);
    }
    evidence_free(&reading->evidence);

    reading = read_clock(&lab, TIME_PEER_SMTP, CLOCK_SMTP_NTLM);
    assert_string_equal(reading->told_host, "EX01.contoso.com");
    assert_string_equal(reading->told_domain, "contoso.com");
    assert_string_equal(reading->told_build, "10.0.20348");
    assert_int_equal(reading->resolution, CLOCK_WINDOWS_TICK);
    evidence_free(&reading->evidence);
    close_lab(&lab);
}

/* Each is asked no more than it has to be; a logon is called off before it is one. */
static void what_is_asked(void **state)
{
    static const char said[] =
        "EHLO [127.0.0.15]\nAUTH NTLM\n"
        "TlRMTVNTUAABAAAABYIIIgAAAAAAAAAAAAAAAAAAAAAGAbEdAAAADw==\n*\nQUIT\n";
    char heard[TIME_PEER_HEARD_SIZE], *ehlo;
    struct lab lab;

    (void)state;
    open_lab(&lab, one_of_each, COUNT(one_of_each), PATIENT);
    evidence_free(&read_clock(&lab, TIME_PEER_KERBEROS, CLOCK_KERBEROS)->evidence);
    assert_int_equal(time_peers_asked(lab.peers, TIME_PEER_KERBEROS), 1);
    evidence_free(&read_clock(&lab, TIME_PEER_SMTP, CLOCK_SMTP_NTLM)->evidence);
    time_peers_heard(lab.peers, TIME_PEER_SMTP, heard);
    ehlo = strchr(heard, ']'); /* our own end: the system may choose another address */
    assert_non_null(ehlo);
    assert_int_equal(strncmp(heard, "EHLO [127.", 10), 0);
    assert_string_equal(ehlo, strchr(said, ']'));
    close_lab(&lab);
}

/* ---- everything that goes wrong ---- */

static const struct trouble {
    enum clock_source source;
    enum time_peer_service service;
    enum time_peer_fault fault;
    enum status status;
    const char *reason; /* NULL: any */
} troubles[] = {
    {CLOCK_SNTP, TIME_PEER_NTP, TIME_PEER_SILENT, STATUS_TIMED_OUT, NULL},
    {CLOCK_SNTP, TIME_PEER_NTP, TIME_PEER_ELSEWHERE, STATUS_TIMED_OUT, NULL},
    {CLOCK_SNTP, TIME_PEER_NTP, TIME_PEER_WRONG_ID, STATUS_MALFORMED,
     "what came is no answer to what was asked"},
    {CLOCK_SNTP, TIME_PEER_NTP, TIME_PEER_WRONG_SIZE, STATUS_MALFORMED, NULL},
    {CLOCK_SNTP, TIME_PEER_NTP, TIME_PEER_HALF, STATUS_MALFORMED, NULL},
    {CLOCK_SNTP, TIME_PEER_NTP, TIME_PEER_NO_TIME, STATUS_MALFORMED, NULL},
    {CLOCK_SNTP, TIME_PEER_NTP, TIME_PEER_BOASTS, STATUS_MALFORMED,
     "it says it held the question longer than the exchange took"},
    {CLOCK_SNTP, TIME_PEER_NTP, TIME_PEER_KISS_AT_ONCE, STATUS_REJECTED, "kiss-o'-death RATE"},
    {CLOCK_SNTP, TIME_PEER_NTP, TIME_PEER_UNSYNCHRONISED, STATUS_SERVER_FAILURE,
     "its clock is not synchronised (stratum 16, leap indicator 0)"},
    {CLOCK_CLDAP, TIME_PEER_LDAP, TIME_PEER_SILENT, STATUS_TIMED_OUT, NULL},
    {CLOCK_CLDAP, TIME_PEER_LDAP, TIME_PEER_ELSEWHERE, STATUS_TIMED_OUT, NULL},
    {CLOCK_CLDAP, TIME_PEER_LDAP, TIME_PEER_WRONG_ID, STATUS_MALFORMED, NULL},
    {CLOCK_CLDAP, TIME_PEER_LDAP, TIME_PEER_WRONG_SIZE, STATUS_MALFORMED, NULL},
    {CLOCK_CLDAP, TIME_PEER_LDAP, TIME_PEER_HALF, STATUS_MALFORMED, NULL},
    {CLOCK_CLDAP, TIME_PEER_LDAP, TIME_PEER_NO_TIME, STATUS_NOT_FOUND, NULL},
    {CLOCK_CLDAP, TIME_PEER_LDAP, TIME_PEER_DECLINES, STATUS_REJECTED, NULL},
    {CLOCK_LDAP, TIME_PEER_LDAP, TIME_PEER_SILENT, STATUS_TIMED_OUT, NULL},
    {CLOCK_LDAP, TIME_PEER_LDAP, TIME_PEER_CLOSES, STATUS_CLOSED, NULL},
    {CLOCK_LDAP, TIME_PEER_LDAP, TIME_PEER_HALF, STATUS_CLOSED, NULL},
    {CLOCK_LDAP, TIME_PEER_LDAP, TIME_PEER_WRONG_ID, STATUS_MALFORMED, NULL},
    {CLOCK_LDAP, TIME_PEER_LDAP, TIME_PEER_WRONG_SIZE, STATUS_MALFORMED, NULL},
    {CLOCK_LDAP, TIME_PEER_LDAP, TIME_PEER_NO_TIME, STATUS_NOT_FOUND, NULL},
    {CLOCK_LDAP, TIME_PEER_LDAP, TIME_PEER_DECLINES, STATUS_REJECTED, NULL},
    {CLOCK_KERBEROS, TIME_PEER_KERBEROS, TIME_PEER_SILENT, STATUS_TIMED_OUT, NULL},
    {CLOCK_KERBEROS, TIME_PEER_KERBEROS, TIME_PEER_ELSEWHERE, STATUS_TIMED_OUT, NULL},
    {CLOCK_KERBEROS, TIME_PEER_KERBEROS, TIME_PEER_HALF, STATUS_MALFORMED, NULL},
    {CLOCK_KERBEROS, TIME_PEER_KERBEROS, TIME_PEER_WRONG_SIZE, STATUS_MALFORMED, NULL},
    {CLOCK_KERBEROS, TIME_PEER_KERBEROS, TIME_PEER_NO_TIME, STATUS_MALFORMED, NULL},
    {CLOCK_KERBEROS, TIME_PEER_KERBEROS, TIME_PEER_DECLINES, STATUS_REJECTED,
     "it granted a ticket to a client without a password"},
    {CLOCK_KERBEROS_TCP, TIME_PEER_KERBEROS, TIME_PEER_SILENT, STATUS_TIMED_OUT, NULL},
    {CLOCK_KERBEROS_TCP, TIME_PEER_KERBEROS, TIME_PEER_CLOSES, STATUS_CLOSED, NULL},
    {CLOCK_KERBEROS_TCP, TIME_PEER_KERBEROS, TIME_PEER_HALF, STATUS_CLOSED, NULL},
    {CLOCK_KERBEROS_TCP, TIME_PEER_KERBEROS, TIME_PEER_WRONG_SIZE, STATUS_MALFORMED, NULL},
    {CLOCK_SMB2, TIME_PEER_SMB2, TIME_PEER_SILENT, STATUS_TIMED_OUT, NULL},
    {CLOCK_SMB2, TIME_PEER_SMB2, TIME_PEER_CLOSES, STATUS_CLOSED, NULL},
    {CLOCK_SMB2, TIME_PEER_SMB2, TIME_PEER_HALF, STATUS_CLOSED, NULL},
    {CLOCK_SMB2, TIME_PEER_SMB2, TIME_PEER_WRONG_SIZE, STATUS_MALFORMED, NULL},
    {CLOCK_SMB2, TIME_PEER_SMB2, TIME_PEER_NO_TIME, STATUS_MALFORMED, NULL},
    {CLOCK_SMB2, TIME_PEER_SMB2, TIME_PEER_DECLINES, STATUS_REJECTED, NULL},
    {CLOCK_SMTP_BANNER, TIME_PEER_SMTP, TIME_PEER_SILENT, STATUS_TIMED_OUT, NULL},
    {CLOCK_SMTP_BANNER, TIME_PEER_SMTP, TIME_PEER_CLOSES, STATUS_CLOSED, NULL},
    {CLOCK_SMTP_BANNER, TIME_PEER_SMTP, TIME_PEER_NO_TIME, STATUS_NOT_FOUND,
     "its greeting holds no date"},
    {CLOCK_SMTP_NTLM, TIME_PEER_SMTP, TIME_PEER_SILENT, STATUS_TIMED_OUT, NULL},
    {CLOCK_SMTP_NTLM, TIME_PEER_SMTP, TIME_PEER_NO_TIME, STATUS_NOT_FOUND,
     "its NTLM challenge says no time"},
    {CLOCK_SMTP_NTLM, TIME_PEER_SMTP, TIME_PEER_WRONG_SIZE, STATUS_MALFORMED, NULL},
    {CLOCK_SMTP_NTLM, TIME_PEER_SMTP, TIME_PEER_DECLINES, STATUS_NOT_FOUND,
     "it does not offer NTLM"},
    {CLOCK_HTTP, TIME_PEER_HTTP, TIME_PEER_SILENT, STATUS_TIMED_OUT, NULL},
    {CLOCK_HTTP, TIME_PEER_HTTP, TIME_PEER_CLOSES, STATUS_CLOSED, NULL},
    {CLOCK_HTTP, TIME_PEER_HTTP, TIME_PEER_HALF, STATUS_CLOSED, NULL},
    {CLOCK_HTTP, TIME_PEER_HTTP, TIME_PEER_NO_TIME, STATUS_NOT_FOUND, "its answer has no Date"},
    {CLOCK_SMB2, TIME_PEER_HTTP, TIME_PEER_RIGHT, STATUS_MALFORMED, NULL},
    {CLOCK_KERBEROS_TCP, TIME_PEER_HTTP, TIME_PEER_RIGHT, STATUS_MALFORMED, NULL},
    {CLOCK_HTTP, TIME_PEER_SMB2, TIME_PEER_RIGHT, STATUS_MALFORMED, NULL},
    {CLOCK_HTTP_NTLM, TIME_PEER_HTTP, TIME_PEER_SILENT, STATUS_TIMED_OUT, NULL},
    {CLOCK_HTTP_NTLM, TIME_PEER_HTTP, TIME_PEER_WRONG_SIZE, STATUS_MALFORMED, NULL},
    {CLOCK_HTTP_NTLM, TIME_PEER_HTTP, TIME_PEER_NO_TIME, STATUS_NOT_FOUND,
     "its NTLM challenge says no time"},
    {CLOCK_HTTP_NTLM, TIME_PEER_HTTP, TIME_PEER_DECLINES, STATUS_OK, NULL},
    {CLOCK_HTTP_KERBEROS, TIME_PEER_HTTP, TIME_PEER_SILENT, STATUS_TIMED_OUT, NULL},
    {CLOCK_HTTP_KERBEROS, TIME_PEER_HTTP, TIME_PEER_WRONG_SIZE, STATUS_NOT_FOUND,
     "it answers Kerberos with no error"},
    {CLOCK_HTTP_KERBEROS, TIME_PEER_HTTP, TIME_PEER_NO_TIME, STATUS_MALFORMED, NULL},
    {CLOCK_HTTP_KERBEROS, TIME_PEER_HTTP, TIME_PEER_DECLINES, STATUS_NOT_FOUND,
     "it answers Kerberos with no error"},
    {CLOCK_SMB2, TIME_PEER_SMB2, TIME_PEER_SLOWLY, STATUS_OK, NULL},
    {CLOCK_LDAP, TIME_PEER_LDAP, TIME_PEER_SLOWLY, STATUS_OK, NULL},
    {CLOCK_KERBEROS_TCP, TIME_PEER_KERBEROS, TIME_PEER_SLOWLY, STATUS_OK, NULL},
};

struct call { /* many at once, through the door that the engine uses */
    struct gather *gather;
    struct evidence_store *store;
    size_t open;
};

static void settled(void *context, struct evidence *item)
{
    struct call *call = context;

    assert_true(item->settled);
    call->open--;
}

static void open_call(struct call *call, const struct lab *lab)
{
    *call = (struct call){.store = evidence_store_new()};
    assert_int_equal(gather_new(&lab->options, settled, call, &call->gather), STATUS_OK);
}

static struct clock_reading *start(struct call *call, const struct lab *lab, size_t peer,
                                   enum clock_source source)
{
    const struct clock_reading question = question_for(lab, peer, source);
    struct evidence *item = evidence_store_add(call->store, &evidence_clock, &question.evidence);

    call->open++;
    gather_start(call->gather, item);
    return (struct clock_reading *)item;
}

static void finish(struct call *call)
{
    int64_t until = platform_monotonic_clock() + GUARD;

    while (call->open > 0) {
        gather_wait(call->gather, 1000);
        assert_true(platform_monotonic_clock() < until);
    }
}

static void close_call(struct call *call)
{
    gather_free(call->gather);
    evidence_store_free(call->store);
}

static void assert_told(const struct clock_reading *reading, const struct trouble *trouble)
{
    const struct evidence *item = &reading->evidence;

    if (is_left_out(reading))
        return;
    if (item->status != trouble->status)
        fail_msg("%s: %s where %s was expected", item->key, status_token(item->status),
                 status_token(trouble->status));
    if (trouble->reason) {
        assert_non_null(item->reason);
        assert_string_equal(item->reason, trouble->reason);
    }
    assert_int_equal(reading->sample_count > 0, trouble->status == STATUS_OK);
}

/* Each is refused with its reason, and gives no number. All at once, so the waits are one. */
static void troubles_are_told(void **state)
{
    static char addresses[COUNT(troubles)][16];
    static struct time_peer list[COUNT(troubles)];
    struct clock_reading *readings[COUNT(troubles)];
    struct call call;
    struct lab lab;

    (void)state;
    make_addresses(addresses, COUNT(troubles));
    for (size_t i = 0; i < COUNT(troubles); i++)
        list[i] = (struct time_peer){addresses[i], troubles[i].service, troubles[i].fault};
    open_lab(&lab, list, COUNT(list), HASTY);
    open_call(&call, &lab);
    for (size_t i = 0; i < COUNT(troubles); i++)
        readings[i] = start(&call, &lab, i, troubles[i].source);
    finish(&call);
    for (size_t i = 0; i < COUNT(troubles); i++) {
        assert_told(readings[i], &troubles[i]);
        if (troubles[i].fault == TIME_PEER_WRONG_ID) /* one that answers wrongly is left alone */
            assert_int_equal(time_peers_asked(lab.peers, i), 1);
    }
    close_call(&call);
    close_lab(&lab);
}

/* A kiss-o'-death ends it: what was measured before stands, and nothing more is asked. */
static void a_kiss_is_obeyed(void **state)
{
    static const struct time_peer list[] = {{"127.0.0.11", TIME_PEER_NTP, TIME_PEER_KISS},
                                            {"127.0.0.12", TIME_PEER_NTP, TIME_PEER_KISS_AT_ONCE}};
    struct clock_reading *reading;
    struct lab lab;

    (void)state;
    open_lab(&lab, list, COUNT(list), PATIENT);
    reading = read_clock(&lab, 0, CLOCK_SNTP);
    assert_holds(reading, 0);
    assert_int_equal(reading->sample_count, 1);
    assert_null(reading->evidence.reason);
    assert_int_equal(time_peers_asked(lab.peers, 0), 2);
    evidence_free(&reading->evidence);
    evidence_free(&read_clock(&lab, 1, CLOCK_SNTP)->evidence);
    assert_int_equal(time_peers_asked(lab.peers, 1), 1);
    close_lab(&lab);
}

/* What answers somebody else's question is not heard, and in nobody's way. */
static void foreign_datagrams(void **state)
{
    static const struct {
        struct time_peer peer;
        enum clock_source source;
        size_t samples;
    } cases[] = {
        {{"127.0.0.11", TIME_PEER_NTP, TIME_PEER_FOREIGN_FIRST}, CLOCK_SNTP, 4},
        {{"127.0.0.12", TIME_PEER_LDAP, TIME_PEER_FOREIGN_FIRST}, CLOCK_CLDAP, 1},
        {{"127.0.0.13", TIME_PEER_KERBEROS, TIME_PEER_FOREIGN_FIRST}, CLOCK_KERBEROS, 1},
    };
    const struct time_peer_manner manner = {.offset = 420 * SECOND};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct clock_reading *reading;
        struct lab lab;

        open_lab(&lab, &cases[i].peer, 1, PATIENT);
        time_peers_set(lab.peers, 0, &manner);
        reading = read_clock(&lab, 0, cases[i].source);
        assert_holds(reading, manner.offset);
        assert_int_equal(reading->sample_count, cases[i].samples);
        assert_null(reading->evidence.reason);
        evidence_free(&reading->evidence);
        close_lab(&lab);
    }
}

/* What is lost is asked again; of Kerberos, nobody knows then which question was answered. */
static void lost_datagrams(void **state)
{
    static const struct time_peer list[] = {
        {"127.0.0.11", TIME_PEER_NTP, TIME_PEER_LOSES_FIRST},
        {"127.0.0.12", TIME_PEER_LDAP, TIME_PEER_LOSES_FIRST},
        {"127.0.0.13", TIME_PEER_KERBEROS, TIME_PEER_LOSES_FIRST}};
    const struct time_peer_manner manner = {.offset = 420 * SECOND};
    struct clock_reading *readings[COUNT(list)];
    struct call call;
    struct lab lab;

    (void)state;
    open_lab(&lab, list, COUNT(list), PATIENT);
    open_call(&call, &lab);
    for (size_t i = 0; i < COUNT(list); i++)
        time_peers_set(lab.peers, i, &manner);
    readings[0] = start(&call, &lab, 0, CLOCK_SNTP);
    readings[1] = start(&call, &lab, 1, CLOCK_CLDAP);
    readings[2] = start(&call, &lab, 2, CLOCK_KERBEROS);
    finish(&call);
    for (size_t i = 0; i < COUNT(list); i++) {
        const struct clock_interval interval = clock_interval_of(readings[i]);

        assert_int_equal(readings[i]->evidence.status, STATUS_OK);
        /* the gatherer has read the examiner's clock for itself */
        assert_true(interval.least < manner.offset + 5000 && interval.most > manner.offset - 5000);
    }
    assert_true(width_of(readings[2]) >= SECOND);
    assert_int_equal(time_peers_asked(lab.peers, 2), 2);
    close_call(&call);
    close_lab(&lab);
}

/* A closed port is one whatever is asked there. */
static void nobody_there(void **state)
{
    struct clock_reading *reading;
    struct lab lab;

    (void)state;
    open_lab(&lab, one_of_each, COUNT(one_of_each), HASTY);
    assert_int_equal(time_peers_stop(lab.peers), STATUS_OK);
    for (size_t i = 0; i < COUNT(measures); i++) {
        reading = read_clock(&lab, measures[i].service, measures[i].source);
        if (!is_left_out(reading))
            assert_int_equal(reading->evidence.status, STATUS_REFUSED);
        evidence_free(&reading->evidence);
    }
    http_library_leave(lab.means.http);
}

/* Fifty hosts, all sources of each: side by side, against one reading of the examiner's clock. */
static void many_hosts(void **state)
{
    static char addresses[HOSTS][16];
    static struct time_peer list[HOSTS];
    const struct time_peer_manner manner = {.there = 50000, .back = 50000};
    struct clock_reading *readings[HOSTS][2];
    struct call call;
    struct lab lab;

    (void)state;
    make_addresses(addresses, HOSTS);
    for (size_t i = 0; i < HOSTS; i++)
        list[i] = (struct time_peer){addresses[i], TIME_PEER_LDAP, TIME_PEER_RIGHT};
    open_lab(&lab, list, HOSTS, PATIENT);
    for (size_t i = 0; i < HOSTS; i++)
        time_peers_set(lab.peers, i, &manner);
    open_call(&call, &lab);
    for (size_t i = 0; i < HOSTS; i++) {
        readings[i][0] = start(&call, &lab, i, CLOCK_CLDAP);
        readings[i][1] = start(&call, &lab, i, CLOCK_LDAP);
    }
    finish(&call);
    for (size_t i = 0; i < HOSTS; i++) {
        assert_int_equal(readings[i][0]->evidence.status, STATUS_OK);
        assert_int_equal(readings[i][1]->evidence.status, STATUS_OK);
        assert_int_equal(readings[i][0]->examiner, readings[0][0]->examiner);
        assert_true(width_of(readings[i][0]) >= SECOND + 100000);
    }
    close_call(&call);
    close_lab(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_hold_what_they_measure),
        cmocka_unit_test(samples_are_intersected),
        cmocka_unit_test(impossible_samples),
        cmocka_unit_test(planted_offsets_are_found),
        cmocka_unit_test(microseconds_that_count_answers),
        cmocka_unit_test(narrow_on_loopback),
        cmocka_unit_test(what_was_held_counts_for_nothing),
        cmocka_unit_test(only_the_last_exchange_counts),
        cmocka_unit_test(no_time_left),
        cmocka_unit_test(silence_is_borne),
        cmocka_unit_test(quick_and_wide_is_asked_again),
        cmocka_unit_test(what_hosts_tell),
        cmocka_unit_test(what_is_asked),
        cmocka_unit_test(troubles_are_told),
        cmocka_unit_test(a_kiss_is_obeyed),
        cmocka_unit_test(foreign_datagrams),
        cmocka_unit_test(lost_datagrams),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(many_hosts),
    };

    if (platform_init() != STATUS_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
