#include "diag/read/evtx.h"

#include "diag/read/crc32.h"
#include "diag/read/evtx_binxml.h"
#include "diag/read/evtx_value.h"
#include "diag/read/instant.h"

#include <stdlib.h>
#include <string.h>

enum { /* of a chunk's header */
       CHUNK_END = 48,
       CHUNK_RECORDS_SUM = 52,
       CHUNK_FLAGS = 120,
       CHUNK_SUM = 124, /* of what is before the flags, and of the two tables */
       CHUNK_TABLES = 128,
       CHUNK_RECORDS = 512,
       CHUNK_HAS_NO_SUMS = 4
};

enum { /* of a record's */
       RECORD_SIZE = 4,
       RECORD_NUMBER = 8,
       RECORD_TIME = 16,
       RECORD_CONTENT = 24,
       RECORD_TAIL = 4, /* bytes: its size again */
       RECORD_ALIGNMENT = 8
};

struct evtx {
    event_take *take;
    void *context;
    struct event_build build;
    struct event_log_account account;
    struct crc32 crc;
};

struct chunk {
    const unsigned char *bytes;
    size_t size;
    size_t end; /* of the records that it counts */
    uint32_t work;
    struct evtx_binxml xml;
};

struct record {
    size_t at, size;
    uint64_t number;
};

bool evtx_is(const unsigned char *bytes, size_t size)
{
    return size >= 8 && memcmp(bytes, "ElfFile", 8) == 0;
}

struct evtx *evtx_new(const struct event_wish *wishes, event_take *take, void *context)
{
    struct evtx *reader = memory_new(1, sizeof *reader);

    reader->take = take;
    reader->context = context;
    event_build_init(&reader->build, wishes);
    crc32_begin(&reader->crc);
    return reader;
}

/* ---- one record ---- */

/* False if none that is whole begins at `at`. */
static bool find_record(const struct chunk *chunk, size_t at, struct record *record)
{
    const unsigned char *bytes = chunk->bytes + at;
    size_t size;

    if (chunk->size - at < RECORD_CONTENT + RECORD_TAIL || memcmp(bytes, "**\0", 4) != 0)
        return false;
    size = evtx_u32(bytes + RECORD_SIZE);
    if (size < RECORD_CONTENT + RECORD_TAIL || size > chunk->size - at ||
        evtx_u32(bytes + size - RECORD_TAIL) != size)
        return false;
    *record = (struct record){at, size, evtx_u64(bytes + RECORD_NUMBER)};
    return true;
}

static void note_time(struct event_log_account *account, uint64_t filetime)
{
    int64_t time;

    if (instant_from_filetime(filetime, &time) != STATUS_OK)
        return;
    time /= 1000;
    if (account->first == 0 || time < account->first)
        account->first = time;
    if (time > account->last)
        account->last = time;
}

static bool read_content(struct chunk *chunk, const struct record *record)
{
    uint32_t allowed = chunk->work < EVTX_WORK_MOST ? chunk->work : EVTX_WORK_MOST;
    bool is_sound;

    chunk->xml.work = allowed;
    is_sound = evtx_binxml_read(&chunk->xml, record->at + RECORD_CONTENT,
                                record->at + record->size - RECORD_TAIL);
    chunk->work -= allowed - chunk->xml.work;
    return is_sound;
}

static void read_record(struct evtx *reader, struct chunk *chunk, const struct record *record)
{
    struct event_build *build = &reader->build;
    const struct windows_event *event = NULL;

    if (read_content(chunk, record) && !build->is_unwished)
        event = event_build_end(build);
    if (!event && !build->is_unwished) {
        reader->account.damaged++;
        return;
    }
    reader->account.events++;
    note_time(&reader->account, evtx_u64(chunk->bytes + record->at + RECORD_TIME));
    if (event && event_is_wished(build->wishes, event))
        reader->take(reader->context, event);
}

/* ---- one chunk ---- */

static bool is_zero(const unsigned char *bytes, size_t size)
{
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/* The place of the next record that is whole, or the end of those that the chunk counts. */
static size_t skip_damage(const struct chunk *chunk, size_t at)
{
    struct record record;

    do
        at += RECORD_ALIGNMENT;
    while (at < chunk->end && !find_record(chunk, at, &record));
    return at < chunk->end ? at : chunk->end;
}

static void read_records(struct evtx *reader, struct chunk *chunk)
{
    uint64_t next = 0;
    size_t at = CHUNK_RECORDS;
    struct record record;

    while (at < chunk->size) {
        bool is_counted = at < chunk->end;

        if (find_record(chunk, at, &record) && (is_counted || record.number == next)) {
            read_record(reader, chunk, &record);
            next = record.number + 1;
            at += record.size;
        } else if (is_counted && !is_zero(chunk->bytes + at, chunk->end - at)) {
            reader->account.damaged++;
            at = skip_damage(chunk, at);
        } else {
            return;
        }
    }
}

static uint32_t header_sum(struct crc32 *crc, const unsigned char *bytes)
{
    crc32_again(crc);
    crc32_add(crc, bytes, CHUNK_FLAGS);
    crc32_add(crc, bytes + CHUNK_TABLES, CHUNK_RECORDS - CHUNK_TABLES);
    return crc32_end(crc);
}

/* Also finds where its records end: where the header is wrong, that is where the chunk does. */
static bool is_sound(struct evtx *reader, struct chunk *chunk)
{
    const unsigned char *bytes = chunk->bytes;
    bool has_sums = !(evtx_u32(bytes + CHUNK_FLAGS) & CHUNK_HAS_NO_SUMS);
    size_t end = evtx_u32(bytes + CHUNK_END);

    chunk->end = chunk->size;
    if (end < CHUNK_RECORDS || end > EVTX_CHUNK_SIZE ||
        (has_sums && header_sum(&reader->crc, bytes) != evtx_u32(bytes + CHUNK_SUM)))
        return false;
    if (end > chunk->size)
        return true; /* cut off */
    chunk->end = end;
    crc32_again(&reader->crc);
    if (has_sums)
        crc32_add(&reader->crc, bytes + CHUNK_RECORDS, end - CHUNK_RECORDS);
    return !has_sums || crc32_end(&reader->crc) == evtx_u32(bytes + CHUNK_RECORDS_SUM);
}

void evtx_chunk(struct evtx *reader, const unsigned char *bytes, size_t size)
{
    struct chunk chunk = {.bytes = bytes, .work = EVTX_CHUNK_WORK_MOST};

    chunk.size = size < EVTX_CHUNK_SIZE ? size : EVTX_CHUNK_SIZE;
    if (is_zero(bytes, chunk.size))
        return;
    reader->account.cut_off |= size < EVTX_CHUNK_SIZE;
    if (chunk.size < CHUNK_RECORDS || memcmp(bytes, "ElfChnk", 8) != 0) {
        reader->account.damaged++;
        return;
    }
    if (!is_sound(reader, &chunk))
        reader->account.damaged++;
    evtx_binxml_init(&chunk.xml, bytes, chunk.size, &reader->build);
    read_records(reader, &chunk);
    evtx_binxml_release(&chunk.xml);
}

void evtx_end(struct evtx *reader, struct event_log_account *account)
{
    *account = reader->account;
    event_build_release(&reader->build);
    free(reader);
}
