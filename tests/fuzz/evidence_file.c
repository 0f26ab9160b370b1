/*
 * Any bytes as an evidence file: what can be read of it is judged by the real probes
 * and reported in every format, as it is and redacted. Findings are printable, and a
 * file that was read without loss says the same when it is saved and read again.
 */
#define _POSIX_C_SOURCE 200809L /* fmemopen(), open_memstream() */

#include "diag/report/report.h"
#include "diag/text.h"
#include "diag/verdict.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* ---- reports ---- */

static void check_printable(const char *text)
{
    check(text && text_is_printable(text, strlen(text)));
}

static void check_finding(const struct finding *finding)
{
    check_printable(finding->title);
    check_printable(finding->why);
    check_printable(finding->subject->shown);
    for (size_t i = 0; i < finding->seen_count; i++) {
        const struct seen *seen = &finding->seen[i];

        check_printable(seen->text);
        check(seen->mark_start <= seen->mark_end);
        check(seen->mark_end <= text_length(seen->text, strlen(seen->text)));
    }
}

/* The report as JSON; free() it. */
static char *write_reports(const struct report *report)
{
    const struct report_options options = {.columns = 60, .colours = true, .verbose = true};
    char *json = NULL, *text = NULL;
    size_t json_size = 0, text_size = 0;
    FILE *json_stream = open_memstream(&json, &json_size);
    FILE *text_stream = open_memstream(&text, &text_size);

    check(json_stream && text_stream);
    check(report_json(report, &options, json_stream) == STATUS_OK);
    check(report_text(report, &options, text_stream) == STATUS_OK);
    check(report_html(report, &options, text_stream) == STATUS_OK);
    fclose(json_stream);
    fclose(text_stream);
    check(text_is_utf8(json, json_size) && text_is_utf8(text, text_size));
    free(text);
    return json;
}

static char *judge(struct run *run)
{
    struct arena arena = {0};
    struct report report;
    char *json;

    run_replay(run);
    verdict(run, 1, NULL, &arena, &report);
    for (size_t i = 0; i < report.finding_count; i++)
        check_finding(report.findings[i]);
    json = write_reports(&report);
    arena_release(&arena);
    return json;
}

/* ---- files ---- */

static bool read_run(struct run *run, const void *bytes, size_t size)
{
    FILE *file = fmemopen((void *)bytes, size, "rb");
    enum status status;

    check(file != NULL);
    memset(run, 0, sizeof *run);
    run->store = evidence_store_new();
    status = evidence_file_read(file, &run->about, run->store);
    fclose(file);
    return status == STATUS_OK;
}

/* What a run has been asked since it was read is not saved. */
static char *save_run(const struct run *run, size_t items, size_t *size)
{
    struct evidence *item = evidence_store_first(run->store);
    char *bytes = NULL;
    FILE *file = open_memstream(&bytes, size);

    check(file != NULL);
    check(evidence_file_begin(file, &run->about) == STATUS_OK);
    for (; items > 0; items--, item = item->next)
        check(evidence_file_add(file, item) == STATUS_OK);
    check(evidence_file_end(file, run->about.finished, run->about.complete) == STATUS_OK);
    fclose(file);
    return bytes;
}

static bool is_lossless(const struct evidence_run *about)
{
    return about->started && about->finished && about->damaged_lines == 0 &&
           about->unknown_items == 0 && about->unknown_subjects == 0;
}

static void check_saved_again(const struct run *run, size_t items, const char *expected)
{
    struct run again;
    size_t size;
    char *bytes = save_run(run, items, &size), *json;

    check(read_run(&again, bytes, size));
    check(is_lossless(&again.about));
    check(evidence_store_count(again.store) == items);
    json = judge(&again);
    check(strcmp(json, expected) == 0);
    free(json);
    free(bytes);
    run_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run run;
    size_t items;
    char *json;

    if (size == 0)
        return 0;
    if (read_run(&run, data, size)) {
        items = evidence_store_count(run.store);
        json = judge(&run);
        if (is_lossless(&run.about))
            check_saved_again(&run, items, json);
        free(json);
    }
    run_release(&run);
    if (read_run(&run, data, size) && run_redact(&run, 1) == STATUS_OK)
        free(judge(&run));
    run_release(&run);
    return 0;
}
