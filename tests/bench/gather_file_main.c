/*
 * gather_file KIND FILE [KEY]: a file as evidence of this kind ("event-log", "auth-log",
 * "directory-file", "registry", "mailstore-log"), as a worker of exdiag gathers it. How many
 * groups, peers, entries or values there are, seconds of CPU and megabytes in one.
 */
#include "diag/gather/auth_log.h"
#include "diag/gather/directory_file.h"
#include "diag/gather/event_log.h"
#include "diag/gather/http_log.h"
#include "diag/gather/iis_config.h"
#include "diag/gather/mailstore_log.h"
#include "diag/gather/registry.h"
#include "diag/platform.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static size_t event_groups(const struct evidence *item)
{
    return ((const struct event_log_digest *)item)->group_count;
}

static size_t failures(const struct evidence *item)
{
    return ((const struct mailstore_digest *)item)->log.failed_count;
}

static size_t peers(const struct evidence *item)
{
    return ((const struct auth_log_digest *)item)->log.peer_count;
}

static size_t entries(const struct evidence *item)
{
    return ((const struct directory_file *)item)->entry_count;
}

static size_t values(const struct evidence *item)
{
    return ((const struct registry_answer *)item)->value_count;
}

static size_t locations(const struct evidence *item)
{
    return ((const struct iis_config_file *)item)->config.location_count;
}

static size_t rows(const struct evidence *item)
{
    return ((const struct http_log_digest *)item)->log.row_count;
}

static const struct {
    const struct evidence_kind *kind;
    void (*gather)(struct evidence *item);
    size_t (*count)(const struct evidence *item);
} gatherers[] = {
    {&evidence_event_log, gather_event_log, event_groups},
    {&evidence_auth_log, gather_auth_log, peers},
    {&evidence_directory_file, gather_directory_file, entries},
    {&evidence_registry, gather_registry, values},
    {&evidence_iis_config, gather_iis_config, locations},
    {&evidence_http_log, gather_http_log, rows},
    {&evidence_mailstore_log, gather_mailstore_log, failures},
};

static struct evidence *question_of(const struct evidence_kind *kind, const char *path,
                                    const char *key)
{
    const struct event_log_digest of_events = {.path = path};
    const struct auth_log_digest of_protocol = {.path = path};
    const struct directory_file of_directory = {.path = path};
    const struct mailstore_digest of_job = {.path = path};
    const struct registry_answer of_registry = {.path = path, .key = key};
    const struct iis_config_file of_config = {.path = path};
    const struct http_log_digest of_requests = {.path = path};

    return evidence_new(kind, kind == &evidence_event_log        ? &of_events.evidence
                              : kind == &evidence_auth_log       ? &of_protocol.evidence
                              : kind == &evidence_mailstore_log  ? &of_job.evidence
                              : kind == &evidence_directory_file ? &of_directory.evidence
                              : kind == &evidence_iis_config     ? &of_config.evidence
                              : kind == &evidence_http_log       ? &of_requests.evidence
                                                                 : &of_registry.evidence);
}

static double megabytes_of(const char *path)
{
    FILE *file = fopen(path, "rb");
    long size = 0;

    if (file && fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (file)
        fclose(file);
    return (double)size / 1e6;
}

int exdiag_main(int argc, char **argv)
{
    for (size_t i = 0; argc > 2 && i < sizeof gatherers / sizeof *gatherers; i++) {
        struct evidence *item;
        int64_t began;
        double seconds;

        if (strcmp(argv[1], gatherers[i].kind->name) != 0)
            continue;
        item = question_of(gatherers[i].kind, argv[2], argc > 3 ? argv[3] : "SYSTEM");
        began = (int64_t)clock();
        gatherers[i].gather(item);
        seconds = (double)((int64_t)clock() - began) / (double)CLOCKS_PER_SEC;
        printf("%s: %zu kept, %.3f s, %.0f MB/s\n", status_token(item->status),
               gatherers[i].count(item), seconds, megabytes_of(argv[2]) / seconds);
        evidence_free(item);
        return 0;
    }
    fprintf(stderr, "usage: gather_file KIND FILE [KEY]\n");
    return 2;
}
