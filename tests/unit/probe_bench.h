/*
 * A probe, examined with evidence that a test makes up. A test answers each question that the
 * probe asks:
 *
 *     bench_begin(&probe_spn);
 *     bench_add(SUBJECT_FILE, "send.log");
 *     bench_run(SUBJECT_DOMAIN, "contoso.com", answer);
 *     ... finding_of("ex01.contoso.com", "smtp-spn-missing", NULL) ...
 *     bench_end();
 */
#ifndef EXDIAG_TESTS_PROBE_BENCH_H
#define EXDIAG_TESTS_PROBE_BENCH_H

#include "diag/exam.h"
#include "diag/verdict_rivals.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

enum { BENCH_ITEMS_MOST = 4096, BENCH_FINDINGS_MOST = 64 };

static struct {
    struct settings settings; /* a test's own; they last beyond bench_end() */
    struct evidence_store *store;
    struct exam *exam;
    const struct probe *beside;    /* another that is known, of bench_begin(); or NULL */
    int64_t started;               /* the run's, milliseconds since 1970 UTC */
    const struct probe *probes[3]; /* these, and NULL */
    struct evidence *fetched[BENCH_ITEMS_MOST]; /* in the order asked for */
    size_t fetched_count;
    struct finding *findings[BENCH_FINDINGS_MOST];
    struct arena memory;
    size_t finding_count;
} bench;

/* ---- running ---- */

static inline void bench_fetch(void *context, struct evidence *item)
{
    (void)context;
    assert_true(bench.fetched_count < BENCH_ITEMS_MOST);
    bench.fetched[bench.fetched_count++] = item;
}

static inline void bench_take(void *context, struct finding *finding)
{
    (void)context;
    assert_true(bench.finding_count < BENCH_FINDINGS_MOST);
    bench.findings[bench.finding_count++] = finding;
}

static inline void bench_begin(const struct probe *probe)
{
    struct exam_options options = {
        .probes = bench.probes, .settings = &bench.settings, .started = bench.started};

    bench.probes[0] = probe;
    bench.probes[1] = bench.beside;
    bench.fetched_count = bench.finding_count = 0;
    bench.store = evidence_store_new();
    options.store = bench.store;
    options.fetch = bench_fetch;
    bench.exam = exam_new(&options);
}

static inline void bench_add(enum subject_kind kind, const char *name)
{
    exam_add_subject(bench.exam, kind, name, name, true);
}

/* Of what was added; `answer` settles the item. */
static inline void bench_work(void (*answer)(struct evidence *item))
{
    exam_work(bench.exam, 0);
    for (size_t i = 0; i < bench.fetched_count; i++) {
        answer(bench.fetched[i]);
        exam_settled(bench.exam, bench.fetched[i], 0);
        exam_work(bench.exam, 0);
    }
    exam_findings(bench.exam, bench_take, NULL);
    verdict_rivals(bench.findings, bench.finding_count, &bench.memory);
}

static inline void bench_run(enum subject_kind kind, const char *name,
                             void (*answer)(struct evidence *item))
{
    bench_add(kind, name);
    bench_work(answer);
}

static inline void bench_end(void)
{
    exam_free(bench.exam);
    evidence_store_free(bench.store);
    arena_release(&bench.memory);
}

/* ---- what was found ---- */

/* The first finding of this kind at the subject, or at any, whose title has `part`. */
static inline const struct finding *finding_of(const char *subject, const char *id,
                                               const char *part)
{
    for (size_t i = 0; i < bench.finding_count; i++) {
        const struct finding *finding = bench.findings[i];

        if ((!subject || strcmp(finding->subject->name, subject) == 0) &&
            strcmp(finding->kind->id, id) == 0 && (!part || strstr(finding->title, part)))
            return finding;
    }
    return NULL;
}

/* "warning", "ok", "unknown"; "" of none. */
static inline const char *word_of(const struct finding *finding)
{
    if (!finding)
        return "";
    return finding->outcome == OUTCOME_PROBLEM ? severity_word(finding->severity)
                                               : outcome_word(finding->outcome);
}

static inline bool saw_it(const struct finding *finding, const char *part)
{
    for (size_t i = 0; i < finding->seen_count; i++) {
        if (strstr(finding->seen[i].text, part))
            return true;
    }
    return false;
}

/* The step that has this in its command. */
static inline const struct step *step_of(const struct steps *steps, const char *part)
{
    for (size_t i = 0; i < steps->count; i++) {
        if (strstr(steps->list[i].command, part))
            return &steps->list[i];
    }
    return NULL;
}

static inline void bench_print(void)
{
    for (size_t i = 0; i < bench.finding_count; i++) {
        const struct finding *finding = bench.findings[i];

        print_message("%s %s %s: %s\n", finding->subject->name, finding->kind->id, word_of(finding),
                      finding->title);
        for (size_t k = 0; k < finding->seen_count; k++)
            print_message("    %s\n", finding->seen[k].text);
        for (size_t k = 0; k < finding->fix.count; k++)
            print_message("    > %s\n", finding->fix.list[k].command);
    }
}

#endif
