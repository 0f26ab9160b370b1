/*
 * make_events FILE MEGABYTES: an Application log of a busy Exchange server, as XML for a FILE
 * that ends so, else as .evtx; its content the same every time. One event in a thousand is
 * 1035 of MSExchangeTransport.
 */
#include "diag/platform.h"
#include "tests/unit/events.h"

#include <stdio.h>
#include <stdlib.h>

enum { WISHED_OF = 1000, EVENT_ROOM = 4096, HEADER_SIZE = 4096 };

static const struct made_event ordinary[] = {
    {.provider = "MSExchange ADAccess",
     .id = 2080,
     .qualifiers = 16388,
     .level = 4,
     .strings =
         {"Microsoft.Exchange.Directory.TopologyService.exe", "4180",
          "dc1.corp.example\tCDG 1 7 7 1 0 1 1 7 1\r\ndc2.corp.example\tCDG 1 7 7 1 0 1 1 7 1"}},
    {.provider = "MSExchange Common",
     .id = 106,
     .qualifiers = 49156,
     .level = 2,
     .strings = {"Number of Availability Requests", "MSExchange Availability Service",
                 "The exception thrown is: System.InvalidOperationException: The requested "
                 "Performance Counter is not a custom counter, it has to be initialized as "
                 "ReadOnly.\r\n   at System.Diagnostics.PerformanceCounter.InitializeImpl()"}},
    {.provider = "MSExchangeTransport",
     .id = 12025,
     .qualifiers = 16388,
     .level = 4,
     .strings = {"6", "Default Frontend EX1"}},
    {.provider = "Microsoft-Windows-Security-SPP",
     .id = 16384,
     .qualifiers = 16384,
     .level = 4,
     .strings = {"2026-12-29T09:04:07Z", "RulesEngine"}},
};

static const struct made_event wished = {
    .provider = "MSExchangeTransport",
    .id = 1035,
    .qualifiers = 32772,
    .level = 3,
    .strings = {"LogonDenied", "Default Frontend EX1", "Login", "198.51.100.7"}};

static struct made_event event_of(uint64_t number)
{
    struct made_event event =
        number % WISHED_OF == 0 ? wished : ordinary[number % (sizeof ordinary / sizeof *ordinary)];

    event.record = number;
    event.filetime = 134398119071234567u + number * 10000000;
    return event;
}

static void write_xml(FILE *file, uint64_t most)
{
    uint64_t written = 0;
    struct buffer text;

    buffer_init(&text, EVENT_ROOM);
    for (uint64_t number = 1; written < most; number++, written += text.size) {
        buffer_clear(&text);
        events_xml(&text, event_of(number));
        fwrite(text.text, 1, text.size, file);
    }
    buffer_release(&text);
}

static void write_evtx(FILE *file, uint64_t most)
{
    static const unsigned char header[HEADER_SIZE] = "ElfFile";
    static struct evtx_writer writer;
    uint64_t number = 1;

    fwrite(header, 1, HEADER_SIZE, file);
    for (uint64_t written = 0; written < most; written += EVTX_CHUNK_SIZE) {
        evtx_begin(&writer);
        while (writer.at < EVTX_CHUNK_SIZE - EVENT_ROOM)
            evtx_event(&writer, event_of(number++));
        evtx_end_chunk(&writer, 0);
        fwrite(writer.chunk, 1, EVTX_CHUNK_SIZE, file);
    }
}

int exdiag_main(int argc, char **argv)
{
    uint64_t most;
    FILE *file;

    if (argc != 3 || !(file = fopen(argv[1], "wb"))) {
        fprintf(stderr, "usage: make_events FILE MEGABYTES\n");
        return 2;
    }
    most = strtoull(argv[2], NULL, 10) * 1000000;
    if (strstr(argv[1], ".xml"))
        write_xml(file, most);
    else
        write_evtx(file, most);
    return fclose(file) == 0 ? 0 : 2;
}
