/*
 * read_events FILE [PROVIDER ID]...: an event log, XML or .evtx, through its reader. With -v
 * a line for each event wished for; then what became of the log, seconds of CPU and megabytes in
 * one.
 */
#include "diag/clock.h"
#include "diag/platform.h"
#include "diag/read/event_xml.h"
#include "diag/read/evtx.h"
#include "diag/xml_library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WISHES_MOST = 16, PIECE = 1 << 18 };

struct reading {
    bool is_verbose;
    uint64_t taken;
};

static void take(void *context, const struct windows_event *event)
{
    struct reading *reading = context;
    char time[CLOCK_TEXT_SIZE];

    reading->taken++;
    if (!reading->is_verbose)
        return;
    clock_format(event->time, time);
    printf("%llu %s %u %u %u %s %s %s", (unsigned long long)event->record, event->provider,
           (unsigned)event->id, (unsigned)event->qualifiers, (unsigned)event->level, time,
           event->channel, event->computer);
    for (size_t i = 0; i < event->string_count; i++)
        printf(" [%s]", event->strings[i]);
    printf(" {%s}\n", event->binary);
}

static uint64_t read_xml(FILE *file, const struct event_wish *wishes, struct reading *reading,
                         struct event_log_account *account)
{
    struct xml_library library;
    struct event_xml *reader;
    const char *reason;
    uint64_t bytes = 0;
    char *piece;

    if (xml_library_load(&library, &reason) != STATUS_OK) {
        fprintf(stderr, "read_events: %s\n", reason);
        exit(2);
    }
    reader = event_xml_new(&library, wishes, take, reading);
    piece = memory_new(1, PIECE);
    for (size_t size; (size = fread(piece, 1, PIECE, file)) > 0; bytes += size)
        event_xml_feed(reader, piece, size);
    event_xml_end(reader, account);
    free(piece);
    return bytes;
}

static uint64_t read_evtx(FILE *file, const struct event_wish *wishes, struct reading *reading,
                          struct event_log_account *account)
{
    struct evtx *reader = evtx_new(wishes, take, reading);
    unsigned char *chunk = memory_new(1, EVTX_CHUNK_SIZE);
    uint64_t bytes = EVTX_HEADER_SIZE;

    fseek(file, EVTX_HEADER_SIZE, SEEK_SET);
    for (size_t size; (size = fread(chunk, 1, EVTX_CHUNK_SIZE, file)) > 0; bytes += size)
        evtx_chunk(reader, chunk, size);
    evtx_end(reader, account);
    free(chunk);
    return bytes;
}

int exdiag_main(int argc, char **argv)
{
    struct event_wish wishes[WISHES_MOST + 1] = {0};
    struct event_log_account account;
    struct reading reading = {.is_verbose = argc > 1 && strcmp(argv[1], "-v") == 0};
    unsigned char head[8] = {0};
    FILE *file;
    uint64_t bytes;
    int64_t began;
    double seconds;

    argv += 1 + reading.is_verbose;
    argc -= 1 + reading.is_verbose;
    if (argc < 1 || !(file = fopen(argv[0], "rb"))) {
        fprintf(stderr, "usage: read_events [-v] FILE [PROVIDER ID]...\n");
        return 2;
    }
    for (int i = 0; i < WISHES_MOST && 2 * i + 2 < argc; i++)
        wishes[i] =
            (struct event_wish){argv[2 * i + 1], (uint32_t)strtoul(argv[2 * i + 2], NULL, 10)};
    (void)fread(head, 1, sizeof head, file);
    rewind(file);
    began = (int64_t)clock();
    bytes = evtx_is(head, sizeof head) ? read_evtx(file, wishes, &reading, &account)
                                       : read_xml(file, wishes, &reading, &account);
    seconds = (double)((int64_t)clock() - began) / (double)CLOCKS_PER_SEC;
    fclose(file);
    printf("%llu events, %llu taken, %llu damaged%s, %.3f s, %.0f MB/s\n",
           (unsigned long long)account.events, (unsigned long long)reading.taken,
           (unsigned long long)account.damaged, account.cut_off ? ", cut off" : "", seconds,
           (double)bytes / 1e6 / seconds);
    return 0;
}
