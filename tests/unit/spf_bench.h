/*
 * A probe of SPF on one domain, over answers of a zone given as data. One line is one
 * record; a name with a line of any type exists.
 */
#ifndef EXDIAG_TESTS_UNIT_SPF_BENCH_H
#define EXDIAG_TESTS_UNIT_SPF_BENCH_H

#include "diag/exam.h"
#include "probes/spf/published.h"
#include "tests/unit/unit.h"

#include <string.h>

struct spf_bench_record {
    const char *name;
    enum dns_type type;
    const char *data; /* NULL: no answer comes */
};

enum { SPF_BENCH_FETCHED_MOST = 1024 };

static struct {
    const struct spf_bench_record *zone;
    size_t zone_size;
    struct settings settings;
    struct evidence_store *store;
    struct exam *exam;
    struct evidence *fetched[SPF_BENCH_FETCHED_MOST];
    size_t count;
} spf_bench;

static inline void spf_bench_fetch(void *context, struct evidence *item)
{
    (void)context;
    assert_true(spf_bench.count < SPF_BENCH_FETCHED_MOST);
    spf_bench.fetched[spf_bench.count++] = item;
}

static inline void spf_bench_fill(struct dns_record *record, const char *data, struct arena *arena)
{
    struct dns_string *string = arena_new(arena, 1, sizeof *string);

    if (record->type == DNS_TXT) {
        string->bytes = data;
        string->size = strlen(data);
        record->data.txt.strings = string;
        record->data.txt.count = 1;
    } else if (record->type == DNS_MX) {
        record->data.mx.exchange = data;
    } else {
        assert_int_equal(ip_parse(data, strlen(data), &record->data.ip), STATUS_OK);
    }
}

static inline void spf_bench_answer(struct evidence *item)
{
    struct dns_answer *answer = (struct dns_answer *)item;
    struct dns_record *records = arena_new(&item->memory, spf_bench.zone_size + 1, sizeof *records);

    item->status = STATUS_OK;
    answer->rcode = DNS_NXDOMAIN;
    answer->server = spf_bench.settings.dns[0];
    for (size_t i = 0; i < spf_bench.zone_size; i++) {
        const struct spf_bench_record *line = &spf_bench.zone[i];
        struct dns_record *record = &records[answer->answer.count];

        if (strcmp(line->name, answer->name) != 0)
            continue;
        answer->rcode = DNS_NOERROR;
        if (line->type != answer->type)
            continue;
        if (!line->data) {
            item->status = STATUS_TIMED_OUT;
            break;
        }
        record->owner = line->name;
        record->type = (uint16_t)line->type;
        spf_bench_fill(record, line->data, &item->memory);
        answer->answer.count++;
    }
    answer->answer.records = records;
    item->settled = true;
    exam_settled(spf_bench.exam, item, 0);
}

static inline void spf_bench_end(void)
{
    exam_free(spf_bench.exam);
    evidence_store_free(spf_bench.store);
    spf_bench.exam = NULL;
    spf_bench.store = NULL;
    spf_bench.count = 0;
}

/* Runs the probe to its end, with these settings beside the server that is asked. */
static inline void spf_bench_run(const struct spf_bench_record *zone, size_t zone_size,
                                 const struct probe *probe, const char *domain,
                                 const struct settings *settings)
{
    static struct net_address server = {.ip = {.family = IP_V4, .bytes = {192, 0, 2, 53}},
                                        .port = DNS_PORT};
    static const struct probe *list[2];
    struct exam_options options = {
        .settings = &spf_bench.settings, .probes = list, .fetch = spf_bench_fetch};

    spf_bench_end();
    spf_bench.zone = zone;
    spf_bench.zone_size = zone_size;
    spf_bench.settings = *settings;
    spf_bench.settings.dns = &server;
    spf_bench.settings.dns_count = 1;
    spf_bench.settings.ports[SERVICE_DNS] = DNS_PORT;
    list[0] = probe;
    options.store = spf_bench.store = evidence_store_new();
    spf_bench.exam = exam_new(&options);
    exam_add_subject(spf_bench.exam, SUBJECT_DOMAIN, domain, domain, true);
    exam_work(spf_bench.exam, 0);
    for (size_t i = 0; i < spf_bench.count; i++) {
        spf_bench_answer(spf_bench.fetched[i]);
        exam_work(spf_bench.exam, 0);
    }
}

#endif
